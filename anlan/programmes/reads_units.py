"""Which units a post acts for, and which posts act for a unit.

A government and a zone have no clerks of their own in the register: the committee office of the same region
signs and declares for them. Every other unit acts for itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from anlan.kernel.scope import Actor
from anlan.org.models import Unit

OFFICE = "committee_office"
TERRITORY = Q(family__key="people-government") | Q(family__key="safety-committee") | Q(kind="zone")


def acting_units(unit: Unit) -> frozenset[int]:
    """Ids of the units whose people may act for `unit`."""
    family = unit.family.key if unit.family else ""
    if family not in ("people-government", "safety-committee") and unit.kind != "zone":
        return frozenset({unit.pk})
    rows = Unit.objects.unscoped("the office that acts for a government")
    offices = rows.filter(kind=OFFICE, region_id=unit.region_id).values_list("pk", flat=True)
    return frozenset({unit.pk, *offices})


def units_of(actor: Actor) -> list[int]:
    """Ids of the units that the chosen post acts for; empty for a post without a unit."""
    seat = actor.seat
    if seat is None or seat.unit_id is None:
        return []
    rows = Unit.objects.unscoped("the units that the actor's own post acts for")
    office = rows.filter(pk=seat.unit_id, kind=OFFICE, region_id=OuterRef("region_id"))
    found = rows.filter(Q(pk=seat.unit_id) | (TERRITORY & Exists(office)))
    return sorted(set(found.values_list("pk", flat=True)))


def names_of(units: Iterable[int]) -> dict[int, str]:
    """{id: short name} of units."""
    rows = Unit.objects.unscoped("names of units on rows the reader may see").filter(pk__in=set(units))
    return {pk: short or name for pk, short, name in rows.values_list("pk", "short_name", "name")}
