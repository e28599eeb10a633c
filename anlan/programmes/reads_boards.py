"""The boards' questions: the matrix of items × units, figures by section and unit, days of a month.

Each is one statement over duties or occurrences, as far as the actor sees them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Case, Count, IntegerField, Max, Q, QuerySet, When

from anlan.kernel.scope import Actor
from anlan.org.models import Unit
from anlan.programmes import reads_chase
from anlan.programmes.models import Activity, Duty, Item, Occurrence, Programme
from anlan.programmes.rules.judging import RANK

LIVE = ("issued", "signed", "objected")
WORST = Max(Case(*(When(light=key, then=rank) for key, rank in RANK.items()), output_field=IntegerField()))
LIGHT_OF = {rank: key for key, rank in RANK.items()}
TERRITORY = Q(unit__family__key="people-government") | Q(unit__kind="zone")
SPECIAL = Q(unit__kind="special_committee")
PARTIES: Mapping[str, tuple[str, Q]] = {
    "territory": ("属地", TERRITORY),
    "department": ("部门", ~TERRITORY & ~SPECIAL),
    "special": ("专委会", SPECIAL),
}


@dataclass(frozen=True)
class Chosen:
    """What the filter line of the matrix asks for; empty is everything. `until` is the day after the last."""

    section: str = ""
    party: str = ""
    kind: str = ""
    light: str = ""
    since: date | None = None
    until: date | None = None


def percent(part: int, whole: int) -> int | None:
    """Whole percent; 100 is said of all and of nothing less, 0 of none."""
    if not whole:
        return None
    rounded = round(100 * part / whole)
    return min(rounded, 99) if part < whole else rounded


@dataclass(frozen=True)
class MatrixRow:
    """One item: lights by unit id, how many duties, how many of those that are due stand green."""

    item: Item
    lights: Mapping[int, str]
    duties: int
    green: int
    due: int

    @property
    def share(self) -> int | None:
        """Percent of the duties with a light that stand green; None where none is due."""
        return percent(self.green, self.due)


@dataclass
class Matrix:
    """Rows in the order of the document, columns in the order of the regions."""

    units: list[Unit]
    rows: list[MatrixRow]
    counts: dict[str, int] = field(default_factory=dict)


def matrix(actor: Actor, programme: Programme, chosen: Chosen) -> Matrix:
    """Each cell shows the worst light of the unit's duties in the item (or, in a span of days, of what is due
    in it). Three statements: cells, items, units."""
    cells = list(_cells(actor, programme, chosen))
    lights: dict[int, dict[int, str]] = {}
    totals: dict[int, list[int]] = {}
    for item, unit, rank, count, green, hollow in cells:
        lights.setdefault(item, {})[unit] = LIGHT_OF[rank]
        total = totals.setdefault(item, [0, 0, 0])
        total[0] += count
        total[1] += green
        total[2] += count - hollow
    items = Item.objects.visible_to(actor).filter(programme=programme, ended=None).order_by("position")
    if chosen.section:
        items = items.filter(section=chosen.section)
    rows = [
        MatrixRow(one, lights.get(one.pk, {}), *_counted(totals.get(one.pk)))
        for one in items
        if one.pk in lights or not (chosen.light or chosen.kind or chosen.party)
    ]
    shown = {unit for row in rows for unit in row.lights}
    counts = dict.fromkeys("gyro", 0)
    for row in rows:
        for light in row.lights.values():
            counts[light] += 1
    return Matrix(_units(shown), rows, counts)


def cell_duties(actor: Actor, item: int, unit: int) -> QuerySet[Duty]:
    """The duties behind one cell."""
    rows = Duty.objects.visible_to(actor).filter(item_id=item, unit_id=unit, state__in=LIVE)
    return rows.select_related("obligation", "item__programme", "unit").order_by("obligation__position")


def red_matters(
    actor: Actor, programme: Programme, chosen: Chosen, cells: Collection[tuple[int, int]] = ()
) -> QuerySet[Occurrence]:
    """The overdue matters behind the red cells that the filter line leaves, or behind these `cells` alone
    (item, unit)."""
    rows: QuerySet[Occurrence] = reads_chase.overdue(actor, programme).filter(_narrowed(programme, chosen))
    rows = rows.filter(due_on__gte=chosen.since) if chosen.since else rows
    rows = rows.filter(due_on__lt=chosen.until) if chosen.until else rows
    if cells:
        picked = Q()
        for item, unit in cells:
            picked |= Q(item_id=item, unit_id=unit)
        rows = rows.filter(picked)
    return rows.select_related("duty__item", "duty__obligation", "duty__unit").order_by(
        "region_path", "unit_id", "duty__item__position", "due_on", "id"
    )


def sections(actor: Actor, programme: Programme) -> list[str]:
    """The sections of a programme in their order."""
    rows = Item.objects.visible_to(actor).filter(programme=programme, ended=None).order_by("position")
    return list(dict.fromkeys(one for one in rows.values_list("section", flat=True) if one))


@dataclass(frozen=True)
class Tally:
    """Counts of duties by light, of one section or one unit."""

    label: str
    query: str
    g: int
    y: int
    r: int
    o: int
    unsigned: int = 0

    @property
    def due(self) -> int:
        """Those with a light."""
        return self.g + self.y + self.r

    @property
    def share(self) -> int | None:
        """Percent green of those with a light."""
        return percent(self.g, self.due)


def by_section(actor: Actor, programme: Programme) -> list[Tally]:
    """Figures per section, worst first."""
    rows = _live(actor, programme).values("item__section").annotate(**_tallies())
    found = [
        Tally(one["item__section"] or "（无章节）", one["item__section"], *_figures(one))
        for one in rows.order_by("item__section")
    ]
    return sorted(found, key=_badness)


def by_unit(actor: Actor, programme: Programme) -> list[Tally]:
    """Figures per unit, worst first."""
    rows = _live(actor, programme).values("unit_id", "unit__name", "unit__short_name").annotate(**_tallies())
    found = [
        Tally(one["unit__short_name"] or one["unit__name"], str(one["unit_id"]), *_figures(one))
        for one in rows.order_by("unit_id")
    ]
    return sorted(found, key=_badness)


def due_days(actor: Actor, start: date, end: date, units: Sequence[int] | None) -> dict[date, dict[str, int]]:
    """{day: {light: how many are due on it}} for `[start, end)`; units None: all that the actor sees."""
    rows = Occurrence.objects.visible_to(actor).filter(due_on__gte=start, due_on__lt=end)
    rows = rows.exclude(state="cancelled")
    if units is not None:
        rows = rows.filter(unit_id__in=list(units))
    found: dict[date, dict[str, int]] = {}
    for day, light, count in rows.order_by().values_list("due_on", "light").annotate(n=Count("pk")):
        found.setdefault(day, {})[light] = count
    return found


def due_in(
    actor: Actor, start: date, end: date, units: Sequence[int], days: Collection[date]
) -> dict[date, list[Occurrence]]:
    """What is due of these units on those of the days of `[start, end)` that are wanted."""
    rows = Occurrence.objects.visible_to(actor).filter(
        due_on__gte=start, due_on__lt=end, due_on__in=list(days), unit_id__in=list(units)
    )
    found: dict[date, list[Occurrence]] = {}
    for one in rows.exclude(state="cancelled").select_related("duty__obligation").order_by("due_on", "id"):
        found.setdefault(one.due_on, []).append(one)
    return found


def next_due(actor: Actor, after: date, units: Sequence[int] | None) -> date | None:
    """The first day from `after` on which something open is due."""
    rows = Occurrence.objects.visible_to(actor).filter(
        due_on__gte=after, state__in=("open", "declared", "returned")
    )
    if units is not None:
        rows = rows.filter(unit_id__in=list(units))
    return rows.order_by("due_on").values_list("due_on", flat=True).first()


@dataclass(frozen=True)
class GridRow:
    """One unit's year: by month the light, the days of its activities, and the occurrence to open."""

    unit: Unit
    months: tuple[tuple[str, str, int | None], ...]


