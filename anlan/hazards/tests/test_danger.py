"""A danger from finding to closing: who may do what, and why not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from anlan.hazards.actions import danger as act
from anlan.hazards.actions import danger_decide, danger_list
from anlan.hazards.models import DangerListing, DangerRequest, HiddenDanger
from anlan.hazards.tests.danger_case import (
    DONE,
    FIVE,
    TODAY,
    WUYUAN,
    XINZHOU,
    firm,
    found,
    on_the_way,
    picture,
    world,
)
from anlan.kernel import clock, deadline, files, moves
from anlan.kernel.due import end_of, last_day
from anlan.kernel.models import Notice, Referral
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused
from anlan.org.testing import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(db: Any, settings: Any, tmp_path: Any) -> Iterator[World]:
    """The cast on the demonstration's day."""
    settings.FILES = tmp_path
    with clock.standing_on(TODAY):
        yield world()


@pytest.fixture
def inspector(house: World) -> Actor:
    """婺源县应急管理局's inspector."""
    return house.actor("county_inspector")


@pytest.fixture
def officer(house: World) -> Actor:
    """婺源县安委办."""
    return house.actor("county_officer")


@pytest.fixture
def own(house: World) -> Actor:
    """The firm's user."""
    return house.actor("enterprise_user")


def again(row: HiddenDanger) -> HiddenDanger:
    """As it is stored now."""
    return HiddenDanger.objects.unscoped("test").get(pk=row.pk)


def inspected(inspector: Actor, **values: Any) -> HiddenDanger:
    """What the inspector found at the cast's firm."""
    return found(inspector, **{"enterprise_id": 1, **values})


def other_person(actor: Actor) -> Actor:
    """A colleague with the same post."""
    return replace(actor, person_id=(actor.person_id or 0) + 1000, name="同事")


def checked(inspector: Actor, own: Actor) -> HiddenDanger:
    """An ordinary danger that the firm says is put right."""
    row = on_the_way(inspector, inspected(inspector), "ordered")
    act.photograph(own, row, picture(30), act.AFTER)
    return moves.perform(own, row, "submit", DONE).row


def test_a_danger_goes_from_finding_to_closing_with_everybody_named(inspector: Actor, own: Actor) -> None:
    row = checked(inspector, own)
    row = moves.perform(inspector, row, "verify", {"verification": "现场试验报警正常"}).row
    row = moves.perform(inspector, row, "close").row
    assert row.state == "closed" and row.closed_on == TODAY and row.days_open == 0
    assert (row.finder, row.rectifier, row.verifier, row.closed_by) == ("程立", "邓小芳", "程立", "程立")
    assert row.region_path == WUYUAN and row.industry == "fire" and row.attention_on is None


def test_the_firm_gives_place_industry_and_regulator(inspector: Actor, house: World) -> None:
    row = inspected(inspector)
    assert row.regulator_id == house.unit("emergency", "361130").pk
    assert row.attention_on == TODAY and row.source == "inspection"


def test_who_put_it_right_does_not_verify_it(inspector: Actor, own: Actor) -> None:
    row = on_the_way(own, found(own), "ordered")
    act.photograph(own, row, picture(30), act.AFTER)
    row = moves.perform(own, row, "submit", DONE).row
    with pytest.raises(Refused, match="验收要由另一人办理"):
        moves.perform(own, row, "verify", {"verification": "合格"})
    assert again(row).state == "checking"
    row = moves.perform(other_person(own), row, "verify", {"verification": "合格"}).row
    assert row.state == "verified"


def test_what_an_office_found_the_firm_neither_grades_nor_verifies(inspector: Actor, own: Actor) -> None:
    row = inspected(inspector)
    with pytest.raises(Refused, match="监管部门查出的隐患由监管部门办理"):
        moves.perform(own, row, "grade", {"needs_stop": False})
    done = checked(inspector, own)
    with pytest.raises(Refused, match="监管部门查出的隐患由监管部门办理"):
        moves.perform(other_person(own), done, "verify", {"verification": "合格"})


def test_without_all_five_elements_nothing_is_submitted(inspector: Actor, own: Actor) -> None:
    row = on_the_way(inspector, inspected(inspector), "ordered", order={"funds": None, "contingency": ""})
    act.photograph(own, row, picture(30), act.AFTER)
    with pytest.raises(Refused, match="五落实还缺资金、预案"):
        moves.perform(own, row, "submit", DONE)
    row = moves.perform(
        own, row, "start", {"measures": FIVE["measures"], "funds": 0, "contingency": "停用"}
    ).row
    assert moves.perform(own, row, "submit", DONE).state == "checking"


