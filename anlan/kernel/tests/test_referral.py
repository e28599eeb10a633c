"""Slips from one domain to another: both sides see them, each does its part, nothing gets lost."""

from __future__ import annotations

from typing import Any

import pytest

from anlan.kernel import deadline, referral
from anlan.kernel.due import Term, Unit
from anlan.kernel.models import Referral
from anlan.kernel.moves import offers, perform
from anlan.kernel.referral import send
from anlan.kernel.scope import Actor
from anlan.kernel.testing import actor, seat
from anlan.kernel.tests.mechanisms import COUNTY, OTHER, SECOND, at, city, county, fault, stranger
from anlan.kernel.workflow import faults
from anlan.kernel.writing import Refused
from tests.example.models import Fault

FIVE = Term(5, Unit.WORKING_DAYS)


def receiver(path: str = SECOND, unit: int | None = 41) -> Actor:
    """An officer of the receiving county."""
    return actor(seat("referrals.*", path=path, unit_id=unit), person_id=9, name="李强")


def sent(row: Fault | None = None, **more: Any) -> Referral:
    """A slip from the county to the second county."""
    where = {"to_ledger": "sites", "to_region_path": SECOND, "to_unit_id": 41, **more}
    return send(county(), row or fault(), reason="涉及证照", term=FIVE, now=at("2023-06-20 09:00"), **where)


def visible(who: Actor) -> list[Any]:
    """The slips that somebody sees."""
    return list(Referral.objects.visible_to(who))


def test_the_flow_is_sound() -> None:
    assert faults(referral.FLOW) == []


@pytest.mark.django_db
def test_both_sides_see_the_slip_and_nobody_else() -> None:
    slip = sent()
    assert [visible(one) for one in (county(), receiver(), stranger())] == [[slip], [slip], []]
    assert (slip.number, slip.from_ledger, slip.state) == ("YS-2023-0001", "faults", "sent")


@pytest.mark.django_db
def test_accepted_and_done_in_time() -> None:
    row = fault()
    slip = sent(row)
    (due,) = deadline.overdue(receiver(), at("2023-06-29"))
    assert (due.ledger, due.subject_id, due.last_day.isoformat()) == ("referrals", slip.pk, "2023-06-28")
    perform(receiver(), slip, "accept")
    done = perform(receiver(), slip, "finish", {"reply": "证照有效", "to_id": 7}, now=at("2023-06-27"))
    assert (done.row.state, done.row.reply, done.row.to_id) == ("done", "证照有效", 7)
    assert deadline.of_row(slip).get().state == "met"
    assert list(referral.of_row(county(), row)) == [slip]


@pytest.mark.django_db
def test_each_side_does_its_own_part() -> None:
    slip = sent()
    assert {one.move.key: one.reason for one in offers(county(), slip)} == {
        "accept": "要由接收单位办理",
        "return": "要由接收单位办理",
        "withdraw": "",
    }
    with pytest.raises(Refused, match="要由接收单位办理"):
        perform(receiver(unit=42), slip, "accept")
    with pytest.raises(Refused, match="没有这一行"):
        perform(stranger(), slip, "accept")
    with pytest.raises(Refused, match="要由移送单位办理"):
        perform(receiver(), slip, "withdraw", note="不移了")


@pytest.mark.django_db
def test_without_a_unit_the_region_takes_it_up() -> None:
    slip = sent(to_unit_id=None, to_region_path=OTHER)
    assert perform(stranger(), slip, "accept").state == "accepted"


@pytest.mark.django_db
def test_returned_and_sent_again_with_a_new_term() -> None:
    slip = sent()
    perform(receiver(), slip, "return", note="不属本局职责", now=at("2023-06-21"))
    assert deadline.of_row(slip).get().state == "cancelled"
    again = perform(county(), slip, "resend", {"reason": "证照由贵局核发"})
    assert (again.row.state, again.row.reason) == ("sent", "证照由贵局核发")
    assert [one.state for one in deadline.of_row(slip)].count("running") == 1


@pytest.mark.django_db
def test_nobody_hands_on_what_they_do_not_see_or_may_not_refer() -> None:
    there = fault(OTHER)
    with pytest.raises(Fault.DoesNotExist):
        sent(there)
    with pytest.raises(Refused, match="权限"):
        send(city(), fault(COUNTY), to_ledger="sites", to_region_path=SECOND, reason="试")
    assert Referral.objects.unscoped("a test counts").count() == 0
