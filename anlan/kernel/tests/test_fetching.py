"""The kept statement gives what the query set gives, joined rows and all."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.kernel import fetching
from anlan.kernel.scope import NOBODY, ScopeError
from tests.example.models import Fault, Site

pytestmark = pytest.mark.django_db
ORDER = ("-found_on", "-id")


@pytest.fixture
def faults(db: None) -> list[Any]:
    site = Site(code="S1", name="红旗化工", region_path="360000/361100/", industry="危险化学品")
    site.save()
    made = []
    for n in range(4):
        made.append(
            Fault(
                number=f"F{n}", site=site, region_path=site.region_path, industry=site.industry,
                description=f"灭火器 {n}", found_on=date(2023, 6, 1 + n), due_on=date(2023, 7, 1),
            )
        )  # fmt: skip
        made[-1].save()
    return made


def _rows() -> Any:
    return Fault.objects.unscoped("test")


def test_instances_are_as_django_makes_them(faults: list[Any]) -> None:
    rows = _rows().select_related("site")
    ids = rows.select_related(None).order_by(*ORDER).values("pk")[:3]
    expected = list(rows.filter(pk__in=ids).order_by(*ORDER))
    with CaptureQueriesContext(connection) as asked:
        found = fetching.fetch(rows, ids, ORDER)
        assert [one.site.name for one in found] == ["红旗化工"] * 3
    assert len(asked) == 1
    assert [one.__dict__.keys() for one in found] == [one.__dict__.keys() for one in expected]
    for one, other in zip(found, expected, strict=True):
        plain = {name: value for name, value in one.__dict__.items() if name != "_state"}
        assert plain == {name: value for name, value in other.__dict__.items() if name != "_state"}
        assert one == other and not one._state.adding and one._state.db == other._state.db
    found[0].description = "已换新"
    found[0].save()
    assert _rows().get(pk=found[0].pk).description == "已换新"


def test_unusual_query_sets_go_djangos_way(faults: list[Any]) -> None:
    rows = _rows().only("number")
    found = fetching.fetch(rows, rows.order_by(*ORDER).values("pk")[:2], ORDER)
    assert [one.number for one in found] == ["F3", "F2"]
    assert found[0].get_deferred_fields()


def test_nothing_to_find_is_no_statement(faults: list[Any]) -> None:
    rows = _rows().filter(NOBODY)
    assert fetching.fetch(rows, rows.order_by(*ORDER).values("pk")[:2], ORDER) == []


def test_a_query_on_nobodys_behalf_is_refused(faults: list[Any]) -> None:
    rows = Fault.objects.all()
    with pytest.raises(ScopeError):
        fetching.fetch(rows, rows.order_by(*ORDER).values("pk")[:2], ORDER)
