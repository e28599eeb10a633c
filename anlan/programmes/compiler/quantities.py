"""Figures of a clause: how much, compared how, how often, by when, how long after."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from anlan.programmes.compiler import vocabulary
from anlan.programmes.compiler.document import Number
from anlan.programmes.compiler.numerals import NUMBER, number

_MEASURE = vocabulary.one_of("kinds.measure_words")
_AT_LEAST = vocabulary.one_of("kinds.at_least")
_AT_MOST = vocabulary.one_of("kinds.at_most")
_MORE = vocabulary.one_of("kinds.more_than")
_LEAD_IN = rf"(?P<before>{_AT_LEAST}|{_AT_MOST}|{_MORE})?(?:完成|达到|开展|组织|为|约|在|至|到)?"
_QUANTITY = re.compile(
    rf"{_LEAD_IN}(?P<percent>百分之)?(?P<number>两位数|{NUMBER})(?P<scale>[万亿余多]*)"
    rf"(?P<unit>%|{_MEASURE}|两位数)?(?:/[年月日人次]{{1,2}})?(?P<after>(?:及其?|或)?以上|以下|以内|之内|左右)?"
)
_PERIODS: tuple[tuple[str, str], ...] = (
    (r"每(?:个)?半年|至少半年|半年(?=至少|不少于|组织|开展|召开|一次|1次|1?次)", "half_year"),
    (r"每(?:两|2|二)个?月|双月", "two_months"),
    (r"每(?:个)?季度?|按季度?(?=[\u4e00-\u9fff])", "quarter"),
    (r"每(?:个)?月|逐月|按月", "month"),
    (r"每(?:个)?(?:周|星期)|按周", "week"),
    (r"每(?:日|天)", "day"),
    (r"每(?:一)?年度?|一年(?=至少|不少于|[一二两三四\d]次)", "year"),
)
_PERIOD = [(re.compile(pattern + r"(?!来|度双|限)"), period) for pattern, period in _PERIODS]
_COUNTED = re.compile(
    rf"(?P<least>至少|不少于|不低于)?(?:[\u4e00-\u9fff]{{0,10}}?)(?P<least2>至少|不少于|不低于)?(?P<number>{NUMBER})(?P<unit>{_MEASURE})(?P<after>以上)?"
)
_NO_TIMES = ("天", "道", "口", "条", "路", "个月", "小时", "分钟")
_DELAY = re.compile(
    rf"(?P<full>满)(?P<number>{NUMBER})(?P<unit>个月|月|年|天|日)"
    rf"|(?P<within>{NUMBER})(?P<unit2>个?工作日|个月|日|天|小时|分钟)(?:之)?内"
    rf"|(?:后|之日起|起)(?P<after>{NUMBER})(?P<unit3>个?工作日|个月|日|天|小时)(?=[，。；]|完成|报|上|提)"
)


_AT_LEAST_BEFORE = re.compile(r"(?:至少|不少于|不低于)[^，、。；]{0,12}$")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure at `[start, end)` of a clause."""

    start: int
    end: int
    value: Number
    unit: str | None
    comparator: str


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often: the least count per period."""

    period: str | None
    value: Number | None
    unit: str | None
    comparator: str | None


def quantities(masked: str) -> list[Quantity]:
    """Every figure of a clause with a measure word, a percentage, or 两位数."""
    out: list[Quantity] = []
    for found in _QUANTITY.finditer(masked):
        value = 10 if found["number"] == "两位数" else number(found["number"])
        unit = "%" if found["percent"] else found["unit"]
        bare = unit is None and found["number"] != "两位数" and not _is_rate(found)
        if value is None or bare or _is_date(masked, found):
            continue
        scale = found["scale"].strip("余多")
        unit = "%" if found["number"] == "两位数" else f"{scale}{unit or ''}"
        comparator = _comparator(found)
        if comparator == "=" and _AT_LEAST_BEFORE.search(masked, max(0, found.start() - 14), found.start()):
            comparator = ">="
        out.append(Quantity(found.start("number"), found.end(), value, unit, comparator))
    return _shared_bounds(masked, out)


def _shared_bounds(masked: str, found: list[Quantity]) -> list[Quantity]:
    """`下降8%和5%以上`: the bound holds for both figures."""
    out = list(found)
    for i in range(len(out) - 2, -1, -1):
        first, second = out[i], out[i + 1]
        if (
            first.comparator == "="
            and first.unit == second.unit
            and masked[first.end : second.start] in "和、及"
        ):
            out[i] = replace(first, comparator=second.comparator)
    return out


def _is_rate(found: re.Match[str]) -> bool:
    """A bound without a measure word: 亿元生产总值死亡率控制在0.012以内."""
    return "." in found["number"] and bool(found["before"] or found["after"])


def _is_date(masked: str, found: re.Match[str]) -> bool:
    """An ordinal, or a number inside a Latin name or a decimal."""
    left = masked[found.start("number") - 1 : found.start("number")]
    return left in ("第", ".", "＋", "+") or (left.isascii() and left.isalnum())


def _comparator(found: re.Match[str]) -> str:
    before, after = found["before"] or "", found["after"] or ""
    if re.fullmatch(_MORE, before):
        return ">"
    if after.endswith("以上") or re.fullmatch(_AT_LEAST, before):
        return ">="
    if after in ("以下", "以内", "之内") or re.fullmatch(_AT_MOST, before):
        return "<="
    return "="


def cadence(masked: str) -> Cadence | None:
    """The rhythm a clause states, or None. 每季度至少公布3个案例 → 3, 个, >=, quarter."""
    for pattern, period in _PERIOD:
        found = pattern.search(masked)
        if not found:
            continue
        rest = masked[found.end() : found.end() + 60]
        least = (
            found.group().startswith("至少") or masked[max(0, found.start() - 2) : found.start()] == "至少"
        )
        counted = _COUNTED.search(rest)
        if counted and "、每" not in rest[: counted.start()] and not rest[: counted.start()].endswith("第"):
            more = (
                least
                or counted["least"]
                or counted["least2"]
                or counted["after"]
                or re.search("至少|不少于|不低于", rest[: counted.end()])
            )
            value = number(counted["number"])
            if value is not None and counted["unit"] not in (
                "天",
                "道",
                "口",
                "条",
                "路",
                "个月",
                "小时",
                "分钟",
            ):
                return Cadence(period, value, counted["unit"], ">=" if more else "=")
        return Cadence(period, 1, "次", ">=" if least else "=")
    return None


def delay(masked: str) -> Quantity | None:
    """A time after an event: 结案满10个月 (>=), 10个工作日内 (<=)."""
    found = _DELAY.search(masked)
    if not found:
        return None
    text = found["number"] or found["within"] or found["after"]
    value = number(text)
    if value is None:
        return None
    unit = (found["unit"] or found["unit2"] or found["unit3"]).removeprefix("个")
    return Quantity(found.start(), found.end(), value, unit, ">=" if found["full"] else "<=")
