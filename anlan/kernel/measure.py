"""Measures: figures computed from ledgers by name, each with the rows behind it.

A measure is one query (`_selected`: the rows that count in a window and an area) and one amount over
it. `compute` groups that query by region, unit, industry and period; `evidence` returns it. Every row
has one region path, so rolling up by the labels of the path counts nothing twice.
Flows are summed over a window; stocks are what stands at its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from anlan.kernel import registry
from anlan.kernel.calendar import ONE_DAY
from anlan.kernel.due import add_months, start_of
from anlan.kernel.ledger import DeclarationError, field_at
from anlan.kernel.scope import Actor, under

Rows = Callable[[], QuerySet[Any]] | str
Part = Literal["all", "top", "rest"]
PERIODS = ("day", "week", "month", "quarter", "half", "year")
DAYS = {"day": ONE_DAY, "week": timedelta(days=7)}
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}


@dataclass(frozen=True)
class Count:
    """How many rows."""


@dataclass(frozen=True)
class Sum:
    """The sum of a column; of no row at all it is not zero but not reported."""

    field: str


@dataclass(frozen=True)
class Mean:
    """The mean of a column over the rows that have it; the rows' query leaves out those that have not."""

    field: str


@dataclass(frozen=True)
class Ratio:
    """Rows that meet `top` among those that meet `bottom`, times `scale` (100: percent)."""

    top: Q
    bottom: Q = field(default_factory=Q)
    scale: int = 100


@dataclass(frozen=True)
class Coverage:
    """Rows of `universe` that at least one of the measure's rows refers to by `link`, of all of them.

    The measure's region, unit and industry are then columns of the universe.
    """

    universe: Rows
    link: str
    scale: int = 100


@dataclass(frozen=True)
class Measure:
    """One figure. `rows`: a ledger's key, or a callable giving an unscoped query set.

    better: which way is good. basis: 口径, shown beside every figure. stock: what stands at the end of
    the window: with `until`, rows begun (`date`) and not ended; with `series`, the last report of each.
    topic: a column by which an area may be narrowed further. absent: what an empty cell means: 0, or None
    for not reported (default: 0 for counts).
    """

    key: str
    label: str
    unit: str
    rows: Rows
    date: str
    basis: str
    amount: Count | Sum | Mean | Ratio | Coverage = field(default_factory=Count)
    better: Literal["up", "down", ""] = ""
    region: str = "region_path"
    of_unit: str = ""
    industry: str = ""
    topic: str = ""
    kind: Literal["flow", "stock"] = "flow"
    until: str = ""
    series: tuple[str, ...] = ()
    absent: int | None = None

    @property
    def nothing(self) -> Decimal | None:
        """The value of a cell without rows."""
        return (
            Decimal(0)
            if isinstance(self.amount, Count)
            else None
            if self.absent is None
            else Decimal(self.absent)
        )


@dataclass(frozen=True)
class Window:
    """Days [start, end)."""

    start: date
    end: date

    @classmethod
    def of(cls, kind: str, year: int, n: int = 1) -> Window:
        """The n-th month, quarter, half or the whole of a year: Window.of("half", 2023, 1)."""
        start = add_months(date(year, 1, 1), MONTHS[kind] * (n - 1))
        return cls(start, add_months(start, MONTHS[kind]))

    def parts(self, kind: str) -> Iterator[tuple[date, Window]]:
        """The periods that the window is made of: (first day of the period, its part of the window)."""
        at = period_start(kind, self.start)
        while at < self.end:
            after = (
                at + {"day": ONE_DAY, "week": timedelta(7)}[kind]
                if kind in ("day", "week")
                else add_months(at, MONTHS[kind])
            )
            yield at, Window(max(at, self.start), min(after, self.end))
            at = after


@dataclass(frozen=True)
class Area:
    """Which rows: below these region paths, of these units, industries, topics; empty is all."""

    paths: tuple[str, ...] = ()
    units: tuple[int, ...] = ()
    industries: tuple[str, ...] = ()
    topics: tuple[int, ...] = ()


@dataclass(frozen=True)
class Value:
    """A cell: `number` is the figure; top and bottom are its parts (bottom None for counts and sums)."""

    number: Decimal | None
    top: Decimal | None
    bottom: Decimal | None


@dataclass(frozen=True)
class Table:
    """What `compute` gives: cells by the tuple of their dimensions, in the order of `by`."""

    measure: Measure
    window: Window
    by: tuple[str, ...]
    level: int | None
    cells: Mapping[tuple[Any, ...], Value]

    def __getitem__(self, key: tuple[Any, ...]) -> Value:
        """The cell, or the value of a cell without rows."""
        return self.cells.get(key) or Value(self.measure.nothing, None, None)

    def cell(self, key: tuple[Any, ...]) -> dict[str, Any]:
        """The cell as `evidence` takes it."""
        found = dict(zip(self.by, key, strict=True))
        if "region" in found and (self.level is None or found["region"].count("/") < self.level):
            found["exact"] = True
        return found


