"""The wrong rows as a sheet in their own layout, with a column that says what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from anlan.kernel.exchange.headings import REASON
from anlan.kernel.exchange.plan import Plan


def write_wrong(plan: Plan, path: Path) -> None:
    """Write title, header and wrong rows of the plan's sheet to `path`; it can be mended and sent again."""
    rows, body = plan.sheet.rows, plan.layout.body
    width = len(rows[0]) if rows else 0
    old = next((one.column for one in plan.layout.headings if one.text.startswith(REASON[:4])), None)
    reason = width if old is None else old
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False}) as workbook:
        sheet = workbook.add_worksheet(plan.sheet.name[:31] or "错误行")
        formats = {
            "day": workbook.add_format({"num_format": "yyyy-mm-dd"}),
            "moment": workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            "text": workbook.add_format({"num_format": "@"}),
            "reason": workbook.add_format({"font_color": "#B71C1C", "text_wrap": True}),
        }
        sheet.set_column(0, max(width - 1, 0), 14)
        sheet.set_column(reason, reason, 60)
        sheet.freeze_panes(body, 0)
        for n in range(body):
            _write_row(sheet, n, rows[n], formats)
            if n == plan.layout.top:
                sheet.write_string(n, reason, REASON, formats["reason"])
        for n, place in enumerate(sorted(plan.wrong)):
            _write_row(sheet, body + n, rows[plan.places[place]], formats)
            texts = (f"{one.column}：{one.reason}" if one.column else one.reason for one in plan.wrong[place])
            sheet.write_string(body + n, reason, "\n".join(texts), formats["reason"])


def _write_row(sheet: Any, at: int, row: Sequence[Any], formats: dict[str, Any]) -> None:
    for column, cell in enumerate(row):
        if cell is None or cell == "":
            continue
        if isinstance(cell, datetime):
            sheet.write_datetime(at, column, cell, formats["moment"])
        elif isinstance(cell, date):
            sheet.write_datetime(at, column, cell, formats["day"])
        elif isinstance(cell, bool):
            sheet.write_boolean(at, column, cell)
        elif isinstance(cell, int | float):
            sheet.write_number(at, column, cell)
        else:
            sheet.write_string(at, column, str(cell)[:32_767], formats["text"])
