"""Fields that are no columns go into one JSON column and come back as they were."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from json import dumps
from typing import Any

import pytest
from django.db import models

from anlan.kernel import extra

FIELDS: dict[str, Any] = {
    "attributes__height": models.DecimalField(max_digits=9, decimal_places=2),
    "attributes__since": models.DateField(),
    "attributes__over": models.BooleanField(null=True),
}


@dataclass
class Made:
    """What these functions read of a ledger."""

    extra: dict[str, Any] = field(default_factory=lambda: FIELDS)
    kept_in: str = "attributes"
    only: dict[str, Any] = field(default_factory=lambda: {"kind": "pond"})


LEDGER: Any = Made()
GIVEN = {"name": "一号", "attributes__height": Decimal("60.5"), "attributes__since": date(2020, 5, 1)}


def test_a_form_is_folded_and_unfolded() -> None:
    folded = extra.fold(LEDGER, {**GIVEN, "attributes__over": None})
    assert folded == {"name": "一号", "attributes": {"height": 60.5, "since": "2020-05-01"}}
    back = extra.unfold(LEDGER, folded)
    assert back == {
        "attributes__height": 60.5,
        "attributes__since": date(2020, 5, 1),
        "attributes__over": None,
    }


def test_false_is_kept_and_nothing_is_not() -> None:
    assert extra.fold(LEDGER, {"attributes__over": False})["attributes"] == {"over": False}
    assert extra.fold(LEDGER, {"attributes__over": None})["attributes"] == {}
    assert "attributes" not in extra.fold(LEDGER, {"name": "一号"})


def test_columns_of_a_sheet_are_folded_row_by_row_with_what_is_always_the_same() -> None:
    columns = {"name": ["一号", "二号"], "attributes__height": [Decimal(1), None]}
    found = extra.fold_columns(LEDGER, columns, 2)
    assert found == {"name": ["一号", "二号"], "kind": ["pond", "pond"], "attributes": [{"height": 1}, {}]}


def test_a_sheet_changes_only_the_keys_that_it_names() -> None:
    assert extra.over({"height": 1, "over": True}, extra.Partly(height=2)) == {"height": 2, "over": True}
    assert extra.over(None, extra.Partly(height=2)) == {"height": 2}
    assert extra.over({"height": 1}, {"over": False}) == {"over": False}
    assert extra.over("alt", "neu") == "neu"


@pytest.mark.parametrize(
    ("value", "written"),
    [(Decimal("2"), "2"), (Decimal("2.50"), "2.5"), (date(2023, 7, 5), '"2023-07-05"'), (True, "true")],
)
def test_numbers_stay_numbers_in_json(value: Any, written: str) -> None:
    assert dumps(value, cls=extra.PlainEncoder) == written


def test_what_cannot_be_read_as_a_day_stays_as_it_is() -> None:
    assert extra.typed(FIELDS["attributes__since"], "去年") == "去年"
