"""Every piece of the text gets a class; nothing is dropped silently."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from anlan.programmes.compiler.document import Sentence


@dataclass(frozen=True, slots=True)
class Classed:
    """A class that begins at an offset of the source and holds until the next one."""

    start: int
    item: int | str | None
    class_: str


def cover(marks: Iterable[Classed], length: int) -> tuple[Sentence, ...]:
    """Sentences that cover `[0, length)` without overlap, from the places where classes begin.

    Of several marks at one place the last holds; what stands before the first mark belongs to the imprint.
    """
    at: dict[int, Classed] = {0: Classed(0, None, "imprint")}
    for mark in sorted(marks, key=lambda m: m.start):
        at[max(0, min(mark.start, length))] = mark
    starts = sorted(at)
    ends = [*starts[1:], length]
    return tuple(
        Sentence((start, end), at[start].item, at[start].class_)
        for start, end in zip(starts, ends, strict=True)
        if end > start
    )
