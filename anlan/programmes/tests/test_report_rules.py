"""Completeness and locks by table, both sides of every bound."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.programmes.rules import report_lock as lock
from anlan.programmes.rules.completeness import (
    Figures,
    Holding,
    Rate,
    Return,
    Tenure,
    expected_units,
    figures,
    says_something,
    standing,
)

DUE = date(2023, 6, 30)
D = date


@pytest.mark.parametrize(
    ("words", "content"),
    [
        ("", False), ("   \n　", False), ("无", False), ("。。。。", False), ("无。", False),
        ("已完成", False), ("同上", False), ("aaaaaaa", False), ("开展了", False), ("已开展四次", True),
        ("本期未开展，因人员调整，计划7月补做", True), ("检查12家", True), ("见附件。", False),
    ],
)  # fmt: skip
def test_only_words_that_say_something_are_content(words: str, content: bool) -> None:
    assert says_something(words) is content


@pytest.mark.parametrize(
    ("timely", "locks", "found"),
    [(0, 0, (DUE, DUE)), (3, 10, (D(2023, 7, 3), D(2023, 7, 10))), (5, 5, (D(2023, 7, 5), D(2023, 7, 5)))],
)
def test_days_as_on_time_and_days_until_the_lock_are_two_counts(
    timely: int, locks: int, found: tuple[date, date]
) -> None:
    days = lock.days_of(DUE, timely, locks)
    assert (days.due, days.timely, days.locks) == (DUE, *found)


def test_nobody_is_on_time_after_the_lock() -> None:
    with pytest.raises(lock.BadDays, match="锁定宽限 2 天少于按时宽限 3 天"):
        lock.days_of(DUE, 3, 2)
    with pytest.raises(lock.BadDays):
        lock.days_of(DUE, -1, 2)


@pytest.mark.parametrize(
    ("today", "exceptions", "is_open"),
    [
        (D(2023, 7, 10), (), True), (D(2023, 7, 11), (), False),
        (D(2023, 7, 15), (D(2023, 7, 15),), True), (D(2023, 7, 16), (D(2023, 7, 15),), False),
        (D(2023, 7, 10), (D(2023, 7, 5),), True), (D(2023, 7, 18), (D(2023, 7, 15), D(2023, 7, 18)), True),
    ],
)  # fmt: skip
def test_entry_is_open_through_the_lock_day_and_through_an_exception(
    today: date, exceptions: tuple[date, ...], is_open: bool
) -> None:
    assert lock.entry_open(today, D(2023, 7, 10), exceptions) is is_open


@pytest.mark.parametrize(
    ("reported", "timely"),
    [(D(2023, 7, 3), True), (D(2023, 7, 4), False), (None, False), (D(2023, 6, 1), True)],
)
def test_on_time_includes_the_last_day(reported: date | None, timely: bool) -> None:
    assert lock.on_time(reported, D(2023, 7, 3)) is timely


def test_the_documents_days_become_the_half_year_and_the_year() -> None:
    found = lock.spans(2023, [D(2023, 12, 31), D(2023, 6, 30)])
    assert [(one.label, one.start, one.end, one.due) for one in found] == [
        ("上半年", D(2023, 1, 1), D(2023, 7, 1), DUE),
        ("年度", D(2023, 1, 1), D(2024, 1, 1), D(2023, 12, 31)),
    ]  # fmt: skip
    assert [one.label for one in lock.spans(2022, [D(2022, 6, 15), D(2022, 12, 15)])] == ["上半年", "年度"]
    assert [one.label for one in lock.spans(2022, [D(2023, 1, 10)])] == ["年度"]
    quarters = lock.spans(2023, [D(2023, 3, 31), D(2023, 6, 30), D(2023, 9, 30), D(2023, 12, 31)])
    assert [one.label for one in quarters] == ["第一季度", "第二季度", "第三季度", "第四季度"]
    assert quarters[1].start == D(2023, 4, 1) and quarters[3].end == D(2024, 1, 1)
    assert lock.spans(2023, []) == []


FIRST = (D(2023, 1, 1), D(2023, 7, 1), DUE)
YEAR = (D(2023, 1, 1), D(2024, 1, 1), D(2023, 12, 31))


@pytest.mark.parametrize(
    ("tenure", "half", "year"),
    [
        (Tenure(), True, True),
        (Tenure(closed=D(2023, 6, 20)), False, False),
        (Tenure(closed=D(2023, 6, 30)), False, False),
        (Tenure(closed=D(2023, 7, 1)), True, False),
        (Tenure(opened=D(2023, 6, 30)), True, True),
        (Tenure(opened=D(2023, 7, 1)), False, True),
        (Tenure(closed=D(2024, 1, 1)), True, True),
    ],
)
def test_opening_and_closing_days_change_who_is_expected(tenure: Tenure, half: bool, year: bool) -> None:
    held = [Holding(7, D(2023, 3, 1))]
    assert (expected_units(held, {7: tenure}, *FIRST) == {7}) is half
    assert (expected_units(held, {7: tenure}, *YEAR) == {7}) is year


@pytest.mark.parametrize(
    ("since", "until", "owes"),
    [
        (D(2023, 6, 30), None, True), (D(2023, 7, 1), None, False), (D(2023, 3, 1), D(2023, 6, 30), False),
        (D(2023, 3, 1), D(2023, 7, 1), True),
    ],
)  # fmt: skip
def test_a_unit_owes_while_it_holds_a_duty(since: date, until: date | None, owes: bool) -> None:
    assert (expected_units([Holding(7, since, until)], {}, *FIRST) == {7}) is owes


def sent(unit: int, state: str = "submitted", filled: int = 3, reported: date | None = DUE) -> Return:
    return Return(unit, state, filled, reported, D(2023, 7, 3), D(2023, 7, 10))


def test_an_empty_form_is_not_a_report_and_lateness_shows_apart() -> None:
    found = figures(
        {1, 2, 3, 4, 5},
        [sent(1), sent(2, "accepted", 1, D(2023, 7, 4)), sent(3, filled=0), sent(4, "returned"), sent(9)],
    )
    assert found == Figures(expected=5, actual=2, on_time=1)
    assert found.completeness.percent == Decimal("40.0") and found.timeliness.percent == Decimal("20.0")
    assert Rate(0, 0).percent is None


RETURNS = st.builds(
    sent,
    st.integers(1, 20),
    st.sampled_from(["open", "submitted", "returned", "accepted"]),
    st.integers(0, 2),
    st.none() | st.dates(D(2023, 6, 1), D(2023, 8, 1)),
)  # fmt: skip


@given(st.frozensets(st.integers(1, 12)), st.lists(RETURNS))
def test_no_rate_exceeds_a_hundred_percent(expected: frozenset[int], returns: list[Return]) -> None:
    found = figures(expected, returns)
    assert 0 <= found.on_time <= found.actual <= found.expected == len(expected)


@pytest.mark.parametrize(
    ("one", "today", "key", "light"),
    [
        (sent(1), D(2023, 7, 1), "reported", "g"),
        (sent(1, reported=D(2023, 7, 3)), D(2023, 7, 4), "reported", "g"),
        (sent(1, reported=D(2023, 7, 4)), D(2023, 7, 4), "late", "y"),
        (sent(1, filled=0), D(2023, 6, 3), "empty", "y"),
        (sent(1, filled=0), D(2023, 7, 4), "empty", "r"),
        (sent(1, "returned"), D(2023, 7, 3), "returned", "y"),
        (sent(1, "open"), D(2023, 6, 19), "open", "o"),
        (sent(1, "open"), D(2023, 6, 20), "open", "y"),
        (sent(1, "open"), D(2023, 7, 3), "open", "y"),
        (sent(1, "open"), D(2023, 7, 4), "missing", "r"),
        (sent(1, "open"), D(2023, 7, 10), "missing", "r"),
        (sent(1, "open"), D(2023, 7, 11), "locked", "r"),
    ],
)
def test_a_report_stands_as_an_office_reads_it(one: Return, today: date, key: str, light: str) -> None:
    found = standing(one, today, DUE)
    assert (found.key, found.light) == (key, light)
    assert found.missing is (key not in {"reported", "late"})
