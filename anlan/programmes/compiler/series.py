"""Several duties in one clause: figures in a row, 并 before a duty of its own, and what a clause leaves out.

新建消火栓80个、消防站2座            two quotas
制定整治方案，并开展专项行动         a regulation and a campaign
主要负责人每年检查不少于4次，分管负责人不少于12次    the second keeps the rhythm of the first
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from anlan.programmes.compiler import vocabulary
from anlan.programmes.compiler.clauses import VERBAL, Group
from anlan.programmes.compiler.document import Obligation
from anlan.programmes.compiler.kinds import Kind
from anlan.programmes.compiler.quantities import Quantity, quantities

_ALSO = re.compile(
    rf"，?(?:并|同时)(?={vocabulary.one_of('clauses.adverbs')}*{vocabulary.one_of('clauses.verbs')})"
)
_SEPARATOR = re.compile(r"[、和]")
_ZERO = re.compile(vocabulary.one_of("kinds.zero_words"))
_LEAST = re.compile("至少|不少于|不低于|以上")
_TIMES = ("次", "轮", "场", "场次", "期")
_MAKES = re.compile(r"(?:建设|新建|建成|建立|打造|创建|培育|评选|命名|新增|组建|配备|选树)$")
_SHORTEST = 6


@dataclass(frozen=True, slots=True)
class Part:
    """A part `[start, end)` of a clause that states a duty of its own, with its kind."""

    start: int
    end: int
    kind: Kind


def split_also(masked: str, group: Group, kind_at: Callable[[int, int], Kind]) -> Iterator[Group]:
    """The duties of a group: cut where 并 opens one with a mark of its own (a plain one stays)."""
    start, main_start = group.start, group.main_start
    for found in _ALSO.finditer(masked, group.main_start + _SHORTEST, group.end):
        stop = masked.find("，", found.end(), group.end)
        stop = group.end if stop < 0 else stop
        if found.start() - main_start < _SHORTEST or stop - found.end() < _SHORTEST:
            continue
        if kind_at(found.end(), stop).kind == "standing":
            continue
        begin = found.start() + masked[found.start()].count("，")
        yield Group(start, found.start(), main_start, min(group.main_end, found.start()), group.binds)
        start, main_start = begin, found.end()
    end = group.main_end if main_start == group.main_start else masked.find("，", main_start, group.end)
    yield Group(start, group.end, main_start, group.end if end < 0 else end, group.binds)


def split_figures(kind: Kind, masked: str) -> list[Part]:
    """The parts of a clause with several figures; [] where it is one duty."""
    if kind.kind == "target" and kind.value == 0:
        return _zeros(kind, masked)
    if kind.kind not in ("quota", "cadence", "limit", "target"):
        return []
    figures = [q for q in quantities(masked) if q.unit and q.unit not in ("天", "小时", "年")]
    if len(figures) < 2 or figures[0].value != kind.value:
        return []
    cuts: list[int] = []
    for left, right in pairwise(figures):
        between = [m.start() for m in _SEPARATOR.finditer(masked, left.end, right.start)]
        if len(between) != 1 or "，" in masked[left.end : right.start]:
            return []
        cuts.append(between[0])
    if not _in_a_row(figures, cuts, masked) or "分别" in masked:
        return []
    if _LEAST.search(masked, 0, figures[0].start) and "、" not in masked[: figures[0].start]:
        figures = [replace(q, comparator=">=") if q.comparator == "=" else q for q in figures]
    bounds = [0, *(at + 1 for at in cuts), len(masked) + 1]
    return [
        Part(a, b - 1, _with(kind, q, masked[a : b - 1]))
        for a, b, q in zip(bounds, bounds[1:], figures, strict=False)
    ]


def _in_a_row(figures: list[Quantity], cuts: list[int], masked: str) -> bool:
    """Every figure closes its part (消火栓80个、…), opens it (建设1个仓库、2个场所), or has its verb."""
    closing = all(q.end == at for q, at in zip(figures, cuts, strict=False))
    opening = bool(_MAKES.search(masked[: figures[0].start])) and all(
        at + 1 == q.start for q, at in zip(figures[1:], cuts, strict=False)
    )
    acting = all(VERBAL.match(masked[at + 1 :]) for at in cuts)
    return closing or opening or acting


def _with(kind: Kind, figure: Quantity, part: str) -> Kind:
    if kind.kind == "cadence":
        least = figure.comparator == ">=" or kind.comparator == ">=" or bool(_LEAST.search(part))
        return replace(kind, value=figure.value, unit=figure.unit, comparator=">=" if least else "=")
    return replace(kind, value=figure.value, unit=figure.unit, comparator=figure.comparator)


def _zeros(kind: Kind, masked: str) -> list[Part]:
    cuts = [m.start() for m in re.finditer("、", masked)]
    bounds = [0, *(at + 1 for at in cuts), len(masked) + 1]
    parts = [Part(a, b - 1, kind) for a, b in pairwise(bounds)]
    whole = all(_ZERO.search(masked[p.start : p.end]) and "事故" in masked[p.start : p.end] for p in parts)
    return parts if len(parts) > 1 and whole else []


def completed(kind: Kind, main: str, before: Obligation | None) -> Kind:
    """A clause without verb that goes on with the figures of the one before it in the sentence."""
    if before is None or VERBAL.match(main):
        return kind
    figure = next((q for q in quantities(main) if q.end == len(main) and q.unit), None)
    if figure is None:
        return kind
    if before.kind == "cadence" and before.period and kind.kind == "quota" and figure.unit in _TIMES:
        return Kind("cadence", (), figure.value, figure.unit, figure.comparator, before.period)
    if before.kind == "quota" and kind.kind == "standing":
        return Kind("quota", (), figure.value, figure.unit, figure.comparator)
    return kind
