"""A unit that a document names and no register holds: registered here, or found under another name."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anlan.kernel import registry
from anlan.kernel.forms import form_class
from anlan.kernel.once import new_key, once
from anlan.kernel.pages.edit import picker_urls
from anlan.kernel.requests import ActorRequest
from anlan.kernel.writing import Refused, write
from anlan.org.models import Unit
from anlan.org.models.units import UnitKind
from anlan.programmes.actions import reviewing
from anlan.programmes.actions.reviewing import Clash
from anlan.programmes.models import DraftItem, Edition
from anlan.programmes.rules import roles
from anlan.programmes.rules.review import ReviewError


def _role_for(request: ActorRequest, pk: int, place: int) -> tuple[DraftItem, dict[str, Any]]:
    rows = DraftItem.objects.visible_to(request.actor).select_related(
        "edition__programme__issuer__region", "edition__text"
    )
    draft = rows.filter(pk=pk).first()
    if draft is None or not request.actor.may("drafts.change"):
        raise Http404
    found = roles.roles(draft.body)
    if draft.edition.state != Edition.State.REVIEWING or not 0 <= place < len(found):
        raise Http404
    return draft, found[place]


def register(request: ActorRequest, pk: int, place: int) -> HttpResponse:
    """The unit's own form, filled with the name as written; saved, it answers wherever the name stands."""
    draft, role = _role_for(request, pk, place)
    if not request.actor.may("units.add"):
        raise Http404
    ledger = registry.ledger("units")
    programme = draft.edition.programme
    row = Unit(name=role["name"], region=programme.issuer.region, kind=UnitKind.OTHER)
    form = form_class(ledger, request.actor, picker_urls(ledger))(request.POST or None, instance=row)
    back = f"{reverse('review', args=[draft.edition_id])}?item={draft.position}"
    if request.method == "POST" and form.is_valid():
        made: list[int] = []

        def run() -> int:
            unit = write(request.actor, row, form.cleaned_data, "add").row
            made.append(reviewing.put_everywhere(request.actor, draft.edition, role["name"], unit))
            return int(unit.pk)

        try:
            once(request.actor, request.POST.get("idempotency_key", ""), run)
        except ValidationError as error:
            for name, words in getattr(error, "message_dict", {"": error.messages}).items():
                form.add_error(name if name in form.fields else None, words)
        except (Refused, ReviewError) as error:
            form.add_error(None, str(error))
        else:
            if made:
                messages.success(request, f"已登记“{row.name}”，要点中 {made[0]} 处落到这个单位。")
            return HttpResponseRedirect(back)
    page = {
        "title": f"登记单位：{role['name']}",
        "crumbs": [
            {"label": programme.title, "url": back},
            {"label": f"第{draft.no}条", "url": back},
            {"label": "登记单位"},
        ],
        "facts": [f"《{programme.title}》第{draft.no}条写的是“{role['name']}”，单位台账里没有"],
        "action": request.path,
        "idempotency": request.POST.get("idempotency_key") or new_key(),
        "sections": [
            {"title": one.label, "fields": [form[name] for name in one.fields if name in form.fields]}
            for one in ledger.form
        ],
        "cancel_url": back,
        "save_label": "登记并落到本条",
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "kernel/form.html", {"page": page, "form": form}, status=status)


def alias(request: ActorRequest, pk: int, place: int) -> HttpResponse:
    """The name as written is another name of a registered unit; it is remembered for the next document."""
    draft, role = _role_for(request, pk, place)
    if request.method != "POST" or not request.actor.may("units.change"):
        raise Http404
    back = f"{reverse('review', args=[draft.edition_id])}?item={draft.position}"
    raw = request.POST.get("unit", "")
    try:
        if not raw.isdecimal() or len(raw) > 17:
            raise ReviewError("请选一个已登记的单位。")
        unit, count = reviewing.remember_name(request.actor, draft.edition, role["name"], int(raw))
    except (ReviewError, Refused, Clash, ValidationError) as error:
        messages.warning(request, reviewing.as_validation(error))
    else:
        messages.success(
            request,
            f"已记住“{role['name']}”就是{unit.name}，要点中 {count} 处落到这个单位，以后的要点也照此认。",
        )
    return HttpResponseRedirect(back)
