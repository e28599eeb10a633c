"""When things are due, and what light they are worth: tables with both sides of every bound."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal as D

import pytest

from anlan.programmes.rules import judging, schedule
from anlan.programmes.rules.judging import Case
from anlan.programmes.rules.measures_proposed import fits
from anlan.programmes.rules.schedule import Asked, delayed, slots, warn_on

NEW_YEAR, ISSUED = date(2023, 1, 1), date(2023, 2, 20)


@pytest.mark.parametrize(
    ("asked", "since", "due"),
    [
        pytest.param(
            Asked("cadence", "month", D(1), quote="每月16日为警示日"),
            ISSUED,
            [date(2023, m, 16) for m in range(3, 13)],
            id="the 16th, from the issue on",
        ),
        pytest.param(
            Asked("cadence", "month", D(1), quote="每月16日为警示日"),
            date(2023, 2, 16),
            [date(2023, m, 16) for m in range(2, 13)],
            id="issued on the day itself, it still counts",
        ),
        pytest.param(
            Asked("cadence", "month", D(1), quote="以每月３１日为限"),
            date(2023, 11, 1),
            [date(2023, 11, 30), date(2023, 12, 31)],
            id="no 31st: the last day",
        ),
        pytest.param(
            Asked("cadence", "half_year", D(1), quote="至少半年组织1次集中学习"),
            ISSUED,
            [date(2023, 6, 30), date(2023, 12, 31)],
            id="at least once a half-year",
        ),
        pytest.param(
            Asked("cadence", "half_year", D(1)),
            date(2023, 7, 1),
            [date(2023, 12, 31)],
            id="issued the day after the half: the second only",
        ),
        pytest.param(
            Asked("cadence", "half_year", D(1)),
            date(2023, 6, 30),
            [date(2023, 6, 30), date(2023, 12, 31)],
            id="issued on its last day: both",
        ),
        pytest.param(
            Asked("cadence", "two_months", D(1)),
            NEW_YEAR,
            [
                date(2023, 2, 28),
                date(2023, 4, 30),
                date(2023, 6, 30),
                date(2023, 8, 31),
                date(2023, 10, 31),
                date(2023, 12, 31),
            ],
            id="every two months",
        ),
        pytest.param(
            Asked("cadence", "quarter", D(3)),
            date(2023, 9, 30),
            [date(2023, 9, 30), date(2023, 12, 31)],
            id="quarters",
        ),
        pytest.param(Asked("cadence", "year", None), ISSUED, [date(2023, 12, 31)], id="once a year"),
        pytest.param(Asked("cadence", "", None), ISSUED, [date(2023, 12, 31)], id="no ruling yet: the year"),
        pytest.param(Asked("deadline", by=date(2023, 6, 30)), ISSUED, [date(2023, 6, 30)], id="a named day"),
        pytest.param(
            Asked("deadline", by=date(2024, 3, 31)), ISSUED, [date(2024, 3, 31)], id="beyond the year"
        ),
        pytest.param(
            Asked("deadline", by=date(2023, 1, 31)),
            ISSUED,
            [date(2023, 1, 31)],
            id="a named day before the issue stands, for all to see",
        ),
        pytest.param(Asked("deadline"), ISSUED, [date(2023, 12, 31)], id="no day: the year's end"),
        pytest.param(Asked("quota", value=D(50)), ISSUED, [date(2023, 12, 31)], id="quota"),
        pytest.param(Asked("coverage"), ISSUED, [date(2023, 12, 31)], id="coverage"),
        pytest.param(Asked("limit", value=D(500)), ISSUED, [date(2023, 12, 31)], id="limit"),
        pytest.param(Asked("target", value=D(0)), ISSUED, [date(2023, 12, 31)], id="target"),
        pytest.param(Asked("build"), ISSUED, [date(2023, 12, 31)], id="build"),
        pytest.param(Asked("regulation"), ISSUED, [date(2023, 12, 31)], id="regulation"),
        pytest.param(Asked("campaign"), ISSUED, [date(2023, 6, 30), date(2023, 12, 31)], id="campaign"),
        pytest.param(
            Asked("campaign", by=date(2023, 9, 30)), ISSUED, [date(2023, 9, 30)], id="campaign by a day"
        ),
        pytest.param(Asked("standing"), ISSUED, [date(2023, 6, 30), date(2023, 12, 31)], id="standing"),
        pytest.param(Asked("delay", value=D(10), unit="月"), ISSUED, [], id="a delay waits for its event"),
        pytest.param(
            Asked("quota", value=D(50), role="supporting"),
            ISSUED,
            [date(2023, 6, 30), date(2023, 12, 31)],
            id="who supports answers by half-year",
        ),
        pytest.param(
            Asked("cadence", "month", D(1), role="overseeing"),
            ISSUED,
            [date(2023, 6, 30), date(2023, 12, 31)],
            id="who oversees answers by half-year",
        ),
    ],
)
def test_what_is_due_in_a_year(asked: Asked, since: date, due: list[date]) -> None:
    found = slots(asked, 2023, since)
    assert [one.due_on for one in found] == due
    assert all(one.starts_on <= one.warn_on <= one.due_on < one.ends_on for one in found)


@pytest.mark.parametrize(("period", "count"), [("day", 365), ("week", 53), ("month", 12), ("quarter", 4)])
def test_periods_make_up_the_year_without_gap_or_overlap(period: str, count: int) -> None:
    found = list(schedule.periods(period, 2023))
    assert len(found) == count
    assert found[0][0] == NEW_YEAR and found[-1][1] == date(2024, 1, 1)
    assert all(one[1] == two[0] for one, two in itertools.pairwise(found))


@pytest.mark.parametrize(
    ("asked", "need"),
    [
        (Asked("cadence", "quarter", D(3)), D(3)),
        (Asked("cadence", "quarter"), D(1)),
        (Asked("coverage", unit="项"), D(100)),
        (Asked("coverage", value=D(95), unit="%"), D(95)),
        (Asked("quota", value=D(50), role="lead"), D(50)),
        (Asked("quota", value=D(50), role="implementing"), None),
        (Asked("limit", value=D(500), role="implementing"), D(500)),
        (Asked("regulation", value=D(2)), None),
    ],
)
def test_what_must_be_reached(asked: Asked, need: D | None) -> None:
    assert schedule.need(asked) == need


@pytest.mark.parametrize(
    ("start", "due", "warn"),
    [
        (date(2023, 6, 1), date(2023, 6, 1), date(2023, 6, 1)),
        (date(2023, 6, 1), date(2023, 6, 7), date(2023, 6, 6)),
        (date(2023, 6, 1), date(2023, 6, 16), date(2023, 6, 13)),
        (date(2023, 5, 1), date(2023, 5, 31), date(2023, 5, 28)),
        (date(2023, 5, 1), date(2023, 6, 30), date(2023, 6, 25)),
        (date(2023, 4, 1), date(2023, 6, 30), date(2023, 6, 23)),
        (date(2023, 1, 1), date(2023, 6, 30), date(2023, 6, 15)),
        (date(2023, 1, 1), date(2023, 12, 31), date(2023, 12, 1)),
    ],
)
def test_the_longer_the_span_the_earlier_the_reminder(start: date, due: date, warn: date) -> None:
    assert warn_on(start, due) == warn


def test_a_delay_opens_ten_months_after_its_event_for_two_months() -> None:
    slot = delayed(Asked("delay", value=D(10), unit="月"), date(2022, 4, 30))
    assert (slot.starts_on, slot.due_on) == (date(2023, 2, 28), date(2023, 4, 28))
    assert delayed(Asked("delay", value=D(30), unit="天"), date(2023, 1, 1)).starts_on == date(2023, 1, 31)


def test_a_year_settles_when_january_is_over() -> None:
    assert schedule.settles_on(2023) == date(2024, 2, 1)


def quarter(**more: object) -> Case:
    """A quarter's cadence of three cases, due on 30 June, reminded from 23 June."""
    base = {
        "kind": "cadence",
        "starts_on": date(2023, 4, 1),
        "ends_on": date(2023, 7, 1),
        "unit": "个",
        "due_on": date(2023, 6, 30),
        "warn_on": date(2023, 6, 23),
        "need": D(3),
        "comparator": ">=",
    }
    return Case(**{**base, **more})  # type: ignore[arg-type]


