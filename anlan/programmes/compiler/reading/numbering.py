"""The numbers Word generates: 一、（一）1.（1）, from numbering.xml and the styles."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from docx.document import Document
from docx.oxml.ns import qn
from lxml import etree

_DIGITS = "〇一二三四五六七八九"
_DEEPEST = 9


@dataclass(frozen=True, slots=True)
class _Level:
    format: str
    text: str
    start: int


@dataclass(slots=True)
class Numbering:
    """Counts the numbered paragraphs of one document in order."""

    levels: dict[tuple[str, int], _Level] = field(default_factory=dict)
    abstract: dict[str, str] = field(default_factory=dict)
    overrides: dict[tuple[str, int], int] = field(default_factory=dict)
    styles: dict[str, tuple[str, int]] = field(default_factory=dict)
    counts: dict[str, list[int | None]] = field(default_factory=dict)
    seen: set[tuple[str, int]] = field(default_factory=set)

    @classmethod
    def of(cls, document: Document) -> Numbering:
        """The numbering of a document; empty where it has none."""
        made = cls()
        root = next(
            (
                part.blob
                for part in document.part.package.iter_parts()
                if str(part.partname) == "/word/numbering.xml"
            ),
            None,
        )
        if root is not None:
            made._read(etree.fromstring(root))
        for style in document.styles.element.iter(qn("w:style")):
            found = _reference(style.find(qn("w:pPr")))
            if found and found[0]:
                made.styles[style.get(qn("w:styleId"))] = found
        return made

    def _read(self, root: Any) -> None:
        for abstract in root.iter(qn("w:abstractNum")):
            key = abstract.get(qn("w:abstractNumId"))
            for level in abstract.iter(qn("w:lvl")):
                depth = int(level.get(qn("w:ilvl"), "0"))
                self.levels[key, depth] = _Level(
                    _value(level, "w:numFmt", "decimal"),
                    _value(level, "w:lvlText", ""),
                    int(_value(level, "w:start", "1")),
                )
        for number in root.iter(qn("w:num")):
            key = number.get(qn("w:numId"))
            self.abstract[key] = _value(number, "w:abstractNumId", "")
            for override in number.iter(qn("w:lvlOverride")):
                start = override.find(qn("w:startOverride"))
                if start is not None:
                    self.overrides[key, int(override.get(qn("w:ilvl"), "0"))] = int(
                        start.get(qn("w:val"), "1")
                    )

    def label(self, paragraph: Any) -> str:
        """The number in front of a paragraph, or an empty string. Ask once a paragraph, in order."""
        found = self._of(paragraph)
        if found is None:
            return ""
        number, depth = found
        abstract = self.abstract.get(number, "")
        level = self.levels.get((abstract, depth))
        if level is None or level.format in ("bullet", "none"):
            return ""
        counts = self.counts.setdefault(abstract, [None] * _DEEPEST)
        self._count(counts, number, abstract, depth, level)
        return re.sub(r"%([1-9])", lambda m: self._shown(abstract, int(m[1]) - 1, counts), level.text)

    def _count(self, counts: list[int | None], number: str, abstract: str, depth: int, level: _Level) -> None:
        override = self.overrides.get((number, depth))
        current = counts[depth]
        if override is not None and (number, depth) not in self.seen:
            counts[depth] = override
        else:
            counts[depth] = level.start if current is None else current + 1
        self.seen.add((number, depth))
        for above in range(depth):
            if counts[above] is None:
                counts[above] = self.levels[abstract, above].start if (abstract, above) in self.levels else 1
        for below in range(depth + 1, _DEEPEST):
            counts[below] = None

    def _shown(self, abstract: str, depth: int, counts: list[int | None]) -> str:
        level = self.levels.get((abstract, depth))
        return formatted(counts[depth] or 1, level.format if level else "decimal")

    def _of(self, paragraph: Any) -> tuple[str, int] | None:
        """The list and depth of a paragraph, from itself or its style."""
        properties = paragraph.find(qn("w:pPr"))
        own = _reference(properties)
        style = None
        if properties is not None and properties.find(qn("w:pStyle")) is not None:
            style = self.styles.get(properties.find(qn("w:pStyle")).get(qn("w:val")))
        if own is None:
            return style
        number, depth = own
        if number == "0":
            return None
        return (number, depth) if number else (style[0], depth) if style else None


def _reference(properties: Any) -> tuple[str, int] | None:
    reference = properties.find(qn("w:numPr")) if properties is not None else None
    if reference is None:
        return None
    return _value(reference, "w:numId", ""), int(_value(reference, "w:ilvl", "0"))


def _value(parent: Any, name: str, default: str) -> str:
    node = parent.find(qn(name))
    return str(node.get(qn("w:val"), default)) if node is not None else default


def formatted(value: int, style: str) -> str:
    """A number in one of Word's formats; an unknown format gives Arabic digits."""
    if style in (
        "chineseCounting",
        "chineseCountingThousand",
        "ideographDigital",
        "japaneseCounting",
        "taiwaneseCountingThousand",
    ):
        return _chinese(value)
    if style in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese") and value <= 20:
        return chr(ord("①") + value - 1)
    if style in ("upperLetter", "lowerLetter") and value <= 26:
        return chr((ord("A") if style == "upperLetter" else ord("a")) + value - 1)
    return str(value)


def _chinese(value: int) -> str:
    if value < 10:
        return _DIGITS[value]
    if value < 100:
        tens, ones = divmod(value, 10)
        return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")
    return str(value)
