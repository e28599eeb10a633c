"""Which rows of the edition in force go on in a new one. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from anlan.programmes.rules.publishing import plain

_SHARED = 0.5


@dataclass(frozen=True)
class Old:
    """A live item: its key, its title, the words of its obligations."""

    key: int
    title: str
    quotes: Sequence[str]


def pair_items(old: Sequence[Old], new: Sequence[tuple[str, Sequence[str]]]) -> list[int | None]:
    """For each new item (title, quotes) the key of the live item that goes on in it, or None.

    An item goes on when its title stands; else when at least half of its obligations are found, word for
    word, in the new one. Each goes on once.
    """
    free = {one.key: one for one in old}
    found: list[int | None] = []
    for title, _ in new:
        match = next((one for one in free.values() if title and plain(one.title) == plain(title)), None)
        found.append(free.pop(match.key).key if match else None)
    for place, (_, quotes) in enumerate(new):
        if found[place] is None:
            best = max(free.values(), key=lambda one: _common(one.quotes, quotes), default=None)
            if best is not None and _common(best.quotes, quotes) >= _SHARED:
                found[place] = free.pop(best.key).key
    return found


def _common(old: Sequence[str], new: Sequence[str]) -> float:
    one, other = Counter(map(plain, old)), Counter(map(plain, new))
    return sum((one & other).values()) / len(old) if old else 0.0


def pair_obligations(old: Sequence[tuple[int, str]], new: Sequence[str]) -> list[int | None]:
    """For each new quote the key of the live obligation with the same words, or None; each once."""
    free: dict[str, list[int]] = {}
    for key, quote in old:
        free.setdefault(plain(quote), []).append(key)
    found: list[int | None] = []
    for quote in new:
        keys = free.get(plain(quote))
        found.append(keys.pop(0) if keys else None)
    return found
