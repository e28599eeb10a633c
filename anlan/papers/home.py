"""What the first page says of papers: what waits to be signed, sent, signed for, answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from anlan.kernel.scope import Actor
from anlan.papers.models import Paper, Receipt

SHOWN = 3


def waiting(actor: Actor) -> Mapping[str, Any] | None:
    """Papers of the own region that wait for this post, and those that came to its unit; None for none."""
    seat = actor.seat
    if seat is None or not seat.unit_id:
        return None
    groups: list[tuple[str, Any, str]] = []
    papers, received = (reverse("ledger-list", args=[key]) for key in ("papers", "receipts"))
    own = Paper.objects.visible_to(actor).filter(region_path__in=seat.region_paths)
    mine = Receipt.objects.visible_to(actor).filter(unit_id=seat.unit_id).select_related("paper")
    if actor.may("papers.sign"):
        groups.append(("待我签发", own.filter(state="signing"), f"{papers}?state=signing"))
    if actor.may("papers.send"):
        groups.append(("待发出", own.filter(state="signed"), f"{papers}?state=signed"))
    if actor.may("receipts.sign"):
        groups.append(("待签收", mine.filter(state="waiting"), f"{received}?state=waiting"))
        answer = mine.filter(state="signed", answer_by__isnull=False)
        groups.append(("待答复", answer, f"{received}?answer_by=answer"))
    shown = [_group(*one) for one in groups if one[1].exists()]
    return {"groups": shown} if shown else None


def _group(label: str, rows: Any, url: str) -> dict[str, Any]:
    """The address names the units, so that it opens these rows and no others of the same state."""
    units = ",".join(map(str, sorted(set(rows.order_by().values_list("unit_id", flat=True)))))
    first = [_row(one) for one in rows.order_by("-id")[:SHOWN]]
    return {"label": label, "count": rows.count(), "url": f"{url}&unit={units}", "rows": first}


def _row(one: Paper | Receipt) -> dict[str, str]:
    paper, name = (one, "paper") if isinstance(one, Paper) else (one.paper, "receipt")
    return {"name": paper.number or paper.title, "url": reverse(name, args=[one.pk])}
