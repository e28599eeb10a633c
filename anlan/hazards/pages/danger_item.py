"""Choosing the item of the key points that a danger serves."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from anlan.hazards import reads_item
from anlan.hazards.actions import danger_item
from anlan.hazards.models import HiddenDanger
from anlan.kernel.once import new_key, once
from anlan.kernel.pages.access import ledger_for, row_for
from anlan.kernel.requests import ActorRequest, whole
from anlan.kernel.writing import Refused, Stale
from anlan.programmes.models import Item

NONE = "none"
LIMIT = 60


def may_tie(request: ActorRequest) -> bool:
    """Whether this post says which item a danger serves: an office that reads the documents."""
    actor = request.actor
    seat = actor.seat
    office = seat is not None and seat.unit_id is not None
    return office and actor.may("dangers.change") and actor.may_read("programmes.view")


def choose(request: ActorRequest, pk: int) -> HttpResponse:
    """The items in force where the danger lies, the proposed one first; sent back, it is tied."""
    if not may_tie(request):
        raise Http404
    row: HiddenDanger = row_for(request, ledger_for(request, "dangers"), pk)
    back = reverse("ledger-row", args=["dangers", pk])
    items = reads_item.items_for(request.actor, row)
    if request.method == "POST":
        return _tie(request, row, items, back)
    proposed = danger_item.proposed(row, items)
    first = {row.item_id, proposed.pk if proposed else None}
    page: dict[str, Any] = {
        "title": "对应要点",
        "row": row,
        "proposed": proposed,
        "first": [one for one in items if one.pk in first],
        "current": row.item_id,
        "cleared": row.item_by == HiddenDanger.ItemBy.CLEARED,
        "groups": [
            (programme, [one for one in found if one.pk not in first])
            for programme, found in groupby(items, key=lambda one: one.programme)
        ],
        "chosen": row.item_id or (proposed.pk if proposed else None),
        "back_url": back,
        "key": new_key(),
    }
    return render(request, "hazards/danger_item.html", {"page": page})


@require_GET
def items(request: ActorRequest) -> JsonResponse:
    """Items of running documents by number or words, for the filter's picker."""
    if not request.actor.may_read("programmes.view"):
        raise Http404
    text = request.GET.get("q", "").replace("\0", "").strip()[:40].removeprefix("第").removesuffix("条")
    rows = Item.objects.visible_to(request.actor).filter(programme__state="running", ended=None)
    if request.GET.get("under"):
        rows = rows.none()
    if text:
        rows = rows.filter(no=text) if text.isdigit() else rows.filter(text__contains=text)
    ordered = rows.select_related("programme").order_by("-programme__year", "programme_id", "position")
    return JsonResponse(
        [
            {"id": str(one.pk), "label": str(one), "note": one.programme.number or one.programme.title,
             "leaf": True}
            for one in ordered[:LIMIT]
        ],
        safe=False,
    )  # fmt: skip


def _tie(request: ActorRequest, row: HiddenDanger, items: list[Item], back: str) -> HttpResponse:
    given = request.POST.get("item", "")
    chosen = next((one for one in items if one.pk == whole(given)), None)
    if chosen is None and given != NONE:
        messages.warning(request, "还没有选。请选一条，或选“不对应任何一条”。")
        return HttpResponseRedirect(request.path)

    def run() -> bool:
        danger_item.tie(request.actor, row, chosen)
        return True

    try:
        _, fresh = once(request.actor, request.POST.get("idempotency_key", ""), run)
    except (Refused, Stale, ValidationError) as error:
        messages.warning(
            request, "；".join(error.messages) if isinstance(error, ValidationError) else str(error)
        )
        return HttpResponseRedirect(request.path)
    if fresh:
        messages.success(request, f"已对应到第{chosen.no}条。" if chosen else "已记为不对应要点条目。")
    return HttpResponseRedirect(back)
