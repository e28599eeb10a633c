"""Facilities by kind: what kinds there are and how many of each; which kind is to be registered."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from anlan.enterprises.facilities_ledgers import BASE, FACILITIES, family, key_of
from anlan.enterprises.models import Facility
from anlan.kernel import totals
from anlan.kernel.pages.access import ledger_for, row_for
from anlan.kernel.pages.rows import RowPage
from anlan.kernel.requests import ActorRequest, whole
from anlan.kernel.scope import Actor
from anlan.standards import reads as standards
from anlan.standards.fields import industry_label, industry_names


def counts(actor: Actor) -> dict[str, int]:
    """{kind: facilities that the actor sees}: from the kept totals, else counted."""
    kept = totals.by(FACILITIES, actor, "kind")
    if kept is not None:
        return kept
    rows = Facility.objects.visible_to(actor).order_by()
    return dict(rows.values_list("kind").annotate(n=Count("pk")))


@require_GET
def overview(request: ActorRequest) -> HttpResponse:
    """All kinds by industry, each with its number of facilities and what can be done with it."""
    ledger_for(request, BASE)
    return render(request, "enterprises/facilities_kinds.html", {
        "page": {
            "title": "设施类别",
            "crumbs": [{"label": "设施台账", "url": reverse("ledger-list", args=[BASE])}, {"label": "类别"}],
            "facts": [f"{len(standards.kinds())} 类，由行业包规定"],
        },
        "industries": _by_industry(counts(request.actor), request),
        "may_add": request.actor.may("facilities.add"),
        "may_import": request.actor.may("facilities.import"),
    })  # fmt: skip


@require_GET
def new(request: ActorRequest) -> HttpResponse:
    """Which kind is to be registered: the form's fields depend on it."""
    ledger_for(request, BASE, "add")
    return render(request, "enterprises/facilities_new.html", {
        "page": {
            "title": "登记设施",
            "crumbs": [{"label": "设施台账", "url": reverse("ledger-list", args=[BASE])}, {"label": "登记"}],
        },
        "industries": _by_industry(counts(request.actor), request),
    })  # fmt: skip


@require_GET
def show(request: ActorRequest, pk: int) -> HttpResponse:
    """A facility with the attributes of its kind, under the address that all facilities have."""
    return _row_page(request, pk, "kernel/detail.html")


@require_GET
def print_facility(request: ActorRequest, pk: int) -> HttpResponse:
    """The same for A4."""
    return _row_page(request, pk, "kernel/print.html")


def _row_page(request: ActorRequest, pk: int, template: str) -> HttpResponse:
    whole = ledger_for(request, BASE)
    row = row_for(request, whole, pk, "enterprise", "site", "definition")
    return render(request, template, {"page": RowPage(request, family(key_of(row.kind)) or whole, row)})


def edit(request: ActorRequest, pk: int) -> HttpResponse:
    """A facility is changed in the form of its kind."""
    ledger = ledger_for(request, BASE, "change")
    row = row_for(request, ledger, pk)
    return HttpResponseRedirect(reverse("ledger-edit", args=[key_of(row.kind), pk]))


def _by_industry(number: dict[str, int], request: ActorRequest) -> list[dict[str, Any]]:
    """Kinds with their numbers and addresses, grouped by industry in the order of industries."""
    place = {slug: n for n, slug in enumerate(industry_names())}
    kinds = sorted(standards.kinds().values(), key=lambda one: place.get(one.industry, len(place)))
    firm = whole(request.GET.get("enterprise"))
    query = f"?{urlencode({'enterprise': firm})}" if firm else ""
    return [
        {
            "label": industry_label(industry),
            "kinds": [
                {
                    "label": one.label,
                    "unit": one.unit,
                    "count": number.get(one.key, 0),
                    "url": reverse("ledger-list", args=[key_of(one.key)]),
                    "new_url": reverse("ledger-new", args=[key_of(one.key)]) + query,
                    "import_url": reverse("ledger-import", args=[key_of(one.key)]),
                    "attributes": "、".join(item["label"] for item in one.attributes),
                }
                for one in found
            ],
        }
        for industry, found in groupby(kinds, key=lambda one: one.industry)
    ]
