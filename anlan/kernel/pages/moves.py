"""A row's way on its page: buttons for its moves with the reason where one is closed, its deadlines, its
attachments; and the forms that a move or an upload asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from anlan.kernel import cells, clock, deadline, files, moves
from anlan.kernel.forms import form_class
from anlan.kernel.ledger import DeclarationError, Ledger, Section
from anlan.kernel.once import new_key
from anlan.kernel.pages.access import ledger_for, may, row_for
from anlan.kernel.requests import ActorRequest, whole
from anlan.kernel.sniff import BadFile
from anlan.kernel.workflow import Move, Workflow
from anlan.kernel.writing import Refused, Stale, ledger_key


@dataclass
class MoveButton:
    """A move as the page head draws it: a link to its form, a button at once, or closed with a reason."""

    label: str
    url: str
    reason: str = ""
    post: bool = False
    key: str = ""
    ask: str = ""
    icon: str = ""
    primary: bool = False
    office_only: bool = False


def workflow_for(ledger: Ledger) -> Workflow | None:
    """The ledger's workflow, if it has one."""
    try:
        return moves.workflow_of(ledger.key)
    except DeclarationError:
        return None


def buttons(request: ActorRequest, ledger: Ledger, row: Any) -> list[MoveButton]:
    """The moves that the chosen post may make; closed ones are shown with their reason."""
    if workflow_for(ledger) is None:
        return []
    base = f"{reverse('ledger-list', args=[ledger.key])}{row.pk}/"
    found: list[MoveButton] = []
    for offer in moves.offers(request.actor, row):
        if not offer.permitted:
            continue
        move = offer.move
        at_once = not (move.fields or move.note)
        button = MoveButton(move.label, f"{base}move/{move.key}/", offer.reason, at_once, ask=move.confirm)
        button.key = new_key() if at_once else ""
        button.primary = offer.allowed and not any(one.primary for one in found)
        found.append(button)
    if may(request, ledger, "change"):
        found.append(MoveButton("上传附件", f"{base}attach/", icon="paperclip"))
    return found


def side_sections(row: Any, extend: bool = False, detach: bool = False) -> list[dict[str, Any]]:
    """The row's deadlines and attachments for the side column; nothing where there are none.

    extend, detach: whether the reader may move a term and take a file off; each then has its link.
    """
    now, found, key = clock.now(), [], ledger_key(type(row))
    terms = []
    for one in deadline.of_row(row):
        words = format_html(
            "{} <small>{}</small>", cells.light(*deadline.light(one, now)), cells.day(one.last_day)
        )
        if extend and one.state == one.State.RUNNING:
            words += format_html(
                ' <a class="sm" href="{}">延期<span class="vh">：{}</span></a>',
                reverse("ledger-extend", args=[key, row.pk, one.pk]),
                one.label,
            )
        terms.append((one.label, words))
    if terms:
        found.append({"title": "期限", "kind": "kv", "rows": terms})
    hung = [
        (
            reverse("file", args=[one.pk]),
            one.name,
            cells.moment(one.uploaded_at),
            one.uploaded_by,
            _off(key, row, one) if detach else "",
        )
        for one in files.attached(row)
    ]
    if hung:
        html = format_html_join(
            "", '<li><a class="grow wrap" href="{}">{}</a><span class="mute sm">{} {}</span>{}</li>', hung
        )
        found.append(
            {"title": "附件", "kind": "html", "html": format_html('<ul class="rowlist">{}</ul>', html)}
        )
    return found


def _off(key: str, row: Any, hung: Any) -> Any:
    url = reverse("ledger-detach", args=[key, row.pk, hung.pk])
    return format_html('<a class="sm nowrap" href="{}">移除<span class="vh">{}</span></a>', url, hung.name)


