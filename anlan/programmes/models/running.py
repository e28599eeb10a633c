"""The programme as it runs: who has which duty, what is due when, and what proves it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anlan.kernel.scope import PathField, Scope, ScopedModel
from anlan.programmes.models.editions import Item, Obligation, RoleKind
from anlan.programmes.models.texts import Programme


class Light(models.TextChoices):
    """Green, yellow, red, and hollow for what is not yet due."""

    GREEN = "g", "按期"
    YELLOW = "y", "临期或落后"
    RED = "r", "逾期"
    HOLLOW = "o", "未到期"


class Duty(ScopedModel):
    """One obligation of one unit. It begins with dispatch and is signed for by the unit.

    `source` says why this unit: the name in the text, the group that stood for it, or the office's decision.
    A re-assigned duty names the unit it went to; the new one names the one it `replaces`. `light` and
    `light_reason` are those of the worst of its occurrences.
    """

    class State(models.TextChoices):
        """From dispatch to signature; refusals and re-assignments are decisions on record."""

        ISSUED = "issued", "待签收"
        SIGNED = "signed", "已签收"
        OBJECTED = "objected", "申请退回"
        REASSIGNED = "reassigned", "已改派"
        ENDED = "ended", "已终止"

    scope: ClassVar[Scope] = Scope(view="duties.view", region="region_path", unit="unit_id")

    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name="工作要点", related_name="duties")
    item = models.ForeignKey(Item, models.PROTECT, verbose_name="条目", related_name="duties")
    obligation = models.ForeignKey(Obligation, models.PROTECT, verbose_name="要求", related_name="duties")
    unit = models.ForeignKey("org.Unit", models.PROTECT, verbose_name="责任单位", related_name="duties")
    region_path = PathField("区划", editable=False)
    role = models.CharField("责任", max_length=12, choices=RoleKind)
    source = models.CharField("依据", max_length=120)
    state = models.CharField("状态", max_length=12, choices=State, default=State.ISSUED)
    share = models.DecimalField("分配数", max_digits=16, decimal_places=4, null=True, blank=True)
    issued_at = models.DateTimeField("下达时间")
    signed_at = models.DateTimeField("签收时间", null=True, blank=True)
    signed_by = models.CharField("签收人", max_length=120, blank=True, default="")
    objection = models.CharField("退回理由", max_length=300, blank=True, default="")
    decision = models.CharField("处理决定", max_length=300, blank=True, default="")
    reassigned_to = models.ForeignKey(
        "org.Unit", models.PROTECT, verbose_name="改派给", null=True, blank=True, related_name="+"
    )
    replaces = models.ForeignKey(
        "self", models.PROTECT, verbose_name="改派自", null=True, blank=True, editable=False, related_name="+"
    )
    light = models.CharField("灯", max_length=1, choices=Light, default=Light.HOLLOW)
    light_reason = models.CharField("灯的缘由", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "职责"
        constraints = [
            models.UniqueConstraint(
                fields=["obligation", "unit"],
                name="programmes_duty_once",
                condition=~Q(state__in=("reassigned", "ended")),
                violation_error_message="这个单位已有这项职责。",
            )
        ]
        indexes = [
            models.Index(
                fields=["programme", "item", "unit"], name="programmes_duty_matrix", include=["light"]
            ),
            models.Index(fields=["unit", "programme"], name="programmes_duty_unit"),
            models.Index(fields=["region_path", "programme"], name="programmes_duty_place"),
            models.Index(
                fields=["programme"], name="programmes_duty_objected", condition=Q(state="objected")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.obligation}"

    def save(self, *args: object, **kwargs: object) -> None:
        """The region follows the unit."""
        self.region_path = self.unit.region_path
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class Occurrence(ScopedModel):
    """One time that a duty is due: period `[starts_on, ends_on)`, due on `due_on` (the last day in time).

    `need` is what must be reached and `value` what was; `claimed` is what the unit says. `proof` tells
    measured, declared and contradicted apart. `met_on` is the day on which it was met,
    `done_on` the day that the unit names when it declares. `light` and `reason`
    are the last judgement that changed anything, `judged_on` its day. `nudged_on` is the day on which the
    unit was last told that it comes near.
    """

    class State(models.TextChoices):
        """Open until judged or accepted."""

        OPEN = "open", "待办"
        DECLARED = "declared", "已申报"
        RETURNED = "returned", "已退回"
        MET = "met", "已完成"
        MISSED = "missed", "未完成"
        CANCELLED = "cancelled", "已取消"

    class Proof(models.TextChoices):
        """On what the value stands."""

        NONE = "", "—"
        MEASURED = "measured", "系统测得"
        DECLARED = "declared", "单位自报"
        CONTRADICTED = "contradicted", "自报与测得不符"

    scope: ClassVar[Scope] = Scope(view="occurrences.view", region="region_path", unit="unit_id")

    duty = models.ForeignKey(Duty, models.PROTECT, verbose_name="职责", related_name="occurrences")
    programme_id = models.BigIntegerField(editable=False)
    item_id = models.BigIntegerField(editable=False)
    unit_id = models.BigIntegerField("单位", editable=False)
    region_path = PathField("区划", editable=False)
    starts_on = models.DateField("期初")
    ends_on = models.DateField("期末（不含）")
    due_on = models.DateField("到期日")
    warn_on = models.DateField("提醒日")
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    need = models.DecimalField("应达", max_digits=16, decimal_places=4, null=True, blank=True)
    value = models.DecimalField("已达", max_digits=16, decimal_places=4, null=True, blank=True)
    claimed = models.DecimalField("自报数", max_digits=16, decimal_places=4, null=True, blank=True)
    done_on = models.DateField("自报完成日", null=True, blank=True)
    met_on = models.DateField("完成日", null=True, blank=True)
    proof = models.CharField("来源", max_length=12, choices=Proof, blank=True, default="")
    light = models.CharField("灯", max_length=1, choices=Light, default=Light.HOLLOW)
    reason = models.CharField("缘由", max_length=200, blank=True, default="")
    judged_on = models.DateField("核算日", null=True, blank=True)
    nudged_on = models.DateField("催办日", null=True, blank=True, editable=False)
    statement = models.TextField("申报说明", blank=True, default="")
    declared_by = models.CharField("申报人", max_length=120, blank=True, default="")
    declared_at = models.DateTimeField("申报时间", null=True, blank=True)
    decided_by = models.CharField("审核人", max_length=120, blank=True, default="")
    decision = models.CharField("审核意见", max_length=300, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "应办事项"
        constraints = [
            models.UniqueConstraint(
                fields=["duty", "starts_on", "ends_on"], name="programmes_occurrence_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["unit_id", "due_on"],
                name="programmes_occurrence_desk",
                condition=Q(state__in=("open", "declared", "returned")),
            ),
            models.Index(fields=["region_path", "due_on", "id"], name="programmes_occurrence_place"),
            models.Index(fields=["programme_id", "item_id", "unit_id"], name="programmes_occurrence_cell"),
            # What waits for the office: few among very many.
            models.Index(
                fields=["programme_id"], name="programmes_occurrence_declared", condition=Q(state="declared")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duty} {self.due_on}"


class Judgement(models.Model):
    """A judgement that differs from the one before it: the history of a light."""

    occurrence = models.ForeignKey(Occurrence, models.CASCADE, related_name="judgements")
    day = models.DateField()
    light = models.CharField(max_length=1, choices=Light)
    value = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    reason = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["occurrence", "day"], name="programmes_judgement_once")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.light}"


class Activity(ScopedModel):
    """A study session, a training, a warning day …: what units hold, with attendance and evidence."""

    class Kind(models.TextChoices):
        """What was held."""

        STUDY = "study", "学习研讨"
        TRAINING = "training", "教育培训"
        WARNING_DAY = "warning_day", "警示日活动"
        DRILL = "drill", "应急演练"
        MEETING = "meeting", "会议研究"
        PUBLICITY = "publicity", "宣传活动"
        OTHER = "other", "其他"

    scope: ClassVar[Scope] = Scope(view="activities.view", region="region_path", unit="unit_id")

    unit = models.ForeignKey("org.Unit", models.PROTECT, verbose_name="举办单位", related_name="+")
    region_path = PathField("区划", editable=False)
    kind = models.CharField("类别", max_length=12, choices=Kind)
    title = models.CharField("名称", max_length=120)
    held_on = models.DateField("日期")
    place = models.CharField("地点", max_length=120, blank=True, default="")
    expected = models.PositiveIntegerField("应到人数", null=True, blank=True)
    attended = models.PositiveIntegerField("实到人数", null=True, blank=True)
    people = models.TextField("参加人员", blank=True, default="")
    content = models.TextField("内容", blank=True, default="")
    demo = models.BooleanField("演示数据", default=False, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "活动"
        constraints = [
            models.CheckConstraint(
                condition=Q(expected=None) | Q(attended=None) | Q(attended__lte=models.F("expected")),
                name="programmes_activity_attendance",
                violation_error_message="实到人数多于应到人数。请核对两个数。",
            )
        ]
        indexes = [
            models.Index(fields=["region_path", "-held_on", "-id"], name="programmes_activity_newest"),
            models.Index(fields=["unit", "kind", "held_on"], name="programmes_activity_unit"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: object, **kwargs: object) -> None:
        """The region follows the unit."""
        self.region_path = self.unit.region_path
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class Evidence(ScopedModel):
    """One proof. It speaks of its own day (`effective_on`) and may serve several occurrences of both levels.

    A file is attached to it (kernel attachments on this row); a ledger row is named by `ledger` and
    `subject_id`; a link by `link`.
    """

    class Kind(models.TextChoices):
        """What it is."""

        FILE = "file", "文件"
        LINK = "link", "链接"
        ROW = "row", "台账记录"
        ACTIVITY = "activity", "活动"

    class State(models.TextChoices):
        """What the office thinks of it."""

        WAITING = "waiting", "待审"
        ACCEPTED = "accepted", "已采信"
        RETURNED = "returned", "已退回"

    scope: ClassVar[Scope] = Scope(view="evidence.view", region="region_path", unit="unit_id")

    unit = models.ForeignKey("org.Unit", models.PROTECT, verbose_name="提供单位", related_name="+")
    region_path = PathField("区划", editable=False)
    occurrences = models.ManyToManyField(Occurrence, verbose_name="应办事项", related_name="evidence")
    kind = models.CharField("种类", max_length=10, choices=Kind)
    title = models.CharField("名称", max_length=200)
    effective_on = models.DateField("证明日期")
    link = models.URLField("链接", max_length=500, blank=True, default="")
    ledger = models.CharField("台账", max_length=60, blank=True, default="")
    subject_id = models.BigIntegerField("记录", null=True, blank=True)
    state = models.CharField("审核", max_length=10, choices=State, default=State.WAITING)
    decision = models.CharField("审核意见", max_length=300, blank=True, default="")
    decided_by = models.CharField("审核人", max_length=120, blank=True, default="")
    provided_by = models.CharField("提供人", max_length=120, blank=True, default="")
    provided_at = models.DateTimeField("提供时间")

    class Meta:
        verbose_name = verbose_name_plural = "佐证"
        indexes = [models.Index(fields=["unit", "-effective_on"], name="programmes_evidence_unit")]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: object, **kwargs: object) -> None:
        """The region follows the unit."""
        self.region_path = self.unit.region_path
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class DutyList(ScopedModel):
    """The duties of a year as one leader signed for them: 职责清单 and 年度工作清单 of one post.

    `duties` is what stood in the list when it was made, [{"item", "quote", "role", "duty"}, …]; after a
    hand-over the successor signs a list of their own, and the old one stays.
    """

    scope: ClassVar[Scope] = Scope(view="duty-lists.view", region="region_path", unit="unit_id")

    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name="工作要点", related_name="lists")
    post = models.ForeignKey("org.Post", models.PROTECT, verbose_name="岗位", related_name="+")
    person = models.ForeignKey("org.Person", models.PROTECT, verbose_name="责任人", related_name="+")
    unit = models.ForeignKey("org.Unit", models.PROTECT, verbose_name="单位", related_name="+")
    region_path = PathField("区划", editable=False)
    duties = models.JSONField("职责", default=list, blank=True)
    digest = models.CharField("摘要", max_length=64, blank=True, default="")
    made_at = models.DateTimeField("生成时间")
    signed_at = models.DateTimeField("签字时间", null=True, blank=True)
    signed_by = models.CharField("签字人", max_length=120, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "职责清单"
        indexes = [models.Index(fields=["programme", "post", "-id"], name="programmes_dutylist_post")]

    def __str__(self) -> str:
        return f"{self.post} {self.programme.year} 年职责清单"

    def save(self, *args: object, **kwargs: object) -> None:
        """The region follows the unit."""
        self.region_path = self.unit.region_path
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class JudgingRun(models.Model):
    """One nightly judging: for which day, when it ended, and what it changed."""

    day = models.DateField()
    finished_at = models.DateTimeField()
    measured = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)

    class Meta:
        indexes = [models.Index(fields=["-finished_at"], name="programmes_judging_last")]

    def __str__(self) -> str:
        return str(self.day)
