"""Excel in: choose a file, match its columns, see what would happen, write, take back. Excel out."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from anlan.kernel import cells, converters, jobs, registry  # noqa: F401  (makes <ledger:…> known)
from anlan.kernel.exchange import batches, export, plan, running, template, uploading
from anlan.kernel.exchange.plan import Finding
from anlan.kernel.exchange.reading import MOST_ROWS, Unreadable
from anlan.kernel.ledger import Ledger
from anlan.kernel.listing import Listing
from anlan.kernel.models import ImportBatch, Job
from anlan.kernel.pages import jobs as job_pages
from anlan.kernel.pages.access import ledger_for
from anlan.kernel.pages.lists import query_of
from anlan.kernel.requests import ActorRequest, whole

READ_AT_ONCE = 1024 * 1024
WRITE_AT_ONCE = 2_000
EXPORT_AT_ONCE = 5_000
PAGE = 50
State = ImportBatch.State
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIGURES = {"wrong": "有错的行", "created": "新增的行", "updated": "更新的行", "suspected": "疑似重复的行",
           "tidied": "自动整理的单元格"}  # fmt: skip
LIGHTS = {"sure": ("g", "对上"), "likely": ("y", "请确认"), "": ("o", "不导入")}


class UploadForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label="表格文件",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.et,.csv"}),
        error_messages={"required": "请选一个表格文件。"},
    )


def upload(request: ActorRequest, key: str) -> HttpResponse:
    """Take a file in and read it for trial: at once when small, in a job when large."""
    ledger = ledger_for(request, key, "import")
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        oversize = request.META.get(uploading.OVERSIZE)
        if oversize:
            form = UploadForm({})
            form.errors.clear()
            form.add_error("file", batches.too_large(int(oversize)))
        elif form.is_valid():
            try:
                return _taken(request, ledger, form.cleaned_data["file"])
            except Unreadable as error:
                form.add_error("file", str(error))
    columns = [
        {"label": ledger.label_of(name), "note": template.note_of(ledger, name),
         "required": template.is_required(ledger.field(name))}
        for name in ledger.import_fields
    ]  # fmt: skip
    recent = [_told(one) for one in batches.recent(request.actor, ledger)]
    return render(request, "kernel/import_upload.html", {
        "form": form, "columns": columns, "recent": recent, "page": _page(ledger, None, 0),
        "limits": f"最大 {settings.ANLAN_UPLOAD_LIMIT // 1048576} MB、{MOST_ROWS:,} 行",
        "template_url": reverse("ledger-template", args=[key]),
    })  # fmt: skip


def _taken(request: ActorRequest, ledger: Ledger, file: Any) -> HttpResponse:
    batch = batches.take_in(request.actor, ledger, file)
    if batch.size > READ_AT_ONCE:
        return _in_job(request, batch, "import-trial", f"试读 {batch.file_name}")
    try:
        batches.trial(request.actor, batch)
    except Unreadable as error:
        batch.notes = [str(error)]
        batch.save(update_fields=["notes"])
        raise
    return HttpResponseRedirect(_address(batch))


def _told(batch: ImportBatch) -> dict[str, str]:
    """A batch among the last ones: how far it came, and why it could not be read."""
    told = {"time": cells.moment(batch.uploaded_at), "name": batch.file_name, "url": _address(batch),
            "text": State(batch.state).label}  # fmt: skip
    if batch.state != State.DRAFT or batch.counts:
        return told
    job = Job.objects.unscoped("the job of a person's own batch").filter(pk=batch.job_id).first()
    if batch.notes or (job and job.state == Job.State.FAILED):
        return told | {"text": "读不出来", "url": "", "why": (batch.notes or [job.message if job else ""])[0]}
    return told | {"text": "正在读" if job else "没有读完", "url": told["url"] if job else ""}


def _in_job(request: ActorRequest, batch: ImportBatch, kind: str, label: str) -> HttpResponse:
    job = jobs.start(request.actor, kind, label, ledger=batch.ledger, batch=batch.pk)
    batch.job_id = job.pk
    batch.save(update_fields=["job_id"])
    return HttpResponseRedirect(reverse("job", args=[job.pk]))


def batch_for(request: ActorRequest, pk: int) -> tuple[ImportBatch, Ledger]:
    """One of the person's own batches and its ledger, if the chosen post may import there; else 404."""
    try:
        batch = batches.own(request.actor, pk)
    except ImportBatch.DoesNotExist:
        raise Http404 from None
    return batch, ledger_for(request, batch.ledger, "import")


