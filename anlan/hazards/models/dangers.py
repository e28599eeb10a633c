"""Hidden dangers: what was found, how it is put right, who looked again, and what was decided on the way."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from anlan.enterprises.models.fields import IndustryField
from anlan.enterprises.models.spoken import SpokenField
from anlan.hazards.rules.danger_grading import Ground, Level
from anlan.kernel.scope import PathField, Scope, ScopedModel

UNDONE = ("found", "graded", "ordered", "rectifying")
OPEN_STATES = (*UNDONE, "checking", "verified")
# How long a closed danger stood in this system; an index is on it.
TOOK = models.ExpressionWrapper(F("closed_at") - F("reported_at"), models.DurationField())


class HiddenDanger(ScopedModel):
    """One hidden danger (隐患), from finding to closing.

    `attention_on` orders the list: the day by which somebody must act while it is open (the due day, or the
    day it was found as long as nothing is ordered), empty once it is closed, so that open ones stand first.
    `late_from` is the first day on which it counts as overdue (逾期未整改), if it is not put right before;
    empty where nothing is ordered, and as soon as it is reported as put right.
    `reported_at` and `closed_at` are the moments in this system, which tell a danger that was closed within
    minutes. `key` is the once-key under which a phone sent it.
    """

    class State(models.TextChoices):
        """Where it stands."""

        FOUND = "found", "待定级"
        GRADED = "graded", "待下达"
        ORDERED = "ordered", "已下达"
        RECTIFYING = "rectifying", "整改中"
        CHECKING = "checking", "待验收"
        VERIFIED = "verified", "待销号"
        CLOSED = "closed", "已销号"
        VOID = "void", "已作废"

    class Grade(models.TextChoices):
        """How bad; 一般 until somebody graded it."""

        ORDINARY = Level.ORDINARY.value, "一般"
        MAJOR = Level.MAJOR.value, "重大"

    class Basis(models.TextChoices):
        """On what ground it was graded."""

        NONE = "", "—"
        CRITERION = Ground.CRITERION.value, "命中判定标准"
        DEFINITION = Ground.DEFINITION.value, "按定义判定"
        ORDINARY = Ground.ORDINARY.value, "能立即整改"

    class Source(models.TextChoices):
        """Who found it."""

        SELF = "self", "企业自查"
        INSPECTION = "inspection", "监管检查"
        VISIT = "visit", "明查暗访"
        TIPOFF = "tipoff", "群众举报"
        MONITORING = "monitoring", "监测预警"

    class Category(models.TextChoices):
        """What kind of thing it is, as a person in the field would say."""

        GAS = "gas", "燃气"
        FIRE = "fire", "消防"
        ELECTRICITY = "electricity", "用电"
        BUILDING = "building", "建筑"
        SPECIAL_EQUIPMENT = "special-equipment", "特种设备"
        PROCESS = "process", "工艺设备"
        OPERATION = "operation", "作业行为"
        MANAGEMENT = "management", "基础管理"
        OTHER = "other", "其他"

    class ItemBy(models.TextChoices):
        """Who tied it to an item of the key points, or said that none fits."""

        NOBODY = "", "—"
        RULE = "rule", "按行业和指标建议"
        PERSON = "person", "人工确认"
        CLEARED = "cleared", "人工清除"

    scope: ClassVar[Scope] = Scope(
        view="dangers.view",
        region="region_path",
        unit="regulator_id",
        industry="industry",
        enterprise="enterprise_id",
        person="finder_id",
    )
    derived: ClassVar[frozenset[str]] = frozenset({"attention_on", "late_from", "days_open", "repeated"})

    enterprise = models.ForeignKey(
        "enterprises.Enterprise", models.PROTECT, verbose_name="企业", null=True, blank=True,
        related_name="dangers",
    )  # fmt: skip
    site = models.ForeignKey(
        "enterprises.Site",
        models.PROTECT,
        verbose_name="厂区场所",
        null=True,
        blank=True,
        related_name="dangers",
    )
    place = models.CharField("位置", max_length=120, blank=True, default="")
    region_path = PathField("区划", blank=True, help_text="不填的按企业所在地")
    industry = IndustryField("行业", blank=True, default="", help_text="不填的按企业的行业")
    regulator = models.ForeignKey(
        "org.Unit", models.PROTECT, verbose_name="监管部门", null=True, blank=True, related_name="+"
    )
    source = SpokenField(
        "来源", max_length=12, choices=Source, default=Source.INSPECTION,
        words={"self": ("自查", "自查自报", "企业自查自报"), "visit": ("暗访", "明查", "督查暗访"),
               "inspection": ("执法检查", "监督检查", "日常检查", "检查"), "tipoff": ("举报", "投诉举报"),
               "monitoring": ("监测", "在线监测", "预警")},
    )  # fmt: skip
    category = SpokenField(
        "类别", max_length=20, choices=Category, default=Category.OTHER,
        words={"fire": ("消防安全",), "electricity": ("电气", "用电安全"), "management": ("管理", "安全管理"),
               "process": ("设备", "设备设施", "工艺"), "operation": ("作业", "人的行为")},
    )  # fmt: skip
    description = models.CharField("隐患内容", max_length=500)
    suspected = models.BooleanField("疑似重大", default=False)
    found_on = models.DateField("发现日期")
    finder = models.CharField("发现人", max_length=120, blank=True, default="")
    finder_id = models.BigIntegerField("发现人编号", null=True, blank=True, editable=False)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField("纬度", max_digits=8, decimal_places=6, null=True, blank=True)
    own_number = models.CharField("原台账编号", max_length=40, blank=True, default="")
    repeated = models.BooleanField("反复出现", default=False, editable=False)

    state = SpokenField(
        "状态", max_length=12, choices=State, default=State.FOUND,
        words={"ordered": ("未整改", "待整改"), "rectifying": ("正在整改",), "checking": ("待复查",),
               "closed": ("销号", "已闭环", "已完成销号", "整改销号")},
    )  # fmt: skip
    level = SpokenField(
        "级别", max_length=10, choices=Grade, default=Grade.ORDINARY,
        words={"ordinary": ("一般隐患", "一般事故隐患"), "major": ("重大隐患", "重大事故隐患")},
    )  # fmt: skip
    basis = models.CharField("定级依据", max_length=12, choices=Basis, default=Basis.NONE, blank=True)
    criterion = models.ForeignKey(
        "standards.Criterion",
        models.PROTECT,
        verbose_name="判定条款",
        null=True,
        blank=True,
        related_name="+",
    )
    needs_stop = models.BooleanField(
        "须停产停业治理", default=False, help_text="须全部或局部停产停业，并经过一定时间治理方能排除"
    )
    beyond_own = models.BooleanField("单位自身难以排除", default=False, help_text="因外部因素影响")
    graded_by = models.CharField("定级人", max_length=120, blank=True, default="", editable=False)
    graded_on = models.DateField("定级日期", null=True, blank=True, editable=False)

    responsible = models.CharField("整改责任人", max_length=60, blank=True, default="")
    measures = models.CharField("整改措施", max_length=500, blank=True, default="")
    funds = models.DecimalField(
        "整改资金", max_digits=14, decimal_places=2, null=True, blank=True, help_text="元；不需要花钱的填 0"
    )
    due_on = models.DateField("整改期限", null=True, blank=True)
    contingency = models.CharField("应急预案与防范措施", max_length=500, blank=True, default="")
    ordered_by = models.CharField("下达人", max_length=120, blank=True, default="", editable=False)
    ordered_at = models.DateTimeField("下达时间", null=True, blank=True, editable=False)

    rectification = models.CharField("整改情况", max_length=500, blank=True, default="")
    self_check = models.CharField("自查意见", max_length=300, blank=True, default="")
    rectifier = models.CharField("报验人", max_length=120, blank=True, default="", editable=False)
    rectifier_id = models.BigIntegerField("报验人编号", null=True, blank=True, editable=False)
    rectified_on = models.DateField("整改完成日期", null=True, blank=True)
    verification = models.CharField("验收意见", max_length=300, blank=True, default="")
    verifier = models.CharField("验收人", max_length=120, blank=True, default="")
    verifier_id = models.BigIntegerField("验收人编号", null=True, blank=True, editable=False)
    verified_on = models.DateField("验收日期", null=True, blank=True)
    closed_by = models.CharField("销号人", max_length=120, blank=True, default="", editable=False)
    closed_on = models.DateField("销号日期", null=True, blank=True)
    assigned_to = models.CharField("指派验收人", max_length=120, blank=True, default="", editable=False)
    assigned_to_id = models.BigIntegerField("指派验收人编号", null=True, blank=True, editable=False)
    reopened = models.PositiveSmallIntegerField("重新打开次数", default=0, editable=False)
    reopened_at = models.DateTimeField("重新打开时间", null=True, blank=True, editable=False)
    item = models.ForeignKey(
        "programmes.Item", models.PROTECT, verbose_name="对应要点", null=True, blank=True, editable=False,
        related_name="+", db_index=False,
    )  # fmt: skip
    item_by = models.CharField(
        "对应要点由", max_length=10, choices=ItemBy, blank=True, default=ItemBy.NOBODY, editable=False
    )

    regulator_told_on = models.DateField("报告监管部门日期", null=True, blank=True)
    regulator_told_how = models.CharField("报告监管部门方式", max_length=120, blank=True, default="")
    congress_told_on = models.DateField("报告职工大会（职代会）日期", null=True, blank=True)
    congress_told_how = models.CharField("报告职工大会（职代会）方式", max_length=120, blank=True, default="")
    listed = models.BooleanField("挂牌督办", default=False, editable=False)

    reported_at = models.DateTimeField("录入时间", null=True, blank=True, editable=False)
    closed_at = models.DateTimeField("销号时刻", null=True, blank=True, editable=False)
    attention_on = models.DateField("应办日期", null=True, blank=True, editable=False)
    late_from = models.DateField("逾期起日", null=True, blank=True, editable=False)
    days_open = models.IntegerField("整改用时", null=True, blank=True, editable=False)
    photos = models.PositiveSmallIntegerField("照片", default=0, editable=False)
    demo = models.BooleanField("演示数据", default=False, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "隐患"
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | Q(due_on__gte=F("found_on")),
                name="danger_due_after_found",
                violation_error_message="整改期限早于发现日期。请改为发现日期当天或以后。",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("found_on")),
                name="danger_closed_after_found",
                violation_error_message="销号日期早于发现日期。请核对两个日期。",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_on__isnull=False),
                name="danger_closed_has_day",
                violation_error_message="已销号的隐患要有销号日期。请补上销号日期，或把状态改为未销号。",
            ),
            models.CheckConstraint(
                condition=Q(funds__isnull=True) | Q(funds__gte=0),
                name="danger_funds",
                violation_error_message="整改资金不能小于 0。",
            ),
        ]
        indexes = [
            # What the list filters by comes along, so that a page is found in the index alone.
            models.Index(
                fields=["attention_on", "id"],
                include=["region_path", "state", "level", "industry", "source", "enterprise"],
                name="danger_order",
            ),
            models.Index(fields=["region_path", "attention_on", "id"], name="danger_region"),
            models.Index(
                fields=["region_path", "state", "industry", "attention_on", "id"], name="danger_filter"
            ),
            models.Index(fields=["enterprise", "found_on"], name="danger_firm"),
            models.Index(
                fields=["found_on"],
                include=["region_path", "industry", "level", "source", "state", "closed_on"],
                name="danger_found",
            ),
            models.Index(
                fields=["closed_on"],
                include=["region_path", "industry", "level", "source", "found_on"],
                name="danger_closed",
            ),
            models.Index(
                fields=["attention_on", "id"], condition=Q(level="major"), name="danger_major",
                include=["region_path", "state"],
            ),
            models.Index(
                fields=["attention_on", "id"], condition=Q(listed=True), name="danger_listed",
                include=["region_path", "state"],
            ),
            models.Index(
                fields=["attention_on", "id"], condition=Q(repeated=True), name="danger_repeated",
                include=["region_path", "state"],
            ),
            models.Index(
                fields=["region_path", "late_from"], condition=Q(late_from__isnull=False), name="danger_late",
                include=["level", "state", "industry"],
            ),
            models.Index(
                fields=["late_from", "region_path"], name="danger_major_late",
                condition=Q(level="major", late_from__isnull=False),
            ),
            models.Index(fields=["regulator", "attention_on", "id"], name="danger_regulator"),
            models.Index(fields=["finder_id", "-id"], name="danger_finder"),
            models.Index(TOOK, condition=Q(closed_on__isnull=False), name="danger_took"),
            # Few rows have one: what is assigned, and what hangs on an item, are found without the others.
            models.Index(
                fields=["assigned_to_id", "attention_on", "id"], condition=Q(assigned_to_id__isnull=False),
                name="danger_assigned",
            ),
            models.Index(
                fields=["item", "attention_on", "id"], condition=Q(item__isnull=False), name="danger_item",
                include=["region_path", "state", "level"],
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """YH0000059: the running number, the same on page, notice and phone."""
        return f"YH{self.pk:07d}" if self.pk else "新隐患"

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state in OPEN_STATES

    def clean(self) -> None:
        """Who is to look again is not who puts it right; whichever of the two came last is refused."""
        if self.assigned_to and self.assigned_to == self.responsible.strip():
            text = f"{self.assigned_to}已指派为验收人，不能又是整改责任人。请先改派验收人，或换一位责任人。"
            raise ValidationError({"responsible": text})

    def derive(self) -> None:
        """The day that orders the list, and how many days it took."""
        if self.state not in OPEN_STATES:
            self.attention_on = None
        else:
            self.attention_on = self.due_on or self.found_on
        self.late_from = self.due_on + timedelta(1) if self.due_on and self.state in UNDONE else None
        self.days_open = (self.closed_on - self.found_on).days if self.closed_on else None

    def save(self, *args: object, **kwargs: object) -> None:
        """Derived columns follow."""
        self.derive()
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class OfDanger(ScopedModel):
    """Base of what hangs on a danger; it is placed where the danger is."""

    derived: ClassVar[frozenset[str]] = frozenset({"region_path", "industry", "enterprise_id"})
    lies_with: ClassVar[str] = "danger"

    danger = models.ForeignKey(HiddenDanger, models.PROTECT, verbose_name="隐患", related_name="%(class)ss")
    region_path = PathField("区划", editable=False, default="", blank=True)
    industry = models.CharField("行业", max_length=60, editable=False, default="", db_collation="C")
    enterprise_id = models.BigIntegerField("企业", null=True, editable=False)

    class Meta:
        abstract = True

    def derive(self) -> None:
        """Where the danger is."""
        if self.danger_id:
            self.region_path, self.industry = self.danger.region_path, self.danger.industry
            self.enterprise_id = self.danger.enterprise_id

    def save(self, *args: object, **kwargs: object) -> None:
        """The place follows the danger."""
        self.derive()
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class DangerPlan(OfDanger):
    """The treatment plan (治理方案) of a major danger, with the six elements of Order 16 art. 15."""

    scope: ClassVar[Scope] = Scope(
        view="danger-plans.view", region="region_path", industry="industry", enterprise="enterprise_id"
    )

    goal = models.CharField("治理的目标和任务", max_length=500)
    methods = models.CharField("采取的方法和措施", max_length=500)
    resources = models.CharField("经费和物资的落实", max_length=300)
    organisation = models.CharField("负责治理的机构和人员", max_length=300)
    schedule = models.CharField("治理的时限和要求", max_length=300)
    safety = models.CharField("安全措施和应急预案", max_length=500)
    principal = models.CharField("主要负责人", max_length=60)
    approved_on = models.DateField("审定日期")

    class Meta:
        verbose_name = verbose_name_plural = "治理方案"
        constraints = [
            models.UniqueConstraint(
                fields=["danger"], name="danger_plan_once",
                violation_error_message="这条隐患已有治理方案。请修改原方案。",
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=["region_path", "-id"], name="danger_plan_region")]

    def __str__(self) -> str:
        return f"{self.danger.number} 治理方案" if self.danger_id else "治理方案"


class DangerRequest(OfDanger):
    """A request to depart from the way: extension, downgrade, transfer. Its decision stays on record."""

    class Kind(models.TextChoices):
        """What is asked for."""

        DOWNGRADE = "downgrade", "降级"
        EXTENSION = "extension", "延期"
        TRANSFER = "transfer", "移送"

    class State(models.TextChoices):
        """Asked, then decided or taken back."""

        ASKED = "asked", "待审核"
        APPROVED = "approved", "已同意"
        REFUSED = "refused", "不同意"
        WITHDRAWN = "withdrawn", "已撤回"

    scope: ClassVar[Scope] = Scope(
        view="danger-requests.view", region="region_path", industry="industry", enterprise="enterprise_id"
    )

    kind = models.CharField("申请", max_length=10, choices=Kind)
    state = models.CharField("状态", max_length=10, choices=State, default=State.ASKED)
    reason = models.CharField("申请理由", max_length=500)
    interim = models.CharField("期间防范措施", max_length=300, blank=True, default="")
    old_due_on = models.DateField("原期限", null=True, blank=True, editable=False)
    new_due_on = models.DateField("申请延至", null=True, blank=True)
    to_unit = models.ForeignKey(
        "org.Unit", models.PROTECT, verbose_name="移送单位", null=True, blank=True, related_name="+"
    )
    asked_by = models.CharField("申请人", max_length=120, editable=False, default="")
    asker_id = models.BigIntegerField("申请人编号", null=True, blank=True, editable=False)
    asked_on = models.DateField("申请日期", null=True, blank=True, editable=False)
    decision = models.CharField("审核意见", max_length=300, blank=True, default="")
    decided_by = models.CharField("审核人", max_length=120, blank=True, default="", editable=False)
    decided_on = models.DateField("审核日期", null=True, blank=True, editable=False)
    slip_id = models.BigIntegerField("移送单", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "隐患申请"
        constraints = [
            models.UniqueConstraint(
                fields=["danger", "kind"], condition=Q(state="asked"), name="danger_request_once",
                violation_error_message="同类申请还没有审核，不能再次提出。",
            ),
            models.CheckConstraint(
                condition=~Q(kind="extension") | Q(new_due_on__isnull=False),
                name="danger_request_extension",
                violation_error_message="申请延期要写明延到哪一天。",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["region_path", "state", "-id"], name="danger_request_region"),
            models.Index(fields=["danger", "-id"], name="danger_request_danger"),
        ]

    def __str__(self) -> str:
        return f"{self.danger.number} {self.get_kind_display()}申请" if self.danger_id else "隐患申请"


class DangerListing(OfDanger):
    """Listed supervision (挂牌督办) of a major danger: notice, filing, publishing, delisting (摘牌)."""

    class State(models.TextChoices):
        """From the notice to the end."""

        LISTED = "listed", "督办中"
        APPLIED = "applied", "申请摘牌"
        DELISTED = "delisted", "已摘牌"
        REVOKED = "revoked", "已撤销"

    class Tier(models.TextChoices):
        """Who supervises."""

        NATION = "nation", "国家级"
        PROVINCE = "province", "省级"
        CITY = "city", "市级"
        COUNTY = "county", "县级"

    scope: ClassVar[Scope] = Scope(
        view="danger-listings.view", region="region_path", industry="industry", enterprise="enterprise_id"
    )

    tier = models.CharField("督办级别", max_length=10, choices=Tier)
    number = models.CharField("督办通知文号", max_length=60)
    listed_on = models.DateField("挂牌日期")
    supervising_unit = models.ForeignKey(
        "org.Unit", models.PROTECT, verbose_name="督办单位", related_name="+"
    )
    treating_unit = models.CharField("治理责任单位", max_length=120)
    cause = models.CharField("现状与成因", max_length=500, blank=True, default="")
    harm = models.CharField("危害程度与影响范围", max_length=500, blank=True, default="")
    due_on = models.DateField("督办期限")
    state = models.CharField("状态", max_length=10, choices=State, default=State.LISTED)
    filed_on = models.DateField("备案日期", null=True, blank=True)
    published_on = models.DateField("公示日期", null=True, blank=True)
    published_at_url = models.URLField("公示网址", max_length=300, blank=True, default="")
    applied_on = models.DateField("申请验收日期", null=True, blank=True)
    opinion = models.CharField("验收意见", max_length=300, blank=True, default="")
    delisted_on = models.DateField("摘牌日期", null=True, blank=True)
    end_published_on = models.DateField("摘牌公示日期", null=True, blank=True)
    end_published_at_url = models.URLField("摘牌公示网址", max_length=300, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "挂牌督办"
        constraints = [
            models.UniqueConstraint(
                fields=["danger"], condition=Q(state__in=("listed", "applied")), name="danger_listing_once",
                violation_error_message="这条隐患正在挂牌督办。",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("listed_on")), name="danger_listing_due",
                violation_error_message="督办期限早于挂牌日期。请核对。",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["region_path", "state", "-id"], name="danger_listing_region")]

    def __str__(self) -> str:
        return self.number or "挂牌督办"
