"""A printed figure stays as printed, and says what has changed since."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from anlan.kernel import figure
from anlan.kernel.figure import freeze, recheck
from anlan.kernel.measure import Area, Window, compute
from anlan.kernel.models import Figure
from anlan.kernel.tests.mechanisms import CITY, COUNTY, SECOND, city, county, fault
from anlan.kernel.writing import Refused
from tests.example.flow import CHECKED, COST, FOUND, OPEN, RATE

HALF = Window.of("half", 2023, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("measure", [FOUND, COST, RATE, OPEN, CHECKED], ids=lambda one: one.key)
def test_nothing_changed_holds(measure: object) -> None:
    paper = fault(cost=Decimal("3.10"))
    found = freeze(city(), paper, measure, HALF, area=Area(paths=(CITY,)))  # type: ignore[arg-type]
    assert recheck(Figure.objects.unscoped("a test").get(pk=found.pk)).holds


@pytest.mark.django_db
def test_a_changed_row_is_named_and_the_printed_value_stays() -> None:
    paper, gone = fault(COUNTY), fault(SECOND)
    table = compute(FOUND, HALF, ("region", "month"), level=2)
    frozen = freeze(city(), paper, FOUND, HALF, table.cell((CITY, date(2023, 6, 1))))
    gone.found_on = date(2023, 5, 1)
    gone.save()
    new = fault(COUNTY)
    newer = fault(COUNTY)
    said = recheck(Figure.objects.unscoped("a test").get(pk=frozen.pk))
    assert (said.holds, said.was, said.now) == (False, Decimal(2), Decimal(3))
    assert (said.gained, said.lost, said.tampered) == ((new.pk, newer.pk), (gone.pk,), False)


@pytest.mark.django_db
def test_the_same_count_of_other_rows_is_noticed() -> None:
    paper, gone = fault(), fault()
    frozen = freeze(county(), paper, FOUND, HALF)
    gone.delete()
    fault()
    said = recheck(frozen)
    assert (said.was == said.now, said.rows_changed, said.holds) == (True, True, False)


@pytest.mark.django_db
def test_a_changed_amount_is_noticed() -> None:
    row = fault(cost=Decimal("3.10"))
    frozen = freeze(county(), row, COST, HALF)
    row.cost = Decimal("3.11")
    row.save()
    said = recheck(frozen)
    assert (said.was, said.now, said.rows_changed) == (Decimal("3.10"), Decimal("3.11"), False)


@pytest.mark.django_db
def test_a_forged_value_is_noticed() -> None:
    frozen = freeze(county(), fault(), FOUND, HALF)
    Figure.objects.unscoped("a test forges").filter(pk=frozen.pk).update(value=7)
    assert recheck(Figure.objects.unscoped("a test").get(pk=frozen.pk)).tampered


@pytest.mark.django_db
def test_many_rows_are_kept_as_a_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figure, "KEPT_ROWS", 2)
    paper = fault()
    fault(), fault()
    frozen = freeze(county(), paper, FOUND, HALF)
    assert (frozen.row_count, frozen.row_ids) == (3, None)
    paper.found_on = date(2023, 5, 31)
    paper.save()
    assert recheck(frozen).holds
    paper.delete()
    said = recheck(frozen)
    assert (said.rows_changed, said.gained, said.lost) == (True, None, None)


@pytest.mark.django_db
def test_nobody_freezes_what_they_do_not_see() -> None:
    paper = fault(COUNTY)
    fault(SECOND)
    with pytest.raises(Refused, match="职责范围以外"):
        freeze(county(), paper, FOUND, HALF)
    assert freeze(county(), paper, FOUND, HALF, area=Area(paths=(COUNTY,))).value == 1
