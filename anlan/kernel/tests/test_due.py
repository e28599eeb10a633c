"""Due dates: by hours, days, working days and months; pauses; the words of the lights."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.kernel.calendar import CalendarUnknown, WorkingCalendar
from anlan.kernel.clock import SHANGHAI
from anlan.kernel.due import Span, Term, Unit, add_months, due_at, end_of, last_day, light, warn_at

CALENDAR = WorkingCalendar()


def at(text: str) -> datetime:
    """A moment in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def last(start: str, term: Term, *paused: Span) -> str:
    """The last day in time."""
    return last_day(due_at(at(start), term, CALENDAR, paused)).isoformat()


@pytest.mark.parametrize(
    ("start", "term", "expected"),
    [
        pytest.param("2023-06-20 09:00", Term(3), "2023-06-23", id="民法典201 the first day does not count"),
        pytest.param("2023-06-20 23:59", Term(1), "2023-06-21", id="the hour of the beginning is no matter"),
        pytest.param("2023-12-30 08:00", Term(5), "2024-01-04", id="over the year's end"),
        pytest.param("2023-01-31 08:00", Term(1, Unit.MONTHS), "2023-02-28", id="民法典202 month's last day"),
        pytest.param("2024-01-31 08:00", Term(1, Unit.MONTHS), "2024-02-29", id="民法典202 leap year"),
        pytest.param("2023-02-28 08:00", Term(1, Unit.MONTHS), "2023-03-28", id="民法典202 same number"),
        pytest.param("2022-08-31 08:00", Term(10, Unit.MONTHS), "2023-06-30", id="ten months after closing"),
        pytest.param("2023-06-20 08:00", Term(5, Unit.WORKING_DAYS), "2023-06-28", id="working Sunday 06-25"),
        pytest.param(
            "2023-09-28 08:00", Term(1, Unit.WORKING_DAYS), "2023-10-07", id="working Saturday 10-07"
        ),
        pytest.param("2023-06-20 08:00", Term(2, rolls=True), "2023-06-25", id="民法典203 off day rolls"),
        pytest.param("2023-06-20 08:00", Term(2), "2023-06-22", id="without rolling it stays"),
    ],
)
def test_last_day_in_time(start: str, term: Term, expected: str) -> None:
    assert last(start, term) == expected


def test_a_day_counts_in_shanghai_not_in_utc() -> None:
    late = datetime(2023, 6, 20, 17, 0, tzinfo=UTC)
    assert last_day(due_at(late, Term(1), CALENDAR)) == date(2023, 6, 22)


def test_the_last_day_ends_at_midnight() -> None:
    due = due_at(at("2023-06-20 09:00"), Term(1), CALENDAR)
    assert due == at("2023-06-22 00:00")


def test_hours_are_exact() -> None:
    due = due_at(at("2023-06-20 09:30"), Term(24, Unit.HOURS), CALENDAR)
    assert due == at("2023-06-21 09:30")


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        pytest.param(Term(10), "2023-07-05", id="five days fell away"),
        pytest.param(Term(2), "2023-06-22", id="a pause after the end moves nothing"),
        pytest.param(Term(3), "2023-06-28", id="a pause that begins on the last day takes it away"),
        pytest.param(Term(1, Unit.MONTHS), "2023-07-25", id="months run on"),
        pytest.param(Term(4, Unit.WORKING_DAYS), "2023-06-30", id="working days skip it"),
    ],
)
def test_paused_days_do_not_count(term: Term, expected: str) -> None:
    pause = (at("2023-06-23 10:00"), at("2023-06-28 16:00"))
    assert last("2023-06-20 09:00", term, pause) == expected


def test_paused_hours_do_not_count() -> None:
    paused = [
        (at("2023-06-20 12:00"), at("2023-06-20 14:00")),
        (at("2023-06-20 13:00"), at("2023-06-20 15:00")),
    ]
    due = due_at(at("2023-06-20 10:00"), Term(6, Unit.HOURS), CALENDAR, paused)
    assert due == at("2023-06-20 19:00")


@given(
    st.dates(date(2020, 1, 1), date(2025, 6, 1)),
    st.integers(0, 90),
    st.sampled_from([Unit.DAYS, Unit.WORKING_DAYS]),
    st.lists(st.tuples(st.integers(-5, 120), st.integers(0, 20)), max_size=3),
)
def test_as_many_days_count_as_the_term_has(
    day: date, amount: int, unit: Unit, pauses: list[tuple[int, int]]
) -> None:
    start = datetime.combine(day, datetime.min.time(), SHANGHAI)
    paused = [(start + timedelta(days=a), start + timedelta(days=a + b)) for a, b in pauses]
    off = {(a + timedelta(days=n)).date() for a, b in paused for n in range((b - a).days)}
    end = last_day(due_at(start, Term(amount, unit), CALENDAR, paused))
    days = [day + timedelta(days=n) for n in range(1, (end - day).days + 1)]
    counted = [one for one in days if one not in off and (unit is Unit.DAYS or CALENDAR.works(one))]
    assert len(counted) == amount
    assert not amount or end == counted[-1]


@pytest.mark.parametrize(
    ("now", "colour", "word"),
    [
        ("2023-06-20 09:00", "o", "剩 10 天"),
        ("2023-06-26 23:59", "o", "剩 4 天"),
        ("2023-06-27 00:00", "y", "剩 3 天"),
        ("2023-06-29 12:00", "y", "剩 1 天"),
        ("2023-06-30 00:00", "y", "今天"),
        ("2023-06-30 23:59", "y", "今天"),
        ("2023-07-01 00:00", "r", "逾期 1 天"),
        ("2023-07-02 09:00", "r", "逾期 2 天"),
    ],
)
def test_light_and_word(now: str, colour: str, word: str) -> None:
    due = end_of(date(2023, 6, 30))
    assert light(at(now), due, warn_at(due, Term(3), CALENDAR)) == (colour, word)


@pytest.mark.parametrize(
    ("now", "colour", "word"),
    [
        ("2023-06-30 09:30", "y", "剩 5 小时"),
        ("2023-06-30 14:20", "y", "剩 10 分钟"),
        ("2023-06-30 14:30", "r", "逾期 0 分钟"),
        ("2023-06-30 17:00", "r", "逾期 2 小时"),
        ("2023-07-05 17:00", "r", "逾期 5 天"),
    ],
)
def test_a_term_in_hours_speaks_of_hours(now: str, colour: str, word: str) -> None:
    due = at("2023-06-30 14:30")
    assert light(at(now), due, warn_at(due, Term(12, Unit.HOURS), CALENDAR)) == (colour, word)


def test_warning_in_working_days_skips_the_holiday() -> None:
    due = end_of(date(2023, 10, 8))
    assert warn_at(due, Term(2, Unit.WORKING_DAYS), CALENDAR) == at("2023-09-28 00:00")


def test_months_backwards() -> None:
    assert add_months(date(2023, 3, 31), -1) == date(2023, 2, 28)


def test_an_unannounced_year_stops_a_working_day_term_but_no_other() -> None:
    assert last("2098-12-30 09:00", Term(5)) == "2099-01-04"
    with pytest.raises(CalendarUnknown, match=r"2098 年.*节假日"):
        last("2098-12-30 09:00", Term(5, Unit.WORKING_DAYS))


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        due_at(datetime(2023, 6, 20), Term(1), CALENDAR)
