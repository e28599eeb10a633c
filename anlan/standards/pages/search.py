"""What somebody typed, answered by the law: criteria for a picker, and one page that looks in all of it."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anlan.kernel import cells, clock
from anlan.kernel.pages.access import ledger_for
from anlan.kernel.requests import ActorRequest
from anlan.standards import reads
from anlan.standards.fields import industry_label, place_words
from anlan.standards.models import ChecklistItem
from anlan.standards.panels import industries_of

SHOWN = 12


@require_GET
def criteria_search(request: ActorRequest) -> JsonResponse:
    """For a picker: `?q=` words, `?industry=` slug, `?day=2023-06-30` (default today), `?place=` a region's
    path, `?value=key`.

    Answers `[{id, label, note, leaf, code, basis, unsure, score}]`, best first: `id` is the row, or the
    code where `value=key`.
    """
    asked = {
        name: request.GET.get(name, "").replace("\0", "")[:80] for name in ("q", "industry", "day", "place")
    }
    try:
        day = date.fromisoformat(asked["day"])
    except ValueError:
        day = clock.today()
    hits = reads.criteria_for(request.actor, asked["industry"], day, asked["q"], place=asked["place"])
    by_key = request.GET.get("value") == "key"
    return JsonResponse(
        [
            {
                "id": one.criterion.key if by_key else str(one.criterion.pk),
                "label": str(one.criterion),
                "note": " · ".join(
                    part
                    for part in (
                        one.criterion.basis,
                        place_words(one.criterion) if one.criterion.region_path else "",
                        "待核" if one.criterion.unsure else "",
                    )
                    if part
                ),
                "leaf": True,
                "code": one.criterion.key,
                "basis": one.criterion.basis,
                "unsure": one.criterion.unsure,
                "score": round(one.score, 2),
            }
            for one in hits
        ],
        safe=False,
    )


@require_GET
def find(request: ActorRequest) -> HttpResponse:
    """查依据: `?q=` as one says it on the spot; criteria, lines of checklists and laws of that day."""
    ledger_for(request, "criteria")
    asked = {name: request.GET.get(name, "").replace("\0", "")[:80] for name in ("q", "industry", "day")}
    words, industry = asked["q"].strip(), asked["industry"]
    try:
        day = date.fromisoformat(asked["day"])
    except ValueError:
        day = clock.today()
    found: dict[str, list[object]] = {"criteria": [], "checks": [], "laws": []}
    if words:
        hits = reads.criteria_for(request.actor, industry, day, words, SHOWN)
        found["criteria"] = [one.criterion for one in hits]
        found["checks"] = [*reads.checks_for(request.actor, words, industry, day, SHOWN)]
        found["laws"] = [*reads.standards_for(request.actor, words, day, SHOWN)]
    where = f"{industry_label(industry)}，" if industry else ""
    facts = (
        [f"{where}{cells.day(day)} 适用的"] if words else ["按现场的说法查，如 配电箱、粉尘、动火、私拉乱接"]
    )
    return render(
        request,
        "standards/find.html",
        {
            "page": {"title": "查依据", "facts": facts},
            "asked": {"q": words, "industry": industry, "day": day.isoformat()},
            "industries": industries_of(ChecklistItem),
            "nothing": words and not any(found.values()),
            **found,
        },
    )
