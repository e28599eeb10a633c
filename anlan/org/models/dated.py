"""Columns that several tables share: days of validity, and names that can be searched."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from anlan.org.models.fields import WordsField
from anlan.org.rules.dates import valid_on
from anlan.org.rules.names import bigrams, spell


def on_day(day: date, prefix: str = "") -> Q:
    """Rows valid on `day`; `prefix` is the lookup of the row from the query's model, as "post__"."""
    return (Q(**{f"{prefix}valid_from__isnull": True}) | Q(**{f"{prefix}valid_from__lte": day})) & (
        Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gt": day})
    )


def dates_in_order(name: str) -> models.CheckConstraint:
    """The end comes after the beginning."""
    return models.CheckConstraint(
        condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
        name=name,
        violation_error_message="失效日期应晚于生效日期。",
    )


class Dated(models.Model):
    """A row that holds from a day until before another day; an empty side is unbounded."""

    valid_from = models.DateField("生效日期", null=True, blank=True, help_text="留空表示一直以来")
    valid_to = models.DateField("失效日期", null=True, blank=True, help_text="当日起失效；留空表示现行有效")
    ending: ClassVar[str] = "结束"

    class Meta:
        abstract = True

    def valid_on(self, day: date) -> bool:
        """Whether the row holds on `day`."""
        return valid_on(self.valid_from, self.valid_to, day)

    def standing(self, day: date) -> str:
        """ "" while the row holds, else since when it does not: beside its name wherever it is found."""
        if self.valid_to is not None and self.valid_to <= day:
            return f"已于 {self.valid_to} {self.ending}"
        return "" if self.valid_on(day) else f"自 {self.valid_from} 起"


SPELT = frozenset({"pinyin", "initials", "grams"})


class Named(models.Model):
    """A row found by name, short name, aliases, pinyin and initials.

    The spelling columns (`SPELT`) follow the names at every save; a bulk load calls `spell_names` itself.
    `initials` holds those of the name and of the short name; `grams` all pairs of neighbouring
    characters of names and initials, which is what a search inside a name asks the index for.
    They have the collation "C", so that a prefix is a range of their btree.
    """

    name = models.CharField("名称", max_length=120, db_collation="C")
    short_name = models.CharField("简称", max_length=80, db_collation="C", blank=True)
    aliases = WordsField("别名")
    pinyin = models.CharField("全拼", max_length=400, db_collation="C", editable=False, default="")
    initials = models.CharField("拼音首字母", max_length=220, db_collation="C", editable=False, default="")
    grams = ArrayField(models.CharField(max_length=2), editable=False, default=list)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def spell_names(self) -> None:
        """Fill the columns of the search from the names."""
        self.pinyin, initials = spell(self.name)
        short = spell(self.short_name)[1] if self.short_name else ""
        self.initials = initials if short in ("", initials) else f"{initials} {short}"
        self.grams = bigrams(self.name, self.short_name, *self.aliases, initials, short)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with the spelling brought up to date, also where only some columns are named."""
        self.spell_names()
        fields = kwargs.get("update_fields")
        if fields is not None and {"name", "short_name", "aliases"} & set(fields):
            kwargs["update_fields"] = {*fields, "pinyin", "initials", "grams"}
        super().save(*args, **kwargs)
