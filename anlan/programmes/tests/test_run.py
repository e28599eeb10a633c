"""From dispatch to judging, on the cast's own desks."""

from __future__ import annotations

import itertools
import random
from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from anlan.kernel import clock, moves
from anlan.kernel.due import local_day
from anlan.kernel.models import AuditEntry, Notice
from anlan.kernel.writing import Refused, write
from anlan.programmes.actions import run, run_duties, run_judging, run_occurrences
from anlan.programmes.models import Activity, Duty, Edition, ItemRole, Judgement, JudgingRun, Occurrence
from anlan.programmes.rules.judging import Case, judge
from anlan.programmes.tests.running import Running, add_item, running_world

pytestmark = pytest.mark.django_db
WARNING_DAY, CASES, QUOTA = (
    "坚持以每月16日为全市安全防范警示日",
    "每季度至少公布3个案例",
    "全年改造老旧房屋50栋以上",
)
OFFICE, HOUSING, GOVERNMENT = "safety-committee-office", "housing", "people-government"


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Running:
    """The city's programme, dispatched on 1 March 2023."""
    set_day(monkeypatch, "2023-03-01")
    made = running_world()
    run.dispatch(made.world.actor("city_officer"), made.programme)
    return made


def set_day(monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    monkeypatch.setenv("ANLAN_TODAY", day)


def activity(running: Running, member: str, day: date, kind: str = "warning_day") -> Activity:
    """A member of the cast registers an activity of their own unit."""
    actor = running.world.actor(member)
    row = Activity(unit=running.world.person(member).unit)
    row.region_path = row.unit.region_path
    write(actor, row, {"kind": kind, "title": f"{day} 活动", "held_on": day}, "add")
    return row


def test_the_city_dispatches_and_every_unit_has_its_duties_with_dates(running: Running) -> None:
    found = Duty.objects.unscoped("test")
    assert found.count() == 2 * 4 + 3 * 2
    assert {one.state for one in found} == {"issued"}
    county = running.due(running.duty(WARNING_DAY, GOVERNMENT, "361130"))
    assert [one.due_on for one in county] == [date(2023, m, 16) for m in range(3, 13)]
    assert {one.need for one in county} == {D(1)}
    helper = running.due(running.duty(QUOTA, "emergency", "361100"))
    assert [one.due_on for one in helper] == [date(2023, 6, 30), date(2023, 12, 31)]
    entries = AuditEntry.objects.unscoped("test").filter(ledger="duties", act="dispatch")
    assert entries.count() == found.count()


def test_the_people_of_the_units_are_told_once(running: Running) -> None:
    told = Notice.objects.unscoped("test").filter(key__startswith="programmes:")
    assert {one.person for one in told} == {
        running.world.person("city_officer"),
        running.world.person("department_officer"),
        running.world.person("leader"),
    } - ({running.world.person("leader")} - {one.person for one in told})
    before = told.count()
    again = run.dispatch(running.world.actor("city_officer"), running.programme)
    assert (again.duties, again.occurrences, again.ended, again.told) == (0, 0, 0, 0)
    assert told.count() == before


def test_a_second_dispatch_of_equal_size_tells_its_people_too(running: Running) -> None:
    office, edition = running.world.actor("city_officer"), running.obligations[CASES].item.edition
    roles = {"joint": ((HOUSING, "361100"),)}
    told = []
    for no, quote in (("3", "制定实施细则"), ("4", "制定考核办法")):
        add_item(running, edition, int(no), no, f"新增{no}", roles, [{"kind": "regulation", "quote": quote}])
        told.append(run.dispatch(office, running.programme))
    assert [one.duties for one in told] == [1, 1]
    assert [one.told for one in told] == [1, 1], "the department hears of the second duty as of the first"


def test_a_past_put_together_afterwards_has_its_history_day_by_day(running: Running) -> None:
    duty = running.duty(CASES, HOUSING, "361100")
    first = running.due(duty)[0]
    days = [date(2023, 3, 1) + timedelta(days=7 * n) for n in range(8)]
    for since, until in itertools.pairwise(days):
        if since < date(2023, 4, 10) <= until:
            Occurrence.objects.unscoped("test").filter(pk=first.pk).update(
                state="met", value=3, proof="declared", met_on=date(2023, 4, 10)
            )
        run_judging.replay(running.programme.pk, since, until)
    story = Judgement.objects.filter(occurrence=first).order_by("day")
    assert [one.light for one in story] == ["y", "r", "g"]
    assert story[2].reason == "逾期 10 天完成，3/3 个" and story[2].day == date(2023, 4, 12)
    duty.refresh_from_db()
    assert duty.light == "o", "the past moves no light of today"


def test_a_new_edition_only_adds_and_ends(running: Running) -> None:
    kept = running.duty(CASES, HOUSING, "361100")
    gone = running.duty(QUOTA, HOUSING, "361100")
    edition = Edition(
        programme=running.programme,
        no=2,
        text=kept.item.edition.text,
        state="published",
        published_at=clock.now(),
    )
    edition.save()
    one = running.obligations[QUOTA]
    one.ended = edition
    one.save()
    add_item(
        running,
        edition,
        5,
        "3",
        "新增一条",
        {"joint": ((HOUSING, "361100"),)},
        [{"kind": "regulation", "quote": "制定实施细则"}],
    )
    did = run.dispatch(running.world.actor("city_officer"), running.programme)
    assert (did.duties, did.ended) == (1, 2)
    gone.refresh_from_db()
    kept.refresh_from_db()
    assert (gone.state, kept.state) == ("ended", "issued")
    assert {row.state for row in running.due(gone)} == {"cancelled"}
    assert [row.due_on for row in running.due(running.duty("制定实施细则", HOUSING, "361100"))] == [
        date(2023, 12, 31)
    ]


def test_a_unit_that_is_no_longer_named_loses_its_duty(running: Running) -> None:
    role = ItemRole.objects.get(item__no="1", role="implementing")
    role.unit_ids = role.unit_ids[1:]
    role.save()
    assert run.dispatch(running.world.actor("city_officer"), running.programme).ended == 2


@pytest.mark.parametrize("member", ["stranger", "department_officer", "county_officer", "leader"])
def test_nobody_but_the_issuer_dispatches(running: Running, member: str) -> None:
    with pytest.raises(Refused):
        run.dispatch(running.world.actor(member), running.programme)


def test_a_programme_under_review_is_not_dispatched(running: Running) -> None:
    running.programme.state = "reviewing"
    running.programme.save()
    with pytest.raises(Refused, match="还没有发布"):
        run.dispatch(running.world.actor("city_officer"), running.programme)


def test_units_sign_their_own_duties_and_no_others(running: Running) -> None:
    county = running.duty(WARNING_DAY, GOVERNMENT, "361130")
    with pytest.raises(Refused, match="其他单位"):
        moves.perform(running.world.actor("department_officer"), county, "sign")
    with pytest.raises(Refused, match="没有这一行"):
        moves.perform(running.world.actor("stranger"), county, "sign")
    moves.perform(running.world.actor("county_officer"), county, "sign")
    county.refresh_from_db()
    assert county.state == "signed" and "汪海波" in county.signed_by
    assert run_duties.sign_all(running.world.actor("department_officer"), programme=running.programme.pk) == 3
    with pytest.raises(Refused, match="没有等待"):
        run_duties.sign_all(running.world.actor("department_officer"), programme=running.programme.pk)


def test_an_objection_is_decided_by_the_issuer_kept_or_re_assigned(running: Running) -> None:
    world, duty = running.world, running.duty(QUOTA, HOUSING, "361100")
    department, office = world.actor("department_officer"), world.actor("city_officer")
    moves.perform(department, duty, "object", {"objection": "房屋改造由自然资源部门负责"})
    with pytest.raises(Refused):
        moves.perform(department, duty, "keep", {"decision": "不"})
    moves.perform(office, duty, "keep", {"decision": "三定方案明确由住建部门负责"})
    duty.refresh_from_db()
    assert duty.state == "issued"
    moves.perform(department, duty, "object", {"objection": "仍有异议"})
    target = world.unit("fire-rescue", "361100")
    fresh = run_duties.reassign(office, duty, target, "经会商改派")
    duty.refresh_from_db()
    assert duty.state == "reassigned" and duty.reassigned_to == target
    assert fresh.unit == target and fresh.replaces_id == duty.pk and fresh.role == "lead"
    assert {row.state for row in running.due(duty)} == {"cancelled"}
    assert [row.need for row in running.due(fresh)] == [D(50)]
    did = run.dispatch(office, running.programme)
    assert (did.duties, did.ended) == (0, 0), "a re-assigned duty is neither given back nor taken away"


def test_a_warning_day_that_was_held_meets_the_county_by_itself(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    duty = running.duty(WARNING_DAY, GOVERNMENT, "361130")
    set_day(monkeypatch, "2023-03-20")
    run_judging.judge()
    march, april = running.due(duty)[:2]
    assert (march.light, march.reason, march.value, march.proof) == (
        "r",
        "逾期 4 天，0/1 次",
        D(0),
        "measured",
    )
    assert (april.light, april.value) == ("o", None)
    activity(running, "county_officer", date(2023, 3, 16))
    march.refresh_from_db()
    assert (march.state, march.light, march.reason) == ("met", "g", "按期完成，1/1 次")
    duty.refresh_from_db()
    assert duty.light == "g"
    city = running.due(running.duty(WARNING_DAY, OFFICE, "361100"))[0]
    assert city.light == "r", "the city's office answers for its own activity, not for the county's"


def test_an_activity_after_the_day_or_of_another_kind_does_not_count(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_day(monkeypatch, "2023-03-20")
    activity(running, "county_officer", date(2023, 3, 17))
    activity(running, "county_officer", date(2023, 3, 16), "study")
    assert running.due(running.duty(WARNING_DAY, GOVERNMENT, "361130"))[0].light == "r"
    activity(running, "county_officer", date(2023, 3, 1))
    assert running.due(running.duty(WARNING_DAY, GOVERNMENT, "361130"))[0].state == "met"


def test_a_measured_figure_that_falls_opens_the_matter_again(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_day(monkeypatch, "2023-03-20")
    row = activity(running, "county_officer", date(2023, 3, 16))
    Activity.objects.unscoped("test").filter(pk=row.pk).delete()
    run_judging.judge()
    march = running.due(running.duty(WARNING_DAY, GOVERNMENT, "361130"))[0]
    assert (march.state, march.light, march.met_on) == ("open", "r", None)


def test_a_department_declares_and_the_city_accepts_or_returns(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, due = running.world, running.due(running.duty(CASES, HOUSING, "361100"))
    department, office = world.actor("department_officer"), world.actor("city_officer")
    set_day(monkeypatch, "2023-03-31")
    with pytest.raises(Refused, match="还没有达到"):
        moves.perform(department, due[0], "declare", {"claimed": D(2), "statement": "已公布两个"})
    with pytest.raises(Refused, match="其他单位"):
        moves.perform(office, due[0], "declare", {"claimed": D(3), "statement": "代报"})
    run_occurrences.report_progress(department, due[0], D(2))
    due[0].refresh_from_db()
    assert (due[0].state, due[0].reason) == ("open", "今天到期，2/3 个")
    moves.perform(department, due[0], "declare", {"claimed": D(3), "statement": "已公布三个"})
    moves.perform(office, due[0], "return", {"decision": "缺链接"})
    due[0].refresh_from_db()
    assert (due[0].state, due[0].light) == ("returned", "y")
    assert Notice.objects.unscoped("test").filter(key__startswith="occurrences:").count() == 1
    moves.perform(department, due[0], "declare", {"claimed": D(3), "statement": "已补链接"})
    with pytest.raises(Refused):
        moves.perform(department, due[0], "accept")
    set_day(monkeypatch, "2023-04-05")
    moves.perform(office, due[0], "accept")
    due[0].refresh_from_db()
    assert (due[0].state, due[0].reason, due[0].met_on) == ("met", "按期完成，3/3 个", date(2023, 3, 31))


def test_what_is_declared_against_the_measured_figure_is_contradicted(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_day(monkeypatch, "2023-03-16")
    march = running.due(running.duty(WARNING_DAY, GOVERNMENT, "361130"))[0]
    moves.perform(running.world.actor("county_officer"), march, "declare", {"statement": "已观看警示片"})
    march.refresh_from_db()
    assert (march.proof, march.light, march.reason) == ("contradicted", "r", "自报 已完成，测得 0，不符")
    activity(running, "county_officer", date(2023, 3, 16))
    march.refresh_from_db()
    assert (march.proof, march.state) == ("measured", "met")


def test_a_day_is_moved_and_a_matter_cancelled_by_decision(running: Running) -> None:
    office = running.world.actor("city_officer")
    one = running.due(running.duty("6月底前完成自建房排查", HOUSING, "361100"))[0]
    run_occurrences.reschedule(office, one, date(2023, 7, 15), "市政府专题会议同意延期")
    one.refresh_from_db()
    assert (one.due_on, one.ends_on) == (date(2023, 7, 15), date(2023, 7, 16))
    with pytest.raises(Refused):
        run_occurrences.reschedule(
            running.world.actor("department_officer"), one, date(2023, 8, 1), "自行延期"
        )
    moves.perform(office, one, "cancel", {"decision": "并入专项行动"})
    one.refresh_from_db()
    assert (one.state, one.light) == ("cancelled", "o")


def test_the_night_keeps_history_of_changes_only(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    due = running.due(running.duty(CASES, HOUSING, "361100"))[0]
    lights = []
    for day in ("2023-03-20", "2023-03-24", "2023-03-25", "2023-04-02", "2023-04-03"):
        set_day(monkeypatch, day)
        run_judging.judge()
        lights.append(Occurrence.objects.unscoped("test").get(pk=due.pk).light)
    assert lights == ["o", "y", "y", "r", "r"]
    kept = Judgement.objects.filter(occurrence=due).order_by("day").values_list("day", "light")
    assert list(kept) == [(date(2023, 3, 24), "y"), (date(2023, 4, 2), "r")]
    again = run_judging.judge()
    assert (again.measured, again.changed) == (0, 0)
    assert JudgingRun.objects.count() == 6


def test_when_january_is_over_what_is_open_was_missed(running: Running) -> None:
    run_judging.judge(date(2024, 1, 31))
    due = running.due(running.duty(CASES, HOUSING, "361100"))[0]
    assert due.state == "open"
    run_judging.judge(date(2024, 2, 1))
    due.refresh_from_db()
    assert (due.state, due.light, due.reason) == ("missed", "r", "未完成")


def test_the_statement_says_what_the_rule_says(running: Running) -> None:
    """A thousand occurrences with every mixture of kinds, figures, states and dates."""
    dice, day = random.Random(16), date(2023, 6, 20)
    duties = [running.duty(CASES, HOUSING, "361100"), running.duty(QUOTA, HOUSING, "361100")]
    obligation, rows = duties[0].obligation, []
    for kind in ("cadence", "quota", "coverage", "limit", "target", "build", "standing"):
        for comparator in (">=", "<=", "=", ""):
            obligation.kind, obligation.comparator, obligation.unit = (
                kind,
                comparator,
                dice.choice(["座", ""]),
            )
            obligation.save()
            rows = [mixed(dice, duties[0], day) for _ in range(40)]
            Occurrence.objects.unscoped("test").filter(duty=duties[0]).delete()
            Occurrence.objects.bulk_create(rows)
            want = {one.pk: judge(case_of(one), day) for one in rows}
            run_judging.refresh([duties[0].pk], day)
            for one in Occurrence.objects.unscoped("test").filter(duty=duties[0]):
                assert (one.light, one.reason, one.state) == (
                    want[one.pk].light,
                    want[one.pk].reason,
                    want[one.pk].state,
                ), (kind, comparator, case_of(one))


def mixed(dice: random.Random, duty: Duty, day: date) -> Occurrence:
    """An occurrence of any shape."""
    start = day - timedelta(days=dice.randint(-5, 200))
    due = start + timedelta(days=dice.randint(0, 300))
    declared = dice.random() < 0.5
    value = dice.choice([None, D(dice.randint(0, 60)), D(dice.randint(0, 600)) / 10])
    return Occurrence(
        duty=duty,
        programme_id=duty.programme_id,
        item_id=duty.item_id,
        unit_id=duty.unit_id,
        region_path=duty.region_path,
        starts_on=start,
        ends_on=due + timedelta(days=1 + dice.randint(0, 9)),
        due_on=due,
        warn_on=max(start, due - timedelta(days=dice.randint(0, 30))),
        value=value,
        need=dice.choice([None, D(0), D(50), D("33.3"), D(100)]),
        claimed=dice.choice([None, D(3), D("4.5")]),
        state=dice.choice(["open", "declared", "returned", "met", "missed", "cancelled"]),
        proof=dice.choice(["", "declared", "measured", "contradicted"]),
        declared_at=clock.now() if declared else None,
        met_on=dice.choice([None, due, due + timedelta(days=3)]),
    )


def case_of(one: Occurrence) -> Case:
    """The occurrence as the rule takes it."""
    asked: Any = one.duty.obligation
    return Case(
        asked.kind,
        one.starts_on,
        one.ends_on,
        one.due_on,
        one.warn_on,
        one.state,
        one.need,
        one.value,
        one.claimed,
        asked.comparator,
        asked.unit,
        one.proof,
        local_day(one.declared_at) if one.declared_at else None,
        one.met_on,
    )