def measure_of(key: str) -> Measure:
    """The declared measure of that key; raises DeclarationError."""
    for one in registry.declared("MEASURES"):
        if one.key == key:
            return one  # type: ignore[no-any-return]
    raise DeclarationError(f"no measure is called {key}")


def compute(
    measure: Measure,
    window: Window,
    by: tuple[str, ...] = (),
    *,
    area: Area | None = None,
    level: int | None = None,
    actor: Actor | None = None,
) -> Table:
    """The measure in a window, grouped.

    by: of region, unit, industry and at most one of day week month quarter half year. level: roll
    regions up to that many labels of the path; shorter paths are cells of their own. actor: only what
    they see. One SQL for flows; for stocks and coverage one for each period.
    """
    period = next((one for one in by if one in PERIODS), "")
    cells: dict[tuple[Any, ...], list[Any]] = {}
    if period and (measure.kind == "stock" or isinstance(measure.amount, Coverage)):
        for first, part in window.parts(period):
            _gather(cells, measure, part, by, area, level, actor, {period: first})
    else:
        _gather(cells, measure, window, by, area, level, actor, {})
    return Table(measure, window, by, level, {key: _value(measure, *parts) for key, parts in cells.items()})


def evidence(
    measure: Measure,
    window: Window,
    cell: Mapping[str, Any] | None = None,
    *,
    actor: Actor | None = None,
    area: Area | None = None,
    part: Part = "all",
) -> QuerySet[Any]:
    """The rows behind a cell (of `Table.cell`), as far as the actor sees them: the same query.

    part: of a ratio or coverage, those that count (top), those that do not (rest), or all.
    """
    cell = dict(cell or {})
    period = next((one for one in cell if one in PERIODS), "")
    if period:
        window = next(inside for first, inside in window.parts(period) if first == cell[period])
    found = _seen(_selected(measure, window, area), actor)
    if "region" in cell:
        path = cell["region"]
        found = found.filter(
            Q(**{measure.region: path}) if cell.get("exact") else under(measure.region, [path])
        )
    for name in ("unit", "industry"):
        if name in cell:
            found = found.filter(**{_column(measure, name): cell[name]})
    top, bottom = _conditions(measure)
    found = found.filter(bottom)
    return found.filter(top) if part == "top" else found.exclude(top) if part == "rest" else found


def faults(measure: Measure) -> list[str]:
    """What is wrong with the declaration, one sentence each."""
    found = []
    model, universe = _base(measure.rows).model, _universe(measure).model
    wanted = [(model, measure.date), (model, measure.until), *((model, one) for one in measure.series)]
    wanted += [(universe, one) for one in (measure.region, measure.of_unit, measure.industry, measure.topic)]
    if isinstance(measure.amount, Sum | Mean):
        wanted.append((model, measure.amount.field))
    if isinstance(measure.amount, Coverage):
        wanted.append((model, measure.amount.link))
    for where, path in wanted:
        try:
            if path:
                field_at(where, path)
        except DeclarationError as error:
            found.append(f"{measure.key}: {error}")
    if measure.kind == "stock" and bool(measure.until) == bool(measure.series):
        found.append(f"{measure.key}: a stock names either until or series")
    return found


