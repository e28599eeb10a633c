"""Sheets to fill in, one a unit: hidden stable keys, drop-downs, and only the columns to fill unlocked."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable
from typing import Any, Final

import xlsxwriter

from anlan.kernel import cells, clock
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused, require
from anlan.org.models import Unit
from anlan.programmes.models import Occurrence, Programme
from anlan.programmes.rules.fill_in import DOING, DONE, STATE_WORDS, STATES

KIND: Final = "anlan.fill-in/1"
BASE: Final = "_anlan"
KEY: Final = "编号（勿改）"
SHOWN: Final = (
    (KEY, 0), ("序号", 5), ("条目", 20), ("任务", 46), ("时间段", 13), ("到期日", 11), ("应完成数", 9),
    ("系统测得", 9), ("目前状态", 9),
)  # fmt: skip
FILLED: Final = (("完成情况", 11), ("完成数", 9), ("完成日期", 12), ("佐证说明", 44))
HEADS: Final = (*SHOWN, *FILLED)
WIDTHS: Final = dict(HEADS)
LIVE: Final = ("open", "returned", "declared")
MOST: Final = 2000
NOTES: Final = (
    "只填右边四栏：完成情况从下拉框里选；完成数只写数字；完成日期如 2023-6-30；佐证说明写清怎么完成、"
    "材料在哪里。没有变化的行不用填。请不要删改左边各栏和隐藏列，行可以排序。"
)


def occurrences_for(actor: Actor, programme: Programme, units: Iterable[int]) -> list[Occurrence]:
    """What these units have to report on: begun by today and not yet settled, in the document's order."""
    rows = (
        Occurrence.objects.visible_to(actor)
        .filter(
            programme_id=programme.pk, unit_id__in=list(units), state__in=LIVE, starts_on__lte=clock.today()
        )
        .select_related("duty__item", "duty__obligation", "duty__unit")
        .order_by("unit_id", "duty__item__position", "duty__obligation__position", "due_on", "id")
    )
    return list(rows[: MOST + 1])


def workbook(actor: Actor, programme: Programme, units: Iterable[int]) -> bytes:
    """One workbook with a sheet a unit. Raises Refused when there is nothing to report, or too much."""
    require(actor, "occurrences.view")
    rows = occurrences_for(actor, programme, units)
    if not rows:
        raise Refused("本单位在这份要点里没有要填报的任务。")
    if len(rows) > MOST:
        raise Refused(f"要填报的任务超过 {MOST} 行。请按单位分别导出。")
    by_unit: dict[int, list[Occurrence]] = {}
    for row in rows:
        by_unit.setdefault(row.unit_id, []).append(row)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        styles = styles_of(book)
        for mine in by_unit.values():
            _sheet(book, styles, programme, mine[0].duty.unit, mine)
        _base(book, programme, rows)
    return out.getvalue()


def archive(
    actor: Actor, programme: Programme, units: Iterable[int], tick: Callable[[int], None] | None = None
) -> tuple[bytes, int]:
    """(a zip with one workbook a unit, how many): units without anything to report are left out."""
    out, count = io.BytesIO(), 0
    names = Unit.objects.unscoped("names of units that answer in a visible programme").in_bulk(list(units))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for n, (pk, unit) in enumerate(sorted(names.items()), 1):
            try:
                target.writestr(f"{_file(unit.name)}_填报表.xlsx", workbook(actor, programme, [pk]))
                count += 1
            except Refused:
                pass
            if tick:
                tick(n)
    return out.getvalue(), count


def units_in(actor: Actor, programme: Programme) -> list[int]:
    """Units with something to report on in a programme."""
    rows = Occurrence.objects.visible_to(actor).filter(
        programme_id=programme.pk, state__in=LIVE, starts_on__lte=clock.today()
    )
    return sorted(set(rows.values_list("unit_id", flat=True)))


def styles_of(book: Any) -> dict[str, Any]:
    """The formats of a sheet to fill in."""
    cell = {"font_name": "宋体", "font_size": 10.5, "border": 1, "valign": "vcenter", "text_wrap": True}
    still = {**cell, "bg_color": "#F4F6F8"}
    return {
        "title": book.add_format(
            {"font_name": "黑体", "font_size": 16, "align": "center", "valign": "vcenter"}
        ),
        "note": book.add_format({"font_name": "宋体", "font_size": 10, "text_wrap": True, "valign": "top"}),
        "head": book.add_format({**cell, "font_name": "黑体", "align": "center", "bg_color": "#EAF0F8"}),
        "fill-head": book.add_format({**cell, "font_name": "黑体", "align": "center", "bg_color": "#FDF7DF"}),
        "still": book.add_format(still),
        "centre": book.add_format({**still, "align": "center"}),
        "text": book.add_format({**cell, "locked": False, "num_format": "@"}),
        "number": book.add_format({**cell, "locked": False, "align": "right"}),
        "day": book.add_format({**cell, "locked": False, "align": "center", "num_format": "yyyy-mm-dd"}),
    }


