"""What a filled sheet changes: each row three ways, as it went out, as it came back, as it stands now. Pure.

A row that nobody else touched is taken as filled. A row that only others touched stays as it is. Where both
did, and not to the same, a person chooses between both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

DONE, DOING, NOT_BEGUN = "已完成", "正在办理", "未开展"
STATES: Final = (DONE, DOING, NOT_BEGUN)
# What a unit may change about a matter, by the state it stands in.
OPEN: Final = frozenset({"open", "returned"})
STATE_WORDS: Final = {
    "open": "待办", "declared": "已申报", "returned": "已退回", "met": "已完成", "missed": "未完成",
    "cancelled": "已取消",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """What of an occurrence a sheet shows and changes."""

    state: str
    claimed: Decimal | None = None
    statement: str = ""
    done_on: date | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """One row as filled in. `line` is the row in the sheet, from 1."""

    sheet: str
    line: int
    key: int
    state: str = ""
    claimed: Decimal | None = None
    done_on: date | None = None
    statement: str = ""

    @property
    def empty(self) -> bool:
        """Nothing was filled in."""
        return not self.state and self.claimed is None and self.done_on is None and not self.statement


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, where, and what to do."""

    sheet: str
    line: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a row asks for. act: declare or progress; clash: what stands there now, if others wrote it."""

    row: Filled
    act: str
    claimed: Decimal | None
    statement: str
    clash: Standing | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """Changes (those with a clash wait for a choice), faults, and how many rows ask for nothing."""

    changes: tuple[Change, ...]
    faults: tuple[Fault, ...]
    unchanged: int


def merge(
    rows: tuple[Filled, ...], sent: Mapping[int, Standing], now: Mapping[int, Standing], today: date
) -> Merged:
    """What filled `rows` change; sent and now are {key: as it went out, as it stands if it is the unit's}."""
    changes: list[Change] = []
    faults: list[Fault] = []
    unchanged = 0
    seen: dict[int, Filled] = {}
    for row in rows:
        if row.key in seen and not row.empty:
            twin = seen[row.key]
            where = f"第 {twin.line} 行" if twin.sheet == row.sheet else f"“{twin.sheet}”第 {twin.line} 行"
            faults.append(_fault(row, "序号", f"与{where}是同一项任务。请只保留一行，删去重复的。"))
            continue
        seen.setdefault(row.key, row)
        found = _one(row, sent.get(row.key), now.get(row.key), today)
        if isinstance(found, Fault):
            faults.append(found)
        elif found is None:
            unchanged += 1
        else:
            changes.append(found)
    return Merged(tuple(changes), tuple(faults), unchanged)


def _one(row: Filled, sent: Standing | None, now: Standing | None, today: date) -> Change | Fault | None:
    if row.empty:
        return None
    if now is None:
        return _fault(row, "序号", "这一项任务已不在本单位名下，或不在这份要点里。请删去这一行。")
    if sent is not None and _same(row, sent):
        return None
    fault = _wrong(row, today)
    if fault:
        return fault
    state = "declared" if row.state == DONE else "open"
    if _holds(Standing(state, row.claimed, row.statement, row.done_on), now):
        return None
    # 未开展 with a reason is progress of nothing.
    claimed = row.claimed if row.state == DONE or row.claimed is not None else Decimal(0)
    change = Change(row, "declare" if row.state == DONE else "progress", claimed, row.statement)
    if now.state not in OPEN:
        if sent is not None and now.state == sent.state:
            word = STATE_WORDS.get(now.state, now.state)
            return _fault(row, "完成情况", f"这一项现在是“{word}”，不能再填报。请删去填写的内容。")
        return replace(change, clash=now)
    touched = now != sent if sent is not None else now != Standing(now.state)
    return replace(change, clash=now) if touched else change


def _wrong(row: Filled, today: date) -> Fault | None:
    if not row.state:
        return _fault(row, "完成情况", f"没有选。请从{'、'.join(STATES)}中选一个。")
    if row.done_on and row.state != DONE:
        return _fault(row, "完成日期", f"完成情况是“{row.state}”，不应有完成日期。请核对。")
    if row.done_on and row.done_on > today:
        return _fault(row, "完成日期", f"{row.done_on} 晚于今天（{today}）。请核对。")
    if row.claimed is not None and row.claimed < 0:
        return _fault(row, "完成数", "不能小于 0。请核对。")
    if row.state == DONE and not row.statement:
        return _fault(row, "佐证说明", "申报完成要写明怎么完成的、佐证在哪里。")
    if row.state == DOING and row.claimed is None:
        return _fault(row, "完成数", "正在办理的，请填已完成的数；还没有数的填 0。")
    if row.state == NOT_BEGUN and row.claimed:
        return _fault(row, "完成情况", f"选了“未开展”，却填了完成数 {row.claimed:f}。请核对。")
    return None


def _same(row: Filled, sent: Standing) -> bool:
    """The row came back as it went out."""
    state = {"declared": DONE, "met": DONE}.get(sent.state, DOING if sent.claimed is not None else "")
    mine = (row.claimed, row.statement, row.done_on)
    return row.state in (state, "") and mine == (sent.claimed, sent.statement, sent.done_on)


def _holds(mine: Standing, now: Standing) -> bool:
    """What the row says stands there already; 未开展 says nothing."""
    if mine.state == "declared":
        said = (mine.claimed, mine.statement, mine.done_on)
        return now.state in ("declared", "met") and said == (now.claimed, now.statement, now.done_on)
    return (mine.claimed or None, mine.statement) == (now.claimed or None, now.statement)


def _fault(row: Filled, column: str, reason: str) -> Fault:
    return Fault(row.sheet, row.line, column, reason)
