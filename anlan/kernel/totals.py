"""Kept totals: how many rows of a ledger stand in each cell of (region path, declared dimensions).

Statement triggers write differences (see `sql`), so that two writers never wait for each other; a count
is the sum of the differences, and true in every snapshot. `fold` sums them together now and then.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from anlan.kernel import tallies
from anlan.kernel.ledger import Filter, Ledger, kind_of
from anlan.kernel.scope import Actor, Reach, Seat

FOLD_LOCK = 0x616E6C01


class Kept:
    """What the totals of one ledger tell one actor; each set of cells is read once."""

    def __init__(self, ledger: Ledger, actor: Actor) -> None:
        self.ledger = ledger
        self.scope = _scope(ledger, actor) if ledger.totals else None
        self.whole = _whole(ledger, actor) if ledger.totals else None
        self._read: dict[str, list[tuple[Any, int]]] = {}

    def count(self, filters: Mapping[str, str]) -> int | None:
        """How many rows the actor sees under `filters` ({field: value of the address bar}).

        None where totals cannot tell exactly: no totals, a filter on something else, a scope that is not
        expressible by region path and dimensions.
        """
        cells = self._cells(filters)
        return None if cells is None else sum(number for _, number in cells)

    def by(self, dimension: str, filters: Mapping[str, str] | None = None) -> dict[Any, int] | None:
        """{value of the dimension: rows that the actor sees}, or None where totals cannot tell exactly."""
        cells = self._cells(filters or {}) if dimension in self.ledger.totals else None
        if cells is None:
            return None
        found: dict[Any, int] = {}
        for cell, number in cells:
            found[cell[dimension]] = found.get(cell[dimension], 0) + number
        return {value: number for value, number in found.items() if number}

    def _cells(self, filters: Mapping[str, str]) -> list[tuple[Any, int]] | None:
        if self.scope is None:
            return None
        declared = {one.field: one for one in self.ledger.filters}
        declared |= {name: Filter(name, kind="exact") for name in self.ledger.only}
        region, among = "", {}
        for name, value in {**filters, **self.ledger.only}.items():
            one = declared.get(name, Filter(name))
            if one.apply or one.asks:
                return None
            if name == self.ledger.model.scope.region and one.kind in {"", "region"}:
                region = value if value.endswith("/") else f"{value}/"
                continue
            among[name] = _among(self.ledger, one, value)
            if among[name] is None:
                return None
        return [
            (cell, number)
            for cell, number in self._within(region)
            if all(cell[name] in values for name, values in among.items() if values is not None)
        ]

    def _within(self, region: str) -> list[tuple[Any, int]]:
        """(cell, rows) in the actor's scope and below `region`. Plain SQL: every list page asks this."""
        if region not in self._read:
            condition, parameters = self._condition(region)
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT cell::text, sum(n)::bigint FROM kernel_total "
                    f"WHERE ledger = %s AND ({condition}) GROUP BY cell",
                    [self.ledger.base or self.ledger.key, *parameters],
                )
                self._read[region] = [(json.loads(cell), number) for cell, number in cursor.fetchall()]
        return self._read[region]

    def _condition(self, region: str) -> Condition:
        """Where whole territories are seen, the sums that stand for them; else those of every place."""
        if self.whole is not None:
            inside = [region if region.startswith(one) else one for one in self.whole]
            return "under AND region_path = ANY(%s)", ([one for one in inside if one.startswith(region)],)
        assert self.scope is not None
        condition, parameters = self.scope
        if region:
            below, bounds = _below((region,))
            condition, parameters = f"({condition}) AND {below}", (*parameters, *bounds)
        return f"NOT under AND ({condition})", parameters


def count(ledger: Ledger, actor: Actor, filters: Mapping[str, str]) -> int | None:
    """As `Kept.count`, once."""
    return Kept(ledger, actor).count(filters)


def by(
    ledger: Ledger, actor: Actor, dimension: str, filters: Mapping[str, str] | None = None
) -> dict[Any, int] | None:
    """As `Kept.by`, once."""
    return Kept(ledger, actor).by(dimension, filters)


