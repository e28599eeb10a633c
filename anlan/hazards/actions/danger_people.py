"""Who hears of a danger, and of what: the firm's people, the people of an office."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse

from anlan.hazards.models import HiddenDanger
from anlan.kernel import clock, notice
from anlan.kernel.scope import Actor
from anlan.org.models import Post
from anlan.org.models.dated import on_day


def people_of_firm(enterprise_id: int | None) -> list[int]:
    """Ids of the persons who act for a firm today."""
    if enterprise_id is None:
        return []
    rows = Post.objects.unscoped("who acts for a firm is told of its dangers")
    rows = rows.filter(on_day(clock.today()), enterprise_id=enterprise_id)
    return list(rows.order_by().values_list("person_id", flat=True).distinct())


def people_of_units(units: Iterable[int | None]) -> list[int]:
    """Ids of the persons who hold a post in one of these offices today."""
    ids = [one for one in units if one is not None]
    if not ids:
        return []
    rows = Post.objects.unscoped("who works in an office is told of what waits for it")
    rows = rows.filter(on_day(clock.today()), unit_id__in=ids)
    return list(rows.order_by().values_list("person_id", flat=True).distinct())


def tell_ordered(actor: Actor, row: HiddenDanger, values: Mapping[str, Any]) -> None:
    """The firm hears that it has to put something right, and by when."""
    _tell(actor, row, people_of_firm(row.enterprise_id), f"请整改，期限 {row.due_on}")


def tell_submitted(actor: Actor, row: HiddenDanger, values: Mapping[str, Any]) -> None:
    """The regulator hears that something waits to be verified; of a firm's own finding, its others."""
    own = row.source == HiddenDanger.Source.SELF and row.level != HiddenDanger.Grade.MAJOR
    people = people_of_firm(row.enterprise_id) if own else people_of_units([row.regulator_id])
    others = [one for one in people if one != row.assigned_to_id]
    assigned = f"，已指派{row.assigned_to}" if row.assigned_to_id else ""
    _tell(actor, row, others, f"{actor.name}报整改完成，待验收{assigned}")
    if row.assigned_to_id:
        _tell(actor, row, [row.assigned_to_id], f"{actor.name}报整改完成，等您验收")


def tell_verified(actor: Actor, row: HiddenDanger, values: Mapping[str, Any]) -> None:
    """Who was to look again hears that somebody else did."""
    if row.assigned_to_id and row.assigned_to_id != actor.person_id:
        _tell(actor, row, [row.assigned_to_id], f"指派您验收的，{actor.name}已验收合格")


def tell_returned(actor: Actor, row: HiddenDanger, values: Mapping[str, Any]) -> None:
    """The firm hears why it was not enough."""
    _tell(actor, row, people_of_firm(row.enterprise_id), f"验收未通过，退回整改：{values.get('note', '')}")


def tell_reopened(actor: Actor, row: HiddenDanger, values: Mapping[str, Any]) -> None:
    """The firm and its regulator hear that a closed danger is open again, why, and by when."""
    people = {*people_of_firm(row.enterprise_id), *people_of_units([row.regulator_id])}
    _tell(actor, row, people, f"重新打开，请整改，期限 {row.due_on}：{values.get('note', '')}")


def _tell(actor: Actor, row: HiddenDanger, people: Iterable[int], what: str) -> None:
    link = reverse("ledger-row", args=["dangers", row.pk])
    others = [one for one in people if one != actor.person_id]
    key = f"dangers:{row.pk}:{row.state}:{row.version}"
    notice.notify(others, key, f"{row.number} {row.description[:60]}：{what}", link=link, row=row)
