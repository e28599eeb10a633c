"""The slip with which one domain hands a matter to another (移送、交办单)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from anlan.kernel.scope import Actor, PathField, Scope, ScopedModel


class BothSides(Scope):
    """A slip is seen by the side that sent it and by the side it was sent to."""

    def condition(self, actor: Actor) -> Q:
        """The rows of either side."""
        sender = Scope(view=self.view, region="from_region_path", unit="from_unit_id", person="sender_id")
        receiver = Scope(view=self.view, region="to_region_path", unit="to_unit_id")
        return sender.condition(actor) | receiver.condition(actor)


class Referral(ScopedModel):
    """From row and unit, to ledger and unit, with reason, state and reply.

    `to_id` is the row that the receiver makes of it, once there is one. The due date is a `Deadline`.
    """

    class State(models.TextChoices):
        """Where the slip is."""

        SENT = "sent", "待接收"
        ACCEPTED = "accepted", "办理中"
        RETURNED = "returned", "已退回"
        DONE = "done", "已办结"
        WITHDRAWN = "withdrawn", "已撤回"

    scope = BothSides(view="referrals.view", region="to_region_path", unit="to_unit_id")

    number = models.CharField("编号", max_length=40, unique=True)
    from_ledger = models.CharField("移送自", max_length=60)
    from_id = models.BigIntegerField("移送事项编号")
    from_subject = models.CharField("移送事项", max_length=200)
    from_unit_id = models.BigIntegerField("移送单位", null=True, blank=True)
    from_region_path = PathField("移送单位区划", default="", blank=True)
    sender_id = models.BigIntegerField("移送人", null=True, blank=True)
    to_ledger = models.CharField("移送到", max_length=60)
    to_id = models.BigIntegerField("承办事项编号", null=True, blank=True)
    to_unit_id = models.BigIntegerField("接收单位", null=True, blank=True)
    to_region_path = PathField("接收单位区划", default="", blank=True)
    reason = models.CharField("事由", max_length=500)
    sent_at = models.DateTimeField("移送时间")
    state = models.CharField("状态", max_length=10, choices=State, default=State.SENT)
    reply = models.CharField("办理结果", max_length=1000, default="", blank=True)

    class Meta:
        verbose_name = "移送交办单"
        verbose_name_plural = "移送交办单"
        indexes = [
            models.Index(fields=["from_ledger", "from_id"], name="referral_from"),
            models.Index(fields=["to_unit_id", "state"], name="referral_to"),
        ]

    def __str__(self) -> str:
        return self.number
