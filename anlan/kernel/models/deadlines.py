"""Everything that is due in the house, in one table."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from anlan.kernel import due
from anlan.kernel.models.placed import HangingScope, Placed


class Deadline(Placed):
    """One running or ended term of one row.

    `due_at` is the first moment that is too late. `person_id` and `unit_id` are who answers (default:
    the row's own). term: {amount, unit, rolls}; notice: the same for the yellow light; pauses:
    [[from, to or null, reason]]; extensions: [[due before, due after, pauses until then, decision]].
    """

    class State(models.TextChoices):
        """Running and paused are open; the others are final."""

        RUNNING = "running", "计时中"
        PAUSED = "paused", "已中止"
        MET = "met", "已完成"
        MISSED = "missed", "未完成"
        CANCELLED = "cancelled", "已取消"

    scope = HangingScope(view="deadlines.view")

    key = models.CharField("期限", max_length=60)
    label = models.CharField("事项", max_length=120)
    subject = models.CharField("对象", max_length=200, default="")
    term = models.JSONField("时长", default=dict, blank=True)
    notice = models.JSONField("提醒提前量", default=dict, blank=True)
    started_at = models.DateTimeField("起算")
    due_at = models.DateTimeField("到期")
    warn_at = models.DateTimeField("提醒")
    ended_at = models.DateTimeField("结束", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.RUNNING)
    pauses = models.JSONField("中止", default=list, blank=True)
    extensions = models.JSONField("延期", default=list, blank=True)

    class Meta:
        verbose_name = "期限"
        verbose_name_plural = "期限"
        constraints = [
            models.UniqueConstraint(
                fields=["ledger", "subject_id", "key"],
                condition=Q(state__in=("running", "paused")),
                name="deadline_open_once",
            )
        ]
        indexes = [
            models.Index(fields=["ledger", "subject_id"], name="deadline_subject"),
            models.Index(fields=["due_at"], name="deadline_due", condition=Q(state="running")),
            models.Index(
                fields=["region_path", "due_at"], name="deadline_place", condition=Q(state="running")
            ),
            models.Index(
                fields=["person_id", "due_at"], name="deadline_person", condition=Q(state="running")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.label}"

    @property
    def last_day(self) -> date:
        """The last day on which it is still in time (`due_at` is the first moment too late)."""
        return due.last_day(self.due_at)
