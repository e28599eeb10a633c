"""What is to be closed in a year, one by one, and how far each has come."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from anlan.enterprises.models.facilities import Facility
from anlan.enterprises.models.fields import IndustryField, industry_name
from anlan.enterprises.models.firms import Enterprise
from anlan.enterprises.rules import closing
from anlan.kernel import clock, places
from anlan.kernel.scope import PathField, Scope, ScopedModel


class ClosurePlan(ScopedModel):
    """How many of an industry a region closes in a year, and by which words of which document.

    `obligation` is the sentence of a programme in this house; a plan on another document has its words only.
    `title` says it in one line; `named` and `done` are kept from the cases (derived: not recorded).
    """

    class Aim(models.TextChoices):
        """What closing means here."""

        CLOSE = "close", "关闭退出"
        DELIST = "delist", "闭库销号"
        ELIMINATE = "eliminate", "淘汰落后"

    scope: ClassVar[Scope] = Scope(
        view="closure-plans.view", region="region_path", industry="industry", unit="unit_id"
    )
    derived: ClassVar[frozenset[str]] = frozenset({"title", "named", "done"})

    year = models.PositiveSmallIntegerField(
        "年度", validators=[MinValueValidator(2000), MaxValueValidator(2100)]
    )
    region_path = PathField("区划")
    industry = IndustryField("行业领域")
    aim = models.CharField("方式", max_length=10, choices=Aim, default=Aim.CLOSE)
    number = models.PositiveIntegerField("计划数", validators=[MinValueValidator(1)])
    counter = models.CharField("计量单位", max_length=4, default="座", help_text="座、家、处、台、条")
    unit = models.ForeignKey(
        "org.Unit", models.PROTECT, verbose_name="牵头单位", null=True, blank=True, related_name="+"
    )
    document = models.CharField("依据文件", max_length=120, blank=True, default="")
    sentence = models.CharField("依据原句", max_length=300, blank=True, default="")
    obligation = models.ForeignKey(
        "programmes.Obligation",
        models.PROTECT,
        verbose_name="要点任务",
        null=True,
        blank=True,
        related_name="+",
    )
    title = models.CharField("计划", max_length=120, blank=True, default="", editable=False)
    named = models.PositiveIntegerField("已列名", default=0, editable=False)
    done = models.PositiveIntegerField("已销号", default=0, editable=False)
    demo = models.BooleanField("演示数据", default=False, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "关闭退出计划"
        constraints = [
            models.UniqueConstraint(
                fields=["region_path", "year", "industry", "aim"],
                name="closureplan_once",
                violation_error_message="这个区划今年已有同行业、同方式的计划。请修改那一份。",
            ),
        ]
        indexes = [models.Index(fields=["region_path", "-year", "-id"], name="closureplan_region")]

    def __str__(self) -> str:
        return self.title

    def derive(self) -> None:
        """Its title: 2023 年上饶市非煤矿山关闭退出计划."""
        place = places.labels({self.region_path}).get(self.region_path, "") if self.region_path else ""
        words = f"{self.year} 年{place}{industry_name(self.industry)}{self.get_aim_display()}计划"
        self.title = words[:120]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with its title."""
        self.derive()
        super().save(*args, **kwargs)


