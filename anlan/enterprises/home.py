"""What the first page says of the register: to a firm its gaps, to an office the papers that ran out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from anlan.enterprises import cells, firm_parts, reads
from anlan.enterprises.models import Enterprise, Licence
from anlan.kernel.counting import CAP, Count
from anlan.kernel.scope import Actor
from anlan.kernel.shell import HomePanel

SHOWN = 6


def own(actor: Actor) -> Mapping[str, Any] | None:
    """The gaps of the own firm and the papers that run out; None for whoever is no firm's user."""
    firm = own_firm(actor)
    if firm is None:
        return None
    wants = firm_parts.gaps(actor, firm)
    papers = [one for one in firm_parts.licence_rows(actor, firm)["licences"] if one["row"].expires_on]
    return {
        "firm": firm, "wants": wants[:SHOWN], "more": max(len(wants) - SHOWN, 0), "papers": papers,
        "url": reverse("own-firm"),
    }  # fmt: skip


def own_firm(actor: Actor) -> Enterprise | None:
    """The firm that the chosen post fills in for."""
    seat = actor.seat
    if seat is None or seat.enterprise_id is None or not actor.may("own-firm.fill"):
        return None
    rows = Enterprise.objects.visible_to(actor).select_related("regulator", "merged_into")
    return rows.filter(pk=seat.enterprise_id).first()


def papers(actor: Actor) -> Mapping[str, Any] | None:
    """Licences that ran out or soon will, for whoever manages them; None where there are none."""
    if not actor.may("licences.change") or (actor.seat and actor.seat.enterprise_id):
        return None
    rows = Licence.objects.visible_to(actor)
    late = rows.filter(reads.licences_ending("expired"))
    soon = rows.filter(reads.licences_ending("soon"))
    first = list(late.select_related("enterprise").order_by("-expires_on", "-id")[:SHOWN])
    counts = [_counted(one) for one in (late, soon)]
    if not any(one.n for one in counts):
        return None
    base = reverse("ledger-list", args=["licences"])
    return {
        "late": counts[0].text, "late_url": f"{base}?ends=expired",
        "soon": counts[1].text, "soon_url": f"{base}?ends=soon", "days": reads.notice_days(),
        "rows": [
            {"row": one, "light": cells.licence(one), "url": reverse("ledger-row", args=["licences", one.pk])}
            for one in first
        ],
    }  # fmt: skip


def _counted(rows: Any) -> Count:
    found = rows.order_by().values("pk")[: CAP + 1].count()
    return Count(min(found, CAP), found > CAP)


def start(actor: Actor) -> Mapping[str, Any] | None:
    """For whoever may bring firms in, as long as there is none."""
    if not actor.may("enterprises.import") or Enterprise.objects.visible_to(actor).exists():
        return None
    return {
        "title": "企业档案",
        "state": "还没有企业。",
        "basis": "导入现有的企业台账，或在企业名录里逐家登记；证照、人员、设施和隐患都挂在企业名下。",
        "url": reverse("ledger-import", args=["enterprises"]),
        "label": "导入企业台账",
    }


HOME_PANELS = (
    HomePanel("firms-start", "kernel/home_start.html", start, position=2),
    HomePanel("own-firm", "enterprises/home_own.html", own, position=30),
    HomePanel("papers-running-out", "enterprises/home_papers.html", papers, position=40, side=True),
)
