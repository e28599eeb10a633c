"""表格收发: the task sheet out, sheets to fill in out, filled sheets back in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.kernel import cells, jobs
from anlan.kernel.exchange import batches, uploading
from anlan.kernel.exchange.reading import Unreadable
from anlan.kernel.models import ImportBatch
from anlan.kernel.requests import ActorRequest
from anlan.kernel.writing import Refused
from anlan.programmes import chase_jobs  # noqa: F401 (brings a kind of job)
from anlan.programmes.actions import chase_fill_in, chase_fill_out, chase_task_sheet
from anlan.programmes.models import Programme
from anlan.programmes.reads_units import units_of
from anlan.programmes.rules.fill_in import DOING, DONE, STATE_WORDS, Change, Standing

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 200
State = ImportBatch.State


class FilledForm(forms.Form):
    """One filled sheet."""

    file = forms.FileField(
        label="填好的表",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.et"}),
        error_messages={"required": "请选一份填好的填报表。"},
    )


def programme_for(request: ActorRequest, pk: int) -> Programme:
    """A published programme that the actor sees; else 404."""
    if not request.actor.may_read("occurrences.view"):
        raise Http404
    rows = Programme.objects.visible_to(request.actor).exclude(state=Programme.State.REVIEWING)
    found: Programme = get_object_or_404(rows.select_related("issuer"), pk=pk)
    return found


@require_http_methods(["GET", "POST"])
def sheets(request: ActorRequest, pk: int) -> HttpResponse:
    """What can be taken out, and the door for what comes back."""
    programme = programme_for(request, pk)
    posted = request.method == "POST"
    form = FilledForm(request.POST if posted else None, request.FILES if posted else None)
    if request.method == "POST":
        oversize = request.META.get(uploading.OVERSIZE)
        if oversize:
            form = FilledForm({})
            form.errors.clear()
            form.add_error("file", batches.too_large(int(oversize)))
        elif form.is_valid():
            try:
                batch = chase_fill_in.take_in(request.actor, programme, form.cleaned_data["file"])
                return HttpResponseRedirect(reverse("fill-in", args=[batch.pk]))
            except (Unreadable, Refused) as error:
                form.add_error("file", str(error))
    own = len(chase_fill_out.occurrences_for(request.actor, programme, units_of(request.actor)))
    issuing = _issuing(request, programme)
    page = {
        "title": "表格收发",
        "crumbs": [
            {"label": "工作要点", "url": reverse("ledger-list", args=["programmes"])},
            {"label": programme.number or programme.title,
             "url": reverse("ledger-row", args=["programmes", programme.pk])},
            {"label": "表格收发"},
        ],
        "programme": programme, "own": own, "issuing": issuing,
        "may_fill": issuing or request.actor.may("occurrences.declare"),
        "recent": [
            {"name": one.file_name, "time": cells.moment(one.uploaded_at),
             "state": State(one.state).label, "url": reverse("fill-in", args=[one.pk])}
            for one in chase_fill_in.recent(request.actor, programme)
        ],
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "programmes/sheets.html", {"page": page, "form": form}, status=status)


@require_GET
def task_sheet(request: ActorRequest, pk: int) -> HttpResponse:
    """The task sheet; ?paper=a3."""
    programme = programme_for(request, pk)
    paper = request.GET.get("paper", "a4")
    return _file(
        chase_task_sheet.task_sheet(request.actor, programme, paper), f"{programme.title}任务分解表.xlsx"
    )


@require_GET
def fill_out(request: ActorRequest, pk: int) -> HttpResponse:
    """The sheet of the post's own units."""
    programme = programme_for(request, pk)
    try:
        data = chase_fill_out.workbook(request.actor, programme, units_of(request.actor))
    except Refused as error:
        messages.warning(request, str(error))
        return HttpResponseRedirect(reverse("sheets", args=[pk]))
    return _file(data, f"{programme.title}填报表.xlsx")


@require_POST
def fill_out_all(request: ActorRequest, pk: int) -> HttpResponse:
    """All units' sheets as a zip, in a job."""
    programme = programme_for(request, pk)
    if not _issuing(request, programme):
        raise Http404
    job = jobs.start(
        request.actor, "fill-out-all", f"生成《{programme.title}》各单位填报表", programme=programme.pk
    )
    return HttpResponseRedirect(reverse("job", args=[job.pk]))


