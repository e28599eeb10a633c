"""The light of an occurrence on a day, and the fact behind it in words. Pure.

The nightly judging says the same in SQL (`actions/run_judging.py`); a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

BOUNDS = frozenset({"limit", "target"})
PACED = frozenset({"quota", "build", "coverage"})
OPEN = frozenset({"open", "declared", "returned"})
RANK = {"r": 3, "y": 2, "g": 1, "o": 0}


@dataclass(frozen=True, slots=True)
class Case:
    """One occurrence as it stands: dates `[starts_on, ends_on)`, due through `due_on`."""

    kind: str
    starts_on: date
    ends_on: date
    due_on: date
    warn_on: date
    state: str = "open"
    need: Decimal | None = None
    value: Decimal | None = None
    claimed: Decimal | None = None
    comparator: str = ""
    unit: str = ""
    proof: str = ""
    declared_on: date | None = None
    met_on: date | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Light (g in time, y near or behind, r overdue, o not yet due), its reason, and the state after it."""

    light: str
    reason: str
    state: str


def judge(case: Case, day: date) -> Verdict:
    """What `case` is worth on `day`.

    1. cancelled and missed stay as they are;
    2. a measured figure that is reached meets the occurrence; one that falls again opens it;
    3. met: green, with the days it came too late;
    4. declared, not yet decided: yellow, red if declared too late or against the measured figure;
    5. a bound: green while it is kept, yellow when broken, red when broken for good;
    6. overdue: red; near: yellow; behind the pace of its year: yellow; else green or hollow.
    """
    match case.state:
        case "cancelled":
            return Verdict("o", "已取消", "cancelled")
        case "missed":
            return Verdict("r", "未完成" + _amount(case), "missed")
    state = _state(case, day)
    if state == "met":
        met_on = case.met_on or min(day, case.due_on)
        return Verdict("g", _done(case, met_on), state)
    if state == "declared":
        return _declared(case, state)
    if case.kind in BOUNDS and case.value is not None and day >= case.starts_on:
        return _bound(case, day, state)
    if day > case.due_on:
        return Verdict("r", f"逾期 {(day - case.due_on).days} 天{_amount(case)}", state)
    if day >= case.warn_on:
        left = (case.due_on - day).days
        return Verdict("y", (f"剩 {left} 天" if left else "今天到期") + _amount(case), state)
    if case.kind in PACED and case.need and day >= case.starts_on:
        return _paced(case, day, state)
    return Verdict("o", "未到期" + _amount(case), state)


def reached(case: Case) -> bool:
    """Whether the figure satisfies the need. 15 of “= 15” is reached by 16 too: a quota counts upwards."""
    if case.need is None or case.value is None:
        return False
    if case.kind in BOUNDS and case.comparator == "=":
        return case.value == case.need
    return {
        "<": case.value < case.need,
        "<=": case.value <= case.need,
        ">": case.value > case.need,
    }.get(case.comparator, case.value >= case.need)


def expected(case: Case, day: date) -> Decimal:
    """How much of the need should be done by the end of `day`: in proportion, whole ones; percent to 0.1."""
    assert case.need is not None
    length = (case.ends_on - case.starts_on).days
    gone = min((day - case.starts_on).days + 1, length)
    if case.kind == "coverage":
        return (case.need * gone * 10) // length / 10
    return (case.need * gone) // length


def worst(lights: Iterable[str]) -> str:
    """The light of a cell: red before yellow before green; hollow where nothing is due yet."""
    return max(lights, key=RANK.__getitem__, default="o")


def plain(number: Decimal) -> str:
    """3, 71.34: at most two decimals, cut and not rounded, so that 99.996 never reads 100."""
    cut = number.quantize(Decimal("0.01"), rounding=ROUND_DOWN) if number.as_tuple().exponent < -2 else number  # type: ignore[operator]
    return f"{cut.normalize():f}"


def _state(case: Case, day: date) -> str:
    if case.proof not in ("measured", "contradicted"):
        return case.state
    held = day > case.due_on if case.kind in BOUNDS else True
    if reached(case) and held:
        return "met"
    return "open" if case.state == "met" and case.proof == "measured" else case.state


def _done(case: Case, met_on: date) -> str:
    late = (met_on - case.due_on).days
    return (f"逾期 {late} 天完成" if late > 0 else "按期完成") + _amount(case)


def _declared(case: Case, state: str) -> Verdict:
    if case.proof == "contradicted":
        claimed = plain(case.claimed) if case.claimed is not None else "已完成"
        measured = plain(case.value) if case.value is not None else "无"
        return Verdict("r", f"自报 {claimed}，测得 {measured}，不符", state)
    late = (case.declared_on - case.due_on).days if case.declared_on else 0
    if late > 0:
        return Verdict("r", f"逾期 {late} 天申报，待审核", state)
    return Verdict("y", "已申报，待审核", state)


def _bound(case: Case, day: date, state: str) -> Verdict:
    assert case.value is not None
    now = f"{plain(case.value)} {case.unit}".strip()
    if case.need is None:
        return Verdict("o", f"现为 {now}", state)
    if reached(case):
        return Verdict("g", f"现为 {now}，达标", state)
    broken = day > case.due_on or case.kind == "target"
    return Verdict("r" if broken else "y", f"现为 {now}，要求 {case.comparator}{plain(case.need)}", state)


def _paced(case: Case, day: date, state: str) -> Verdict:
    if case.value is None:
        half = 2 * ((day - case.starts_on).days + 1) > (case.ends_on - case.starts_on).days
        return Verdict("y", "过半未报进度", state) if half else Verdict("o", "未到期", state)
    behind = expected(case, day) - case.value
    if behind > 0:
        unit = "点" if case.kind == "coverage" else case.unit
        return Verdict("y", f"落后 {plain(behind)} {unit}".strip() + _amount(case), state)
    return Verdict("g", "按进度" + _amount(case), state)


def _amount(case: Case) -> str:
    if case.value is None or case.need is None:
        return ""
    unit = "%" if case.kind == "coverage" else case.unit
    return f"，{plain(case.value)}/{plain(case.need)} {unit}".rstrip()
