"""Naming who is to look again: for the picked dangers, or for one from its page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET

from anlan.hazards import danger_cells
from anlan.hazards.actions import danger_assign
from anlan.hazards.models import HiddenDanger
from anlan.hazards.rules.danger_remedy import ASSIGNABLE
from anlan.kernel import cells, clock
from anlan.kernel.once import new_key, once
from anlan.kernel.requests import ActorRequest, whole
from anlan.kernel.writing import Refused
from anlan.org.models import Person

MOST = 200
SHOWN = 5


def picked(request: ActorRequest) -> list[HiddenDanger]:
    """The dangers that the address names, as far as the actor sees them, nearest due day first."""
    given = request.POST.getlist("ids") or request.GET.getlist("ids")
    ids = [number for one in given[:MOST] if (number := whole(one))]
    rows = HiddenDanger.objects.visible_to(request.actor).filter(pk__in=ids)
    return list(rows.select_related("enterprise", "regulator").order_by("attention_on", "id"))


def back_of(request: ActorRequest) -> str:
    """Where the act came from, if it is an address of our own; else the list."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()})
    return wanted if ours else reverse("ledger-list", args=["dangers"])


def assign(request: ActorRequest) -> HttpResponse:
    """Choose the person; sent back, name them for every danger where nothing stands against it."""
    if not request.actor.may(danger_assign.ASSIGN):
        raise Http404
    rows = picked(request)
    if not rows:
        raise Http404
    back = back_of(request)
    if request.method == "POST" and "release" in request.POST:
        return _release(request, rows, back)
    error = ""
    if request.method == "POST":
        person = _person(rows, whole(request.POST.get("person")))
        if person is not None:
            return _assign(request, rows, person, back)
        error = "请选验收人：输入姓名或单位，从列表中选。"
    page: dict[str, Any] = {
        "title": "指派验收人",
        "rows": [_row(one) for one in rows],
        "ready": sum(one.state in ASSIGNABLE for one in rows),
        "held": [one for one in rows if one.assigned_to_id],
        "picker": _picker(rows),
        "error": error,
        "next": back,
        "back_url": back,
        "key": new_key(),
    }
    return render(request, "hazards/danger_assign.html", {"page": page}, status=422 if error else 200)


@require_GET
def people(request: ActorRequest) -> JsonResponse:
    """Who may look again at the dangers named, for the picker."""
    if not request.actor.may(danger_assign.ASSIGN):
        raise Http404
    if request.GET.get("under"):
        return JsonResponse([], safe=False)
    text = request.GET.get("q", "").replace("\0", "").strip()[:40]
    found = danger_assign.candidates(picked(request), text)
    return JsonResponse(
        [
            {
                "id": str(one.person_id),
                "label": one.person.name,
                "note": f"{(one.unit.short_name or one.unit.name) if one.unit else '企业'} {one.role.label}",
                "leaf": True,
            }
            for one in found
        ],
        safe=False,
    )


def _assign(request: ActorRequest, rows: list[HiddenDanger], person: Person, back: str) -> HttpResponse:
    def run() -> dict[str, Any]:
        came = danger_assign.assign(request.actor, rows, person)
        return {
            "done": len(came.done),
            "refused": [f"{row.number}：{reason}。" for row, reason in came.refused],
        }

    came, fresh = once(request.actor, request.POST.get("idempotency_key", ""), run)
    if fresh:
        if came["done"]:
            who = danger_assign.label_of(person)
            messages.success(request, f"已指派{who}验收 {came['done']} 条，已通知本人。")
        if refused := came["refused"]:
            more = f"等 {len(refused)} 条" if len(refused) > SHOWN else ""
            messages.warning(request, f"{len(refused)} 条没有指派。{''.join(refused[:SHOWN])}{more}")
    return HttpResponseRedirect(back)


def _release(request: ActorRequest, rows: list[HiddenDanger], back: str) -> HttpResponse:
    done = 0
    for row in rows:
        try:
            danger_assign.release(request.actor, row)
            done += 1
        except Refused as error:
            if len(rows) == 1:
                messages.warning(request, str(error))
    if done:
        messages.success(request, f"已取消 {done} 条的指派，有验收权限的人都可以验收。")
    return HttpResponseRedirect(back)


def _person(rows: list[HiddenDanger], pk: int | None) -> Person | None:
    """The chosen person, if they are one of those offered."""
    if pk is None or not any(one.person_id == pk for one in danger_assign.candidates(rows, person=pk)):
        return None
    found: Person = (
        Person.objects.unscoped("one of those who may look again").select_related("unit").get(pk=pk)
    )
    return found


def _picker(rows: list[HiddenDanger]) -> str:
    return reverse("danger-assign-people") + "?" + "&".join(f"ids={one.pk}" for one in rows)


def _row(one: HiddenDanger) -> dict[str, Any]:
    return {
        "row": one,
        "url": reverse("ledger-row", args=["dangers", one.pk]),
        "light": cells.light(*danger_cells.fact(one, clock.today())),
        "firm": one.enterprise.name if one.enterprise else one.place,
        "level": danger_cells.level(one),
        "ready": one.state in ASSIGNABLE,
    }
