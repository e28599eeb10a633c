"""What the pickers ask of the register: firms and people in key posts, as the actor may see them."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404, JsonResponse
from django.views.decorators.http import require_GET

from anlan.enterprises.models import KeyPerson
from anlan.enterprises.reads import live
from anlan.kernel import places, registry, search
from anlan.kernel.requests import ActorRequest
from anlan.programmes.models import Obligation

LIMIT = 30


@require_GET
def pick_enterprise(request: ActorRequest) -> JsonResponse:
    """Firms by name or code; merged ones are not offered."""
    if not request.actor.may_read("enterprises.view"):
        raise Http404
    rows, text = live(request.actor), _text(request)
    if text:
        rows = rows.filter(search.condition(registry.ledger("enterprises"), text, wanted=LIMIT))
    found = list(rows.order_by("region_path", "name", "id")[:LIMIT])
    labels = places.labels({one.region_path for one in found})
    return _answer(
        (one.pk, one.name, f"{labels.get(one.region_path, '')} {one.code}".strip()) for one in found
    )


@require_GET
def pick_key_person(request: ActorRequest) -> JsonResponse:
    """People in key posts by name or firm."""
    if not request.actor.may_read("key-people.view"):
        raise Http404
    rows, text = KeyPerson.objects.visible_to(request.actor).filter(left_on=None), _text(request)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(enterprise__name__icontains=text))
    found = rows.select_related("enterprise").order_by("name", "id")[:LIMIT]
    return _answer((one.pk, one.name, f"{one.enterprise} {one.get_role_display()}") for one in found)


@require_GET
def pick_obligation(request: ActorRequest) -> JsonResponse:
    """Sentences of running programmes by their words: on what a plan of closures stands."""
    if not (request.actor.may_read("programmes.view") and request.actor.may_read("closure-plans.view")):
        raise Http404
    rows, text = Obligation.objects.visible_to(request.actor).filter(ended=None), _text(request)
    if text:
        rows = rows.filter(quote__icontains=text)
    found = rows.select_related("item__programme").order_by(
        "-item__programme__year", "item__position", "position"
    )
    return _answer(
        (one.pk, one.quote[:80], f"{one.item.programme.year} 年第{one.item.no}条") for one in found[:LIMIT]
    )


def _text(request: ActorRequest) -> str:
    return request.GET.get("q", "").replace("\0", "").strip()[:40]


def _answer(entries: Any) -> JsonResponse:
    found = [{"id": str(key), "label": label, "note": note, "leaf": True} for key, label, note in entries]
    return JsonResponse(found, safe=False)