def warning_days(actor: Actor, year: int) -> list[GridRow]:
    """Who held the monthly warning day: units × months, from what is due and from the activities held."""
    due = (
        Occurrence.objects.visible_to(actor)
        .filter(duty__obligation__measure="activities-warning-day", due_on__year=year)
        .exclude(state="cancelled")
        .exclude(duty__role__in=("supporting", "overseeing"))
    )
    cells: dict[int, dict[int, tuple[str, str, int | None]]] = {}
    for pk, unit, day, light in due.order_by("due_on").values_list("pk", "unit_id", "due_on", "light"):
        cells.setdefault(unit, {})[day.month] = (light, "", pk)
    held = Activity.objects.visible_to(actor).filter(kind="warning_day", held_on__year=year)
    for unit, day in held.order_by("held_on").values_list("unit_id", "held_on"):
        light, words, pk = cells.setdefault(unit, {}).get(day.month, ("", "", None))
        cells[unit][day.month] = (light, f"{words}、{day.day}" if words else str(day.day), pk)
    empty = ("", "", None)
    return [
        GridRow(unit, tuple(cells[unit.pk].get(month, empty) for month in range(1, 13)))
        for unit in _units(set(cells))
    ]


def _cells(actor: Actor, programme: Programme, chosen: Chosen) -> QuerySet[Any, Any]:
    if chosen.since or chosen.until:
        rows = Occurrence.objects.visible_to(actor).filter(programme_id=programme.pk)
        rows = rows.exclude(state="cancelled")
        rows = rows.filter(due_on__gte=chosen.since) if chosen.since else rows
        rows = rows.filter(due_on__lt=chosen.until) if chosen.until else rows
        prefix = "duty__"
    else:
        rows, prefix = Duty.objects.visible_to(actor).filter(programme=programme, state__in=LIVE), ""
    rows = rows.filter(_narrowed(programme, chosen, prefix))
    found = rows.order_by().values_list("item_id", "unit_id").annotate(
        rank=WORST,
        n=Count("pk"),
        green=Count("pk", filter=Q(light="g")),
        hollow=Count("pk", filter=Q(light="o")),
    )  # fmt: skip
    lit: QuerySet[Any, Any] = found.filter(rank=RANK[chosen.light]) if chosen.light in RANK else found
    return lit