def make_move(request: ActorRequest, key: str, pk: int, move: str) -> HttpResponse:
    """Ask what the move asks for, and make it."""
    ledger = ledger_for(request, key)
    row = row_for(request, ledger, pk)
    flow = workflow_for(ledger)
    one = next((m for m in flow.moves if m.key == move), None) if flow else None
    if flow is None or one is None or not request.actor.may(flow.permission(one)):
        raise Http404
    form = _move_form(request, ledger, one, row)
    back = f"{reverse('ledger-list', args=[key])}{pk}/"
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in one.fields}
        seen = request.POST.get("version", "")
        try:
            done = moves.perform(
                request.actor,
                row,
                move,
                values,
                key=request.POST.get("idempotency_key", ""),
                seen=whole(seen),
                note=form.cleaned_data.get("note", ""),
            )
        except (Refused, Stale, ValidationError) as error:
            _explain(form, error)
        else:
            if not done.repeated:
                messages.success(request, f"已{one.label}，现在是“{flow.state(done.state).label}”。")
            return HttpResponseRedirect(back)
    return _show(request, form, ledger, row, one.label, one.label)


def attach_file(request: ActorRequest, key: str, pk: int) -> HttpResponse:
    """Upload an attachment to a row."""
    ledger = ledger_for(request, key, "change")
    row = row_for(request, ledger, pk)
    form = AttachForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = files.attach(
                request.actor, row, form.cleaned_data["file"], effective_on=form.cleaned_data["effective_on"]
            )
        except (BadFile, Refused) as error:
            form.add_error("file" if isinstance(error, BadFile) else None, str(error))
        else:
            messages.success(request, f"已上传“{found.name}”。")
            if count := files.twins(found).count():
                messages.warning(request, f"同一份内容在系统中另有 {count} 处使用，请确认没有重复佐证。")
            return HttpResponseRedirect(f"{reverse('ledger-list', args=[key])}{pk}/")
    return _show(request, form, ledger, row, "上传附件", "上传")


class AttachForm(forms.Form):
    """The file and the day it proves something about."""

    file = forms.FileField(
        label="文件", error_messages={"required": "请选择文件。", "empty": "文件是空的。请检查后重新选择。"}
    )
    effective_on = forms.DateField(
        label="证明日期",
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="文件说明的是哪一天的情况，可不填",
    )


def _move_form(request: ActorRequest, ledger: Ledger, move: Move, row: Any) -> Any:
    from anlan.kernel.pages.edit import picker_urls

    asked = replace(ledger, form=(Section(move.label, move.fields),))
    form = form_class(asked, request.actor, picker_urls(asked))(
        request.POST if request.method == "POST" else None, instance=row
    )
    for name, box in form.fields.items():
        box.required = name in move.required
    if move.note:
        form.fields["note"] = forms.CharField(
            label=move.note,
            max_length=500,
            widget=forms.Textarea({"rows": 3}),
            error_messages={"required": f"请填写{move.note}。"},
        )
    return form


def _explain(form: Any, error: Exception) -> None:
    """Put what went wrong where the person sees it."""
    if isinstance(error, Stale):
        form.add_error(None, "这一行刚被他人改过，没有办理。请返回查看后再办。")
    elif isinstance(error, ValidationError):
        named = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
        for name, found in named.items():
            form.add_error(name if name in form.fields else None, found)
    else:
        form.add_error(None, str(error))


def _show(request: ActorRequest, form: Any, ledger: Ledger, row: Any, title: str, save: str) -> HttpResponse:
    back = f"{reverse('ledger-list', args=[ledger.key])}{row.pk}/"
    page = {
        "title": f"{title}：{ledger.words(row)}",
        "crumbs": [
            {"label": ledger.label, "url": reverse("ledger-list", args=[ledger.key])},
            {"label": str(row), "url": back},
            {"label": title},
        ],
        "action": request.path,
        "idempotency": request.POST.get("idempotency_key") or new_key(),
        "version": request.POST.get("version") or row.version,
        "section_title": title,
        "cancel_url": back,
        "save_label": save,
    }
    return render(
        request, "kernel/form.html", {"form": form, "page": page}, status=422 if form.is_bound else 200
    )
