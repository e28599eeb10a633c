"""Listed supervision: put a major danger on the list, and take it off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from anlan.hazards.models import DangerListing, HiddenDanger
from anlan.hazards.rules import danger_listing
from anlan.kernel import clock, deadline, parameters
from anlan.kernel.due import Term, Unit, start_of
from anlan.kernel.scope import Actor
from anlan.kernel.workflow import Facts
from anlan.kernel.writing import Refused, write


def working(key: str) -> Term:
    """A term of working days from a setting."""
    return Term(int(parameters.value(key)), Unit.WORKING_DAYS)


def put(actor: Actor, danger: HiddenDanger, values: Mapping[str, Any]) -> DangerListing:
    """List a major danger. Filing and publishing are due by the settings; so is the remedy.

    Raises Refused or ValidationError; then nothing is saved.
    """
    if danger.level != HiddenDanger.Grade.MAJOR:
        raise Refused("只有重大隐患挂牌督办。")
    if not danger.is_open:
        raise Refused(f"隐患现在是“{danger.get_state_display()}”，不能挂牌。")
    wrong = danger_listing.within(
        values["listed_on"], values["due_on"], int(parameters.value("dangers.listing_months"))
    )
    if wrong:
        raise ValidationError({"due_on": wrong})
    row = DangerListing(danger=danger)
    with transaction.atomic():
        write(actor, row, values, "add", permission="danger-listings.add")
        write(actor, danger, {"listed": True}, "list", permission="danger-listings.add", note=row.number)
        begin = start_of(row.listed_on)
        unit = row.supervising_unit_id
        deadline.start(row, "file", "备案", working("dangers.listing_file_days"), begin, unit_id=unit)
        deadline.start(row, "publish", "公示", working("dangers.listing_publish_days"), begin, unit_id=unit)
        term = Term((row.due_on - row.listed_on).days)
        deadline.start(row, "due", "督办整改", term, begin, unit_id=unit)
    return row


def put_right(facts: Facts) -> str | None:
    """Delisting follows verification: the danger is verified, or already closed."""
    return None if facts["danger_state"] in ("verified", "closed") else "隐患还没有验收合格"


def review_term(facts: Facts) -> Term:
    """The office looks on the spot within the days of 总局令第16号 art. 23."""
    return Term(int(parameters.value("dangers.review_days")))


def delisted(actor: Actor, row: DangerListing, values: Mapping[str, Any]) -> None:
    """The danger is off the list; the end is published within the setting's days."""
    danger = HiddenDanger.objects.visible_to(actor).get(pk=row.danger_id)
    write(actor, danger, {"listed": False}, "delist", permission="danger-listings.delist", note=row.number)
    if row.state == DangerListing.State.DELISTED:
        begin = start_of(row.delisted_on or clock.today())
        unit = row.supervising_unit_id
        term = working("dangers.listing_end_days")
        deadline.start(row, "publish-end", "摘牌公示", term, begin, unit_id=unit)
