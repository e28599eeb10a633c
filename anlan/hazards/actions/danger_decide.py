"""Departures from the way: extension, downgrade, transfer; asked for, and decided by another person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from anlan.hazards.actions import danger as act
from anlan.hazards.actions.danger_people import people_of_units
from anlan.hazards.models import DangerListing, DangerRequest, HiddenDanger
from anlan.hazards.rules import danger_listing, danger_remedy
from anlan.kernel import clock, deadline, moves, notice, parameters, referral
from anlan.kernel.calendar import house_calendar
from anlan.kernel.due import Term, Unit, end_of
from anlan.kernel.models import Referral
from anlan.kernel.scope import Actor, system_actor
from anlan.kernel.writing import Refused, write
from anlan.org.models import Unit as Office

Kind = DangerRequest.Kind
ASKABLE = {
    Kind.EXTENSION: ("ordered", "rectifying"),
    Kind.DOWNGRADE: ("graded", "ordered", "rectifying"),
    Kind.TRANSFER: ("found", "graded", "ordered", "rectifying"),
}
BY_RULE = "移送单接收后按规则改由接收单位督促整改"


def ask(actor: Actor, danger: HiddenDanger, kind: str, values: Mapping[str, Any]) -> DangerRequest:
    """Put a request on record. values: reason, interim, new_due_on, to_unit as the kind needs them.

    Raises Refused or ValidationError; then nothing is saved.
    """
    if danger.state not in ASKABLE[Kind(kind)]:
        raise Refused(f"现在是“{danger.get_state_display()}”，不能申请{Kind(kind).label}。")
    match kind:
        case Kind.EXTENSION:
            _may_extend(danger, values.get("new_due_on"))
        case Kind.DOWNGRADE if danger.level != HiddenDanger.Grade.MAJOR:
            raise Refused("已经是一般隐患，不需要降级。")
        case Kind.TRANSFER:
            if values.get("to_unit") is None:
                raise ValidationError({"to_unit": "请选移送到哪个单位。"})
            if values["to_unit"].pk == danger.regulator_id:
                raise ValidationError({"to_unit": "它现在就由这个单位监管。请选另一个单位。"})
    values = dict(values)
    # Offices of government are public: a matter may be handed to one outside the asker's own scope.
    target = values.pop("to_unit", None)
    row = DangerRequest(danger=danger, kind=kind, old_due_on=danger.due_on, to_unit=target)
    given = {"asked_by": actor.name[:120], "asker_id": actor.person_id, "asked_on": clock.today()}
    with transaction.atomic():
        write(actor, row, {**values, **given}, "add", permission="danger-requests.add")
        days = int(parameters.value("dangers.decide_days"))
        deadline.start(
            row, "decide", f"审核{row.get_kind_display()}", Term(days, Unit.WORKING_DAYS), clock.now(),
            unit_id=danger.regulator_id,
        )  # fmt: skip
        _tell(row, people_of_units([danger.regulator_id]), "asked", f"申请{row.get_kind_display()}，待审核")
    return row


def _may_extend(danger: HiddenDanger, until: date | None) -> None:
    """The new day is later; under listed supervision asked in good time and within the longest term."""
    if until is None:
        raise ValidationError({"new_due_on": "请填申请延至哪一天。"})
    if wrong := danger_remedy.longer(danger.due_on, until, clock.today()):
        raise ValidationError({"new_due_on": f"{wrong}。"})
    listing = (
        DangerListing.objects.unscoped("the listing of a danger that was found visible")
        .filter(danger=danger, state__in=("listed", "applied"))
        .first()
    )
    if listing is None:
        return
    ahead = int(parameters.value("dangers.listing_ask_days"))
    last = house_calendar().after(listing.due_on, -ahead)
    if wrong := danger_listing.asked_in_time(clock.today(), last, ahead):
        raise Refused(wrong)
    longest = danger_listing.longest(listing.listed_on, int(parameters.value("dangers.listing_months")))
    if until > longest:
        raise ValidationError({"new_due_on": f"挂牌督办最长到 {longest}（地方例，待核）。请改早。"})


def raised(actor: Actor, row: HiddenDanger, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Up to major at once; without a ground it stays where it was."""
    found = act.graded(actor, row, values)
    if found["level"] != HiddenDanger.Grade.MAJOR:
        raise ValidationError("升为重大要有依据：请选判定条款，或勾选符合定义的情形。")
    return found