def _narrowed(programme: Programme, chosen: Chosen, prefix: str = "duty__") -> Q:
    """Kind, section and party of the filter line as a condition on duties, or on what hangs on them."""
    found = Q()
    if chosen.kind:
        found &= Q(**{f"{prefix}obligation__kind": chosen.kind})
    if chosen.section:
        found &= Q(**{f"{prefix}item__section": chosen.section})
    if chosen.party in PARTIES:
        units = Duty.objects.unscoped("units of a party").filter(PARTIES[chosen.party][1])
        found &= Q(unit_id__in=units.filter(programme=programme).values("unit_id"))
    return found


def _counted(total: list[int] | None) -> tuple[int, int, int]:
    return (total[0], total[1], total[2]) if total else (0, 0, 0)


def _units(ids: set[int]) -> list[Unit]:
    rows = Unit.objects.unscoped("names of units on rows the reader may see").filter(pk__in=ids)
    return list(rows.select_related("region", "family").order_by("region_path", "family__position", "id"))


def _live(actor: Actor, programme: Programme) -> QuerySet[Duty]:
    return Duty.objects.visible_to(actor).filter(programme=programme, state__in=LIVE).order_by()


def _tallies() -> dict[str, Count]:
    found = {key: Count("pk", filter=Q(light=key)) for key in "gyro"}
    return {**found, "unsigned": Count("pk", filter=Q(state="issued"))}


def _figures(one: Mapping[str, Any]) -> tuple[int, int, int, int, int]:
    return one["g"], one["y"], one["r"], one["o"], one["unsigned"]


def _badness(one: Tally) -> tuple[int, int, str]:
    return -one.r, -one.y, one.label
