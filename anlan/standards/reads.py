"""What other domains ask: criteria by words, checklists, kinds and their attributes, all of a day."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from anlan.kernel import clock
from anlan.kernel.scope import Actor, Reach, under
from anlan.org.models import Industry
from anlan.org.models.industry_field import industries
from anlan.standards.models import (
    ChecklistItem,
    Criterion,
    FacilityKind,
    LicenceKind,
    SensorKind,
    Standard,
    at,
    in_force,
)
from anlan.standards.rules import attributes, matching
from anlan.standards.rules.pack import Attribute

WHY = "rules hold for everybody"
MOST = 30
KEPT_SECONDS = 5.0


@dataclass(frozen=True)
class Hit:
    """A criterion and how well it answers what was asked (0 to 1; 1 also where nothing was asked)."""

    criterion: Criterion
    score: float


def kin(industry: str) -> frozenset[str]:
    """An industry with those above and below it: 冶金 reads the common clauses of 工贸 and the other way."""
    parents: dict[str, str | None] = dict(Industry.objects.unscoped(WHY).values_list("slug", "parent__slug"))
    found: set[str] = set()
    above: str | None = industry
    while above and above not in found:
        found.add(above)
        above = parents.get(above)
    below = {industry}
    while below:
        found |= below
        below = {slug for slug, parent in parents.items() if parent in below} - found
    return frozenset(found)


def criteria_on(actor: Actor, day: date) -> QuerySet[Any]:
    """The criteria in force on `day`, in the order of their packs."""
    rows = Criterion.objects.visible_to(actor).filter(in_force(day))
    return rows.select_related("standard").order_by("industry", "position", "id")


def held_by(actor: Actor) -> Q:
    """Rows that hold somewhere in the actor's territory: of the country, of the places above, and below."""
    if actor.system or any(seat.reach == Reach.ALL for seat in actor.seats):
        return Q()
    found = Q(region_path="")
    for path in sorted({path for seat in actor.seats for path in seat.region_paths}):
        found |= at(path) | under("region_path", (path,))
    return found


def criteria_for(
    actor: Actor,
    industry: str = "",
    day: date | None = None,
    words: str = "",
    limit: int = MOST,
    place: str = "",
) -> list[Hit]:
    """Criteria of a day for an industry (with its kin and the general ones), best answer first.

    Without an industry all are searched; without words they come in the order of the packs, those of the
    industry itself before the general ones. `place` (a region path) leaves what holds there; without it what
    holds anywhere in the actor's territory.
    """
    rows = criteria_on(actor, day or clock.today()).filter(at(place) if place else held_by(actor))
    if industry:
        rows = rows.filter(Q(industry__in=kin(industry)) | Q(general=True))
    named = dict(industries()) if words.strip() else {}
    hits = [
        Hit(row, _score(words, _texts(row), named.get(row.industry, "")) if words.strip() else 1.0)
        for row in rows
    ]
    found = [one for one in hits if one.score >= matching.ENOUGH]
    found.sort(
        key=lambda one: (-round(one.score, 2), one.criterion.industry != industry, one.criterion.general)
    )
    return found[:limit]


def _score(words: str, texts: Iterable[str], industry: str) -> float:
    """How well the words are answered; by the name of its industry a row answers half as well."""
    return max(matching.score(words, texts), matching.score(words, (industry,)) / 2)


def _texts(row: Criterion) -> Iterable[str]:
    return (row.key, row.text, row.group, row.words, row.standard.title if row.standard else "", row.article)


def checks_for(
    actor: Actor, words: str, industry: str = "", day: date | None = None, limit: int = MOST
) -> list[ChecklistItem]:
    """Lines of checklists of a day that answer what was typed, best first, in the actor's territory."""
    named = dict(industries())

    def score(row: ChecklistItem) -> float:
        said = (row.text, row.phrase, row.group, row.basis)
        return _score(words, said, "" if row.general else named.get(row.industry, ""))

    return _best(checklist(actor, industry=industry, day=day), score, limit)


