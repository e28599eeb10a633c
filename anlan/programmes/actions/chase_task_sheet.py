"""The task sheet of a programme as clerks know it: one row a task, merged by item, ready to print."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, Final

import xlsxwriter

from anlan.kernel import cells, clock
from anlan.kernel.scope import Actor
from anlan.kernel.writing import require
from anlan.programmes.models import ItemRole, Obligation, Period, Programme, RoleKind

HEADS: Final = (
    ("序号", 5), ("条目", 22), ("任务", 52), ("牵头单位", 22), ("配合、落实单位", 30), ("完成时限", 12),
    ("频次", 9), ("量化要求", 13),
)  # fmt: skip
PAPERS: Final = {"a4": 9, "a3": 8}
SIGNS: Final = {">=": "不少于", "<=": "不超过", ">": "多于", "<": "少于", "=": ""}
SONG, HEI, TITLE = "宋体", "黑体", "方正小标宋简体"


def task_sheet(actor: Actor, programme: Programme, paper: str = "a4") -> bytes:
    """The sheet as xlsx; paper: a4 or a3, both landscape. Needs programmes.view of a visible programme."""
    if not actor.may_read("programmes.view"):
        require(actor, "programmes.view")
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("任务分解表")
        _page(sheet, paper)
        styles = _styles(book)
        last = len(HEADS) - 1
        sheet.merge_range(0, 0, 0, last, f"{programme.title}任务分解表", styles["title"])
        told = [programme.number, f"制发单位：{programme.issuer.name}", f"导出日期：{clock.today()}"]
        sheet.merge_range(1, 0, 1, last, "　　".join(part for part in told if part), styles["small"])
        for n, (head, width) in enumerate(HEADS):
            sheet.set_column(n, n, width)
            sheet.write_string(2, n, head, styles["head"])
        _body(sheet, styles, programme)
    return out.getvalue()


def _page(sheet: Any, paper: str) -> None:
    sheet.set_landscape()
    sheet.set_paper(PAPERS.get(paper, PAPERS["a4"]))
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    sheet.repeat_rows(2)
    sheet.freeze_panes(3, 2)
    sheet.set_footer("&C第 &P 页　共 &N 页")
    sheet.center_horizontally()
    sheet.set_row(0, 34)
    sheet.set_row(2, 24)


def _styles(book: Any) -> dict[str, Any]:
    cell = {"font_name": SONG, "font_size": 10.5, "border": 1, "valign": "vcenter", "text_wrap": True}
    centre = {**cell, "align": "center"}
    return {
        "title": book.add_format(
            {"font_name": TITLE, "font_size": 20, "align": "center", "valign": "vcenter"}
        ),
        "small": book.add_format({"font_name": SONG, "font_size": 10, "align": "right"}),
        "head": book.add_format({**centre, "font_name": HEI, "font_size": 11, "bg_color": "#EAF0F8"}),
        "cell": book.add_format(cell),
        "centre": book.add_format(centre),
    }


def _body(sheet: Any, styles: dict[str, Any], programme: Programme) -> None:
    rows = list(_obligations(programme))
    roles = roles_of([row.item_id for row in rows])
    at = 3
    for number, (item, asked) in enumerate(groupby(rows, key=lambda row: row.item), 1):
        tasks = list(asked)
        lead, others = split(roles.get(item.pk, []))
        label = f"第{item.no}条　{item.title}".strip()
        for n, one in enumerate(tasks):
            sheet.write_string(at + n, 2, one.quote, styles["cell"])
            sheet.write_string(at + n, 5, until(one, programme.year), styles["centre"])
            sheet.write_string(at + n, 6, often(one), styles["centre"])
            sheet.write_string(at + n, 7, amount(one), styles["centre"])
        _merged(sheet, at, len(tasks), 0, number, styles["centre"])
        for column, text in ((1, label), (3, lead), (4, others)):
            _merged(sheet, at, len(tasks), column, text, styles["cell"])
        _heights(sheet, at, tasks, label, lead, others)
        at += len(tasks)


def _heights(sheet: Any, at: int, tasks: Sequence[Obligation], *merged: str) -> None:
    """Excel does not size rows of merged cells: each row gets what its own and the merged text need."""
    own = [max(1, -(-len(one.quote) // 25)) for one in tasks]
    widths = (10, 10, 14)
    wanted = max(
        -(-len(text) // width) + text.count("\n") for text, width in zip(merged, widths, strict=True)
    )
    extra = max(0, wanted - sum(own))
    for n, lines in enumerate(own):
        share = extra // len(own) + (1 if n < extra % len(own) else 0)
        sheet.set_row(at + n, min(409, 16 * (lines + share) + 4))


def _merged(sheet: Any, at: int, count: int, column: int, value: str | int, style: Any) -> None:
    if count > 1:
        sheet.merge_range(at, column, at + count - 1, column, value, style)
    elif isinstance(value, int):
        sheet.write_number(at, column, value, style)
    else:
        sheet.write_string(at, column, value, style)


def _obligations(programme: Programme) -> Iterable[Obligation]:
    rows = Obligation.objects.unscoped("sentences of a programme that the caller has found visible")
    live = rows.filter(item__programme=programme, item__ended=None, ended=None).select_related("item")
    return live.order_by("item__position", "position", "id")


def roles_of(items: Iterable[int]) -> dict[int, list[ItemRole]]:
    """{item: its roles in order}."""
    found: dict[int, list[ItemRole]] = {}
    for role in ItemRole.objects.filter(item_id__in=set(items)).order_by("item_id", "position"):
        found.setdefault(role.item_id, []).append(role)
    return found


def split(roles: Sequence[ItemRole]) -> tuple[str, str]:
    """(who leads, who else answers and how), as the document names them."""
    leads = [one.name for one in roles if one.role == RoleKind.LEAD]
    rest: list[str] = []
    for kind in (RoleKind.JOINT, RoleKind.SUPPORTING, RoleKind.OVERSEEING, RoleKind.IMPLEMENTING):
        names = [one.name for one in roles if one.role == kind]
        if names:
            rest.append(f"{kind.label}：{'、'.join(names)}")
    return "、".join(leads), "\n".join(rest)


def until(one: Obligation, year: int) -> str:
    """By when, as the document has it; a cadence runs the whole year."""
    if one.by:
        return cells.day(one.by)
    return "全年" if one.period or one.kind == "standing" else f"{year}-12-31"


def often(one: Obligation) -> str:
    """每季度; 按要求 where no cadence is set."""
    return str(Period(one.period).label) if one.period else "—"


def amount(one: Obligation) -> str:
    """不少于 3 个; nothing where the document writes no number."""
    if one.value is None:
        return "—"
    value = cells.number(
        int(one.value) if one.value == one.value.to_integral_value() else one.value.normalize()
    )
    return f"{SIGNS.get(one.comparator, '')}{value}{one.unit}"
