"""The map's questions: counts by region, clusters of a window, single points, what lies at one place.

All of them start from the ledger's own `Listing`, so scope and filter line are those of the list: a number on
the map and the ledger behind it cannot differ.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    Case,
    Count,
    F,
    Func,
    IntegerField,
    Max,
    Min,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)

from anlan.enterprises.located import PLACED, WITHIN
from anlan.hazards.map_layers import LAYERS, Layer, Mark
from anlan.hazards.rules import map_grid
from anlan.hazards.rules.map_grid import Box
from anlan.kernel import clock, places, registry
from anlan.kernel.ledger import Ledger
from anlan.kernel.listing import Listing
from anlan.kernel.scope import Actor, Reach, under
from anlan.org.models import Region
from anlan.org.models.dated import on_day

MOST_DOTS = 20_000
# OFFSET 0 keeps the planner from working out the casts and the CASE of a row once for each sum: three times
# slower.
GATHER = """
    SELECT floor(x / %s)::int, floor(y / %s)::int, rank, count(*), sum(x), sum(y), min(pk),
        min(x), min(y), max(x), max(y)
    FROM (SELECT * FROM ({inner}) AS plain (pk, x, y, rank) OFFSET 0) AS rows
    GROUP BY 1, 2, 3"""
SCATTER = """
    SELECT count(*), string_agg('[' || round(x * 100000)::int || ',' || round(y * 100000)::int || ','
        || rank || ',' || pk || ']', ',')
    FROM ({inner}) AS rows (pk, x, y, rank)"""
NOTHING = "SELECT NULL::bigint, NULL::float8, NULL::float8, NULL::int WHERE false"
MOST_LISTED = 8
COUNTY = 3
# What a page of a list keeps in the address bar and a map has no use for.
NOT_FILTERS = frozenset({"layer", "box", "zoom", "after", "before", "view", "columns", "count", WITHIN})


@dataclass(frozen=True)
class Counted:
    """One line of the table: rows below `path`, those without coordinates, those of marks with a column."""

    path: str
    label: str
    total: int
    unplaced: int
    marks: Mapping[str, int]


@dataclass(frozen=True)
class Clusters:
    """Clusters of a window. cells: [east, north, rows, mark, rows of that mark, row or 0, w, s, e, n]."""

    zoom: int
    cells: list[list[float | int]]

    @property
    def rows(self) -> int:
        """Rows within the window."""
        return int(sum(one[2] for one in self.cells))


@dataclass(frozen=True)
class Dots:
    """Rows by themselves. text: a JSON array of [east × 100,000, north × 100,000, mark, row]."""

    text: str
    more: bool

    @property
    def rows(self) -> list[list[float | int]]:
        """[east, north, mark, row] of each."""
        return [[x / 1e5, y / 1e5, rank, pk] for x, y, rank, pk in json.loads(self.text)]


def layers_for(actor: Actor) -> list[Layer]:
    """The layers whose ledgers exist and that this actor may read."""
    known = {one.key: one for one in registry.ledgers()}
    return [
        one for one in LAYERS if one.ledger in known and actor.may_read(known[one.ledger].permission("view"))
    ]


class MapView:
    """One layer as one actor sees it under one filter line."""

    def __init__(self, layer: Layer, actor: Actor, query: Mapping[str, str]) -> None:
        self.layer, self.actor = layer, actor
        self.ledger: Ledger = registry.ledger(layer.ledger)
        self.query = {key: str(query[key]) for key in query if key not in NOT_FILTERS and query[key]}
        self.listing = Listing(self.ledger, actor, self.query)

    @property
    def region_field(self) -> str:
        """The lookup to the region path."""
        return self.ledger.model.scope.region or "region_path"

    @cached_property
    def root(self) -> str:
        """The path whose parts the table lists: the region of the filter, else what the seats share."""
        chosen = self.query.get("region_path", "")
        if chosen:
            return chosen if chosen.endswith("/") else f"{chosen}/"
        seats = [one for one in self.actor.seats if one.may(self.ledger.model.scope.view)]
        if self.actor.system or any(one.reach == Reach.ALL and not one.enterprise_id for one in seats):
            return _top()
        return _shared([one.region_paths[0] for one in seats if one.region_paths]) or self._of_rows()

    def _of_rows(self) -> str:
        """Where the rows of a firm's own user lie, cut to the county."""
        found = self.listing.ledger.rows(self.actor).values_list(self.region_field, flat=True)[:50]
        return _shared(["/".join(one.split("/")[:COUNTY]) + "/" for one in found if one]) or _top()

    def marked(self, mark: Mark) -> Q:
        """The ledger's own condition of a mark; everything for the last one."""
        found = ~Q(pk__in=())
        for condition in Listing(self.ledger, self.actor, dict(mark.query)).conditions.values():
            found &= condition
        return found

    @property
    def _rank(self) -> Case:
        whens = [When(self.marked(one), then=Value(n)) for n, one in enumerate(self.layer.marks)]
        return Case(*whens, default=Value(len(whens) - 1), output_field=IntegerField())

    @cached_property
    def counts(self) -> list[Counted]:
        """By the parts of the root, towns only where they have rows: one statement over the rows."""
        depth = self.root.count("/") + 1
        split = Func(
            F(self.region_field), Value("/"), Value(depth), function="split_part", output_field=TextField()
        )
        inside = When(under(self.region_field, (self.root,)), then=split)
        part = Case(inside, default=Value(""), output_field=TextField())
        columns = {
            f"n_{one.key}": Count("pk", filter=self.marked(one)) for one in self.layer.marks if one.column
        }
        found = (
            self.listing.filtered.annotate(part=part)
            .values("part")
            .annotate(n=Count("pk"), lost=Count("pk", filter=~self.layer.place.placed), **columns)
            .order_by("part")
        )
        by_part = {one.pop("part"): one for one in found}
        lines = [
            self._counted(code, label, by_part.get(code, {})) for code, label in self._parts(set(by_part))
        ]
        # Few ledgers are filed by town: below the county, towns without rows are left out.
        return [one for one in lines if one.total] if depth > COUNTY else lines

    def _counted(self, code: str, label: str, found: Mapping[str, int]) -> Counted:
        marks = {one.key: found.get(f"n_{one.key}", 0) for one in self.layer.marks if one.column}
        path = f"{self.root}{code}/" if code else ""
        return Counted(path, label, found.get("n", 0), found.get("lost", 0), marks)

    def _parts(self, used: set[str]) -> list[tuple[str, str]]:
        """(code, name) of the regions right below the root today, and of others that rows are filed under."""
        below = (
            Region.objects.unscoped("the names of the regions of a table")
            .filter(on_day(clock.today()), parent__path=self.root)
            .order_by("path")
            .values_list("code", "short_name")
        )
        found = dict(below)
        paths = {code: f"{self.root}{code}/" for code in sorted(used - set(found) - {""})}
        names = places.labels(set(paths.values()))
        found |= {code: names[path] for code, path in paths.items()}
        if "" in used:
            found[""] = "未分到乡镇" if self.root.count("/") >= COUNTY else "未分到下级"
        return list(found.items())

    @property
    def _placed(self) -> QuerySet[Any]:
        place = self.layer.place
        found: QuerySet[Any] = self.listing.filtered
        found = found.filter(place.placed).annotate(x=place.longitude, y=place.latitude)
        return found

    @cached_property
    def extent(self) -> Box | None:
        """The window around all points, or None without any."""
        found = self._placed.order_by().aggregate(w=Min("x"), s=Min("y"), e=Max("x"), n=Max("y"))
        return None if found["w"] is None else Box(found["w"], found["s"], found["e"], found["n"])

    def clusters(self, box: Box, zoom: int) -> Clusters:
        """What lies in the window, gathered by the grid of the zoom, or of a coarser one where cells are too
        many. One statement; a cell with one row names it."""
        zoom = map_grid.bounded(box, zoom)
        wide, high = map_grid.steps(zoom)
        inner, given = self._sql(self._within(box))
        found: dict[tuple[int, int], list[Any]] = {}
        with connection.cursor() as cursor:
            cursor.execute(GATHER.format(inner=inner), [wide, high, *given])
            for cx, cy, *part in cursor.fetchall():
                cell = found.setdefault((cx, cy), [])
                cell.append(part)
        cells = sorted((_cell(parts) for parts in found.values()), key=lambda one: -one[2])
        return Clusters(zoom, cells[: map_grid.MOST_CELLS])

    def dots(self, box: Box) -> Dots:
        """Every row of the window by itself, up to `MOST_DOTS`: written as text by the one statement."""
        inner, given = self._sql(self._within(box)[: MOST_DOTS + 1])
        with connection.cursor() as cursor:
            cursor.execute(SCATTER.format(inner=inner), given)
            count, text = cursor.fetchone()
        more = count > MOST_DOTS
        return Dots(f"[{text[: text.rindex(',[')] if more else text or ''}]", more)

    def _sql(self, rows: QuerySet[Any]) -> tuple[str, tuple[Any, ...]]:
        """(SQL, its values) of the columns pk, x, y, rank of rows that were asked for an actor."""
        plain = rows.order_by() if not rows.query.is_sliced else rows
        chosen = plain.annotate(rank=self._rank).values_list("pk", "x", "y", "rank")
        try:
            sql, given = chosen.query.sql_with_params()
        except EmptyResultSet:
            return NOTHING, ()
        return str(sql), tuple(given)

    def _within(self, box: Box) -> QuerySet[Any]:
        return self._placed.filter(self.layer.place.within(*box.edges))

    def listed(self, box: Box) -> tuple[list[Any], int]:
        """(the first rows of a window in the ledger's order, how many there are)."""
        rows = self._within(box)
        shown = rows.select_related(*self.ledger.related).order_by(*self.ledger.order)[:MOST_LISTED]
        return list(shown), rows.order_by().count()

    def mark_of(self, pk: int) -> tuple[Any, Mark] | None:
        """(the row, its mark) for a row that the actor may see, or None."""
        rows = self.ledger.rows(self.actor).filter(pk=pk).annotate(rank=self._rank)
        row = rows.select_related(*self.ledger.related).first()
        return None if row is None else (row, self.layer.marks[row.rank])

    def ledger_query(self, **more: str) -> dict[str, str] | None:
        """The filter line for the ledger's address, narrowed by further filters; None where nothing is left.

        Both lines may name choices of one filter: what they share stays.
        """
        found = dict(self.query)
        for key, value in more.items():
            if not value:
                continue
            if key in found and key != "region_path" and found[key] != value:
                shared = [one for one in found[key].split(",") if one in value.split(",")]
                if not shared:
                    return None
                value = ",".join(shared)
            found[key] = value
        return found


