"""A point inside a county, for invented firms: dense about its middle, as towns are."""

from __future__ import annotations

import random
from functools import cached_property
from itertools import pairwise

from anlan.hazards.map_shapes import Shape, shapes_for

Ring = list[list[float]]
TRIES = 30


class Spots:
    """Points in the outlines of counties of one province; a zone without outline lies in its city."""

    def __init__(self, province: str = "360000") -> None:
        self.province = province

    @cached_property
    def shapes(self) -> dict[str, Shape]:
        """{six digits: outline}."""
        return {one.code: one for one in shapes_for(self.province).shapes}

    def __call__(self, chance: random.Random, path: str) -> tuple[float, float] | None:
        """(longitude, latitude) in the territory of `path`; None where it has no outline."""
        codes = [one[:6] for one in reversed(path.rstrip("/").split("/"))]
        shape = next((self.shapes[code] for code in codes if code in self.shapes), None)
        if shape is None:
            return None
        ring = max((polygon[0] for polygon in shape.polygons), key=len)
        east, north = [one[0] for one in ring], [one[1] for one in ring]
        middle = sum(east) / len(east), sum(north) / len(north)
        spread = (max(east) - min(east)) / 5, (max(north) - min(north)) / 5
        for _ in range(TRIES):
            x, y = chance.gauss(middle[0], spread[0]), chance.gauss(middle[1], spread[1])
            if inside(x, y, ring):
                return round(x, 6), round(y, 6)
        return round(ring[0][0], 6), round(ring[0][1], 6)


def inside(x: float, y: float, ring: Ring) -> bool:
    """Whether a point lies in a closed ring: a ray to the east crosses it an odd number of times."""
    odd = False
    for (x1, y1), (x2, y2) in pairwise([*ring, ring[0]]):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            odd = not odd
    return odd
