"""Text that remembers where each of its characters stood in the untouched source."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable
from dataclasses import dataclass

from anlan.programmes.compiler.document import Span

Edit = tuple[int, int, str]
"""Replace `[start, end)` by a string."""

_BREAKS = re.compile(r"\s*[\n\r\f\v\x1c-\x1e\x85\u2028\u2029]+\s*")
_STRAY = re.compile(r"\*{2,}")


@dataclass(frozen=True, slots=True)
class Mapped:
    """`origin[i]` is the offset in the source of `text[i]`; it never decreases."""

    text: str
    origin: list[int]

    def __len__(self) -> int:
        return len(self.text)

    def cut(self, start: int, end: int) -> Mapped:
        """The part `[start, end)`."""
        return Mapped(self.text[start:end], self.origin[start:end])

    def stripped(self) -> Mapped:
        """Without white space at both ends."""
        left = len(self.text) - len(self.text.lstrip())
        return self.cut(left, left + len(self.text.strip()))

    def translated(self, table: dict[int, str]) -> Mapped:
        """Every character replaced by one character; the origins stay."""
        return Mapped(self.text.translate(table), self.origin)

    def edited(self, edits: Iterable[Edit]) -> Mapped:
        """With the edits applied (ascending, apart). Inserted characters stand where the edit began."""
        text: list[str] = []
        origin: list[int] = []
        at = 0
        for start, end, new in edits:
            text.append(self.text[at:start])
            origin += self.origin[at:start]
            text.append(new)
            if new:
                anchor = self.origin[start] if start < len(self.origin) else self.origin[-1]
                same = len(new) == end - start
                origin += self.origin[start:end] if same else [anchor] * len(new)
            at = end
        if at == 0 and not text:
            return self
        text.append(self.text[at:])
        origin += self.origin[at:]
        return Mapped("".join(text), origin)

    def span(self, start: int, end: int) -> Span:
        """The range of the source behind `[start, end)`."""
        if end <= start:
            at = (
                self.origin[start]
                if start < len(self.origin)
                else (self.origin[-1] + 1 if self.origin else 0)
            )
            return (at, at)
        return (self.origin[start], self.origin[end - 1] + 1)


def join(parts: Iterable[Mapped]) -> Mapped:
    """One text out of many, in order."""
    text: list[str] = []
    origin: list[int] = []
    for part in parts:
        text.append(part.text)
        origin += part.origin
    return Mapped("".join(text), origin)


@dataclass(frozen=True, slots=True)
class Quoter:
    """Quotes the source: a range without line breaks, stray marks, and the noise that repair removed."""

    source: str
    noise: tuple[Span, ...]

    def quote(self, span: Span) -> str:
        """The text of `span` as a person would copy it."""
        start, end = span
        kept: list[str] = []
        for left, right in self._noise_within(start, end):
            kept.append(self.source[start:left])
            start = right
        kept.append(self.source[start:end])
        return _STRAY.sub("", _BREAKS.sub("", "\n".join(kept)))

    def _noise_within(self, start: int, end: int) -> list[Span]:
        first = bisect.bisect_left(self.noise, (start, start))
        out = []
        for left, right in self.noise[first:]:
            if left >= end:
                break
            if right <= end:
                out.append((left, right))
        return out
