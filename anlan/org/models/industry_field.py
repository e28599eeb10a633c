"""The industry of a row: the slug of an `Industry`, chosen and shown by its name."""

from __future__ import annotations

import csv
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models

from anlan.org.models.units import Industry
from anlan.org.rules.spoken import spoken

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "industries.csv"
KEPT_SECONDS = 0 if getattr(settings, "TESTING", False) else 60
_kept: dict[str, Any] = {"until": 0.0, "pairs": []}


def industries() -> list[tuple[str, str]]:
    """(slug, name) of every industry in its order; kept for a minute, since every row's check asks.

    Before the industries are loaded, those of the data file.
    """
    now = time.monotonic()
    if not _kept["pairs"] or _kept["until"] < now:
        rows = Industry.objects.unscoped("every signed-in person may choose an industry")
        pairs = list(rows.order_by("position", "id").values_list("slug", "name"))
        _kept.update(pairs=pairs or _shipped(), until=now + KEPT_SECONDS)
    pairs = _kept["pairs"]
    return list(pairs)


def _shipped(path: Path = SHIPPED) -> list[tuple[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [(row["slug"], row["name_zh"]) for row in csv.DictReader(file)]


def industry_name(slug: str) -> str:
    """What an industry is called; an unknown one by its slug."""
    return dict(industries()).get(slug, slug)


class IndustryField(models.CharField):  # type: ignore[type-arg]
    """The slug of an industry of `org`, chosen and shown by its name; a sheet may use everyday words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 60)
        kwargs.setdefault("db_collation", "C")
        kwargs["choices"] = industries
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Without the choices, which are rows and not code."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("choices", None)
        return name, path, args, kwargs

    def _check_choices(self) -> list[Any]:
        """Nothing to check at start: the choices are rows of a table."""
        return []

    @property
    def offered(self) -> list[tuple[str, str]]:
        """What a sheet may write for an industry: its name, or a usual word."""
        return spoken(industries())
