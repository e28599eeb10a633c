"""What a new edition changes: sentences unchanged, changed, new and gone. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from anlan.programmes.rules.publishing import plain

ALIKE = 0.6
"""From this share of common characters on, a sentence is a changed one and not a new one."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence of an edition: its place `[start, end)` and its words as in the text."""

    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the comparison. kind: unchanged, changed, new (old is None) or gone (new is None)."""

    kind: str
    old: Piece | None
    new: Piece | None


def pieces(text: str, spans: Iterable[Sequence[int]]) -> list[Piece]:
    """The sentences of a text that hold more than blanks and line breaks."""
    found = (Piece(start, end, text[start:end]) for start, end in spans)
    return [one for one in found if plain(one.words)]


def compare(old: Sequence[Piece], new: Sequence[Piece]) -> list[Change]:
    """The comparison in the order of the new text; what is gone stands where it stood."""
    before, after = [plain(one.words) for one in old], [plain(one.words) for one in new]
    out: list[Change] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pairs = zip(old[i1:i2], new[j1:j2], strict=True)
            out += [Change("unchanged", one, other) for one, other in pairs]
        else:
            out += _replaced(old[i1:i2], new[j1:j2])
    return _moved(out)


def _replaced(old: Sequence[Piece], new: Sequence[Piece]) -> list[Change]:
    """Each new sentence takes the likeliest of the old ones that come after the last one taken."""
    out: list[Change] = []
    at = 0
    for piece in new:
        best, score = None, ALIKE
        for place in range(at, len(old)):
            alike = _alike(old[place].words, piece.words)
            if alike >= score:
                best, score = place, alike
        if best is None:
            out.append(Change("new", None, piece))
            continue
        out += [Change("gone", gone, None) for gone in old[at:best]]
        out.append(Change("changed", old[best], piece))
        at = best + 1
    return out + [Change("gone", gone, None) for gone in old[at:]]


def _alike(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, plain(one), plain(other), autojunk=False)
    if matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE:
        return 0.0
    return matcher.ratio()


def _moved(changes: Sequence[Change]) -> list[Change]:
    """A sentence that went from one place to another, word for word, is unchanged."""
    gone: dict[str, list[Change]] = {}
    for change in changes:
        if change.kind == "gone" and change.old is not None:
            gone.setdefault(plain(change.old.words), []).append(change)
    out: list[Change] = []
    dropped: set[int] = set()
    for change in changes:
        twins = gone.get(plain(change.new.words), []) if change.kind == "new" and change.new else []
        if twins:
            twin = twins.pop()
            dropped.add(id(twin))
            out.append(Change("unchanged", twin.old, change.new))
        else:
            out.append(change)
    return [one for one in out if id(one) not in dropped]


def counts(changes: Iterable[Change]) -> dict[str, int]:
    """How many of each kind."""
    found = {"unchanged": 0, "changed": 0, "new": 0, "gone": 0}
    for change in changes:
        found[change.kind] += 1
    return found
