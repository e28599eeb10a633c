"""What dangers come to by month: the table behind the statistics, kept by the database itself."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from anlan.kernel.scope import PathField, Scope, ScopedModel

READ = ("industry", "level", "source", "found", "closed", "ended", "days")


class DangerMonth(ScopedModel):
    """One cell of the sums (see `kernel.tallies`).

    Dangers found in the month and how many of these are closed; dangers closed in the month and how many days
    they took together. A cell may stand in several rows, negative ones among them: only sums tell something.
    """

    scope: ClassVar[Scope] = Scope(view="dangers.view", region="region_path", industry="industry")

    month = models.DateField("月份")
    region_path = PathField("区划")
    industry = models.CharField("行业", max_length=60, db_collation="C")
    level = models.CharField("级别", max_length=10)
    source = models.CharField("来源", max_length=12)
    found = models.IntegerField("发现")
    closed = models.IntegerField("其中已销号")
    ended = models.IntegerField("期间销号")
    days = models.IntegerField("期间销号的用时")

    class Meta:
        verbose_name = verbose_name_plural = "隐患月度合计"
        # By month for a province, by place for a county; each holds all that is read.
        indexes = [
            models.Index(fields=["month", "region_path"], name="danger_month", include=READ),
            models.Index(fields=["region_path", "month"], name="danger_month_place", include=READ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.region_path} {self.industry}"
