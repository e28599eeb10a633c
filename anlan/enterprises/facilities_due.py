"""Attributes that run out on a day (an inspection, a certificate): drawn with their light, and filtered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Any

from django.db.models import Q
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from anlan.enterprises.models import Facility
from anlan.enterprises.rules.expiry import expiry
from anlan.kernel import cells, clock
from anlan.kernel.ledger import Filter, View
from anlan.standards.rules.pack import Attribute

KEPT_IN = "attributes"


def field_name(key: str) -> str:
    """The name of an attribute among the fields of a ledger."""
    return f"{KEPT_IN}__{key}"


def drawn(one: Attribute) -> dict[str, Any]:
    """How the column of an attribute is drawn and exported, where it runs out."""
    return {"cell": partial(_cell, one.key), "value": partial(last_day, one.key)} if one.due else {}


def last_day(key: str, row: Facility) -> date | None:
    """The last day of what runs out, as the row keeps it."""
    told = (row.attributes or {}).get(key)
    return date.fromisoformat(told) if told else None


def _cell(key: str, row: Facility) -> SafeString:
    """The day; near its end yellow, after it red, with the days in words. What is not in use owes nothing."""
    day = last_day(key, row)
    if day is None:
        return cells.DASH
    found = expiry(day, clock.today(), owed=row.state == Facility.State.IN_USE)
    if found.light == "g":
        return conditional_escape(cells.day(day))
    return format_html("{} {}", cells.day(day), cells.light(found.light, found.word))


def filters(attributes: Iterable[Attribute]) -> tuple[Filter, ...]:
    """已过期: in use, and some day that runs out is past; nothing where no attribute runs out."""
    names = [field_name(one.key) for one in attributes if one.due]
    flag = Filter("late", label="已过期", kind="flag", more=True, apply=partial(_late, names))
    return (flag,) if names else ()


def views(attributes: Iterable[Attribute]) -> tuple[View, ...]:
    """The same as a view above the list, with its count."""
    return (View("late", "已过期", {"late": "1"}),) if any(one.due for one in attributes) else ()


def _late(names: Iterable[str], value: str) -> Q:
    """Both halves name the missing day themselves: the opposite of an unknown comparison is unknown too."""
    today, past, kept = clock.today().isoformat(), Q(), Q()
    for name in names:
        past |= Q(**{f"{name}__lt": today})
        kept &= Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": today})
    used = Q(state=Facility.State.IN_USE)
    return past & used if value == "1" else kept | ~used
