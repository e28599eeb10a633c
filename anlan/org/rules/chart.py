"""What an org chart is made of: places and offices with their days, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Place:
    """A region with its days. `parent` is a code."""

    code: str
    name: str
    short_name: str
    level: str
    parent: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Office:
    """A unit with its days. `family` is empty for an office that belongs to none."""

    id: int
    name: str
    family: str
    kind: str
    place: str
    industries: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
