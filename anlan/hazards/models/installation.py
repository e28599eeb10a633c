"""Major hazard installations, how they were reckoned, their guarantors and what these have done."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from anlan.hazards.models.risk import OfFirm
from anlan.hazards.rules import risk
from anlan.hazards.rules.gb18218_tables import STANDARD
from anlan.kernel import parameters
from anlan.kernel.scope import PathField, Scope, ScopedModel

ASSESSMENT_YEARS, PRINCIPAL_CADENCE = "installations.assessment_years", "installations.principal_cadence"


class Grade(models.TextChoices):
    """What a unit was found to be."""

    UNKNOWN = "unknown", "未计算"
    NONE = "none", "不构成"
    PENDING = "pending", "级别待定"
    FIRST = "1", "一级"
    SECOND = "2", "二级"
    THIRD = "3", "三级"
    FOURTH = "4", "四级"


# Principal, technical, operation.
OWED = 3
MAJOR = (Grade.FIRST, Grade.SECOND, Grade.THIRD, Grade.FOURTH)


class MajorHazardInstallation(OfFirm):
    """A unit judged by GB 18218: a production unit, a tank farm, a store (重大危险源).

    What is in it, S, R and the level come from its newest assessment; they are never typed in.
    """

    class Kind(models.TextChoices):
        """Where the unit ends."""

        PRODUCTION = "production", "生产单元"
        TANKS = "tanks", "储罐区"
        STORE = "store", "仓库"

    class State(models.TextChoices):
        """Where it stands with the authority."""

        UNFILED = "unfiled", "未备案"
        FILED = "filed", "已备案"
        REMOVED = "removed", "已核销"

    scope: ClassVar[Scope] = Scope(
        view="installations.view", region="region_path", industry="industry", enterprise="enterprise_id"
    )
    # How many of the three roles somebody holds today: kept by `actions.installation.count_in_charge`.
    derived: ClassVar[frozenset[str]] = OfFirm.derived | {"in_charge"}

    name = models.CharField("单元名称", max_length=80)
    kind = models.CharField("单元类型", max_length=10, choices=Kind)
    boundary = models.CharField(
        "单元边界", max_length=200, blank=True, default="",
        help_text="生产单元以切断阀为界，罐区以防火堤为界，仓库以独立库房为界",
    )  # fmt: skip
    facility = models.ForeignKey(
        "enterprises.Facility",
        models.PROTECT,
        verbose_name="关联设施",
        null=True,
        blank=True,
        related_name="+",
    )
    place = models.CharField("位置", max_length=80, blank=True, default="")
    commissioned_on = models.DateField("投用日期", null=True, blank=True)

    level = models.CharField("级别", max_length=7, choices=Grade, default=Grade.UNKNOWN, editable=False)
    s_value = models.DecimalField("S", max_digits=20, decimal_places=4, null=True, blank=True, editable=False)
    r_value = models.DecimalField("R", max_digits=20, decimal_places=4, null=True, blank=True, editable=False)
    residents = models.PositiveIntegerField("500 米内常住人数", null=True, blank=True, editable=False)
    substances = models.CharField("危险化学品", max_length=500, blank=True, default="", editable=False)
    reckoned_on = models.DateField("计算日期", null=True, blank=True, editable=False)

    assessed_on = models.DateField("安全评估日期", null=True, blank=True)
    assessment_due_on = models.DateField("下次评估到期", null=True, blank=True, editable=False)
    state = models.CharField("备案", max_length=8, choices=State, default=State.UNFILED)
    filed_on = models.DateField("备案日期", null=True, blank=True)
    filing_number = models.CharField("备案编号", max_length=60, blank=True, default="")
    filed_level = models.CharField(
        "备案级别", max_length=7, choices=Grade, blank=True, default="", editable=False
    )
    online = models.BooleanField("接入监测预警系统", default=False)
    in_charge = models.PositiveSmallIntegerField("在任包保责任人", default=0, editable=False)
    registered_on = models.DateField("登记日期", null=True, blank=True, editable=False)
    removed_on = models.DateField("核销日期", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "重大危险源"
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "name"], name="installation_once",
                violation_error_message="这家企业已有同名单元。请换一个名称。",
            )
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["region_path", "level", "state", "-id"], name="installation_region_level"),
            models.Index(fields=["region_path", "-id"], name="installation_region"),
            models.Index(fields=["enterprise", "level"], name="installation_firm"),
            models.Index(
                fields=["industry", "level", "-id"], include=["region_path", "state"],
                name="installation_industry",
            ),
            models.Index(
                fields=["-id"], include=["region_path", "industry"], name="installation_lacking",
                condition=Q(level__in=MAJOR, in_charge__lt=OWED) & ~Q(state="removed"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def is_major(self) -> bool:
        """Whether it is a major hazard installation of a known level."""
        return self.level in MAJOR

    @property
    def to_file_again(self) -> bool:
        """Whether the level has changed since it was filed."""
        return self.state == self.State.FILED and bool(self.filed_level) and self.filed_level != self.level

    def derive(self) -> None:
        """Place, and the day of the next safety assessment."""
        super().derive()
        months = parameters.value(ASSESSMENT_YEARS) * 12
        self.assessment_due_on = risk.review_due(self.assessed_on, months) if self.assessed_on else None


class OfInstallation(ScopedModel):
    """Base of what hangs on an installation; it is placed where the installation is."""

    derived: ClassVar[frozenset[str]] = frozenset({"region_path", "industry", "enterprise_id"})

    region_path = PathField("区划", editable=False, default="", blank=True)
    industry = models.CharField(
        "行业", max_length=60, editable=False, default="", blank=True, db_collation="C"
    )
    enterprise_id = models.BigIntegerField("企业编号", null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def owner(self) -> Any:
        """The row that says where this one lies."""
        raise NotImplementedError

    def derive(self) -> None:
        """Where the owner is."""
        if self.owner is not None:
            self.region_path, self.industry = self.owner.region_path, self.owner.industry
            self.enterprise_id = self.owner.enterprise_id

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The place follows the owner."""
        self.derive()
        super().save(*args, **kwargs)


