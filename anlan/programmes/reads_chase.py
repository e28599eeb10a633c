"""Questions about chasing: who is overdue, and which letters were written about what.

A letter names its matters (`Paper.matters`): {unit: [{"occurrence", "item_id", "unit_id", …}]}. It is open
until the unit it went to has answered, or it is void.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse

from anlan.kernel import clock
from anlan.kernel.due import Light
from anlan.kernel.scope import Actor
from anlan.org.models import Unit
from anlan.papers import reads as paper_reads
from anlan.papers.models import Paper, Receipt
from anlan.programmes.models import Item, Occurrence, Programme

KINDS = (Paper.Kind.REMINDER, Paper.Kind.ORDER)
LATE = Q(light="r", state__in=("open", "declared", "returned", "missed"))
NEAR = Q(light="y", state__in=("open", "returned"))
LEDGER = "programmes"


@dataclass(frozen=True)
class Letter:
    """A letter to one unit, as its reader may open it. `matters` are those about the thing asked for."""

    paper: Paper
    unit: Unit | None
    state: str
    light: Light
    url: str
    open: bool
    matters: tuple[dict[str, Any], ...] = ()

    @property
    def name(self) -> str:
        """饶安办提〔2023〕17号, or the title of a draft."""
        return self.paper.number or self.paper.title


@dataclass
class Late:
    """One unit's overdue matters of a programme."""

    unit: Unit
    late: int
    near: int
    first: date | None
    letters: list[Letter] = field(default_factory=list)

    @property
    def days(self) -> int:
        """How long the oldest has been overdue."""
        return (clock.today() - self.first).days if self.first else 0

    @property
    def open(self) -> list[Letter]:
        """Letters that are not answered yet."""
        return [one for one in self.letters if one.open]


def overdue(actor: Actor, programme: Programme) -> QuerySet[Any]:
    """The overdue occurrences of a programme that the actor sees."""
    return Occurrence.objects.visible_to(actor).filter(LATE, programme_id=programme.pk)


def by_unit(actor: Actor, programme: Programme) -> list[Late]:
    """Units with overdue matters, the most and oldest first, each with its letters."""
    rows = (
        Occurrence.objects.visible_to(actor)
        .filter(LATE | NEAR, programme_id=programme.pk)
        .values("unit_id")
        .annotate(
            late=Count("id", filter=LATE), near=Count("id", filter=NEAR), first=Min("due_on", filter=LATE)
        )
        .filter(late__gt=0)
    )
    found = {one["unit_id"]: one for one in rows}
    units = Unit.objects.unscoped("units of matters that the actor sees").select_related("region")
    known = units.in_bulk(list(found))
    letters: dict[int, list[Letter]] = defaultdict(list)
    for letter in letters_about(actor, programme):
        for pk in {int(one["unit_id"]) for one in letter.matters}:
            letters[pk].append(letter)
    late = [
        Late(known[pk], one["late"], one["near"], one["first"], letters[pk])
        for pk, one in found.items()
        if pk in known
    ]
    return sorted(late, key=lambda one: (-one.late, one.first or date.max, one.unit.pk))


def letters_of(
    subject: Item | Unit | Occurrence, actor: Actor, programme: Programme | None = None
) -> list[Letter]:
    """The letters about an item, a unit or one occurrence that the actor may open, newest first.

    Of a unit: of `programme`, or of all.
    """
    match subject:
        case Item():
            return letters_about(actor, subject.programme, item=subject.pk)
        case Occurrence():
            return letters_about(actor, subject.duty.programme, occurrence=subject.pk)
        case Unit():
            return letters_about(actor, programme, unit=subject.pk)


def letters_about(
    actor: Actor,
    programme: Programme | None,
    *,
    item: int | None = None,
    unit: int | None = None,
    occurrence: int | None = None,
) -> list[Letter]:
    """Letters drafted from a programme (None: from any), about these, one for each unit addressed.

    The addressed unit opens what it received, the issuer's side the paper.
    """
    papers = Paper.objects.visible_to(actor).filter(kind__in=KINDS, ledger=LEDGER)
    receipts = Receipt.objects.visible_to(actor).filter(paper__kind__in=KINDS, paper__ledger=LEDGER)
    if programme is not None:
        papers = papers.filter(subject_id=programme.pk)
        receipts = receipts.filter(paper__subject_id=programme.pk)
    asked = {"item_id": item, "unit_id": unit, "occurrence": occurrence}
    wanted = {key: value for key, value in asked.items() if value is not None}
    found = [
        _received(row, matters)
        for row in receipts.select_related("paper", "unit")
        if (matters := _about(row.matters, wanted))
    ]
    mine = {(one.paper.pk, one.unit.pk) for one in found if one.unit}
    found += [
        one
        for one in _issued(list(papers), wanted)
        if one.unit is None or (one.paper.pk, one.unit.pk) not in mine
    ]
    return sorted(found, key=lambda one: -one.paper.pk)


def with_open_letter(programme: Programme) -> set[int]:
    """Occurrences of which an open letter speaks already, whoever may see it."""
    papers = Paper.objects.unscoped("whether a matter has been written about already").filter(
        kind__in=KINDS, ledger=LEDGER, subject_id=programme.pk
    )
    letters = _issued(list(papers), {})
    return {int(one["occurrence"]) for letter in letters if letter.open for one in letter.matters}


def _issued(papers: list[Paper], wanted: dict[str, int]) -> Iterable[Letter]:
    rows = Receipt.objects.unscoped("receipts of papers that the actor sees").filter(
        paper_id__in=[one.pk for one in papers]
    )
    receipts = {(one.paper_id, one.unit_id): one for one in rows}
    units = Unit.objects.unscoped("units that a paper is addressed to").in_bulk(
        {pk for one in papers for pk in one.recipients}
    )
    for paper in papers:
        for key, told in paper.matters.items():
            matters = _about(told, wanted)
            if not matters:
                continue
            receipt = receipts.get((paper.pk, int(key)))
            light, word, is_open = _standing(paper, receipt)
            yield Letter(
                paper, units.get(int(key)), word, light, reverse("paper", args=[paper.pk]), is_open, matters
            )


def _received(row: Receipt, matters: tuple[dict[str, Any], ...]) -> Letter:
    light, word, is_open = _standing(row.paper, row)
    return Letter(row.paper, row.unit, word, light, reverse("receipt", args=[row.pk]), is_open, matters)


def _standing(paper: Paper, receipt: Receipt | None) -> tuple[Light, str, bool]:
    if paper.state == Paper.State.VOID:
        return Light("o", "已作废"), "已作废", False
    if receipt is None:
        word = str(paper.get_state_display())
        return Light("o", word), word, True
    light = paper_reads.light(receipt, clock.now())
    closed = (Receipt.State.ANSWERED, Receipt.State.WITHDRAWN)
    return light, str(receipt.get_state_display()), receipt.state not in closed


def _about(matters: Iterable[Any], wanted: dict[str, int]) -> tuple[dict[str, Any], ...]:
    return tuple(
        one
        for one in matters
        if isinstance(one, dict) and "occurrence" in one and all(one.get(k) == v for k, v in wanted.items())
    )
