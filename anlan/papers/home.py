"""What the first page says of papers: what waits to be signed, sent, signed for, answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q
from django.urls import reverse

from anlan.kernel.scope import Actor
from anlan.papers.models import Paper, Receipt

SHOWN = 3


def waiting(actor: Actor) -> Mapping[str, Any] | None:
    """Papers of the own region that wait for this post, and those that came to its unit; None for none."""
    seat = actor.seat
    if seat is None or not seat.unit_id:
        return None
    papers, received = (reverse("ledger-list", args=[key]) for key in ("papers", "receipts"))
    own = Paper.objects.visible_to(actor).filter(region_path__in=seat.region_paths)
    mine = Receipt.objects.visible_to(actor).filter(unit_id=seat.unit_id).select_related("paper")
    answer = Q(state="signed", answer_by__isnull=False)
    groups = [
        *_groups(own, [
            ("待我签发", Q(state="signing"), f"{papers}?state=signing", actor.may("papers.sign")),
            ("待发出", Q(state="signed"), f"{papers}?state=signed", actor.may("papers.send")),
        ]),
        *_groups(mine, [
            ("待签收", Q(state="waiting"), f"{received}?state=waiting", actor.may("receipts.sign")),
            ("待答复", answer, f"{received}?answer_by=answer", actor.may("receipts.sign")),
        ]),
    ]  # fmt: skip
    return {"groups": groups} if groups else None


def _groups(rows: Any, wanted: list[tuple[str, Q, str, bool]]) -> list[dict[str, Any]]:
    """Those of the groups that hold something; the address names the units, so that it opens these rows and
    no others of the same state. One statement, and one more for each group that is shown."""
    asked = [one for one in wanted if one[3]]
    if not asked:
        return []
    counts = rows.order_by().aggregate(
        **{f"n{n}": Count("pk", filter=one[1]) for n, one in enumerate(asked)},
        **{f"u{n}": ArrayAgg("unit_id", filter=one[1], distinct=True) for n, one in enumerate(asked)},
    )
    return [
        {
            "label": label,
            "count": counts[f"n{n}"],
            "url": f"{url}&unit={','.join(map(str, counts[f'u{n}']))}",
            "rows": [_row(one) for one in rows.filter(condition).order_by("-id")[:SHOWN]],
        }
        for n, (label, condition, url, _) in enumerate(asked)
        if counts[f"n{n}"]
    ]


def _row(one: Paper | Receipt) -> dict[str, str]:
    paper, name = (one, "paper") if isinstance(one, Paper) else (one.paper, "receipt")
    return {"name": paper.number or paper.title, "url": reverse(name, args=[one.pk])}
