"""Terms of a firm that owes nothing any more: their clocks stop when it closes, and run on when it reopens.

Dangers that were not put right stay due, and so does the closing itself: they outlast the firm's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anlan.enterprises.models import Enterprise
from anlan.enterprises.rules.status import Duty, owes
from anlan.kernel import clock, deadline, registry
from anlan.kernel.models import Deadline
from anlan.kernel.scope import Actor

REASON = "follows what the caller wrote through the door"
CLOSED = "企业已关闭"
OUTLAST = ("dangers", "danger-requests", "danger-listings", "closures")


def follow_status(actor: Actor, firm: Enterprise, differences: Mapping[str, Any]) -> None:
    """Stop or start the clocks of what hangs on the firm, each on the record of its row."""
    if "status" not in differences or differences["status"][0] is None:
        return
    before, after = (any(owes(status, duty) for duty in Duty) for status in differences["status"])
    terms = Deadline.objects.unscoped(REASON).filter(enterprise_id=firm.pk).exclude(ledger__in=OUTLAST)
    if before and not after:
        for one in terms.filter(state=Deadline.State.RUNNING).order_by("id"):
            if (row := _row(one)) is not None:
                deadline.pause(actor, row, one.key, clock.now(), CLOSED)
    elif after and not before:
        for one in terms.filter(state=Deadline.State.PAUSED).order_by("id"):
            if one.pauses[-1][2] == CLOSED and (row := _row(one)) is not None:
                deadline.resume(actor, row, one.key, clock.now())


def _row(one: Deadline) -> Any:
    try:
        model = registry.ledger(one.ledger).model
    except KeyError:
        return None
    return model.objects.unscoped(REASON).filter(pk=one.subject_id).first()
