"""What reading a file yields: the text, and where each character stands in the file."""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a row of a table, its cells separated by tabs. Pages count from 1; None if unknown.

    `recognised`: read from a picture, so that a person has to check it.
    """

    text: str
    page: int | None = None
    recognised: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block begins: offset in the text, page and paragraph (both from 1); was it recognised?"""

    start: int
    page: int | None
    paragraph: int
    recognised: bool = False


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A file as text; `places` are in order of `start`."""

    name: str
    media_type: str
    text: str
    places: tuple[Place, ...]

    def place(self, offset: int) -> Place | None:
        """The page and paragraph of a character of the text."""
        at = bisect.bisect_right([p.start for p in self.places], offset) - 1
        return self.places[at] if at >= 0 else None

    def recognised_pages(self) -> dict[int, int]:
        """{page: offset of its first character} of the pages that were read from a picture."""
        found: dict[int, int] = {}
        for one in self.places:
            if one.recognised:
                found.setdefault(one.page or 1, one.start)
        return found


def document(name: str, media_type: str, blocks: Iterable[Block]) -> ReadDocument:
    """One text out of blocks, one a line."""
    parts: list[str] = []
    places: list[Place] = []
    at = 0
    for paragraph, block in enumerate(blocks, 1):
        places.append(Place(at, block.page, paragraph, block.recognised))
        parts.append(block.text)
        at += len(block.text) + 1
    return ReadDocument(name, media_type, "\n".join(parts), tuple(places))
