"""What day it is for the house: the real one, or the day that a demonstration is set to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

SHANGHAI = ZoneInfo("Asia/Shanghai")


def set_day() -> date | None:
    """The demonstration day (ANLAN_TODAY=2023-07-05), or None. Read at every call, so tests may set it."""
    raw = os.environ.get("ANLAN_TODAY", "")
    return date.fromisoformat(raw) if raw else None


@contextmanager
def standing_on(day: date) -> Iterator[None]:
    """Set the house to a day for the length of the block; for demonstrations and tests."""
    before = os.environ.get("ANLAN_TODAY")
    os.environ["ANLAN_TODAY"] = day.isoformat()
    try:
        yield
    finally:
        if before is None:
            del os.environ["ANLAN_TODAY"]
        else:
            os.environ["ANLAN_TODAY"] = before


def now() -> datetime:
    """The aware moment in UTC; on a set day the time of day goes on from the real clock."""
    real = timezone.now()
    day = set_day()
    if day is None:
        return real
    local = real.astimezone(SHANGHAI)
    return real + timedelta(days=(day - local.date()).days)


def today() -> date:
    """The day in Shanghai."""
    return now().astimezone(SHANGHAI).date()
