"""The sheet to fill in: heads, a note to each column, drop-downs, text format for codes, an example."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import xlsxwriter

from anlan.kernel.exchange import resolve
from anlan.kernel.ledger import Importing, Ledger, kind_of

ROWS = 2_000
NOTES = {
    "date": "日期，如 2023-6-30",
    "moment": "时刻，如 2023-6-30 08:42",
    "flag": "是或否",
    "integer": "整数",
    "decimal": "数字，不写单位",
}


def is_required(model_field: Any) -> bool:
    """Whether a new row cannot do without it."""
    return not model_field.blank and not model_field.has_default() and not model_field.has_db_default()


def note_of(ledger: Ledger, name: str) -> str:
    """What goes into this column, in a few words."""
    model_field: Any = ledger.field(name)
    kind = kind_of(model_field)
    if kind == "choice":
        return "、".join(str(label) for key, label in model_field.flatchoices if key not in ("", None))
    if resolve.kind_of(model_field) == "region":
        return "县（市、区）名称"
    if kind == "reference":
        return f"{model_field.related_model._meta.verbose_name}的名称或编号"
    longest = f"，最多 {model_field.max_length} 个字" if kind == "text" and model_field.max_length else ""
    unit = next((f"，单位 {one.unit}" for one in ledger.columns if one.field == name and one.unit), "")
    return NOTES.get(kind, "文字") + longest + unit


def write_template(ledger: Ledger, path: Path) -> None:
    """Write the template of `ledger` to `path`; it is read back by the import as it stands."""
    names = ledger.import_fields
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as workbook:
        bold = workbook.add_format({"bold": True, "bottom": 2})
        small = workbook.add_format({"font_color": "#5F6B7C", "text_wrap": True, "valign": "top"})
        text, day = (
            workbook.add_format({"num_format": "@"}),
            workbook.add_format({"num_format": "yyyy-mm-dd"}),
        )
        for title in (ledger.label[:31], "填写示例"):
            sheet = workbook.add_worksheet(title)
            sheet.freeze_panes(2, 0)
            for n, name in enumerate(names):
                model_field: Any = ledger.field(name)
                kind = kind_of(model_field)
                star = "*" if is_required(model_field) else ""
                sheet.write_string(1, n, ledger.label_of(name) + star, bold)
                sheet.write_string(0, n, note_of(ledger, name)[:250], small)
                sheet.set_column(n, n, 18, {"date": day, "text": text}.get(kind))
                _drop_down(sheet, n, model_field, kind)
            if title == "填写示例":
                for n, name in enumerate(names):
                    sheet.write_string(2, n, _example(ledger, name), text)


def _drop_down(sheet: Any, column: int, model_field: Any, kind: str) -> None:
    options = ["是", "否"] if kind == "flag" else []
    if kind == "choice":
        options = [str(label) for key, label in model_field.flatchoices if key not in ("", None)]
    if options and len(",".join(options)) <= 255:
        sheet.data_validation(2, column, ROWS, column, {"validate": "list", "source": options})


def _example(ledger: Ledger, name: str) -> str:
    importing = ledger.importing or Importing()
    if name in importing.example:
        return importing.example[name]
    model_field: Any = ledger.field(name)
    match kind_of(model_field):
        case "choice":
            return str(next((label for key, label in model_field.flatchoices if key not in ("", None)), ""))
        case "date":
            return "2023-6-30"
        case "flag":
            return "是"
        case "integer" | "decimal":
            return "1"
        case _:
            return ""
