"""Where a figure of a paper comes from: value, basis, window, whether it still holds, the rows behind it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from anlan.kernel import cells, places, registry
from anlan.kernel.calendar import ONE_DAY
from anlan.kernel.figure import recheck
from anlan.kernel.ledger import DeclarationError, Ledger
from anlan.kernel.measure import PERIODS, Area, Window, evidence, measure_of
from anlan.kernel.models import Figure
from anlan.kernel.requests import ActorRequest
from anlan.papers import reads
from anlan.papers.models import Paper

SHOWN = 20


def figure_drawer(request: ActorRequest, paper: Paper, pk: int) -> HttpResponse:
    """The figure's drawer, or a page where no script runs; 404 unless the paper prints it."""
    found = reads.figures_in(paper).get(pk)
    if found is None:
        raise Http404
    page = _page(request, found)
    template = "papers/_figure.html" if request.headers.get("HX-Request") else "papers/figure.html"
    return render(request, template, {"page": page, "figure": found})


def _page(request: ActorRequest, found: Figure) -> dict[str, Any]:
    page: dict[str, Any] = {
        "title": found.label,
        "value": cells.number(found.value.normalize() if found.value is not None else None)
        if found.value is None or found.value != found.value.to_integral_value()
        else cells.number(int(found.value)),
        "unit": found.unit_label,
        "window": f"{found.start.isoformat()} 至 {(found.end - ONE_DAY).isoformat()}",
        "frozen": f"{cells.moment(found.frozen_at)}，{found.frozen_by}",
        "digest": f"{found.digest[:4]}…{found.digest[-4:]}",
        "count": found.row_count,
    }
    try:
        measure = measure_of(found.measure)
    except DeclarationError:
        return {**page, "basis": "这项指标已停用，固化的值照旧。", "rows": []}
    check = recheck(found)
    if check.tampered:
        state = cells.light("r", "固化记录被改动过")
    elif check.holds:
        state = cells.light("g", "与现在一致")
    else:
        now = "—" if check.now is None else f"{check.now.normalize():,f}"
        state = cells.light("y", f"数据后来有变动，现在是 {now}")
    return {**page, "basis": measure.basis, "state": state, **_rows(request, found, measure)}


def _rows(request: ActorRequest, found: Figure, measure: Any) -> dict[str, Any]:
    """The rows behind it that the reader may see, as they are today."""
    area = Area(**{name: tuple(values) for name, values in found.area.items()})

    cell = {name: date.fromisoformat(v) if name in PERIODS else v for name, v in found.cell.items()}
    rows = evidence(measure, Window(found.start, found.end), cell, area=area, actor=request.actor)
    if found.row_ids is not None:
        rows = rows.model.objects.visible_to(request.actor).filter(pk__in=found.row_ids)
    ledger: Ledger | None = registry.ledger_of(rows.model)
    seen = list(rows.order_by("-pk")[:SHOWN])
    base = reverse("ledger-list", args=[ledger.key]) if ledger else ""
    region = rows.model.scope.region or ""
    paths = {str(getattr(one, region, "") or "") for one in seen} if region and "__" not in region else set()
    names = places.labels(paths)
    return {
        "ledger": ledger.label if ledger else "",
        "ledger_url": base,
        "rows": [
            {
                "url": f"{base}{one.pk}/" if base else "",
                "label": ledger.words(one) if ledger else str(one),
                "place": names.get(str(getattr(one, region, "") or ""), "") if paths else "",
                "state": one.get_state_display() if hasattr(one, "get_state_display") else "",
            }
            for one in seen
        ],
        "hidden": found.row_count - rows.count(),
        "rest": max(0, rows.count() - SHOWN),
    }