def test_without_a_photo_of_afterwards_nothing_is_submitted(inspector: Actor, own: Actor) -> None:
    row = on_the_way(inspector, inspected(inspector), "ordered")
    with pytest.raises(Refused, match="还没有整改后的照片"):
        moves.perform(own, row, "submit", DONE)


def test_a_return_needs_its_reason_and_keeps_the_due_day(inspector: Actor, own: Actor) -> None:
    row = checked(inspector, own)
    assert not deadline.of_row(row).filter(key="rectify", state="running").exists()
    with pytest.raises(ValidationError, match="退回理由"):
        moves.perform(inspector, row, "return")
    row = moves.perform(inspector, row, "return", note="探头未覆盖灶台").row
    term = deadline.of_row(row).get(key="rectify", state="running")
    assert row.state == "rectifying" and last_day(term.due_at) == FIVE["due_on"]


def test_a_due_day_before_today_is_refused(inspector: Actor) -> None:
    row = on_the_way(inspector, inspected(inspector, found_on=date(2023, 6, 1)), "graded")
    with pytest.raises(ValidationError, match="早于今天"):
        moves.perform(inspector, row, "order", {**FIVE, "due_on": date(2023, 7, 4)})
    assert moves.perform(inspector, row, "order", {**FIVE, "due_on": TODAY}).state == "ordered"


# Major dangers ---------------------------------------------------------------------------------------

STOP = {"needs_stop": True, "beyond_own": False}
PLAN = {
    "goal": "消除爆燃风险", "methods": "改造管道", "resources": "自筹 3 万元", "organisation": "机电部",
    "schedule": "7 月 30 日前", "safety": "停用，专人值守", "principal": "张某", "approved_on": TODAY,
}  # fmt: skip


def major(inspector: Actor, **values: Any) -> HiddenDanger:
    """A major one under order."""
    return on_the_way(inspector, inspected(inspector, **values), "ordered", grade=STOP)


def test_the_level_follows_from_the_grounds(inspector: Actor) -> None:
    row = moves.perform(inspector, inspected(inspector), "grade", STOP).row
    assert (row.level, row.basis, row.graded_by) == ("major", "definition", "程立")


def test_a_major_danger_needs_plan_and_dual_report(inspector: Actor, own: Actor) -> None:
    row = major(inspector)
    act.photograph(own, row, picture(30), act.AFTER)
    with pytest.raises(Refused, match="还没有治理方案"):
        moves.perform(own, row, "submit", DONE)
    act.plan(own, row, PLAN)
    with pytest.raises(Refused, match="还没有报告监管部门、职工大会或职代会"):
        moves.perform(own, again(row), "submit", DONE)
    act.report(own, again(row), "regulator", TODAY, "书面报告县应急管理局")
    with pytest.raises(Refused, match="还没有报告职工大会或职代会"):
        moves.perform(own, again(row), "submit", DONE)
    act.report(own, again(row), "congress", TODAY, "职工大会通报", picture(99))
    assert moves.perform(own, again(row), "submit", DONE).state == "checking"
    assert files.attached(row).filter(kind="report-congress").count() == 1


def test_a_report_is_not_dated_before_the_finding_nor_ahead(inspector: Actor, own: Actor) -> None:
    row = major(inspector)
    with pytest.raises(ValidationError, match="早于发现日期"):
        act.report(own, row, "regulator", TODAY - timedelta(1), "书面")
    with pytest.raises(ValidationError, match="晚于今天"):
        act.report(own, row, "regulator", TODAY + timedelta(1), "书面")


def submitted_major(inspector: Actor, own: Actor) -> HiddenDanger:
    """A major one that the firm says is put right."""
    row = major(inspector)
    act.photograph(own, row, picture(30), act.AFTER)
    act.plan(own, row, PLAN)
    for side in ("regulator", "congress"):
        act.report(own, again(row), side, TODAY, "书面")
    return moves.perform(own, again(row), "submit", DONE).row


def test_the_office_reviews_a_major_danger_within_ten_days(inspector: Actor, own: Actor) -> None:
    row = submitted_major(inspector, own)
    term = deadline.of_row(row).get(key="review", state="running")
    assert last_day(term.due_at) == TODAY + timedelta(10)
    moves.perform(inspector, row, "verify", {"verification": "合格"})
    assert deadline.of_row(row).get(key="review").state == "met"


