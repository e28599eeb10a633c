"""Questions about the division of a number among units: who could have a part, last year's base, who has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from django.db.models import Sum

from anlan.kernel.ledger import DeclarationError
from anlan.kernel.measure import Window, compute, measure_of
from anlan.kernel.models import AuditEntry
from anlan.kernel.scope import Actor
from anlan.programmes.models import Duty, Obligation, Occurrence, Programme
from anlan.programmes.reads_boards import LIVE, TERRITORY

DIVIDED = ("quota", "build")
ALIKE = 0.6
NUMBERS = re.compile(r"[0-9０-９.%％]+")


@dataclass(frozen=True)
class Base:
    """What each unit did last year, by unit id, and where the figures come from; empty: nobody knows."""

    figures: Mapping[int, Decimal]
    words: str = ""


@dataclass(frozen=True)
class Act:
    """One division on record."""

    at: datetime
    who: str
    reason: str


def divisible(obligation: Obligation) -> bool:
    """Whether the obligation has a number that units can share."""
    return obligation.kind in DIVIDED and obligation.value is not None and obligation.value > 0


def duties_of(actor: Actor, obligation: Obligation) -> list[Duty]:
    """The live duties of an obligation that could have a part, departments first, then by place."""
    rows = Duty.objects.visible_to(actor).filter(obligation=obligation, state__in=LIVE)
    rows = rows.exclude(role__in=("supporting", "overseeing"))
    return list(rows.select_related("unit__family", "unit__region").order_by("region_path", "unit_id"))


def group_of(duty: Duty, programme: Programme) -> str:
    """departments, next (territories one level below the issuer), further (those below them)."""
    unit = duty.unit
    if unit.kind != "zone" and not (unit.family and unit.family.key == "people-government"):
        return "departments"
    depth = duty.region_path.count("/") - programme.region_path.count("/")
    return "next" if depth <= 1 else "further"


def base_of(obligation: Obligation, duties: list[Duty]) -> Base:
    """Last year's figures of these duties' units: by the measure, else by last year's programme."""
    programme = obligation.item.programme
    if obligation.measure:
        return _measured(obligation.measure, programme.year - 1, duties)
    before = (
        Obligation.objects.unscoped("last year's obligation of the same office, as the base of a division")
        .filter(item__programme__issuer=programme.issuer_id, item__programme__year=programme.year - 1)
        .filter(kind__in=DIVIDED, unit=obligation.unit, ended=None)
        .select_related("item__programme")
    )
    found = max(before, key=lambda one: _alike(one.quote, obligation.quote), default=None)
    if found is None or _alike(found.quote, obligation.quote) < ALIKE:
        return Base({})
    rows = Occurrence.objects.unscoped("last year's figures of units that the actor sees").filter(
        duty__obligation=found, unit_id__in=[one.unit_id for one in duties]
    )
    done = rows.values_list("unit_id").annotate(Sum("value")).order_by()
    figures = {unit: value for unit, value in done if value is not None}
    return Base(figures, f"{programme.year - 1} 年要点第{found.item.no}条的完成数") if figures else Base({})


def story(obligation: Obligation, most: int = 6) -> list[Act]:
    """The divisions so far, newest first: one for each time and reason."""
    duties = Duty.objects.unscoped("acts on duties of an obligation that the actor sees").filter(
        obligation=obligation
    )
    entries = AuditEntry.objects.unscoped("acts on duties of an obligation that the actor sees").filter(
        ledger="duties", act="allot", subject_id__in=duties.values("pk")
    )
    found: dict[tuple[str, str, str], Act] = {}
    for one in entries.order_by("-id")[:400]:
        key = (f"{one.at:%Y%m%d%H%M}", one.actor, one.note)
        found.setdefault(key, Act(one.at, one.actor, one.note))
    return list(found.values())[:most]


def given_to(actor: Actor, units: list[int]) -> list[Occurrence]:
    """What runs of the shares that these units have, in the order of the documents."""
    rows = (
        Occurrence.objects.visible_to(actor)
        .filter(unit_id__in=units, duty__share__isnull=False, duty__programme__state="running")
        .filter(duty__state__in=LIVE)
        .exclude(state="cancelled")
    )
    return list(
        rows.select_related("duty__obligation", "duty__item", "duty__unit").order_by(
            "-programme_id", "duty__item__position", "due_on"
        )
    )


def of_item(actor: Actor, item: Any) -> dict[int, list[Occurrence]]:
    """{obligation: what its units with a share have reached} of one item."""
    rows = Occurrence.objects.visible_to(actor).filter(item_id=item.pk, duty__share__isnull=False)
    rows = rows.filter(duty__state__in=LIVE).exclude(state="cancelled")
    found: dict[int, list[Occurrence]] = {}
    for one in rows.select_related("duty__unit").order_by("region_path", "unit_id", "due_on"):
        found.setdefault(one.duty.obligation_id, []).append(one)
    return found


def _wide(duties: list[Duty]) -> set[int]:
    """Of these duties' units those that answer for a territory."""
    rows = Duty.objects.unscoped("which of these units are governments").filter(
        TERRITORY, pk__in=[one.pk for one in duties]
    )
    return set(rows.values_list("unit_id", flat=True))


def _measured(key: str, year: int, duties: list[Duty]) -> Base:
    try:
        measure = measure_of(key)
    except DeclarationError:
        return Base({})
    window = Window.of("year", year)
    places = compute(measure, window, ("region",)).cells
    units = compute(measure, window, ("unit",)).cells if measure.of_unit else {}
    wide = _wide(duties)
    found: dict[int, Decimal] = {}
    for one in duties:
        if one.unit_id in wide or not measure.of_unit:
            parts = [v.number for (path,), v in places.items() if path.startswith(one.region_path)]
            number = sum((part for part in parts if part is not None), Decimal(0)) if parts else None
        else:
            cell = units.get((one.unit_id,))
            number = cell.number if cell else None
        if number is not None:
            found[one.unit_id] = number
    return Base(found, f"{year} 年“{measure.label}”") if any(found.values()) else Base({})


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, NUMBERS.sub("", one), NUMBERS.sub("", other), autojunk=False).ratio()
