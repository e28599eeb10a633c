"""A year as a curve: what should be done by the end of each month, and what was. Pure.

Counted matters: how many were due, how many met. Figures: the pace of `rules/judging.expected`, and the
last figure known by then. What lies ahead has no done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_UP, Decimal
from typing import Literal

from anlan.kernel.due import add_months
from anlan.programmes.rules.schedule import settles_on

ONE_DAY = timedelta(days=1)
Join = Literal["sum", "most", "mean"]
Story = Sequence[tuple[date, Decimal]]


@dataclass(frozen=True, slots=True)
class Point:
    """The end of a month (for the running one: today): what should be done by then, and what was."""

    day: date
    month: date
    should: Decimal | None
    done: Decimal | None


def month_ends(year: int) -> list[date]:
    """The last days of the twelve months."""
    return [add_months(date(year, n, 1), 1) - ONE_DAY for n in range(1, 13)]


def counted(matters: Iterable[tuple[date, date | None]], year: int, today: date) -> list[Point]:
    """(due day, day met or None) of each matter as two rising curves."""
    rows = list(matters)
    found = []
    for end in month_ends(year):
        should = sum(due <= end for due, _ in rows)
        by = _known_by(end)
        done = sum(met is not None and met <= by for _, met in rows) if _begun(end, today) else None
        found.append(Point(end, end.replace(day=1), Decimal(should), None if done is None else Decimal(done)))
    return found


def paced(
    stories: Mapping[int, Story], shoulds: Mapping[date, Decimal | None], join: Join, today: date
) -> list[Point]:
    """The figures of several units joined at each month's end; `shoulds` gives the ends and their pace.

    A story is the days on which a figure became known, in order. join: parts are summed, of several who
    answer for the same number the furthest counts, percentages are averaged over all.
    """
    found = []
    for end, should in shoulds.items():
        done = _joined([_last(story, min(_known_by(end), today)) for story in stories.values()], join)
        found.append(Point(end, end.replace(day=1), should, done if _begun(end, today) else None))
    return found


def still_needed(total: Decimal, done: Decimal, today: date, due: date) -> tuple[Decimal, Decimal | None]:
    """(what is left, how much of it a month until the due day); None where no month is left."""
    left = max(total - done, Decimal(0))
    days = (due - today).days
    if days <= 0 or not left:
        return left, None
    each = left * Decimal("30.4") / days
    return left, min(left, each.quantize(Decimal("0.1"), rounding=ROUND_UP))


def _begun(end: date, today: date) -> bool:
    return end.replace(day=1) <= today


def _known_by(end: date) -> date:
    """Late returns of January still count for the year that is over."""
    return settles_on(end.year) - ONE_DAY if end.month == 12 else end


def _last(story: Story, day: date) -> Decimal | None:
    known = [value for at, value in story if at <= day]
    return known[-1] if known else None


def _joined(values: Sequence[Decimal | None], join: Join) -> Decimal | None:
    known = [value for value in values if value is not None]
    if not known:
        return None
    if join == "most":
        return max(known)
    total = sum(known, Decimal(0))
    return total if join == "sum" else (total / len(values)).quantize(Decimal("0.1"))
