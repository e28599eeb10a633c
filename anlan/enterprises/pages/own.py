"""A firm's user and the own firm: what is missing, and the card to fill in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anlan.enterprises import firm_parts, home
from anlan.enterprises.actions.firms import OWN_FIELDS, fill_own
from anlan.enterprises.models import Enterprise
from anlan.enterprises.models.fields import industry_name
from anlan.enterprises.pages.firm import KEY
from anlan.kernel import registry
from anlan.kernel.forms import form_class
from anlan.kernel.ledger import Ledger, Section
from anlan.kernel.once import new_key, once
from anlan.kernel.requests import ActorRequest, whole
from anlan.kernel.writing import Refused, Stale

PLACES = {"licences": "licences", "people": "key-people"}
DONE = "own-firm"


def own_firm(request: ActorRequest) -> HttpResponse:
    """The own firm: gaps by name, papers that run out, and the card."""
    firm = home.own_firm(request.actor)
    if firm is None:
        raise Http404
    form = _form(request, firm)
    if request.method == "POST" and form.is_valid():
        try:
            return _save(request, firm, form)
        except Stale:
            form.add_error(None, "别人刚改过这份资料。请核对下面的内容，再保存一次。")
            firm.refresh_from_db()
        except (ValidationError, Refused) as error:
            _explain(form, error)
    status = 422 if request.method == "POST" else 200
    wants = firm_parts.gaps(request.actor, firm)
    page = {
        "title": firm.name,
        "firm": firm,
        "industry": industry_name(firm.industry),
        "wants": [{"want": one, "url": _where(request, one.where)} for one in wants],
        "licences": firm_parts.licence_rows(request.actor, firm),
        "people": firm_parts.people_rows(request.actor, firm),
        "url": reverse("ledger-row", args=[KEY, firm.pk]),
        "version": firm.version,
        "idempotency": request.POST.get("idempotency_key") or new_key(),
    }
    return render(request, "enterprises/own.html", {"page": page, "form": form}, status=status)


def _own_ledger() -> Ledger:
    from dataclasses import replace

    return replace(registry.ledger(KEY), form=(Section("企业资料", OWN_FIELDS),))


def _form(request: ActorRequest, firm: Enterprise) -> Any:
    made = form_class(_own_ledger(), request.actor, {})
    return made(request.POST if request.method == "POST" else None, instance=firm)


def _save(request: ActorRequest, firm: Enterprise, form: Any) -> HttpResponse:
    def run() -> int:
        seen = whole(request.POST.get("version"))
        return int(fill_own(request.actor, firm, form.cleaned_data, seen=seen).row.pk)

    _, fresh = once(request.actor, request.POST.get("idempotency_key", ""), run)
    if fresh:
        messages.success(request, "已保存企业资料。")
    return HttpResponseRedirect(reverse(DONE))


def _explain(form: Any, error: Exception) -> None:
    if isinstance(error, ValidationError) and hasattr(error, "error_dict"):
        for name, found in error.message_dict.items():
            for message in found:
                form.add_error(name if name in form.fields else None, message)
    else:
        form.add_error(None, "；".join(getattr(error, "messages", [str(error)])))


def _where(request: ActorRequest, where: str) -> str:
    """The page that fills a gap; "" where only the office can."""
    if where == "card":
        return "#card"
    key = PLACES.get(where)
    return reverse("ledger-new", args=[key]) if key and request.actor.may(f"{key}.add") else ""
