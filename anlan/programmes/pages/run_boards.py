"""The matrix of items × units, what a cell stands for, and the matrix as a sheet."""

from __future__ import annotations

import io
from datetime import date
from html import escape
from typing import Any
from urllib.parse import urlencode

import xlsxwriter
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from anlan.kernel import cells
from anlan.kernel.due import add_months
from anlan.kernel.requests import ActorRequest
from anlan.kernel.shell import under
from anlan.programmes import reads_boards
from anlan.programmes.actions.run_judging import last_run
from anlan.programmes.models import Evidence, Kind, Light, Programme
from anlan.programmes.pages.run_receipt import programme_of, without_programme
from anlan.programmes.reads_boards import Chosen, Matrix
from anlan.programmes.rules.judging import RANK

SIGNS = {"g": "●", "y": "▲", "r": "■", "o": "○"}
WORDS = dict(Light.choices)
COLOURS = {"g": "#17683f", "y": "#735700", "r": "#b71c1c", "o": "#5f6b7c"}
SHAPES = {
    "g": '<circle class="lt-g" cx="6" cy="6" r="5"/>',
    "y": '<path class="lt-y" d="M6 .8 11.6 11H.4z"/>',
    "r": '<path class="lt-r" d="M.8.8h10.4v10.4H.8z"/>'
    '<path class="lt-x" d="M3.6 3.6l4.8 4.8M8.4 3.6 3.6 8.4"/>',
    "o": '<circle class="lt-o" cx="6" cy="6" r="4.4"/>',
}
# Drawn once a page and used by reference: eight thousand lights weigh little.
SYMBOLS = mark_safe(
    '<svg class="vh" aria-hidden="true" focusable="false">'
    + "".join(f'<symbol id="lt-{k}" viewBox="0 0 12 12">{shape}</symbol>' for k, shape in SHAPES.items())
    + "</svg>"
)
COMPARATORS = {">=": "≥ ", "<=": "≤ ", ">": "> ", "<": "< ", "=": ""}
# So few columns are not drawn out over the whole width.
FEW = 10
SPANS = ("year", "h1", "h2", "q1", "q2", "q3", "q4")
SPAN_LABELS = {"": "至今", "year": "全年", "h1": "上半年", "h2": "下半年", "q1": "一季度", "q2": "二季度",
               "q3": "三季度", "q4": "四季度"}  # fmt: skip


@require_GET
def matrix(request: ActorRequest, pk: int = 0) -> HttpResponse:
    """The matrix of one programme, or of the newest that concerns the post."""
    if not request.actor.may_read("duties.view"):
        raise Http404
    try:
        programme = programme_of(request, pk or None)
    except Http404:
        if pk:
            raise
        return without_programme(request, "任务总表")
    under(request, "matrix")
    chosen = chosen_of(request, programme)
    found = reads_boards.matrix(request.actor, programme, chosen)
    run = last_run()
    page = {
        "title": f"{programme.title}　任务总表",
        "programme": programme,
        "programmes": others(request, programme),
        "counts": [(cells.light(key), WORDS[key], found.counts[key]) for key in "gyro"],
        "body": body(found, drafts := may_write(request, programme)),
        "drafts": drafts,
        "letters_url": reverse("matrix-letters", args=[programme.pk]),
        "query": [(key, value) for key, value in request.GET.items() if value],
        "symbols": SYMBOLS,
        "units": found.units,
        "heads": [(one, head(programme, one)) for one in found.units],
        "few": len(found.units) <= FEW,
        "empty": not found.rows,
        "filters": filters(request, programme, chosen),
        "export_url": f"{reverse('matrix-export', args=[programme.pk])}?{request.GET.urlencode()}",
        "url": reverse("programme-matrix", args=[programme.pk]),
        "clear_url": reverse("programme-matrix", args=[programme.pk]) if request.GET else "",
        "judged": run,
    }
    return render(request, "programmes/matrix.html", {"page": page})


