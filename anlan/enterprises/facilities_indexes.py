"""Indexes on attributes: made when a kind has grown, for the attributes by which it is filtered.

An index of a kind's attribute is partial (`WHERE kind = …`) and serves equality and ranges of the list's
filter. They are made by rule and not by migration, because a pack may bring an attribute on any day; a kind
with few rows is read whole in less time than an index costs every writer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from django.db import connection
from psycopg import sql

from anlan.enterprises.models import Facility
from anlan.standards import reads as standards

MANY = 1_000
NAME = "facility_by_"


def ensure(demo: bool, say: Callable[[str], None]) -> None:
    """Make what is missing and drop what nothing filters by any more; at every start."""
    wanted = dict(_wanted())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND tablename = %s "
            "AND starts_with(indexname, %s)",
            [Facility._meta.db_table, NAME],
        )
        there = {name for (name,) in cursor.fetchall()}
        for name in sorted(there - wanted.keys()):
            cursor.execute(sql.SQL("DROP INDEX IF EXISTS {}").format(sql.Identifier(name)))
        for name in sorted(wanted.keys() - there):
            kind, key = wanted[name]
            cursor.execute(
                sql.SQL(
                    "CREATE INDEX IF NOT EXISTS {} ON {} ((attributes -> {}), id DESC) WHERE kind = {}"
                ).format(
                    sql.Identifier(name),
                    sql.Identifier(Facility._meta.db_table),
                    sql.Literal(key),
                    sql.Literal(kind),
                )
            )
        if wanted.keys() - there:
            cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(Facility._meta.db_table)))
            say(f"设施台账：新建属性索引 {len(wanted.keys() - there)} 个")


def _wanted() -> Iterator[tuple[str, tuple[str, str]]]:
    """(index, (kind, attribute)) for the filtered attributes of every kind with many rows."""
    for key, kind in standards.kinds().items():
        filtered = [one.key for one in standards.attributes_of(kind) if one.filter]
        rows = Facility.objects.unscoped("how many rows an index would serve").filter(kind=key)
        if filtered and rows[: MANY + 1].count() > MANY:
            for name in filtered:
                yield index_name(key, name), (key, name)


def index_name(kind: str, attribute: str) -> str:
    """A short name that tells kinds and attributes apart."""
    return NAME + hashlib.sha256(f"{kind}/{attribute}".encode()).hexdigest()[:16]
