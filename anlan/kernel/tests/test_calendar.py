"""Working days: announced, overruled by the table, and loud where nobody knows."""

from __future__ import annotations

from datetime import date

import pytest

from anlan.kernel.calendar import CalendarUnknown, WorkingCalendar, house_calendar
from anlan.kernel.models import Holiday
from anlan.kernel.testing import make_row

WHOLE_2099 = {date(2099, 1, 1): False, date(2099, 5, 1): False, date(2099, 10, 1): False}


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2023, 6, 21), True),
        (date(2023, 6, 22), False),
        (date(2023, 6, 24), False),
        (date(2023, 6, 25), True),
        (date(2023, 10, 7), True),
        (date(2023, 7, 1), False),
    ],
)
def test_the_announced_calendar(day: date, works: bool) -> None:
    assert WorkingCalendar().works(day) is works


def test_the_table_overrules() -> None:
    calendar = WorkingCalendar({date(2023, 6, 21): False})
    assert not calendar.works(date(2023, 6, 21))


def test_an_unknown_year_names_itself_and_the_remedy() -> None:
    with pytest.raises(CalendarUnknown, match=r"2099 年.*节假日") as caught:
        WorkingCalendar().works(date(2099, 3, 3))
    assert caught.value.year == 2099


def test_a_single_local_holiday_is_not_a_calendar() -> None:
    calendar = WorkingCalendar({date(2099, 3, 3): False})
    assert not calendar.works(date(2099, 3, 3))
    with pytest.raises(CalendarUnknown):
        calendar.works(date(2099, 3, 4))


def test_a_filled_year_is_known() -> None:
    calendar = WorkingCalendar(WHOLE_2099)
    assert calendar.works(date(2099, 3, 4))
    assert not calendar.works(date(2099, 3, 7))


def test_counting_between_leaves_the_end_out() -> None:
    assert WorkingCalendar().between(date(2023, 6, 19), date(2023, 6, 26)) == 4
    assert WorkingCalendar().between(date(2023, 6, 19), date(2023, 6, 19)) == 0


def test_backwards() -> None:
    assert WorkingCalendar().after(date(2023, 6, 25), -1) == date(2023, 6, 21)


@pytest.mark.django_db
def test_the_house_calendar_reads_the_holiday_table() -> None:
    make_row(Holiday, day=date(2023, 6, 21), kind="off", name="停电检修")
    make_row(Holiday, day=date(2023, 7, 1), kind="work", name="补班")
    calendar = house_calendar()
    assert (calendar.works(date(2023, 6, 21)), calendar.works(date(2023, 7, 1))) == (False, True)
