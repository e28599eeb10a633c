"""The measured tables as a plain project declares them."""

from __future__ import annotations

from django.db import models

LEVELS = [("ordinary", "一般"), ("major", "重大")]
STATES = [
    ("found", "已发现"),
    ("ordered", "已下达"),
    ("mending", "整改中"),
    ("verifying", "待验收"),
    ("closed", "已销号"),
]


class Site(models.Model):
    """An enterprise."""

    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)

    class Meta:
        managed = False
        db_table = "example_site"

    def __str__(self) -> str:
        return self.name


class Fault(models.Model):
    """A fault."""

    number = models.CharField(max_length=20)
    site = models.ForeignKey(Site, models.DO_NOTHING)
    region_path = models.CharField(max_length=80)
    industry = models.CharField(max_length=40)
    level = models.CharField(max_length=10, choices=LEVELS)
    state = models.CharField(max_length=10, choices=STATES)
    description = models.CharField(max_length=300)
    cost = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    found_on = models.DateField()
    due_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)

    class Meta:
        managed = False
        db_table = "example_fault"

    def __str__(self) -> str:
        return self.number
