"""What facilities bring to a firm's page: how many of which kind, and the list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse
from django.utils.html import format_html

from anlan.enterprises.facilities_ledgers import BASE, key_of
from anlan.enterprises.folder import Facts, Figure, Part
from anlan.enterprises.models import Enterprise, Facility
from anlan.kernel import cells
from anlan.kernel.scope import Actor
from anlan.standards import reads as standards


def counts(actor: Actor, firm: Enterprise) -> dict[str, int]:
    """{kind: facilities of the firm}. One statement."""
    rows = Facility.objects.visible_to(actor).filter(enterprise_id=firm.pk).order_by()
    return dict(rows.values_list("kind").annotate(n=Count("pk")))


def facts(actor: Actor, firm: Enterprise) -> Facts:
    """How many in all."""
    count = sum(_kept(actor, firm).values())
    url = f"{reverse('ledger-list', args=[BASE])}?{urlencode({'enterprise': firm.pk})}"
    return Facts(
        count=count, figures=(Figure("设施", format_html("{} 处", cells.fx(count, url if count else ""))),)
    )


def rows(actor: Actor, firm: Enterprise) -> Mapping[str, Any]:
    """Kind by kind; each number opens its list."""
    known = standards.kinds()
    query = urlencode({"enterprise": firm.pk})
    found = [
        {
            "label": known[kind].label if kind in known else kind,
            "unit": known[kind].unit if kind in known else "处",
            "count": count,
            "url": f"{reverse('ledger-list', args=[key_of(kind)])}?{query}",
        }
        for kind, count in sorted(_kept(actor, firm).items(), key=lambda one: -one[1])
        if kind in known
    ]
    new = f"{reverse('facility-new')}?{query}" if actor.may("facilities.add") else ""
    return {"facilities": found, "new_url": new}


def _kept(actor: Actor, firm: Enterprise) -> dict[str, int]:
    """Asked once for both functions of one page."""
    found: dict[str, int] | None = firm.__dict__.get("_facilities")
    if found is None:
        found = firm.__dict__["_facilities"] = counts(actor, firm)
    return found


FACILITIES = Part(
    key="facilities",
    label="设施",
    permission="facilities.view",
    position=40,
    facts=facts,
    template="enterprises/facilities_of_firm.html",
    rows=rows,
    ledger=BASE,
)
