"""What a reviewer does to one item under review: a body in, a new body out, or a named error.

A body is the compiled item (`anlan.compiled/1`) with, added by the review:

- of the item: `section_title`, and `next`, the number of the next obligation;
- of an obligation: `id` (a number as text, never given twice in an item), `state` (open, accepted,
  dismissed), `who`, `note`, `proposed` (measure keys found by vocabulary), `measure` (the confirmed one),
  `ruling`;
- of a role: `state` (open, resolved, waived), `units` (ids), `group` (key), `candidates` ({unit, name,
  standing, reason}), `decisions` and `problems` in words, `who`, `note`.

Nothing here changes its argument. Spans are characters of the source text, `[start, end)`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

Body = dict[str, Any]

KINDS = {
    "cadence": "频次类", "deadline": "期限类", "quota": "数量类", "coverage": "全覆盖类", "limit": "限值类",
    "delay": "延迟触发类", "build": "建设类", "regulation": "制度类", "campaign": "行动类",
    "standing": "常态类", "target": "目标类",
}  # fmt: skip
PERIODS = {
    "day": "每日", "week": "每周", "month": "每月", "two_months": "每两个月", "quarter": "每季度",
    "half_year": "每半年", "year": "每年",
}  # fmt: skip
ROLES = {
    "lead": "牵头",
    "supporting": "配合",
    "joint": "分工负责",
    "overseeing": "督促",
    "implementing": "落实",
}
COMPARATORS = {">=": "不少于", ">": "多于", "=": "等于", "<": "少于", "<=": "不多于"}
STATES = {"open": "待确认", "accepted": "已确认", "dismissed": "不作为任务"}
FIELDS = {
    "kind": "类别", "value": "数", "unit": "计量单位", "comparator": "比较", "period": "周期", "by": "期限",
    "scope": "对象",
}  # fmt: skip
RULINGS = {"cadence": "按周期办理", "deadline": "按期限办理", "standing": "常态办理，随半年和年度报告说明"}
_BREAKS = re.compile(r"[\r\n\f]+[ \t　]*|\*{2}")
_EDGE = " \t\r\n　，、；。;,"
_SHORTEST = 2


class ReviewError(ValueError):
    """An act that cannot be done; the message says why and what to do."""


class NoSuchPart(ReviewError):
    """The obligation or role is not in this item (any more)."""


class BadValue(ReviewError):
    """A value that the field does not take."""


class BadCut(ReviewError):
    """A place where nothing can be cut, or a range that cannot become an obligation."""


class NothingBefore(ReviewError):
    """The first obligation of an item cannot be merged into the one before."""


def obligation(body: Body, number: str) -> Mapping[str, Any]:
    """The obligation of that number; raises NoSuchPart."""
    return body["obligations"][_at(body, number)]  # type: ignore[no-any-return]


def quote(text: str, span: Sequence[int]) -> str:
    """The source's words of a span as a person would copy them: no line breaks, no stray marks."""
    return _BREAKS.sub("", text[span[0] : span[1]]).strip(_EDGE)


def accept(body: Body, number: str, who: str) -> Body:
    """Take an obligation as it stands."""
    return _with(body, number, state="accepted", who=who)


def accept_all(body: Body, who: str) -> Body:
    """Take all that is still open."""
    new = deepcopy(body)
    for one in new["obligations"]:
        if one["state"] == "open":
            one.update(state="accepted", who=who)
    return new


def dismiss(body: Body, number: str, why: str, who: str) -> Body:
    """The words bind nobody: the obligation is kept with the reason and never published."""
    if not why.strip():
        raise BadValue("不作为任务要写明理由，例如“背景说明”。")
    return _with(body, number, state="dismissed", who=who, note=why.strip()[:200])


def reopen(body: Body, number: str) -> Body:
    """Back to what is to be confirmed."""
    return _with(body, number, state="open", who="", note="")


def rekind(body: Body, number: str, kind: str, who: str) -> Body:
    """Give another kind, which also confirms it."""
    return edit(body, number, {"kind": kind}, who)


def edit(body: Body, number: str, changes: Mapping[str, Any], who: str) -> Body:
    """Change fields of `FIELDS`; texts are read as a person types them. Confirms the obligation.

    Raises BadValue: a word not in its list, a number or date that is none, a cadence without period.
    """
    unknown = [name for name in changes if name not in FIELDS]
    if unknown:
        raise BadValue(f"没有“{unknown[0]}”这一栏。")
    read = {name: _READERS[name](value) for name, value in changes.items()}
    new = _with(body, number, **read, state="accepted", who=who)
    _consistent(obligation(new, number))
    return new


