"""Second stage: lines become paragraphs again.

A line break is kept where a new paragraph can be told (a marker that fits the sequence, a label, a closing line
of the imprint, the end of a sentence) and dropped where it cuts a sentence or a word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from anlan.programmes.compiler import vocabulary
from anlan.programmes.compiler.document import Finding
from anlan.programmes.compiler.mapped import Mapped, join
from anlan.programmes.compiler.numbering import BARE_INLINE, INLINE, Marker, Numberer, marker_at
from anlan.programmes.compiler.repair import Line

_ENDINGS = ("。", "！", "？", "；", "：")
_DUTY_SIGN = re.compile(vocabulary.one_of("duty_signs"))
_SENTENCE = re.compile(r"[。；！？]")
_PROSE = re.compile(r"[，。；：]")
_OPEN_END = re.compile(r"[，、的和与及在对将以把]$|[（《“][^）》”]*$")
_LABEL = re.compile(r"^（?" + vocabulary.one_of("labels") + "[：:]")
_IMPRINT = re.compile(r"^（?" + vocabulary.one_of("imprint.line_starts"))
_OPENING = re.compile(
    r"^(?:总体要求|工作目标|总体目标|指导思想|主要目标|目标任务|总体思路|工作思路|年度目标|附件)[：:]"
)
_SHORT_LINE = 40
_LONGEST_HEADING = 70
_FLAT_LINE = 1500
"""A document whose lines are mostly longer than this has lost its line breaks."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph with its marker and level where it opens a numbered entry; `row` where it is a table's row."""

    body: Mapped
    marker: Marker | None = None
    level: int | None = None
    row: bool = False

    @property
    def text(self) -> str:
        return self.body.text


@dataclass(frozen=True, slots=True)
class _Piece:
    """A line, or the part of a line from an inline marker on."""

    body: Mapped
    marker: Marker | None
    level: int | None
    indented: bool

    @property
    def row(self) -> bool:
        return "\t" in self.body.text


def paragraphs(lines: tuple[Line, ...]) -> tuple[tuple[Paragraph, ...], tuple[Finding, ...]]:
    """The paragraphs of a document in order, and findings about gaps in the numbering."""
    pieces, findings = _pieces(lines)
    width = _wrap_width(lines)
    out: list[Paragraph] = []
    group: list[_Piece] = []
    for piece in pieces:
        if group and _hard_break(group, piece, width):
            out.append(_paragraph(group))
            group = []
        group.append(piece)
    if group:
        out.append(_paragraph(group))
    return tuple(out), tuple(findings)


def ends_paragraph(line: str) -> bool:
    """Does the line end like a paragraph: a sentence, a note in brackets, or a duty clause in brackets?"""
    if line.endswith(_ENDINGS) or (line.endswith("”") and line[-2:-1] in _ENDINGS):
        return True
    if not line.endswith("）"):
        return False
    opening = opening_bracket(line, len(line) - 1)
    if opening is None:
        return False
    return opening == 0 or bool(_DUTY_SIGN.search(line, opening))


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


def _paragraph(group: list[_Piece]) -> Paragraph:
    first = group[0]
    return Paragraph(join(piece.body for piece in group), first.marker, first.level, first.row)


def _pieces(lines: tuple[Line, ...]) -> tuple[list[_Piece], list[Finding]]:
    """Lines, cut where an entry begins inside a line, with the markers that fit the sequence."""
    splitter = _Splitter(_is_flat(lines))
    for line in lines:
        splitter.line(line)
    return splitter.pieces, splitter.findings


class _Splitter:
    """Offers every possible marker of a line to the numberer and cuts the line where one is taken."""

    def __init__(self, flat: bool) -> None:
        self.flat = flat
        self.numberer = Numberer()
        self.pieces: list[_Piece] = []
        self.findings: list[Finding] = []
        self.before = ""

    def line(self, line: Line) -> None:
        if "\t" in line.text:
            self.pieces.append(_Piece(line.body, None, None, True))
            self.before = ""
            return
        start, marker, level = 0, None, None
        for at in self._candidates(line.text):
            found = marker_at(line.text, at)
            if found is None or found.length == len(line.text) - at:
                continue
            taken = self._take(
                line, at, found, heading=level is not None and not _SENTENCE.search(line.text, start, at)
            )
            if taken is None:
                continue
            if at > start:
                self.pieces.append(
                    _Piece(line.body.cut(start, at), marker, level, line.indented and start == 0)
                )
            start, marker, level = at, found, taken
        self.pieces.append(
            _Piece(line.body.cut(start, len(line.text)), marker, level, line.indented and start == 0)
        )
        self.before = line.text

    def _candidates(self, text: str) -> list[int]:
        inside = {m.start() for m in INLINE.finditer(text)} | {m.start() for m in BARE_INLINE.finditer(text)}
        return sorted(inside | {0})

    def _take(self, line: Line, at: int, found: Marker, heading: bool) -> int | None:
        if at == 0:
            clean = not self.before or bool(ends_paragraph(self.before)) or len(self.before) < _SHORT_LINE
            place = self.numberer.take(found, clean=clean)
        else:
            bare = line.text[at - 1] not in "。；）！？"
            if bare and not (heading or self.flat):
                return None
            place = self.numberer.take(found, inline=not (heading or self.flat))
        if place is None:
            return None
        if place.gap:
            where = line.body.span(at, at + found.length)
            self.findings.append(
                Finding("numbering_gap", where, f"编号“{found.label}”之前缺少一个编号，请核对原件")
            )
        return place.level


def _is_flat(lines: tuple[Line, ...]) -> bool:
    total = sum(len(line.text) for line in lines)
    return bool(lines) and total / len(lines) > _FLAT_LINE


def _wrap_width(lines: tuple[Line, ...]) -> int:
    """The length at which lines were wrapped: what the lines that stop inside a sentence have in common."""
    cut = sorted(
        len(line.text) for line in lines if _PROSE.search(line.text) and not ends_paragraph(line.text)
    )
    return cut[len(cut) // 2] if cut else 10_000


def _hard_break(group: list[_Piece], piece: _Piece, width: int) -> bool:
    """Does a paragraph end before `piece`?"""
    previous = group[-1].body.text
    if piece.level is not None or piece.row or group[-1].row or piece.indented:
        return True
    if _LABEL.match(piece.body.text) or _IMPRINT.match(piece.body.text) or _OPENING.match(piece.body.text):
        return True
    if ends_paragraph(previous):
        return True
    if group[0].level is not None and not any(_SENTENCE.search(part.body.text) for part in group):
        return _heading_ends(group, piece, width)
    return not any(_PROSE.search(part.body.text) for part in group)


def _heading_ends(group: list[_Piece], piece: _Piece, width: int) -> bool:
    """A heading goes on where it is left open, or where the next line is no sentence either."""
    previous = group[-1].body.text
    if _OPEN_END.search(previous) or len(previous) >= max(width - 2, 12):
        return False
    so_far = sum(len(part.body) for part in group)
    return bool(_SENTENCE.search(piece.body.text)) or so_far + len(piece.body) > _LONGEST_HEADING
