"""Questions about the alignment of a document with the one above."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q, QuerySet

from anlan.kernel.scope import Actor
from anlan.programmes.models import Alignment, Obligation, Programme
from anlan.programmes.rules import alignment
from anlan.programmes.rules.alignment import Clause

OFFERED = 8
FOUND = 20
# Below what is proposed: a person who looks for a counterpart sees weaker ones as well.
WEAK = 0.08


@dataclass(frozen=True)
class Group:
    """The rows of one upper item, or the lower document's own rows of one lower item."""

    label: str
    own: bool
    rows: list[Alignment] = field(default_factory=list)


def clauses(programme: Programme) -> list[Clause]:
    """The obligations in force of a programme, as the comparison needs them."""
    rows = Obligation.objects.unscoped("the sentences of a programme that the actor has been found to see")
    live = rows.filter(item__programme=programme, item__ended=None, ended=None).select_related("item")
    return [
        Clause(one.pk, one.quote, str(one.item_id), one.item.title, one.kind, one.value, one.unit, one.period)
        for one in live.order_by("item__position", "position", "id")
    ]


def rows_of(
    actor: Actor, programme: Programme, relation: str = "", state: str = "", text: str = ""
) -> QuerySet[Any]:
    """The rows of a programme in the order of the upper document, its own sentences last.

    relation: a value of Alignment.Relation; state: "open" or "confirmed"; text: found in either sentence.
    """
    rows = Alignment.objects.visible_to(actor).filter(programme=programme)
    if relation in Alignment.Relation.values:
        rows = rows.filter(relation=relation)
    if state:
        rows = rows.filter(confirmed_at__isnull=state == "open")
    if text:
        rows = rows.filter(
            Q(upper__quote__icontains=text)
            | Q(lower__quote__icontains=text)
            | Q(upper__item__title__icontains=text)
        )
    return rows.select_related("upper__item", "lower__item").order_by(
        F("upper__item__position").asc(nulls_last=True),
        "upper__position",
        "-score",
        "lower__item__position",
        "lower__position",
        "id",
    )


def counts(actor: Actor, programme: Programme) -> tuple[Counter[str], int]:
    """(rows in each relation, rows that nobody has confirmed)."""
    rows = Alignment.objects.visible_to(actor).filter(programme=programme)
    found: Counter[str] = Counter()
    waiting = 0
    for relation, confirmed in rows.values_list("relation", "confirmed_at"):
        found[relation] += 1
        waiting += confirmed is None
    return found, waiting


def grouped(rows: Sequence[Alignment]) -> list[Group]:
    """Rows as they come, parted by the item that leads."""
    groups: list[Group] = []
    last: Any = None
    for row in rows:
        one = row.upper or row.lower
        assert one is not None
        key = (row.upper_id is None, one.item_id)
        if key != last:
            groups.append(Group(f"第{one.item.no}条　{one.item.title}", row.upper_id is None))
            last = key
        groups[-1].rows.append(row)
    return groups


def candidates(programme: Programme, upper: Obligation) -> dict[int, float]:
    """{lower obligation: score} of the likeliest counterparts of one upper sentence."""
    assert programme.upper is not None
    found = alignment.compare(clauses(programme.upper), clauses(programme), WEAK)
    mine = sorted((one for one in found if one.upper == upper.pk), key=lambda one: (-one.score, one.lower))
    return {one.lower: one.score for one in mine[:OFFERED]}


def above(programme: Programme, lower: Obligation) -> list[tuple[Obligation, float]]:
    """The likeliest upper sentences of one lower sentence, best first."""
    if programme.upper is None:
        return []
    found = alignment.compare(clauses(programme.upper), clauses(programme), WEAK)
    best = sorted((one for one in found if one.lower == lower.pk), key=lambda one: (-one.score, one.upper))
    rows = obligations([one.upper for one in best[:OFFERED]])
    return [(rows[one.upper], one.score) for one in best[:OFFERED]]


def search(programme: Programme, text: str) -> list[int]:
    """Sentences in force of the programme that hold these words."""
    rows = Obligation.objects.unscoped("sentences of a programme that the actor has been found to see")
    live = rows.filter(item__programme=programme, item__ended=None, ended=None)
    words = Q(quote__icontains=text) | Q(item__title__icontains=text)
    return list(
        live.filter(words).order_by("item__position", "position").values_list("pk", flat=True)[:FOUND]
    )


def obligations(ids: Sequence[int]) -> dict[int, Obligation]:
    """{id: obligation with its item}."""
    rows = Obligation.objects.unscoped("sentences of programmes that the actor has been found to see")
    return rows.select_related("item").in_bulk(ids)


def above_of(actor: Actor, programme: Programme) -> list[Programme]:
    """Published documents of the levels above that it could be aligned with, the nearest and newest first."""
    rows = Programme.objects.visible_to(actor).exclude(state=Programme.State.REVIEWING)
    paths = [programme.region_path[: n + 1] for n, sign in enumerate(programme.region_path) if sign == "/"]
    found = rows.filter(region_path__in=paths[:-1], year__lte=programme.year).exclude(pk=programme.pk)
    return sorted(found.select_related("issuer"), key=lambda one: (-len(one.region_path), -one.year, -one.pk))
