"""How a ledger's columns and fields are drawn: one function a column, made once a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString

from anlan.kernel import cells, extra, places
from anlan.kernel.ledger import Column, Ledger, kind_of
from anlan.kernel.scope import PathField

Draw = Callable[[Any], Any]


@dataclass(frozen=True)
class DrawnColumn:
    """The head of a column as the list template reads it."""

    key: str
    label: str
    unit: str
    css: str
    numeric: bool


@dataclass
class DrawnRow:
    """One row of the list."""

    key: int
    url: str
    cells: list[Any]
    name: str = ""
    selected: bool = False


@dataclass
class Names:
    """Region names for one page of rows, looked up together."""

    known: dict[str, str] = field(default_factory=dict)

    def fill(self, columns: Sequence[Column], ledger: Ledger, rows: Iterable[Any]) -> None:
        """Look up every region path that these columns will show."""
        fields = [one.field for one in columns if isinstance(ledger.field(one.field), PathField)]
        if fields:
            paths = {str(value_at(row, name) or "") for row in rows for name in fields}
            self.known.update(places.labels(paths))

    def of(self, path: str) -> str:
        """The name of one path."""
        if path and path not in self.known:
            self.known.update(places.labels({path}))
        return self.known.get(path, "")


def value_at(row: Any, path: str) -> Any:
    """row.a.b for "a__b"; None where a relation is empty."""
    for part in path.split("__"):
        row = getattr(row, part, None)
        if row is None:
            return None
    return row


def heads(ledger: Ledger, columns: Sequence[Column]) -> list[DrawnColumn]:
    """The heads of these columns."""
    return [
        DrawnColumn(
            one.field,
            one.label or ledger.label_of(one.field),
            one.unit,
            one.css,
            one.cell is None and kind_of(ledger.field(one.field)) in {"integer", "decimal"},
        )
        for one in columns
    ]


def drawer(ledger: Ledger, column: Column, names: Names, url: Callable[[Any], str] | None = None) -> Draw:
    """A function from a row to what stands in its cell."""
    inner = column.cell or plain(ledger, column.field, names)
    if column.link and url is not None:
        return lambda row: cells.link(text_of(inner(row)) or "（空）", url(row))
    return inner


def plain(ledger: Ledger, path: str, names: Names) -> Draw:
    """How a field of this kind is drawn where the declaration says nothing else."""
    model_field = ledger.field(path)
    if path in ledger.extra:
        return _extra(ledger, path, kind_of(model_field))
    if isinstance(model_field, PathField):
        return lambda row: names.of(str(value_at(row, path) or ""))
    kind = kind_of(model_field)
    if kind == "choice":
        chosen = {key: SafeString(cells.esc(label)) for key, label in model_field.flatchoices}
        return lambda row: chosen.get(value_at(row, path), value_at(row, path) or "")
    if kind == "flag":
        return lambda row: {True: "是", False: "否"}.get(value_at(row, path), "")
    if kind == "date":
        return lambda row: cells.day(value_at(row, path)) if value_at(row, path) else ""
    if kind == "moment":
        return lambda row: cells.moment(value_at(row, path)) if value_at(row, path) else ""
    if kind == "json":
        return lambda row: "、".join(map(str, value_at(row, path) or ()))
    return lambda row: _listed(value_at(row, path))


def _extra(ledger: Ledger, path: str, kind: str) -> Draw:
    """A field that is no column."""
    words: dict[Any, Any] = {True: "是", False: "否"} if kind == "flag" else {}
    if kind == "choice":
        words = {key: SafeString(cells.esc(label)) for key, label in ledger.field(path).flatchoices}

    def draw(row: Any) -> Any:
        value = extra.value(ledger, row, path)
        if value is None or not words:
            return cells.day(value) if kind == "date" and value else value
        return words.get(value, value)

    return draw


def _listed(value: Any) -> Any:
    return "、".join(map(str, value)) if isinstance(value, list | tuple) else value


def text_of(value: Any) -> str:
    """The words of a drawn value."""
    return "" if value is None else str(value)
