"""Numbers that were given out, without gaps."""

from __future__ import annotations

from django.db import models


class NumberSeries(models.Model):
    """One run of numbers: of one unit (0: the whole house), one kind, one year."""

    unit_id = models.BigIntegerField()
    kind = models.CharField(max_length=60)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit_id", "kind", "year"], name="number_series_once")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.kind} {self.year}"


class GivenNumber(models.Model):
    """One number of a series and what bears it. A void number stays, with its reason."""

    series = models.ForeignKey(NumberSeries, models.PROTECT, related_name="given")
    n = models.PositiveIntegerField()
    text = models.CharField(max_length=80)
    ledger = models.CharField(max_length=60, default="")
    subject_id = models.BigIntegerField(null=True)
    taken_at = models.DateTimeField()
    taken_by = models.CharField(max_length=120)
    void_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=200, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "n"], name="given_number_once")]

    def __str__(self) -> str:
        return self.text
