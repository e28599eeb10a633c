"""What is due: progress, declaring, deciding, moving the day; every act is judged at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from anlan.kernel import clock, notice
from anlan.kernel.due import local_day
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused, require, write
from anlan.programmes.actions import run, run_judging
from anlan.programmes.models import Duty, Obligation, Occurrence
from anlan.programmes.reads_units import acting_units
from anlan.programmes.rules.schedule import Asked, delayed, warn_on

ONE_DAY = timedelta(days=1)
OPEN = (Occurrence.State.OPEN, Occurrence.State.DECLARED, Occurrence.State.RETURNED)


def declared(actor: Actor, row: Occurrence, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Who declares, when, and the day of completion; without a measure the unit's number is the value.

    Raises ValidationError for a day of completion that has not come.
    """
    done = values.get("done_on")
    if done and done > clock.today():
        raise ValidationError({"done_on": f"{done} 晚于今天（{clock.today()}）。请核对完成日期。"})
    change: dict[str, Any] = {
        "declared_by": actor.label[:120], "declared_at": clock.now(), "done_on": done,
    }  # fmt: skip
    if row.proof not in (Occurrence.Proof.MEASURED, Occurrence.Proof.CONTRADICTED):
        change |= {"proof": Occurrence.Proof.DECLARED, "value": values.get("claimed")}
    return change


def accepted(actor: Actor, row: Occurrence, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Who accepted; met on the day that the unit named, else on that of the declaration."""
    day = row.done_on or (local_day(row.declared_at) if row.declared_at else clock.today())
    return {"decided_by": actor.label[:120], "met_on": day}


def decided(actor: Actor, row: Occurrence, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Who decided."""
    return {"decided_by": actor.label[:120]}


def judged(actor: Actor, row: Occurrence, values: Mapping[str, Any]) -> None:
    """The light follows at once."""
    run_judging.refresh([row.duty_id])


def returned(actor: Actor, row: Occurrence, values: Mapping[str, Any]) -> None:
    """The unit is told why."""
    judged(actor, row, values)
    notice.notify(
        run.people_of([row.unit_id], clock.today()),
        f"occurrences:{row.pk}:returned:{row.version}",
        f"申报被退回：{row.duty.obligation.quote[:60]}。{row.decision}",
        link=reverse("ledger-row", args=["occurrences", row.pk]),
        row=row,
    )


def report_progress(actor: Actor, row: Occurrence, claimed: Decimal, statement: str = "") -> None:
    """The unit says how far it is; the matter stays open. Needs `occurrences.declare`. Raises Refused."""
    require_own(actor, row.duty)
    if row.state not in (Occurrence.State.OPEN, Occurrence.State.RETURNED):
        raise Refused(f"现在是“{row.get_state_display()}”，不能登记进度。请刷新页面查看。")
    change: dict[str, Any] = {"claimed": claimed, "declared_by": actor.label[:120]}
    if statement.strip():
        change["statement"] = statement.strip()
    if row.proof not in (Occurrence.Proof.MEASURED, Occurrence.Proof.CONTRADICTED):
        change |= {"value": claimed, "proof": Occurrence.Proof.DECLARED}
    with transaction.atomic():
        write(actor, row, change, "progress", permission="occurrences.declare")
        run_judging.refresh([row.duty_id])


def reschedule(actor: Actor, row: Occurrence, due_on: date, decision: str) -> None:
    """Move the due day on the ground of a decision. Needs `occurrences.decide`. Raises Refused."""
    require(actor, "occurrences.decide")
    if row.state not in OPEN:
        raise Refused(f"现在是“{row.get_state_display()}”，不能改期。")
    if not decision.strip():
        raise ValidationError({"decision": "请写明改期的依据（谁批准、文号或理由）。"})
    if due_on < row.starts_on:
        raise ValidationError({"due_on": f"新的到期日早于期初 {row.starts_on}。请选期初以后的日期。"})
    change = {
        "due_on": due_on,
        "warn_on": warn_on(row.starts_on, due_on),
        "ends_on": max(row.ends_on, due_on + ONE_DAY),
        "decision": decision.strip()[:300],
        "decided_by": actor.label[:120],
    }
    with transaction.atomic():
        write(actor, row, change, "reschedule", permission="occurrences.decide", note=decision)
        run_judging.refresh([row.duty_id])


def open_delayed(actor: Actor, duty: Duty, event_on: date, what: str) -> Occurrence:
    """An event (a case closed …) opens an occurrence of a delayed obligation, and its unit is told.

    Needs `occurrences.decide`, as the issuing level or as the office that acts for the unit. Raises Refused,
    ValidationError for the day or the words.
    """
    require(actor, "occurrences.decide")
    one: Obligation = duty.obligation
    if one.kind != "delay":
        raise Refused("只有延迟触发类要求由事件触发。")
    if not decides_about(actor, duty):
        raise Refused("事件由制发要点的安委办或者承担单位登记。")
    if not what.strip():
        raise ValidationError({"what": "请写明是什么事件，例如“××事故调查结案”。"})
    if event_on > clock.today():
        raise ValidationError({"event_on": f"{event_on} 晚于今天（{clock.today()}）。事件发生以后再登记。"})
    slot = delayed(Asked(one.kind, one.period, one.value, one.unit, one.by, one.quote, duty.role), event_on)
    same = Occurrence.objects.unscoped("whether the event is on record already").filter(duty=duty)
    if same.filter(starts_on=slot.starts_on, ends_on=slot.ends_on).exists():
        raise ValidationError({"event_on": f"这个单位 {event_on} 的事件已经登记过。请核对日期和单位。"})
    row = Occurrence(
        duty=duty, programme_id=duty.programme_id, item_id=duty.item_id, unit_id=duty.unit_id,
        region_path=duty.region_path, starts_on=slot.starts_on, ends_on=slot.ends_on, due_on=slot.due_on,
        warn_on=slot.warn_on, need=slot.need,
    )  # fmt: skip
    statement = f"{event_on} {what.strip()}"[:400]
    with transaction.atomic():
        write(
            actor, row, {"statement": statement}, "trigger", permission="occurrences.decide", note=statement
        )
        run_judging.refresh([duty.pk])
        row.refresh_from_db(fields=["light", "reason", "state"])
        notice.notify(
            run.people_of(acting_units(duty.unit), clock.today()),
            f"occurrences:{row.pk}:trigger",
            f"事件触发一项应办事项，{slot.starts_on} 起办理，{slot.due_on} 到期：{one.quote[:60]}"
            f"（{statement[:60]}）",
            link=reverse("ledger-row", args=["occurrences", row.pk]),
            row=row,
        )
    return row


def decides_about(actor: Actor, duty: Duty) -> bool:
    """Whether the post is of the level that issued the document, or acts for the duty's unit."""
    paths = actor.seat.region_paths if actor.seat else ()
    own = actor.seat is not None and actor.seat.unit_id in acting_units(duty.unit)
    return actor.system or own or duty.programme.region_path in paths


def require_own(actor: Actor, duty: Duty) -> None:
    """Raise Refused unless the chosen post acts for the duty's unit."""
    require(actor, "occurrences.declare")
    if actor.system or (actor.seat and actor.seat.unit_id in acting_units(duty.unit)):
        return
    raise Refused("这是其他单位的职责，由该单位办理。")
