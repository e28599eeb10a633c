"""Grading by search: what somebody typed, answered by criteria of the day and the industry."""

from __future__ import annotations

from datetime import date

from django.http import JsonResponse
from django.views.decorators.http import require_GET

from anlan.kernel import clock
from anlan.kernel.requests import ActorRequest
from anlan.standards import reads
from anlan.standards.fields import place_words


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