def placed_query(placed: bool) -> dict[str, str]:
    """The filter that lists rows with coordinates, or without."""
    return {PLACED: "1" if placed else "0"}


def _cell(parts: list[list[Any]]) -> list[float | int]:
    """One cluster of the parts of its marks; a part: rank, rows, sums of x and y, least pk, edges."""
    first = min(parts)
    rows = sum(one[1] for one in parts)
    middle = [round(sum(one[n] for one in parts) / rows, 5) for n in (2, 3)]
    edges = [min(one[5] for one in parts), min(one[6] for one in parts),
             max(one[7] for one in parts), max(one[8] for one in parts)]  # fmt: skip
    single = first[4] if rows == 1 else 0
    return [*middle, rows, first[0], first[1], single, *(round(edge, 6) for edge in edges)]


def _shared(paths: list[str]) -> str:
    """The path that all of them begin with, by whole parts."""
    if not paths:
        return ""
    parts = [one.split("/")[:-1] for one in paths]
    shared = []
    for level in zip(*parts, strict=False):
        if len(set(level)) > 1:
            break
        shared.append(level[0])
    return "/".join(shared) + "/" if shared else ""


def _top() -> str:
    """The first province of the region tree."""
    rows = Region.objects.unscoped("the root of the region tree").filter(parent=None)
    found = rows.order_by("path").values_list("path", flat=True).first()
    return found or ""
