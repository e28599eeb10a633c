"""Fixed questions that every request asks: their SQL is written once, not worked out each time.

Django needs a third of a millisecond to build and compile the look-up of one row by its key, and four to
eight of them stand before every page. These are exactly the same statements.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)
Value = str | int | datetime | None


class Lookup(Generic[M]):
    """Rows of one table under one condition, as model instances. `where` is SQL with %s for the values."""

    def __init__(self, model: type[M], where: str) -> None:
        self.model, self.where = model, where

    def first(self, *values: Value) -> M | None:
        """The row, or None."""
        with connection.cursor() as cursor:
            cursor.execute(self._sql, values)
            row = cursor.fetchone()
        return None if row is None else self._instance(row)

    @cached_property
    def _fields(self) -> list[models.Field[Any, Any]]:
        return list(self.model._meta.concrete_fields)

    @cached_property
    def _names(self) -> list[str]:
        return [one.attname for one in self._fields]

    @cached_property
    def _sql(self) -> str:
        quote = connection.ops.quote_name
        columns = ", ".join(quote(str(one.column)) for one in self._fields)
        return f"SELECT {columns} FROM {quote(self.model._meta.db_table)} WHERE {self.where} LIMIT 1"

    @cached_property
    def _converters(self) -> list[tuple[int, Callable[..., Any]]]:
        return [
            (place, one.from_db_value)
            for place, one in enumerate(self._fields)
            if hasattr(one, "from_db_value")
        ]

    def _instance(self, row: Sequence[Any]) -> M:
        values = list(row)
        for place, convert in self._converters:
            values[place] = convert(values[place], None, connection)
        return self.model.from_db(connection.alias, self._names, values)


def value(sql: str, *values: Value) -> Any:
    """The one value that a statement gives, None where it gives no row."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    return None if row is None else row[0]