@require_GET
def cell(request: ActorRequest, item: int, unit: int) -> HttpResponse:
    """What a cell stands for: the unit's duties in the item with lights, last proof, ways on."""
    duties = list(reads_boards.cell_duties(request.actor, item, unit))
    if not duties:
        raise Http404
    under(request, "matrix")
    last = (
        Evidence.objects.visible_to(request.actor)
        .filter(occurrences__item_id=item, unit_id=unit)
        .order_by("-effective_on")
        .first()
    )
    page = {
        "title": f"第{duties[0].item.no}条　{duties[0].item.title}",
        "item": duties[0].item,
        "unit": duties[0].unit,
        "duties": [
            {
                "row": one,
                "seal": cells.seal(one.obligation.kind) if one.obligation.kind != "target" else "",
                "light": cells.light(one.light, one.light_reason or WORDS[one.light]),
                "measured": bool(one.obligation.measure),
                "url": reverse("ledger-row", args=["duties", one.pk]),
            }
            for one in duties
        ],
        "last": last,
        "worst": cells.light(worst := max((one.light for one in duties), key=RANK.__getitem__),
                             WORDS[worst]),
    }  # fmt: skip
    fragment = request.headers.get("HX-Target") == "drawer"
    return render(
        request, "programmes/cell_drawer.html" if fragment else "programmes/cell.html", {"page": page}
    )


