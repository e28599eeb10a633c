"""Sentences and clauses: where one duty ends and the next begins.

A sentence is cut at its commas. A clause that only says how, when or why (以…为抓手, 针对…, 按照…) goes with
the clause after it; a clause that says what for (确保…, 提升…) goes with the one before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from anlan.programmes.compiler import vocabulary
from anlan.programmes.compiler.numerals import NUMBER

_QUOTED = re.compile(r"“[^“”\n]{0,300}”|《[^《》\n]{0,120}》")
_BRACKETED = re.compile(r"（[^（）\n]{0,300}）")
MASK = "囗"
"""Stands for a character inside quotation marks or brackets, where no rule looks for marks."""

_SENTENCE = re.compile(r"[^。！？；\n]+[。！？；\n]*")
_COMMA = re.compile(r"[，]")
_ADVERB = "(?:" + vocabulary.one_of("clauses.adverbs") + "|、)"
DATED = re.compile(
    r"(?:(?:到|在)?(?:20\d\d年|今年|本年度)?"
    r"(?:\d{1,2}月份?|第?[一二三四1-4]季度|[上下]半年|全年)?(?:年?底|末|初|[上中下]旬|\d{1,2}日)?"
    r"(?:之?前|内|以前)?(?:计划|力争|确保)?)?"
)
"""A date in front of a clause: 6月底前, 2022年计划."""

_SUBJECT = r"(?:[^，。]{0,40}?(?:要|应当|应|必须|须|需要|负责))?"
VERBAL = re.compile(rf"^{DATED.pattern}{_SUBJECT}{_ADVERB}*{vocabulary.one_of('clauses.verbs')}")
_ADJUNCT_START = re.compile("^(?:此外、|同时、)?" + vocabulary.one_of("clauses.adjunct_starts"))
_ADJUNCT_END = re.compile(vocabulary.one_of("clauses.adjunct_ends") + "$")
_CONTINUES = re.compile("^" + vocabulary.one_of("clauses.continuations"))
_OUTCOME = re.compile(rf"^{_ADVERB}*{vocabulary.one_of('clauses.outcomes')}")
_INNER_VERB = re.compile(vocabulary.one_of("clauses.inner_verbs"))
_RESULT = re.compile(f"(?:{vocabulary.one_of('clauses.resultatives')})(?=[，。；]|$)")
_MEANS = re.compile(r"^以[^，]{2,120}?为(?:重点|抓手|契机|主线|目标|基础|载体|单位|核心|依托)")
_NOUN_END = re.compile("(?:事故|企业|单位|方面|问题|情况|时|的)$")
_COVERS = re.compile(vocabulary.one_of("kinds.coverage_marks"))
_FIGURE = re.compile(
    rf"百分之{NUMBER}|{NUMBER}[万亿余多]*(?:%|{vocabulary.one_of('kinds.measure_words')})"
    r"|杜绝|根绝|“零|零(?:发生|事故|死亡|增长|伤亡)|(?:控制在|不超过|不高于|不低于|不少于)[^，]{0,6}\d"
    rf"|{_COVERS.pattern}"
)
_RHYTHM = re.compile(r"每(?:天|日|周|月|季度?|半年|年)(?![，、内])")
_ENUMERATOR = re.compile(
    r"(?:（[囗一二三四五六七八九十\d]{1,3}）|[①-⑳]|\d{1,2}[.、）]|[一二三四五六七八九十]是|第[一二三四五六]，)(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """`[start, end)` of a text between two commas; `role` is main, adjunct, outcome or more."""

    start: int
    end: int
    role: str


@dataclass(frozen=True, slots=True)
class Group:
    """One duty: the clauses that belong together. The main clause is `[main_start, main_end)`."""

    start: int
    end: int
    main_start: int
    main_end: int
    binds: bool


@dataclass(frozen=True, slots=True)
class SentenceRange:
    """A sentence `[start, end)`, closing mark included, and its duties."""

    start: int
    end: int
    groups: tuple[Group, ...]


def mask(text: str) -> str:
    """The text with everything inside quotation marks and brackets made `MASK`; the marks themselves stay."""

    def cover(found: re.Match[str]) -> str:
        return found.group()[0] + MASK * (len(found.group()) - 2) + found.group()[-1]

    return _QUOTED.sub(cover, _BRACKETED.sub(cover, _BRACKETED.sub(cover, text)))


def sentences(text: str, masked: str) -> Iterator[SentenceRange]:
    """The sentences of a text, each with its duties."""
    for found in _SENTENCE.finditer(masked):
        start, end = found.span()
        stop = end
        while stop > start and masked[stop - 1] in "。！？；\n":
            stop -= 1
        yield SentenceRange(start, end, tuple(_groups(text, masked, start, stop)))


def _groups(text: str, masked: str, start: int, stop: int) -> list[Group]:
    groups: list[Group] = []
    waiting: int | None = None
    clauses = _clauses(text, masked, start, stop)
    for i, clause in enumerate(clauses):
        last = i == len(clauses) - 1
        role = clause.role
        if role in ("outcome", "more") and groups and waiting is None:
            groups[-1] = replace(groups[-1], end=clause.end)
        elif role in ("adjunct", "more") and not last:
            waiting = clause.start if waiting is None else waiting
        else:
            begin = clause.start if waiting is None else waiting
            binds = role in ("main", "outcome") or bool(
                _INNER_VERB.search(masked, begin, clause.end) or _RESULT.search(masked, begin, clause.end)
            )
            groups.append(Group(begin, clause.end, clause.start, clause.end, binds))
            waiting = None
    return groups


def _clauses(text: str, masked: str, start: int, stop: int) -> list[Clause]:
    cuts = [m.start() for m in _COMMA.finditer(masked, start, stop)]
    bounds = [start - 1, *cuts, stop]
    out: list[Clause] = []
    for left, right in pairwise(bounds):
        a = left + 1
        while a < right and text[a].isspace():
            a += 1
        enumerated = _ENUMERATOR.match(masked, a, right) if left == start - 1 else None
        a = enumerated.end() if enumerated else a
        if a < right:
            out.append(Clause(a, right, _role(text[a:right], masked[a:right])))
    return out


def _role(text: str, masked: str) -> str:
    if _ADJUNCT_END.search(masked) and not _FIGURE.search(masked):
        return "adjunct"
    if _OUTCOME.match(masked):
        return "main" if _FIGURE.search(text) else "outcome"
    if _CONTINUES.match(masked):
        return "main" if _FIGURE.search(text) else "more"
    if _ADJUNCT_START.match(masked):
        figured = (_FIGURE.search(text) or _RHYTHM.search(masked)) and not _NOUN_END.search(masked)
        return "main" if _acts(masked) or _COVERS.search(text) or figured else "adjunct"
    if VERBAL.match(masked) or _FIGURE.search(text) or _INNER_VERB.search(masked):
        return "main"
    return "more"


def _acts(masked: str) -> bool:
    """Does a clause that begins with 对、以、在… say what is done? 对重点单位开展“全覆盖”执法检查 does."""
    means = _MEANS.match(masked)
    if means:
        return bool(VERBAL.match(masked[means.end() :]))
    if masked[0] in "对在把将从向":
        return bool(_INNER_VERB.search(masked, 2)) and not _NOUN_END.search(masked)
    return False
