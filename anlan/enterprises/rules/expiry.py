"""How a licence or certificate stands on a day: its light and the words beside it.

有效期至 is the last day on which it holds. From `notice` days before that day (the day itself included) it
is yellow, after it red. Without a last day it holds for good.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

NOTICE = 60
YEAR_MONTHS = 12
# Standing of the paper itself: (light, word); what is not named here holds.
STANDINGS = {"withheld": ("r", "暂扣"), "revoked": ("r", "吊销"), "cancelled": ("o", "已注销")}


@dataclass(frozen=True, slots=True)
class Expiry:
    """light: g y r o; word: 过期 9 天, 剩 15 天, 剩 1 年 7 个月, 长期; days left, below zero when over."""

    light: str
    word: str
    days: int | None = None

    @property
    def expired(self) -> bool:
        """Whether its last day is past."""
        return self.days is not None and self.days < 0


def expiry(
    last_day: date | None, today: date, *, notice: int = NOTICE, standing: str = "valid", owed: bool = True
) -> Expiry:
    """The light of a paper that holds until `last_day`, inclusive.

    `owed` False: its firm need not hold it now (closed, suspended), so nothing is late; the fact stays.
    """
    days = (last_day - today).days if last_day else None
    if standing in STANDINGS:
        return Expiry(*STANDINGS[standing], days)
    if days is None or last_day is None:
        return Expiry("g", "长期", None)
    if days < 0:
        return Expiry("r" if owed else "o", f"过期 {-days} 天", days)
    if days == 0:
        return Expiry("y" if owed else "o", "今天到期", days)
    if days <= notice:
        return Expiry("y" if owed else "o", f"剩 {days} 天", days)
    return Expiry("g", f"剩 {_span(today, last_day)}", days)


def stage(last_day: date, today: date, *, notice: int = NOTICE, near: int = 30) -> str:
    """What is to be told of a paper on this day: "over", "near", "soon", or "" for nothing yet."""
    days = (last_day - today).days
    if days < 0:
        return "over"
    if days <= min(near, notice):
        return "near"
    return "soon" if days <= notice else ""


def _span(start: date, end: date) -> str:
    """Days below three months, months below a year, then years and months; whole ones only."""
    months = (end.year - start.year) * YEAR_MONTHS + end.month - start.month - (end.day < start.day)
    if months < 3:
        return f"{(end - start).days} 天"
    years, rest = divmod(months, YEAR_MONTHS)
    if not years:
        return f"{rest} 个月"
    return f"{years} 年 {rest} 个月" if rest else f"{years} 年"
