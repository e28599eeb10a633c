"""Exactly the rows seen, in the order and with the columns seen, as xlsx or csv.

Rows come from a server-side cursor and go straight into the file: memory does not grow with their
number. Words that a spreadsheet would take for a formula are stored as text and marked as such.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.timezone import is_aware, localtime
from rustpy_xlsxwriter import Format, write_worksheet

from anlan.kernel import clock, drawing, extra, places, registry
from anlan.kernel.ledger import Column, Ledger, kind_of
from anlan.kernel.scope import PathField

SMALL = 2_000
MOST_ROWS = 1_000_000
CHUNK = 2_000
CELL = 32_767
FORMULA = tuple("=+-@\t\r＝＋－＠")
DAY, MOMENT, TEXT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "@"
Tick = Callable[[int], None]


def file_name(ledger: Ledger, extension: str) -> str:
    """问题台账_2023-06-30.xlsx."""
    return f"{ledger.label}_{clock.today():%Y-%m-%d}.{extension}"


def headings(ledger: Ledger, columns: Sequence[Column]) -> list[str]:
    """The heads with their units; a label that comes twice is numbered."""
    found: list[str] = []
    for one in columns:
        label = one.label or ledger.label_of(one.field)
        label = f"{label}（{one.unit}）" if one.unit else label
        count = sum(1 for known in found if known == label or known.startswith(f"{label} "))
        found.append(f"{label} {count + 1}" if count else label)
    return found


def records(
    ledger: Ledger, rows: Any, columns: Sequence[Column], tick: Tick | None = None
) -> Iterator[list[Any]]:
    """The rows as lists of plain values: text, numbers, days, local moments."""
    whole = any(one.value for one in columns)
    source = rows if whole else rows.values_list(*_paths(ledger, columns))
    readers = [(n, read) for n, one in enumerate(columns) if (read := _reader(ledger, one))]
    named = [not one.value and isinstance(ledger.field(one.field), PathField) for one in columns]
    paths = [n for n, is_path in enumerate(named) if is_path]
    names: dict[str, str] = {}
    done = 0
    for part in _ahead(source.iterator(chunk_size=CHUNK)):
        if whole:
            part = [[_value(row, one) for one in columns] for row in part]
        for n in paths:
            unknown = {row[n] for row in part} - names.keys() - {None, ""}
            names.update(places.labels(unknown) if unknown else {})
        for row in part:
            line = list(row)
            for n, read in readers:
                if line[n] is not None:
                    line[n] = read(line[n])
            for n in paths:
                line[n] = names.get(line[n], line[n])
            yield line
        done += len(part)
        if tick:
            tick(done)


def _ahead(stream: Iterator[Any]) -> Iterator[list[Any]]:
    """The stream in parts; while one is worked on, the next already comes from the database.

    The first is read here, so that the cursor belongs to this thread's connection.
    """
    part = list(islice(stream, CHUNK))
    with ThreadPoolExecutor(1) as helper:
        while part:
            coming = helper.submit(list, islice(stream, CHUNK))
            yield part
            part = coming.result()


def _value(row: Any, column: Column) -> Any:
    return column.value(row) if column.value else drawing.value_at(row, column.field)


def _paths(ledger: Ledger, columns: Sequence[Column]) -> list[str]:
    """Field paths to select; a relation is shown by its title."""
    found = []
    for one in columns:
        target = registry.ledger_of(ledger.field(one.field).related_model or ledger.model)
        relation = kind_of(ledger.field(one.field)) == "reference" and target is not None and target.title
        found.append(f"{one.field}__{target.title}" if relation and target else one.field)
    return found


def _reader(ledger: Ledger, column: Column) -> Callable[[Any], Any] | None:
    if column.value:
        return _plain
    model_field = ledger.field(column.field)
    if column.field in ledger.extra and kind_of(model_field) == "date":
        return lambda value: extra.typed(model_field, value)
    match kind_of(model_field):
        case "choice":
            labels = {key: str(label) for key, label in model_field.flatchoices}
            return lambda value: labels.get(value, value)
        case "flag":
            return lambda value: "是" if value else "否"
        case "moment":
            return _plain
        case "text":
            longest = getattr(model_field, "max_length", None)
            return None if longest and longest < CELL else _plain
        case "decimal" | "integer" | "date":
            return None
        case _:
            return _plain


def _plain(value: Any) -> Any:
    """A value as a cell holds it."""
    if isinstance(value, datetime):
        return localtime(value).replace(tzinfo=None) if is_aware(value) else value
    if value is None or isinstance(value, date | bool | int | float | Decimal):
        return value
    if isinstance(value, list | tuple):
        return "、".join(map(str, value))
    return str(value)[:CELL]


def write_xlsx(
    path: Path,
    ledger: Ledger,
    rows: Any,
    columns: Sequence[Column],
    *,
    title: str = "",
    tick: Tick | None = None,
) -> int:
    """Write `rows` (a query set of the ledger) to `path`; returns how many. `title` goes above the heads."""
    heads = headings(ledger, columns)
    count = 0

    def lines() -> Iterator[list[Any]]:
        nonlocal count
        for count, line in enumerate(records(ledger, rows, columns, tick), start=1):  # noqa: B007
            yield line

    kinds = [kind_of(ledger.field(one.field)) for one in columns]
    first = list(islice(stream := lines(), SMALL + 1))
    if len(first) <= SMALL:
        _write_small(path, ledger.label, title, heads, kinds, first)
    else:
        _write_large(path, ledger.label, title, heads, kinds, _chained(first, stream))
    return count


def _chained(first: list[list[Any]], rest: Iterator[list[Any]]) -> Iterator[list[Any]]:
    while first:
        yield first.pop(0)
    yield from rest


def _formats(kinds: Sequence[str]) -> list[str]:
    shapes = {"date": DAY, "moment": MOMENT, "text": TEXT, "choice": TEXT, "reference": TEXT}
    return [shapes.get(kind, "") for kind in kinds]


def _width(head: str, kind: str) -> float:
    return (
        {"date": 12.0, "moment": 17.0, "text": 24.0}.get(kind, 14.0) if len(head) < 8 else 2.2 * len(head) + 2
    )


def _write_large(
    path: Path, name: str, title: str, heads: list[str], kinds: Sequence[str], lines: Iterable[list[Any]]
) -> None:
    formats = {}
    for head, shape in zip(heads, _formats(kinds), strict=True):
        if shape:
            made = Format().set_num_format(shape)
            formats[head] = made.set_quote_prefix() if shape == TEXT else made
    top = 1 if title else 0
    write_worksheet(
        (dict(zip(heads, line, strict=True)) for line in lines),
        str(path),
        sheet_name=name[:31],
        header_row=top,
        merge_ranges=[(0, 0, 0, len(heads) - 1, title)] if title and len(heads) > 1 else None,
        header_format=Format().set_bold(),
        column_formats=formats,
        column_widths={head: _width(head, kind) for head, kind in zip(heads, kinds, strict=True)},
        freeze_row=top + 1,
        autofilter=True,
    )


def _write_small(
    path: Path, name: str, title: str, heads: list[str], kinds: Sequence[str], lines: list[list[Any]]
) -> None:
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        sheet = workbook.add_worksheet(name[:31])
        bold = workbook.add_format({"bold": True, "bottom": 2, "text_wrap": True, "valign": "vcenter"})
        formats = [workbook.add_format({"num_format": one, "quote_prefix": one == TEXT}) if one else None
                   for one in _formats(kinds)]  # fmt: skip
        top = 1 if title else 0
        if title:
            large = workbook.add_format({"bold": True, "font_size": 14, "align": "center"})
            sheet.merge_range(0, 0, 0, max(len(heads) - 1, 1), title, large)
        for n, (head, kind) in enumerate(zip(heads, kinds, strict=True)):
            sheet.write_string(top, n, head, bold)
            sheet.set_column(n, n, _width(head, kind))
        for r, line in enumerate(lines, start=top + 1):
            for c, value in enumerate(line):
                _write_cell(sheet, r, c, value, formats[c])
        sheet.freeze_panes(top + 1, 0)
        sheet.autofilter(top, 0, top + len(lines), max(len(heads) - 1, 0))


def _write_cell(sheet: Any, row: int, column: int, value: Any, form: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, datetime | date):
        sheet.write_datetime(row, column, value, form)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, form)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, column, value, form)
    else:
        sheet.write_string(row, column, str(value)[:CELL], form)


def csv_lines(
    ledger: Ledger, rows: Any, columns: Sequence[Column], tick: Tick | None = None
) -> Iterator[str]:
    """The rows as lines of CSV with a byte order mark, so that Excel reads them as UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([neutral(head) for head in headings(ledger, columns)])
    yield "\ufeff" + buffer.getvalue()
    lines = records(ledger, rows, columns, tick)
    while part := list(islice(lines, 500)):
        buffer.seek(0)
        buffer.truncate()
        writer.writerows([[neutral(value) for value in line] for line in part])
        yield buffer.getvalue()


def neutral(value: Any) -> Any:
    """Text that begins like a formula gets an apostrophe before it, which an import takes off again."""
    if isinstance(value, str):
        return "'" + value if value.startswith(FORMULA) else value
    return "" if value is None else value