def test_a_firm_never_verifies_its_own_major_danger(own: Actor) -> None:
    row = on_the_way(own, found(own), "ordered", grade=STOP)
    act.photograph(own, row, picture(30), act.AFTER)
    act.plan(own, row, PLAN)
    for side in ("regulator", "congress"):
        act.report(own, again(row), side, TODAY, "书面")
    row = moves.perform(own, again(row), "submit", DONE).row
    with pytest.raises(Refused, match="重大隐患由监管部门验收"):
        moves.perform(other_person(own), row, "verify", {"verification": "合格"})


def test_an_ordinary_danger_is_put_right_on_the_spot_a_major_one_is_not(inspector: Actor, own: Actor) -> None:
    row = on_the_way(own, found(own), "graded")
    act.photograph(own, row, picture(30), act.AFTER)
    assert moves.perform(own, row, "fix", {"rectification": "当场接地"}).state == "checking"
    worse = on_the_way(own, found(own), "graded", grade=STOP)
    act.photograph(own, worse, picture(31), act.AFTER)
    with pytest.raises(Refused, match="下达整改"):
        moves.perform(own, worse, "fix", {"rectification": "当场接地"})


def test_raising_needs_a_ground_and_sends_it_back_to_the_order(inspector: Actor, own: Actor) -> None:
    row = on_the_way(inspector, inspected(inspector), "ordered")
    with pytest.raises(ValidationError, match="要有依据"):
        moves.perform(inspector, row, "raise", {"needs_stop": False}, note="复查发现")
    row = moves.perform(inspector, again(row), "raise", STOP, note="复查发现须停业").row
    assert (row.state, row.level) == ("graded", "major")
    assert not deadline.of_row(row).filter(state="running").exists()


# Departures ------------------------------------------------------------------------------------------


def extension(own: Actor, row: HiddenDanger, until: date) -> DangerRequest:
    """Ask for a later day."""
    return danger_decide.ask(
        own, row, "extension", {"reason": "配件缺货", "new_due_on": until, "interim": "停用"}
    )


def test_an_extension_is_asked_for_and_decided_by_another(
    inspector: Actor, own: Actor, officer: Actor
) -> None:
    row = on_the_way(inspector, inspected(inspector), "ordered")
    asked = extension(own, row, date(2023, 8, 4))
    moves.perform(officer, asked, "approve", {"decision": "情况属实"})
    row = again(row)
    assert row.due_on == date(2023, 8, 4)
    term = deadline.of_row(row).get(key="rectify")
    assert term.due_at == end_of(date(2023, 8, 4)) and len(term.extensions) == 1


def test_who_asks_does_not_decide(inspector: Actor, officer: Actor) -> None:
    row = on_the_way(inspector, inspected(inspector), "ordered")
    asked = extension(officer, row, date(2023, 8, 4))
    with pytest.raises(Refused, match="由另一人审核"):
        moves.perform(officer, asked, "approve", {"decision": "同意"})
    assert again(row).due_on == FIVE["due_on"]


@pytest.mark.parametrize("until", [FIVE["due_on"], date(2023, 7, 19)])
def test_an_extension_ends_after_the_present_day(inspector: Actor, own: Actor, until: date) -> None:
    row = on_the_way(inspector, inspected(inspector), "ordered")
    with pytest.raises(ValidationError, match="晚于原期限"):
        extension(own, row, until)


def test_a_refusal_changes_nothing_and_stays_on_record(inspector: Actor, own: Actor, officer: Actor) -> None:
    row = on_the_way(inspector, inspected(inspector), "ordered")
    asked = extension(own, row, date(2023, 8, 4))
    moves.perform(officer, asked, "refuse", {"decision": "有现货"})
    stored = DangerRequest.objects.unscoped("test").get(pk=asked.pk)
    assert (stored.state, stored.decided_by, again(row).due_on) == ("refused", "汪海波", FIVE["due_on"])


def test_what_waits_for_a_decision_is_not_verified(inspector: Actor, own: Actor) -> None:
    row = on_the_way(inspector, inspected(inspector), "ordered")
    act.photograph(own, row, picture(30), act.AFTER)
    extension(own, row, date(2023, 8, 4))
    row = moves.perform(own, again(row), "submit", DONE).row
    with pytest.raises(Refused, match="还有申请没有审核"):
        moves.perform(inspector, row, "verify", {"verification": "合格"})