class InstallationAssessment(OfInstallation):
    """One reckoning of S and R: what was in the unit, what came out. Rows are only added.

    `holdings` is [{name, quantity, substance, categories}], quantities as text so that nothing is rounded.
    """

    scope: ClassVar[Scope] = Scope(
        view="installation-assessments.view",
        region="region_path",
        industry="industry",
        enterprise="enterprise_id",
    )

    installation = models.ForeignKey(
        MajorHazardInstallation, models.PROTECT, verbose_name="重大危险源", related_name="assessments"
    )
    made_at = models.DateTimeField("计算时间")
    made_by = models.CharField("计算人", max_length=120, blank=True, default="")
    reason = models.CharField("计算原因", max_length=200)
    holdings = models.JSONField("危险化学品", default=list)
    residents = models.PositiveIntegerField("500 米内常住人数", default=0)
    alpha = models.DecimalField("α", max_digits=6, decimal_places=1)
    s_value = models.DecimalField("S", max_digits=20, decimal_places=4)
    r_value = models.DecimalField("R", max_digits=20, decimal_places=4, null=True, blank=True)
    level = models.CharField("级别", max_length=7, choices=Grade)
    standard = models.CharField("标准", max_length=20, default=STANDARD)

    class Meta:
        verbose_name = verbose_name_plural = "重大危险源计算"
        indexes = [models.Index(fields=["installation", "-id"], name="installation_history")]

    def __str__(self) -> str:
        return f"{self.installation} 第 {self.pk} 次计算" if self.pk else "计算"

    @property
    def owner(self) -> MajorHazardInstallation | None:
        """The installation."""
        return self.installation if self.installation_id else None


class Guarantor(OfFirm):
    """Who answers for an installation or a tailings pond (包保责任人), in which role, from when on."""

    class Subject(models.TextChoices):
        """For what."""

        INSTALLATION = "installation", "重大危险源"
        TAILINGS_POND = "tailings-pond", "尾矿库"

    class Role(models.TextChoices):
        """The three of 应急厅〔2021〕12号, and the official who answers for a pond."""

        PRINCIPAL = "principal", "主要负责人"
        TECHNICAL = "technical", "技术负责人"
        OPERATION = "operation", "操作负责人"
        OFFICIAL = "official", "地方领导"

    class Cadence(models.TextChoices):
        """How often they owe a look."""

        WEEK = "week", "每周至少 1 次"
        MONTH = "month", "每月至少 1 次"
        QUARTER = "quarter", "每季度至少 1 次"

    scope: ClassVar[Scope] = Scope(
        view="guarantors.view", region="region_path", industry="industry", enterprise="enterprise_id"
    )

    subject_kind = models.CharField("包保对象", max_length=14, choices=Subject, default=Subject.INSTALLATION)
    installation = models.ForeignKey(
        MajorHazardInstallation, models.PROTECT, verbose_name="重大危险源", null=True, blank=True,
        related_name="guarantors",
    )  # fmt: skip
    facility = models.ForeignKey(
        "enterprises.Facility",
        models.PROTECT,
        verbose_name="关联设施",
        null=True,
        blank=True,
        related_name="+",
    )
    pond = models.CharField("尾矿库名称", max_length=80, blank=True, default="")
    role = models.CharField("包保角色", max_length=10, choices=Role)
    name = models.CharField("姓名", max_length=40)
    title = models.CharField("职务", max_length=40, blank=True, default="")
    phone = models.CharField("联系电话", max_length=30, blank=True, default="")
    cadence = models.CharField(
        "排查频次", max_length=7, choices=Cadence, blank=True, default="",
        help_text="技术负责人每季度、操作负责人每周，办法已定；其他角色不填按系统参数",
    )  # fmt: skip
    since = models.DateField("包保起始")
    until = models.DateField("包保结束", null=True, blank=True, help_text="离任当天不再计；在任的不填")

    class Meta:
        verbose_name = verbose_name_plural = "包保责任人"
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="guarantor_dates",
                violation_error_message="结束日期应晚于起始日期。",
            ),
            models.UniqueConstraint(
                fields=["installation", "role"],
                condition=Q(until__isnull=True, installation__isnull=False),
                name="guarantor_one_in_charge",
                violation_error_message="这一角色已有在任的责任人。请先填前任的结束日期。",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["region_path", "role", "-id"], name="guarantor_region"),
            models.Index(fields=["installation", "role"], name="guarantor_installation"),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.get_role_display()}）" if self.name else "包保责任人"

    @property
    def subject(self) -> str:
        """What they answer for."""
        return str(self.installation) if self.installation_id else self.pond

    def clean(self) -> None:
        """What is answered for is the firm's own, and of the kind that the role answers for."""
        super().clean()
        if self.subject_kind == self.Subject.INSTALLATION:
            if self.installation is not None and self.installation.enterprise_id != self.enterprise_id:
                raise ValidationError({"installation": "这个重大危险源属于另一家企业。"})
            if self.role == self.Role.OFFICIAL:
                raise ValidationError({"role": "重大危险源由企业的主要、技术、操作负责人包保。请改选角色。"})
        elif self.installation_id:
            raise ValidationError({"installation": "包保尾矿库的不填重大危险源。"})


