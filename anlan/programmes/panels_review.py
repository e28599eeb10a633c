"""Parts of the pages of a programme and of an edition: its versions, its items, what may be done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from anlan.kernel.scope import Actor
from anlan.programmes.models import DraftItem, Edition, Item, Programme

SHOWN = 100
Acts = list[tuple[str, str]]


def editions(actor: Actor, programme: Programme) -> Mapping[str, Any]:
    """All editions that the actor may see, newest first, with where each leads."""
    rows = Edition.objects.visible_to(actor).filter(programme=programme).order_by("-no")
    confirmed = Count("draft_items", filter=~Q(draft_items__confirmed_by=""))
    counted = rows.annotate(items=Count("draft_items"), confirmed=confirmed)[:SHOWN]
    return {"editions": [(one, _address(one)) for one in counted]}


def _address(edition: Edition) -> str:
    if edition.state == Edition.State.UNREADABLE:
        return reverse("ledger-row", args=["editions", edition.pk])
    return reverse("review", args=[edition.pk])


def items(actor: Actor, programme: Programme) -> Mapping[str, Any]:
    """The items in force."""
    rows = Item.objects.visible_to(actor).filter(programme=programme, ended=None)
    counted = rows.annotate(asked=Count("obligations", filter=Q(obligations__ended=None)))
    found = list(counted.order_by("position")[:SHOWN])
    return {"items": found, "asked": sum(one.asked for one in found)}


def acts(actor: Actor, programme: Programme) -> Mapping[str, Any]:
    """The ways into review, and the next edition."""
    found: Acts = []
    rows = Edition.objects.visible_to(actor).filter(programme=programme)
    reviewing = rows.filter(state=Edition.State.REVIEWING).first()
    if reviewing is not None and actor.may("drafts.change"):
        found.append(("审读并发布", reverse("review", args=[reviewing.pk])))
    elif actor.may("editions.add"):
        found.append(("上传新版", reverse("review-intake") + f"?programme={programme.pk}"))
    if programme.state != Programme.State.REVIEWING:
        if actor.may_read("occurrences.view"):
            found.append(("催办", reverse("chase") + f"?programme={programme.pk}"))
            found.append(("表格收发", reverse("sheets", args=[programme.pk])))
        if actor.may_read("alignments.view"):
            found.append(("上下级对应", reverse("cascade", args=[programme.pk])))
    return {"acts": found}


def report_days(actor: Actor, programme: Programme) -> Mapping[str, Any]:
    """What every addressee reports, and until when, as the document says."""
    return {"days": programme.report_days}


def edition_acts(actor: Actor, edition: Edition) -> Mapping[str, Any]:
    """Where an edition leads."""
    found: Acts = []
    if edition.state != Edition.State.UNREADABLE:
        found.append(("看审读页", reverse("review", args=[edition.pk])))
    if edition.no > 1 and edition.text_id is not None:
        found.append(("比对上一版", reverse("review-diff", args=[edition.pk])))
    open_states = (Edition.State.REVIEWING, Edition.State.UNREADABLE)
    if edition.state in open_states and actor.may("editions.remove"):
        found.append(("撤下这一版", reverse("review-withdraw", args=[edition.pk])))
    return {"acts": found, "count": DraftItem.objects.visible_to(actor).filter(edition=edition).count()}
