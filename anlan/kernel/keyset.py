"""Paging by position: a page is found by the last row of the one before it, never by counting rows.

A cursor holds that row's values of the order's columns. "After this row" is one row-value comparison
where the directions agree, so that an index on these columns starts reading exactly there, however
deep. PostgreSQL's own places for NULL are used: last going up, first going down.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, F, Func, Model, Q, QuerySet, Value

from anlan.kernel import fetching
from anlan.kernel.ledger import field_at
from anlan.kernel.scope import NOBODY


class CursorError(ValueError):
    """The cursor does not belong to this order; the caller starts from the first page."""


@dataclass(frozen=True)
class Page:
    """Rows of one page in order, and the cursors of its neighbours ("" where there is none)."""

    rows: list[Any] = field(default_factory=list)
    next: str = ""
    previous: str = ""


def page(
    rows: QuerySet[Any], order: Sequence[str], size: int, after: str | None = None, before: str | None = None
) -> Page:
    """The `size` rows after the cursor `after`, or before `before`, or the first ones.

    `order` names columns as `order_by` does and ends in a unique one. Inside, only ids are sought, which
    a covering index answers without the table; outside, those rows get all that `rows` joins. A cursor
    that cannot be read counts as none.
    """
    backwards = bool(before) and not after
    wanted = [flipped(name) for name in order] if backwards else list(order)
    position = None
    try:
        if after or before:
            position = decode(rows.model, order, str(after or before))
    except CursorError:
        backwards, wanted = False, list(order)
    within = rows.filter(condition(rows.model, wanted, position)) if position is not None else rows
    ids = within.select_related(None).order_by(*wanted).values("pk")[: size + 1]
    shown = fetching.fetch(rows, ids, wanted)
    more, shown = len(shown) > size, shown[:size]
    if backwards:
        shown.reverse()
    if not shown:
        return Page()
    ahead = more if not backwards else True
    behind = more if backwards else position is not None
    return Page(shown, encode(shown[-1], order) if ahead else "", encode(shown[0], order) if behind else "")


def encode(row: Any, order: Sequence[str]) -> str:
    """The cursor of a row: its values of the order's columns as JSON in URL-safe base64."""
    values = [_plain(_value(row, name.lstrip("-"))) for name in order]
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(model: type[Model], order: Sequence[str], cursor: str) -> list[Any]:
    """The values in a cursor, as the columns' own types; CursorError when they do not fit."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != len(order) or values[-1] is None:
            raise CursorError(cursor)
        return [
            None if value is None else field_at(model, name.lstrip("-")).to_python(value)
            for name, value in zip(order, values, strict=True)
        ]
    except (ValueError, TypeError, RecursionError, binascii.Error, ValidationError) as error:
        raise CursorError(cursor) from error


def condition(model: type[Model], order: Sequence[str], position: Sequence[Any]) -> Q | RowBeyond:
    """What holds for exactly the rows that come after `position` in `order`."""
    names = [name.lstrip("-") for name in order]
    falling = [name.startswith("-") for name in order]
    nullable = [_nullable(model, name) for name in names]
    plain = None not in position and not any(
        empty and not down for empty, down in zip(nullable, falling, strict=True)
    )
    if plain and len(set(falling)) == 1:
        return RowBeyond(model, names, position, falling[0])
    whole, equal = NOBODY, Q()
    for name, down, empty, value in zip(names, falling, nullable, position, strict=True):
        beyond = _beyond(name, down, empty, value)
        if beyond is not None:
            part = equal & beyond
            whole = part if whole is NOBODY else whole | part
        equal &= Q(**{f"{name}__isnull": True}) if value is None else Q(**{name: value})
    return whole & _bound(names[0], falling[0], nullable[0], position[0])


class RowBeyond(Func):
    """(a, b) > (1, 2), or < going down."""

    output_field = BooleanField()

    def __init__(
        self, model: type[Model], names: Sequence[str], position: Sequence[Any], falling: bool
    ) -> None:
        values = [
            Value(value, output_field=field_at(model, name))
            for name, value in zip(names, position, strict=True)
        ]
        super().__init__(*(F(name) for name in names), *values)
        self.falling = falling

    def as_sql(self, compiler: Any, connection: Any, **more: Any) -> tuple[str, tuple[Any, ...]]:  # type: ignore[override]
        """The row-value comparison."""
        parts = [compiler.compile(one) for one in self.get_source_expressions()]
        half = len(parts) // 2
        left, right = (", ".join(sql for sql, _ in side) for side in (parts[:half], parts[half:]))
        parameters = tuple(one for _, given in parts for one in given)
        return f"({left}) {'<' if self.falling else '>'} ({right})", parameters


def flipped(name: str) -> str:
    """The same column in the other direction."""
    return name[1:] if name.startswith("-") else f"-{name}"


def _beyond(name: str, down: bool, empty: bool, value: Any) -> Q | None:
    if value is None:
        return Q(**{f"{name}__isnull": False}) if down else None
    if down:
        return Q(**{f"{name}__lt": value})
    return (
        Q(**{f"{name}__gt": value}) | Q(**{f"{name}__isnull": True}) if empty else Q(**{f"{name}__gt": value})
    )


def _bound(name: str, down: bool, empty: bool, value: Any) -> Q:
    """Implied by the rest, but what an index can start from."""
    if value is None:
        return Q() if down else Q(**{f"{name}__isnull": True})
    if down:
        return Q(**{f"{name}__lte": value})
    return Q() if empty else Q(**{f"{name}__gte": value})


def _nullable(model: type[Model], path: str) -> bool:
    parts = path.split("__")
    return any(field_at(model, "__".join(parts[: n + 1])).null for n in range(len(parts)))


def _value(row: Any, path: str) -> Any:
    for part in path.split("__"):
        row = getattr(row, part, None)
    return getattr(row, "pk", row)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
