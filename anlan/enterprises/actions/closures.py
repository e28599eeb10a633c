"""Business acts of closing: a case and its days, the status it brings, and one that works again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q

from anlan.enterprises.models import Closure, ClosurePlan, Enterprise, Facility, Licence, Standing
from anlan.enterprises.rules import closing
from anlan.kernel import clock, deadline, moves
from anlan.kernel.due import Term, start_of
from anlan.kernel.models import Deadline
from anlan.kernel.scope import Actor, system_actor
from anlan.kernel.workflow import Facts
from anlan.kernel.writing import write
from anlan.programmes.models import Obligation

REASON = "follows what the caller wrote through the door"
TERM = "close"
STEP_PERMISSION = "closures.advance"
ACCEPT = "closures.accept"
GONE = (Standing.REVOKED, Standing.CANCELLED)


# Before saving ----------------------------------------------------------------------------------------
def check_plan(actor: Actor, plan: ClosurePlan) -> None:
    """The words of the basis are those of the obligation where one is chosen and nothing else is written."""
    plan.derive()
    one: Obligation | None = plan.obligation
    if one is not None:
        plan.sentence = plan.sentence or one.quote[:300]
        plan.document = plan.document or f"{one.item.programme.title} 第{one.item.no}条"[:120]


def check_case(actor: Actor, case: Closure) -> None:
    """Place, name and industry before they are checked; the plan's office answers where nobody is named."""
    case.derive()
    if case._state.adding and case.unit_id is None and case.plan_id is not None:
        case.unit_id = case.plan.unit_id


def facts(case: Closure) -> Facts:
    """What the guards look at: the case's columns, licences that still stand, files that hang on it."""
    from anlan.kernel import files

    own = {one.attname: getattr(case, one.attname) for one in case._meta.concrete_fields}
    return {**own, "licences": len(standing_licences(case)), "files": files.attached(case).exists()}


def standing_licences(case: Closure) -> list[Licence]:
    """The licences that end with it: of a whole firm all, of a facility those that name it."""
    if case.enterprise_id is None:
        return []
    rows = Licence.objects.unscoped(REASON).filter(enterprise=case.enterprise_id).exclude(standing__in=GONE)
    if case.facility is not None:
        rows = rows.filter(~Q(holder=""), holder=case.facility.name)
    return list(rows.select_related("enterprise").order_by("id"))


def plan_defaults(actor: Actor) -> Mapping[str, Any]:
    """A new plan is of this year and of the chosen post's own region and office."""
    seat = actor.seat
    own = {"region_path": seat.region_paths[0]} if seat and seat.region_paths else {}
    return {"year": clock.today().year, "unit_id": seat.unit_id if seat else None, **own}


# What follows -----------------------------------------------------------------------------------------
def follow_case(actor: Actor, case: Closure, differences: Mapping[str, Any]) -> None:
    """Counts of the plan, the term of the planned day, and the status of what was struck off."""
    if {"plan_id", "state"} & set(differences):
        for pk in {case.plan_id, *differences.get("plan_id", ())} - {None}:
            keep_counts(int(pk))
    if case.state in closing.OPEN and {"planned_on", "unit_id"} & set(differences):
        _start_term(case)
    if case.state == Closure.State.DELISTED and "state" in differences:
        close_subject(actor, case)


def keep_counts(plan_id: int) -> None:
    """Bring `named` and `done` of a plan up to date (derived: not recorded)."""
    rows = Closure.objects.unscoped(REASON).filter(plan=plan_id)
    found = rows.aggregate(
        named=Count("pk", filter=~Q(state=Closure.State.WITHDRAWN)),
        done=Count("pk", filter=Q(state=Closure.State.DELISTED)),
    )
    ClosurePlan.objects.unscoped(REASON).filter(pk=plan_id).update(**found)


