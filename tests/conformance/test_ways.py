"""What every workflow and every measure keeps to, proven for each declaration."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db.models import F

from anlan.kernel import measure, moves, registry, workflow
from anlan.kernel.checks import check_ways
from anlan.kernel.due import start_of
from anlan.kernel.measure import Coverage, Measure, Window, compute, evidence
from anlan.kernel.testing import make_row, place
from anlan.kernel.workflow import Workflow
from anlan.kernel.writing import Refused
from tests.conformance.conftest import HERE, THERE, nobody, officer

YEAR = Window.of("year", 2023)
each_flow = pytest.mark.parametrize(
    "flow", [pytest.param(one, id=one.key) for one in registry.declared("WORKFLOWS")]
)
each_measure = pytest.mark.parametrize(
    "one", [pytest.param(one, id=one.key) for one in registry.declared("MEASURES")]
)


def test_the_start_up_check_finds_nothing() -> None:
    assert [str(one) for one in check_ways(None)] == []


@each_flow
def test_every_state_is_reached_and_leads_to_an_end(flow: Workflow) -> None:
    assert workflow.faults(flow) == []
    assert all(state.label for state in flow.states) and all(move.label for move in flow.moves)


@each_flow
@pytest.mark.django_db
def test_without_permission_no_move_is_made(flow: Workflow) -> None:
    ledger = registry.ledger(flow.ledger)
    row = place(make_row(ledger.model, **{flow.field: flow.start}), HERE)
    for move in flow.moves:
        with pytest.raises(Refused):
            moves.perform(nobody(), row, move.key)
        with pytest.raises(Refused, match="没有这一行"):
            moves.perform(officer(ledger, THERE), row, move.key)


def asked_of(where: Any, model: Any) -> dict[str, Any]:
    """The values that a measure's own plain conditions ask of its rows: {column: value}."""
    found: dict[str, Any] = {}
    for one in () if where.negated or where.connector != "AND" else where.children:
        if hasattr(one, "children"):
            found |= asked_of(one, model)
            continue
        target = getattr(one.lhs, "target", None)
        if target is None or target.model is not model:
            continue
        match one.lookup_name:
            case "exact" | "lte" | "gte":
                found[target.name] = F(one.rhs.target.name) if hasattr(one.rhs, "target") else one.rhs
            case "in":
                found[target.name] = next(iter(one.rhs))
            case "gt":
                found[target.name] = one.rhs + 1
    return found


def hanging_on(where: Any, model: Any) -> list[Any]:
    """The fields by which rows of other tables hang on the rows that a measure counts."""
    asked = [one for one in where.children if getattr(one, "lookup_name", "") == "isnull"]
    found = [getattr(one.lhs, "target", None) for one in asked if one.rhs is False]
    return [one for one in found if one is not None and one.model is not model and one.related_model is model]


def rows_of(one: Measure) -> None:
    """A few rows that the measure may count."""
    model = measure._base(one.rows).model
    day = start_of(date(2023, 6, 20)) if measure._timed(model, one.date) else date(2023, 6, 20)
    for path in (HERE, HERE, THERE):
        row = place(make_row(model, **({} if "__" in one.date else {one.date: day})), path)
        wanted = asked_of(measure._base(one.rows).query.where, model)
        model.objects.unscoped("a row that the measure counts").filter(pk=row.pk).update(**wanted)
        for field in hanging_on(measure._base(one.rows).query.where, model):
            make_row(field.model, **{field.name: row})
    if isinstance(one.amount, Coverage):
        for path in (HERE, THERE):
            place(make_row(measure._base(one.amount.universe).model), path)


@each_measure
@pytest.mark.django_db
def test_the_evidence_of_every_cell_agrees_with_its_amount(one: Measure) -> None:
    rows_of(one)
    for level in (2, 3, None):
        table = compute(one, YEAR, ("region", "month"), level=level)
        assert one.label and one.unit and one.basis
        for key, value in table.cells.items():
            rows: Any = evidence(one, YEAR, table.cell(key))
            if isinstance(one.amount, measure.Sum):
                found = [getattr(row, one.amount.field) for row in rows]
                assert sum(number for number in found if number is not None) == (value.number or 0)
            else:
                assert rows.count() == (value.top if value.bottom is None else value.bottom)


@each_measure
@pytest.mark.django_db
def test_a_stranger_is_counted_nothing_and_shown_nothing(one: Measure) -> None:
    rows_of(one)
    ledger = registry.ledger_of(evidence(one, YEAR).model)
    if ledger is None or ledger.region_field is None:
        pytest.skip("the rows of this measure lie in no place")
    here, there = officer(ledger, HERE), officer(ledger, THERE)
    seen = [
        set(evidence(one, YEAR, actor=who).values_list("pk", flat=True)) for who in (here, there, nobody())
    ]
    whole = set(evidence(one, YEAR).values_list("pk", flat=True))
    assert seen[0] and seen[1] and not seen[2]
    assert not seen[0] & seen[1] and seen[0] | seen[1] <= whole
