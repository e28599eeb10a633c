"""Reminder letters from the matrix: the red cells that are ticked, or all that the filter line leaves."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date

from anlan.kernel import clock, parameters
from anlan.kernel.once import new_key, once
from anlan.kernel.requests import ActorRequest
from anlan.kernel.shell import under
from anlan.kernel.writing import Refused
from anlan.programmes import reads_boards, reads_chase
from anlan.programmes.actions import chase_letters
from anlan.programmes.models import Occurrence, Programme
from anlan.programmes.pages.run_boards import chosen_of, filters, may_write
from anlan.programmes.pages.run_receipt import programme_of

MOST = chase_letters.MOST
MATTERS_SHOWN = 3


def letters(request: ActorRequest, pk: int) -> HttpResponse:
    """Which units would get a letter and about what; sent back, the drafts are made."""
    programme = programme_of(request, pk)
    if not may_write(request, programme):
        raise Http404
    under(request, "matrix")
    chosen = chosen_of(request, programme)
    rows = list(reads_boards.red_matters(request.actor, programme, chosen, _cells(request))[: MOST + 1])
    told = reads_chase.with_open_letter(programme)
    if request.method == "POST":
        return _draft(request, programme, [one for one in rows if one.pk not in told])
    page: dict[str, Any] = {
        "title": "起草提醒函",
        "programme": programme,
        "narrowed": _words(request, programme, chosen),
        "cells": len(_cells(request)),
        "rows": [
            _unit(list(matters), told)
            for _, matters in groupby(rows[:MOST], key=lambda one: one.unit_id)
        ],
        "more": len(rows) > MOST,
        "most": MOST,
        "back_url": f"{reverse('programme-matrix', args=[pk])}?{_without_cells(request)}",
        "action": request.get_full_path(),
        "answer_by": clock.today() + timedelta(days=parameters.value("chase-answer-days")),
        "key": new_key(),
    }  # fmt: skip
    page["writable"] = any(one["fresh"] for one in page["rows"])
    return render(request, "programmes/letters.html", {"page": page})


def _draft(request: ActorRequest, programme: Programme, rows: list[Occurrence]) -> HttpResponse:
    units = {int(one) for one in request.POST.getlist("units") if one.isdigit() and len(one) < 18}
    answer_by = _day(request.POST.get("answer_by", ""))
    matters = [one.pk for one in rows[:MOST] if one.unit_id in units]
    if not units or answer_by is None:
        text = "请先勾选要提醒的单位。" if not units else "读不出答复期限。请写成 2023-06-20。"
        messages.warning(request, text)
        return HttpResponseRedirect(request.get_full_path())
    try:
        if not matters:
            raise Refused("所选单位没有逾期事项，或者都已有在办的提醒函。")
        made, fresh = once(
            request.actor,
            request.POST.get("idempotency_key", ""),
            lambda: [
                paper.pk
                for paper in chase_letters.draft_letters(
                    request.actor, programme, occurrences=matters, answer_by=answer_by
                )
            ],
        )
    except Refused as error:
        messages.warning(request, str(error))
    except ValidationError as error:
        messages.warning(request, "；".join(error.messages))
    else:
        if fresh:
            messages.success(request, f"已起草 {len(made)} 件提醒函，请核对后送签。")
        if len(made) == 1:
            return HttpResponseRedirect(reverse("paper", args=made))
        return HttpResponseRedirect(f"{reverse('ledger-list', args=['papers'])}?kind=reminder&state=draft")
    return HttpResponseRedirect(request.get_full_path())


def _cells(request: ActorRequest) -> list[tuple[int, int]]:
    """The ticked cells as (item, unit); what is not written as two numbers is left out."""
    found = []
    for raw in request.GET.getlist("ids")[:MOST]:
        item, _, unit = raw.partition("-")
        if item.isdigit() and unit.isdigit() and len(raw) < 36:
            found.append((int(item), int(unit)))
    return found


def _unit(matters: list[Occurrence], told: set[int]) -> dict[str, Any]:
    unit, today = matters[0].duty.unit, clock.today()
    fresh = [one for one in matters if one.pk not in told]
    shown = fresh or matters
    return {
        "pk": unit.pk,
        "name": unit.short_name or unit.name,
        "count": len(matters),
        "fresh": len(fresh),
        "told": len(matters) - len(fresh),
        "first": min(one.due_on for one in matters),
        "days": (today - min(one.due_on for one in matters)).days,
        "matters": [
            {
                "no": one.duty.item.no,
                "quote": one.duty.obligation.quote,
                "url": reverse("ledger-row", args=["occurrences", one.pk]),
            }
            for one in shown[:MATTERS_SHOWN]
        ],
        "others": max(len(shown) - MATTERS_SHOWN, 0),
    }


def _words(request: ActorRequest, programme: Programme, chosen: Any) -> list[str]:
    """The filter line in words."""
    found = []
    for one in filters(request, programme, chosen):
        label = dict(one["options"]).get(one["value"], "")
        if one["value"] and one["name"] != "light" and label:
            found.append(f"{one['label']}：{label}")
    return found


def _without_cells(request: ActorRequest) -> str:
    query = request.GET.copy()
    query.pop("ids", None)
    return query.urlencode()


def _day(text: str) -> Any:
    try:
        return parse_date(text)
    except ValueError:
        return None