def _start_term(case: Closure) -> None:
    today = clock.today()
    first = min(today, case.planned_on)
    term = Term((case.planned_on - first).days)
    deadline.start(
        case, TERM, "关闭退出", term, start_of(first), warn=Term(closing.NOTICE), unit_id=case.unit_id
    )


def close_subject(actor: Actor, case: Closure) -> None:
    """The firm, or the facility, gets its status and day; a closed firm's facilities close with it.

    Whoever may strike off (or bring in a sheet of cases struck off) does this with the same act.
    """
    day = case.closed_again_on or case.accepted_on or clock.today()
    permission = ACCEPT if actor.may(ACCEPT) else "closures.import"
    if case.facility is not None:
        _close_facility(actor, case.facility, day, permission, case)
    elif case.enterprise is not None and case.enterprise.status != Enterprise.Status.CLOSED:
        firm = case.enterprise
        for one in Facility.objects.unscoped(REASON).filter(enterprise=firm).order_by("id"):
            _close_facility(actor, one, day, permission, case)
        values = {"status": Enterprise.Status.CLOSED, "closed_on": day}
        write(actor, firm, values, "close", permission=permission, note=_note(case))


def _close_facility(actor: Actor, one: Facility, day: Any, permission: str, case: Closure) -> None:
    if one.state == Facility.State.CLOSED:
        return
    values = {"state": Facility.State.CLOSED, "closed_on": day}
    try:
        write(actor, one, values, "close", permission=permission, note=_note(case))
    except ValidationError as error:
        raise ValidationError(f"设施“{one}”还不能关闭：{'；'.join(error.messages)}") from error


def _note(case: Closure) -> str:
    return f"{case.plan}，{case.proof_number}".rstrip("，")


# Moves ------------------------------------------------------------------------------------------------
def end_licences(actor: Actor, case: Closure, values: Mapping[str, Any]) -> None:
    """The licences that end with it are cancelled on that day, each by a record of its own."""
    for one in standing_licences(case):
        change = {"standing": Standing.CANCELLED, "ended_on": values["licences_ended_on"]}
        write(actor, one, change, "change", permission=STEP_PERMISSION, note=str(case.plan))


def withdrawn(actor: Actor, case: Closure, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The day on which it was taken out."""
    return {"withdrawn_on": clock.today()}


# Working again ----------------------------------------------------------------------------------------
def watch_firm(firm: Enterprise, differences: Mapping[str, Any], who: str) -> None:
    """A firm that was struck off as a whole and is no longer closed has come back."""
    old, new = differences.get("status", (None, None))
    if old == Enterprise.Status.CLOSED and new != Enterprise.Status.MERGED:
        _revive(Closure.objects.unscoped(REASON).filter(enterprise=firm, facility=None), who)


def watch_facility(actor: Actor, one: Facility, differences: Mapping[str, Any]) -> None:
    """A facility that was struck off and is no longer closed has come back."""
    old, _ = differences.get("state", (None, None))
    if old == Facility.State.CLOSED:
        _revive(Closure.objects.unscoped(REASON).filter(facility=one), actor.label)


def _revive(cases: Any, who: str) -> None:
    """As the house itself: whoever changed the status need not hold the permission of the case."""
    for case in cases.filter(state=Closure.State.DELISTED).order_by("id"):
        note = f"经营状态或设施状态由关闭改回（{who}）"
        moves.perform(system_actor("关闭退出核对"), case, "revive", {"revived_on": clock.today()}, note=note)


def start_terms() -> int:
    """Start the term of open cases that have none (a sheet brought them); gives how many."""
    rows = Closure.objects.unscoped("terms that nobody started").filter(state__in=closing.OPEN)
    running = Deadline.objects.unscoped("terms that nobody started").filter(ledger="closures", key=TERM)
    waiting = rows.exclude(pk__in=running.values("subject_id")).order_by("planned_on", "id")[:5_000]
    with transaction.atomic():
        for case in waiting:
            _start_term(case)
    return len(waiting)
