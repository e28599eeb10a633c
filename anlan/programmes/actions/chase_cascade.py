"""Aligning a document with that of the level above: proposed by rule, decided by a person, kept.

What a person has decided stays when the proposal is made again, also after a new edition: a decision
hangs on the sentence, and goes only with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from anlan.kernel import audit, clock
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused, require, write
from anlan.programmes.models import Alignment, Obligation, Programme
from anlan.programmes.reads_cascade import clauses
from anlan.programmes.rules import alignment

Relation = Alignment.Relation
PAIRED = (Relation.COVERED, Relation.PARTLY)
REASON = "rows of a programme that the actor has been found to align"


@dataclass(frozen=True)
class Aligned:
    """How many rows stand in each relation after a proposal; `kept` of them by a person."""

    covered: int
    partly: int
    missing: int
    new: int
    kept: int


def propose(actor: Actor, lower: Programme, upper: Programme | None = None) -> Aligned:
    """Align `lower` with `upper` (default: the one it names), keeping what people decided.

    Needs `alignments.propose` and sight of both; raises Refused. One transaction, one entry in the record.
    """
    require(actor, "alignments.propose")
    with transaction.atomic():
        found = _locked(actor, lower)
        above = _upper(actor, found, upper)
        mine, theirs = clauses(found), clauses(above)
        if not mine or not theirs:
            raise Refused("两份要点都发布以后才能对照。请先发布。")
        kept = _let_go_of_the_rest(found, {one.key for one in mine}, {one.key for one in theirs})
        own = {row.lower_id for row in kept if row.upper_id is None}
        _add(found, alignment.align(theirs, [one for one in mine if one.key not in own]), kept)
        numbers = Counter(_rows(found).values_list("relation", flat=True))
        outcome = Aligned(
            numbers["covered"], numbers["partly"], numbers["missing"], numbers["new"], len(kept)
        )
        audit.record(actor, "align", found, {"relations": [None, dict(numbers)]}, note=f"对照{above}")
    return outcome


def confirm(actor: Actor, row: Alignment, note: str = "") -> Alignment:
    """Agree with one row. Raises Refused."""
    _require_issuer(actor, row.programme)
    change = {"confirmed_by": actor.label[:120], "confirmed_at": clock.now(), "note": note.strip()[:300]}
    return write(actor, row, change, "confirm").row  # type: ignore[no-any-return]


def confirm_many(actor: Actor, rows: Iterable[Alignment]) -> int:
    """Agree with many rows in one transaction; gives how many were not yet confirmed."""
    with transaction.atomic():
        fresh = [row for row in rows if not row.confirmed_by]
        for row in fresh:
            confirm(actor, row)
    return len(fresh)


def decide(
    actor: Actor, programme: Programme, upper: Obligation, choices: Mapping[int, str], note: str = ""
) -> None:
    """What takes up `upper`: {lower obligation id: covered or partly}; an empty choice means missing.

    Replaces the rows of `upper`; lower sentences that lose their last pair become new again. Needs
    `alignments.confirm`; raises Refused; nothing half saved.
    """
    require(actor, "alignments.confirm")
    with transaction.atomic():
        programme = _locked(actor, programme)
        if not _is_above(programme, upper):
            raise Refused("这一句不是所对照的上级要点里现行的要求。请刷新页面。")
        _check(programme, choices)
        before = _rows(programme).filter(upper=upper)
        old = {str(one.lower_id or ""): one.relation for one in before}
        freed = {one.lower_id for one in before if one.lower_id} - choices.keys()
        before.delete()
        who = {"confirmed_by": actor.label[:120], "confirmed_at": clock.now(), "note": note.strip()[:300]}
        chosen: list[tuple[int | None, str]] = [*choices.items()] or [(None, Relation.MISSING)]
        scores = _scores(programme, upper, choices)
        made = [
            Alignment(
                programme=programme, upper=upper, lower_id=lower, relation=relation,
                score=scores.get(lower, 0.0), **who,
            )
            for lower, relation in chosen
        ]  # fmt: skip
        Alignment.objects.bulk_create(made)
        _rows(programme).filter(upper=None, lower_id__in=choices).delete()
        _as_new(programme, freed)
        differences = {"relations": [old, {str(lower or ""): relation for lower, relation in chosen}]}
        audit.record(actor, "decide", made[0], differences, note=note)


def _locked(actor: Actor, programme: Programme) -> Programme:
    rows = Programme.objects.visible_to(actor).select_for_update(of=("self",))
    found: Programme | None = rows.filter(pk=programme.pk).first()
    if found is None:
        raise Refused("没有这份要点，或者不在您的职责范围内。")
    _require_issuer(actor, found)
    return found


def _require_issuer(actor: Actor, programme: Programme) -> None:
    """Units below see the document and its alignment; the level that issued it decides."""
    if actor.system or (actor.seat and programme.region_path in actor.seat.region_paths):
        return
    raise Refused("上下级对应由制发本级要点的安委办确认。")


def _upper(actor: Actor, lower: Programme, upper: Programme | None) -> Programme:
    above = upper or lower.upper
    if above is None:
        raise Refused("还没有选定上级要点。请选一份上级已发布的要点。")
    if above.pk == lower.pk or not lower.region_path.startswith(above.region_path):
        raise Refused(f"《{above.title}》不是本级的上级要点。请选上级安委会印发的要点。")
    if not Programme.objects.visible_to(actor).filter(pk=above.pk).exists():
        raise Refused("没有这份上级要点，或者不在您的职责范围内。")
    if lower.upper_id != above.pk:
        # Another document above: what was decided against the old one says nothing of it.
        _rows(lower).delete()
        write(actor, lower, {"upper": above}, "align", permission="alignments.propose")
    return above


def _let_go_of_the_rest(programme: Programme, lower: set[int], upper: set[int]) -> list[Alignment]:
    """Remove proposals, and decisions whose sentence is no longer in force; give what stays."""
    kept: list[Alignment] = []
    gone: list[int] = []
    for row in _rows(programme):
        alive = (row.upper_id is None or row.upper_id in upper) and (
            row.lower_id is None or row.lower_id in lower
        )
        if row.confirmed_by and alive:
            kept.append(row)
        else:
            gone.append(row.pk)
    _rows(programme).filter(pk__in=gone).delete()
    return kept


def _add(programme: Programme, pairs: Iterable[alignment.Pair], kept: Iterable[Alignment]) -> None:
    """Save proposals beside decisions: an upper sentence with a decision gets no proposal."""
    decided = {row.upper_id for row in kept if row.upper_id}
    rows = [
        Alignment(
            programme=programme, upper_id=pair.upper, lower_id=pair.lower, relation=pair.relation,
            score=pair.score,
        )
        for pair in pairs
        if pair.upper is not None and pair.upper not in decided
    ]  # fmt: skip
    Alignment.objects.bulk_create(rows, batch_size=1000)
    _as_new(programme, {one.key for one in clauses(programme)})


def _as_new(programme: Programme, lower: Iterable[int]) -> None:
    """Lower sentences without any row get one that says they are the document's own."""
    wanted = set(lower)
    have = set(_rows(programme).filter(lower_id__in=wanted).values_list("lower_id", flat=True))
    Alignment.objects.bulk_create(
        Alignment(programme=programme, upper=None, lower_id=pk, relation=Relation.NEW)
        for pk in sorted(wanted - have)
    )


def _is_above(programme: Programme, upper: Obligation) -> bool:
    return (
        programme.upper_id is not None
        and upper.item.programme_id == programme.upper_id
        and upper.ended_id is None
        and upper.item.ended_id is None
    )


def _check(programme: Programme, choices: Mapping[int, str]) -> None:
    live = {one.key for one in clauses(programme)} if choices else set()
    if set(choices) - live:
        raise Refused("所选的句子不在本级要点现行的要求里。请刷新页面。")
    if set(choices.values()) - set(PAIRED):
        raise Refused("承接只能是“已承接”或“部分承接”。")


def _scores(programme: Programme, upper: Obligation, choices: Mapping[int, str]) -> dict[int | None, float]:
    if not choices or programme.upper is None:
        return {}
    found = alignment.compare(clauses(programme.upper), clauses(programme))
    return {one.lower: round(one.score, 4) for one in found if one.upper == upper.pk}


def _rows(programme: Programme) -> Any:
    return Alignment.objects.unscoped(REASON).filter(programme=programme)
