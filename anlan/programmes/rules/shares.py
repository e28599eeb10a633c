"""Dividing a document's number among units: equally, by a base, and whether the parts make the whole. Pure.

Whole numbers stay whole: what is left after rounding down goes to the largest remainders, ties to the first
in order, so that the parts always make exactly the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

CENT = Decimal("0.01")
ONE = Decimal(1)


def equally(total: Decimal, count: int) -> list[Decimal]:
    """`total` in `count` parts, as equal as they can be."""
    return by_base(total, [ONE] * count)


def by_base(total: Decimal, bases: Sequence[Decimal]) -> list[Decimal]:
    """`total` in proportion to `bases`; all of them zero: equally. Parts are whole if the total is."""
    if not bases:
        return []
    whole = sum(bases, Decimal(0))
    if whole <= 0:
        return equally(total, len(bases))
    step = ONE if total == total.to_integral_value() else CENT
    exact = [total * base / whole / step for base in bases]
    parts = [one.to_integral_value(ROUND_FLOOR) for one in exact]
    left = int((total / step).to_integral_value(ROUND_FLOOR) - sum(parts))
    order = sorted(range(len(parts)), key=lambda n: (parts[n] - exact[n], n))
    for n in order[:left]:
        parts[n] += 1
    return [part * step for part in parts]


@dataclass(frozen=True, slots=True)
class Sum:
    """The parts against the number of the document."""

    total: Decimal
    given: Decimal
    holds: bool
    words: str


def summed(total: Decimal, comparator: str, shares: Iterable[Decimal], unit: str = "") -> Sum:
    """Whether the parts fulfil the document: at least its number, or at most where it sets a ceiling."""
    given = sum(shares, Decimal(0))
    off = given - total
    unit = f" {unit}".rstrip()
    if off == 0:
        return Sum(total, given, True, f"合计 {_plain(given)}，与文件的 {_plain(total)}{unit} 一致")
    more = off > 0
    side = "多" if more else "少"
    words = f"合计 {_plain(given)}，比文件的 {_plain(total)}{unit} {side} {_plain(abs(off))}"
    return Sum(total, given, more != (comparator in ("<", "<=")), words)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
