"""Due dates as pure rules: hours, days, working days, months; suspension; lights in words.

Counted as 民法典 art. 200–203 say: the day something begins does not count; a term of months ends on
the day of the same number, or on the month's last day where there is none; the last day ends at
24:00. `due_at` is therefore the first moment that is too late: a term runs over [start, due_at).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from anlan.kernel.calendar import ONE_DAY, WorkingCalendar
from anlan.kernel.clock import SHANGHAI

Span = tuple[datetime, datetime]


class Unit(StrEnum):
    """In what a term is counted."""

    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working_days"
    MONTHS = "months"


UNIT_LABELS = {Unit.HOURS: "小时", Unit.DAYS: "日", Unit.WORKING_DAYS: "个工作日", Unit.MONTHS: "个月"}


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time, e.g. Term(15, Unit.WORKING_DAYS).

    `rolls`: a last day that is off moves to the next working day (民法典 art. 203 para. 1); whether
    that holds is for the law that sets the term.
    """

    amount: int
    unit: Unit = Unit.DAYS
    rolls: bool = False

    def __str__(self) -> str:
        return f"{self.amount}{UNIT_LABELS[self.unit]}"


class Light(NamedTuple):
    """A light (g in time, y near, r overdue, o not near yet) and the fact behind it."""

    colour: str
    word: str


def due_at(start: datetime, term: Term, calendar: WorkingCalendar, paused: Sequence[Span] = ()) -> datetime:
    """The first moment that is too late.

    start: aware. paused: spans [from, to) that do not count; in terms of days a span takes away the
    days from the one it begins on up to, not including, the one it ends on. Raises CalendarUnknown.
    """
    if start.tzinfo is None:
        raise ValueError("a term starts at an aware moment")
    if term.amount < 0:
        raise ValueError("a term is not negative")
    if term.unit is Unit.HOURS:
        return _after_hours(start, timedelta(hours=term.amount), paused)
    first = local_day(start)
    off = _off_days(paused)
    match term.unit:
        case Unit.MONTHS:
            last = _run_on(first, add_months(first, term.amount), off)
        case Unit.DAYS:
            last = _run_on(first, first + timedelta(days=term.amount), off)
        case _:
            last, left = first, term.amount
            while left:
                last += ONE_DAY
                left -= last not in off and calendar.works(last)
    while term.rolls and not calendar.works(last):
        last += ONE_DAY
    return end_of(last)


def warn_at(due: datetime, notice: Term, calendar: WorkingCalendar) -> datetime:
    """When the light turns yellow: `notice` before the due moment."""
    match notice.unit:
        case Unit.HOURS:
            return due - timedelta(hours=notice.amount)
        case Unit.WORKING_DAYS:
            return end_of(calendar.after(last_day(due), -notice.amount) - ONE_DAY)
        case Unit.MONTHS:
            return end_of(add_months(last_day(due), -notice.amount) - ONE_DAY)
        case _:
            return due - timedelta(days=notice.amount + 1)


def later(due: datetime, term: Term, paused: Sequence[Span]) -> datetime:
    """A fixed due moment moved on by what was paused: by time for a term in hours, else by days."""
    if term.unit is Unit.HOURS:
        return due + sum((end - begin for begin, end in paused), timedelta())
    return end_of(last_day(due) + timedelta(days=len(_off_days(paused)))) if paused else due


def light(now: datetime, due: datetime, warn: datetime) -> Light:
    """The light of a running term and how much is left: 剩 3 天, 今天, 逾期 2 天, 剩 5 小时."""
    by_hour = due.astimezone(SHANGHAI).time() != time.min
    colour = "r" if now >= due else "y" if now >= warn else "o"
    days = (last_day(due) - local_day(now)).days
    if by_hour and abs(due - now) < timedelta(days=2):
        hours, minutes = divmod(int(abs(due - now).total_seconds()) // 60, 60)
        left = f"{hours} 小时" if hours else f"{minutes} 分钟"
        return Light(colour, f"剩 {left}" if now < due else f"逾期 {left}")
    if now >= due:
        return Light(colour, f"逾期 {max(-days, 1)} 天")
    return Light(colour, f"剩 {days} 天" if days else "今天")


def add_months(day: date, months: int) -> date:
    """The day of the same number `months` later, or the month's last day (民法典 art. 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def local_day(moment: datetime) -> date:
    """The day in Shanghai."""
    return moment.astimezone(SHANGHAI).date()


def last_day(due: datetime) -> date:
    """The last day on which it is still in time."""
    return local_day(due - timedelta(microseconds=1))


def start_of(day: date) -> datetime:
    """00:00 of the day in Shanghai."""
    return datetime.combine(day, time.min, SHANGHAI)


def end_of(day: date) -> datetime:
    """24:00 of the day in Shanghai, which is 00:00 of the next."""
    return start_of(day + ONE_DAY)


def _after_hours(start: datetime, length: timedelta, paused: Sequence[Span]) -> datetime:
    due, reached = start + length, start
    for begin, end in sorted(paused):
        begin = max(begin, reached)
        if begin >= due:
            break
        if end > begin:
            due += end - begin
            reached = end
    return due


def _off_days(paused: Sequence[Span]) -> frozenset[date]:
    return frozenset(
        local_day(begin) + timedelta(days=n)
        for begin, end in paused
        for n in range((local_day(end) - local_day(begin)).days)
    )


def _run_on(first: date, last: date, off: frozenset[date]) -> date:
    """Add to the end as many days as fell away in (first, last], skipping what falls away there too."""
    owed = sum(first < day <= last for day in off)
    while owed:
        last += ONE_DAY
        owed -= last not in off
    return last
