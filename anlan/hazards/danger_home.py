"""What the first page says of hidden dangers: what waits for me to put right, to verify, to decide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from anlan.hazards import danger_cells
from anlan.hazards.danger_ledgers import late
from anlan.hazards.models import DangerRequest, HiddenDanger
from anlan.hazards.models.dangers import OPEN_STATES
from anlan.kernel import cells, clock
from anlan.kernel.counting import CAP
from anlan.kernel.models import Referral
from anlan.kernel.scope import Actor
from anlan.kernel.shell import HomePanel

SHOWN = 6


def due(actor: Actor) -> Mapping[str, Any] | None:
    """Counts and the nearest rows of what waits for this post; None where nothing does."""
    if not actor.may_read("dangers.view") or actor.seat is None:
        return None
    rows = HiddenDanger.objects.visible_to(actor)
    base = reverse("ledger-list", args=["dangers"])
    firm = actor.seat.enterprise_id is not None
    groups: list[tuple[str, Any, str, bool]] = []
    if actor.may("dangers.submit") and firm:
        mine = rows.filter(state__in=("ordered", "rectifying"))
        groups.append(("待我整改", mine, f"{base}?state=ordered,rectifying", False))
    if actor.may("dangers.grade"):
        groups.append(("待定级", rows.filter(state="found"), f"{base}?state=found", False))
    if actor.may("dangers.verify"):
        groups.append(("等我验收", _assigned(actor), f"{base}?state=checking&mine=1", False))
        groups.append(("待验收", rows.filter(state="checking"), f"{base}?state=checking", False))
    groups.append(("已逾期", rows.filter(late("1")), f"{base}?late=1", True))
    figs = [
        {"label": label, "value": number, "unit": "条", "url": url, "red": red and number > 0}
        for label, found, url, red in groups
        if (number := _capped(found)) or red
    ]
    nearest = list(
        rows.filter(state__in=("ordered", "rectifying", "checking") if firm else OPEN_STATES)
        .filter(attention_on__isnull=False)
        .order_by("attention_on", "id")
        .select_related("enterprise")[:SHOWN]
    )
    # What was assigned to this person by name stands before what is merely near.
    mine_first = list(_assigned(actor).order_by("attention_on", "id").select_related("enterprise")[:SHOWN])
    nearest = list({one.pk: one for one in (*mine_first, *nearest)}.values())[:SHOWN]
    others = _others(actor)
    if not nearest and not others:
        return None
    report = reverse("danger-phone") if actor.may("dangers.add") else ""
    shown = [_row(actor, one) for one in nearest]
    return {"figs": figs, "rows": shown, "others": others, "url": base, "report": report}


def _assigned(actor: Actor) -> Any:
    rows = HiddenDanger.objects.visible_to(actor)
    return rows.filter(state="checking", assigned_to_id=actor.person_id or 0)


def _capped(rows: Any) -> int:
    return int(rows.order_by().values("pk")[:CAP].count())


def _row(actor: Actor, one: HiddenDanger) -> dict[str, Any]:
    light, word = danger_cells.fact(one, clock.today())
    return {
        "light": cells.light(light, word),
        "text": one.description,
        "url": reverse("ledger-row", args=["dangers", one.pk]),
        "firm": danger_cells.firm(one),
        "level": danger_cells.level(one),
        "state": one.get_state_display(),
        "mine": one.state == "checking" and one.assigned_to_id == actor.person_id,
    }


def _others(actor: Actor) -> list[dict[str, Any]]:
    """Requests to decide, dangers handed over to this office."""
    found: list[dict[str, Any]] = []
    if actor.may("danger-requests.decide"):
        asked = DangerRequest.objects.visible_to(actor).filter(state="asked")
        url = f"{reverse('ledger-list', args=['danger-requests'])}?state=asked"
        found.append({"label": "延期、降级、移送申请待审核", "count": _capped(asked), "url": url})
    if actor.may_read("referrals.view") and actor.seat and actor.seat.unit_id:
        sent = Referral.objects.visible_to(actor).filter(
            to_ledger="dangers", to_unit_id=actor.seat.unit_id, state="sent"
        )
        url = reverse("danger-handed")
        found.append({"label": "移送来的隐患待接收", "count": _capped(sent), "url": url})
    return [one for one in found if one["count"]]


HOME_PANELS = (HomePanel("dangers-due", "hazards/danger_home.html", due, position=20, tells=("dangers",)),)
