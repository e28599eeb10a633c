"""What is printed for workers: the notice card of a risk point, the card of a job with its confirmation."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from anlan.enterprises.models import Enterprise
from anlan.hazards import reads_risk
from anlan.hazards.models import RiskPoint
from anlan.hazards.risk_ledgers import CONTROLS, RISKS
from anlan.hazards.rules import work
from anlan.hazards.rules.risk import Colour
from anlan.kernel import cells, clock
from anlan.kernel.pages.access import ledger_for, row_for
from anlan.kernel.requests import ActorRequest, whole

# Lines to sign on: what is left of one A4 sheet, and never fewer than a shift needs.
SHEET, FEWEST = 15, 4
MOST_JOBS = 60


def sheet(request: ActorRequest, title: str, back: str, **more: Any) -> dict[str, Any]:
    """What every printed sheet has."""
    return {
        "title": title,
        "back_url": back,
        "printed_at": cells.moment(clock.now()),
        "printed_by": request.actor.label,
        **more,
    }


@require_GET
def notice(request: ActorRequest, pk: int) -> HttpResponse:
    """The notice card (风险告知卡) of one point."""
    row = row_for(request, ledger_for(request, "risks"), pk, "enterprise", "site")
    colour = Colour(row.residual_colour) if row.residual_colour else None
    page = sheet(request, "安全风险告知卡", reverse("ledger-row", args=["risks", pk]), row=row, colour=colour)
    page["controls"] = [
        (label, getattr(row, name))
        for name, label in _controls()
        if getattr(row, name) and name != "emergency"
    ]
    return render(request, "hazards/risk_notice.html", {"page": page})


def _controls() -> list[tuple[str, str]]:
    return [(name, RISKS.label_of(name)) for name in CONTROLS]


@require_GET
def jobs(request: ActorRequest) -> HttpResponse:
    """The jobs that have risk points, by firm: each leads to its card."""
    ledger_for(request, "risks")
    return jobs_page(request)


def jobs_page(request: ActorRequest) -> HttpResponse:
    """The jobs as far as the actor sees their points; where a confirmation may be made, each offers it."""
    rows = RiskPoint.objects.visible_to(request.actor).exclude(Q(job="") | Q(state="retired"))
    firm = whole(request.GET.get("enterprise"))
    if firm:
        rows = rows.filter(enterprise_id=firm)
    text = request.GET.get("q", "").strip()[:40]
    if text:
        rows = rows.filter(Q(enterprise__name__icontains=text) | Q(job__icontains=text))
    counts = {one.value: Count("pk", filter=Q(residual_colour=one.value)) for one in Colour}
    groups = (
        rows.values("enterprise_id", "job")
        .annotate(points=Count("pk"), ungraded=Count("pk", filter=Q(residual_colour="")), **counts)
        .order_by("enterprise_id", "job")[: MOST_JOBS + 1]
    )
    found = list(groups)
    # Names afterwards: in the order of names, all points of the province would be grouped for one page.
    firms = Enterprise.objects.unscoped("of risk points that the actor sees")
    names = dict(firms.filter(pk__in={one["enterprise_id"] for one in found}).values_list("pk", "name"))
    for one in found:
        one["firm"] = names[one["enterprise_id"]]
    page = {
        "title": "岗位风险告知",
        "jobs": found[:MOST_JOBS],
        "more": len(found) > MOST_JOBS,
        "text": text,
        "firm": found[0]["firm"] if firm and found else "",
        "may_confirm": request.actor.may("work-confirmations.add"),
    }
    return render(request, "hazards/risk_jobs.html", {"page": page})


@require_GET
def job_card(request: ActorRequest, firm: int) -> HttpResponse:
    """岗位风险告知卡 and 安全作业确认 of one job of a firm."""
    ledger_for(request, "risks")
    job = request.GET.get("job", "")[:40]
    rows = reads_risk.points_of_job(request.actor, firm, job) if job else []
    if not rows:
        raise Http404
    company: Enterprise = rows[0].enterprise
    checks = [one.words for one in work.checks_of(rows)]
    page = sheet(
        request,
        "岗位安全风险告知卡",
        f"{reverse('risk-jobs')}?enterprise={firm}",
        job=job,
        firm=company.name,
        rows=[(one, Colour(one.residual_colour) if one.residual_colour else None) for one in rows],
        checks=checks,
        lines=range(max(FEWEST, SHEET - len(checks) - len(rows))),
    )
    return render(request, "hazards/risk_job_card.html", {"page": page})
