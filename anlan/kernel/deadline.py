"""Deadlines of rows: started, met, paused, extended; and the one query for everything overdue.

The rules are in `due`. Everything here runs in the caller's transaction and locks the deadline's row.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from anlan.kernel import audit, due, registry
from anlan.kernel.calendar import house_calendar
from anlan.kernel.due import Light, Term
from anlan.kernel.models import Deadline
from anlan.kernel.models.placed import place_of
from anlan.kernel.scope import Actor, ScopedModel
from anlan.kernel.writing import Refused, ledger_key, require

State = Deadline.State
OPEN = (State.RUNNING, State.PAUSED)
THREE_DAYS = Term(3)


def start(
    row: ScopedModel,
    key: str,
    label: str,
    term: Term,
    at: datetime,
    *,
    warn: Term = THREE_DAYS,
    person_id: int | None = None,
    unit_id: int | None = None,
) -> Deadline:
    """Start the term `key` of a stored row at `at`; an open one of that key starts anew.

    person_id, unit_id: who answers, where it is not the row's own. Raises CalendarUnknown.
    """
    place = place_of(row)
    place["person_id"] = person_id or place["person_id"]
    place["unit_id"] = unit_id or place["unit_id"]
    ledger = registry.ledger_of(type(row))
    with transaction.atomic():
        found = _open(row, key) or Deadline(key=key)
        for name, value in place.items():
            setattr(found, name, value)
        found.label, found.state, found.started_at = label, State.RUNNING, at
        found.subject = (ledger.subject(row) if ledger else str(row))[:200]
        found.term, found.notice = _kept(term), _kept(warn)
        found.pauses, found.extensions = [], []
        _reckon(found)
        found.save()
    return found


def end(row: ScopedModel, keys: Sequence[str] | None, at: datetime, state: Deadline.State = State.MET) -> int:
    """End the open terms of these keys (None: all) as met, missed or cancelled; gives how many."""
    found = _open_rows(row)
    if keys is not None:
        found = found.filter(key__in=keys)
    return found.update(state=state, ended_at=at)


def pause(actor: Actor, row: ScopedModel, key: str, at: datetime, reason: str) -> Deadline:
    """Stop the clock: the time from now on does not count until `resume`."""
    with transaction.atomic():
        found = _must_be(row, key, State.RUNNING)
        found.pauses = [*found.pauses, [at.isoformat(), None, reason]]
        found.state = State.PAUSED
        return _saved(actor, found, row, "pause", reason)


def resume(actor: Actor, row: ScopedModel, key: str, at: datetime) -> Deadline:
    """Let the clock run on; the due date moves by what was paused."""
    with transaction.atomic():
        found = _must_be(row, key, State.PAUSED)
        begin, _, reason = found.pauses[-1]
        found.pauses = [*found.pauses[:-1], [begin, at.isoformat(), reason]]
        found.state = State.RUNNING
        _reckon(found)
        return _saved(actor, found, row, "resume", reason)


def extend(actor: Actor, row: ScopedModel, key: str, until: datetime, decision: str) -> Deadline:
    """Move the due moment to `until` on the ground of a decision. Needs `<ledger>.extend`."""
    require(actor, f"{ledger_key(type(row))}.extend")
    if not decision.strip():
        raise Refused("延期要写明决定的依据（谁批准、文号或理由）。")
    with transaction.atomic():
        found = _must_be(row, key, State.RUNNING)
        if until <= found.due_at:
            raise Refused(f"新的期限应晚于原期限 {due.last_day(found.due_at)}。")
        step = [found.due_at.isoformat(), until.isoformat(), len(found.pauses), decision]
        found.extensions = [*found.extensions, step]
        _reckon(found)
        return _saved(actor, found, row, "extend", decision)


def overdue(actor: Actor, now: datetime) -> QuerySet[Any]:
    """Everything overdue that the actor may see, the longest overdue first."""
    return (
        Deadline.objects.visible_to(actor)
        .filter(state=State.RUNNING, due_at__lte=now)
        .order_by("due_at", "id")
    )


def due_soon(actor: Actor, now: datetime) -> QuerySet[Any]:
    """Everything in its yellow time, the nearest first."""
    found = Deadline.objects.visible_to(actor).filter(state=State.RUNNING, warn_at__lte=now, due_at__gt=now)
    return found.order_by("due_at", "id")


def of_row(row: ScopedModel) -> QuerySet[Any]:
    """The terms of a row that the caller has found visible, open ones first."""
    found = Deadline.objects.unscoped("deadlines of a row that the caller has found visible")
    return found.filter(ledger=ledger_key(type(row)), subject_id=row.pk).order_by("ended_at", "due_at", "id")


def light(found: Deadline, now: datetime) -> Light:
    """The light of one deadline: hollow, yellow, red while it runs; green when met in time."""
    match found.state:
        case State.RUNNING:
            return due.light(now, found.due_at, found.warn_at)
        case State.MET if found.ended_at and found.ended_at >= found.due_at:
            return Light(
                "r", f"逾期 {(due.local_day(found.ended_at) - due.last_day(found.due_at)).days} 天完成"
            )
        case State.MET:
            return Light("g", "按期完成")
        case State.MISSED:
            return Light("r", "未完成")
        case _:
            return Light("o", State(found.state).label)


def _reckon(found: Deadline) -> None:
    """Due and warning moment from start, term and pauses. A decided date stands: a pause moves it on."""
    calendar = house_calendar()
    paused = [(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b, _ in found.pauses if b]
    if found.extensions:
        decided, count = found.extensions[-1][1:3]
        found.due_at = due.later(datetime.fromisoformat(decided), _term(found.term), paused[count:])
    else:
        found.due_at = due.due_at(found.started_at, _term(found.term), calendar, paused)
    found.warn_at = due.warn_at(found.due_at, _term(found.notice), calendar)


def _saved(actor: Actor, found: Deadline, row: ScopedModel, act: str, note: str) -> Deadline:
    found.save()
    changed = {"due_at": [found.key, found.due_at.isoformat()]}
    audit.record(actor, act, row, changed, note=f"{found.label}：{note}")
    return found


def _open_rows(row: ScopedModel) -> QuerySet[Any]:
    return of_row(row).filter(state__in=OPEN)


def _open(row: ScopedModel, key: str) -> Deadline | None:
    return _open_rows(row).select_for_update().filter(key=key).first()


def _must_be(row: ScopedModel, key: str, state: Deadline.State) -> Deadline:
    found = _open(row, key)
    if found is None or found.state != state:
        raise Refused(f"没有{state.label}的这个期限，可能已由他人办理。请刷新页面后再看。")
    return found


def _kept(term: Term) -> dict[str, Any]:
    return {"amount": term.amount, "unit": term.unit.value, "rolls": term.rolls}


def term_of(found: Deadline) -> Term:
    """The length that a deadline was started with."""
    return _term(found.term)


def _term(kept: dict[str, Any]) -> Term:
    return Term(kept["amount"], due.Unit(kept["unit"]), kept["rolls"])
