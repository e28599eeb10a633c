"""Markers of sections and items (一、（一）1.（1）①…) and which of them really count.

A marker is believed for its place in a sequence, not for its looks: `八、九十年代` at the start of a line in
section four is prose, because four is followed by five.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from anlan.programmes.compiler.numerals import han

_HAN = "一二三四五六七八九十百"
_STYLES: tuple[tuple[str, str], ...] = (
    ("chapter", rf"第([{_HAN}]{{1,4}}|\d{{1,2}})(?:章|节|部分|条)[、:：]?"),
    ("han", rf"([{_HAN}]{{1,4}})[、.](?![{_HAN}\d])"),
    ("han_paren", rf"（([{_HAN}]{{1,4}})）[、.]?"),
    ("decimal", r"(\d{1,2}\.\d{1,2})(?![\d月])(?:[.、]|(?=[\u4e00-\u9fff]))(?!\d)"),
    ("digit", r"(\d{1,3})[.、。](?:(?!\d)|(?=\d{1,2}月|20\d\d年))"),
    ("digit_paren", r"（(\d{1,2})）[、.]?|(\d{1,2})）"),
    ("circle", r"([①-⑳])[、.]?"),
    ("bare", r"(\d{1,2})(?![年月日家个人次项页级类座处条部场起名号])(?=[\u4e00-\u9fff、，]{2,20}$)"),
)
_MARKERS = [(style, re.compile(pattern)) for style, pattern in _STYLES]

_MOST_LOST = {"digit": 4, "han_paren": 4, "bare": 0, "decimal": 3, "circle": 0}
"""How many numbers in a row may be missing (one, where nothing else is said) before a marker is no marker."""

INLINE = re.compile(
    rf"(?<=[。；）！？])(?:(?:[{_HAN}]{{1,3}}[、]|（[{_HAN}]{{1,3}}）|\d{{1,3}}[.、](?!\d)))(?=[\u4e00-\u9fff“《])"
)
"""Where a marker may hide inside a line whose line break was lost."""

BARE_INLINE = re.compile(
    rf"(?<=[\u4e00-\u9fff”》])(?:\d{{1,3}}[.](?!\d)|（[{_HAN}]{{1,3}}）|[{_HAN}]{{1,3}}、)(?=[\u4e00-\u9fff“《])"
)
"""The same behind a heading, which ends without punctuation."""


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker at the start of a text: its style, its place in the sequence, its length in characters."""

    style: str
    value: int
    label: str
    length: int


def marker_at(text: str, at: int = 0) -> Marker | None:
    """The marker that stands at `at`, or None."""
    for style, pattern in _MARKERS:
        found = pattern.match(text, at)
        if found:
            label = next(g for g in found.groups() if g)
            value = _value(style, label)
            if value is not None:
                return Marker(style, value, label, found.end() - at)
    return None


def _value(style: str, label: str) -> int | None:
    if style == "circle":
        return ord(label) - ord("①") + 1
    if style == "decimal":
        whole, part = label.split(".")
        return int(whole) * 100 + int(part)
    return int(label) if label.isdecimal() else han(label)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a marker stands: its level (1 = outermost), and whether one number before it is missing."""

    level: int
    gap: bool = False


@dataclass(slots=True)
class Numberer:
    """Takes markers in the order of the text and says where each stands, or that it is none."""

    stack: list[tuple[str, int]] = field(default_factory=list)
    last: dict[str, int] = field(default_factory=dict)

    def take(self, marker: Marker, inline: bool = False, clean: bool = True) -> Place | None:
        """The place of the marker, or None where it does not fit the sequence.

        inline: it stands inside a line. clean: the text before it ends like the end of a paragraph.
        """
        place = self._place(marker, inline, clean)
        if place is not None:
            del self.stack[place.level - 1 :]
            self.stack.append((marker.style, marker.value))
            self.last[marker.style] = marker.value
        return place

    def _place(self, marker: Marker, inline: bool, clean: bool) -> Place | None:
        for at, (style, value) in enumerate(self.stack):
            if style == marker.style:
                return self._sibling(marker, at + 1, value, inline, clean)
        deeper = Place(len(self.stack) + 1)
        if marker.style == "bare" and not clean:
            return None
        if marker.style == "decimal":
            whole = self.stack[-1][1] if self.stack else marker.value // 100
            return deeper if marker.value == whole * 100 + 1 else None
        if marker.value == 1 and (not inline or marker.style in self.last):
            return deeper
        last = self.last.get(marker.style, 0)
        if marker.value == last + 1:
            return deeper
        if inline or not clean:
            return None
        # A number that reading lost: the list goes on a little later than it should.
        lost = last < marker.value <= last + 1 + _MOST_LOST.get(marker.style, 1)
        outermost = marker.style in ("chapter", "han")
        return Place(1 if outermost else deeper.level, gap=True) if lost else None

    def _sibling(self, marker: Marker, level: int, value: int, inline: bool, clean: bool) -> Place | None:
        if marker.value == value + 1:
            return Place(level)
        if marker.style == "decimal" and marker.value == (value // 100 + 1) * 100 + 1:
            return Place(level)
        if inline or not clean:
            return None
        if value + 2 <= marker.value <= value + 1 + _MOST_LOST.get(marker.style, 1):
            return Place(level, gap=True)
        return Place(level) if marker.value == 1 and value > 1 else None