def _sheet(
    book: Any, styles: dict[str, Any], programme: Programme, unit: Unit, rows: list[Occurrence]
) -> None:
    sheet = book.add_worksheet(_sheet_name(book, unit))
    last = len(HEADS) - 1
    sheet.merge_range(0, 1, 0, last, f"{programme.title}　{unit.name}填报表", styles["title"])
    sheet.merge_range(1, 1, 1, last, NOTES, styles["note"])
    sheet.set_row(0, 30)
    sheet.set_row(1, 32)
    for n, (head, width) in enumerate(HEADS):
        hidden = {"hidden": True} if n == 0 else {}
        sheet.set_column(n, n, width or 10, None, hidden)
        sheet.write_string(2, n, head, styles["head" if n < len(SHOWN) else "fill-head"])
    for n, row in enumerate(rows):
        _row(sheet, styles, 3 + n, n + 1, row)
    first, final = 3, 2 + len(rows)
    drop_downs(sheet, first, final, len(SHOWN), len(SHOWN) + 1)
    sheet.freeze_panes(3, 4)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    sheet.set_footer("&C第 &P 页　共 &N 页")
    # No password: the lock keeps from slips, not from people.
    sheet.protect("", {"sort": True, "autofilter": True, "format_rows": True, "format_columns": True})


def drop_downs(sheet: Any, first: int, last: int, state: int, count: int) -> None:
    """The choice of the state and the check of the number, for these rows and columns."""
    choose = {"error_title": "完成情况", "error_message": "请从下拉框里选。"}
    sheet.data_validation(first, state, last, state, {"validate": "list", "source": list(STATES), **choose})
    digits = {"error_title": "完成数", "error_message": "只写数字。"}
    check = {"validate": "decimal", "criteria": ">=", "value": 0, **digits}
    sheet.data_validation(first, count, last, count, check)


def _row(sheet: Any, styles: dict[str, Any], at: int, number: int, row: Occurrence) -> None:
    item, one = row.duty.item, row.duty.obligation
    sheet.write_string(at, 0, f"A{row.pk}", styles["still"])
    sheet.write_number(at, 1, number, styles["centre"])
    sheet.write_string(at, 2, f"第{item.no}条　{item.title}".strip(), styles["still"])
    sheet.write_string(at, 3, one.quote, styles["still"])
    sheet.write_string(at, 4, f"{cells.day(row.starts_on)}至{cells.day(row.due_on)}", styles["centre"])
    sheet.write_string(at, 5, cells.day(row.due_on), styles["centre"])
    sheet.write_string(
        at, 6, f"{_plain(row.need)}{one.unit}" if row.need is not None else "—", styles["centre"]
    )
    measured = row.proof in ("measured", "contradicted") and row.value is not None
    sheet.write_string(at, 7, _plain(row.value) if measured else "—", styles["centre"])
    sheet.write_string(at, 8, STATE_WORDS.get(row.state, row.state), styles["centre"])
    sheet.write_string(at, 9, filled_state(row), styles["text"])
    if row.claimed is None:
        sheet.write_blank(at, 10, None, styles["number"])
    else:
        sheet.write_number(at, 10, float(row.claimed), styles["number"])
    if row.done_on is None:
        sheet.write_blank(at, 11, None, styles["day"])
    else:
        sheet.write_datetime(at, 11, row.done_on, styles["day"])
    sheet.write_string(at, 12, row.statement, styles["text"])
    lines = max(-(-len(one.quote) // 22), -(-len(row.statement) // 21), -(-len(item.title) // 9), 1)
    sheet.set_row(at, min(409, 16 * lines + 6))


def filled_state(row: Occurrence) -> str:
    """What the drop-down shows when the sheet goes out."""
    if row.state == "declared":
        return DONE
    return DOING if row.claimed is not None else ""


def _base(book: Any, programme: Programme, rows: list[Occurrence]) -> None:
    """How everything stood when the sheet went out, for the comparison when it comes back."""
    sheet = book.add_worksheet(BASE)
    for n, part in enumerate((KIND, str(programme.pk), clock.now().isoformat())):
        sheet.write_string(0, n, part)
    for n, row in enumerate(rows, 1):
        claimed = "" if row.claimed is None else f"{row.claimed.normalize():f}"
        done = row.done_on.isoformat() if row.done_on else ""
        for column, part in enumerate((f"A{row.pk}", row.state, claimed, row.statement, done)):
            sheet.write_string(n, column, part)
    sheet.very_hidden()


def _plain(value: Any) -> str:
    return f"{value.normalize():f}" if value is not None else ""


def _sheet_name(book: Any, unit: Unit) -> str:
    base = _file(unit.short_name or unit.name)[:26]
    taken = {one.get_name() for one in book.worksheets()}
    return base if base not in taken else f"{base}{unit.pk}"


def _file(name: str) -> str:
    return re.sub(r"[\\/:*?\[\]\"<>|']", "", name)
