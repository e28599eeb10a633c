"""What hangs on a row and is changed by itself: a file taken off, a term moved by a decision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from anlan.kernel import deadline, files
from anlan.kernel.due import end_of, last_day
from anlan.kernel.forms import DATE_FORMATS, REQUIRED
from anlan.kernel.ledger import Ledger
from anlan.kernel.models import Deadline, Referral
from anlan.kernel.once import new_key
from anlan.kernel.pages.access import ledger_for, may, row_for
from anlan.kernel.requests import ActorRequest
from anlan.kernel.writing import Refused

METHODS = ["GET", "POST"]


class DetachForm(forms.Form):
    """Why a file is taken off."""

    reason = forms.CharField(label="理由", max_length=200, error_messages={"required": REQUIRED})


class ExtendForm(forms.Form):
    """The new last day and what decided it."""

    until = forms.DateField(
        label="延到哪一天",
        help_text="这一天仍算按期",
        input_formats=DATE_FORMATS,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": REQUIRED, "invalid": "读不出日期。请写成 2023-06-20。"},
    )
    decision = forms.CharField(
        label="决定的依据",
        max_length=300,
        help_text="谁批准、文号或理由",
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": REQUIRED},
    )


def may_extend(request: ActorRequest, ledger: Ledger, row: Any) -> bool:
    """Whether the chosen post may move the row's terms; that of a slip is moved by who sent it."""
    if not may(request, ledger, "extend"):
        return False
    seat = request.actor.seat
    return not isinstance(row, Referral) or bool(seat and seat.unit_id == row.from_unit_id)


@require_http_methods(METHODS)
def detach(request: ActorRequest, key: str, pk: int, number: int) -> HttpResponse:
    """Take a file off a row; its content stays in the store, the act on record."""
    ledger = ledger_for(request, key, "change")
    row = row_for(request, ledger, pk)
    hung = files.attached(row).filter(pk=number).first()
    if hung is None:
        raise Http404
    form = DetachForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        files.detach(request.actor, row, number, form.cleaned_data["reason"])
        messages.success(request, f"已移除附件“{hung.name}”，记录中仍可查到。")
        return HttpResponseRedirect(_back(ledger, row))
    return _show(request, form, ledger, row, f"移除附件“{hung.name}”", "移除附件")


@require_http_methods(METHODS)
def extend(request: ActorRequest, key: str, pk: int, number: int) -> HttpResponse:
    """Move a running term on the ground of a decision."""
    ledger = ledger_for(request, key, "extend")
    row = row_for(request, ledger, pk)
    found = deadline.of_row(row).filter(pk=number, state=Deadline.State.RUNNING).first()
    if found is None or not may_extend(request, ledger, row):
        raise Http404
    form = ExtendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        until = form.cleaned_data["until"]
        try:
            deadline.extend(request.actor, row, found.key, end_of(until), form.cleaned_data["decision"])
        except Refused as error:
            form.add_error("until", str(error))
        else:
            messages.success(request, f"“{found.label}”已延到 {until}。")
            return HttpResponseRedirect(_back(ledger, row))
    title = f"延期：{found.label}（现在到 {last_day(found.due_at)}）"
    return _show(request, form, ledger, row, title, "延期")


def _back(ledger: Ledger, row: Any) -> str:
    return f"{reverse('ledger-list', args=[ledger.key])}{row.pk}/"


def _show(
    request: ActorRequest, form: forms.Form, ledger: Ledger, row: Any, title: str, act: str
) -> HttpResponse:
    page = {
        "title": title,
        "crumbs": [
            {"label": ledger.label, "url": reverse("ledger-list", args=[ledger.key])},
            {"label": str(row), "url": _back(ledger, row)},
            {"label": act},
        ],
        "action": request.path,
        "idempotency": new_key(),
        "section_title": act,
        "cancel_url": _back(ledger, row),
        "save_label": act,
    }
    return render(
        request, "kernel/form.html", {"form": form, "page": page}, status=422 if form.is_bound else 200
    )
