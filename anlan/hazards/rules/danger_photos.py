"""What a photograph says against itself: it looks like an earlier one, it is older than the danger, it was
taken elsewhere. Hints for a person to look at, never verdicts; the lines are settings of the house.

The fingerprint is the difference hash on a grid of nine by eight greys: each bit tells whether a cell is
darker than its right neighbour. Saving again, making small, a change of light or a stamp in a corner moves
0–3 of 64 bits, two photographs of different things lie 13 and more apart; cutting off an edge of three in a
hundred is not recognised (measured, docs/decisions/0011-photographs-compared-by-64-bits.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from math import asin, cos, radians, sin, sqrt

# What a photo of a danger shows: how it was found, how it is after it was put right.
BEFORE, AFTER = "before", "after"
WIDE, HIGH = 9, 8
BITS = 64
# Two prints this near share one of four bands (three differing bits touch at most three of them).
NEAR, BANDS = 3, 4
# A wall or a pocket: nothing in it tells it from another.
LEAST_CONTRAST = 8
EARTH = 6_371_000.0


def print_of(greys: Sequence[int]) -> int | None:
    """The 64 bits of 72 greys (0–255, row by row, nine a row); None where the picture is of one tone."""
    if len(greys) != WIDE * HIGH:
        raise ValueError(f"{len(greys)} greys instead of {WIDE * HIGH}")
    if max(greys) - min(greys) < LEAST_CONTRAST:
        return None
    bits = 0
    for row in range(HIGH):
        for column in range(WIDE - 1):
            at = row * WIDE + column
            bits = bits << 1 | (greys[at] < greys[at + 1])
    return bits


def apart(one: int, other: int) -> int:
    """In how many of the 64 bits two prints differ."""
    return ((one ^ other) & (1 << BITS) - 1).bit_count()


def bands(bits: int) -> tuple[int, int, int, int]:
    """The print in four parts of 16 bits: prints that are `NEAR` share at least one."""
    return (bits >> 48 & 0xFFFF, bits >> 32 & 0xFFFF, bits >> 16 & 0xFFFF, bits & 0xFFFF)


def signed(bits: int) -> int:
    """The print as the database's 64-bit number."""
    return bits - (1 << BITS) if bits >> BITS - 1 else bits


def days_before(taken: date | None, found: date, allowed: int) -> int | None:
    """How many days before the finding it was taken, if more than `allowed`; else None."""
    if taken is None or taken >= found - timedelta(days=allowed):
        return None
    return (found - taken).days


def metres_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Metres between two points (longitude, latitude) in degrees, along the globe."""
    east, north, east2, north2 = (radians(value) for value in (*one, *other))
    half = sin((north2 - north) / 2) ** 2 + cos(north) * cos(north2) * sin((east2 - east) / 2) ** 2
    return 2 * EARTH * asin(sqrt(min(1.0, half)))


def too_far(
    taken: tuple[float, float] | None, place: tuple[float, float] | None, allowed: int
) -> float | None:
    """Metres from the place, if more than `allowed`; None where either is not known."""
    if taken is None or place is None:
        return None
    metres = metres_between(taken, place)
    return metres if metres > allowed else None


def exif_moment(text: str, offset: str = "") -> datetime | None:
    """A camera's moment 2023:06:18 10:22:05 with its offset +08:00; without one it stays without a zone.

    Source: Exif 2.32 (CIPA DC-008), DateTimeOriginal 0x9003 and OffsetTimeOriginal 0x9011.
    """
    try:
        moment = datetime.strptime(text.strip("\0 "), "%Y:%m:%d %H:%M:%S")
        if offset.strip("\0 "):
            zone = datetime.strptime(offset.strip("\0 "), "%z").tzinfo
            moment = moment.replace(tzinfo=zone)
    except ValueError:
        return None
    return moment if moment.year > 1990 else None


def exif_degrees(parts: Sequence[float], side: str) -> float | None:
    """Degrees, minutes, seconds and N S E W as one number; None where they are none."""
    if len(parts) != 3 or side not in ("N", "S", "E", "W"):
        return None
    try:
        whole = float(parts[0]) + float(parts[1]) / 60 + float(parts[2]) / 3600
    except (ValueError, ZeroDivisionError, TypeError):
        return None
    most = 90 if side in ("N", "S") else 180
    if not 0 <= whole <= most:
        return None
    return -whole if side in ("S", "W") else whole
