"""The task sheet as an Excel file."""

from __future__ import annotations

import io

import xlsxwriter

from anlan.programmes.compiler.document import CompiledDocument
from anlan.programmes.compiler.tasks import COLUMNS, task_rows

_WIDTHS = (6, 26, 60, 28, 34, 12, 14, 14)


def to_xlsx(document: CompiledDocument) -> bytes:
    """The task sheet: a title row, the headings, one row an obligation. Text is never taken for a formula."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet("任务分解表")
    title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
    head = book.add_format(
        {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "bg_color": "#E8EEF6"}
    )
    text = book.add_format({"border": 1, "text_wrap": True, "valign": "vcenter"})
    centred = book.add_format({"border": 1, "align": "center", "valign": "vcenter"})
    sheet.merge_range(
        0, 0, 0, len(COLUMNS) - 1, f"{document.document.title or document.source.name} 任务分解表", title
    )
    sheet.set_row(0, 30)
    for column, (name, width) in enumerate(zip(COLUMNS, _WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(1, column, name, head)
    for line, row in enumerate(task_rows(document), 2):
        for column, cell in enumerate(row.cells()):
            if isinstance(cell, int):
                sheet.write_number(line, column, cell, centred)
            else:
                sheet.write_string(line, column, cell, text)
    sheet.freeze_panes(2, 2)
    sheet.repeat_rows(0, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    book.close()
    return buffer.getvalue()
