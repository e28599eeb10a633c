"""What was decided about duplicates: firms merged, and firms that are two although they look like one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from anlan.enterprises.models.firms import Enterprise
from anlan.kernel.scope import PathField, Scope, ScopedModel


class Merger(ScopedModel):
    """One merging: who, why, both firms as they stood before, and how many rows of what moved over.

    `before` is {"kept": {column: value}, "gone": {…}}; `moved` {Chinese name of the table: rows}; `rows` the
    ids that went over ([[table, column, ids], …]; column "" for what hung on the firm itself) and `taken` the
    columns whose value came from the other record, so that the merging can be undone.
    """

    scope: ClassVar[Scope] = Scope(view="enterprise-mergers.view", region="region_path")

    kept = models.ForeignKey(Enterprise, models.PROTECT, verbose_name="保留企业", related_name="+")
    gone = models.ForeignKey(Enterprise, models.PROTECT, verbose_name="并入的档案", related_name="+")
    region_path = PathField("区划", editable=False)
    reason = models.CharField("合并理由", max_length=200)
    by = models.CharField("经办", max_length=120, editable=False)
    at = models.DateTimeField("合并时间", editable=False)
    before = models.JSONField("合并前", editable=False, default=dict)
    moved = models.JSONField("移交", editable=False, default=dict)
    rows = models.JSONField("移交的行", editable=False, default=list)
    taken = models.JSONField("取用的值", editable=False, default=list)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True, editable=False)
    undone_by = models.CharField("撤销经办", max_length=120, blank=True, default="", editable=False)
    undone_reason = models.CharField("撤销理由", max_length=200, blank=True, default="", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "合并记录"
        indexes = [
            models.Index(fields=["region_path", "-id"], name="merger_region"),
            models.Index(fields=["kept"], name="merger_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.gone} 并入 {self.kept}"


class Distinction(ScopedModel):
    """Two firms that look alike and were found to be two: they are not shown as duplicates again."""

    scope: ClassVar[Scope] = Scope(view="enterprises.view", region="region_path")

    first = models.ForeignKey(Enterprise, models.CASCADE, verbose_name="企业", related_name="+")
    second = models.ForeignKey(Enterprise, models.CASCADE, verbose_name="另一企业", related_name="+")
    region_path = PathField("区划", editable=False)
    by = models.CharField("经办", max_length=120, editable=False)
    at = models.DateTimeField("认定时间", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "认定为不同企业"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="distinction_once"),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")), name="distinction_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} 与 {self.second}"
