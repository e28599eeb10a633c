"""Validity of things that come and go: half-open ranges of days, an empty side unbounded."""

from __future__ import annotations

from datetime import date


def valid_on(valid_from: date | None, valid_to: date | None, day: date) -> bool:
    """Whether `day` lies in [valid_from, valid_to)."""
    return (valid_from is None or valid_from <= day) and (valid_to is None or day < valid_to)


def overlap(a_from: date | None, a_to: date | None, b_from: date | None, b_to: date | None) -> bool:
    """Whether two half-open ranges of days share a day."""
    return (a_from is None or b_to is None or a_from < b_to) and (
        b_from is None or a_to is None or b_from < a_to
    )
