"""The grid of the map: windows that are none, cells within their bound, both sides of every edge."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.hazards.rules import map_grid
from anlan.hazards.rules.map_grid import Box, bounded, box_of, cells_of, padded, zoom_for

SHANGRAO = Box(116.2242, 27.807, 118.481, 29.7009)
WORLD = Box(-180, -90, 180, 90)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,2,3",
        "1,2,3,4,5",
        "a,2,3,4",
        "118,27,116,29",
        "116,29,118,27",
        "-180.1,0,0,1",
        "0,-90.1,1,1",
        "0,0,180.1,1",
        "0,0,1,90.1",
        "nan,0,1,1",
        "inf,0,1,1",
        "0," * 60,
    ],
)
def test_what_is_no_window_is_refused(text: str) -> None:
    assert box_of(text) is None


@pytest.mark.parametrize("text", ["116,27,118,29", "-180,-90,180,90", "117,28,117,28"])
def test_a_window_with_its_edges_is_read(text: str) -> None:
    found = box_of(text)
    assert found is not None and found.text == text


def test_a_window_written_and_read_again_is_the_same() -> None:
    found = Box(116.224213, 27.80701, 118.481, 29.7)
    assert box_of(found.text) == found


@given(st.floats(-180, 180), st.floats(-90, 90), st.floats(0, 360), st.floats(0, 180), st.integers(-50, 100))
def test_no_window_and_no_zoom_makes_more_cells_than_the_bound(
    west: float, south: float, wide: float, high: float, zoom: int
) -> None:
    box = Box(west, south, min(180, west + wide), min(90, south + high))
    found = bounded(box, zoom)
    assert map_grid.LEAST_ZOOM <= found <= map_grid.MOST_ZOOM
    assert cells_of(box, found) <= map_grid.MOST_CELLS or found == map_grid.LEAST_ZOOM


def test_the_zoom_asked_for_is_kept_up_to_the_bound_and_made_coarser_beyond_it() -> None:
    most = next(one for one in range(26, -1, -1) if cells_of(SHANGRAO, one) <= map_grid.MOST_CELLS)
    assert bounded(SHANGRAO, most) == most
    assert bounded(SHANGRAO, most + 1) == most


def test_each_zoom_halves_the_area_of_a_cell() -> None:
    wide, high = map_grid.steps(6)
    smaller_wide, smaller_high = map_grid.steps(7)
    assert wide * high == pytest.approx(2 * smaller_wide * smaller_high)


def test_the_first_picture_has_cells_of_about_the_wanted_size() -> None:
    _, high = map_grid.steps(zoom_for(SHANGRAO, 560))
    pixels = high / SHANGRAO.height * 560
    assert map_grid.CELL_PIXELS / 1.5 < pixels < map_grid.CELL_PIXELS * 1.5


def test_a_single_point_gets_some_air_and_the_globe_keeps_its_edges() -> None:
    assert padded(Box(117, 28, 117, 28)) == Box(116.995, 27.995, 117.005, 28.005)
    assert padded(WORLD) == WORLD
