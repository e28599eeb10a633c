"""How many rows a list has, without ever scanning millions of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from anlan.kernel.totals import Kept

CAP = 1000
TEXT_CAP = 200  # every row that is passed over has its text compared


@dataclass(frozen=True)
class Count:
    """A number of rows; `capped` means that there are more than `n`."""

    n: int
    capped: bool = False

    @property
    def text(self) -> str:
        """12,345 or 1,000+."""
        return f"{self.n:,}{'+' if self.capped else ''}"


def count(
    kept: Kept,
    rows: Callable[[], QuerySet[Any]],
    filters: Mapping[str, str] | None,
    *,
    exact: bool = False,
    cap: int | None = None,
) -> Count:
    """From the kept totals where `filters` and scope allow; else of `rows()`, up to `cap` or, `exact`, all.

    `filters` are the address bar's values by field, or None where the rows depend on more than these.
    """
    cap = cap or CAP
    known = None if filters is None else kept.count(filters)
    if known is not None:
        return Count(known)
    if exact:
        return Count(rows().order_by().count())
    found = rows().order_by().values("pk")[: cap + 1].count()
    return Count(cap, True) if found > cap else Count(found)