@require_GET
def batch_page(request: ActorRequest, pk: int) -> HttpResponse:
    """The trial's outcome before writing; what was written after."""
    batch, ledger = batch_for(request, pk)
    if batch.state == State.DRAFT and not batch.counts:
        if batch.job_id:
            return HttpResponseRedirect(reverse("job", args=[batch.job_id]))
        raise Http404
    return (_preview if batch.state == State.DRAFT else _done)(request, batch, ledger)


def _preview(request: ActorRequest, batch: ImportBatch, ledger: Ledger) -> HttpResponse:
    counts, found = batch.counts, batches.findings(batch)
    show = request.GET.get("show", "wrong")
    show = show if show in FIGURES else "wrong"
    rows = found.get(show, [])
    page = whole(request.GET.get("page")) or 1
    writable = counts["created"] + counts["updated"]
    subject = plan.subject_field(ledger, [one.field for one in batches.layout_of(batch) if one.field])
    return render(request, "kernel/import_preview.html", {
        "page": _page(ledger, batch, 1), "figs": _figs(batch), "shown_label": FIGURES[show],
        "errors": [_drawn(one, batch) for one in rows[(page - 1) * PAGE : page * PAGE]],
        "errors_pager": _pager(f"{_address(batch)}?show={show}", page, len(rows)),
        "errors_file_url": f"{_address(batch)}wrong/" if batches.wrong_file(batch) else "",
        "mapping": _mapping(batch, ledger), "map_url": f"{_address(batch)}map/",
        "write_label": f"写入 {writable:,} 行" if writable else "", "write_url": f"{_address(batch)}commit/",
        "again_url": reverse("ledger-import", args=[ledger.key]), "subject_label": ledger.label_of(subject),
        "fix_action": f"{_address(batch)}fix/",
    })  # fmt: skip


def _figs(batch: ImportBatch) -> list[dict[str, Any]]:
    counts = batch.counts
    skipped = "、".join(note for note in batch.notes if note.startswith("跳过"))
    unchanged = f"，没有变化 {counts['unchanged']:,}" if counts["unchanged"] else ""
    writable = counts["created"] + counts["updated"]

    def fig(label: str, value: int, show: str, note: str, **more: Any) -> dict[str, Any]:
        url = f"{_address(batch)}?show={show}" if show and value else ""
        note = note if value else ""
        return {"label": label, "value": value, "unit": "行", "url": url, "note": note, **more}

    written = f"新增 {counts['created']:,}，更新 {counts['updated']:,}{unchanged}"
    return [
        fig("读到", counts["read"], "", skipped),
        fig("可写入", writable, "created" if counts["created"] else "updated", written),
        fig("有错，不写入", counts["wrong"], "wrong", "可下载后改好再传", red=True),
        fig("疑似重复", counts["suspected"], "suspected", "编号以外各栏都相同"),
        fig("自动整理", counts["tidied"], "tidied", _first_note(batch), unit="处"),
    ]


def _first_note(batch: ImportBatch) -> str:
    first = next(iter(batches.findings(batch).get("tidied", [])), None)
    return f"{first.column} {first.reason} 等"[:40] if first else ""


def _drawn(one: Finding, batch: ImportBatch) -> dict[str, Any]:
    fixable = bool(one.proposal and one.field and one.value)
    return {
        "line": one.line, "subject": one.subject, "column": one.column, "value": one.value,
        "reason": one.reason,
        "fix": f"改为{one.proposal}" if fixable else "", "field": one.field, "proposal": one.proposal,
    }  # fmt: skip


def _pager(url: str, page: int, count: int) -> dict[str, Any] | None:
    if count <= PAGE:
        return None
    return {
        "first": (page - 1) * PAGE + 1, "last": min(page * PAGE, count), "total": count,
        "previous": f"{url}&page={page - 1}" if page > 1 else "",
        "next": f"{url}&page={page + 1}" if page * PAGE < count else "",
    }  # fmt: skip


def _mapping(batch: ImportBatch, ledger: Ledger) -> list[dict[str, str]]:
    found = []
    for one in batches.layout_of(batch):
        light, word = LIGHTS[one.sure if one.field else ""]
        label = ledger.label_of(one.field) if one.field else ""
        found.append({"heading": one.text, "field": label, "light": light, "word": word})
    return found


