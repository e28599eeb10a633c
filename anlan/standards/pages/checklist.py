"""A checklist as it is taken along: of one kind of facility or one industry, of one day, to print."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from anlan.kernel import cells, clock
from anlan.kernel.pages.access import ledger_for
from anlan.kernel.requests import ActorRequest
from anlan.standards import reads
from anlan.standards.fields import industry_label
from anlan.standards.models import ChecklistItem
from anlan.standards.panels import industries_of


@require_GET
def sheet(request: ActorRequest) -> HttpResponse:
    """`?kind=` or `?industry=`, and `?day=`; without either the page asks which."""
    ledger_for(request, "checklists")
    asked = {name: request.GET.get(name, "").replace("\0", "")[:60] for name in ("kind", "industry", "day")}
    day = _day(asked["day"])
    kinds = reads.kinds(day)
    kind, industry = kinds.get(asked["kind"]), asked["industry"]
    rows = (
        list(reads.checklist(request.actor, kind=kind.key if kind else "", industry=industry, day=day))
        if kind or industry
        else []
    )
    subject = kind.label if kind else industry_label(industry) if industry else ""
    return render(
        request,
        "standards/sheet.html",
        {
            "page": {
                "title": f"{subject}检查表" if subject else "检查表",
                "crumbs": [
                    {"label": "检查表", "url": reverse("ledger-list", args=["checklists"])},
                    {"label": "打印"},
                ],
                "facts": _facts(rows, day) if rows else [],
            },
            "groups": _grouped(rows),
            "subject": subject,
            "day": cells.day(day),
            "asked": {"kind": kind.key if kind else "", "industry": industry, "day": day.isoformat()},
            "kinds": [(key, f"{industry_label(one.industry)} · {one.label}") for key, one in kinds.items()],
            "industries": industries_of(ChecklistItem),
        },
    )  # fmt: skip


def _day(raw: str) -> date:
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return clock.today()


def _facts(rows: list[ChecklistItem], day: date) -> list[str]:
    unsure = sum(1 for one in rows if one.unsure)
    told = [f"共 {len(rows)} 项", f"适用日期 {cells.day(day)}"]
    return [*told, f"其中依据待核 {unsure} 项"] if unsure else told


def _grouped(rows: list[ChecklistItem]) -> list[dict[str, Any]]:
    """The lines by what they look at, in their order."""
    order: dict[str, int] = {}
    for one in rows:
        order.setdefault(one.group, len(order))
    ranked = sorted(rows, key=lambda one: order[one.group])
    return [
        {"title": title, "rows": list(part)} for title, part in groupby(ranked, key=lambda one: one.group)
    ]
