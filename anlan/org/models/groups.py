"""Generic groups of a document (“12+3”政府, 各有关部门) and the lists that an office keeps for them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from anlan.kernel.scope import PathField, Scope, ScopedModel
from anlan.org.models.dated import Dated, dates_in_order
from anlan.org.models.fields import WordsField
from anlan.org.models.regions import Region
from anlan.org.models.units import Unit


class Layer(models.TextChoices):
    """What a group is made of."""

    TERRITORY = "territory", "属地"
    DEPARTMENT = "department", "部门"
    ENTERPRISE = "enterprise", "企业"
    CLASS = "class", "类别"


class Resolver(models.TextChoices):
    """Who says what a group means at a date."""

    RULE = "rule", "按规则"
    MIXED = "mixed", "系统建议、安委办确认"
    OFFICE = "office", "由安委办确定"


class UnitGroup(ScopedModel):
    """A phrase that stands for many units. `key` names the rule that resolves it."""

    scope: ClassVar[Scope] = Scope(view="unit-groups.view", open_to_staff=True)

    key = models.CharField("标识", max_length=60, unique=True, db_collation="C")
    pattern = models.CharField("名称", max_length=80, unique=True)
    aliases = WordsField("别名", max_length=80)
    layer = models.CharField("构成", max_length=12, choices=Layer.choices)
    resolves_by = models.CharField("确定方式", max_length=8, choices=Resolver.choices)
    rule = models.TextField("规则")
    office_decides = models.TextField("由安委办决定", blank=True)
    example = models.TextField("举例", blank=True)
    position = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "责任主体组"
        ordering = ("position", "key")

    def __str__(self) -> str:
        return self.pattern


class GroupMember(Dated, ScopedModel):
    """One unit on the list that the office of `region` keeps for a group, with its days."""

    scope: ClassVar[Scope] = Scope(view="group-members.view", region="region_path", unit="unit_id")
    derived: ClassVar[frozenset[str]] = frozenset({"region_path"})

    group = models.ForeignKey(UnitGroup, models.PROTECT, verbose_name="责任主体组", related_name="members")
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="所属区划")
    region_path = PathField("区划路径", editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位")
    reason = models.CharField("依据", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "责任主体组成员"
        ordering = ("group", "region_path", "unit")
        constraints = [
            models.UniqueConstraint(
                fields=["group", "region", "unit", "valid_from"],
                nulls_distinct=False,
                name="org_groupmember_once",
                violation_error_message="该单位已在名单中。",
            ),
            dates_in_order("org_groupmember_dates"),
        ]

    def __str__(self) -> str:
        return f"{self.group}：{self.unit}"

    def derive(self) -> None:
        """The path of the region of the office that keeps the list."""
        if self.region_id is not None:
            self.region_path = self.region.path

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with the path."""
        self.derive()
        super().save(*args, **kwargs)
