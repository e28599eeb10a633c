"""Who is expected to report, who has, who in time: five measures on content, not on the button.

expected: units with duties in the window that exist on the due day. actual: those of them whose report has
words of its own and stands submitted or accepted. on time: those whose report with words first came by the
last day that counts. Rates carry their two numbers; only expected units count, so none exceeds 100 %.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from anlan.programmes.rules.report_lock import entry_open, on_time

SENT = frozenset({"submitted", "accepted"})
# Words that fill a box and say nothing; “无” too: who did nothing says what was due and why not.
HOLLOW = frozenset(
    {
        "",
        "无",
        "暂无",
        "没有",
        "同上",
        "略",
        "已完成",
        "完成",
        "正常",
        "见附件",
        "空",
        "none",
        "na",
        "test",
        "测试",
    }
)
FEWEST = 4
NO_WORD = re.compile(r"[\W_]+")


def says_something(narrative: str) -> bool:
    """Whether words of an entry are content: at least four characters that are not a filler."""
    words = NO_WORD.sub("", narrative).lower()
    return words not in HOLLOW and len(words) >= FEWEST and len(set(words)) > 1


@dataclass(frozen=True)
class Tenure:
    """A unit's days: it exists in `[opened, closed)`; None is unbounded."""

    opened: date | None = None
    closed: date | None = None

    def on(self, day: date) -> bool:
        """Whether the unit exists on a day."""
        return (self.opened is None or self.opened <= day) and (self.closed is None or day < self.closed)


@dataclass(frozen=True)
class Holding:
    """A unit's duty, from the day it was given until before the day it ended (None: still held)."""

    unit: int
    since: date
    until: date | None = None


def expected_units(
    holdings: Iterable[Holding], tenures: Mapping[int, Tenure], start: date, end: date, due: date
) -> frozenset[int]:
    """The units that owe a report for `[start, end)` on `due`.

    A unit owes one when it has held a duty on some day of the window, still holds it on the due day, and
    itself exists on that day: one closed in June is not expected in the second half, one opened in October
    owes the year's report and not the half-year's.
    """
    return frozenset(
        one.unit
        for one in holdings
        if one.since < end
        and one.since <= due
        and (one.until is None or one.until > max(start, due))
        and tenures.get(one.unit, Tenure()).on(due)
    )


@dataclass(frozen=True)
class Return:
    """One unit's report as it stands."""

    unit: int
    state: str
    filled: int
    reported: date | None
    timely: date
    locks: date
    exceptions: tuple[date, ...] = ()


@dataclass(frozen=True)
class Rate:
    """A share with its two numbers."""

    top: int
    bottom: int

    @property
    def percent(self) -> Decimal | None:
        """In percent to one place; None where nothing is expected."""
        return round(Decimal(self.top * 100) / self.bottom, 1) if self.bottom else None


@dataclass(frozen=True)
class Figures:
    """The five measures."""

    expected: int
    actual: int
    on_time: int

    @property
    def completeness(self) -> Rate:
        """Reported of expected."""
        return Rate(self.actual, self.expected)

    @property
    def timeliness(self) -> Rate:
        """Reported in time of expected."""
        return Rate(self.on_time, self.expected)


def reported(one: Return) -> bool:
    """Whether this counts as a report: it was sent, and it says something."""
    return one.state in SENT and one.filled > 0


def figures(expected: Collection[int], returns: Iterable[Return]) -> Figures:
    """The five measures over the expected units; what others sent does not count."""
    owing = set(expected)
    sent = {one.unit: one for one in returns if one.unit in owing and reported(one)}
    timely = sum(on_time(one.reported, one.timely) for one in sent.values())
    return Figures(len(owing), len(sent), timely)


@dataclass(frozen=True)
class Standing:
    """A report's light and word. key: reported, late, returned, empty, missing, locked or open."""

    key: str
    light: str
    word: str

    @property
    def missing(self) -> bool:
        """Whether the unit counts as not reported."""
        return self.key not in {"reported", "late"}


def standing(one: Return, today: date, due: date) -> Standing:
    """How a report stands today, in words that an office reads at a glance."""
    if reported(one):
        word = "已采用" if one.state == "accepted" else "已报"
        if on_time(one.reported, one.timely):
            return Standing("reported", "g", word)
        return Standing("late", "y", f"{word}，迟报")
    if one.state in SENT:
        return Standing("empty", "r" if today > one.timely else "y", "未报（交了空表）")
    if one.state == "returned":
        return Standing("returned", "r" if today > one.timely else "y", "退回补正")
    if not entry_open(today, one.locks, one.exceptions):
        return Standing("locked", "r", "未报，已锁定")
    if today > one.timely:
        return Standing("missing", "r", f"未报，逾期 {(today - due).days} 天")
    left = (due - today).days
    if left <= 10:
        return Standing(
            "open",
            "y",
            f"填报中，剩 {left} 天" if left > 0 else "填报中，今天截止" if left == 0 else "未报，已过截止日",
        )
    return Standing("open", "o", "填报中")