def _consistent(one: Mapping[str, Any]) -> None:
    if one["kind"] == "cadence" and not (one["period"] or (one["ruling"] or {}).get("period")):
        raise BadValue("频次类要有周期。请选每月、每季度等；原文没有写的，先作裁定。")
    if one["kind"] in ("quota", "limit") and one["value"] is None:
        raise BadValue(f"{KINDS[one['kind']]}要有数。原文没有数的，请改为常态类或建设类。")
    if one["kind"] == "deadline" and not (one["by"] or (one["ruling"] or {}).get("by")):
        raise BadValue("期限类要有期限。原文没有写的，先作裁定。")


def _choice(name: str, known: Mapping[str, str]) -> Callable[[Any], str | None]:
    def read(value: Any) -> str | None:
        found = str(value or "").strip()
        if found and found not in known:
            raise BadValue(f"{FIELDS[name]}“{found}”不在可选项里。请从列表中选。")
        return found or None

    return read


def _kind(value: Any) -> str:
    found = _choice("kind", KINDS)(value)
    if found is None:
        raise BadValue("请选一个类别。")
    return found


def _number(value: Any) -> int | float | None:
    found = str(value if value is not None else "").strip().replace(",", "").replace("，", "")
    if not found:
        return None
    try:
        number = Decimal(found)
    except InvalidOperation:
        raise BadValue(f"“{found}”不是数。请只填数，单位写在旁边一栏。") from None
    if not number.is_finite() or abs(number) >= Decimal(10) ** 12:
        raise BadValue(f"“{found}”超出范围。请核对。")
    return int(number) if number == number.to_integral_value() else float(number)


def _date(value: Any) -> str | None:
    found = str(value or "").strip()
    if not found:
        return None
    try:
        return date.fromisoformat(found).isoformat()
    except ValueError:
        raise BadValue(f"“{found}”不是日期。请写成 2023-06-30 的样子。") from None


def _words(most: int) -> Callable[[Any], str | None]:
    return lambda value: str(value or "").strip()[:most] or None


_READERS: dict[str, Callable[[Any], Any]] = {
    "kind": _kind,
    "value": _number,
    "unit": _words(20),
    "comparator": _choice("comparator", COMPARATORS),
    "period": _choice("period", PERIODS),
    "by": _date,
    "scope": _words(300),
}


# Cutting and joining ------------------------------------------------------------------------------------


def split(body: Body, number: str, at: int, text: str) -> Body:
    """Cut an obligation in two at the character `at` of the source; both are to be confirmed anew.

    The number stays with the half that writes it. Raises BadCut outside the obligation or beside its edge.
    """
    new = deepcopy(body)
    place = _at(new, number)
    old = new["obligations"][place]
    start, end = old["span"]
    if not start < at < end:
        raise BadCut("光标不在这项任务的文字里。请把光标放到要拆开的地方。")
    first, second = _trim(text, start, at), _trim(text, at, end)
    if min(len(quote(text, first)), len(quote(text, second))) < _SHORTEST:
        raise BadCut("拆开后有一半没有文字。请把光标放到两句之间。")
    one = {**old, "span": list(first), "quote": quote(text, first), "state": "open", "who": ""}
    other = {**_fresh(new, text, second, "standing"), "kind": old["kind"]}
    held = [name for name in ("value", "unit", "comparator", "period", "by") if old[name] is not None]
    if held and _writes(other["quote"], old) and not _writes(one["quote"], old):
        for name in held:
            other[name], one[name] = old[name], None
        one["kind"] = "standing"
    elif held:
        other["kind"] = "standing"
    new["obligations"][place : place + 1] = [one, other]
    return new


def merge(body: Body, number: str, text: str) -> Body:
    """Join an obligation to the one before it, which keeps its kind and takes the facts it lacks."""
    new = deepcopy(body)
    place = _at(new, number)
    if place == 0:
        raise NothingBefore("这是本条的第一项，前面没有可以并入的。")
    before, gone = new["obligations"][place - 1], new["obligations"].pop(place)
    span = [min(before["span"][0], gone["span"][0]), max(before["span"][1], gone["span"][1])]
    facts = {name: gone[name] for name in ("value", "unit", "comparator", "period", "by", "scope")
             if before[name] is None}  # fmt: skip
    if before["kind"] == "standing":
        facts["kind"] = gone["kind"]
    named = list(dict.fromkeys([*before["named"], *gone["named"]]))
    ruling = before["ruling"] or gone["ruling"]
    before.update(
        span=span, quote=quote(text, span), named=named, ruling=ruling, state="open", who="", **facts
    )
    return new