def test_a_downgrade_takes_level_and_grounds_back(inspector: Actor, own: Actor, officer: Actor) -> None:
    row = major(inspector)
    asked = danger_decide.ask(own, row, "downgrade", {"reason": "不需要停业"})
    moves.perform(officer, asked, "approve", {"decision": "现场核实"})
    assert (again(row).level, again(row).needs_stop) == ("ordinary", False)


def test_a_transfer_moves_the_same_row_once_the_other_unit_takes_it(
    house: World, inspector: Actor, officer: Actor
) -> None:
    row = on_the_way(inspector, inspected(inspector), "ordered")
    target = house.unit("safety-committee-office", "360400")
    asked = danger_decide.ask(inspector, row, "transfer", {"reason": "属地在九江", "to_unit": target})
    moves.perform(officer, asked, "approve", {"decision": "同意移送"})
    stranger = house.actor("stranger")
    assert not HiddenDanger.objects.visible_to(stranger).filter(pk=row.pk).exists()
    slip = Referral.objects.visible_to(stranger).get(from_id=row.pk)
    danger_decide.take_over(stranger, slip)
    moved = HiddenDanger.objects.visible_to(stranger).get(pk=row.pk)
    assert moved.regulator_id == target.pk and moved.region_path == target.region_path
    assert HiddenDanger.objects.unscoped("test").count() == 1
    assert Referral.objects.visible_to(stranger).get(pk=slip.pk).state == "done"
    assert DangerRequest.objects.unscoped("test").get(pk=asked.pk).region_path == target.region_path


# Listing ---------------------------------------------------------------------------------------------


def listed(house: World, officer: Actor, row: HiddenDanger, **more: Any) -> DangerListing:
    """Put it on the county's list."""
    values = {
        "tier": "county", "number": "婺安督〔2023〕1号", "listed_on": TODAY, "due_on": date(2023, 12, 31),
        "supervising_unit": house.unit("safety-committee-office", "361130"),
        "treating_unit": "婺源某酒店", **more,
    }  # fmt: skip
    return danger_list.put(officer, row, values)


def test_a_listing_starts_filing_publishing_and_term(house: World, inspector: Actor, officer: Actor) -> None:
    row = major(inspector)
    made = listed(house, officer, row)
    days = {one.key: last_day(one.due_at) for one in deadline.of_row(made)}
    # 5 July 2023 is a Wednesday: three and five working days later.
    assert days == {"file": date(2023, 7, 10), "publish": date(2023, 7, 12), "due": date(2023, 12, 31)}
    assert again(row).listed
    moves.perform(officer, made, "file", {"filed_on": TODAY})
    assert deadline.of_row(made).get(key="file").state == "met"


def test_only_major_dangers_are_listed_and_no_longer_than_the_setting(
    house: World, inspector: Actor, officer: Actor
) -> None:
    ordinary = on_the_way(inspector, inspected(inspector), "ordered")
    with pytest.raises(Refused, match="只有重大隐患"):
        listed(house, officer, ordinary)
    row = major(inspector)
    with pytest.raises(ValidationError, match="最长到 2024-07-05"):
        listed(house, officer, row, due_on=date(2024, 7, 6))
    assert listed(house, officer, row, due_on=date(2024, 7, 5)).pk


def test_what_is_listed_is_delisted_before_it_is_closed(
    house: World, inspector: Actor, own: Actor, officer: Actor
) -> None:
    row = submitted_major(inspector, own)
    made = listed(house, officer, row)
    with pytest.raises(Refused, match="还没有验收合格"):
        moves.perform(officer, made, "apply", {"applied_on": TODAY})
    row = moves.perform(inspector, again(row), "verify", {"verification": "合格"}).row
    with pytest.raises(Refused, match="先办理摘牌"):
        moves.perform(inspector, row, "close")
    made = DangerListing.objects.unscoped("test").get(pk=made.pk)
    made = moves.perform(officer, made, "apply", {"applied_on": TODAY}).row
    made = moves.perform(officer, made, "delist", {"opinion": "合格", "delisted_on": TODAY}).row
    term = deadline.of_row(made).get(key="publish-end")
    assert (term.state, last_day(term.due_at)) == ("running", date(2023, 7, 12))
    assert moves.perform(inspector, again(row), "close").state == "closed"


