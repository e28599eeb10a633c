"""When a report is due, until when it counts as on time, and until when it can be entered at all.

Two day counts that people confuse are kept apart: days in which a report still counts as on time, and days
after which entry locks. An exception opens one unit's report beyond the lock, with a reason and an end.
Every day here is the last day inside: a report sent on `timely` is on time, entry on `locks` is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

HALF, WHOLE = "上半年", "年度"


class BadDays(ValueError):
    """Day counts that contradict each other; the message is for the person who set them."""


@dataclass(frozen=True)
class Days:
    """The three last days of a report."""

    due: date
    timely: date
    locks: date


@dataclass(frozen=True)
class Span:
    """What a report is about: `[start, end)`, and the day on which the document asks for it."""

    label: str
    start: date
    end: date
    due: date


def days_of(due: date, timely_days: int, lock_days: int) -> Days:
    """The three days of a report due on `due`. Raises BadDays: nobody can be on time after the lock."""
    if timely_days < 0 or lock_days < timely_days:
        raise BadDays(
            f"锁定宽限 {lock_days} 天少于按时宽限 {timely_days} 天：锁定以后交不了，也就谈不上按时。"
            "请改大锁定宽限。"
        )
    return Days(due, due + timedelta(timely_days), due + timedelta(lock_days))


def last_entry_day(locks: date, exceptions: Iterable[date] = ()) -> date:
    """The last day of entry, with the exceptions' ends."""
    return max([locks, *exceptions])


def entry_open(today: date, locks: date, exceptions: Iterable[date] = ()) -> bool:
    """Whether a report can be entered today."""
    return today <= last_entry_day(locks, exceptions)


def on_time(reported: date | None, timely: date) -> bool:
    """Whether a report that came on `reported` counts as on time."""
    return reported is not None and reported <= timely


def spans(year: int, due_days: Sequence[date]) -> list[Span]:
    """What the reports due on these days are about.

    Four days a year ask for quarters. Otherwise one due by the end of August is the half-year's (Shangrao:
    “6月底和年底前”; Jiangxi: 6月15日), a later one the whole year's. Two days that ask for the same span
    leave the later one.
    """
    days = sorted(set(due_days))
    if len(days) == 4:
        starts = [date(year, 1 + 3 * n, 1) for n in range(4)] + [date(year + 1, 1, 1)]
        return [Span(f"第{'一二三四'[n]}季度", starts[n], starts[n + 1], days[n]) for n in range(4)]
    found: dict[str, Span] = {}
    for due in days:
        half = due.year == year and due.month <= 8
        end = date(year, 7, 1) if half else date(year + 1, 1, 1)
        label = HALF if half else WHOLE
        found[label] = Span(label, date(year, 1, 1), end, due)
    return list(found.values())
