"""A point inside a county, for invented firms."""

from __future__ import annotations

import random


class Spots:
    """Points in the outlines of counties; None where a county has no outline."""

    def __call__(self, chance: random.Random, path: str) -> tuple[float, float] | None:
        """(longitude, latitude) somewhere in the county of `path`."""
        return None
