"""Listed supervision of major dangers: what local rules set as days, and what follows from them.

There is no national figure. The days that are passed in are settings; their defaults follow one city's
rules (青岛, P) and are marked 地方例，待核. 江西's own rules ask for a yearly look twice a year (P).
"""

from __future__ import annotations

from datetime import date

from anlan.hazards.rules.danger_clocks import longest

__all__ = ["asked_in_time", "longest", "within"]


def asked_in_time(today: date, last: date, ahead: int) -> str | None:
    """An extension is asked for `ahead` working days before the term ends, `last` being that day."""
    if today <= last:
        return None
    return f"挂牌督办的延期要在期限届满前 {ahead} 个工作日提出，最迟 {last}（地方例，待核）。"


def within(listed_on: date, due_on: date, months: int) -> str | None:
    """The term of a listing is at most `months` long."""
    last = longest(listed_on, months)
    return None if due_on <= last else f"督办期限最长到 {last}（地方例，待核）。请改早。"
