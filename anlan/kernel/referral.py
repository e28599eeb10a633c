"""Referrals (移送、交办单): one domain hands a matter to another without knowing its code.

The way of a slip: sent → accepted → done; or sent → returned → sent again or withdrawn. Its due date is
a `Deadline` of the slip, so that it stands among everything else that is due.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from anlan.kernel import clock, deadline, numbering
from anlan.kernel.due import Term
from anlan.kernel.models import Referral
from anlan.kernel.scope import Actor, ScopedModel
from anlan.kernel.workflow import Facts, Move, State, Workflow
from anlan.kernel.writing import ledger_key, require, write

DUE = "answer"


def by_receiver(facts: Facts) -> str | None:
    """Only the unit (or, without one, the region) that a slip was sent to takes it up."""
    if facts["actor_is_house"]:
        return None
    unit = facts["to_unit_id"]
    mine = facts["actor_unit_id"] == unit if unit else facts["to_region_path"] in facts["actor_paths"]
    return None if mine else "要由接收单位办理"


def by_sender(facts: Facts) -> str | None:
    """Only the unit that sent a slip sends it again or takes it back."""
    mine = facts["actor_is_house"] or facts["actor_unit_id"] == facts["from_unit_id"]
    return None if mine else "要由移送单位办理"


def _again(actor: Any, row: Any, values: Any) -> None:
    """The term of the returned slip starts anew with the same length."""
    last = deadline.of_row(row).filter(key=DUE).last()
    if last is not None:
        deadline.start(row, DUE, "办理答复", deadline.term_of(last), clock.now(), unit_id=row.to_unit_id)


FLOW = Workflow(
    key="referral",
    ledger="referrals",
    label="移送交办",
    states=(
        State("sent", "待接收"),
        State("accepted", "办理中"),
        State("returned", "已退回"),
        State("done", "已办结", final=True),
        State("withdrawn", "已撤回", final=True),
    ),
    moves=(
        Move("accept", "接收", ("sent",), "accepted", guards=(by_receiver,)),
        Move(
            "return",
            "退回",
            ("sent", "accepted"),
            "returned",
            guards=(by_receiver,),
            note="退回理由",
            cancels=(DUE,),
        ),
        Move(
            "finish",
            "办结",
            ("accepted",),
            "done",
            guards=(by_receiver,),
            fields=("reply", "to_id"),
            required=("reply",),
            meets=(DUE,),
        ),
        Move(
            "resend", "再次移送", ("returned",), "sent", guards=(by_sender,), fields=("reason",), after=_again
        ),
        Move("withdraw", "撤回", ("sent", "returned"), "withdrawn", guards=(by_sender,), note="撤回理由"),
    ),
)


def send(
    actor: Actor,
    row: ScopedModel,
    *,
    to_ledger: str,
    to_region_path: str,
    to_unit_id: int | None = None,
    reason: str,
    term: Term | None = None,
    now: datetime | None = None,
) -> Referral:
    """Hand the matter of `row`, which the actor must see, to a ledger of a unit or a region.

    Needs `<from ledger>.refer`; term: by when an answer is due. The receiving side sees the slip, not
    the row. Raises Refused or ValidationError; then nothing is sent.
    """
    require(actor, f"{ledger_key(type(row))}.refer")
    type(row).objects.visible_to(actor).get(pk=row.pk)
    now = now or clock.now()
    seat = actor.seat
    with transaction.atomic():
        slip = Referral(
            number=numbering.take(actor, "referral", numbering.serial("YS"), now=now).text,
            from_ledger=ledger_key(type(row)),
            from_id=row.pk,
            from_subject=str(row)[:200],
            from_unit_id=seat.unit_id if seat else None,
            from_region_path=seat.region_paths[0] if seat and seat.region_paths else "",
            sender_id=actor.person_id,
            sent_at=now,
        )
        change = {
            "to_ledger": to_ledger,
            "to_unit_id": to_unit_id,
            "to_region_path": to_region_path,
            "reason": reason,
        }
        write(actor, slip, change, "send", permission=f"{slip.from_ledger}.refer")
        if term is not None:
            deadline.start(slip, DUE, "办理答复", term, now, unit_id=to_unit_id)
    return slip


def of_row(actor: Actor, row: ScopedModel) -> QuerySet[Any]:
    """The slips that went out from a row, newest first."""
    found = Referral.objects.visible_to(actor)
    return found.filter(from_ledger=ledger_key(type(row)), from_id=row.pk).order_by("-id")
