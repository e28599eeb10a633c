"""What the map declares: its entry in the menu, and the polygons made ready before the first visit."""

from __future__ import annotations

from typing import Any

from anlan.hazards import map_shapes
from anlan.kernel.shell import Entry
from anlan.org.models import Region

__all__ = ["LEDGERS", "MEASURES", "MENU", "PARAMETERS", "SETUP", "WORKFLOWS"]


def prepare(*_: Any) -> None:
    """Read the polygons of the provinces in the register; a second or two, once for each version."""
    rows = Region.objects.unscoped("the provinces whose outlines are made ready").filter(parent=None)
    for code in rows.values_list("code", flat=True):
        map_shapes.shapes_for(code)


LEDGERS: tuple[()] = ()
WORKFLOWS: tuple[()] = ()
MEASURES: tuple[()] = ()
PARAMETERS: tuple[()] = ()
SETUP = (prepare,)
MENU = (Entry("hazards", "hazard-map", "分布图", "hazard-map", "dangers.view", icon="map-pins"),)
