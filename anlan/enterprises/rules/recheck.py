"""Which licences are looked at again: drawn by lot, and the same again for whoever has the seed. Pure.

Each licence gets the SHA-256 of “seed/number” as its lot; the smallest lots are drawn, in that order. Nobody
can choose, and with the seed and the list anybody can repeat it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, Decimal


def lot(seed: str, number: str) -> str:
    """The lot of one licence: 64 hexadecimal digits."""
    return hashlib.sha256(f"{seed}/{number}".encode()).hexdigest()


def draw(seed: str, numbers: Iterable[str], count: int) -> list[str]:
    """`count` of the numbers in the order of their lots."""
    return sorted(set(numbers), key=lambda one: (lot(seed, one), one))[:count]


def size(pool: int, share: Decimal) -> int:
    """How many are drawn at a share in percent: rounded up, at least one of any pool."""
    return min(pool, int((pool * share / 100).to_integral_value(ROUND_CEILING))) if pool else 0


def digest(numbers: Sequence[str]) -> str:
    """What tells whether a list is the one that was drawn from: SHA-256 over its sorted lines."""
    return hashlib.sha256("\n".join(sorted(numbers)).encode()).hexdigest()
