"""How a closure goes: its steps in order, when it is late, and whether a plan keeps pace. Pure.

That closures are planned by number, named one by one and proven at the end is what the key-points documents
ask (江西省 2022 年要点第 9 条: 关闭非煤矿山 50 座以上、尾矿库减少 15 座). The steps, and the day from which a
case turns yellow, are this house's working convention.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

NOTICE = 30
STEPS: tuple[tuple[str, str], ...] = (
    ("announced_on", "公告"),
    ("stopped_on", "停产"),
    ("dismantled_on", "拆除（闭库）"),
    ("licences_ended_on", "注销证照"),
    ("accepted_on", "验收销号"),
)
LABELS = dict(STEPS)
# How many steps a case has behind it; a case that is not closed as planned has its own words.
DONE = {"planned": 0, "announced": 1, "stopped": 2, "dismantled": 3, "unlicensed": 4, "delisted": 5}
OPEN = ("planned", "announced", "stopped", "dismantled", "unlicensed")


@dataclass(frozen=True, slots=True)
class Standing:
    """light: g y r o; word: 逾期 9 天, 剩 15 天, 按期销号."""

    light: str
    word: str


def disorder(days: Mapping[str, date | None], today: date) -> dict[str, str]:
    """{step: what is wrong}: a day to come, or a step before the one that stands before it."""
    found: dict[str, str] = {}
    last: tuple[str, date] | None = None
    for key, label in STEPS:
        day = days.get(key)
        if day is None:
            continue
        if day > today:
            found[key] = f"{label}日期晚于今天（{today}）。请填已经发生的日期。"
        elif last is not None and day < last[1]:
            found[key] = f"{label}日期早于{LABELS[last[0]]}日期（{last[1]}）。请改其中一个。"
        last = (key, day)
    return found


def standing(state: str, planned_on: date | None, accepted_on: date | None, today: date) -> Standing:
    """The light of one case. The planned day itself is still in time."""
    if state == "revived":
        return Standing("r", "死灰复燃")
    if state == "withdrawn":
        return Standing("o", "已调出计划")
    if state == "delisted":
        late = (accepted_on - planned_on).days if accepted_on and planned_on else 0
        return Standing("g", f"逾期 {late} 天销号" if late > 0 else "按期销号")
    if planned_on is None:
        return Standing("o", "未定日期")
    left = (planned_on - today).days
    if left < 0:
        return Standing("r", f"逾期 {-left} 天")
    if left == 0:
        return Standing("y", "今天到期")
    return Standing("y" if left <= NOTICE else "o", f"剩 {left} 天")


def due_by(number: int, year: int, today: date) -> int:
    """How many of a year's number should be closed by the end of `today`, in proportion; whole ones."""
    first, after = date(year, 1, 1), date(year + 1, 1, 1)
    gone = min(max((today - first).days + 1, 0), (after - first).days)
    return number * gone // (after - first).days


def pace(number: int, done: int, year: int, today: date) -> Standing:
    """How a plan stands: reached, over and short, behind what the year asks by now, or on its way."""
    if done >= number:
        return Standing("g", "已完成")
    if today.year > year:
        return Standing("r", f"差 {number - done}，全年未完成")
    behind = due_by(number, year, today) - done
    if behind > 0:
        return Standing("y", f"落后 {behind}")
    return Standing("g" if done else "o", "按进度" if done else "未到期")