def period_start(kind: str, day: date) -> date:
    """The first day of the day's period."""
    if kind in ("day", "week"):
        return day - timedelta(days=day.weekday() if kind == "week" else 0)
    return date(day.year, (day.month - 1) // MONTHS[kind] * MONTHS[kind] + 1, 1)


def _gather(
    cells: dict[tuple[Any, ...], list[Any]],
    measure: Measure,
    window: Window,
    by: tuple[str, ...],
    area: Area | None,
    level: int | None,
    actor: Actor | None,
    fixed: Mapping[str, Any],
) -> None:
    """Run one grouped query and add its groups into `cells`."""
    rows = _seen(_selected(measure, window, area), actor)
    dims = {f"by_{name}": _dimension(measure, name, level, rows.model) for name in by if name not in fixed}
    amounts = _amounts(measure)
    groups = rows.values(**dims).annotate(**amounts).order_by() if dims else [rows.aggregate(**amounts)]
    for group in groups:
        key = tuple(fixed[n] if n in fixed else _label(n, group[f"by_{n}"]) for n in by)
        parts = (group["top"], group.get("bottom"))
        old = cells.get(key)
        cells[key] = [_plus(a, b) for a, b in zip(old, parts, strict=True)] if old else list(parts)


def _selected(measure: Measure, window: Window, area: Area | None) -> QuerySet[Any]:
    """The rows that count: the one query of the measure."""
    rows = _base(measure.rows)
    start, end = _bounds(rows.model, measure.date, window)
    if measure.until:
        _, closed = _bounds(rows.model, measure.until, window)
        open_still = Q(**{f"{measure.until}__isnull": True}) | Q(**{f"{measure.until}__gte": closed})
        rows = rows.filter(open_still, **{f"{measure.date}__lt": end})
    else:
        rows = rows.filter(**{f"{measure.date}__gte": start, f"{measure.date}__lt": end})
    if isinstance(measure.amount, Coverage):
        touched = rows.filter(**{measure.amount.link: OuterRef("pk")})
        rows = _universe(measure).annotate(covered=Exists(touched))
    elif measure.series:
        last = rows.order_by(*measure.series, f"-{measure.date}", "-pk").distinct(*measure.series)
        rows = _base(measure.rows).filter(pk__in=last.values("pk"))
    if area and area.paths:
        rows = rows.filter(under(measure.region, area.paths))
    if area and area.units:
        rows = rows.filter(**{f"{_column(measure, 'unit')}__in": area.units})
    if area and area.industries:
        rows = rows.filter(**{f"{_column(measure, 'industry')}__in": area.industries})
    if area and area.topics:
        rows = rows.filter(**{f"{_column(measure, 'topic')}__in": area.topics})
    return rows


def _base(rows: Rows) -> QuerySet[Any]:
    if callable(rows):
        return rows()
    return registry.ledger(rows).model.objects.unscoped("a measure counts all rows; evidence asks the actor")


def _universe(measure: Measure) -> QuerySet[Any]:
    return _base(measure.amount.universe if isinstance(measure.amount, Coverage) else measure.rows)


def _seen(rows: QuerySet[Any], actor: Actor | None) -> QuerySet[Any]:
    return rows if actor is None else rows.filter(rows.model.scope.condition(actor))


def _column(measure: Measure, name: str) -> str:
    column = {
        "region": measure.region,
        "unit": measure.of_unit,
        "industry": measure.industry,
        "topic": measure.topic,
    }.get(name, "")
    if not column:
        raise DeclarationError(f"{measure.key} cannot be grouped by {name}")
    return column


def _conditions(measure: Measure) -> tuple[Q, Q]:
    """(what counts, among what)."""
    match measure.amount:
        case Ratio(top, bottom):
            return top, bottom
        case Coverage():
            return Q(covered=True), Q()
        case _:
            return Q(), Q()


def _amounts(measure: Measure) -> dict[str, Any]:
    if isinstance(measure.amount, Sum):
        return {"top": models.Sum(measure.amount.field)}
    if isinstance(measure.amount, Count):
        return {"top": models.Count("pk")}
    if isinstance(measure.amount, Mean):
        return {"top": models.Sum(measure.amount.field), "bottom": models.Count(measure.amount.field)}
    top, bottom = _conditions(measure)
    whole = models.Count("pk", filter=bottom) if bottom else models.Count("pk")
    return {"top": models.Count("pk", filter=top & bottom), "bottom": whole}


def _value(measure: Measure, top: Any, bottom: Any) -> Value:
    top, bottom = (None if one is None else Decimal(one) for one in (top, bottom))
    if isinstance(measure.amount, Ratio | Coverage):
        number = Decimal(top or 0) * measure.amount.scale / bottom if bottom else measure.nothing
        return Value(number, top, bottom)
    if isinstance(measure.amount, Mean):
        return Value(top / bottom if top is not None and bottom else measure.nothing, top, bottom)
    return Value(measure.nothing if top is None else top, top, None)


def _label(name: str, value: Any) -> Any:
    return period_start(name, value) if name in PERIODS else value


def _plus(a: Any, b: Any) -> Any:
    return b if a is None else a if b is None else a + b


def _timed(model: type[models.Model], path: str) -> bool:
    return isinstance(field_at(model, path), models.DateTimeField)


class _Period(models.Func):
    """The first day of a row's period in Shanghai. Dates are cut without a time zone: a third of the time."""

    output_field = models.DateField()

    def __init__(self, measure: Measure, name: str, model: type[models.Model]) -> None:
        zone = (
            "%(expressions)s AT TIME ZONE 'Asia/Shanghai'"
            if _timed(model, measure.date)
            else "%(expressions)s"
        )
        unit = "quarter" if name == "half" else name
        super().__init__(models.F(measure.date), template=f"date_trunc('{unit}', ({zone})::timestamp)::date")


class _Cut(models.Func):
    """The first `level` labels of a path, cut where the rows are: a hundred groups instead of thousands."""

    output_field = models.CharField()

    def __init__(self, column: str, level: int) -> None:
        labels = " || '/' || ".join(f"split_part(%(expressions)s, '/', {n})" for n in range(1, level + 1))
        super().__init__(models.F(column), template=f"rtrim({labels}, '/') || '/'")


def _dimension(measure: Measure, name: str, level: int | None, model: type[models.Model]) -> Any:
    if name in PERIODS:
        return _Period(measure, name, model)
    column = _column(measure, name)
    return _Cut(column, level) if name == "region" and level else models.F(column)


def _bounds(model: type[models.Model], path: str, window: Window) -> tuple[Any, Any]:
    """The window in the column's own type."""
    if _timed(model, path):
        return start_of(window.start), start_of(window.end)
    return window.start, window.end
