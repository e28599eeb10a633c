"""Confirmations of a job's measures before the work begins, signed by each person."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from anlan.hazards.models.risk import COLOURS, OfFirm, RiskPoint
from anlan.hazards.rules import work
from anlan.kernel.scope import Scope


class WorkConfirmation(OfFirm):
    """One confirmation (安全作业确认单): a job, a place, a day and shift, who works and who looks on.

    `checks` is [{kind, text, ticked}], copied from the risk points of the job when the sheet was begun.
    `people` is [{role, name, signed_at, way, file, digest, by, by_id, place}]: a drawn signature is an
    attachment of the row (`file`, its id; `digest`, SM3), `place` is [longitude, latitude] or None. The
    record of acts has both in words: what is open (`open_checks`), and the latest signature (`signatures`).
    """

    class Shift(models.TextChoices):
        """Which shift."""

        DAY = "day", "白班"
        MORNING = "morning", "早班"
        NOON = "noon", "中班"
        NIGHT = "night", "夜班"

    class State(models.TextChoices):
        """Where it stands."""

        OPEN = "open", "待确认"
        CONFIRMED = "confirmed", "已确认"
        VOID = "void", "已作废"

    scope: ClassVar[Scope] = Scope(
        view="work-confirmations.view", region="region_path", industry="industry", enterprise="enterprise_id"
    )
    derived: ClassVar[frozenset[str]] = OfFirm.derived | {"checks", "people"}

    job = models.CharField("岗位", max_length=40)
    activity = models.CharField("作业内容", max_length=120, blank=True, default="")
    place = models.CharField("作业地点", max_length=80)
    on_day = models.DateField("作业日期")
    shift = models.CharField("班次", max_length=8, choices=Shift, default=Shift.DAY)
    workers = models.CharField("作业人", max_length=500, help_text="用顿号隔开，如：张某、李某")
    guardian = models.CharField("监护人", max_length=40, help_text="监护人或班组长，自己不作业")
    colour = models.CharField(
        "风险等级", max_length=6, choices=COLOURS, blank=True, default="", editable=False
    )
    points = models.ManyToManyField(RiskPoint, verbose_name="风险点", related_name="+", editable=False)
    checks = models.JSONField("措施", default=list, editable=False)
    people = models.JSONField("签字人", default=list, editable=False)
    open_checks = models.TextField("未勾选的措施", blank=True, default="", editable=False)
    signatures = models.TextField("签字", blank=True, default="", editable=False)
    state = models.CharField("状态", max_length=9, choices=State, default=State.OPEN)
    made_at = models.DateTimeField("填写时间", null=True, blank=True, editable=False)
    made_by = models.CharField("填写人", max_length=120, blank=True, default="", editable=False)
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True, editable=False)
    confirmed_by = models.CharField("确认人", max_length=120, blank=True, default="", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "安全作业确认"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False, open_checks=""),
                name="work_confirmed_whole",
                violation_error_message="还有措施没有勾选，不能确认。",
            )
        ]
        indexes = [
            models.Index(
                fields=["-on_day", "-id"],
                include=["region_path", "state", "industry", "colour"],
                name="work_order",
            ),
            models.Index(fields=["region_path", "-on_day", "-id"], name="work_region"),
            models.Index(fields=["enterprise", "-on_day", "-id"], name="work_firm"),
            models.Index(
                fields=["colour", "-on_day", "-id"], include=["region_path", "state"], name="work_colour"
            ),
            models.Index(
                fields=["industry", "-on_day", "-id"], include=["region_path", "state"], name="work_industry"
            ),
            models.Index(
                fields=["-on_day", "-id"], include=["region_path"], name="work_open",
                condition=Q(state="open"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.job} {self.on_day} {self.get_shift_display()}" if self.on_day else "作业确认单"

    @property
    def number(self) -> str:
        """QR0000059: the running number, as it stands on the printed sheet."""
        return f"QR{self.pk:07d}" if self.pk else ""

    @property
    def unsigned(self) -> list[str]:
        """Who has still to sign."""
        return work.unsigned(self.people)

    def person(self, n: int) -> dict[str, Any] | None:
        """The n-th person, from 0."""
        return self.people[n] if 0 <= n < len(self.people) else None