class GuarantorDuty(OfInstallation):
    """One period in which a guarantor owes a look (履职): done on a day, or missed."""

    class State(models.TextChoices):
        """Where it stands. A missed one may be entered later; it stays late."""

        OPEN = "open", "待履职"
        DONE = "done", "已履职"
        MISSED = "missed", "未履职"

    scope: ClassVar[Scope] = Scope(
        view="guarantor-duties.view", region="region_path", industry="industry", enterprise="enterprise_id"
    )

    guarantor = models.ForeignKey(Guarantor, models.PROTECT, verbose_name="包保责任人", related_name="duties")
    starts_on = models.DateField("周期开始")
    due_on = models.DateField("最后一天")
    done_on = models.DateField("履职日期", null=True, blank=True)
    finding = models.CharField("排查情况", max_length=500, blank=True, default="")
    dangers_found = models.PositiveIntegerField("查出隐患", null=True, blank=True)
    before_holiday = models.BooleanField("节假日或重点时段前", default=False)
    recorded_by = models.CharField("登记人", max_length=120, blank=True, default="", editable=False)
    state = models.CharField("状态", max_length=6, choices=State, default=State.OPEN)

    class Meta:
        verbose_name = verbose_name_plural = "包保履职"
        constraints = [
            models.UniqueConstraint(
                fields=["guarantor", "starts_on"], name="guarantor_duty_once",
                violation_error_message="这个周期已有履职记录。",
            ),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True) | Q(done_on__gte=F("starts_on")),
                name="guarantor_duty_day",
                violation_error_message="履职日期早于周期开始。请核对日期，或登记到上一个周期。",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["region_path", "due_on", "id"], name="guarantor_duty_region"),
            models.Index(
                fields=["due_on", "id"], include=["region_path", "state"], name="guarantor_duty_due"
            ),
            models.Index(fields=["guarantor", "-starts_on"], name="guarantor_duty_person"),
            models.Index(
                fields=["due_on", "id"], include=["region_path", "industry", "guarantor"],
                name="guarantor_duty_missed", condition=Q(state="missed"),
            ),
            models.Index(
                fields=["due_on", "id"], include=["region_path", "industry", "guarantor"],
                name="guarantor_duty_open", condition=Q(state="open"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.guarantor} {self.starts_on:%Y-%m-%d} 起" if self.guarantor_id else "包保履职"

    @property
    def owner(self) -> Guarantor | None:
        """The guarantor."""
        return self.guarantor if self.guarantor_id else None


class ShiftLeader(OfFirm):
    """A leader of a mine underground or on shift (矿领导带班下井): who, when in, when out."""

    class Shift(models.TextChoices):
        """Which shift."""

        MORNING = "morning", "早班"
        NOON = "noon", "中班"
        NIGHT = "night", "晚班"

    scope: ClassVar[Scope] = Scope(
        view="shift-leaders.view", region="region_path", industry="industry", enterprise="enterprise_id"
    )

    mine = models.CharField("矿山", max_length=80)
    on_day = models.DateField("日期")
    shift = models.CharField("班次", max_length=8, choices=Shift)
    leader = models.CharField("带班领导", max_length=40)
    title = models.CharField("职务", max_length=40, blank=True, default="")
    went_in_at = models.DateTimeField("下井（到岗）时间")
    came_out_at = models.DateTimeField("升井（离岗）时间", null=True, blank=True)
    seen = models.CharField("带班情况", max_length=500, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "矿领导带班"
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "mine", "on_day", "shift"], name="shift_leader_once",
                violation_error_message="这个班次已登记带班领导。请修改原记录。",
            ),
            models.CheckConstraint(
                condition=Q(came_out_at__isnull=True) | Q(came_out_at__gt=F("went_in_at")),
                name="shift_leader_times",
                violation_error_message="升井时间早于下井时间。请核对两个时间。",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["region_path", "-on_day", "-id"], name="shift_leader_region")]

    def __str__(self) -> str:
        return f"{self.mine} {self.on_day} {self.get_shift_display()}" if self.on_day else "带班"