def test_a_listed_danger_asks_for_more_time_twenty_working_days_ahead(
    house: World, inspector: Actor, own: Actor, officer: Actor
) -> None:
    row = major(inspector)
    listed(house, officer, row, due_on=date(2023, 8, 1))
    with pytest.raises(Refused, match="20 个工作日"):
        extension(own, again(row), date(2023, 9, 1))


# Scope and photos ------------------------------------------------------------------------------------


def test_another_citys_officer_and_another_firm_find_nothing(house: World, inspector: Actor) -> None:
    row = inspected(inspector)
    other = firm(name="信州某酒店", region_path=XINZHOU)
    theirs = found(house.actor("city_officer"), enterprise_id=other.pk)
    assert not HiddenDanger.objects.visible_to(house.actor("stranger")).exists()
    seen = HiddenDanger.objects.visible_to(house.actor("enterprise_user")).values_list("pk", flat=True)
    assert list(seen) == [row.pk] and theirs.pk not in seen


def test_a_firms_user_registers_for_their_own_firm_only(own: Actor) -> None:
    other = firm(name="信州某酒店", region_path=XINZHOU)
    with pytest.raises(ValidationError):
        found(own, enterprise_id=other.pk)
    row = found(own)
    assert (row.enterprise_id, row.source, row.finder) == (1, "self", "邓小芳")


def test_the_same_photo_for_two_dangers_is_noticed(inspector: Actor, own: Actor) -> None:
    first, second = found(inspector, enterprise_id=1), found(inspector, enterprise_id=1)
    hung = files.attached(second).get()
    assert files.twins(hung).count() == 1 and files.twins(hung).get().subject_id == first.pk
    assert again(second).photos == 1


# Nightly ---------------------------------------------------------------------------------------------


def test_what_the_same_firm_had_within_the_year_is_marked_as_come_again(inspector: Actor) -> None:
    from anlan.hazards.actions import danger_nightly

    words = {"description": "疏散通道堆放杂物"}
    old = inspected(inspector, found_on=TODAY - timedelta(366), **words)
    middle = inspected(inspector, found_on=TODAY - timedelta(365), **words)
    new, other = inspected(inspector, **words), inspected(inspector, description="另一件事")
    assert danger_nightly.mark_repeated(TODAY) == 2
    assert [again(one).repeated for one in (old, middle, new, other)] == [False, True, True, False]
    assert danger_nightly.mark_repeated(TODAY) == 0


def test_what_a_sheet_brought_under_way_gets_its_clock_once(inspector: Actor) -> None:
    from anlan.hazards.actions import danger_nightly

    row = inspected(inspector, found_on=date(2023, 6, 1))
    HiddenDanger.objects.unscoped("test").filter(pk=row.pk).update(
        state="rectifying", due_on=date(2023, 6, 30)
    )
    assert (danger_nightly.start_clocks(), danger_nightly.start_clocks()) == (1, 0)
    term = deadline.of_row(row).get(key="rectify")
    assert last_day(term.due_at) == date(2023, 6, 30) and deadline.light(term, clock.now()).colour == "r"


def told(house: World, key: str) -> list[str]:
    """What that person was told, newest last."""
    rows = Notice.objects.unscoped("test").filter(person_id=house.person(key).pk)
    return list(rows.order_by("id").values_list("text", flat=True))


def test_each_side_hears_when_it_is_its_turn(house: World, inspector: Actor, own: Actor) -> None:
    row = checked(inspector, own)
    assert "请整改，期限 2023-07-20" in told(house, "enterprise_user")[-1]
    assert "待验收" in told(house, "county_inspector")[-1]
    moves.perform(inspector, row, "return", note="探头未覆盖灶台")
    assert "探头未覆盖灶台" in told(house, "enterprise_user")[-1]


@pytest.mark.parametrize(("ahead", "count"), [(-1, 0), (0, 1), (3, 1), (4, 0)])
def test_a_firm_is_reminded_three_days_ahead_once(
    house: World, inspector: Actor, ahead: int, count: int
) -> None:
    from anlan.hazards.actions import danger_nightly

    row = on_the_way(inspector, inspected(inspector, found_on=date(2023, 6, 1)), "ordered")
    due = TODAY + timedelta(ahead)
    HiddenDanger.objects.unscoped("test").filter(pk=row.pk).update(due_on=due)
    assert (danger_nightly.remind(TODAY), danger_nightly.remind(TODAY)) == (count, 0)
