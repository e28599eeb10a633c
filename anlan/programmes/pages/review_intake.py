"""The upload page: a file goes in, a job reads it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anlan.kernel import files, jobs
from anlan.kernel.once import new_key, once
from anlan.kernel.requests import ActorRequest
from anlan.kernel.sniff import BadFile
from anlan.kernel.writing import Refused, require
from anlan.programmes.actions.intake import KINDS, TakenBefore, seen_before
from anlan.programmes.models import Edition, Programme
from anlan.programmes.review_jobs import KIND, address


class UploadForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label="要点文件",
        error_messages={
            "required": "还没有选文件。请选一个要点文件。",
            "empty": "文件是空的。请检查后重新上传。",
        },
        widget=forms.FileInput(attrs={"accept": ".txt,.md,.docx,.pdf,.doc,.wps,.jpg,.jpeg,.png"}),
    )


def upload(request: ActorRequest) -> HttpResponse:
    """Choose a file; `?programme=` makes it the next edition of that programme."""
    if not request.actor.may_read("editions.add"):
        raise Http404
    programme = _programme(request)
    form = UploadForm(request.POST or None, request.FILES or None)
    first: Edition | None = None
    if request.method == "POST":
        require(request.actor, "editions.add")
        if form.is_valid():
            try:
                return _start(request, form.cleaned_data["file"], programme)
            except TakenBefore as known:
                first = known.edition
                form.add_error("file", str(known))
            except (BadFile, Refused) as error:
                form.add_error("file", str(error))
    status = 422 if request.method == "POST" else 200
    return render(request, "programmes/intake.html", _context(request, form, programme, first), status=status)


def _programme(request: ActorRequest) -> Programme | None:
    wanted = request.GET.get("programme", "")
    if not wanted:
        return None
    rows = Programme.objects.visible_to(request.actor)
    found: Programme | None = rows.filter(pk=int(wanted)).first() if wanted.isdecimal() else None
    if found is None:
        raise Http404
    return found


def _start(request: ActorRequest, sent: Any, programme: Programme | None) -> HttpResponse:
    """Keep the file and queue its reading; a double click starts one job."""
    stored = files.receive(sent, kinds=KINDS)
    seen_before(request.actor, stored)
    name = files.clean_name(sent.name or "", stored.kind)

    def run() -> int:
        with transaction.atomic():
            label = f"读取《{name}》"
            job = jobs.start(
                request.actor,
                KIND,
                label,
                ledger="programmes",
                file=stored.pk,
                name=name,
                programme=programme.pk if programme else None,
            )
        return int(job.pk)

    pk, _ = once(request.actor, request.POST.get("idempotency_key", ""), run)
    return HttpResponseRedirect(reverse("job", args=[pk]))


def _context(
    request: ActorRequest, form: UploadForm, programme: Programme | None, first: Edition | None
) -> dict[str, Any]:
    crumbs: list[dict[str, str]] = [{"label": "工作要点", "url": reverse("ledger-list", args=["programmes"])}]
    if programme is not None:
        crumbs.append(
            {"label": programme.title, "url": reverse("ledger-row", args=["programmes", programme.pk])}
        )
    title = f"上传《{programme.title}》的新版" if programme else "上传工作要点"
    page = {
        "title": title,
        "crumbs": [*crumbs, {"label": "上传"}],
        "idempotency": new_key(),
        "first_url": address(first) if first else "",
        "first_label": f"打开《{first.programme.title}》第 {first.no} 版" if first else "",
        "new_edition": programme is not None,
    }
    return {"form": form, "page": page}
