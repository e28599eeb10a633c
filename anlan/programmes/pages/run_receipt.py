"""Receipt: the duties that wait for a unit's signature, by item; signing one item or all."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from anlan.kernel import cells
from anlan.kernel.once import new_key, once
from anlan.kernel.pages.lists import Act
from anlan.kernel.requests import ActorRequest
from anlan.kernel.writing import Refused
from anlan.programmes.actions import run_duties
from anlan.programmes.models import Duty, Programme
from anlan.programmes.reads_units import units_of


@require_GET
def receipt(request: ActorRequest) -> HttpResponse:
    """Duties of the post's own units that are not signed yet, in the order of the document."""
    if not request.actor.may_read("duties.sign"):
        raise Http404
    rows = (
        Duty.objects.visible_to(request.actor)
        .filter(state=Duty.State.ISSUED, unit_id__in=units_of(request.actor))
        .select_related("item__programme", "obligation", "unit")
        .order_by("programme_id", "item__position", "obligation__position", "unit_id")
    )
    chosen = _number(request.GET.get("programme"))
    if chosen:
        rows = rows.filter(programme_id=chosen)
    found = list(rows)
    page = {
        "title": "职责签收",
        "count": len(found),
        "programmes": [
            {"programme": programme, "items": list(_items(duties)), "key": new_key()}
            for programme, duties in groupby(found, key=lambda one: one.item.programme)
        ],
        "may": request.actor.may("duties.sign"),
        "signed": 0 if found else _signed(request),
        "duties_url": f"{reverse('ledger-list', args=['duties'])}?state=signed",
    }
    return render(request, "programmes/receipt.html", {"page": page})


@require_POST
def sign_all(request: ActorRequest) -> HttpResponse:
    """Sign for all duties of a programme or of an item."""
    programme, item = _number(request.POST.get("programme")), _number(request.POST.get("item"))
    if not request.actor.may("duties.sign") or not (programme or item):
        raise Http404
    try:
        count, fresh = once(
            request.actor,
            request.POST.get("idempotency_key", ""),
            lambda: run_duties.sign_all(request.actor, programme=programme, item=item),
        )
    except Refused as error:
        messages.warning(request, str(error))
    else:
        if fresh:
            messages.success(request, f"已签收 {count} 项职责。")
    return HttpResponseRedirect(reverse("duty-receipt"))


def _signed(request: ActorRequest) -> int:
    """How many duties the post's own units have signed for."""
    rows = Duty.objects.visible_to(request.actor).filter(unit_id__in=units_of(request.actor))
    return rows.filter(state=Duty.State.SIGNED).count()


def _items(duties: Any) -> Any:
    for item, rows in groupby(duties, key=lambda one: one.item):
        yield {
            "item": item,
            "key": new_key(),
            "duties": [
                {
                    "row": one,
                    "seal": cells.seal(one.obligation.kind) if one.obligation.kind != "target" else "",
                    "unit": one.unit.short_name or one.unit.name,
                    "url": reverse("ledger-row", args=["duties", one.pk]),
                    "object_url": reverse("ledger-move", args=["duties", one.pk, "object"]),
                }
                for one in rows
            ],
        }


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() and len(text) < 18 else None


def without_programme(request: ActorRequest, title: str) -> HttpResponse:
    """A board as long as nothing runs: what it will show, and the way there."""
    may = request.actor.may("editions.add")
    empty = {
        "state": "还没有执行中的工作要点。",
        "basis": "要点审读完毕、签发并下达后，各单位的职责、期限和进度排在这里。",
        "act": Act("上传要点", reverse("review-intake"), "upload", primary=True) if may else None,
        "next": "" if may else "要点由安委办上传、审读、签发。",
    }
    return render(request, "programmes/no_programme.html", {"page": {"title": title, "empty": empty}})


def programme_of(request: ActorRequest, pk: int | None = None) -> Programme:
    """The programme that a board shows: the one named, else the newest running one of the actor's own level
    or above; 404 if there is none."""
    rows = Programme.objects.visible_to(request.actor).exclude(state=Programme.State.REVIEWING)
    rows = rows.select_related("issuer__region")
    found: Programme | None = rows.filter(pk=pk).first() if pk else None
    if found is None and pk is None:
        own = list(rows.order_by("-year", "-region_path", "-id")[:20])
        paths = request.actor.seat.region_paths if request.actor.seat else ()
        found = next((one for one in own if one.region_path in paths), own[0] if own else None)
    if found is None:
        raise Http404
    return found
