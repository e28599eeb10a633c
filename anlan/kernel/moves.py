"""Making a move: the one way by which a row changes its state.

`perform`, in one transaction:
1. the once-key: a second click gets what the first one got;
2. lock the row, as far as the actor sees it (out of scope looks like absent);
3. is the move open from where the row stands now? a second worker is told who came first;
4. permission, then guards: the first reason is the answer;
5. the values asked for, then the move's action, which may add changes;
6. `write`, the one door: validates, saves, checks the scope again, records;
7. deadlines: met, cancelled, paused, resumed, started; a final state cancels what still runs;
8. the move's `after`: slips, notices.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from anlan.kernel import audit, clock, deadline, registry
from anlan.kernel.calendar import CalendarUnknown
from anlan.kernel.ledger import DeclarationError
from anlan.kernel.once import once
from anlan.kernel.scope import Actor, ScopedModel
from anlan.kernel.workflow import Facts, Move, Offer, Workflow, moves_open
from anlan.kernel.writing import Refused, Stale, ledger_key, write


@dataclass(frozen=True)
class Outcome:
    """What came of a move: the row as it stands, and whether this call was only a repetition."""

    row: Any
    move: str
    state: str
    version: int
    repeated: bool


def workflow_of(key: str) -> Workflow:
    """The workflow of the ledger with that key; raises DeclarationError where there is none."""
    for one in registry.declared("WORKFLOWS"):
        if one.ledger == key:
            return one  # type: ignore[no-any-return]
    raise DeclarationError(f"{key}: no workflow is declared for this ledger")


def facts_of(workflow: Workflow, actor: Actor, row: ScopedModel) -> Facts:
    """What guards look at: the row's facts, and of the actor `actor_person_id`, `actor_unit_id`,
    `actor_paths` (region paths of the chosen post)."""
    own = (
        workflow.facts(row)
        if workflow.facts
        else {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}
    )
    seat = actor.seat
    return {
        **own,
        "actor_person_id": actor.person_id,
        "actor_unit_id": seat.unit_id if seat else None,
        "actor_paths": seat.region_paths if seat else (),
        "actor_is_house": actor.system,
    }


def offers(actor: Actor, row: ScopedModel) -> list[Offer]:
    """The moves out of the row's state as this actor meets them; for buttons and their reasons."""
    workflow = workflow_of(ledger_key(type(row)))
    return moves_open(workflow, getattr(row, workflow.field), facts_of(workflow, actor, row), actor.may)


def perform(
    actor: Actor,
    row: ScopedModel,
    move: str,
    values: Mapping[str, Any] | None = None,
    *,
    key: str = "",
    seen: int | None = None,
    note: str = "",
    now: datetime | None = None,
) -> Outcome:
    """Make `move` on `row` as `actor`; steps in the module's docstring.

    values: {field: value} of what the move asks; key: the once-key of the form; seen: the version the
    person looked at. Raises Refused (with the reason shown), Stale or ValidationError; then nothing
    is saved.
    """
    model, pk = type(row), row.pk

    def act() -> dict[str, Any]:
        made = _perform(actor, model, pk, move, dict(values or {}), seen, note, now or clock.now())
        return {"ledger": ledger_key(model), "id": pk, "move": move, **made}

    with transaction.atomic():
        try:
            outcome, fresh = once(actor, key, act)
        except CalendarUnknown as error:
            raise Refused(str(error)) from error
        if (outcome["ledger"], outcome["id"], outcome["move"]) != (ledger_key(model), pk, move):
            raise Refused("这张表单已经用来办过另一件事。请刷新页面后再办。")
        there = model.objects.visible_to(actor).get(pk=pk)
    return Outcome(there, move, outcome["state"], outcome["version"], not fresh)


def _perform(
    actor: Actor,
    model: type[ScopedModel],
    pk: int,
    key: str,
    values: dict[str, Any],
    seen: int | None,
    note: str,
    now: datetime,
) -> dict[str, Any]:
    workflow = workflow_of(ledger_key(model))
    row = model.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        raise Refused("没有这一行，或者不在您的职责范围内。")
    move = _open_move(workflow, key, actor, row, values)
    if seen is not None and row.version != seen:
        raise Stale(row, {f.name: getattr(row, f.attname) for f in model._meta.concrete_fields})
    _check_values(move, values, note)
    change = {**values, workflow.field: move.target}
    if move.action:
        change |= move.action(actor, row, values) or {}
    written = write(actor, row, change, move.key, permission=workflow.permission(move), note=note)
    if not written.differences:
        audit.record(actor, move.key, row, note=note)
    _run_clocks(workflow, move, actor, row, now)
    if move.after:
        move.after(actor, row, {**values, "note": note})
    return {"state": move.target, "version": row.version}


def _open_move(
    workflow: Workflow, key: str, actor: Actor, row: ScopedModel, values: Mapping[str, Any]
) -> Move:
    try:
        move = workflow.move(key)
    except KeyError:
        raise Refused("没有这一步。请刷新页面后再办。") from None
    state = getattr(row, workflow.field)
    facts = facts_of(workflow, actor, row)
    for offer in moves_open(workflow, state, facts, actor.may, values):
        if offer.move is move:
            if offer.reason:
                raise Refused(f"不能{move.label}：{offer.reason}。")
            return move
    label = workflow.state(state).label
    raise Refused(f"现在是“{label}”，不能{move.label}。可能已由他人先行办理，请刷新页面查看。")


def _check_values(move: Move, values: Mapping[str, Any], note: str) -> None:
    wrong = {name: "这一步不填这一项。" for name in values if name not in move.fields}
    wrong |= {name: "请填写。" for name in move.required if values.get(name) in (None, "", [])}
    if wrong:
        raise ValidationError(wrong)
    if move.note and not note.strip():
        raise ValidationError(f"请填写{move.note}。")


def _run_clocks(workflow: Workflow, move: Move, actor: Actor, row: ScopedModel, now: datetime) -> None:
    if move.meets:
        deadline.end(row, move.meets, now)
    if move.cancels:
        deadline.end(row, move.cancels, now, deadline.State.CANCELLED)
    for key in move.pauses:
        deadline.pause(actor, row, key, now, move.label)
    for key in move.resumes:
        deadline.resume(actor, row, key, now)
    facts = facts_of(workflow, actor, row)
    for one in move.starts:
        term = one.term(facts) if callable(one.term) else one.term
        if term is not None:
            deadline.start(row, one.key, one.label, term, now, warn=one.warn)
    if workflow.state(move.target).final:
        deadline.end(row, None, now, deadline.State.CANCELLED)