@require_GET
def export(request: ActorRequest, pk: int) -> HttpResponse:
    """The matrix as xlsx: shapes as signs, so that a black-and-white print still tells them apart."""
    if not request.actor.may("duties.export"):
        raise Http404
    programme = programme_of(request, pk)
    found = reads_boards.matrix(request.actor, programme, chosen_of(request, programme))
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    _sheet(book, programme, found)
    book.close()
    answer = HttpResponse(
        out.getvalue(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    name = urlencode({"": f"{programme.title}任务总表.xlsx"})[1:].replace("+", "%20")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return answer


def body(found: Matrix, drafts: bool = False) -> SafeString:
    """The rows of the table in one string; where letters may be drafted, red cells can be ticked."""
    out: list[str] = []
    section, columns = None, 4 + len(found.units)
    for row in found.rows:
        item = row.item
        if item.section != section:
            section = item.section
            out.append(
                f'<tr class="grp"><th colspan="{columns}" scope="rowgroup">'
                f"<span>{escape(section or '')}</span></th></tr>"
            )
        url = reverse("programme-item", args=[item.pk])
        share = "—" if row.share is None else str(row.share)
        out.append(
            f'<tr><th class="tn" scope="row">{escape(item.no)}</th><th class="nm" scope="row">'
            f'<a href="{url}">{escape(item.title or item.text[:30])}</a></th>'
            f'<td class="n">{row.duties}</td><td class="n pc">{share}</td>'
        )
        for unit in found.units:
            out.append(_cell(item.pk, item.no, unit, row.lights.get(unit.pk), drafts))
        out.append("</tr>")
    return mark_safe("".join(out))


def head(programme: Programme, unit: Any) -> str:
    """How a column is called: a territory by its place, an office without the place of the programme."""
    if unit.kind == "zone" or (unit.family and unit.family.key == "people-government"):
        return str(unit.region.short_name or unit.region.name)
    return str(unit.short_name or unit.name).removeprefix(programme.issuer.region.short_name)


def chosen_of(request: ActorRequest, programme: Programme) -> Chosen:
    """The filter line as the address bar has it; unknown values count as none."""
    get = request.GET
    since = until = None
    if (span := get.get("span", "")) in SPANS:
        since, until = _span(span, programme.year)
    return Chosen(
        section=get.get("section", "")[:300],
        party=get.get("party", "") if get.get("party") in reads_boards.PARTIES else "",
        kind=get.get("kind", "") if get.get("kind") in Kind.values else "",
        light=get.get("light", "") if get.get("light") in WORDS else "",
        since=since,
        until=until,
    )


def filters(request: ActorRequest, programme: Programme, chosen: Chosen) -> list[dict[str, Any]]:
    """The selects of the filter line."""
    parts = [(one, one) for one in reads_boards.sections(request.actor, programme)]
    return [
        {"name": "section", "label": "章节", "options": [("", "全部"), *parts], "value": chosen.section},
        {"name": "party", "label": "责任方", "value": chosen.party,
         "options": [("", "全部"), *((key, label) for key, (label, _) in reads_boards.PARTIES.items())]},
        {"name": "kind", "label": "类别", "options": [("", "全部"), *Kind.choices], "value": chosen.kind},
        {"name": "light", "label": "灯", "options": [("", "全部"), *Light.choices], "value": chosen.light},
        {"name": "span", "label": "期间", "options": list(SPAN_LABELS.items()),
         "value": request.GET.get("span", "")},
    ]  # fmt: skip


def others(request: ActorRequest, programme: Programme) -> list[Programme]:
    """Other programmes that the reader may open."""
    rows = Programme.objects.visible_to(request.actor).exclude(state="reviewing").exclude(pk=programme.pk)
    return list(rows.order_by("-year", "region_path", "id")[:12])


def may_write(request: ActorRequest, programme: Programme) -> bool:
    """Whether the post drafts reminders about this programme: the office of the level that issued it."""
    paths = request.actor.seat.region_paths if request.actor.seat else ()
    office = request.actor.may("occurrences.decide") and request.actor.may("papers.add")
    return programme.region_path in paths and office


def _cell(item: int, no: str, unit: Any, light: str | None, drafts: bool) -> str:
    if light is None:
        return '<td class="na"><span aria-hidden="true">—</span><span class="vh">不涉及</span></td>'
    url = f"/running/cell/{item}/{unit.pk}/"
    name = escape(unit.short_name or unit.name)
    pick = (
        f'<input type="checkbox" name="ids" value="{item}-{unit.pk}" '
        f'aria-label="选择第{escape(no)}条 {name}">'
        if drafts and light == "r"
        else ""
    )
    return (
        f'<td{" class=pk" if pick else ""}>{pick}<a href="{url}" data-drawer="{url}"><svg aria-hidden="true">'
        f'<use href="#lt-{light}"/></svg><span class="vh">{name} {WORDS[light]}</span></a></td>'
    )


def _span(span: str, year: int) -> tuple[date, date]:
    if span == "year":
        return date(year, 1, 1), date(year + 1, 1, 1)
    months = 6 if span[0] == "h" else 3
    start = add_months(date(year, 1, 1), months * (int(span[1]) - 1))
    return start, add_months(start, months)


def _sheet(book: Any, programme: Programme, found: Matrix) -> None:
    sheet = book.add_worksheet("任务总表")
    bold = book.add_format(
        {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}
    )
    text = book.add_format({"border": 1, "text_wrap": True, "valign": "vcenter"})
    marks = {
        key: book.add_format({"border": 1, "align": "center", "font_color": colour})
        for key, colour in COLOURS.items()
    }
    title = book.add_format({"bold": True, "font_size": 16})
    sheet.write_string(0, 0, f"{programme.title}任务总表", title)
    sheet.write_string(1, 0, "　".join(f"{SIGNS[key]} {WORDS[key]}" for key in "gyro") + "　— 不涉及")
    names = ["条", "章节", "要求", "职责", "按期%", *(head(programme, one) for one in found.units)]
    for column, name in enumerate(names):
        sheet.write_string(2, column, name, bold)
    for line, row in enumerate(found.rows, start=3):
        sheet.write_string(line, 0, row.item.no, text)
        sheet.write_string(line, 1, row.item.section, text)
        sheet.write_string(line, 2, row.item.title or row.item.text[:60], text)
        sheet.write_number(line, 3, row.duties, text)
        if row.share is None:
            sheet.write_string(line, 4, "—", text)
        else:
            sheet.write_number(line, 4, row.share, text)
        for column, unit in enumerate(found.units, start=5):
            light = row.lights.get(unit.pk)
            sheet.write_string(line, column, SIGNS[light] if light else "—", marks[light or "o"])
    sheet.freeze_panes(3, 3)
    sheet.set_column(0, 0, 5)
    sheet.set_column(1, 1, 18)
    sheet.set_column(2, 2, 36)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
