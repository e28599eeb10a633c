"""Measures: grouping, roll-up, stocks, coverage; zero is not "not reported"; the rows behind each cell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from anlan.kernel import registry
from anlan.kernel.ledger import DeclarationError
from anlan.kernel.measure import (
    Area,
    Count,
    Measure,
    Sum,
    Value,
    Window,
    compute,
    evidence,
    faults,
    measure_of,
    period_start,
)
from anlan.kernel.models import Figure, Notice
from anlan.kernel.testing import make_row
from anlan.kernel.tests.mechanisms import (
    CITY,
    COUNTY,
    OTHER,
    PROVINCE,
    SECOND,
    at,
    city,
    county,
    fault,
    person,
)
from tests.example.flow import CHECKED, COST, FOUND, OPEN, RATE
from tests.example.models import Site

YEAR, HALF = Window.of("year", 2023), Window.of("half", 2023, 1)


def numbers(table: Any) -> dict[Any, Any]:
    """{cell: number}."""
    return {key: value.number for key, value in table.cells.items()}


@pytest.fixture
def world(db: None) -> None:
    """Eight faults over three counties, two cities and the city itself."""
    fault(
        COUNTY,
        found_on=date(2023, 1, 31),
        closed_on=date(2023, 2, 10),
        state="closed",
        cost=Decimal("100.50"),
    )
    fault(COUNTY, found_on=date(2023, 2, 1), closed_on=date(2023, 7, 1), state="closed", cost=Decimal("200"))
    fault(COUNTY, found_on=date(2023, 6, 30), industry="燃气")
    fault(COUNTY, found_on=date(2023, 7, 1))
    fault(SECOND, found_on=date(2023, 3, 5), industry="燃气")
    fault(CITY, found_on=date(2023, 3, 6))
    fault(OTHER, found_on=date(2023, 3, 7), state="closed", closed_on=date(2023, 6, 30))
    fault(COUNTY, found_on=date(2022, 12, 31))


def test_every_declared_measure_names_what_is_there() -> None:
    assert [one for measure in registry.declared("MEASURES") for one in faults(measure)] == []


def test_unsound_measures_say_what_is_wrong() -> None:
    bad = Measure("bad", "坏", "项", "faults", "found", "", Sum("money"), kind="stock", region="place")
    assert len(faults(bad)) == 4
    with pytest.raises(DeclarationError):
        measure_of("nobody")


def test_a_window_leaves_its_end_out(world: None) -> None:
    assert compute(FOUND, HALF)[()].number == 6
    assert compute(FOUND, Window(date(2023, 7, 1), date(2024, 1, 1)))[()].number == 1


def test_regions_roll_up_without_counting_twice(world: None) -> None:
    counties = numbers(compute(FOUND, YEAR, ("region",), level=3))
    cities = numbers(compute(FOUND, YEAR, ("region",), level=2))
    assert counties == {(COUNTY,): 4, (SECOND,): 1, (CITY,): 1, (OTHER,): 1}
    assert cities == {(CITY,): 6, ("360000/360400/",): 1}
    assert numbers(compute(FOUND, YEAR, ("region",), level=1)) == {(PROVINCE,): 7}


def test_one_query_groups_by_everything(world: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        table = compute(FOUND, YEAR, ("region", "industry", "month"), level=2)
    assert len(queries) == 1
    assert table[(CITY, "燃气", date(2023, 3, 1))].number == 1
    assert sum(value.number or 0 for value in table.cells.values()) == 7


def test_area_and_actor_narrow(world: None) -> None:
    assert compute(FOUND, YEAR, area=Area(paths=(CITY,)))[()].number == 6
    assert compute(FOUND, YEAR, area=Area(paths=(COUNTY, SECOND), industries=("燃气",)))[()].number == 2
    assert compute(FOUND, YEAR, actor=county())[()].number == 4
    assert compute(FOUND, YEAR, actor=city())[()].number == 6


def test_zero_is_not_the_same_as_not_reported(world: None) -> None:
    assert compute(FOUND, YEAR, ("region",))[("999999/",)].number == 0
    assert compute(COST, YEAR, ("region",))[(SECOND,)].number is None
    assert compute(COST, YEAR, ("region",))[(COUNTY,)].number == Decimal("300.50")
    assert compute(COST, Window.of("year", 2030))[()].number is None


def test_a_ratio_of_nothing_is_nothing(world: None) -> None:
    assert compute(RATE, HALF, area=Area(paths=(COUNTY,)))[()].number == Decimal(200) / 3
    assert compute(RATE, Window.of("year", 2030))[()].number is None


def test_a_stock_is_what_stands_at_the_end(world: None) -> None:
    months = numbers(compute(OPEN, HALF, ("month",)))
    assert [months[(date(2023, n, 1),)] for n in range(1, 7)] == [2, 2, 5, 5, 5, 5]
    assert compute(OPEN, HALF)[()].number == 5
    quarters = numbers(compute(OPEN, HALF, ("quarter",)))
    assert quarters == {(date(2023, 1, 1),): 5, (date(2023, 4, 1),): 5}


def test_a_reported_stock_takes_the_last_report_of_each(db: None) -> None:
    ponds = Measure(
        "ponds",
        "尾矿库座数",
        "座",
        "faults",
        "found_on",
        "末次报数",
        Sum("cost"),
        kind="stock",
        series=("site",),
    )
    first, second = (make_row(Site, region_path=COUNTY) for _ in range(2))
    for site, day, count in ((first, 5, 7), (first, 20, 6), (second, 10, 4), (first, 20, 5)):
        fault(site=site, found_on=date(2023, 1, day), cost=count)
    fault(site=second, found_on=date(2023, 2, 3), cost=3)
    assert compute(ponds, HALF)[()].number == 8
    months = compute(ponds, HALF, ("month",))
    assert [months[(date(2023, n, 1),)].number for n in (1, 2, 3)] == [9, 3, None]


def test_coverage_counts_each_once_however_often(db: None) -> None:
    seen, _ = make_row(Site, region_path=COUNTY), make_row(Site, region_path=COUNTY)
    make_row(Site, region_path=OTHER)
    for month in (1, 1, 5):
        fault(site=seen, found_on=date(2023, month, 9))
    table = compute(CHECKED, HALF, ("region",), level=2)
    half = table[(CITY,)]
    assert half == Value(Decimal(50), Decimal(1), Decimal(2))
    assert table[("360000/360400/",)].number == 0
    assert [one.number for one in compute(CHECKED, HALF, ("quarter",)).cells.values()] == [
        pytest.approx(Decimal(100) / 3)
    ] * 2
    rest = evidence(CHECKED, HALF, {"region": CITY}, part="rest")
    assert rest.count() == 1 and seen not in rest


@pytest.mark.parametrize("measure", [FOUND, RATE, OPEN, CHECKED], ids=lambda one: one.key)
@pytest.mark.parametrize("level", [None, 2, 3])
@pytest.mark.parametrize("period", ["month", "half"])
def test_evidence_agrees_with_every_amount(
    world: None, measure: Measure, level: int | None, period: str
) -> None:
    by = ("region", *(("industry",) if measure.industry else ()), period)
    table = compute(measure, YEAR, by, level=level)
    assert table.cells
    for key, value in table.cells.items():
        rows = evidence(measure, YEAR, table.cell(key))
        whole = value.top if value.bottom is None else value.bottom
        assert rows.count() == whole
        if value.bottom is not None:
            assert evidence(measure, YEAR, table.cell(key), part="top").count() == value.top
            assert evidence(measure, YEAR, table.cell(key), part="rest").count() == whole - (value.top or 0)


def test_evidence_shows_only_what_the_actor_sees(world: None) -> None:
    cell = {"region": CITY}
    assert [evidence(FOUND, YEAR, cell, actor=one).count() for one in (county(), city(), None)] == [4, 6, 6]


def test_moments_fall_into_the_months_of_shanghai(db: None) -> None:
    mail = Measure(
        "told",
        "通知",
        "条",
        lambda: Notice.objects.unscoped("a test counts"),
        "created_at",
        "",
        Count(),
        region="key",
    )
    make: Callable[[datetime], Any] = lambda when: Notice.objects.create(  # noqa: E731
        person_id=who, key=str(when), text="x", created_at=when
    )
    who = person("told")
    make(at("2023-06-30 23:59"))
    make(at("2023-07-01 00:00"))
    june = compute(mail, Window.of("month", 2023, 6))[()].number
    months = numbers(compute(mail, YEAR, ("month",)))
    assert june == 1
    assert months == {(date(2023, 6, 1),): 1, (date(2023, 7, 1),): 1}


@given(
    st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.sampled_from(["day", "week", "month", "quarter", "half"])
)
def test_a_window_falls_into_periods_without_gap_or_overlap(day: date, kind: str) -> None:
    window = Window(day, date(day.year + 1, 3, 9))
    parts = list(window.parts(kind))
    assert (parts[0][1].start, parts[-1][1].end) == (window.start, window.end)
    assert all(a[1].end == b[1].start for a, b in pairwise(parts))
    assert all(period_start(kind, part.start) == first for first, part in parts)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("level", "path"), [(None, COUNTY), (1, PROVINCE), (2, CITY), (3, COUNTY), (9, COUNTY)]
)
def test_paths_are_cut_by_labels(level: int | None, path: str) -> None:
    fault(COUNTY)
    assert list(compute(FOUND, YEAR, ("region",), level=level).cells) == [(path,)]


def test_figures_are_a_table_of_their_own() -> None:
    assert Figure._meta.db_table == "kernel_figure"
