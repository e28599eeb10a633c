"""One registered figure as its reader may see it: value, territories, rows, the requirements it speaks of.

Everything is computed for the reader, so that the number and the rows below it are always the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from anlan.kernel import cells, registry
from anlan.kernel.measure import Area, Coverage, Measure, Part, Ratio, Value, Window, compute, evidence
from anlan.kernel.scope import Actor
from anlan.programmes.models import Obligation
from anlan.programmes.rules.judging import plain

ONE = Decimal(1)


@dataclass(frozen=True)
class Asked:
    """Which figure, in which window `[start, end)`, of which territory ("" is all that one sees)."""

    measure: Measure
    start: date
    end: date
    path: str = ""

    @property
    def window(self) -> Window:
        """The window as measures take it."""
        return Window(self.start, self.end)

    @property
    def area(self) -> Area | None:
        """The territory as measures take it."""
        return Area(paths=(self.path,)) if self.path else None


def all_measures() -> list[Measure]:
    """Every registered measure, in the order of their domains."""
    return list(registry.declared("MEASURES"))


def value(actor: Actor, asked: Asked) -> Value:
    """The figure of what the actor sees."""
    return compute(asked.measure, asked.window, area=asked.area, actor=actor)[()]


def by_region(actor: Actor, asked: Asked, level: int) -> list[tuple[str, Value]]:
    """(path, value) of each territory at `level` labels, in the order of the paths."""
    table = compute(asked.measure, asked.window, ("region",), area=asked.area, level=level, actor=actor)
    return sorted((path, found) for (path,), found in table.cells.items())


def rows(actor: Actor, asked: Asked, part: Part = "all") -> QuerySet[Any]:
    """The rows behind the figure, newest first."""
    return evidence(asked.measure, asked.window, actor=actor, area=asked.area, part=part).order_by("-pk")


def requirements(actor: Actor, keys: Sequence[str]) -> list[Obligation]:
    """The requirements of running documents that these measures are bound to."""
    found = Obligation.objects.visible_to(actor).filter(
        measure__in=keys, ended=None, item__programme__state="running"
    )
    found = found.select_related("item__programme")
    return list(found.order_by("-item__programme_id", "item__position", "position"))


def bound(actor: Actor) -> Counter[str]:
    """{measure: how many requirements of running documents it is bound to}."""
    return Counter(one.measure for one in requirements(actor, [one.key for one in all_measures()]))


def words(measure: Measure, found: Value) -> str:
    """4,059 条; 87.41 %（4,059/4,644）; 15.1 天; empty where nothing can be computed. A share is never
    without its two numbers."""
    if found.number is None:
        return ""
    number = plain(found.number) if abs(found.number) < 1000 else cells.number(found.number.quantize(ONE))
    if isinstance(measure.amount, Ratio | Coverage):
        top, bottom = (cells.number(int(one or 0)) for one in (found.top, found.bottom))
        return f"{number} {measure.unit}（{top}/{bottom}）"
    return f"{number} {measure.unit}"
