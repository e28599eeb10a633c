"""Where entries begin: lines, cut at the markers that fit the sequence, also where a line break was lost."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass

from anlan.programmes.compiler import vocabulary
from anlan.programmes.compiler.document import Finding
from anlan.programmes.compiler.mapped import Mapped, join
from anlan.programmes.compiler.numbering import BARE_INLINE, INLINE, Marker, Numberer, Place, marker_at
from anlan.programmes.compiler.repair import Line

_ENDINGS = ("。", "！", "？", "；", "：")
_DUTY_SIGN = re.compile(vocabulary.one_of("duty_signs"))
_SENTENCE = re.compile(r"[。；！？]")
_TITLE_END = re.compile(vocabulary.one_of("head.plan_words") + "$")
_HEADING_AHEAD = re.compile(
    r"[^。；！？]{4,70}?(?:(?<!\d)\d{1,2}[.、](?!\d)|（[一二三四五六七八九十]{1,3}）)"
)
"""Behind the marker of a section comes its heading, then the first entry."""
_LONGEST_NOTE = 10
_LONGEST_CLAUSE = 600
_FLAT_LINE = 1500
"""A document whose lines are mostly longer than this has lost its line breaks."""

_FEW_LINES, _FLAT_TEXT = 2, 300
"""So has a text of so many characters in so few lines."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A line, or the part of a line from an inline marker on."""

    body: Mapped
    marker: Marker | None
    level: int | None
    indented: bool
    inside: bool = False
    """Does it stand behind the first entry?"""

    @property
    def row(self) -> bool:
        return "\t" in self.body.text


def split_entries(lines: tuple[Line, ...]) -> tuple[list[Piece], list[Finding]]:
    """Lines, cut where an entry begins inside a line, with the markers that fit the sequence."""
    splitter = _Splitter(_is_flat(lines), _late_starts(lines))
    alone: Line | None = None
    for line in lines:
        if alone is not None:
            line = Line(join((alone.body, line.body)), alone.indented)
        # A marker alone on its line belongs to the line below.
        marker = marker_at(line.text)
        alone = line if marker is not None and marker.length == len(line.text) else None
        if alone is None:
            splitter.line(line)
    if alone is not None:
        splitter.line(alone)
    return splitter.pieces, splitter.findings


class _Splitter:
    """Offers every possible marker of a line to the numberer and cuts the line where one is taken."""

    def __init__(self, flat: bool, late: frozenset[str]) -> None:
        self.flat = flat
        self.late = late
        self.numberer = Numberer()
        self.pieces: list[Piece] = []
        self.findings: list[Finding] = []
        self.before = ""
        self.line_before = ""

    def line(self, line: Line) -> None:
        if "\t" in line.text:
            self._add(line.body, None, None, True)
            self.before = self.line_before = ""
            return
        start, marker, level = 0, None, None
        stops = [m.start() for m in _SENTENCE.finditer(line.text)]
        for at in self._candidates(line.text):
            found = marker_at(line.text, at)
            if found is None or found.length == len(line.text) - at:
                continue
            inside_heading = level is not None and bisect.bisect(stops, start) == bisect.bisect_left(
                stops, at
            )
            taken = self._take(line, at, found, heading=inside_heading)
            if taken is None:
                continue
            if at > start:
                self._add(line.body.cut(start, at), marker, level, line.indented and start == 0)
            start, marker, level = at, found, taken
        self._add(line.body.cut(start, len(line.text)), marker, level, line.indented and start == 0)
        self.before = (self.before + line.text)[-_LONGEST_CLAUSE:]
        self.line_before = line.text

    def _add(self, body: Mapped, marker: Marker | None, level: int | None, indented: bool) -> None:
        self.pieces.append(Piece(body, marker, level, indented, bool(self.numberer.stack)))

    def _candidates(self, text: str) -> list[int]:
        inside = {m.start() for m in INLINE.finditer(text)} | {m.start() for m in BARE_INLINE.finditer(text)}
        return sorted(inside | {0})

    def _take(self, line: Line, at: int, found: Marker, heading: bool) -> int | None:
        if at == 0:
            clean = self._clean()
            place = self.numberer.take(found, clean=clean)
        else:
            place = self._inside(line.text, at, found, heading)
        if place is None:
            return None
        if place.gap:
            where = line.body.span(at, at + found.length)
            self.findings.append(
                Finding("numbering_gap", where, f"编号“{found.label}”之前缺少一个编号，请核对原件")
            )
        return place.level

    def _clean(self) -> bool:
        """Does the text before the line end like a paragraph or a title?"""
        ended = ends_paragraph(self.before) or ends_paragraph(self.line_before)
        return not self.before or ended or bool(_TITLE_END.search(self.line_before))

    def _inside(self, text: str, at: int, found: Marker, heading: bool) -> Place | None:
        """The place of a marker inside a line: behind a heading, or behind the end of a sentence."""
        bare = text[at - 1] not in "。；）！？"
        if bare and not (heading or self.flat):
            return None
        if found.style == "han" and (bare or self.flat) and not _HEADING_AHEAD.match(text, at + found.length):
            return None
        first = found.value == 1 and found.style in self.late and not self.numberer.stack
        return self.numberer.take(found, inline=not (heading or self.flat or first))


def _late_starts(lines: tuple[Line, ...]) -> frozenset[str]:
    """Styles whose first line-opening marker is a two: their one has lost its line break."""
    first: dict[str, int] = {}
    for line in lines:
        marker = marker_at(line.text)
        if marker is not None and marker.value in (1, 2):
            first.setdefault(marker.style, marker.value)
    return frozenset(style for style, value in first.items() if value == 2)


def _is_flat(lines: tuple[Line, ...]) -> bool:
    total = sum(len(line.text) for line in lines)
    return bool(lines) and (
        total / len(lines) > _FLAT_LINE or (len(lines) <= _FEW_LINES and total > _FLAT_TEXT)
    )


def ends_paragraph(line: str, notes: bool = True) -> bool:
    """Does the line end like a paragraph: a sentence, a note in brackets, or a duty clause in brackets?

    notes: a short bracket alone on its line counts (not in running text, where wrapping may isolate one).
    """
    if line.endswith(_ENDINGS) or (line.endswith("”") and line[-2:-1] in _ENDINGS):
        return True
    if not line.endswith("）"):
        return False
    opening = opening_bracket(line, len(line) - 1)
    if opening is None:
        return False
    note = notes and opening == 0 and len(line) <= _LONGEST_NOTE
    return note or bool(_DUTY_SIGN.search(line, opening))


def opening_bracket(text: str, closing: int, reach: int = 600) -> int | None:
    """Where the bracket that closes at `closing` was opened, or None within `reach` characters."""
    depth = 0
    for at in range(closing, max(-1, closing - reach), -1):
        if text[at] == "）":
            depth += 1
        elif text[at] == "（":
            depth -= 1
            if depth == 0:
                return at
    return None
