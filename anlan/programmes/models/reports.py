"""Half-year and yearly reports of the units, and the alignment of two levels' documents."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from anlan.kernel.scope import PathField, Scope, ScopedModel
from anlan.programmes.models.editions import Item, Obligation
from anlan.programmes.models.texts import Programme


class ReportRound(ScopedModel):
    """One collection of reports on a programme, for `[starts_on, ends_on)`.

    Two day counts, kept apart: `timely_on` is the last day that counts as on time, `locks_on` the last day
    on which units can enter at all.
    """

    scope: ClassVar[Scope] = Scope(view="report-rounds.view", region="region_path")

    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name="工作要点", related_name="rounds")
    region_path = PathField("区划", editable=False)
    label = models.CharField("报告", max_length=60)
    starts_on = models.DateField("期初")
    ends_on = models.DateField("期末（不含）")
    due_on = models.DateField("截止日")
    timely_on = models.DateField("按时截至")
    locks_on = models.DateField("锁定前最后一天")
    opened_at = models.DateTimeField("开放时间")
    opened_by = models.CharField("开放人", max_length=120, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "报告批次"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "starts_on", "ends_on"], name="programmes_round_once"
            ),
            models.CheckConstraint(
                condition=models.Q(timely_on__gte=models.F("due_on"))
                & models.Q(locks_on__gte=models.F("timely_on")),
                name="programmes_round_days",
                violation_error_message="截止日、按时截至日、锁定日要依次不早于前一个。",
            ),
        ]
        indexes = [models.Index(fields=["region_path", "-due_on", "-id"], name="programmes_round_newest")]

    def __str__(self) -> str:
        return f"{self.programme} {self.label}"

    def save(self, *args: object, **kwargs: object) -> None:
        """The region follows the programme."""
        self.region_path = self.programme.region_path
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class ProgressReport(ScopedModel):
    """What one unit reports on one programme for `[starts_on, ends_on)`.

    Entry is open through `locks_on` and locked after it, unless an exception runs. `filled` counts entries
    with words of their own: a report without any is “not reported”, whatever button was pressed.
    `reported_on` is the day on which a report with words was first submitted. `open_until` is the last day of
    entry where an exception runs beyond the lock; `objected` counts the figures that the unit disputes.
    """

    class State(models.TextChoices):
        """Submitted ones are read-only until returned."""

        OPEN = "open", "填报中"
        SUBMITTED = "submitted", "已提交"
        RETURNED = "returned", "已退回"
        ACCEPTED = "accepted", "已采用"

    scope: ClassVar[Scope] = Scope(view="reports.view", region="region_path", unit="unit_id")

    round = models.ForeignKey(ReportRound, models.PROTECT, verbose_name="批次", related_name="reports")
    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name="工作要点", related_name="reports")
    unit = models.ForeignKey("org.Unit", models.PROTECT, verbose_name="填报单位", related_name="+")
    region_path = PathField("区划", editable=False)
    label = models.CharField("报告", max_length=60)
    starts_on = models.DateField("期初")
    ends_on = models.DateField("期末（不含）")
    due_on = models.DateField("截止日")
    timely_on = models.DateField("按时截至")
    locks_on = models.DateField("锁定前最后一天")
    open_until = models.DateField("准予补报至", null=True, blank=True, editable=False)
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    filled = models.PositiveSmallIntegerField("已填条目", default=0)
    expected = models.PositiveSmallIntegerField("应填条目", default=0)
    objected = models.PositiveSmallIntegerField("有异议的数", default=0, editable=False)
    reported_on = models.DateField("报告日", null=True, blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    submitted_by = models.CharField("提交人", max_length=120, blank=True, default="")
    decided_by = models.CharField("审核人", max_length=120, blank=True, default="")
    decision = models.CharField("审核意见", max_length=300, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "工作完成情况报告"
        constraints = [models.UniqueConstraint(fields=["round", "unit"], name="programmes_report_once")]
        indexes = [
            models.Index(fields=["region_path", "due_on"], name="programmes_report_place"),
            models.Index(fields=["programme", "due_on"], name="programmes_report_due"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.label}"

    def save(self, *args: object, **kwargs: object) -> None:
        """The region follows the unit."""
        self.region_path = self.unit.region_path
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class ReportEntry(models.Model):
    """One item of a report: figures prefilled by the system, words by the unit.

    `checks` is what the unit says of the figures: {key: {"right": bool, "reason", "by", "at", "value"}};
    `value` is the figure as it was looked at.
    """

    report = models.ForeignKey(ProgressReport, models.CASCADE, related_name="entries")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    figures = models.JSONField(default=list)
    checks = models.JSONField(default=dict, blank=True)
    narrative = models.TextField(blank=True, default="")
    version = models.PositiveIntegerField(default=0)
    edited_by = models.CharField(max_length=120, blank=True, default="")
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "item"], name="programmes_report_entry_once")
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.item}"


class LockException(ScopedModel):
    """A recorded permission to enter after the lock, for one unit's report, with its reason and its end."""

    scope: ClassVar[Scope] = Scope(view="reports.view", region="report__region_path", unit="report__unit_id")

    report = models.ForeignKey(ProgressReport, models.CASCADE, verbose_name="报告", related_name="exceptions")
    until = models.DateField("延至")
    reason = models.CharField("理由", max_length=300)
    granted_by = models.CharField("批准人", max_length=120)

    class Meta:
        verbose_name = verbose_name_plural = "补报许可"

    def __str__(self) -> str:
        return f"{self.report} 延至 {self.until}"


class Alignment(ScopedModel):
    """How one obligation of the upper document is taken up in the lower one.

    Missing: no counterpart (`lower` is empty). New: the lower document's own (`upper` is empty).
    """

    class Relation(models.TextChoices):
        """What a person confirmed, or the machine proposed."""

        COVERED = "covered", "已承接"
        PARTLY = "partly", "部分承接"
        MISSING = "missing", "未承接"
        NEW = "new", "本级新增"

    scope: ClassVar[Scope] = Programme.ProgrammeScope(
        view="alignments.view", region="programme__region_path", unit="programme__issuer_id"
    )

    programme = models.ForeignKey(
        Programme, models.CASCADE, verbose_name="下级要点", related_name="alignments"
    )
    upper = models.ForeignKey(Obligation, models.CASCADE, null=True, blank=True, related_name="+")
    lower = models.ForeignKey(Obligation, models.CASCADE, null=True, blank=True, related_name="+")
    relation = models.CharField("承接", max_length=8, choices=Relation)
    score = models.FloatField("相近度", default=0)
    confirmed_by = models.CharField("确认人", max_length=120, blank=True, default="")
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    note = models.CharField("说明", max_length=300, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "上下级对应"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "upper", "lower"], name="programmes_alignment_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=models.Q(upper__isnull=False) | models.Q(lower__isnull=False),
                name="programmes_alignment_has_a_side",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.upper_id} {self.relation} {self.lower_id}"
