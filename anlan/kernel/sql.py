"""What the database itself does for the declarations: functions, triggers and search indexes.

All of it is derived, and made again whenever migrations have run: an object carries the digest of its
definition as its comment, so that only what changed is touched. What is no longer declared goes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import connections, transaction

from anlan.kernel import registry, search, tallies, totals
from anlan.kernel.ledger import Ledger, field_at

EXTENSIONS = ("pg_trgm", "citext", "btree_gin")
STAMP = "anlan "

# Pairs at odd and at even places are cut by one regular expression each: twice as fast to evaluate as
# joining characters one by one, and what a bulk load feels most.
FOLD = """CREATE OR REPLACE FUNCTION anlan_fold(given text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT lower(normalize(given, NFKC) COLLATE "C") $$"""
BIGRAMS = r"""CREATE OR REPLACE FUNCTION anlan_bigrams(given text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
SELECT string_to_array(regexp_replace(folded, '..', E'\\&\n', 'g') || E'\n'
    || regexp_replace(substr(folded, 2), '..', E'\\&\n', 'g'), E'\n')
FROM (SELECT lower(normalize(given, NFKC) COLLATE "C") AS folded OFFSET 0) AS once $$"""
# The path itself, and every path that it lies under: (under, path).
SPREAD = """CREATE OR REPLACE FUNCTION anlan_spread(given text) RETURNS TABLE (under boolean, path text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT false, given UNION ALL
SELECT true, left(given, n) FROM generate_series(0, length(given)) AS n
WHERE n = 0 OR substr(given, n, 1) = '/' $$"""
REFUSE = """CREATE OR REPLACE FUNCTION anlan_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '操作日志及其封印只能追加，不能改动或删除（%）。', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$"""
# A transaction gets its number before it takes an id: see `sealing`.
NUMBER_FIRST = """CREATE OR REPLACE FUNCTION anlan_number_first() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_current_xact_id();
    RETURN NULL;
END $$"""
APPEND_ONLY = ("kernel_auditentry", "kernel_auditseal")


def install_functions(using: str = "default", **_: Any) -> None:
    """Extensions, and the functions that migrations may refer to. Before migrations run."""
    with connections[using].cursor() as cursor:
        for name in EXTENSIONS:
            cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
        for statement in (FOLD, BIGRAMS, SPREAD, REFUSE, NUMBER_FIRST):
            cursor.execute(statement)


def install_objects(app_config: Any, using: str = "default", **_: Any) -> None:
    """Triggers and indexes of one app's ledgers; with the kernel's own, what is left over is removed."""
    with transaction.atomic(using), connections[using].cursor() as cursor:
        present = _Present(cursor)
        for ledger in registry.ledgers():
            if ledger.model._meta.app_label == app_config.label:
                _install_totals(cursor, present, ledger)
        for table, name, column in sorted(set(_searched(app_config.label))):
            _install_search(cursor, present, table, name, column)
        if app_config.label == "kernel":
            _guard_record(cursor, present)
            _remove_left_over(cursor, present)


class _Present:
    """What is in the database now: columns by table, and the stamps of our functions and indexes."""

    def __init__(self, cursor: Any) -> None:
        cursor.execute(
            """SELECT c.relname::text, array_agg(a.attname::text) FROM pg_class c
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace GROUP BY 1"""
        )
        self.tables: dict[str, set[str]] = {table: set(columns) for table, columns in cursor.fetchall()}
        cursor.execute(
            """SELECT proname::text, obj_description(oid, 'pg_proc') FROM pg_proc
            WHERE proname LIKE 'anlan\\_total\\_%' AND pronamespace = current_schema()::regnamespace
            UNION ALL SELECT relname::text, obj_description(oid, 'pg_class') FROM pg_class
            WHERE relname LIKE 'anlan\\_find\\_%' AND relkind = 'i'
            AND relnamespace = current_schema()::regnamespace"""
        )
        self.stamps: dict[str, str] = dict(cursor.fetchall())

    def has(self, table: str, *columns: str) -> bool:
        return table in self.tables and self.tables[table] >= set(columns)


def _install_totals(cursor: Any, present: _Present, ledger: Ledger) -> None:
    table = ledger.model._meta.db_table
    columns = [str(ledger.field(name).column) for name in ledger.totals]
    kept = {"kernel_total", *(one.model._meta.db_table for one in tallies.of(ledger.key))}
    if not ledger.totals or not present.has(table, *columns) or not kept <= present.tables.keys():
        return
    name = total_function(table)
    statements = _total_statements(ledger, table, name)
    stamp = _stamp(*statements)
    if present.stamps.get(name) == stamp:
        return
    for statement in statements:
        cursor.execute(statement)
    cursor.execute(f"COMMENT ON FUNCTION {name}() IS '{stamp}'")
    totals.rebuild(ledger)


def _total_statements(ledger: Ledger, table: str, name: str) -> list[str]:
    added, removed = "SELECT *, 1 AS one FROM added", "SELECT *, -1 AS one FROM removed"
    kept = list(tallies.of(ledger.key))

    def difference(rows: str) -> str:
        return "; ".join((totals.difference(ledger, rows), *(tallies.difference(one, rows) for one in kept)))

    emptied = "".join(f"DELETE FROM {one.table}; " for one in kept)
    body = f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN {difference(added)};
    ELSIF TG_OP = 'DELETE' THEN {difference(removed)};
    ELSIF TG_OP = 'UPDATE' THEN {difference(f"{added} UNION ALL {removed}")};
    ELSE
        {emptied}
        INSERT INTO kernel_total (ledger, under, region_path, cell, n)
        SELECT ledger, under, region_path, cell, -sum(n) FROM kernel_total WHERE ledger = '{ledger.key}'
        GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0;
    END IF;
    RETURN NULL;
END $$"""
    events = {
        "insert": "REFERENCING NEW TABLE AS added",
        "delete": "REFERENCING OLD TABLE AS removed",
        "update": "REFERENCING OLD TABLE AS removed NEW TABLE AS added",
        "truncate": "",
    }
    return [body] + [
        f'CREATE OR REPLACE TRIGGER anlan_total_{event} AFTER {event.upper()} ON "{table}" {tables} '
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        for event, tables in events.items()
    ]


def _searched(label: str) -> Iterator[tuple[str, str, str]]:
    """(table, index name, column) of every searched column that stands in an app's tables."""
    for ledger in registry.ledgers():
        for path in ledger.search:
            found = field_at(ledger.model, path)
            if found.model._meta.app_label == label:
                name = path.rpartition("__")[2]
                yield found.model._meta.db_table, search.index_name(found.model, name), str(found.column)


def _install_search(cursor: Any, present: _Present, table: str, name: str, column: str) -> None:
    statement = f'CREATE INDEX {name} ON "{table}" USING gin ((anlan_bigrams("{column}")) COLLATE "C")'
    stamp = _stamp(BIGRAMS, statement)
    if not present.has(table, column) or present.stamps.get(name) == stamp:
        return
    cursor.execute(f"DROP INDEX IF EXISTS {name}")
    cursor.execute(statement)
    cursor.execute(f"COMMENT ON INDEX {name} IS '{stamp}'")
    cursor.execute(f'ANALYZE "{table}"')


def _guard_record(cursor: Any, present: _Present) -> None:
    """Nobody changes or removes what is recorded. Test runs empty all tables, so they may truncate."""
    for table in APPEND_ONLY:
        if table in present.tables:
            cursor.execute(
                f"CREATE OR REPLACE TRIGGER anlan_append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION anlan_refuse()"
            )
            if not getattr(settings, "TESTING", False):
                refuse_truncate(cursor, table)
    if "kernel_auditentry" in present.tables:
        cursor.execute(
            "CREATE OR REPLACE TRIGGER anlan_number_first BEFORE INSERT ON kernel_auditentry "
            "FOR EACH STATEMENT EXECUTE FUNCTION anlan_number_first()"
        )


def refuse_truncate(cursor: Any, table: str) -> None:
    """Let `table` refuse to be emptied."""
    cursor.execute(
        f"CREATE OR REPLACE TRIGGER anlan_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION anlan_refuse()"
    )


def _remove_left_over(cursor: Any, present: _Present) -> None:
    kept = {total_function(one.model._meta.db_table) for one in registry.ledgers() if one.totals}
    kept |= {
        search.index_name(field_at(one.model, path).model, path.rpartition("__")[2])
        for one in registry.ledgers()
        for path in one.search
    }
    for name, stamp in present.stamps.items():
        if name in kept or not (stamp or "").startswith(STAMP):
            continue
        kind = f"FUNCTION {name}() CASCADE" if name.startswith("anlan_total_") else f"INDEX {name}"
        cursor.execute(f"DROP {kind}")
    if "kernel_total" in present.tables:
        keys = [one.key for one in registry.ledgers() if one.totals]
        cursor.execute("DELETE FROM kernel_total WHERE NOT ledger = ANY(%s)", [keys])


def total_function(table: str) -> str:
    """The name of the function that keeps the totals of a table."""
    return f"anlan_total_{table}"[:63]


def _stamp(*parts: str) -> str:
    return STAMP + hashlib.md5("\n".join(parts).encode(), usedforsecurity=False).hexdigest()
