"""催办: who is overdue, with how much, for how long, and what has been written to them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_POST

from anlan.kernel import cells, clock, parameters
from anlan.kernel.once import new_key, once
from anlan.kernel.requests import ActorRequest
from anlan.kernel.writing import Refused
from anlan.org.models import Unit
from anlan.programmes import reads_chase
from anlan.programmes.actions import chase_letters
from anlan.programmes.models import Programme
from anlan.programmes.pages.run_receipt import programme_of, without_programme

SHOWN_LETTERS = 3
# What `reads_chase.LATE` and `NEAR` count, as the ledger's filter line says it.
LATE = {"light": "r", "state": "open,declared,returned,missed"}
NEAR = {"light": "y", "state": "open,returned"}
WHO = (("", "全部"), ("territory", "县（市、区）和功能区"), ("department", "部门"))
LETTERS = (("", "全部"), ("none", "没有在办的"), ("open", "有在办的"))


@require_GET
def desk(request: ActorRequest) -> HttpResponse:
    """The units with overdue matters of one programme."""
    if not request.actor.may_read("occurrences.view"):
        raise Http404
    programme = _programme(request)
    if programme is None:
        return without_programme(request, "催办")
    who, letters = request.GET.get("who", ""), request.GET.get("letters", "")
    whole = reads_chase.by_unit(request.actor, programme)
    shown = [one for one in whole if _wanted(one, who, letters)]
    own = request.actor.seat is not None and programme.region_path in request.actor.seat.region_paths
    page = {
        "title": "催办",
        "facts": [f"《{programme.title}》{programme.number}", f"截至 {clock.today()}"],
        "programme": programme,
        "programmes": _programmes(request),
        "figs": _figs(programme, whole),
        "rows": [_row(programme, one) for one in shown],
        "query": {"who": who, "letters": letters, "whos": WHO, "letterss": LETTERS},
        "any": bool(whole),
        "may": own and request.actor.may("papers.add"),
        "answer_by": clock.today() + timedelta(days=parameters.value("chase-answer-days")),
        "key": new_key(),
    }
    return render(request, "programmes/chase.html", {"page": page})


@require_POST
def draft(request: ActorRequest) -> HttpResponse:
    """Draft letters to the chosen units."""
    if not request.actor.may("papers.add"):
        raise Http404
    programme = _programme(request)
    if programme is None:
        raise Http404
    ids = [int(one) for one in request.POST.getlist("ids") if one.isdigit() and len(one) < 18]
    back = f"{reverse('chase')}?programme={programme.pk}"
    answer_by = parse_date(request.POST.get("answer_by", "")) if request.POST.get("answer_by") else None
    if not ids or answer_by is None:
        text = "请先勾选要提醒的单位。" if not ids else "读不出答复期限。请写成 2023-06-20。"
        messages.warning(request, text)
        return HttpResponseRedirect(back)
    try:
        made, fresh = once(
            request.actor,
            request.POST.get("idempotency_key", ""),
            lambda: [
                paper.pk
                for paper in chase_letters.draft_letters(
                    request.actor, programme, units=ids, answer_by=answer_by
                )
            ],
        )
    except Refused as error:
        messages.warning(request, str(error))
    except ValidationError as error:
        messages.warning(request, "；".join(error.messages))
    except ValueError:
        raise Http404 from None
    else:
        if fresh:
            messages.success(request, f"已起草 {len(made)} 件提醒函，请核对后送签。")
        if len(made) == 1:
            return HttpResponseRedirect(reverse("paper", args=made))
        query = urlencode({"kind": "reminder", "state": "draft"})
        return HttpResponseRedirect(f"{reverse('ledger-list', args=['papers'])}?{query}")
    return HttpResponseRedirect(back)


def _programme(request: ActorRequest) -> Programme | None:
    given = request.GET.get("programme") or request.POST.get("programme") or ""
    pk = int(given) if given.isdigit() and len(given) < 18 else None
    try:
        return programme_of(request, pk)
    except Http404:
        if given:
            raise
        return None


def _programmes(request: ActorRequest) -> list[Programme]:
    rows = Programme.objects.visible_to(request.actor).filter(state=Programme.State.RUNNING)
    return list(rows.order_by("-year", "-region_path", "-id")[:20])


def _wanted(one: reads_chase.Late, who: str, letters: str) -> bool:
    if who and (who == "territory") != _is_territory(one.unit):
        return False
    return not letters or (letters == "open") == bool(one.open)


def _is_territory(unit: Unit) -> bool:
    return unit.kind == "zone" or bool(unit.family and unit.family.key == "people-government")


def _rows_url(programme: Programme, **query: Any) -> str:
    told = urlencode({"duty__programme": programme.pk, **query})
    return f"{reverse('ledger-list', args=['occurrences'])}?{told}"


def _figs(programme: Programme, whole: list[reads_chase.Late]) -> list[dict[str, Any]]:
    late = sum(one.late for one in whole)
    silent = sum(1 for one in whole if not one.open)
    desk_url = f"{reverse('chase')}?programme={programme.pk}"
    return [
        {"label": "逾期事项", "value": late, "unit": "项", "red": True,
         "url": _rows_url(programme, **LATE) if late else "", "note": "到期没有完成的应办事项"},
        {"label": "逾期单位", "value": len(whole), "unit": "家", "url": desk_url if whole else ""},
        {"label": "没有在办提醒函", "value": silent, "unit": "家",
         "url": f"{desk_url}&letters=none" if silent else "", "note": "可以据此起草"},
        {"label": "最长逾期", "value": max((one.days for one in whole), default=0), "unit": "天",
         "note": max(whole, key=lambda one: one.days).unit.name if whole else ""},
    ]  # fmt: skip


def _row(programme: Programme, one: reads_chase.Late) -> dict[str, Any]:
    return {
        "unit": one.unit,
        "name": one.unit.short_name or one.unit.name,
        "late": cells.fx(one.late, _rows_url(programme, **LATE, duty__unit=one.unit.pk)),
        "near": cells.fx(one.near, _rows_url(programme, **NEAR, duty__unit=one.unit.pk)) if one.near else "0",
        "days": one.days,
        "first": one.first,
        "letters": [
            {"name": letter.name, "url": letter.url, "light": cells.light(*letter.light)}
            for letter in one.letters[:SHOWN_LETTERS]
        ],
        "more": max(len(one.letters) - SHOWN_LETTERS, 0),
    }
