"""Dangers put into supervision orders: which office would get which, then the drafts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date

from anlan.hazards.actions import danger_letters
from anlan.hazards.models import HiddenDanger
from anlan.hazards.pages.danger_assign import back_of, picked
from anlan.hazards.pages.danger_forms import answer, row_of
from anlan.kernel import clock, parameters
from anlan.kernel.once import new_key, once
from anlan.kernel.requests import ActorRequest, whole
from anlan.kernel.writing import Refused

SHOWN = 4


def letters(request: ActorRequest) -> HttpResponse:
    """The offices that would get an order and about what; sent back, the drafts are made."""
    if not request.actor.may(danger_letters.WRITE):
        raise Http404
    rows = picked(request)
    if not rows:
        raise Http404
    back = back_of(request)
    if request.method == "POST":
        return _draft(request, rows, back)
    try:
        groups, left = danger_letters.grouped(request.actor, rows)
    except Refused as error:
        messages.warning(request, str(error))
        return HttpResponseRedirect(back)
    page: dict[str, Any] = {
        "title": "并入督办单",
        "count": len(rows),
        "groups": [_group(one) for one in groups],
        "drafts": any(one.draft for one in groups),
        "left": [{"row": row, "url": _url(row), "reason": reason} for row, reason in left],
        "ids": [one.pk for one in rows],
        "answer_by": clock.today() + timedelta(days=parameters.value("chase-answer-days")),
        "next": back,
        "back_url": back,
        "key": new_key(),
    }
    return render(request, "hazards/danger_letters.html", {"page": page})


def take_out(request: ActorRequest, pk: int) -> HttpResponse:
    """Take one danger out of the draft it stands in."""
    row = row_of(request, pk, "papers.change")
    draft = danger_letters.draft_with(request.actor, row)
    if draft is None:
        raise Http404
    form = forms.Form(request.POST if request.method == "POST" else None)

    def done(values: dict[str, Any]) -> str:
        danger_letters.take_out(request.actor, row)
        return "已移出，草稿的清单已重排。"

    return answer(request, row, form, f"移出《{draft.title}》草稿", "移出督办单草稿", done)


def _draft(request: ActorRequest, rows: list[HiddenDanger], back: str) -> HttpResponse:
    units = {number for one in request.POST.getlist("units") if (number := whole(one))}
    answer_by = _day(request.POST.get("answer_by", ""))
    again = f"{request.path}?{urlencode([*(('ids', one.pk) for one in rows), ('next', back)])}"
    if not units or answer_by is None:
        text = "请先勾选收文单位。" if not units else "读不出答复期限。请写成 2023-06-20。"
        messages.warning(request, text)
        return HttpResponseRedirect(again)

    def run() -> list[int]:
        made = danger_letters.draft_orders(
            request.actor, rows, answer_by=answer_by, units=units, into_drafts=request.POST.get("into") == "1"
        )
        return [one.pk for one in made]

    try:
        made, fresh = once(request.actor, request.POST.get("idempotency_key", ""), run)
    except (Refused, ValidationError) as error:
        said = "；".join(error.messages) if isinstance(error, ValidationError) else str(error)
        messages.warning(request, said)
        return HttpResponseRedirect(again)
    if fresh:
        messages.success(request, f"已写入 {len(made)} 件督办单，请核对后送签。")
    if len(made) == 1:
        return HttpResponseRedirect(reverse("paper", args=made))
    return HttpResponseRedirect(f"{reverse('ledger-list', args=['papers'])}?kind=order&state=draft")


def _group(one: danger_letters.Group) -> dict[str, Any]:
    lines = danger_letters.lines_of(one.rows)
    return {
        "pk": one.unit.pk,
        "name": one.unit.name,
        "count": len(lines),
        "major": sum(line.major for line in lines),
        "late": max((line.late for line in lines), default=0),
        "rows": [
            {"row": row, "url": _url(row), "firm": line.firm}
            for row, line in zip(one.rows[:SHOWN], lines, strict=False)
        ],
        "others": max(len(lines) - SHOWN, 0),
        "draft": one.draft,
        "draft_url": reverse("paper", args=[one.draft.pk]) if one.draft else "",
    }


def _url(row: HiddenDanger) -> str:
    return reverse("ledger-row", args=["dangers", row.pk])


def _day(text: str) -> Any:
    try:
        return parse_date(text)
    except ValueError:
        return None