@require_http_methods(["GET", "POST"])
def fill_in(request: ActorRequest, batch: int) -> HttpResponse:
    """What a filled sheet would change; then it is written."""
    try:
        found = batches.own(request.actor, batch)
        if found.ledger != chase_fill_in.LEDGER:
            raise Http404
        programme = chase_fill_in.programme_of_batch(request.actor, found)
    except (ImportBatch.DoesNotExist, Programme.DoesNotExist):
        raise Http404 from None
    if request.method == "POST" and "undo" in request.POST:
        try:
            count = chase_fill_in.undo(request.actor, batch, programme)
            messages.success(request, f"已撤销，恢复 {count} 行。")
        except Refused as error:
            messages.warning(request, str(error))
        return HttpResponseRedirect(reverse("fill-in", args=[batch]))
    if request.method == "POST" and "write" in request.POST:
        try:
            made = chase_fill_in.commit(request.actor, batch, programme, _choices(request))
            messages.success(request, f"已写入 {len(made.changes)} 行。")
        except (Refused, Unreadable) as error:
            messages.warning(request, str(error))
        return HttpResponseRedirect(reverse("fill-in", args=[batch]))
    page: dict[str, Any] = {
        "title": found.file_name or "填报表",
        "crumbs": [{"label": "表格收发", "url": reverse("sheets", args=[programme.pk])}, {"label": "试读"}],
        "programme": programme, "batch": found, "back": reverse("sheets", args=[programme.pk]),
    }  # fmt: skip
    if found.state != State.DRAFT:
        return render(request, "programmes/fill_in.html", {"page": {**page, **_done(found)}})
    try:
        page |= _shown(chase_fill_in.trial(request.actor, found, programme), found.pk)
    except (Unreadable, Refused) as error:
        page["error"] = str(error)
    return render(request, "programmes/fill_in.html", {"page": page})


@require_GET
def wrong_rows(request: ActorRequest, batch: int) -> FileResponse:
    """The wrong rows of a filled sheet with the reasons, to mend and send again."""
    try:
        found = batches.own(request.actor, batch)
        if found.ledger != chase_fill_in.LEDGER:
            raise Http404
        programme = chase_fill_in.programme_of_batch(request.actor, found)
        place = chase_fill_in.wrong_file(request.actor, found, programme)
    except (ImportBatch.DoesNotExist, Programme.DoesNotExist, Refused, Unreadable):
        raise Http404 from None
    if place is None:
        raise Http404
    answer = FileResponse(place.open("rb"), as_attachment=True, filename=f"错误行_{found.file_name}")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _shown(found: chase_fill_in.Outcome, pk: int) -> dict[str, Any]:
    before = found.before
    return {
        "figs": [
            {"label": "可写入", "value": len(found.changes), "unit": "行"},
            {"label": "被他人改过，请选定", "value": len(found.clashes), "unit": "行",
             "red": bool(found.clashes)},
            {"label": "有错，不写入", "value": len(found.faults), "unit": "行", "red": bool(found.faults)},
            {"label": "没有变化", "value": found.unchanged, "unit": "行"},
        ],
        "before": f"{before.person} 已在 {cells.moment(before.committed_at)} 写入过同一份文件。"
        if before and before.committed_at else "",
        "faults": found.faults[:SHOWN],
        "wrong_url": reverse("fill-in-wrong", args=[pk]) if found.faults else "",
        "clashes": [_change(one, found) for one in found.clashes],
        "changes": [_change(one, found) for one in found.changes[:SHOWN]],
        "count": len(found.changes) + len(found.clashes),
    }  # fmt: skip


def _change(one: Change, found: chase_fill_in.Outcome) -> dict[str, Any]:
    row = found.occurrences[one.row.key]
    state = DONE if one.act == "declare" else DOING
    unit = row.duty.unit
    return {
        "key": one.row.key,
        "line": one.row.line,
        "sheet": one.row.sheet,
        "quote": row.duty.obligation.quote,
        "unit": unit.short_name or unit.name,
        "due": row.due_on,
        "act": "申报完成" if one.act == "declare" else "登记进度",
        "mine": _words(state, one.claimed, one.statement, one.row.done_on),
        "theirs": _standing(one.clash) if one.clash else "",
        "url": reverse("ledger-row", args=["occurrences", row.pk]),
    }


def _standing(one: Standing) -> str:
    return _words(STATE_WORDS[one.state], one.claimed, one.statement, one.done_on)


def _words(state: str, claimed: Decimal | None, statement: str, done: date | None) -> str:
    count = f"，完成数 {claimed.normalize():f}" if claimed is not None else ""
    day = f"，{cells.day(done)} 完成" if done else ""
    return f"{state}{count}{day}{f'，{statement}' if statement else ''}"


def _done(batch: ImportBatch) -> dict[str, Any]:
    counts = batch.counts
    until = batches.undo_until(batch) if batches.may_undo(batch) else None
    return {
        "undone": f"{cells.moment(batch.undone_at)} 已撤销，恢复 {counts.get('restored', 0)} 行。"
        if batch.undone_at else "",
        "undo_until": cells.moment(until) if until else "",
        "wrong_url": reverse("fill-in-wrong", args=[batch.pk]) if counts.get("wrong") else "",
        "done": f"已写入 {counts.get('written', 0)} 行，有错没有写入 {counts.get('wrong', 0)} 行，"
        f"没有变化 {counts.get('unchanged', 0)} 行。",
        "notes": batch.notes,
    }  # fmt: skip


def _choices(request: ActorRequest) -> dict[int, str]:
    return {
        int(name[3:]): str(value)
        for name, value in request.POST.items()
        if name.startswith("of-") and name[3:].isdigit() and len(name) < 21
    }


def _issuing(request: ActorRequest, programme: Programme) -> bool:
    seat = request.actor.seat
    return (
        seat is not None
        and programme.region_path in seat.region_paths
        and request.actor.may("occurrences.accept")
    )


def _file(data: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=XLSX)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
