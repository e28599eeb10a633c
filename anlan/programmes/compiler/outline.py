"""Third stage: paragraphs become a tree of numbered entries between a front and a tail (the imprint)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from anlan.programmes.compiler import vocabulary
from anlan.programmes.compiler.dates import full_date
from anlan.programmes.compiler.mapped import Mapped, join
from anlan.programmes.compiler.numbering import Marker
from anlan.programmes.compiler.paragraphs import Paragraph

_IMPRINT_LINE = re.compile(r"^（?" + vocabulary.one_of("imprint.line_starts"))
_IMPRINT_INSIDE = re.compile(
    r"(?<=[。）])（?(?:信息公开形式|信息公开选项|此件(?:主动|依申请|不予|不)?公开|抄报：|抄送：)"
)
_PRINTED = re.compile(r"印发$|^附件|^附：")
_PLAN_TITLE = re.compile(r"^[^，。；：]{4,40}" + vocabulary.one_of("head.plan_words") + "$")
_SIGNER = re.compile(r"^(?!附)[\u4e00-\u9fffA-Za-z×]{2,30}" + vocabulary.one_of("head.signer_ends") + "$")
_SIGNATURE = re.compile(
    r"^[\u4e00-\u9fff（）]{2,40}"
    + vocabulary.one_of("head.issuer_ends")
    + "$|^"
    + vocabulary.one_of("head.issuer_ends")
    + "$"
)


@dataclass(slots=True)
class Entry:
    """A numbered entry: its marker, its own paragraphs (the marker cut off the first), its children."""

    marker: Marker
    level: int
    head: Mapped
    paragraphs: list[Paragraph] = field(default_factory=list)
    children: list[Entry] = field(default_factory=list)

    @property
    def text(self) -> Mapped:
        """Its own text, paragraphs separated by line breaks; rows of tables left out."""
        return lines_of([p.body for p in self.paragraphs if not p.row])

    @property
    def rows(self) -> list[Paragraph]:
        return [p for p in self.paragraphs if p.row]

    def walk(self) -> Iterator[Entry]:
        """Itself and everything below, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Outline:
    """A document in three parts."""

    front: tuple[Paragraph, ...]
    entries: tuple[Entry, ...]
    tail: tuple[Paragraph, ...]


def lines_of(parts: list[Mapped]) -> Mapped:
    """Texts joined by line breaks (which stand at the end of the text before them)."""
    out: list[Mapped] = []
    for part in parts:
        if out and part.text:
            out.append(Mapped("\n", [out[-1].origin[-1] if out[-1].origin else part.origin[0]]))
        if part.text:
            out.append(part)
    return join(out)


def outline(paragraphs: tuple[Paragraph, ...]) -> Outline:
    """Front, entries and tail of a document."""
    first = next((i for i, p in enumerate(paragraphs) if p.level is not None), len(paragraphs))
    first = _after_notice(paragraphs, first)
    body, tail = _cut_tail(list(paragraphs[first:]))
    front = list(paragraphs[:first])
    if not body:
        front, tail = _cut_tail(front) if first == len(paragraphs) else (front, tail)
    return Outline(tuple(front), tuple(_tree(body)), tuple(tail))


def _after_notice(paragraphs: tuple[Paragraph, ...], first: int) -> int:
    """Where the plan begins, when the notice in front of it has a numbered list of its own."""
    for i in range(first + 1, len(paragraphs)):
        marker = paragraphs[i].marker
        if paragraphs[i].level == 1 and marker is not None and marker.value == 1:
            before = paragraphs[first + 1 : i][-4:]
            if any(p.level is None and _PLAN_TITLE.search(p.text) for p in before):
                return i
    return first


def _cut_tail(body: list[Paragraph]) -> tuple[list[Paragraph], list[Paragraph]]:
    """The imprint begins at the first closing line behind the last entry."""
    last = max((i for i, p in enumerate(body) if p.level is not None), default=-1)
    split = _split_inside(body[last:] if last >= 0 else body)
    body = (body[:last] if last >= 0 else []) + split
    start = last + 1 if last >= 0 else max(1, len(body) // 2)
    for i in range(start, len(body)):
        signed = i + 1 < len(body) and _SIGNER.match(body[i].text) and _is_day(body[i + 1].text)
        if (signed or _closes(body[i].text)) and (last >= 0 or not any(len(p.text) > 60 for p in body[i:])):
            return body[:i], body[i:]
    return body, []


def _split_inside(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """Cut the imprint off where its line break was lost."""
    out: list[Paragraph] = []
    for paragraph in paragraphs:
        found = None if paragraph.row else _IMPRINT_INSIDE.search(paragraph.text)
        if found:
            out.append(Paragraph(paragraph.body.cut(0, found.start()), paragraph.marker, paragraph.level))
            out.append(Paragraph(paragraph.body.cut(found.start(), len(paragraph.text))))
        else:
            out.append(paragraph)
    return out


def _closes(text: str) -> bool:
    """Is it a line of the imprint, a signature, a date alone, or a list of enclosures?"""
    if _IMPRINT_LINE.match(text) or _PRINTED.search(text):
        return True
    if _is_day(text):
        return True
    return len(text) <= 40 and bool(_SIGNATURE.match(text))


def _is_day(text: str) -> bool:
    return len(text) <= 12 and full_date(text) is not None


def _tree(body: list[Paragraph]) -> list[Entry]:
    roots: list[Entry] = []
    path: list[Entry] = []
    for paragraph in body:
        if paragraph.marker is None or paragraph.level is None:
            if path:
                path[-1].paragraphs.append(paragraph)
            continue
        own = paragraph.body.cut(paragraph.marker.length, len(paragraph.text))
        entry = Entry(paragraph.marker, paragraph.level, paragraph.body, [Paragraph(own)])
        del path[paragraph.level - 1 :]
        (path[-1].children if path else roots).append(entry)
        path.append(entry)
    return roots
