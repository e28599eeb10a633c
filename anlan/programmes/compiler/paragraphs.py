"""Second stage: lines become paragraphs again.

A line break is kept where a new paragraph can be told (a marker that fits the sequence, a label, a line of
the imprint, the end of a sentence) and dropped where it cuts a sentence or a word.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from anlan.programmes.compiler import vocabulary
from anlan.programmes.compiler.dates import full_date
from anlan.programmes.compiler.document import Finding
from anlan.programmes.compiler.entries import Piece, ends_paragraph, split_entries
from anlan.programmes.compiler.mapped import Mapped, join
from anlan.programmes.compiler.numbering import Marker, marker_at
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
_SIGNED = re.compile(
    r"^(?!.*[向由和的与每对将各])[\u4e00-\u9fff]{2,30}" + vocabulary.one_of("head.issuer_ends") + "$"
)
_TITLE_END = re.compile(
    vocabulary.one_of("head.plan_words", "head.notice_words")
    + r"(?:（[^（）]{1,14}(?:（20\d\d）\d{1,4}号)?）)?$"
)
_CONTACT = re.compile(r"(?:联系人|联系电话|电话|传真|邮箱|手机|联系方式)[^。]{0,60}$")
_CLAUSE = re.compile(r"[，；：]")
_LONGEST_QUOTATION = 200
_LONGEST_CLAUSE = 600
_RAGGED = 3
_LONG_LINE = 36
_LONGEST_TITLE = 48
_LONGEST_HEADING = 70
_FLAT_LINE = 1500
"""A document whose lines are mostly longer than this has lost its line breaks."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, with marker and level where it opens a numbered entry; `row`: it is a table's row."""

    body: Mapped
    marker: Marker | None = None
    level: int | None = None
    row: bool = False

    @property
    def text(self) -> str:
        return self.body.text


def paragraphs(lines: tuple[Line, ...]) -> tuple[tuple[Paragraph, ...], tuple[Finding, ...]]:
    """The paragraphs of a document in order, and findings about gaps in the numbering."""
    pieces, findings = split_entries(lines)
    width = _wrap_width(lines)
    habits = _Habits(width, _uniform(lines, width), _titled_inline(pieces), _wrapped(lines))
    out: list[Paragraph] = []
    group: list[Piece] = []
    running = False
    for piece in pieces:
        running = running or piece.inside or bool(_OPENING.match(piece.body.text))
        if group and _hard_break(group, piece, habits, running):
            out.append(_paragraph(group))
            group = []
        group.append(piece)
    if group:
        out.append(_paragraph(group))
    return tuple(out), tuple(findings)


def _paragraph(group: list[Piece]) -> Paragraph:
    first = group[0]
    return Paragraph(join(piece.body for piece in group), first.marker, first.level, first.row)


@dataclass(frozen=True, slots=True)
class _Habits:
    """How this document breaks its lines: at which length, and which markers have their title in the text."""

    width: int
    uniform: bool
    titled_inline: frozenset[str]
    wrapped: bool


def _titled_inline(pieces: list[Piece]) -> frozenset[str]:
    """Styles of markers whose title is a first sentence (1.标题。正文) and no line of its own."""
    votes: Counter[str] = Counter()
    sure: Counter[str] = Counter()
    for piece, following in zip(pieces, [*pieces[1:], None], strict=True):
        if piece.marker is None:
            continue
        text = piece.body.text[piece.marker.length :]
        ahead = text + (following.body.text if following and following.level is None else "")
        stop = ahead.find("。")
        inline = 0 < stop <= _LONGEST_TITLE and not _CLAUSE.search(ahead, 0, stop)
        sure[piece.marker.style] += inline and stop < len(text)
        if inline or not _SENTENCE.search(text):
            votes[piece.marker.style] += 1 if inline else -1
    # At least one title must stand whole on its line, or the lines are headings with short sentences below.
    return frozenset(style for style, vote in votes.items() if vote > 0 and sure[style])


