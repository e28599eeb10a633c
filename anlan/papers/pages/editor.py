"""Drafting: the form with the sheet beside it, enclosed files, drafts that are thrown away, errata."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.kernel import clock
from anlan.kernel.once import new_key, once
from anlan.kernel.pages.access import ledger_for
from anlan.kernel.requests import ActorRequest
from anlan.kernel.sniff import BadFile
from anlan.kernel.writing import Refused, Stale
from anlan.org.models import Unit
from anlan.papers import actions, reads
from anlan.papers.forms import EnclosureForm, PaperForm, initial_of
from anlan.papers.models import Paper
from anlan.papers.pages.access import BOTH, form_page, paper_for

MAIN = ("kind", "title", "recipients_text", "body", "answer_by")
LISTS = {"body", "enclosures"}


@require_http_methods(BOTH)
def new_paper(request: ActorRequest) -> HttpResponse:
    """Draft a paper."""
    ledger_for(request, "papers", "add")
    return _edit(request, None)


@require_http_methods(BOTH)
def edit_paper(request: ActorRequest, pk: int) -> HttpResponse:
    """Change a draft."""
    paper = paper_for(request, pk, "change")
    if paper.state != Paper.State.DRAFT:
        raise Refused(actions.ONLY_DRAFTS)
    return _edit(request, paper)


def _edit(request: ActorRequest, paper: Paper | None) -> HttpResponse:
    form = PaperForm(request.actor, request.POST or None, initial=_initial(request, paper))
    if request.method == "POST" and form.is_valid():
        try:
            return _save(request, paper, form)
        except ValidationError as error:
            _put_errors(form, error)
        except Stale:
            form.add_error(
                None, "这件草稿刚被他人改过，没有保存。请另开一页查看最新内容，再把您的修改补上去。"
            )
    status = 422 if request.method == "POST" else 200
    ids = form.data.getlist("recipients") if form.is_bound else paper.recipients if paper else []  # type: ignore[attr-defined]
    units = Unit.objects.unscoped(reads.ADDRESSEES).in_bulk([int(one) for one in ids if str(one).isdigit()])
    back = reverse("ledger-list", args=["papers"])
    page = {
        "title": f"修改：{paper.title}" if paper else "起草公文",
        "crumbs": [{"label": "发文", "url": back}, {"label": "修改" if paper else "起草"}],
        "action": request.path,
        "idempotency": request.POST.get("idempotency_key") or new_key(),
        "version": request.POST.get("version") or (paper.version if paper else None),
        "recipients": [units[int(pk)] for pk in ids if str(pk).isdigit() and int(pk) in units],
        "cancel_url": f"{back}{paper.pk}/" if paper else back,
        "figure_base": f"{back}{paper.pk}/figures/" if paper else "",
        "main": [form[name] for name in MAIN],
        "more": [form[name] for name in form.fields if name not in MAIN],
    }
    sheet = reads.sheet_of(paper or _unsaved(form)).plain()
    return render(request, "papers/edit.html", {"form": form, "page": page, "sheet": sheet}, status=status)


def _initial(request: ActorRequest, paper: Paper | None) -> dict[str, Any]:
    if paper:
        return initial_of(paper)
    kind = request.GET.get("kind", Paper.Kind.NOTICE)
    unit = request.actor.seat.unit_id if request.actor.seat else None
    return {
        "kind": kind,
        "unit": unit,
        "code": reads.last_code(unit, kind),
        "disclosure": Paper.Disclosure.ON_REQUEST,
        "answer_by": clock.today() + timedelta(days=7) if kind == Paper.Kind.REMINDER else None,
    }


def _save(request: ActorRequest, paper: Paper | None, form: PaperForm) -> HttpResponse:
    given = dict(form.cleaned_data)
    units = given.pop("recipients")
    seen = request.POST.get("version", "")

    def run() -> int:
        if paper is None:
            body = given.pop("body")
            made = actions.draft(
                request.actor, given.pop("kind"), given.pop("unit"), given.pop("title"), units, body, **given
            )
            return made.pk
        change = {**given, "recipients": [one.pk for one in units]}
        return actions.revise(request.actor, paper, change, int(seen) if seen.isdigit() else None).pk

    pk, fresh = once(request.actor, request.POST.get("idempotency_key", ""), run)
    if fresh:
        messages.success(request, "已保存草稿。")
    return HttpResponseRedirect(f"{reverse('ledger-list', args=['papers'])}{pk}/")


def _put_errors(form: PaperForm, error: ValidationError) -> None:
    found = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for name, said in found.items():
        for one in said:
            form.add_error(name if name in form.fields else None, one)


def _unsaved(form: PaperForm) -> Paper:
    """A paper as the form has it so far, right or not, never saved."""
    given = form.cleaned_data if form.is_bound and hasattr(form, "cleaned_data") else {}
    unit = (
        given.get("unit") or Unit.objects.unscoped(reads.ADDRESSEES).filter(pk=form["unit"].value()).first()
    )
    paper = Paper(unit=unit or Unit(name="（制发单位）"))
    for name in (
        "kind",
        "title",
        "code",
        "issuer",
        "signature",
        "recipients_text",
        "copy_to",
        "contact",
        "body",
        "enclosures",
        "answer_by",
    ):
        setattr(paper, name, given.get(name) or form.initial.get(name) or ([] if name in LISTS else ""))
    paper.recipients = [one.pk for one in given.get("recipients", ())]
    paper.body = paper.body if isinstance(paper.body, list) else []
    paper.enclosures = paper.enclosures if isinstance(paper.enclosures, list) else []
    paper.title = paper.title or "（标题）"
    return paper


@require_POST
def preview(request: ActorRequest) -> HttpResponse:
    """The sheet of what stands in the editor now."""
    if not (request.actor.may("papers.add") or request.actor.may("papers.change")):
        raise Http404
    form = PaperForm(request.actor, request.POST)
    form.is_valid()
    sheet = reads.sheet_of(_unsaved(form)).plain()
    context = {"sheet": sheet, "wrong": form.errors.get("body")}
    return render(request, "papers/_sheet.html", context)


@require_GET
def pick_addressee(request: ActorRequest) -> JsonResponse:
    """Units to address: {id, label, note, leaf}."""
    if not (request.actor.may("papers.add") or request.actor.may("papers.change")):
        raise Http404
    text = request.GET.get("q", "").strip()[:40]
    found = reads.search_addressees(text) if text else reads.near_addressees(request.actor)
    return JsonResponse(
        [
            {"id": str(one.pk), "label": reads.short(one), "note": one.region.short_name, "leaf": True}
            for one in found
        ],
        safe=False,
    )


@require_http_methods(BOTH)
def enclose(request: ActorRequest, pk: int) -> HttpResponse:
    """Put a file with a draft."""
    paper = paper_for(request, pk, "change")
    form = EnclosureForm(request.POST or None, request.FILES or None)
    back = f"{reverse('ledger-list', args=['papers'])}{pk}/"
    if request.method == "POST" and form.is_valid():
        try:
            found = actions.enclose(request.actor, paper, form.cleaned_data["file"])
            messages.success(request, f"已上传“{found.name}”，随公文一并发出。")
            return HttpResponseRedirect(back)
        except (BadFile, Refused) as error:
            form.add_error("file" if isinstance(error, BadFile) else None, str(error))
    page = form_page(request, f"上传附件：{paper.title}", "上传", back, "发文", "papers")
    status = 422 if form.is_bound else 200
    return render(request, "kernel/form.html", {"form": form, "page": page}, status=status)


@require_POST
def discard(request: ActorRequest, pk: int) -> HttpResponse:
    """Remove a draft."""
    paper = paper_for(request, pk, "view")
    if not request.actor.may_read("papers.remove"):
        raise Http404
    actions.discard(request.actor, paper)
    messages.success(request, f"已删除草稿“{paper.title}”。")
    return HttpResponseRedirect(reverse("ledger-list", args=["papers"]))


@require_POST
def erratum(request: ActorRequest, pk: int) -> HttpResponse:
    """Draft the paper that corrects this one."""
    paper = paper_for(request, pk, "add")
    made, _ = once(
        request.actor,
        request.POST.get("idempotency_key", ""),
        lambda: actions.draft_erratum(request.actor, paper).pk,
    )
    return HttpResponseRedirect(f"{reverse('ledger-list', args=['papers'])}{made}/edit/")
