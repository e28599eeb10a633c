"""The map: where firms, facilities, installations and dangers lie, beside the table of the same numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import msgspec
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anlan.enterprises.located import WITHIN
from anlan.hazards import map_shapes, reads_map
from anlan.hazards.map_layers import Layer, Mark
from anlan.hazards.reads_map import Counted, MapView
from anlan.hazards.rules import map_grid
from anlan.hazards.rules.map_grid import Box
from anlan.kernel import cells, drawing, places
from anlan.kernel.pages.lists import ListPage, Shown
from anlan.kernel.requests import ActorRequest, whole
from anlan.kernel.shell import address

PIXELS = 560  # how high the map is drawn on a usual window; the browser asks anew where it differs much
CARD_LINES = 7
NOWHERE = Box(73, 18, 135, 54)
LEVELS = {"red", "orange", "yellow", "blue"}
CODE = re.compile(r"[0-9A-Za-z]{2,12}$")


@dataclass(frozen=True)
class Line:
    """One line of the table; every number but those of no further region opens its rows."""

    label: str
    code: str
    map_url: str
    total: int
    total_url: str
    marks: list[tuple[int, str]]
    unplaced: int
    unplaced_url: str


class MapPage:
    """What `hazards/map.html` reads."""

    title = "分布图"

    def __init__(self, request: ActorRequest, layer: Layer, layers: list[Layer]) -> None:
        self.request, self.layer, self.layers = request, layer, layers
        self.view = MapView(layer, request.actor, request.GET.dict())
        self.url = address("hazard-map")
        self.columns = [one for one in layer.marks if one.column]

    @cached_property
    def tabs(self) -> list[dict[str, Any]]:
        """The layers, each with the filters that the others share."""
        region = {"region_path": self.view.query["region_path"]} if "region_path" in self.view.query else {}
        return [
            {
                "label": one.label,
                "url": f"{self.url}?{urlencode({'layer': one.key, **one.start, **region})}",
                "current": one is self.layer,
            }
            for one in self.layers
        ]

    @cached_property
    def filters(self) -> list[Shown]:
        """The ledger's filter line; a value that joins several choices keeps its place in the box."""
        found = [
            one
            for one in ListPage(self.request, self.view.ledger).filters
            if one.name not in reads_map.NOT_FILTERS
        ]
        for one in found:
            if "," in one.value and not any(chosen for _, _, chosen in one.options):
                label = next(
                    (view.label for view in self.view.ledger.views if view.query == {one.name: one.value}),
                    "几种一起",
                )
                one.options = [(one.value, label, True), *one.options]
        return found

    @property
    def clear_url(self) -> str:
        """The layer without filters."""
        return f"{self.url}?layer={self.layer.key}" if self.view.query else ""

    @property
    def problems(self) -> list[str]:
        """Filters that could not be read."""
        assert self.view.listing.conditions is not None
        return [f"筛选“{one.label}”没有生效：{one.message}" for one in self.view.listing.problems]

    @cached_property
    def place(self) -> str:
        """The name of the territory."""
        return places.labels({self.view.root}).get(self.view.root, "") if self.view.root else ""

    @cached_property
    def up_url(self) -> str:
        """The map without the region of the filter line."""
        rest = {key: value for key, value in self.view.query.items() if key != "region_path"}
        chosen = "region_path" in self.view.query
        return f"{self.url}?{urlencode({'layer': self.layer.key, **rest})}" if chosen else ""

    def ledger_url(self, **more: str) -> str:
        """The ledger under the filter line and more; nothing where no row can fit both."""
        query = self.view.ledger_query(**more)
        if query is None:
            return ""
        return address("ledger-list", self.view.ledger.key) + (f"?{urlencode(query)}" if query else "")

    @cached_property
    def lines(self) -> list[Line]:
        """The table. What belongs to no part has no address of its own, unless it is all there is."""
        counts = self.view.counts
        return [self._line(one, linked=not one.path and len(counts) == 1) for one in counts]

    @cached_property
    def sum(self) -> Line:
        """Its last line."""
        counts = self.view.counts
        marks = {one.key: sum(line.marks[one.key] for line in counts) for one in self.columns}
        whole_ = Counted(
            self.view.query.get("region_path", ""), "合计",
            sum(one.total for one in counts), sum(one.unplaced for one in counts), marks,
        )  # fmt: skip
        return self._line(whole_, linked=True)

    def _line(self, one: Counted, linked: bool = False) -> Line:
        def to(**more: str) -> str:
            return self.ledger_url(region_path=one.path, **more) if linked or one.path else ""

        query = {**self.view.query, "region_path": one.path, "layer": self.layer.key}
        code = one.path.rstrip("/").rpartition("/")[2]
        return Line(
            one.label,
            code,
            f"{self.url}?{urlencode(query)}" if one.path and not linked else "",
            one.total,
            to(),
            [(one.marks[mark.key], to(**mark.query)) for mark in self.columns],
            one.unplaced,
            to(**reads_map.placed_query(False)),
        )

    @cached_property
    def legend(self) -> list[Mark]:
        """The marks."""
        return list(self.layer.marks)

    @cached_property
    def shapes(self) -> map_shapes.Shapes:
        """The polygons of the territory."""
        return map_shapes.shapes_for(self.root_code)

    @property
    def outside(self) -> str:
        """The names of the table's regions that have no outline."""
        drawn_ = {one.code for one in self.shapes.shapes}
        found = [one.label for one in self.lines if one.code and one.code not in drawn_]
        return "、".join(found[:8]) + (f"等 {len(found)} 个区划" if len(found) > 8 else "")

    @property
    def root_code(self) -> str:
        """The code of the territory; of a town or a zone, that of the territory around it."""
        codes = [one for one in self.view.root.split("/") if len(one) == 6 and one.isdigit()]
        return codes[-1] if codes else ""

    @cached_property
    def box(self) -> Box:
        """What the map first shows: the territory, or the points where it has no outline."""
        found = self.shapes.box or self.view.extent
        return map_grid.padded(found) if found else NOWHERE

    @cached_property
    def first(self) -> dict[str, Any]:
        """What the script begins with, so that the first picture needs no further question."""
        clusters = self.view.clusters(self.box, map_grid.zoom_for(self.box, PIXELS))
        query = urlencode({**self.view.query, "layer": self.layer.key})
        return {
            "box": self.box.edges,
            "zoom": clusters.zoom,
            "cells": clusters.cells,
            "marks": [{"tone": one.tone, "letter": one.letter, "label": one.label} for one in self.legend],
            "unit": self.layer.unit,
            "points": f"{address('hazard-map-points')}?{query}",
            "place": f"{address('hazard-map-place')}?{query}",
            "card": f"{address('hazard-map')}card/{self.layer.key}/",
            "names": {one.code: one.total for one in self.lines if one.code},
        }

    @property
    def shapes_url(self) -> str:
        """Where the outlines are; a change of the file changes the address."""
        if not self.root_code:
            return ""
        return f"{address('hazard-map-shapes', self.root_code)}?v={self.shapes.mark}"


