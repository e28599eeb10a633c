"""Fields that are no columns: declared by data, kept together in one JSON column of the row.

A ledger with `extra={"attributes__height": field}` and `kept_in="attributes"` shows, filters, asks and
imports them like columns. `fold` and `unfold` go between the two forms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from json import JSONEncoder
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from anlan.kernel.ledger import Ledger


class Partly(dict[str, Any]):
    """Some keys of a JSON column: those that it does not name keep what they have."""


class PlainEncoder(JSONEncoder):
    """Numbers stay numbers and days become ISO text, so that the database compares them as what they are."""

    def default(self, o: Any) -> Any:
        """What the plain encoder does not know."""
        return plain_json(o) if isinstance(o, Decimal | date | datetime) else super().default(o)


def plain_json(value: Any) -> Any:
    """A field's value as JSON keeps it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date | datetime) else value


def over(old: Any, new: Any) -> Any:
    """`new` in the place of `old`; of a JSON column only the keys that `new` names."""
    return {**(old or {}), **new} if isinstance(new, Partly) else new


def fold(ledger: Ledger, values: Mapping[str, Any]) -> dict[str, Any]:
    """{field: value} as a form gives them → {column: value}; empty ones are left out of the JSON column."""
    found = {name: value for name, value in values.items() if name not in ledger.extra}
    if len(found) < len(values):
        inside = {key_of(name): plain_json(values[name]) for name in values if name in ledger.extra}
        found[ledger.kept_in] = {key: value for key, value in inside.items() if value not in (None, "")}
    return found


def fold_columns(
    ledger: Ledger, columns: Mapping[str, Sequence[Any]], count: int
) -> dict[str, Sequence[Any]]:
    """As `fold` for `count` rows of a sheet, with the columns that are the same in every row."""
    found: dict[str, Sequence[Any]] = {
        name: values for name, values in columns.items() if name not in ledger.extra
    }
    found |= {name: [value] * count for name, value in ledger.only.items()}
    inside = {key_of(name): values for name, values in columns.items() if name in ledger.extra}
    if inside:
        found[ledger.kept_in] = [
            Partly({key: plain_json(values[n]) for key, values in inside.items() if values[n] is not None})
            for n in range(count)
        ]
    return found


def unfold(ledger: Ledger, columns: Mapping[str, Any]) -> dict[str, Any]:
    """{field: value} of the fields that are no columns, from the JSON column."""
    kept = columns.get(ledger.kept_in) or {} if ledger.extra else {}
    return {name: typed(one, kept.get(key_of(name))) for name, one in ledger.extra.items()}


def value(ledger: Ledger, row: Any, name: str) -> Any:
    """The value of one such field of a row."""
    return typed(ledger.extra[name], (getattr(row, ledger.kept_in) or {}).get(key_of(name)))


def typed(field: models.Field[Any, Any], kept: Any) -> Any:
    """What JSON keeps as the field's own kind of value; what cannot be read stays as it is."""
    if isinstance(field, models.DateField) and isinstance(kept, str):
        try:
            return date.fromisoformat(kept)
        except ValueError:
            return kept
    return kept


def key_of(name: str) -> str:
    """The key inside the JSON column."""
    return name.partition("__")[2]