def map_page(request: ActorRequest, pk: int) -> HttpResponse:
    """Say which column is which field; the answer is kept for the unit's next sheets."""
    batch, ledger = batch_for(request, pk)
    if batch.state != State.DRAFT:
        return HttpResponseRedirect(_address(batch))
    layout = batches.layout_of(batch)
    if request.method == "POST":
        allowed = {"", *ledger.import_fields}
        chosen: dict[str, str] = {}
        for one in layout:
            wanted = request.POST.get(f"column-{one.column}", "")
            chosen[str(one.column)] = wanted if wanted in allowed - set(filter(None, chosen.values())) else ""
        batches.map_columns(batch, {str(one.column): one.text for one in layout}, chosen)
        return _again(request, batch)
    options = [(name, ledger.label_of(name)) for name in ledger.import_fields]
    rows = []
    for one in layout:
        light, word = LIGHTS[one.sure if one.field else ""]
        shown = [(name, label, name == one.field) for name, label in options]
        rows.append({"heading": one.text, "samples": one.samples, "name": f"column-{one.column}",
                     "options": shown, "light": light, "word": word})  # fmt: skip
    mapped = {one.field for one in layout}
    needed = [one for one in options if template.is_required(ledger.field(one[0]))]
    missing = [label for name, label in needed if name not in mapped]
    return render(request, "kernel/import_map.html", {
        "page": _page(ledger, batch, 1), "mapping": rows, "missing": missing,
        "again_url": reverse("ledger-import", args=[ledger.key]),
    })  # fmt: skip


@require_POST
def fix(request: ActorRequest, pk: int) -> HttpResponse:
    """Accept a proposal: this text in this column is read as the proposed one."""
    batch, ledger = batch_for(request, pk)
    name, text = request.POST.get("field", ""), request.POST.get("value", "")
    if batch.state == State.DRAFT and name in ledger.import_fields:
        batches.correct(batch, name, text, request.POST.get("proposal", "")[:200])
    return _again(request, batch)


def _again(request: ActorRequest, batch: ImportBatch) -> HttpResponse:
    if batch.size > READ_AT_ONCE:
        return _in_job(request, batch, "import-trial", f"试读 {batch.file_name}")
    try:
        batches.trial(request.actor, batch)
    except Unreadable as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(_address(batch))


@require_POST
def commit(request: ActorRequest, pk: int) -> HttpResponse:
    """Write the good rows; a second click finds the first one's outcome."""
    batch, _ = batch_for(request, pk)
    if batch.state == State.DRAFT:
        if batch.counts.get("read", 0) > WRITE_AT_ONCE:
            running_job = Job.objects.unscoped("the job of this batch").filter(
                pk=batch.job_id, kind="import-commit", state__in=(Job.State.WAITING, Job.State.RUNNING)
            )
            if running_job.exists():
                return HttpResponseRedirect(reverse("job", args=[batch.job_id]))
            return _in_job(request, batch, "import-commit", f"写入 {batch.file_name}")
        try:
            batches.commit(request.actor, pk)
        except Unreadable as error:
            messages.error(request, str(error))
    return HttpResponseRedirect(_address(batch))


@require_POST
def undo(request: ActorRequest, pk: int) -> HttpResponse:
    """Take the whole batch back."""
    batch, _ = batch_for(request, pk)
    if batch.counts.get("created", 0) + batch.counts.get("updated", 0) > WRITE_AT_ONCE:
        return _in_job(request, batch, "import-undo", f"撤销导入 {batch.file_name}")
    batches.undo(request.actor, pk)
    return HttpResponseRedirect(_address(batch))


def _done(request: ActorRequest, batch: ImportBatch, ledger: Ledger) -> HttpResponse:
    counts = batch.counts
    figs: list[dict[str, Any]] = [
        {"label": "新增", "value": counts["created"], "unit": "行"},
        {"label": "更新", "value": counts["updated"], "unit": "行"},
        {"label": "没有变化", "value": counts["unchanged"], "unit": "行"},
        {"label": "有错，没有写入", "value": counts["wrong"], "unit": "行"},
    ]
    undone = ""
    if batch.state == State.UNDONE:
        kept = "；".join(note for note in batch.notes if "，没有" in note)
        undone = f"{cells.moment(batch.undone_at)} 已撤销：撤去 {counts.get('removed', 0):,} 行，"
        undone += f"恢复 {counts.get('restored', 0):,} 行。" + (f"保留的：{kept}。" if kept else "")
    may = batches.may_undo(batch)
    until = batches.undo_until(batch) if may else None
    return render(request, "kernel/import_done.html", {
        "page": _page(ledger, batch, 2), "figs": figs, "undone": undone,
        "errors_file_url": f"{_address(batch)}wrong/" if batches.wrong_file(batch) else "",
        "list_url": reverse("ledger-list", args=[ledger.key]),
        "undo_url": f"{_address(batch)}undo/" if may else "",
        "undo_until": cells.moment(until) if until else "",
    })  # fmt: skip