class Closure(ScopedModel):
    """One mine, pond or firm of a plan, from being named to being struck off.

    A facility, else a whole firm, else something that has only a name (a line, a kiln). Being struck off
    gives the firm or facility its status (`actions.closures`); one that works again is `revived`.
    """

    class Reason(models.TextChoices):
        """Why it is closed."""

        UNSAFE = "unsafe", "不具备安全生产条件"
        OUTDATED = "outdated", "落后产能、工艺、设备"
        EXHAUSTED = "exhausted", "资源枯竭"
        ABANDONED = "abandoned", "无主或停用超过 3 年"
        ILLEGAL = "illegal", "非法违法、无证照"
        REGROUPED = "regrouped", "整合重组"
        OWN_WISH = "own-wish", "自愿退出"

    class State(models.TextChoices):
        """How far it has come."""

        PLANNED = "planned", "已列入"
        ANNOUNCED = "announced", "已公告"
        STOPPED = "stopped", "已停产"
        DISMANTLED = "dismantled", "已拆除（闭库）"
        UNLICENSED = "unlicensed", "证照已注销"
        DELISTED = "delisted", "已验收销号"
        REVIVED = "revived", "死灰复燃"
        WITHDRAWN = "withdrawn", "已调出"

    scope: ClassVar[Scope] = Scope(
        view="closures.view",
        region="region_path",
        industry="industry",
        enterprise="enterprise_id",
        unit="unit_id",
    )
    derived: ClassVar[frozenset[str]] = frozenset({"industry"})

    plan = models.ForeignKey(ClosurePlan, models.PROTECT, verbose_name="计划", related_name="cases")
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, verbose_name="企业", null=True, blank=True, related_name="closures",
        help_text="整家关闭的只选企业；只关一处设施的，选设施",
    )  # fmt: skip
    facility = models.ForeignKey(
        Facility, models.PROTECT, verbose_name="设施", null=True, blank=True, related_name="closures"
    )
    name = models.CharField(
        "对象名称",
        max_length=120,
        blank=True,
        help_text="留空的，用设施或企业的名称；淘汰设备的写设备名称、型号",
    )
    region_path = PathField("区划", blank=True, help_text="留空的，与设施或企业所在区划相同")
    industry = IndustryField("行业领域", editable=False, default="", blank=True)
    reason = models.CharField("关闭原因", max_length=10, choices=Reason)
    planned_on = models.DateField("计划完成日")
    unit = models.ForeignKey(
        "org.Unit", models.PROTECT, verbose_name="责任单位", null=True, blank=True, related_name="+"
    )
    state = models.CharField("进度", max_length=10, choices=State, default=State.PLANNED)
    announced_on = models.DateField("公告日期", null=True, blank=True)
    announcement = models.CharField("公告文号或网址", max_length=200, blank=True, default="")
    stopped_on = models.DateField("停产日期", null=True, blank=True)
    dismantled_on = models.DateField("拆除（闭库）日期", null=True, blank=True)
    licences_ended_on = models.DateField("注销证照日期", null=True, blank=True)
    accepted_on = models.DateField("验收销号日期", null=True, blank=True)
    acceptor = models.CharField("验收单位", max_length=80, blank=True, default="")
    proof_number = models.CharField("验收意见或销号文号", max_length=80, blank=True, default="")
    withdrawn_on = models.DateField("调出日期", null=True, blank=True, editable=False)
    revived_on = models.DateField("死灰复燃发现日期", null=True, blank=True)
    closed_again_on = models.DateField("再次取缔日期", null=True, blank=True)
    demo = models.BooleanField("演示数据", default=False, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "关闭退出对象"
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "facility"], condition=Q(facility__isnull=False),
                name="closure_facility_once",
                violation_error_message="这处设施已在这份计划里。请在关闭退出台账里查找。",
            ),
            models.UniqueConstraint(
                fields=["plan", "enterprise"],
                condition=Q(facility__isnull=True, enterprise__isnull=False),
                name="closure_enterprise_once",
                violation_error_message="这家企业已在这份计划里。请在关闭退出台账里查找。",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["region_path", "planned_on", "id"], name="closure_region"),
            models.Index(fields=["plan", "state"], name="closure_plan"),
            models.Index(fields=["enterprise"], name="closure_enterprise"),
            models.Index(fields=["facility"], name="closure_facility"),
        ]

    def __str__(self) -> str:
        return self.name

    def derive(self) -> None:
        """What is not said is the facility's or the firm's; the industry is the plan's."""
        if self.facility is not None:
            self.enterprise_id = self.facility.enterprise_id
        whose: Any = self.facility or self.enterprise
        if whose is not None:
            self.name = self.name or whose.name
            self.region_path = self.region_path or whose.region_path
        if self.plan_id is not None:
            self.industry = self.plan.industry

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with what follows from facility, firm and plan."""
        self.derive()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """It is something, it lies in the plan's region, and its days follow one another."""
        wrong = closing.disorder({key: getattr(self, key) for key, _ in closing.STEPS}, clock.today())
        if not self.name:
            wrong["name"] = "没有写关闭的是什么。请选设施或企业，或写对象名称。"
        if self.plan_id is not None and not self.region_path.startswith(self.plan.region_path):
            wrong["region_path"] = "不在计划的区划内。请改选本区划的计划，或核对区划。"
        if self.state == self.State.DELISTED and self.accepted_on is None:
            wrong["accepted_on"] = "进度是“已验收销号”，没有验收销号日期。请补上。"
        if wrong:
            raise ValidationError(wrong)
