"""Guarantors of an installation (应急厅〔2021〕12号): who, how often, and which periods are owed. Pure.

Read in public pages: the three kinds of persons; M-高: technical at least once a quarter, operation at least
once a week. For the principal the document sets no cadence: the house's parameter does, and is shown as 待核.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

CADENCES = ("week", "month", "quarter")
CADENCE_WORDS = {"week": "每周至少 1 次", "month": "每月至少 1 次", "quarter": "每季度至少 1 次"}
BASIS = "应急厅〔2021〕12号"
FIXED = {"technical": "quarter", "operation": "week"}
MONTHS = {"month": 1, "quarter": 3}


@dataclass(frozen=True, slots=True)
class Period:
    """One period in which a duty is owed: days [start, end), due on the last day."""

    start: date
    end: date

    @property
    def due_on(self) -> date:
        """The last day in time."""
        return self.end - timedelta(days=1)


def cadence_of(role: str, principal: str = "quarter") -> str:
    """week, month or quarter; for the principal what the house has set."""
    return FIXED.get(role, principal)


def period_of(cadence: str, day: date) -> Period:
    """The period that holds the day: Monday to Sunday, the month, the quarter of the calendar year."""
    if cadence == "week":
        start = day - timedelta(days=day.weekday())
        return Period(start, start + timedelta(days=7))
    length = MONTHS[cadence]
    month = (day.month - 1) // length * length
    year, after = divmod(day.year * 12 + month + length, 12)
    return Period(date(day.year, month + 1, 1), date(year, after + 1, 1))


def owed(cadence: str, since: date, until: date | None, first: date, last: date) -> Iterator[Period]:
    """The periods owed between `first` and `last` (both in) by somebody in charge during [since, until).

    A period counts when they were in charge on its last day: a hand-over takes the open period along.
    """
    at = period_of(cadence, max(first, since))
    while at.start <= last:
        in_charge = at.due_on >= since and (until is None or at.due_on < until)
        if in_charge and at.due_on >= first:
            yield at
        at = period_of(cadence, at.end)


def state_of(period: Period, done_on: date | None, today: date) -> str:
    """done, late (done after the last day), missed, open (runs now) or later."""
    if done_on is not None:
        return "late" if done_on > period.due_on else "done"
    if today > period.due_on:
        return "missed"
    return "open" if today >= period.start else "later"
