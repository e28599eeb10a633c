"""One obligation over its year: done against where it should be, month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from anlan.kernel.scope import Actor
from anlan.programmes.models import Judgement, Obligation, Occurrence
from anlan.programmes.rules import curve
from anlan.programmes.rules.curve import Join, Point, Story
from anlan.programmes.rules.judging import Case, expected

FIGURED = ("quota", "build", "coverage", "limit", "target")
BOUNDS = ("limit", "target")


@dataclass(frozen=True)
class Curve:
    """The year of one obligation. `total`: what must be reached in the end; `due`: by when."""

    obligation: Obligation
    counts: bool
    total: Decimal
    due: date
    points: list[Point] = field(default_factory=list)

    @property
    def unit(self) -> str:
        """What the curve counts."""
        if self.counts:
            return "项次"
        return "%" if self.obligation.kind == "coverage" else self.obligation.unit

    @property
    def now(self) -> Decimal | None:
        """The newest figure."""
        return next((one.done for one in reversed(self.points) if one.done is not None), None)


def curve_of(actor: Actor, obligation: Obligation, year: int, today: date) -> Curve | None:
    """The curve of an obligation as far as the actor sees its units; None where nothing is due."""
    rows = (
        Occurrence.objects.visible_to(actor)
        .filter(duty__obligation=obligation)
        .exclude(state="cancelled")
        .exclude(duty__role__in=("supporting", "overseeing"))
    )
    if obligation.kind in FIGURED:
        found = list(rows.filter(need__isnull=False).select_related("duty"))
        if found and (figured := _figured(obligation, found, year, today)) is not None:
            return figured
    days = list(rows.values_list("due_on", "met_on", "state"))
    if not days:
        return None
    matters = [(due, met if state == "met" else None) for due, met, state in days]
    points = curve.counted(matters, year, today)
    return Curve(obligation, True, Decimal(len(days)), max(due for due, _ in matters), points)


def _figured(obligation: Obligation, rows: Sequence[Occurrence], year: int, today: date) -> Curve | None:
    kind = obligation.kind
    shared = [one for one in rows if one.duty.share is not None]
    join: Join = "mean"
    if kind in ("quota", "build"):
        rows, join = (shared, "sum") if shared else (rows, "most")
    stories = _stories(rows, today)
    if not any(stories.values()):
        return None
    total = obligation.value if kind in ("quota", "build") and obligation.value is not None else rows[0].need
    assert total is not None
    first = rows[0]
    shoulds: dict[date, Decimal | None] = {}
    for end in curve.month_ends(year):
        if kind in BOUNDS:
            shoulds[end] = total
            continue
        case = Case(kind, first.starts_on, first.ends_on, first.due_on, first.warn_on, need=total)
        shoulds[end] = expected(case, end) if end >= first.starts_on else Decimal(0)
    points = curve.paced(stories, shoulds, join, today)
    return Curve(obligation, False, total, max(one.due_on for one in rows), points)


def _stories(rows: Sequence[Occurrence], today: date) -> dict[int, Story]:
    """Of each occurrence the days on which its figure moved, and the figure as it stands."""
    found: dict[int, list[tuple[date, Decimal]]] = {one.pk: [] for one in rows}
    known = Judgement.objects.filter(occurrence__in=list(found), value__isnull=False).order_by("day")
    for pk, day, value in known.values_list("occurrence_id", "day", "value"):
        if value is not None:
            found[pk].append((day, value))
    for one in rows:
        if one.value is not None:
            found[one.pk].append((today, one.value))
    return dict(found)