def _uniform(lines: tuple[Line, ...], width: int) -> bool:
    """Are nearly all lines that stop inside a sentence of one length, as a page or a scan has them?"""
    cut = [len(line.text) for line in lines if _PROSE.search(line.text) and not ends_paragraph(line.text)]
    return len(cut) > 5 and sum(abs(length - width) <= _RAGGED for length in cut) > 0.7 * len(cut)


def _wrapped(lines: tuple[Line, ...]) -> bool:
    """Were the lines wrapped at some width, so that most of them stop inside a sentence?"""
    cut = sum(1 for line in lines if not ends_paragraph(line.text) and marker_at(line.text) is None)
    return cut * 2 > len(lines)


def _wrap_width(lines: tuple[Line, ...]) -> int:
    """The length at which lines were wrapped: what the lines that stop inside a sentence have in common."""
    cut = sorted(
        len(line.text) for line in lines if _PROSE.search(line.text) and not ends_paragraph(line.text)
    )
    return cut[len(cut) // 2] if cut else 10_000


def _hard_break(group: list[Piece], piece: Piece, habits: _Habits, running: bool) -> bool:
    """Does a paragraph end before `piece`? `running`: running text has begun, the head is over."""
    previous = _end_of(group)
    if piece.level is not None or piece.row or group[-1].row or piece.indented:
        return True
    if piece.body.text[0] in "、，。；：）”》":
        return False
    if _dated(piece.body.text) or (not running and _ends_block(group[-1].body.text)):
        return True
    if _LABEL.match(piece.body.text) or _IMPRINT.match(piece.body.text) or _OPENING.match(piece.body.text):
        return True
    if ends_paragraph(previous, notes=not (habits.wrapped and running)):
        return not _inside_quotation(group, piece)
    if group[0].level is not None and not any(_SENTENCE.search(part.body.text) for part in group):
        return _heading_ends(group, piece, habits)
    if habits.wrapped and running:
        return _stands_alone(group[-1].body.text) or _stands_alone(piece.body.text)
    return not any(_is_prose(part.body.text) for part in group)


def _end_of(group: list[Piece]) -> str:
    """The last lines of a group as one text, enough to hold a duty clause that wrapping has cut."""
    out = ""
    for part in reversed(group):
        out = part.body.text + out
        if len(out) > _LONGEST_CLAUSE:
            break
    return out


def _inside_quotation(group: list[Piece], piece: Piece) -> bool:
    """Does the line break stand between “ and ”? A quoted sentence may end at it."""
    before = "".join(part.body.text for part in group[-8:])[-_LONGEST_QUOTATION:]
    closing, opening = piece.body.text.find("”"), piece.body.text.find("“")
    return before.rfind("“") > before.rfind("”") and (opening < 0 or 0 <= closing < opening)


def _dated(line: str) -> bool:
    return len(line) <= 12 and line.endswith("日") and full_date(line) is not None


def _ends_block(line: str) -> bool:
    """Is the line, in the notice, a date, a title, or how to reach the author? None of them runs on."""
    return (
        _dated(line)
        or line.startswith(("附件：", "附："))
        or bool(_CONTACT.search(line))
        or bool(_TITLE_END.search(line) and "。" not in line)
    )


def _stands_alone(line: str) -> bool:
    """Is the line a signature or a date?"""
    return bool(_SIGNED.search(line)) or (len(line) <= 12 and full_date(line) is not None)


def _is_prose(line: str) -> bool:
    """Is the line part of running text (and no line that stands alone, like a title, a name or a date)?"""
    long = len(line) >= _LONG_LINE and not _TITLE_END.search(line)
    return bool(_PROSE.search(line) or _OPEN_END.search(line)) or long


def _heading_ends(group: list[Piece], piece: Piece, habits: _Habits) -> bool:
    """A heading goes on where it is left open, or where the next line is no sentence either."""
    previous = group[-1].body.text
    marker = group[0].marker
    if marker is not None and marker.style in habits.titled_inline:
        return False
    if _OPEN_END.search(previous) or len(previous) >= max(habits.width - 2, 12):
        return False
    if habits.uniform and len(previous) < habits.width - _RAGGED:
        return True
    so_far = sum(len(part.body) for part in group)
    return bool(_SENTENCE.search(piece.body.text)) or so_far + len(piece.body) > _LONGEST_HEADING
