"""When an obligation is due in a year: the spans, due days and needs of its occurrences. Pure.

| kind | occurrences of a year |
|---|---|
| cadence | one a period, due on its last day; “每月16日” on that day of each month |
| deadline | one, due on the day that the text names, else on the last day of the year |
| quota, coverage | one, from the beginning of the year to the named day, else to its end |
| limit, target | one; the figure must keep within its bound on every day of it |
| build, regulation | one, due on the named day, else on the last day of the year |
| campaign | with a named day one, else one a half-year |
| standing | one a half-year |
| delay | none until its event: then from the day the delay has run, for `DELAY_MONTHS` |

Who only supports or oversees answers by half-year for having done so, whatever the kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from anlan.kernel.due import add_months

ONE_DAY = timedelta(days=1)
MONTHS = {"month": 1, "two_months": 2, "quarter": 3, "half_year": 6, "year": 12}
BESIDE = frozenset({"supporting", "overseeing"})
# How long before the due day a reminder begins: (span of at most so many days, days of notice).
NOTICE = ((1, 0), (7, 1), (31, 3), (62, 5), (92, 7), (184, 15))
LONG_NOTICE = 30
# 生产安全事故 follow-up evaluations fall between ten months and one year after the case was closed.
DELAY_MONTHS = 2
DAY_OF_MONTH = re.compile(r"每月\s*(?:的)?\s*([0-9]{1,2})\s*[日号]")
HUNDRED = Decimal(100)
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of one unit: the obligation as published, and the unit's role and share in it."""

    kind: str
    period: str = ""
    value: Decimal | None = None
    unit: str = ""
    by: date | None = None
    quote: str = ""
    role: str = "joint"


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """One time it is due: days `[starts_on, ends_on)`, in time through `due_on`; `need` None: no number."""

    starts_on: date
    ends_on: date
    due_on: date
    warn_on: date
    need: Decimal | None = None


def slots(asked: Asked, year: int, since: date) -> list[Slot]:
    """The occurrences of `asked` in a year, in order. What was due before `since` is not asked for.

    A named day stands even where it lies before `since` or after the year.
    """
    if asked.role in BESIDE:
        return _spans("half_year", year, since, None)
    match asked.kind:
        case "cadence":
            return _cadence(asked, year, since)
        case "standing":
            return _spans("half_year", year, since, None)
        case "campaign" if asked.by is None:
            return _spans("half_year", year, since, None)
        case "delay":
            return []
        case _:
            due = asked.by or date(year, 12, 31)
            return [_slot(date(min(year, due.year), 1, 1), due + ONE_DAY, due, need(asked))]


def delayed(asked: Asked, event_on: date) -> Slot:
    """The occurrence that an event opens: it begins when the delay has run.

    `asked.value` in months (月, 个月) or days; a text without a number begins at once.
    """
    amount = int(asked.value or 0)
    in_days = "天" in asked.unit or "日" in asked.unit
    start = event_on + timedelta(days=amount) if in_days else add_months(event_on, amount)
    end = add_months(start, DELAY_MONTHS)
    return _slot(start, end + ONE_DAY, end, None)


def need(asked: Asked) -> Decimal | None:
    """What must be reached. A quota is shared: only who leads or answers jointly owes the whole of it.

    Full coverage is 100 percent; a cadence without a number is once.
    """
    match asked.kind:
        case "cadence":
            return asked.value or ONE
        case "coverage":
            return asked.value if asked.value is not None and asked.unit in ("%", "％") else HUNDRED
        case "quota" | "build":
            return asked.value if asked.role in ("lead", "joint") else None
        case "limit" | "target":
            return asked.value
        case _:
            return None


def warn_on(starts_on: date, due_on: date) -> date:
    """The first day of the yellow light: the longer the span, the earlier."""
    days = (due_on - starts_on).days + 1
    notice = next((before for most, before in NOTICE if days <= most), LONG_NOTICE)
    return max(starts_on, due_on - timedelta(days=notice))


def settles_on(year: int) -> date:
    """From this day what is still open of a year counts as missed: January is for late returns."""
    return date(year + 1, 2, 1)


def periods(period: str, year: int) -> Iterator[tuple[date, date]]:
    """The spans `[start, end)` of a period in the year; weeks begin on Mondays and are cut to it."""
    at, end = date(year, 1, 1), date(year + 1, 1, 1)
    while at < end:
        if period == "day":
            after = at + ONE_DAY
        elif period == "week":
            after = at + timedelta(days=7 - at.weekday())
        else:
            after = add_months(at, MONTHS[period])
        yield at, min(after, end)
        at = after


def day_of_month(quote: str) -> int | None:
    """The day that “每月16日” names (also in full-width digits), or None."""
    found = DAY_OF_MONTH.search(quote.translate({0xFF10 + n: str(n) for n in range(10)}))
    return int(found[1]) if found and 1 <= int(found[1]) <= 31 else None


def _cadence(asked: Asked, year: int, since: date) -> list[Slot]:
    period = asked.period or "year"
    day = day_of_month(asked.quote) if period == "month" else None
    if day is None:
        return _spans(period, year, since, need(asked))
    found = []
    for start, end in periods("month", year):
        due = min(start + timedelta(days=day - 1), end - ONE_DAY)
        if due >= since:
            found.append(_slot(start, due + ONE_DAY, due, need(asked)))
    return found


def _spans(period: str, year: int, since: date, needed: Decimal | None) -> list[Slot]:
    return [
        _slot(start, end, end - ONE_DAY, needed)
        for start, end in periods(period, year)
        if end - ONE_DAY >= since
    ]


def _slot(start: date, end: date, due: date, needed: Decimal | None) -> Slot:
    return Slot(start, end, due, warn_on(start, due), needed)
