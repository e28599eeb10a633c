"""The title of an entry: a heading line, or a short first sentence with more text behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from anlan.programmes.compiler.mapped import Mapped

_SENTENCE_END = re.compile(r"[。！\n]")
_COLON = re.compile(r"：")
_CLAUSE_END = re.compile(r"[，。；：\n]")
_LONGEST_TITLE = 48
_LONGEST_BEFORE_COLON = 24
_SHORTEST_STAND_IN = 12
_LONGEST_STAND_IN = 60


@dataclass(frozen=True, slots=True)
class Titled:
    """A title and the rest; `own` is False where the title stands in for a missing one and is body too."""

    title: Mapped
    body: Mapped
    own: bool
    line: bool = False
    """The title stands on a line of its own."""


def split_title(text: Mapped, heads: bool = False) -> Titled:
    """Cut the title off the text of an entry. heads: other entries stand below, one sentence is a title."""
    text = text.stripped()
    end = _SENTENCE_END.search(text.text)
    colon = _COLON.search(text.text, 0, _LONGEST_BEFORE_COLON)
    if (
        colon
        and (not end or colon.start() < end.start())
        and not _CLAUSE_END.search(text.text, 0, colon.start())
    ):
        return _cut(text, colon.start(), colon.end())
    if end is None:
        if len(text) <= _LONGEST_TITLE and text.text.count("，") <= 1:
            return Titled(text.stripped(), text.cut(len(text), len(text)), True)
        return _stand_in(text)
    rest = text.text[end.end() :].strip()
    heading = text.text[: end.start()]
    if heads and not rest and len(heading) <= _LONGEST_TITLE and "；" not in heading:
        return _cut(text, end.start(), len(text))
    if rest and len(heading) <= _LONGEST_TITLE and heading.count("，") <= 2 and "；" not in heading:
        return replace(_cut(text, end.start(), end.end()), line=end.group() == "\n")
    return _stand_in(text)


def _cut(text: Mapped, end: int, begin: int) -> Titled:
    return Titled(text.cut(0, end).stripped(), text.cut(begin, len(text)), True)


def _stand_in(text: Mapped) -> Titled:
    """The first clauses, up to a dozen characters or a little more."""
    for found in _CLAUSE_END.finditer(text.text):
        if found.start() >= _SHORTEST_STAND_IN:
            return Titled(text.cut(0, min(found.start(), _LONGEST_STAND_IN)), text, False)
    end = min(len(text.text.rstrip("。；，：\n ")), _LONGEST_STAND_IN)
    return Titled(text.cut(0, end), text, False)