def decided(actor: Actor, row: DangerRequest, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Who decided and when."""
    return {"decided_by": actor.name[:120], "decided_on": clock.today()}


def apply(actor: Actor, row: DangerRequest, values: Mapping[str, Any]) -> None:
    """What was asked for happens to the danger, in the same transaction."""
    danger = HiddenDanger.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=row.danger_id)
    if danger.state not in ASKABLE[Kind(row.kind)]:
        raise Refused(f"隐患现在是“{danger.get_state_display()}”，申请已失去对象，请改为“不同意”。")
    match row.kind:
        case Kind.EXTENSION:
            _extend(actor, danger, row)
        case Kind.DOWNGRADE:
            change = {"level": "ordinary", "basis": "ordinary", "criterion": None,
                      "needs_stop": False, "beyond_own": False}  # fmt: skip
            write(actor, danger, change, "downgrade", permission="danger-requests.decide", note=row.reason)
        case _:
            _transfer(actor, danger, row)
    _tell(row, [row.asker_id], "approved", f"{row.get_kind_display()}申请已同意")


def _extend(actor: Actor, danger: HiddenDanger, row: DangerRequest) -> None:
    assert row.new_due_on is not None
    note = f"{row.asked_by}申请，{actor.name}同意：{row.decision}"
    write(actor, danger, {"due_on": row.new_due_on}, "extend", permission="danger-requests.decide", note=note)
    running = deadline.of_row(danger).filter(key="rectify", state="running").exists()
    if running:
        deadline.extend(system_actor("隐患延期"), danger, "rectify", end_of(row.new_due_on), note)
    listing = DangerListing.objects.visible_to(actor).filter(danger=danger, state="listed").first()
    if listing is not None:
        change = {"due_on": row.new_due_on}
        write(actor, listing, change, "extend", permission="danger-requests.decide", note=note)
        deadline.extend(system_actor("隐患延期"), listing, "due", end_of(row.new_due_on), note)


def _transfer(actor: Actor, danger: HiddenDanger, row: DangerRequest) -> None:
    """A slip goes to the other unit; the danger follows once it is taken up (`take_over`)."""
    target = row.to_unit
    assert target is not None
    slip = referral.send(
        actor, danger, to_ledger="dangers", to_region_path=target.region_path, to_unit_id=target.pk,
        reason=row.reason, term=Term(int(parameters.value("dangers.transfer_days")), Unit.WORKING_DAYS),
    )  # fmt: skip
    write(actor, row, {"slip_id": slip.pk}, "transfer", permission="danger-requests.decide", note=slip.number)


def take_over(actor: Actor, slip: Referral) -> HiddenDanger:
    """The receiving unit takes the danger up: from now on it is theirs. One row, nothing is doubled.

    The receiver does not see the danger before, so the house moves it by rule, with the slip as ground.
    Raises Refused where the slip is not theirs.
    """
    everything = HiddenDanger.objects.unscoped("the slip that this unit received names the danger")
    with transaction.atomic():
        if slip.state == Referral.State.SENT:
            moves.perform(actor, slip, "accept")
        danger: HiddenDanger = everything.select_for_update(of=("self",)).get(pk=slip.from_id)
        house = system_actor(BY_RULE)
        unit = Office.objects.unscoped("the receiver of the slip").get(pk=slip.to_unit_id)
        outside = not danger.region_path.startswith(unit.region_path)
        change: dict[str, Any] = {"regulator": unit}
        if outside:
            change["region_path"] = unit.region_path
        write(house, danger, change, "transfer", note=f"{slip.number}，{actor.label}接收")
        fresh = Referral.objects.visible_to(actor).get(pk=slip.pk)
        reply = f"已接收，由{unit}督促整改（{danger.number}）"
        moves.perform(actor, fresh, "finish", {"reply": reply, "to_id": danger.pk})
        danger.refresh_from_db(from_queryset=everything)
    return danger


def tell_refused(actor: Actor, row: DangerRequest, values: Mapping[str, Any]) -> None:
    """Who asked hears the reason."""
    _tell(row, [row.asker_id], "refused", f"{row.get_kind_display()}申请未获同意：{row.decision}")


def _tell(row: DangerRequest, people: Any, key: str, what: str) -> None:
    danger = row.danger
    link = reverse("ledger-row", args=["dangers", danger.pk])
    text = f"{danger.number} {danger.description[:60]}：{what}"
    ids = [one for one in people if one]
    notice.notify(ids, f"danger-requests:{row.pk}:{key}", text, link=link, row=row)
