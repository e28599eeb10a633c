"""Offices of government, the families they belong to, and the industries they answer for."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from anlan.kernel.scope import PathField, Scope, ScopedModel
from anlan.org.models.dated import SPELT, Dated, Named, dates_in_order
from anlan.org.models.fields import KeysField, WordsField
from anlan.org.models.regions import Region
from anlan.org.rules.names import LEVEL_LETTERS, spell


class UnitKind(models.TextChoices):
    """Kinds of office."""

    PARTY = "party", "党委部门"
    GOVERNMENT = "government", "政府部门"
    COMMITTEE_OFFICE = "committee_office", "安委办"
    SPECIAL_COMMITTEE = "special_committee", "专业委员会"
    VERTICAL = "vertical", "垂直管理机构"
    ZONE = "zone", "功能区管委会"
    MASS_ORGANISATION = "mass_organisation", "群团组织"
    ENTERPRISE_GROUP = "enterprise_group", "企业集团"
    OTHER = "other", "其他"


class Industry(ScopedModel):
    """An industry or a safety topic, with the offices that lead and assist by common practice."""

    scope: ClassVar[Scope] = Scope(view="industries.view", open_to_staff=True)

    slug = models.CharField("标识", max_length=60, unique=True, db_collation="C")
    name = models.CharField("名称", max_length=80)
    parent = models.ForeignKey("self", models.PROTECT, verbose_name="上级行业", null=True, blank=True)
    lead_family = models.CharField("牵头部门标识", max_length=60, blank=True)
    lead_name = models.CharField("牵头部门", max_length=60, blank=True, help_text="通常做法，以本地规定为准")
    assist_families = WordsField("配合部门", max_length=60)
    special_committee = models.CharField("专业委员会", max_length=60, blank=True)
    codes = models.TextField("国民经济行业代码", blank=True)
    code_confidence = models.CharField("代码把握", max_length=10, blank=True)
    note = models.TextField("说明", blank=True)
    pinyin = models.CharField("全拼", max_length=400, db_collation="C", editable=False, default="")
    initials = models.CharField("拼音首字母", max_length=120, db_collation="C", editable=False, default="")
    position = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "行业领域"
        ordering = ("position", "slug")

    def __str__(self) -> str:
        return self.name

    def spell_names(self) -> None:
        """Fill the columns of the search from the name."""
        self.pinyin, self.initials = spell(self.name)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with the spelling brought up to date."""
        self.spell_names()
        fields = kwargs.get("update_fields")
        if fields is not None and "name" in fields:
            kwargs["update_fields"] = {*fields, "pinyin", "initials"}
        super().save(*args, **kwargs)


class UnitFamily(ScopedModel):
    """One function of government and what its offices are called at the three levels.

    In the names the letters 省, 市, 县 stand for the place; an empty form says that there is no such
    body at the level. A form without its letter names a single body.
    """

    scope: ClassVar[Scope] = Scope(view="unit-families.view", open_to_staff=True)

    key = models.CharField("标识", max_length=60, unique=True, db_collation="C")
    kind = models.CharField("类别", max_length=20, choices=UnitKind.choices)
    name_province = models.CharField("省级名称", max_length=80, blank=True)
    short_province = models.CharField("省级简称", max_length=80, blank=True)
    name_city = models.CharField("市级名称", max_length=80, blank=True)
    short_city = models.CharField("市级简称", max_length=80, blank=True)
    name_county = models.CharField("县级名称", max_length=80, blank=True)
    short_county = models.CharField("县级简称", max_length=80, blank=True)
    industries = KeysField("牵头行业", offer="industries")
    industries_assist = KeysField("配合行业", offer="industries")
    aliases = WordsField("别名", max_length=80)
    unsure = models.BooleanField("待核", default=False)
    note = models.TextField("说明", blank=True)
    position = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "单位类型"
        ordering = ("position", "key")

    def __str__(self) -> str:
        """Its common name without a level: 安委办, 应急局, 党委组织部."""
        short = self.short_city or self.short_province or self.short_county or self.key
        if short[0] not in LEVEL_LETTERS.values():
            return short
        return f"党{short[1:]}" if short[1:].startswith("委") else short[1:]

    @property
    def searched(self) -> str:
        """Every name that people type when they look for it, lower case."""
        levels = ("province", "city", "county")
        names = [getattr(self, f"{kind}_{level}") for kind in ("name", "short") for level in levels]
        return " ".join([str(self), *names, *self.aliases, *spell(str(self))]).lower()


class Unit(Named, Dated, ScopedModel):
    """One office of government in a region. `region_path` follows the region."""

    ending: ClassVar[str] = "撤销"
    scope: ClassVar[Scope] = Scope(view="units.view", region="region_path", unit="id")
    derived: ClassVar[frozenset[str]] = SPELT | {"region_path"}

    family = models.ForeignKey(
        UnitFamily, models.PROTECT, verbose_name="类型", null=True, blank=True, related_name="units"
    )
    kind = models.CharField("类别", max_length=20, choices=UnitKind.choices)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="所在区划", related_name="units")
    region_path = PathField("区划路径", editable=False)
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name="上级单位", null=True, blank=True, related_name="children"
    )
    industries = KeysField("牵头行业", offer="industries")
    industries_assist = KeysField("配合行业", offer="industries")
    email = models.EmailField("联系邮箱", blank=True)
    note = models.TextField("说明", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        ordering = ("region_path", "family__position", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["region", "name", "valid_from"],
                nulls_distinct=False,
                name="org_unit_name_from",
                violation_error_message="该区划内已有同名单位。",
            ),
            dates_in_order("org_unit_dates"),
        ]
        indexes = [
            models.Index(fields=["region_path"], name="org_unit_path"),
            models.Index(fields=["name"], name="org_unit_name"),
            models.Index(fields=["short_name"], name="org_unit_short"),
            models.Index(fields=["pinyin"], name="org_unit_pinyin"),
            models.Index(fields=["initials"], name="org_unit_initials"),
            GinIndex(fields=["grams"], name="org_unit_grams", fastupdate=False),
        ]

    def derive(self) -> None:
        """The path of the region, and the spelling of the names."""
        if self.region_id is not None:
            self.region_path = self.region.path
        self.spell_names()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with the path taken from the region."""
        self.derive()
        fields = kwargs.get("update_fields")
        if fields is not None and {"region", "region_id"} & set(fields):
            kwargs["update_fields"] = {*fields, "region_path"}
        super().save(*args, **kwargs)
