"""The goals of the whole document: the figure, what is left of the year's bound, and where it comes from."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from anlan.kernel import cells, clock, registry
from anlan.kernel.requests import ActorRequest
from anlan.kernel.shell import under
from anlan.kernel.writing import Refused
from anlan.programmes import reads_goals
from anlan.programmes.actions import run_goals
from anlan.programmes.models import Programme, Target
from anlan.programmes.pages.run_boards import COMPARATORS, others
from anlan.programmes.pages.run_receipt import programme_of, without_programme
from anlan.programmes.rules.judging import plain

MINUS = "−"


@require_GET
def goals(request: ActorRequest, pk: int = 0) -> HttpResponse:
    """The goals of one programme, or of the newest that concerns the post."""
    if not request.actor.may_read("programmes.view"):
        raise Http404
    try:
        programme = programme_of(request, pk or None)
    except Http404:
        if pk:
            raise
        return without_programme(request, "目标与余量")
    under(request, "goals")
    today = clock.today()
    lines = reads_goals.goals_of(programme, today)
    may = may_bind(request, programme)
    labels = [(one.key, f"{one.label}（{one.unit}）") for one in registry.declared("MEASURES")]
    asked = request.GET.get("goal", "")
    drawn = [one for one in lines if one.standing is not None]
    chosen = next((one for one in drawn if str(one.target.pk) == asked), drawn[0] if drawn else None)
    page = {
        "title": f"{programme.year} 年目标与余量",
        "programme": programme,
        "programmes": others(request, programme),
        "today": today,
        "rows": [_row(one, may, dict(labels), chosen) for one in lines],
        "may": may,
        "measures": labels,
        "without": sum(one.measure is None for one in lines),
        "chart": _chart(chosen, programme, today) if chosen else None,
    }
    return render(request, "programmes/goals.html", {"page": page})


@require_POST
def bind(request: ActorRequest, pk: int) -> HttpResponse:
    """Confirm by which measure a goal is judged."""
    target = get_object_or_404(Target.objects.select_related("programme"), pk=pk)
    programme = programme_of(request, target.programme_id)
    if not may_bind(request, programme):
        raise Http404
    try:
        changed = run_goals.bind(request.actor, target, request.POST.get("measure", "")[:80])
    except Refused as error:
        messages.warning(request, str(error))
    else:
        if changed:
            messages.success(request, "已确认数据来源。")
    return HttpResponseRedirect(reverse("programme-goals", args=[programme.pk]))


def may_bind(request: ActorRequest, programme: Programme) -> bool:
    """Whether the post is the office whose document it is."""
    paths = request.actor.seat.region_paths if request.actor.seat else ()
    return programme.region_path in paths and request.actor.may("duties.decide")


def _row(
    line: reads_goals.Line, may: bool, labels: dict[str, str], chosen: reads_goals.Line | None
) -> dict[str, Any]:
    target, standing = line.target, line.standing
    unit = line.measure.unit if line.measure else ""
    asked = "" if target.value is None else f"{COMPARATORS.get(target.comparator, '')}{plain(target.value)}"
    return {
        "target": target,
        "asked": f"{asked} {target.unit}".strip(),
        "unit": unit,
        "before": _number(line.known.whole_last),
        "limit": _number(standing.limit) if standing else "—",
        "now": _number(line.known.now),
        "left": _number(standing.left) if standing else "—",
        "change": _signed(standing.change) if standing else "—",
        "light": cells.light(standing.light, standing.words) if standing else "",
        "label": line.measure.label if line.measure else "",
        "basis": line.measure.basis if line.measure else "",
        "vague": line.measure is not None and line.area is None,
        "unknown": bool(target.measure) and line.measure is None,
        "proposed": [(key, labels[key]) for key in line.proposed],
        "bind_url": reverse("goal-bind", args=[target.pk]) if may else "",
        "chart_url": f"?goal={target.pk}#curve" if standing else "",
        "chosen": line is chosen,
    }


def _chart(line: reads_goals.Line, programme: Programme, today: Any) -> dict[str, Any]:
    """The year as it grew beside last year, with the bound as a line."""
    months = reads_goals.months_of(line, programme.year, today)
    assert line.measure is not None and line.standing is not None
    limit = line.standing.limit
    return {
        "title": line.measure.label,
        "unit": line.measure.unit,
        "months": [one.month for one in months],
        "now": ["" if one.now is None else plain(one.now) for one in months],
        "last": ["未报" if one.last is None else plain(one.last) for one in months],
        "data": {
            "kind": "line",
            "unit": line.measure.unit,
            "x": [f"{one.month}月" for one in months],
            "series": [
                {"name": "上年", "data": _floats(one.last for one in months), "tone": "grey", "dashed": True},
                {"name": "今年", "data": _floats(one.now for one in months), "tone": "blue"},
            ],
            "marks": [{"y": float(limit), "label": f"控制 {plain(limit)}", "tone": "red"}] if limit else [],
        },
    }


def _floats(values: Any) -> list[float | None]:
    return [None if one is None else float(one) for one in values]


def _number(value: Decimal | None) -> str:
    return "—" if value is None else plain(value).replace("-", MINUS)


def _signed(value: Decimal | None) -> str:
    if value is None:
        return "—"
    return f"+{value}" if value > 0 else str(value).replace("-", MINUS)