def add(body: Body, start: int, end: int, kind: str, text: str, who: str) -> Body:
    """Make an obligation of words that were read as binding nobody. Raises BadCut where others overlap."""
    new = deepcopy(body)
    span = _trim(text, start, end)
    if not (body["span"][0] <= span[0] < span[1] <= body["span"][1]) or len(quote(text, span)) < _SHORTEST:
        raise BadCut("选中的文字不在本条里。请在左边本条原文中选。")
    if any(one["span"][0] < span[1] and span[0] < one["span"][1] for one in new["obligations"]):
        raise BadCut("选中的文字已有一部分属于别的任务。请先拆开，或只选灰字。")
    new["obligations"].append({**_fresh(new, text, span, _kind(kind)), "state": "accepted", "who": who})
    new["obligations"].sort(key=lambda one: one["span"][0])
    return new


def _fresh(body: Body, text: str, span: tuple[int, int], kind: str) -> Body:
    """A new obligation with the next number of the item."""
    number = body["next"]
    body["next"] = number + 1
    return {
        "id": str(number), "kind": kind, "also": [], "quote": quote(text, span), "span": list(span),
        "value": None, "unit": None, "comparator": None, "period": None, "by": None, "scope": None,
        "named": [], "state": "open", "who": "", "note": "", "proposed": [], "measure": "", "ruling": None,
    }  # fmt: skip


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE:
        end -= 1
    return start, end


def _writes(words: str, one: Mapping[str, Any]) -> bool:
    return bool(re.search(r"[\d一二两三四五六七八九十百]", words)) and (
        one["unit"] is None or one["unit"] in words or one["unit"] == "次"
    )


# Rulings and measures -----------------------------------------------------------------------------------


def rule(body: Body, number: str, ruling: Mapping[str, Any], who: str, day: str) -> Body:
    """Record what the office decides a vague word to mean: which way, why, who, when (`day` YYYY-MM-DD).

    `ruling` has `word`, `decision` (of RULINGS), `reason`, and `period` with `value` (the least count in
    each), or `by`.
    """
    decision = str(ruling.get("decision") or "")
    if decision not in RULINGS:
        raise BadValue("请选裁定：按周期办理、按期限办理，或常态办理。")
    reason = str(ruling.get("reason") or "").strip()
    if not reason:
        raise BadValue("裁定要写明理由，例如“参照去年做法”。")
    period, value, by = None, None, None
    if decision == "cadence":
        period = _choice("period", PERIODS)(ruling.get("period"))
        value = _number(ruling.get("value")) or 1
        if period is None:
            raise BadValue("按周期办理要选周期。")
    if decision == "deadline":
        by = _date(ruling.get("by"))
        if by is None:
            raise BadValue("按期限办理要写期限。")
    kept = {
        "word": str(ruling.get("word") or "")[:40], "decision": decision, "period": period, "value": value,
        "by": by, "reason": reason[:200], "who": who, "on": day,
    }  # fmt: skip
    return _with(body, number, ruling=kept, state="accepted", who=who)


def ruling_words(ruling: Mapping[str, Any]) -> str:
    """A ruling in one line: 定期 → 每季度不少于 1 次（参照去年做法）."""
    how = RULINGS[ruling["decision"]]
    if ruling["decision"] == "cadence":
        how = f"{PERIODS[ruling['period']]}不少于 {ruling['value']} 次"
    elif ruling["decision"] == "deadline":
        how = f"{ruling['by']} 前完成"
    word = f"“{ruling['word']}”裁定为" if ruling["word"] else "裁定为"
    return f"{word}{how}（{ruling['reason']}）"


def bind(body: Body, number: str, measure: str, known: Sequence[str], who: str) -> Body:
    """Confirm by which measure the obligation is judged; empty: the unit declares.

    `known` are the keys of the registry.
    """
    if measure and measure not in known:
        raise BadValue("没有这个指标。请从列表中选。")
    return _with(body, number, measure=measure, state="accepted", who=who)


def in_force(one: Mapping[str, Any]) -> dict[str, Any]:
    """Kind, period, value and date that hold once it is published: the document's own, or the ruling's."""
    found = {name: one[name] for name in ("kind", "period", "value", "by", "unit", "comparator")}
    ruling = one["ruling"]
    if not ruling or ruling["decision"] == "standing":
        return found
    if ruling["decision"] == "deadline":
        return {**found, "by": ruling["by"], "kind": "deadline" if one["kind"] == "standing" else one["kind"]}
    return {**found, "kind": "cadence", "period": ruling["period"], "value": ruling["value"], "unit": "次",
            "comparator": ">="}  # fmt: skip


def _at(body: Body, number: str) -> int:
    for place, one in enumerate(body["obligations"]):
        if one["id"] == number:
            return place
    raise NoSuchPart("本条没有这项任务，可能刚被并入前一项。请刷新后再看。")


def _with(body: Body, number: str, **changes: Any) -> Body:
    new = deepcopy(body)
    new["obligations"][_at(new, number)].update(changes)
    return new
