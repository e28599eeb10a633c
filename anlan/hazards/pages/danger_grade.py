"""Grading a danger: criteria that its words come near to, any other by search, and the definition."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anlan.hazards.models import HiddenDanger
from anlan.hazards.pages.danger_forms import row_of
from anlan.hazards.rules.danger_grading import ORDER_16
from anlan.kernel import moves
from anlan.kernel.once import new_key
from anlan.kernel.requests import ActorRequest, whole
from anlan.kernel.writing import Refused, Stale
from anlan.standards import reads as standards
from anlan.standards.models import at

SHOWN = 8


def grade(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the likely criteria and grade by what was ticked."""
    row = row_of(request, pk, "dangers.grade")
    if row.state != HiddenDanger.State.FOUND:
        raise Http404
    error = ""
    if request.method == "POST":
        try:
            return _grade(request, row)
        except (Refused, Stale, ValidationError) as wrong:
            error = "".join(wrong.messages) if isinstance(wrong, ValidationError) else str(wrong)
    words = request.GET.get("words", "").replace("\0", "").strip()[:80]
    hits = standards.criteria_for(
        request.actor, "" if words else row.industry, row.found_on, words or row.description, SHOWN,
        place=row.region_path,
    )  # fmt: skip
    shown = [one.criterion for one in hits]
    if row.criterion is not None and row.criterion not in shown:
        shown.insert(0, row.criterion)
    page: dict[str, Any] = {
        "title": "判定级别",
        "row": row,
        "back": reverse("ledger-row", args=["dangers", pk]),
        "criteria": shown,
        "chosen": whole(request.POST.get("criterion")) or row.criterion_id,
        "words": words,
        "order": ORDER_16,
        "error": error,
        "key": request.POST.get("idempotency_key") or new_key(),
    }
    return render(request, "hazards/danger_grade.html", {"page": page}, status=422 if error else 200)


def _grade(request: ActorRequest, row: HiddenDanger) -> HttpResponse:
    number = whole(request.POST.get("criterion"))
    held = standards.criteria_on(request.actor, row.found_on).filter(at(row.region_path))
    criterion = held.filter(pk=number).first() if number else None
    if number and criterion is None:
        raise ValidationError("这一条在隐患所在地、发现当日不适用。请从列出的条款中重选。")
    values = {
        "criterion": criterion,
        "needs_stop": "needs_stop" in request.POST,
        "beyond_own": "beyond_own" in request.POST,
    }
    done = moves.perform(
        request.actor, row, "grade", values, key=request.POST.get("idempotency_key", ""),
        seen=whole(request.POST.get("version")),
    )  # fmt: skip
    if not done.repeated:
        messages.success(request, f"已判定为{done.row.get_level_display()}隐患。")
    return HttpResponseRedirect(reverse("ledger-row", args=["dangers", row.pk]))