def standards_for(actor: Actor, words: str, day: date | None = None, limit: int = MOST) -> list[Standard]:
    """Laws and standards of a day by title and number, best first, in the actor's territory."""
    rows = Standard.objects.visible_to(actor).filter(in_force(day or clock.today()), held_by(actor))

    def score(row: Standard) -> float:
        return matching.score(words, (row.title, row.number, row.issuer))

    return _best(rows.order_by("kind", "title"), score, limit)


def _best(rows: Iterable[Any], score: Callable[[Any], float], limit: int) -> list[Any]:
    scored = [(score(row), n, row) for n, row in enumerate(rows)]
    found = [one for one in scored if one[0] >= matching.ENOUGH]
    found.sort(key=lambda one: (-round(one[0], 2), one[1]))
    return [row for _, _, row in found[:limit]]


def criterion(actor: Actor, key: str, day: date | None = None) -> Criterion | None:
    """The criterion of that code in force on `day`."""
    found: Criterion | None = criteria_on(actor, day or clock.today()).filter(key=key).first()
    return found


def checklist(
    actor: Actor, *, kind: str = "", industry: str = "", day: date | None = None, place: str = ""
) -> QuerySet[Any]:
    """The lines of a checklist of a day: for one kind of facility (with those for all kinds of its
    industry), or for an industry with its kin; general ones come last. `place` as for criteria."""
    rows = ChecklistItem.objects.visible_to(actor).filter(in_force(day or clock.today()))
    rows = rows.filter(at(place) if place else held_by(actor))
    if kind:
        found = kinds(day).get(kind)
        industry = found.industry if found else ""
    if industry:
        rows = rows.filter(Q(industry__in=kin(industry)) | Q(general=True))
    if kind:
        rows = rows.filter(Q(kinds=[]) | Q(kinds__contains=[kind]))
    return rows.select_related("standard").order_by("general", "industry", "position", "id")


@dataclass
class _Kinds:
    """The kinds of one day, kept for a few seconds: every row of an import asks."""

    day: date | None = None
    until: float = 0.0
    rows: dict[str, FacilityKind] = field(default_factory=dict)


_kinds = _Kinds()


def kinds(day: date | None = None) -> dict[str, FacilityKind]:
    """{key: kind} of all kinds of facility of a day, by industry."""
    day = day or clock.today()
    if _kinds.day != day or time.monotonic() >= _kinds.until:
        rows = FacilityKind.objects.unscoped(WHY).filter(in_force(day))
        _kinds.rows = {row.key: row for row in rows.order_by("industry", "position", "id")}
        _kinds.day, _kinds.until = day, time.monotonic() + (0.0 if settings.TESTING else KEPT_SECONDS)
    return _kinds.rows


def kind(key: str, day: date | None = None) -> FacilityKind | None:
    """One kind as it is on `day`; one that has ended, as it was last."""
    found: FacilityKind | None = kinds(day).get(key)
    if found is None:
        rows = FacilityKind.objects.unscoped(WHY).filter(key=key, withdrawn_on=None)
        found = rows.order_by("-valid_from", "-id").first()
    return found


def attributes_of(row: FacilityKind) -> tuple[Attribute, ...]:
    """The attributes of a kind, as its row keeps them."""
    kept: tuple[Attribute, ...] | None = row.__dict__.get("_attributes")
    if kept is None:
        kept = row.__dict__["_attributes"] = attributes.from_json(row.attributes)
    return kept


def licence_kinds(day: date | None = None, facility_kind: str = "") -> list[LicenceKind]:
    """Licences of a day; with a kind of facility those that it needs."""
    rows = LicenceKind.objects.unscoped(WHY).filter(in_force(day or clock.today()))
    if facility_kind:
        rows = rows.filter(kinds__contains=[facility_kind])
    return list(rows.select_related("standard", "pack").order_by("pack__key", "position", "id"))


def sensor_kinds(day: date | None = None, facility_kind: str = "") -> list[SensorKind]:
    """Kinds of sensors of a day; with a kind of facility those that watch it."""
    rows = SensorKind.objects.unscoped(WHY).filter(in_force(day or clock.today()))
    if facility_kind:
        rows = rows.filter(kinds__contains=[facility_kind])
    return list(rows.select_related("standard", "pack").order_by("pack__key", "position", "id"))
