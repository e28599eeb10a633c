"""Kept sums by month: what a ledger's rows come to in each cell of (month, place, other columns).

A `Tally` is a table of typed columns beside the ledger's own, for figures that group a year of a million
rows in several ways: 430,000 rows are 50,000 cells. It is kept as the totals are (see `totals`, `sql`):
statement triggers append differences, no writer waits for another, `fold` sums them together now and then,
and a figure is a sum that is true in every snapshot.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from anlan.kernel import registry
from anlan.kernel.scope import Actor, Reach, ScopedModel


@dataclass(frozen=True)
class Part:
    """Rows summed by one of their days: `sums` is {column of the tally: SQL over the row}.

    Rows without that day, or for which the SQL `where` does not hold, do not count.
    """

    day: str
    sums: Mapping[str, str]
    where: str = "TRUE"


@dataclass(frozen=True)
class Tally:
    """The sums of `ledger` in the table of `model`: `month`, the columns `same` (named alike), the sums.

    The scope of `model` names the region path and industry among `same`.
    """

    ledger: str
    model: type[ScopedModel]
    same: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def table(self) -> str:
        """The quoted table."""
        return connection.ops.quote_name(self.model._meta.db_table)

    @property
    def cell(self) -> tuple[str, ...]:
        """The columns that make a cell."""
        return ("month", *self.same)

    @property
    def sums(self) -> tuple[str, ...]:
        """The columns that are summed."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.sums))

    def tells(self, actor: Actor) -> bool:
        """Whether the sums suffice for what the actor sees of the ledger: territory and industries only."""
        scope = registry.ledger(self.ledger).model.scope
        territory = (Reach.ALL, Reach.SUBTREE, Reach.REGION)
        return actor.system or all(
            seat.enterprise_id is None and seat.reach in territory for seat in scope.seats(actor)
        )


def of(ledger: str) -> Iterator[Tally]:
    """The tallies of one ledger."""
    return (one for one in registry.declared("TALLIES") if one.ledger == ledger)


def difference(tally: Tally, rows: str) -> str:
    """The statements that add `rows` (SQL giving the ledger's rows and `one`, 1 or -1) to the sums."""
    return "; ".join(_added(tally, part, rows) for part in tally.parts)


def _added(tally: Tally, part: Part, rows: str) -> str:
    month = f"date_trunc('month', {part.day}::timestamp)::date"
    sums = [f"coalesce(sum(one * ({value})), 0)" for value in part.sums.values()]
    return (
        f"INSERT INTO {tally.table} (version, {', '.join((*tally.cell, *tally.sums))}) "
        f"SELECT 0, {', '.join((month, *tally.same))}, "
        f"{', '.join(_in_order(tally, dict(zip(part.sums, sums, strict=True))))} "
        f"FROM ({rows}) AS changed WHERE {part.day} IS NOT NULL AND ({part.where}) "
        f"GROUP BY {', '.join((month, *tally.same))} HAVING {' OR '.join(f'{one} <> 0' for one in sums)}"
    )


def _in_order(tally: Tally, known: Mapping[str, str]) -> Sequence[str]:
    return [known.get(name, "0") for name in tally.sums]


def fold(cursor: Any) -> None:
    """Sum the differences of equal cells together, in one statement for each tally; see `totals.fold`."""
    for one in registry.declared("TALLIES"):
        cell, sums = ", ".join(one.cell), [f"sum({name})" for name in one.sums]
        nothing = " AND ".join(f"{name} = 0" for name in sums)
        same = " AND ".join(f"t.{name} = m.{name}" for name in one.cell)
        cursor.execute(
            f"""WITH many AS (
                SELECT {cell} FROM {one.table} GROUP BY {cell} HAVING count(*) > 1 OR ({nothing})
            ), gone AS (
                DELETE FROM {one.table} t USING many m WHERE {same} RETURNING t.*
            )
            INSERT INTO {one.table} (version, {cell}, {", ".join(one.sums)})
            SELECT 0, {cell}, {", ".join(sums)} FROM gone GROUP BY {cell} HAVING NOT ({nothing})"""
        )


def rebuild(ledger: str, table: str, cursor: Any) -> None:
    """Sum everything anew; the caller holds the ledger's table against writers."""
    for one in of(ledger):
        cursor.execute(f"DELETE FROM {one.table}")
        cursor.execute(difference(one, f"SELECT *, 1 AS one FROM {table}"))
