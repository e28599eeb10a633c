"""Columns with rules of their own: the industry by its name, the 18-digit code."""

from __future__ import annotations

import csv
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from anlan.enterprises.rules import uscc
from anlan.enterprises.rules.spoken import spoken
from anlan.org import loading
from anlan.org.models import Industry

ROOM = 30
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


def _shipped(path: Path = loading.DATA / "industries.csv") -> list[tuple[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [(row["slug"], row["name_zh"]) for row in csv.DictReader(file)]


def industry_name(slug: str) -> str:
    """What an industry is called; an unknown one by its slug."""
    return dict(industries()).get(slug, slug)


def east(value: Any) -> None:
    """A longitude of the country; what is often wrong with it is said."""
    if not 73 <= value <= 136:
        raise ValidationError("经度应在 73 到 136 之间。请核对是否与纬度填反。", code="place")


def north(value: Any) -> None:
    """A latitude of the country."""
    if not 3 <= value <= 54:
        raise ValidationError("纬度应在 3 到 54 之间。请核对是否与经度填反。", code="place")


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


class CodeField(models.CharField):  # type: ignore[type-arg]
    """A unified social credit code, kept tidy; whether it holds is said by `rules.uscc.fault`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", ROOM)  # for how it is typed; what is kept has 18
        kwargs.setdefault("db_collation", "C")
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> Any:
        """A box that takes blanks and hyphens, as codes are copied from papers."""
        box = super().formfield(**{**kwargs, "max_length": ROOM})
        if box is not None:
            clean = box.to_python
            box.to_python = lambda value: uscc.tidy(clean(value) or "")  # type: ignore[method-assign]
        return box
