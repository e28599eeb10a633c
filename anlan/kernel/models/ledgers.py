"""What the kernel remembers about ledgers: kept totals, views, columns, import mappings."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Total(models.Model):
    """A kept count: how many rows of a ledger stand in one cell of (region path, dimensions).

    With `under`, those at the path or anywhere below it.

    Written by statement triggers only, as differences (`n` may be negative) that a periodic job folds
    together: two writers never wait for each other. A count is the sum of `n`.
    """

    ledger = models.CharField(max_length=60)
    under = models.BooleanField(default=False)
    region_path = models.CharField(max_length=80, db_collation="C", default="")
    cell = models.JSONField(default=dict)
    n = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["ledger", "under", "region_path"], name="total_cell", include=["cell", "n"])
        ]

    def __str__(self) -> str:
        return f"{self.ledger} {self.region_path} {self.cell}: {self.n}"


class SavedView(models.Model):
    """A filter line that a person keeps under a name; shared ones show to the whole unit."""

    ledger = models.CharField("台账", max_length=60)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    label = models.CharField("名称", max_length=40)
    query = models.CharField("筛选", max_length=2000)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ledger", "person", "label"], name="saved_view_once"),
        ]

    def __str__(self) -> str:
        return self.label


class ColumnChoice(models.Model):
    """Which columns a person wants to see in a ledger, in order."""

    ledger = models.CharField("台账", max_length=60)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    columns = models.JSONField("列")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ledger", "person"], name="column_choice_once")]

    def __str__(self) -> str:
        return self.ledger


class ImportMapping(models.Model):
    """Which column heading a unit's sheets use for which field, once somebody has said so."""

    ledger = models.CharField("台账", max_length=60)
    unit_id = models.BigIntegerField("单位", null=True)
    heading = models.CharField("表头", max_length=100)
    field = models.CharField("字段", max_length=60, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ledger", "unit_id", "heading"], name="mapping_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.heading} → {self.field}"
