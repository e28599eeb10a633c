"""Documents laid out as tables: one item a row.

Readers give a row as one line with cells separated by tabs. A table pasted with one cell a line is folded
into such rows first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from anlan.programmes.compiler import vocabulary
from anlan.programmes.compiler.mapped import Mapped, join
from anlan.programmes.compiler.paragraphs import Paragraph
from anlan.programmes.compiler.repair import Line

_LABELS: dict[str, str] = vocabulary.table("labels")
_COLUMNS: dict[str, list[str]] = vocabulary.table("columns")
_NUMBER = re.compile(r"^(\d{1,3})[.、]?$")
_GROUP_NUMBER = re.compile(r"^（?[一二三四五六七八九十]{1,3}[）、.]?$")
_GROUP_START = re.compile(r"^（?[一二三四五六七八九十]{1,3}[）、.]")
_LONGEST_HEADING = 40
_MOST_COLUMNS = 9
_LOOK_AHEAD = 3000


@dataclass(frozen=True, slots=True)
class Row:
    """A data row: its number, the cells by column kind, duty cells with their role, the whole row."""

    no: str | None
    section: Mapped | None
    title: Mapped | None
    text: Mapped
    duties: tuple[tuple[str, Mapped], ...]
    whole: Mapped


def column_kind(heading: str) -> str | None:
    """What a column holds: no, section, text, title, note, or the role of its units; None for no heading."""
    plain = re.sub(r"[\s：:（）()]", "", heading)
    if plain in _LABELS:
        return _LABELS[plain]
    for kind, names in _COLUMNS.items():
        if plain in names:
            return kind
    for label, role in _LABELS.items():
        if plain.startswith(label) and len(plain) <= len(label) + 6:
            return role
    return None


def cells(body: Mapped) -> list[Mapped]:
    """The cells of a row."""
    out: list[Mapped] = []
    start = 0
    for at, mark in enumerate(body.text):
        if mark == "\t":
            out.append(body.cut(start, at).stripped())
            start = at + 1
    out.append(body.cut(start, len(body)).stripped())
    return out


def read_rows(rows: list[Paragraph]) -> list[Row]:
    """The data rows of a table; empty cells of merged columns take the value above."""
    out: list[Row] = []
    kinds: list[str | None] = []
    above: dict[int, Mapped] = {}
    section: Mapped | None = None
    for row in rows:
        parts = cells(row.body)
        headings = [column_kind(part.text) for part in parts]
        if sum(kind is not None for kind in headings) >= 2:
            kinds, above = _settled(headings), {}
            continue
        kinds = kinds or _guessed(parts)
        heading = _group_heading(parts, len(kinds))
        if heading is not None:
            section, above = heading, {}
            continue
        parts = [_filled(i, part, kinds, above) for i, part in enumerate(parts)]
        made = _row(parts, kinds, row.body)
        if made is not None and made.section is None and section is not None:
            made = replace(made, section=section)
        if made is not None:
            out.append(made)
    return out


def _group_heading(parts: list[Mapped], width: int) -> Mapped | None:
    """A row that only names the group of the rows below: 一 | 强化责任落实 | | , or one cell alone."""
    filled = [part for part in parts if part.text]
    if width < 3 or not 1 <= len(filled) <= 2 or len(filled[-1]) > _LONGEST_HEADING:
        return None
    if len(filled) == 2 and not _GROUP_NUMBER.match(filled[0].text):
        return None
    return filled[-1] if len(filled) == 2 or _GROUP_START.match(filled[0].text) else None


def _settled(headings: list[str | None]) -> list[str | None]:
    """A table has one text column: of several the last; without one the title column is it."""
    for i in [i for i, kind in enumerate(headings) if kind == "text"][:-1]:
        headings[i] = "section" if "section" not in headings else "title"
    if "text" not in headings and "title" not in headings and "section" not in headings and None in headings:
        headings[headings.index(None)] = "text"
    if "text" not in headings:
        for stand_in in ("title", "section"):
            if stand_in in headings:
                headings[len(headings) - 1 - headings[::-1].index(stand_in)] = "text"
                break
    return headings


def _guessed(parts: list[Mapped]) -> list[str | None]:
    """Columns of a table without headings: a number; the longest cell is the text; units behind it."""
    longest = max(range(len(parts)), key=lambda i: len(parts[i]))
    kinds: list[str | None] = ["responsible" if i > longest else None for i in range(len(parts))]
    if longest > 0 and _NUMBER.match(parts[0].text):
        kinds[0] = "no"
    kinds[longest] = "text"
    return kinds


def _filled(i: int, part: Mapped, kinds: list[str | None], above: dict[int, Mapped]) -> Mapped:
    kind = kinds[i] if i < len(kinds) else None
    if kind in ("no", "text", "note", None):
        return part
    if not part.text or part.text in ("同上", "〃"):
        return above.get(i, part)
    above[i] = part
    return part


def _row(parts: list[Mapped], kinds: list[str | None], whole: Mapped) -> Row | None:
    by: dict[str, Mapped] = {}
    duties: list[tuple[str, Mapped]] = []
    for kind, part in zip(kinds, parts, strict=False):
        if kind is None or kind == "note" or not part.text:
            continue
        if kind in ("no", "section", "title", "text"):
            by.setdefault(kind, part)
        else:
            duties.append((kind, part))
    text = by.get("text") or by.get("title")
    if text is None:
        return None
    number = _NUMBER.match(by["no"].text) if "no" in by else None
    title = by.get("title") if by.get("title") is not text else None
    return Row(number[1] if number else None, by.get("section"), title, text, tuple(duties), whole)


def fold_cells(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Fold a table pasted with one cell a line into rows.

    It is known by its headings on lines of their own (序号, …) and by the row numbers that follow.
    """
    start = next((i for i, line in enumerate(lines) if line.text == "序号"), None)
    if start is None:
        return lines
    width = 0
    while width < _MOST_COLUMNS and start + width < len(lines) and column_kind(lines[start + width].text):
        width += 1
    if width < 3:
        return lines
    out = [*lines[:start], _joined(lines[start : start + width])]
    at, expected = start + width, 1
    while at < len(lines) and lines[at].text == str(expected):
        end = _row_end(lines, at, expected, width)
        out.append(_row_of(lines[at:end], width))
        at, expected = end, expected + 1
    return (*out, *lines[at:]) if expected > 1 else lines


def _row_end(lines: tuple[Line, ...], at: int, expected: int, width: int) -> int:
    following = str(expected + 1)
    for i in range(at + 1, min(len(lines), at + _LOOK_AHEAD)):
        if lines[i].text == following:
            return i
    return min(len(lines), at + width)


def _row_of(lines: tuple[Line, ...], width: int) -> Line:
    """Surplus lines belong to the text cell, the second; a missing last cell stays empty."""
    surplus = len(lines) - width
    if surplus <= 0:
        return _joined(lines)
    text = Line(join(line.body for line in lines[1 : 2 + surplus]), False)
    return _joined((lines[0], text, *lines[2 + surplus :]))


def _joined(lines: tuple[Line, ...]) -> Line:
    parts: list[Mapped] = []
    for line in lines:
        if parts:
            parts.append(Mapped("\t", [parts[-1].origin[-1]]))
        parts.append(line.body)
    return Line(join(parts), False)
