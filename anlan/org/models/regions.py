"""Regions: province, city, county, town, and the functional zones that have no national code."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from anlan.kernel.scope import PathField, Scope, ScopedModel
from anlan.org.models.dated import Dated, Named, dates_in_order


class Level(models.TextChoices):
    """Levels of the region tree. A zone hangs under a province or a city."""

    PROVINCE = "province", "省级"
    CITY = "city", "设区市"
    COUNTY = "county", "县（市、区）"
    TOWN = "town", "乡镇街道"
    ZONE = "zone", "功能区"


class Region(Named, Dated, ScopedModel):
    """A territory with its days of validity. A renamed county is two rows.

    `path` is made of codes from the root ("360000/361100/361129/"). `merged_paths` holds the paths of
    the territories that went into this one, directly or by steps: who answers for 龙南市 also answers
    for what was filed under 龙南县.
    """

    ending: ClassVar[str] = "撤销"
    scope: ClassVar[Scope] = Scope(view="regions.view", region="path")

    code = models.CharField("代码", max_length=20, db_collation="C", help_text="功能区使用本系统自编代码")
    level = models.CharField("层级", max_length=10, choices=Level.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name="上级区划", null=True, blank=True, related_name="children"
    )
    path = PathField("路径", editable=False)
    successor = models.ForeignKey(
        "self", models.PROTECT, verbose_name="承接区划", null=True, blank=True, related_name="predecessors"
    )
    merged_paths = ArrayField(models.CharField(max_length=80), editable=False, default=list)
    source = models.TextField("来源", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "行政区划"
        ordering = ("path",)
        constraints = [
            models.UniqueConstraint(
                fields=["code", "valid_from"],
                nulls_distinct=False,
                name="org_region_code_from",
                violation_error_message="同一代码、同一生效日期的区划已经存在。",
            ),
            dates_in_order("org_region_dates"),
        ]
        indexes = [
            models.Index(fields=["path"], name="org_region_path"),
            models.Index(fields=["parent", "code"], name="org_region_children"),
            models.Index(fields=["name"], name="org_region_name"),
            models.Index(fields=["short_name"], name="org_region_short"),
            models.Index(fields=["pinyin"], name="org_region_pinyin"),
            models.Index(fields=["initials"], name="org_region_initials"),
            GinIndex(fields=["grams"], name="org_region_grams", fastupdate=False),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; a new region's path follows from its parent. Paths of stored regions never change."""
        if self._state.adding:
            self.path = f"{self.parent.path if self.parent else ''}{self.code}/"
        super().save(*args, **kwargs)

    @property
    def all_paths(self) -> tuple[str, ...]:
        """Its own path and those of the territories merged into it, each once."""
        return tuple(dict.fromkeys((self.path, *self.merged_paths)))
