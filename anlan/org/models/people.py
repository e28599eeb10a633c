"""People who sign in, and the roles that their posts give them."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from anlan.kernel.lookup import Lookup
from anlan.kernel.scope import PathField, Reach, Scope, ScopedModel, ScopedQuerySet
from anlan.org.models.fields import KeysField
from anlan.org.models.regions import Region
from anlan.org.models.units import Unit
from anlan.org.rules.names import spell

IDENTITY = frozenset(
    {"pk", "id", "username", "username__iexact", "email", "email__iexact", "emailaddress__email__iexact"}
)


class PersonQuerySet(ScopedQuerySet):
    """Scoped like all others, but open to whoever names one account exactly.

    Django and allauth look an account up by key, user name or e-mail address before there is anybody
    on whose behalf to ask. Everything wider needs `visible_to` or `unscoped`.
    """

    def filter(self, *args: Any, **kwargs: Any) -> Self:
        """As Django's; a pure look-up of one account counts as asked."""
        found: Self = super().filter(*args, **kwargs)
        if (args or kwargs) and _names_one(args, kwargs):
            found._asked = True
        return found


def _names_one(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether the look-up names nothing but identities, each of them positively."""
    conditions = list(args)
    keys = set(kwargs)
    while conditions:
        condition = conditions.pop()
        if isinstance(condition, tuple):
            keys.add(condition[0])
        elif isinstance(condition, Q) and not condition.negated and condition.children:
            conditions.extend(condition.children)
        else:
            return False
    return keys <= IDENTITY


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):  # type: ignore[misc]
    """Finds accounts by their natural key for the sign-in, and everything else in scope only."""

    def get(self, *args: Any, **kwargs: Any) -> Person:
        """As Django's; one account by its key, which every request asks, by a statement that stands ready."""
        if args or list(kwargs) != ["pk"]:
            return super().get(*args, **kwargs)  # type: ignore[no-any-return]
        found = _by_key.first(Person._meta.pk.get_prep_value(kwargs["pk"]))
        if found is None:
            raise Person.DoesNotExist(f"no person {kwargs['pk']}")
        return found

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> Person:
        """A new account; without a password it cannot sign in until one is set."""
        person: Person = self.model(username=username.strip(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Role(ScopedModel):
    """What a post may do (`permissions`: "<ledger>.<act>" or "<ledger>.*") and how far it sees."""

    scope: ClassVar[Scope] = Scope(view="roles.view", open_to_staff=True)

    key = models.CharField("标识", max_length=60, unique=True, db_collation="C")
    label = models.CharField("名称", max_length=60)
    reach = models.CharField("数据范围", max_length=10, choices=Reach.choices)
    permissions = KeysField("权限", offer="permissions", max_length=100)
    industry_bound = models.BooleanField("限于主管行业", default=False)
    exclusive_group = models.CharField(
        "互斥组", max_length=30, blank=True, help_text="同组的不同角色不得由一人同时担任"
    )
    demands_code = models.BooleanField("须用动态验证码", default=False)
    built_in = models.BooleanField("内置", default=False, editable=False)
    position = models.PositiveSmallIntegerField("次序", default=0)
    # What this version and the ones before have shipped: what is in it and not held, somebody took away.
    shipped = KeysField("随版本带来的权限", max_length=100, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "角色"
        ordering = ("position", "key")

    def __str__(self) -> str:
        return self.label


class Person(AbstractBaseUser, ScopedModel):
    """A person with an account. `unit` is where the person is employed; what they may do comes from posts."""

    scope: ClassVar[Scope] = Scope(
        view="people.view", region="region_path", unit="unit_id", enterprise="enterprise_id", person="id"
    )
    derived: ClassVar[frozenset[str]] = frozenset({"pinyin", "initials", "region_id", "region_path"})
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    username = models.CharField(
        "登录名", max_length=60, unique=True, error_messages={"unique": "该登录名已被使用。"}
    )
    name = models.CharField("姓名", max_length=60)
    phone = models.CharField("手机号", max_length=30, blank=True)
    email = models.EmailField("电子邮箱", blank=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name="所在单位", null=True, blank=True, related_name="people"
    )
    region = models.ForeignKey(
        Region, models.PROTECT, verbose_name="所在区划", null=True, blank=True, editable=False
    )
    region_path = PathField("区划路径", editable=False, default="", blank=True)
    enterprise_id = models.BigIntegerField("所在企业", null=True, blank=True, db_index=True)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("下次登录须改密码", default=False)
    password_changed_at = models.DateTimeField("改密时间", null=True, blank=True, editable=False)
    created_at = models.DateTimeField("建档时间", auto_now_add=True)
    pinyin = models.CharField("全拼", max_length=200, db_collation="C", editable=False, default="")
    initials = models.CharField("拼音首字母", max_length=60, db_collation="C", editable=False, default="")

    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        verbose_name = verbose_name_plural = "人员"
        ordering = ("name", "id")
        constraints = [
            models.UniqueConstraint(
                Lower("username"), name="org_person_username", violation_error_message="该登录名已被使用。"
            ),
        ]
        indexes = [
            models.Index(fields=["region_path"], name="org_person_path"),
            models.Index(fields=["initials"], name="org_person_initials"),
            models.Index(fields=["pinyin"], name="org_person_pinyin"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        """The name, as Django's forms and mails ask for it."""
        return self.name

    def get_short_name(self) -> str:
        """The name once more: Chinese names are not shortened."""
        return self.name

    def derive(self) -> None:
        """The spelling of the name, and the place of the unit."""
        self.pinyin, self.initials = spell(self.name)
        self.region = self.unit.region if self.unit else None
        self.region_path = self.unit.region_path if self.unit else ""

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with the spelling and the place brought up to date."""
        self.derive()
        fields = kwargs.get("update_fields")
        if fields is not None and {"name", "unit", "unit_id"} & set(fields):
            kwargs["update_fields"] = {*fields, "pinyin", "initials", "region", "region_path"}
        super().save(*args, **kwargs)


_by_key = Lookup(Person, "id = %s")