def fold() -> bool:
    """Sum the differences of equal cells together; False when another process is at it.

    One statement takes them out and puts their sum back, so that no reader meets a wrong sum.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [FOLD_LOCK])
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(
            """WITH many AS (
                SELECT ledger, under, region_path, cell FROM kernel_total GROUP BY 1, 2, 3, 4
                HAVING count(*) > 1 OR sum(n) = 0
            ), gone AS (
                DELETE FROM kernel_total t USING many m WHERE t.ledger = m.ledger AND t.under = m.under
                AND t.region_path = m.region_path AND t.cell = m.cell RETURNING t.*
            )
            INSERT INTO kernel_total (ledger, under, region_path, cell, n)
            SELECT ledger, under, region_path, cell, sum(n) FROM gone GROUP BY 1, 2, 3, 4
            HAVING sum(n) <> 0"""
        )
        tallies.fold(cursor)
    return True


def rebuild(ledger: Ledger) -> None:
    """Count everything anew; writers of this ledger wait meanwhile."""
    table = connection.ops.quote_name(ledger.model._meta.db_table)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FOLD_LOCK])
        cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
        cursor.execute("DELETE FROM kernel_total WHERE ledger = %s", [ledger.key])
        cursor.execute(difference(ledger, f"SELECT *, 1 AS one FROM {table}"))
        tallies.rebuild(ledger.key, table, cursor)


def difference(ledger: Ledger, rows: str) -> str:
    """The statement that adds `rows` (SQL giving the ledger's rows and `one`, 1 or -1) to the totals."""
    quote = connection.ops.quote_name
    columns = {name: quote(str(ledger.field(name).column)) for name in ledger.totals}
    region = quote(str(ledger.region_field.column)) if ledger.region_field else "''"
    cell = ", ".join(f"'{name}', {column}" for name, column in columns.items())
    grouped = ", ".join((region, *columns.values()))
    return (
        f"INSERT INTO kernel_total (ledger, under, region_path, cell, n) "
        f"SELECT '{ledger.key}', spread.under, spread.path, counted.cell, sum(counted.n) FROM ("
        f"SELECT coalesce({region}, '') AS place, jsonb_build_object({cell}) AS cell, sum(one) AS n "
        f"FROM ({rows}) AS changed GROUP BY {grouped} HAVING sum(one) <> 0) AS counted "
        "CROSS JOIN LATERAL anlan_spread(counted.place) AS spread "
        "GROUP BY 2, 3, 4 HAVING sum(counted.n) <> 0"
    )


def _among(ledger: Ledger, one: Filter, value: str) -> list[Any] | None:
    """The values of a dimension that a filter lets through, or None where it is no dimension."""
    if one.field not in ledger.totals:
        return None
    field: Any = ledger.field(one.field)
    match one.kind or kind_of(field):
        case "flag":
            return [value == "1"]
        case "choice":
            raw = value.split(",")
        case "exact" | "reference" | "integer":
            raw = [value]
        case _:
            return None
    target = field.target_field if field.is_relation else field
    try:
        return [target.to_python(one) for one in raw]
    except ValidationError:
        return None


Condition = tuple[str, tuple[Any, ...]]
EVERYTHING: Condition = ("TRUE", ())
NOTHING: Condition = ("FALSE", ())


def _scope(ledger: Ledger, actor: Actor) -> Condition | None:
    """The actor's scope as a condition on totals, or None where it depends on more than they hold."""
    scope = ledger.model.scope
    if actor.system or (scope.open_to_staff and actor.person_id is not None):
        return EVERYTHING
    if scope.public is not None:
        return None
    seats = [_seat(ledger, seat) for seat in scope.seats(actor)]
    known = [one for one in seats if one is not None]
    return None if len(known) < len(seats) else _either(known)


def _whole(ledger: Ledger, actor: Actor) -> list[str] | None:
    """The territories that the actor sees whole, none within another; None where the scope is more."""
    scope = ledger.model.scope
    if actor.system or (scope.open_to_staff and actor.person_id is not None):
        return [""]
    if scope.public is not None or not scope.region:
        return None
    found: set[str] = set()
    for seat in scope.seats(actor):
        bound = seat.enterprise_id is not None or (scope.industry and seat.industries is not None)
        if bound or seat.reach not in (Reach.ALL, Reach.SUBTREE):
            return None
        found |= {""} if seat.reach is Reach.ALL else set(seat.region_paths)
    return [one for one in sorted(found) if not any(one.startswith(other) for other in found - {one})]


def _seat(ledger: Ledger, seat: Seat) -> Condition | None:
    scope = ledger.model.scope
    if seat.enterprise_id is not None:
        return None if scope.enterprise else NOTHING
    match seat.reach:
        case Reach.ALL:
            place = EVERYTHING
        case Reach.SUBTREE:
            place = _below(seat.region_paths) if scope.region else NOTHING
        case Reach.REGION:
            place = ("region_path = ANY(%s)", (list(seat.region_paths),)) if scope.region else NOTHING
        case _:
            return None
    if not scope.industry or seat.industries is None:
        return place
    if scope.industry not in ledger.totals:
        return None
    return f"({place[0]}) AND cell->>%s = ANY(%s)", (*place[1], scope.industry, sorted(seat.industries))


def _below(paths: Sequence[str]) -> Condition:
    """As `scope.under`, on the totals."""
    return _either(
        [("region_path >= %s AND region_path < %s", (path, path[:-1] + "0")) for path in paths if path]
    )


def _either(parts: Sequence[Condition]) -> Condition:
    if not parts:
        return NOTHING
    return " OR ".join(f"({sql})" for sql, _ in parts), tuple(one for _, given in parts for one in given)