def _layer(request: ActorRequest, key: str | None = None) -> tuple[Layer, list[Layer]]:
    layers = reads_map.layers_for(request.actor)
    if not layers:
        raise Http404
    wanted = request.GET.get("layer", "") if key is None else key
    if not wanted:
        return layers[0], layers
    found = next((one for one in layers if one.key == wanted), None)
    if found is None:
        raise Http404
    return found, layers


def _box(request: HttpRequest) -> Box:
    found = map_grid.box_of(request.GET.get("box", ""))
    if found is None:
        raise Http404
    return found


@require_GET
def show_map(request: ActorRequest) -> HttpResponse:
    """The page."""
    layer, layers = _layer(request)
    return render(request, "hazards/map.html", {"page": MapPage(request, layer, layers)})


@require_GET
def points(request: ActorRequest) -> HttpResponse:
    """What lies in `?box=west,south,east,north`: clusters at `?zoom=`, or with `?dots=1` every row by itself.

    Answers {zoom, cells} or {dots, more}; the arrays are those of `reads_map`. Bounded by
    `map_grid.MOST_CELLS` and `reads_map.MOST_DOTS`.
    """
    layer, _ = _layer(request)
    box = _box(request)
    view = MapView(layer, request.actor, request.GET.dict())
    if request.GET.get("dots"):
        dots = view.dots(box)
        body = f'{{"dots":{dots.text},"more":{"true" if dots.more else "false"}}}'.encode()
    else:
        found = view.clusters(box, whole(request.GET.get("zoom")) or 0)
        body = msgspec.json.encode({"zoom": found.zoom, "cells": found.cells})
    response = HttpResponse(body, content_type="application/json")
    response["Cache-Control"] = "private, no-store"
    return response


@require_GET
def shapes(request: ActorRequest, code: str) -> HttpResponse:
    """The outlines of a territory and what lies below it, as GeoJSON; kept by the browser for a week."""
    if not CODE.match(code) or not reads_map.layers_for(request.actor):
        raise Http404
    found = map_shapes.shapes_for(code)
    tag = f'"{found.mark}-{code}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified()
    response = HttpResponse(found.geojson, content_type="application/geo+json")
    response["ETag"], response["Cache-Control"] = tag, "private, max-age=604800"
    return response


@require_GET
def card(request: ActorRequest, layer: str, pk: int) -> HttpResponse:
    """The hover card of one row: name, mark, the ledger's first columns, the way to its page."""
    found_layer, _ = _layer(request, layer)
    view = MapView(found_layer, request.actor, {})
    found = view.mark_of(pk)
    if found is None:
        raise Http404
    row, mark = found
    columns = [
        one
        for one in view.listing.columns
        if not one.link and "c-pic" not in one.css and "c-t" not in one.css
    ][:CARD_LINES]
    names = drawing.Names()
    names.fill(columns, view.ledger, [row])
    heads = drawing.heads(view.ledger, columns)
    lines = [
        (head.label, drawing.drawer(view.ledger, one, names)(row))
        for head, one in zip(heads, columns, strict=True)
    ]
    context = {
        "name": _name(view, row),
        "mark": drawn(mark),
        "lines": [(label, value) for label, value in lines if value not in ("", None)],
        "url": address("ledger-row", view.ledger.key, str(row.pk)),
        "noun": view.ledger.noun,
    }
    return render(request, "hazards/map_card.html", context)


@require_GET
def place(request: ActorRequest) -> HttpResponse:
    """What lies at one spot: the first rows by name, and all of them in the ledger."""
    layer, _ = _layer(request)
    box = _box(request)
    view = MapView(layer, request.actor, request.GET.dict())
    rows, total = view.listed(box)
    query = urlencode({**view.query, WITHIN: box.text})
    context = {
        "rows": [(_name(view, one), address("ledger-row", view.ledger.key, str(one.pk))) for one in rows],
        "total": total,
        "unit": layer.unit,
        "url": f"{address('ledger-list', view.ledger.key)}?{query}",
        "label": view.ledger.label,
    }
    return render(request, "hazards/map_place.html", context)


def _name(view: MapView, row: Any) -> str:
    title = view.ledger.title
    return str((getattr(row, title, "") if title else "") or row)


def drawn(mark: Mark) -> str:
    """A mark beside words: a level's four bars or a light."""
    word = mark.label
    return cells.level(mark.tone, word) if mark.tone in LEVELS else cells.light(mark.tone, word)
