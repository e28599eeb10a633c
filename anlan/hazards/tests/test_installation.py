"""Installations, their guarantors and the calendar of duties."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from anlan.hazards import reads_risk
from anlan.hazards.actions import installation as acts
from anlan.hazards.models import Guarantor, GuarantorDuty, InstallationAssessment, ShiftLeader
from anlan.hazards.risk_measures import DUTIES_DONE, DUTIES_MISSED, INSTALLATIONS
from anlan.hazards.rules.gb18218 import Held
from anlan.hazards.tests.risk_case import AMMONIA, CHLORINE, TODAY, Case, case, fresh
from anlan.kernel import deadline, moves, parameters
from anlan.kernel.measure import Window, compute
from anlan.kernel.scope import system_actor
from anlan.kernel.writing import Refused, Stale, write

__all__ = ["case"]
HALF = Window.of("half", 2023, 2)


def appoint(case: Case, role: str = "operation", **more: Any) -> Guarantor:
    """A guarantor of a reckoned unit, in charge since spring."""
    unit = more.pop("installation", None) or case.reckoned()
    values = {"enterprise": case.firm, "installation": unit, "role": role, "name": "钱工",
              "phone": "13800000000", "since": date(2023, 3, 1), **more}  # fmt: skip
    return write(case.user, Guarantor(), values, "add").row  # type: ignore[no-any-return]


def duties(who: Guarantor) -> list[GuarantorDuty]:
    return list(GuarantorDuty.objects.unscoped("a test looks").filter(guarantor=who).order_by("starts_on"))


def test_reckoning_fills_the_unit_and_keeps_how(case: Case) -> None:
    row = case.reckoned()
    assert (row.s_value, row.r_value, row.level, row.residents) == (16, 104, "1", 120)
    assert row.substances == "液氯 50 吨；液氨 60 吨"
    kept = reads_risk.reckonings(row).get()
    assert [acts.held_of(one) for one in kept.holdings] == [CHLORINE, AMMONIA]
    assert (kept.reason, kept.alpha, kept.level) == ("首次辨识", 2, "1")


def test_filing_is_due_within_15_days_and_ends_when_it_is_filed(case: Case) -> None:
    row = case.reckoned()
    running = deadline.of_row(row).get()
    assert (running.key, running.last_day) == ("filing", date(2023, 7, 20))
    done = moves.perform(case.user, row, "file", {"filed_on": TODAY, "filing_number": "演示-1"}).row
    assert (done.state, done.filed_level, deadline.of_row(done).get().state) == ("filed", "1", "met")


def test_what_is_no_installation_cannot_be_filed(case: Case) -> None:
    row = case.reckoned(Held("液氨", Decimal(9), 1))
    assert row.level == "none" and not deadline.of_row(row).exists()
    with pytest.raises(Refused, match="不构成重大危险源"):
        moves.perform(case.user, row, "file", {"filed_on": TODAY, "filing_number": "x"})


def test_a_filing_in_the_future_is_refused(case: Case) -> None:
    with pytest.raises(ValidationError, match="晚于今天"):
        moves.perform(
            case.user, case.reckoned(), "file", {"filed_on": date(2023, 7, 6), "filing_number": "x"}
        )


def test_a_changed_level_asks_to_be_filed_again_and_history_keeps_both(case: Case) -> None:
    row = case.reckoned()
    moves.perform(case.user, row, "file", {"filed_on": TODAY, "filing_number": "演示-1"})
    with pytest.raises(Refused, match="级别没有变化"):
        moves.perform(case.user, row, "file-again", {"filed_on": TODAY, "filing_number": "演示-2"})
    acts.reckon(case.user, fresh(row), [AMMONIA], 10, "液氯罐拆除")
    row = fresh(row)
    assert (row.level, row.to_file_again) == ("3", True)
    assert [one.level for one in reads_risk.reckonings(row)] == ["3", "1"]
    done = moves.perform(case.user, row, "file-again", {"filed_on": TODAY, "filing_number": "演示-2"}).row
    assert not done.to_file_again


def test_a_level_that_cannot_be_had_yet_is_said_so(case: Case) -> None:
    row = case.reckoned(Held("甲醇", Decimal(600), 65))
    assert (row.level, row.r_value) == ("pending", None)


@pytest.mark.parametrize(
    ("holdings", "reason", "words"),
    [
        ([], "首次辨识", "还没有登记"),
        ([AMMONIA], " ", "为什么计算"),
        ([Held("某物", Decimal(1))], "首次", "危险类别"),
    ],
)
def test_a_reckoning_that_cannot_stand_leaves_nothing(
    case: Case, holdings: list[Held], reason: str, words: str
) -> None:
    row = case.unit()
    with pytest.raises(ValidationError, match=words):
        acts.reckon(case.user, row, holdings, 0, reason)
    assert fresh(row).level == "unknown"
    assert not InstallationAssessment.objects.unscoped("a test looks").exists()


def test_two_people_who_reckon_at_once_do_not_overwrite_each_other(case: Case) -> None:
    row = case.unit()
    acts.reckon(case.second, fresh(row), [AMMONIA], 0, "甲算", seen=row.version)
    with pytest.raises(Stale):
        acts.reckon(case.user, fresh(row), [CHLORINE], 0, "乙算", seen=row.version)
    assert reads_risk.reckonings(row).count() == 1


def test_a_strangers_unit_is_out_of_reach(case: Case) -> None:
    with pytest.raises(Refused):
        acts.reckon(case.stranger, case.unit(), [AMMONIA], 0, "越权")


def test_safety_assessments_are_due_every_three_years(case: Case) -> None:
    row = case.unit(assessed_on=date(2021, 3, 1))
    assert row.assessment_due_on == date(2024, 3, 1)
    assert deadline.of_row(row).get().last_day == date(2024, 3, 1)
    done = write(case.user, row, {"assessed_on": date(2023, 7, 1)}, "change").row
    assert {(one.state, one.last_day) for one in deadline.of_row(done)} == {
        ("met", date(2024, 3, 1)), ("running", date(2026, 7, 1)),
    }  # fmt: skip


def test_roles_owe_what_the_rule_says_and_the_principal_what_the_house_has_set(case: Case) -> None:
    parameters.put(system_actor("测试"), "installations.principal_cadence", "month")
    unit = case.reckoned()
    found = {
        role: appoint(case, role, installation=unit).cadence
        for role in ("principal", "technical", "operation")
    }
    assert found == {"principal": "month", "technical": "quarter", "operation": "week"}


def test_an_appointment_begins_the_running_period_with_its_deadline(case: Case) -> None:
    duty = duties(appoint(case))[0]
    assert (duty.starts_on, duty.due_on) == (date(2023, 7, 3), date(2023, 7, 9))
    assert deadline.of_row(duty).get().last_day == date(2023, 7, 9)


def test_the_night_begins_each_period_once_and_counts_the_missed(case: Case) -> None:
    who = appoint(case)
    assert acts.plan_duties(date(2023, 7, 9)) == (0, 0)
    assert acts.plan_duties(date(2023, 7, 10)) == (1, 1)
    assert acts.plan_duties(date(2023, 7, 10)) == (0, 0)
    assert [one.state for one in duties(who)] == ["missed", "open"]
    assert deadline.of_row(duties(who)[0]).get().state == "missed"


def test_a_record_meets_the_period_and_a_late_one_stays_late(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = appoint(case)
    told = {"done_on": TODAY, "finding": "无异常", "dangers_found": 0}
    done = moves.perform(case.user, duties(who)[0], "record", told).row
    assert (done.state, deadline.of_row(done).get().state) == ("done", "met")
    acts.plan_duties(date(2023, 7, 10))
    acts.plan_duties(date(2023, 7, 17))
    monkeypatch.setenv("ANLAN_TODAY", "2023-07-18")
    late = moves.perform(case.user, duties(who)[1], "record", {**told, "done_on": date(2023, 7, 18)}).row
    assert late.state == "done" and late.done_on > late.due_on
    cell = compute(DUTIES_DONE, HALF)[()]
    assert (cell.top, cell.bottom, cell.number) == (1, 2, 50)
    acts.plan_duties(date(2023, 7, 24))
    assert compute(DUTIES_MISSED, HALF)[()].number == 1


@pytest.mark.parametrize(
    ("done_on", "words"), [(date(2023, 7, 6), "晚于今天"), (date(2023, 7, 2), "早于周期")]
)
def test_a_record_lies_in_its_period_and_not_ahead(case: Case, done_on: date, words: str) -> None:
    with pytest.raises(Refused, match=words):
        moves.perform(
            case.user,
            duties(appoint(case))[0],
            "record",
            {"done_on": done_on, "finding": "x", "dangers_found": 0},
        )


def test_a_hand_over_takes_the_open_period_along(case: Case) -> None:
    who = appoint(case)
    write(case.user, who, {"until": TODAY}, "change")
    assert duties(who) == []
    with pytest.raises(ValidationError, match="已有在任"):
        first = appoint(case, installation=who.installation)
        appoint(case, installation=first.installation, name="第二人")
    heir = Guarantor.objects.unscoped("a test looks").get(until=None)
    assert [one.starts_on for one in duties(heir)] == [date(2023, 7, 3)]


def test_a_written_off_installation_owes_nothing_more(case: Case) -> None:
    who = appoint(case)
    moves.perform(case.county, who.installation, "write-off", note="装置拆除")
    assert duties(who) == [] and acts.plan_duties(date(2023, 7, 12)) == (0, 0)
    assert compute(INSTALLATIONS, HALF)[()].number == 0


def test_the_grid_shows_done_missed_open_and_what_was_never_asked(case: Case) -> None:
    who = appoint(case)
    moves.perform(
        case.user, duties(who)[0], "record", {"done_on": TODAY, "finding": "无", "dangers_found": 0}
    )
    acts.plan_duties(date(2023, 7, 10))
    acts.plan_duties(date(2023, 7, 17))
    found = reads_risk.grid([who], 2023, date(2023, 7, 18))[0]
    states = [cell.state for cell in found.cells]
    assert len(states) == 53 and states[27:30] == ["done", "missed", "open"]
    assert (found.done, found.missed, found.owed) == (1, 1, 2)
    assert states[0] == "none" and states[-1] == "later"


def test_a_guarantor_answers_for_something_of_the_own_firm(case: Case) -> None:
    base = {"enterprise": case.firm, "role": "operation", "name": "钱工", "since": TODAY}
    with pytest.raises(ValidationError, match="请选他包保的重大危险源"):
        write(case.user, Guarantor(), base, "add")
    with pytest.raises(ValidationError, match="请填尾矿库名称"):
        write(case.user, Guarantor(), {**base, "subject_kind": "tailings-pond", "role": "official"}, "add")
    with pytest.raises(ValidationError, match="改选角色"):
        write(case.user, Guarantor(), {**base, "installation": case.unit(), "role": "official"}, "add")


def test_a_pond_has_an_official_with_the_cadence_of_the_house(case: Case) -> None:
    values = {"enterprise": case.firm, "subject_kind": "tailings-pond", "pond": "某尾矿库",
              "role": "official", "name": "县领导", "since": TODAY}  # fmt: skip
    who = write(case.county, Guarantor(), values, "add").row
    assert who.cadence == "quarter" and duties(who)[0].due_on == date(2023, 9, 30)


def test_a_leader_comes_out_after_going_in_and_a_shift_has_one(case: Case) -> None:
    from datetime import datetime

    from anlan.kernel.clock import SHANGHAI

    at = datetime(2023, 7, 5, 8, 0, tzinfo=SHANGHAI)
    values = {"enterprise": case.firm, "mine": "某铜矿", "on_day": TODAY, "shift": "morning",
              "leader": "矿长", "went_in_at": at}  # fmt: skip
    with pytest.raises(ValidationError, match="升井时间早于"):
        write(case.user, ShiftLeader(), {**values, "came_out_at": at.replace(hour=7)}, "add")
    write(case.user, ShiftLeader(), {**values, "came_out_at": at.replace(hour=16)}, "add")
    with pytest.raises(ValidationError, match="已登记带班领导"):
        write(case.user, ShiftLeader(), values, "add")


def test_the_firms_page_gets_levels_and_duties(case: Case) -> None:
    who = appoint(case)
    acts.plan_duties(date(2023, 7, 10))
    found = reads_risk.summary_of(case.firm, case.user)
    assert found.levels == {"1": 1, "2": 0, "3": 0, "4": 0} and found.unfiled == 1
    assert (found.duties_due, found.duties_missed) == (0, 0), "on 2023-07-05 the first week still runs"
    assert duties(who)[0].state == "missed"
