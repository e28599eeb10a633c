"""Habits that a figure hides: firms that report nothing of themselves, dangers closed within minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Silence:
    """How long a firm has found nothing by itself; `days` None where it never did."""

    days: int | None
    silent: bool


def silence(last_found: date | None, registered: date | None, today: date, most: int) -> Silence:
    """A firm is silent once more than `most` days passed since its last self-found danger.

    A firm that never reported counts from the day it is known; without one it is silent at once.
    """
    since = last_found or registered
    days = (today - last_found).days if last_found else None
    return Silence(days, since is None or (today - since).days > most)


def closed_at_once(reported_at: datetime | None, closed_at: datetime | None, minutes: int) -> bool:
    """Whether a danger was closed in under `minutes` after it was entered: on paper, not on the spot."""
    if reported_at is None or closed_at is None:
        return False
    return timedelta(0) <= closed_at - reported_at < timedelta(minutes=minutes)
