"""A goal of the document against its figure: what is allowed this year, what is left, how it stands. Pure.

A drop (降幅) in percent is turned into a number for the year: last year's, less the percentage, rounded down.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

HUNDRED = Decimal(100)
TENTH = Decimal("0.1")
DROPS = ("降幅", "下降", "减少率")


@dataclass(frozen=True, slots=True)
class Goal:
    """What the document says: `value` None where it names no number."""

    indicator: str
    comparator: str = ""
    value: Decimal | None = None
    unit: str = ""

    @property
    def drop(self) -> bool:
        """Whether the number is a drop against last year, in percent."""
        return any(word in self.indicator for word in DROPS)


@dataclass(frozen=True, slots=True)
class Known:
    """The figure: this year until today, last year until the same day, the whole of last year."""

    now: Decimal | None
    same_last: Decimal | None = None
    whole_last: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The year's bound, what is left of it, the change on last year in percent, the light and its words."""

    limit: Decimal | None
    left: Decimal | None
    change: Decimal | None
    light: str
    words: str


def stand(goal: Goal, known: Known, gone: Decimal) -> Standing:
    """How a goal stands; `gone` is the part of the year that is over, 0 to 1."""
    change = _change(known)
    if known.now is None:
        return Standing(None, None, change, "o", "还没有数")
    if goal.value is None:
        return Standing(None, None, change, *_trend(known))
    if goal.drop:
        if not known.whole_last:
            return Standing(None, None, change, "o", "上年没有基数")
        limit = (known.whole_last * (HUNDRED - goal.value) / HUNDRED).to_integral_value(ROUND_FLOOR)
        return _bounded(limit, known.now, change, gone)
    if goal.comparator in (">=", ">"):
        reached = known.now >= goal.value if goal.comparator == ">=" else known.now > goal.value
        if reached:
            return Standing(goal.value, None, change, "g", "达到")
        return Standing(goal.value, None, change, "r" if gone >= 1 else "y", "还没有达到")
    return _bounded(goal.value, known.now, change, gone)


def _bounded(limit: Decimal, now: Decimal, change: Decimal | None, gone: Decimal) -> Standing:
    left = limit - now
    if left < 0:
        return Standing(limit, left, change, "r", f"已超 {-left:f}")
    if limit == 0:
        return Standing(limit, None, change, "g", "保持")
    if now > limit * gone:
        return Standing(limit, left, change, "y", "偏快")
    return Standing(limit, left, change, "g", "可控")


def _trend(known: Known) -> tuple[str, str]:
    """Without a number only the direction says something; the document itself draws no bound."""
    if known.same_last is None or known.now is None:
        return "o", "文件没有定数"
    if known.now > known.same_last:
        return "y", "比上年同期多"
    return "g", "比上年同期少" if known.now < known.same_last else "与上年同期相同"


def _change(known: Known) -> Decimal | None:
    if known.now is None or not known.same_last:
        return None
    return ((known.now - known.same_last) * HUNDRED / known.same_last).quantize(TENTH)
