"""The grid in which points of a map are gathered: windows, steps, and how many cells a window may have.

Cells lie on a fixed grid for each zoom (halves of a power of two of a degree), so that a cluster does not
jump when the map is moved. Angles are degrees; a step of longitude is wider by 1/cos(28°), so that cells
look square in the middle of the province.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

LEAST_ZOOM: Final = 0
MOST_ZOOM: Final = 26  # cells of 0.00012°, about 13 m
MOST_CELLS: Final = 1_500
CELL_PIXELS: Final = 52
WIDER: Final = 1 / math.cos(math.radians(28))


@dataclass(frozen=True, slots=True)
class Box:
    """A window in degrees: west, south, east, north; the edges are inside."""

    west: float
    south: float
    east: float
    north: float

    @property
    def width(self) -> float:
        """Degrees of longitude."""
        return self.east - self.west

    @property
    def height(self) -> float:
        """Degrees of latitude."""
        return self.north - self.south

    @property
    def text(self) -> str:
        """west,south,east,north, as `box_of` reads it."""
        return ",".join(f"{one:.6f}".rstrip("0").rstrip(".") for one in self.edges)

    @property
    def edges(self) -> tuple[float, float, float, float]:
        """The four in their order."""
        return (self.west, self.south, self.east, self.north)


def box_of(text: str) -> Box | None:
    """A window from "west,south,east,north", or None where it is none: not four numbers, not on the globe,
    turned round."""
    parts = text.split(",")
    if len(parts) != 4 or len(text) > 80:
        return None
    try:
        west, south, east, north = (float(one) for one in parts)
    except ValueError:
        return None
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        return None
    return Box(west, south, east, north)


def steps(zoom: int) -> tuple[float, float]:
    """(degrees of longitude, of latitude) of a cell at a zoom."""
    height = 2 ** (-zoom / 2)
    return height * WIDER, height


def cells_of(box: Box, zoom: int) -> int:
    """The most cells that the window can touch at this zoom."""
    wide, high = steps(zoom)
    return (math.floor(box.width / wide) + 2) * (math.floor(box.height / high) + 2)


def bounded(box: Box, zoom: int) -> int:
    """The zoom that was asked for, or the nearest coarser one at which the window has few enough cells."""
    zoom = max(LEAST_ZOOM, min(MOST_ZOOM, zoom))
    while zoom > LEAST_ZOOM and cells_of(box, zoom) > MOST_CELLS:
        zoom -= 1
    return zoom


def zoom_for(box: Box, pixels: float) -> int:
    """The zoom at which cells are about `CELL_PIXELS` high where the window is `pixels` high."""
    high = max(box.height, 2 ** (-MOST_ZOOM / 2)) * CELL_PIXELS / pixels
    return bounded(box, round(-2 * math.log2(high)))


def padded(box: Box, share: float = 0.04) -> Box:
    """The window with some air around it; a single point gets a hundredth of a degree."""
    wide, high = max(box.width * share, 0.005), max(box.height * share, 0.005)
    return Box(
        max(-180, box.west - wide), max(-90, box.south - high),
        min(180, box.east + wide), min(90, box.north + high),
    )  # fmt: skip
