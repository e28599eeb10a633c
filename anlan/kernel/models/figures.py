"""Figures frozen when they were printed."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from anlan.kernel.models.placed import HangingScope, Placed


class Figure(Placed):
    """A value as a paper printed it; the row it hangs on is the paper.

    `row_ids` are the rows behind it in order, as long as there are not more than `measure.KEPT_ROWS`;
    `rows_digest` is the SM3 over all of them in any case. `digest` seals the whole.
    """

    scope = HangingScope(view="figures.view")

    measure = models.CharField("指标", max_length=80)
    label = models.CharField("名称", max_length=120)
    unit_label = models.CharField("计量单位", max_length=20, default="")
    start = models.DateField("起")
    end = models.DateField("止（不含）")
    area = models.JSONField("范围")
    cell = models.JSONField("分组")
    value = models.DecimalField("值", max_digits=24, decimal_places=6, null=True)
    top = models.DecimalField("分子", max_digits=24, decimal_places=6, null=True)
    bottom = models.DecimalField("分母", max_digits=24, decimal_places=6, null=True)
    row_count = models.PositiveBigIntegerField("行数")
    row_ids = ArrayField(models.BigIntegerField(), null=True)
    rows_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    frozen_at = models.DateTimeField("固化时间")
    frozen_by = models.CharField("固化人", max_length=120)

    class Meta:
        verbose_name = "固化数字"
        verbose_name_plural = "固化数字"
        indexes = [models.Index(fields=["ledger", "subject_id"], name="figure_subject")]

    def __str__(self) -> str:
        return f"{self.label} {self.value}"
