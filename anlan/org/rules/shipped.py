"""What a role of the house gains with a new version, without undoing what an administrator changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from anlan.org.rules.posts import covers


@dataclass(frozen=True, slots=True)
class Gain:
    """Permissions to add, and those left to the administrator because part of them was taken away before."""

    added: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def gain(held: Iterable[str], before: Iterable[str], now: Iterable[str]) -> Gain:
    """What is in `now` (shipped today), was not in `before` (shipped so far), and is not held yet.

    A permission that was shipped before and is not held was taken away: it does not come back, neither by
    its own name nor inside a new "x.*".
    """
    mine, shipped = list(held), list(before)
    fresh = [one for one in now if not covers(shipped, [one]) and not covers(mine, [one])]
    taken = {one.partition(".")[0] for one in shipped if not covers(mine, [one])}
    left = tuple(one for one in fresh if one.endswith(".*") and one.partition(".")[0] in taken)
    return Gain(tuple(one for one in fresh if one not in left), left)