def year(kind: str, **more: object) -> Case:
    """A year's quota, coverage, limit or target."""
    base = {
        "starts_on": date(2022, 1, 1),
        "ends_on": date(2023, 1, 1),
        "due_on": date(2022, 12, 31),
        "warn_on": date(2022, 12, 1),
        "comparator": ">=",
    }
    return Case(kind, **{**base, **more})  # type: ignore[arg-type]


DAY = date(2022, 6, 20)  # the 171st day of 365: of 50, 23 should be done


@pytest.mark.parametrize(
    ("case", "day", "light", "reason", "state"),
    [
        pytest.param(quarter(), date(2023, 6, 22), "o", "未到期", "open", id="the day before the reminder"),
        pytest.param(quarter(), date(2023, 6, 23), "y", "剩 7 天", "open", id="the first yellow day"),
        pytest.param(quarter(), date(2023, 6, 27), "y", "剩 3 天", "open", id="three days left"),
        pytest.param(quarter(), date(2023, 6, 30), "y", "今天到期", "open", id="the due day is in time"),
        pytest.param(quarter(), date(2023, 7, 1), "r", "逾期 1 天", "open", id="the day after is late"),
        pytest.param(
            quarter(value=D(1), proof="declared"),
            date(2023, 7, 2),
            "r",
            "逾期 2 天，1/3 个",
            "open",
            id="late, with how much there is",
        ),
        pytest.param(
            quarter(value=D(2), proof="measured"),
            date(2023, 6, 29),
            "y",
            "剩 1 天，2/3 个",
            "open",
            id="measured below the need",
        ),
        pytest.param(
            quarter(value=D(3), proof="measured"),
            date(2023, 6, 29),
            "g",
            "按期完成，3/3 个",
            "met",
            id="measured at the need",
        ),
        pytest.param(
            quarter(value=D(3), proof="declared"),
            date(2023, 6, 29),
            "y",
            "剩 1 天，3/3 个",
            "open",
            id="a declared number alone does not meet",
        ),
        pytest.param(
            quarter(value=D(2), proof="measured", state="met"),
            date(2023, 6, 29),
            "y",
            "剩 1 天，2/3 个",
            "open",
            id="a measured figure that falls opens it again",
        ),
        pytest.param(
            quarter(state="declared", proof="declared", declared_on=date(2023, 6, 30)),
            date(2023, 7, 9),
            "y",
            "已申报，待审核",
            "declared",
            id="declared on the due day",
        ),
        pytest.param(
            quarter(state="declared", proof="declared", declared_on=date(2023, 7, 1)),
            date(2023, 7, 9),
            "r",
            "逾期 1 天申报，待审核",
            "declared",
            id="declared a day late",
        ),
        pytest.param(
            quarter(state="declared", proof="contradicted", claimed=D(3), value=D(1)),
            date(2023, 6, 20),
            "r",
            "自报 3，测得 1，不符",
            "declared",
            id="declared against the figure",
        ),
        pytest.param(
            quarter(state="met", met_on=date(2023, 6, 30)),
            date(2023, 9, 1),
            "g",
            "按期完成",
            "met",
            id="met on the due day",
        ),
        pytest.param(
            quarter(state="met", met_on=date(2023, 7, 2)),
            date(2023, 9, 1),
            "g",
            "逾期 2 天完成",
            "met",
            id="met late",
        ),
        pytest.param(quarter(state="missed"), DAY, "r", "未完成", "missed", id="missed"),
        pytest.param(quarter(state="cancelled"), DAY, "o", "已取消", "cancelled", id="cancelled"),
        pytest.param(
            year("quota", need=D(50), value=D(19), unit="座"),
            DAY,
            "y",
            "落后 4 座，19/50 座",
            "open",
            id="four behind the pace",
        ),
        pytest.param(
            year("quota", need=D(50), value=D(22), unit="座"),
            DAY,
            "y",
            "落后 1 座，22/50 座",
            "open",
            id="one behind",
        ),
        pytest.param(
            year("quota", need=D(50), value=D(23), unit="座"),
            DAY,
            "g",
            "按进度，23/50 座",
            "open",
            id="on the pace",
        ),
        pytest.param(
            year("quota", need=D(15), value=D(16), unit="座", comparator="=", proof="measured"),
            DAY,
            "g",
            "按期完成，16/15 座",
            "met",
            id="more than an exact quota is enough",
        ),
        pytest.param(
            year("quota", need=D(50)), date(2022, 7, 1), "o", "未到期", "open", id="half the year, no figure"
        ),
        pytest.param(
            year("quota", need=D(50)),
            date(2022, 7, 3),
            "y",
            "过半未报进度",
            "open",
            id="past the half without a figure",
        ),
        pytest.param(
            year("quota", need=D(50)), date(2022, 12, 1), "y", "剩 30 天", "open", id="near the end"
        ),
        pytest.param(
            year("coverage", need=D(100), value=D("46.7")),
            DAY,
            "y",
            "落后 0.1 点，46.7/100 %",
            "open",
            id="coverage a tenth behind",
        ),
        pytest.param(
            year("coverage", need=D(100), value=D("46.8")),
            DAY,
            "g",
            "按进度，46.8/100 %",
            "open",
            id="coverage on the pace",
        ),
        pytest.param(
            year("limit", need=D(500), value=D(500), comparator="<=", unit="人"),
            DAY,
            "g",
            "现为 500 人，达标",
            "open",
            id="at the limit",
        ),
        pytest.param(
            year("limit", need=D(500), value=D(501), comparator="<=", unit="人"),
            DAY,
            "y",
            "现为 501 人，要求 <=500",
            "open",
            id="one above, before the day",
        ),
        pytest.param(
            year("limit", need=D(500), value=D(501), comparator="<=", unit="人"),
            date(2023, 1, 1),
            "r",
            "现为 501 人，要求 <=500",
            "open",
            id="one above, after the day",
        ),
        pytest.param(
            year("limit", need=D(500), value=D(500), comparator="<=", unit="人", proof="measured"),
            date(2023, 1, 1),
            "g",
            "按期完成，500/500 人",
            "met",
            id="kept to the end",
        ),
        pytest.param(
            year("target", need=D(0), value=D(0), comparator="=", unit="起"),
            DAY,
            "g",
            "现为 0 起，达标",
            "open",
            id="no accident so far",
        ),
        pytest.param(
            year("target", need=D(0), value=D(1), comparator="=", unit="起"),
            DAY,
            "r",
            "现为 1 起，要求 =0",
            "open",
            id="one accident breaks it for good",
        ),
    ],
)
def test_the_light_of_a_day(case: Case, day: date, light: str, reason: str, state: str) -> None:
    assert judging.judge(case, day) == judging.Verdict(light, reason, state)


@pytest.mark.parametrize(
    ("lights", "light"),
    [("gyr", "r"), ("ggy", "y"), ("go", "g"), ("oo", "o"), ("", "o")],
)
def test_a_cell_shows_its_worst_light(lights: str, light: str) -> None:
    assert judging.worst(lights) == light


@pytest.mark.parametrize(
    ("kind", "unit", "figure", "can"),
    [
        ("coverage", "全部", "%", True),
        ("coverage", "全部", "处", False),
        ("quota", "座", "座", True),
        ("quota", "座", "人", False),
        ("cadence", "次", "次", True),
        ("cadence", "", "次", True),
        ("cadence", "次", "%", False),
        ("limit", "%", "%", True),
        ("quota", "", "家", True),
    ],
)
def test_a_figure_judges_only_what_is_counted_in_its_unit(
    kind: str, unit: str, figure: str, can: bool
) -> None:
    assert fits(kind, unit, figure) is can