@require_GET
def wrong(request: ActorRequest, pk: int) -> FileResponse:
    """The wrong rows with the reasons, in the sheet's own layout."""
    batch, _ = batch_for(request, pk)
    place = batches.wrong_file(batch)
    if place is None:
        raise Http404
    name = f"{Path(batch.file_name).stem}_错误行.xlsx"
    return FileResponse(place.open("rb"), as_attachment=True, filename=name, content_type=SHEET)


@require_GET
def template_file(request: ActorRequest, key: str) -> FileResponse:
    """The sheet to fill in."""
    ledger = ledger_for(request, key, "import")
    stream = tempfile.TemporaryFile()  # noqa: SIM115  (closed by the response)
    with tempfile.TemporaryDirectory() as home:
        template.write_template(ledger, Path(home) / "t.xlsx")
        stream.write((Path(home) / "t.xlsx").read_bytes())
    stream.seek(0)
    return FileResponse(
        stream, as_attachment=True, filename=f"{ledger.label}_导入模板.xlsx", content_type=SHEET
    )


@require_GET
def export_page(request: ActorRequest, key: str) -> HttpResponse | FileResponse:
    """The rows that the list shows under the same address: at once when few, in a job when many."""
    ledger = ledger_for(request, key, "export")
    query = {
        name: value for name, value in query_of(request, ledger).items() if name not in {"after", "before"}
    }
    form = "csv" if query.pop("format", "") == "csv" else "xlsx"
    listing = Listing(ledger, request.actor, query)
    if listing.queryset().order_by()[: EXPORT_AT_ONCE + 1].count() > EXPORT_AT_ONCE:
        parameters = {"key": key, "query": query, "form": form}
        waiting = Job.objects.unscoped("one's own export that is under way").filter(
            person_id=request.actor.person_id, kind="export", parameters=parameters,
            state__in=(Job.State.WAITING, Job.State.RUNNING),
        ).first()  # fmt: skip
        job = waiting or jobs.start(request.actor, "export", f"导出{ledger.label}", ledger=key, **parameters)
        return HttpResponseRedirect(reverse("job", args=[job.pk]))
    stream = tempfile.TemporaryFile()  # noqa: SIM115  (closed by the response)
    with tempfile.TemporaryDirectory() as home:
        count = running.write_file(listing, Path(home) / "rows", form)
        stream.write((Path(home) / "rows").read_bytes())
    stream.seek(0)
    running.record(request.actor, listing, count)
    kind = "text/csv; charset=utf-8" if form == "csv" else SHEET
    return FileResponse(
        stream, as_attachment=True, filename=export.file_name(ledger, form), content_type=kind
    )


def _address(batch: ImportBatch) -> str:
    return reverse("import-batch", args=[batch.pk])


def _page(ledger: Ledger, batch: ImportBatch | None, step: int) -> dict[str, Any]:
    names: Sequence[tuple[str, str]] = (
        ("1 选文件", batch.file_name if batch else ""),
        ("2 试读", "还没有写入任何数据" if step == 1 else ""),
        ("3 写入", "可整批撤销"),
    )
    states = ["done" if n < step or step == 2 else "now" if n == step else "todo" for n in range(3)]
    notes = [note for note in batch.notes if not note.startswith("跳过")] if batch and step == 1 else []
    return {
        "title": f"导入{ledger.label}", "facts": notes[:6], "acts": [],
        "crumbs": [
            {"label": ledger.label, "url": reverse("ledger-list", args=[ledger.key])}, {"label": "导入"},
        ],
        "steps": [{"label": label, "note": note, "state": state}
                  for (label, note), state in zip(names, states, strict=True)],
    }  # fmt: skip


urlpatterns = [
    path("<ledger:key>/import/", upload, name="ledger-import"),
    path("<ledger:key>/export/", export_page, name="ledger-export"),
    path("<ledger:key>/template/", template_file, name="ledger-template"),
    path("imports/<int:pk>/", batch_page, name="import-batch"),
    path("imports/<int:pk>/map/", map_page, name="import-map"),
    path("imports/<int:pk>/fix/", fix, name="import-fix"),
    path("imports/<int:pk>/commit/", commit, name="import-commit"),
    path("imports/<int:pk>/undo/", undo, name="import-undo"),
    path("imports/<int:pk>/wrong/", wrong, name="import-wrong"),
    *job_pages.urlpatterns,
]
