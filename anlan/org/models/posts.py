"""Posts: which person acts in which role for which unit, from when to when; and their delegation."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

from django.db import models

from anlan.kernel import clock
from anlan.kernel.dictionary import DictionaryField
from anlan.kernel.scope import PathField, Scope, ScopedModel
from anlan.org.models.dated import Dated, dates_in_order
from anlan.org.models.fields import KeysField
from anlan.org.models.people import Person, Role
from anlan.org.models.regions import Region
from anlan.org.models.units import Unit


class Post(Dated, ScopedModel):
    """A person's seat: role, unit, region and industries. No industries means all of them.

    The region is the unit's unless a narrower one is given. An enterprise's user has an enterprise and
    no unit. A hand-over closes one post and opens its `successor`.
    """

    scope: ClassVar[Scope] = Scope(
        view="posts.view",
        region="region_path",
        unit="unit_id",
        enterprise="enterprise_id",
        person="person_id",
    )

    person = models.ForeignKey(Person, models.PROTECT, verbose_name="人员", related_name="posts")
    role = models.ForeignKey(Role, models.PROTECT, verbose_name="角色", related_name="posts")
    title = models.CharField("职务", max_length=80, blank=True)
    kind = DictionaryField("岗位类别", dictionary="岗位类别", blank=True, default="")
    unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name="单位", null=True, blank=True, related_name="posts"
    )
    region = models.ForeignKey(
        Region, models.PROTECT, verbose_name="辖区", null=True, blank=True, help_text="留空即单位所在区划"
    )
    region_path = PathField("区划路径", editable=False, default="", blank=True)
    industries = KeysField("主管行业", offer="industries", help_text="都不选即全部行业")
    enterprise_id = models.BigIntegerField("企业", null=True, blank=True, db_index=True)
    successor = models.OneToOneField(
        "self",
        models.PROTECT,
        verbose_name="接任岗位",
        null=True,
        blank=True,
        editable=False,
        related_name="predecessor",
    )

    class Meta:
        verbose_name = verbose_name_plural = "岗位"
        ordering = ("region_path", "unit", "id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(unit__isnull=True) | models.Q(enterprise_id__isnull=True),
                name="org_post_unit_or_enterprise",
                violation_error_message="岗位属于单位或企业，不能同时属于两者。",
            ),
            dates_in_order("org_post_dates"),
        ]
        indexes = [models.Index(fields=["region_path"], name="org_post_path")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Unit and title, as they stand beside a name."""
        place = self.unit.short_name or self.unit.name if self.unit else ""
        return f"{place} {self.title or self.role.label}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with the region filled from the unit and the path from the region."""
        if self.region is None and self.unit is not None:
            self.region = self.unit.region
        self.region_path = self.region.path if self.region else ""
        fields = kwargs.get("update_fields")
        if fields is not None and {"unit", "unit_id", "region", "region_id"} & set(fields):
            kwargs["update_fields"] = {*fields, "region", "region_path"}
        super().save(*args, **kwargs)


def in_a_week() -> date:
    """How long a delegation lasts if nobody says otherwise."""
    return clock.today() + timedelta(days=7)


class Delegation(Dated, ScopedModel):
    """A post lent to another person for some days, with all of its permissions or some of them."""

    scope: ClassVar[Scope] = Scope(view="delegations.view", region="region_path", person="delegate_id")

    valid_from = models.DateField("开始日期", default=clock.today)
    valid_to = models.DateField("结束日期", default=in_a_week, help_text="当日起不再委托")
    post = models.ForeignKey(Post, models.PROTECT, verbose_name="岗位", related_name="delegations")
    delegate = models.ForeignKey(Person, models.PROTECT, verbose_name="受托人", related_name="delegations")
    region_path = PathField("区划路径", editable=False, default="", blank=True)
    permissions = KeysField(
        "委托权限", offer="permissions", max_length=100, help_text="都不选即岗位的全部权限"
    )
    reason = models.CharField("事由", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "委托"
        ordering = ("-valid_from", "id")
        constraints = [
            dates_in_order("org_delegation_dates"),
        ]

    def __str__(self) -> str:
        return f"{self.post} → {self.delegate}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with the path taken from the post."""
        self.region_path = self.post.region_path
        super().save(*args, **kwargs)
