"""Rows that would be written, judged by the database itself before any of them is.

The rows lie in a temporary table of the ledger's shape. For as long as a question takes, that table
bears the ledger's own name: `pg_temp` comes first in the search path, so that scope conditions and
check constraints, written for the real table, are asked of the rows to come. Django's connections
prepare no statements, so no plan remembers the other table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection, models
from django.db.models import BooleanField, ExpressionWrapper
from procrastinate.contrib.django import app
from psycopg import sql

from anlan.kernel.scope import Actor, ScopedModel

ROW, NEW = sql.Identifier("anlan_row"), sql.Identifier("anlan_new")
PART = 5_000
SHADOW = sql.SQL("pg_temp.anlan_shadow")


def run(query: str | sql.Composable, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run one statement in the current transaction; the rows it gives, if it gives any."""
    with connection.cursor() as cursor:
        text = query.as_string(cursor.connection) if isinstance(query, sql.Composable) else query
        cursor.execute(text, parameters or None)
        return list(cursor.fetchall()) if cursor.description else []


def copy(into: sql.Composable, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """COPY `rows` into a table; values as psycopg writes them.

    Each part is made before its COPY begins: a row that asks the database for something (the name of a
    related row) would otherwise wait for ever behind the COPY on the same connection.
    """
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(into, names)
    source = iter(rows)
    with connection.cursor() as cursor:
        while part := list(islice(source, PART)):
            with cursor.cursor.copy(statement) as stream:
                for row in part:
                    stream.write_row(row)


def expect_many(*tables: str) -> None:
    """Before many rows go in: text indexes only gather their entries, and a worker files them afterwards.

    An index of bigrams takes three quarters of a bulk insert when it is merged into on the way (every row
    has some forty pairs). Gathered entries are searched as well, one after another, so that searches are
    right meanwhile, and slower until the worker is done; without a worker PostgreSQL's autovacuum does it.
    """
    run("SET LOCAL gin_pending_list_limit = '1GB'")
    run("SET LOCAL work_mem = '256MB'")
    app.configure_task("kernel.file_gathered").defer(tables=list(tables))


def file_gathered(tables: Sequence[str]) -> int:
    """File what the text indexes of these tables have gathered; how many pages that were."""
    indexes = run(
        "SELECT i.indexrelid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " JOIN pg_am a ON a.oid = c.relam AND a.amname = 'gin' WHERE i.indrelid::regclass::text = ANY(%s)",
        [list(tables)],
    )
    return sum(run("SELECT gin_clean_pending_list(%s)", [oid])[0][0] for (oid,) in indexes)


class Shadow:
    """The temporary table beside one model's table; lives inside one transaction."""

    def __init__(self, model: type[ScopedModel]) -> None:
        self.model = model
        self.table = model._meta.db_table
        schema = run(
            "SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.oid = %s::regclass",
            [f'"{self.table}"'],
        )[0][0]
        self.real = sql.Identifier(schema, self.table)
        run(sql.SQL("DROP TABLE IF EXISTS {}").format(SHADOW))
        run(
            sql.SQL(
                "CREATE TEMP TABLE anlan_shadow (LIKE {} INCLUDING DEFAULTS, {} int, {} bool) ON COMMIT DROP"
            ).format(self.real, ROW, NEW)
        )

    def drop(self) -> None:
        """Away with it."""
        run(sql.SQL("DROP TABLE IF EXISTS {}").format(SHADOW))

    def constant(self, column: str, value: Any) -> None:
        """Every row that does not bring `column` has this value."""
        run(
            sql.SQL("ALTER TABLE {} ALTER COLUMN {} SET DEFAULT {}").format(
                SHADOW, sql.Identifier(column), sql.Literal(value)
            )
        )

    def fill(self, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Take the rows in; each begins with its place in the sheet and whether it is new."""
        copy(SHADOW, ("anlan_row", "anlan_new", *columns), rows)
        run(sql.SQL("ANALYZE {}").format(SHADOW))

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Let the ORM see the shadow instead of the table."""
        name = sql.Identifier(self.table)
        run(sql.SQL("ALTER TABLE {} RENAME TO {}").format(SHADOW, name))
        try:
            yield
        finally:
            if not connection.needs_rollback:
                run(sql.SQL("ALTER TABLE pg_temp.{} RENAME TO anlan_shadow").format(name))

    def outside(self, actor: Actor) -> list[int]:
        """Ids of rows that `actor` would not see once they are written."""
        if actor.system:
            return []
        with self.in_place():
            seen = set(self.model.objects.visible_to(actor).order_by().values_list("pk", flat=True))
        return [pk for (pk,) in run(sql.SQL("SELECT id FROM {}").format(SHADOW)) if pk not in seen]

    def breaking(self) -> Iterator[tuple[models.CheckConstraint, list[int]]]:
        """For each check constraint, the ids of rows that break it (unknown is not broken)."""
        for constraint in self.model._meta.constraints:
            if isinstance(constraint, models.CheckConstraint):
                condition: Any = constraint.condition
                holds = ExpressionWrapper(condition, output_field=BooleanField())
                rows = self.model.objects.unscoped("constraints hold for everybody").annotate(holds=holds)
                with self.in_place():
                    yield constraint, list(rows.filter(holds=False).order_by().values_list("pk", flat=True))

    def clashes(self, columns: Sequence[str]) -> list[tuple[int, int]]:
        """(row, earlier row of the sheet or the negative of an id in the table) equal in all `columns`."""
        same = sql.SQL(" AND ").join(
            sql.SQL("s.{0} = r.{0}").format(sql.Identifier(column)) for column in columns
        )
        filled = sql.SQL(" AND ").join(
            sql.SQL("{} IS NOT NULL").format(sql.Identifier(column)) for column in columns
        )
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        query = sql.SQL(
            "SELECT {row}, first FROM (SELECT {row}, first_value({row})"
            " OVER (PARTITION BY {names} ORDER BY {row}) AS first"
            " FROM {shadow} WHERE {filled}) AS grouped WHERE first <> {row}"
            " UNION ALL SELECT s.{row}, -r.id FROM {shadow} s JOIN {real} r ON {same} WHERE r.id <> s.id"
        )
        return [
            (row, other)
            for row, other in run(
                query.format(row=ROW, names=names, filled=filled, shadow=SHADOW, real=self.real, same=same)
            )
        ]

    def remove(self, places: Iterable[int]) -> None:
        """Take rows out again, by their place in the sheet."""
        run(sql.SQL("DELETE FROM {} WHERE {} = ANY(%s)").format(SHADOW, ROW), [list(places)])

    def insert(self, columns: Sequence[str], first: int, last: int) -> int:
        """Write the new rows whose place lies in [first, last]; how many."""
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        query = sql.SQL(
            "INSERT INTO {real} ({names}) SELECT {names} FROM {shadow}"
            " WHERE {row} BETWEEN %s AND %s AND {new} ORDER BY {row}"
        ).format(real=self.real, names=names, shadow=SHADOW, row=ROW, new=NEW)
        with connection.cursor() as cursor:
            cursor.execute(query.as_string(cursor.connection), [first, last])
            return int(cursor.rowcount)

    def update(self, columns: Sequence[str]) -> None:
        """Write the changed rows."""
        changes = sql.SQL(", ").join(sql.SQL("{0} = s.{0}").format(sql.Identifier(one)) for one in columns)
        run(
            sql.SQL("UPDATE {} AS r SET {} FROM {} s WHERE r.id = s.id AND NOT s.{}").format(
                self.real, changes, SHADOW, NEW
            )
        )

    def matches(self, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[tuple[int, int]]:
        """(row, id) of stored rows equal to the sheet's in the key `columns`."""
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        keys = sql.SQL("pg_temp.anlan_keys")
        run(sql.SQL("DROP TABLE IF EXISTS {}").format(keys))
        run(
            sql.SQL(
                "CREATE TEMP TABLE anlan_keys ON COMMIT DROP AS SELECT 0 AS {}, {} FROM {} WITH NO DATA"
            ).format(ROW, names, self.real)
        )
        copy(keys, ("anlan_row", *columns), rows)
        run(sql.SQL("ANALYZE {}").format(keys))
        found = run(
            sql.SQL("SELECT k.{}, r.id FROM {} k JOIN {} r USING ({})").format(ROW, keys, self.real, names)
        )
        run(sql.SQL("DROP TABLE {}").format(keys))
        return [(row, pk) for row, pk in found]


def unique_sets(model: type[models.Model]) -> list[tuple[str, ...]]:
    """The columns, and sets of columns, in which no two rows of a table agree, whatever they hold."""
    meta = model._meta
    fields: list[Any] = [one for one in meta.concrete_fields if one.unique and not one.primary_key]
    found: list[tuple[str, ...]] = [(one.attname,) for one in fields]
    for one in meta.constraints:
        if isinstance(one, models.UniqueConstraint) and one.fields and not one.condition:
            found.append(tuple(meta.get_field(name).attname for name in one.fields))  # type: ignore[union-attr]
    return found
