"""Risk points, graded and kept, and the plans on which they lie."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from anlan.hazards.rules import lec, ls, risk
from anlan.hazards.rules.risk import Colour
from anlan.kernel.scope import PathField, Scope, ScopedModel

COLOURS = [(one.value, one.label) for one in Colour]
BOUND_70, REVIEW_MONTHS = "risks.seventy_is_yellow", "risks.review_months"
VARIANTS = (
    *((key, f"LEC {label}") for key, label in lec.VARIANTS.items()),
    *((key, f"LS {one.label.partition('（')[0]}") for key, one in ls.SCHEMES.items()),
)
SIDES = ("inherent", "residual")


class OfFirm(ScopedModel):
    """Base of what belongs to a firm: placed at its site, else where the firm is."""

    derived: ClassVar[frozenset[str]] = frozenset({"region_path", "industry"})

    enterprise = models.ForeignKey("enterprises.Enterprise", models.PROTECT, verbose_name="企业")
    site = models.ForeignKey(
        "enterprises.Site", models.PROTECT, verbose_name="厂区场所", null=True, blank=True
    )
    region_path = PathField("区划", editable=False, blank=True, default="")
    industry = models.CharField(
        "行业", max_length=60, db_collation="C", editable=False, default="", blank=True
    )
    demo = models.BooleanField("演示数据", default=False, editable=False)

    class Meta:
        abstract = True

    def derive(self) -> None:
        """The place and the industry."""
        if self.enterprise_id:
            placed_at = self.site if self.site_id else self.enterprise
            self.region_path = (placed_at.region_path if placed_at else "") or self.enterprise.region_path
            self.industry = self.enterprise.industry

    def clean(self) -> None:
        """Site and facility belong to the firm."""
        self.derive()
        facility = getattr(self, "facility", None)
        if facility is not None and facility.enterprise_id != self.enterprise_id:
            raise ValidationError({"facility": "这个设施属于另一家企业。请选本企业的设施。"})
        if self.site_id and self.site and self.site.enterprise_id != self.enterprise_id:
            raise ValidationError({"site": "这个场所属于另一家企业。请选本企业的场所。"})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Derived columns follow."""
        self.derive()
        super().save(*args, **kwargs)


class SitePlan(OfFirm):
    """A picture of a site on which risk points are placed (安全风险四色分布图). Schematic, not surveyed.

    The picture itself is an attachment of the row; `width` and `height` are its pixels.
    """

    scope: ClassVar[Scope] = Scope(
        view="site-plans.view", region="region_path", industry="industry", enterprise="enterprise_id"
    )

    name = models.CharField("图名", max_length=80)
    file_id = models.BigIntegerField("底图", null=True, blank=True, editable=False)
    width = models.PositiveIntegerField("宽", default=1000, editable=False)
    height = models.PositiveIntegerField("高", default=700, editable=False)
    drawn_on = models.DateField("绘制日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "四色分布图"
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "name"], name="site_plan_once",
                violation_error_message="这家企业已有同名的图。请换一个图名。",
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=["region_path", "-id"], name="site_plan_region")]

    def __str__(self) -> str:
        return self.name


class RiskPoint(OfFirm):
    """One risk point (风险点): a piece of work and its hazard, graded without and with controls.

    `inherent_*` is the risk without controls, `residual_*` with them. For LS the third factor is S and E is
    empty. The scheme and the treatment of D = 70 are kept with each grading: a colour is read by the rules
    under which it was found. A point may be listed before it is graded; its colours are then empty.
    """

    class State(models.TextChoices):
        """Where it stands."""

        IN_FORCE = "in-force", "在管"
        LOWERING = "lowering", "待批降级"
        RETIRED = "retired", "已消除"

    class Method(models.TextChoices):
        """How it is graded."""

        LEC = "lec", "LEC"
        LS = "ls", "LS"

    class Level(models.TextChoices):
        """Who answers for it."""

        COMPANY = "company", "公司级"
        DEPARTMENT = "department", "部门级"
        WORKSHOP = "workshop", "车间级"
        TEAM = "team", "班组级"

    scope: ClassVar[Scope] = Scope(
        view="risks.view", region="region_path", industry="industry", enterprise="enterprise_id"
    )
    # The record has a proposal in words (`proposed`), not its data.
    derived: ClassVar[frozenset[str]] = OfFirm.derived | {"proposal"}

    name = models.CharField("风险点", max_length=80)
    place = models.CharField("位置", max_length=80, blank=True, default="")
    facility = models.ForeignKey(
        "enterprises.Facility",
        models.PROTECT,
        verbose_name="关联设施",
        null=True,
        blank=True,
        related_name="+",
    )
    equipment = models.CharField("设备设施", max_length=80, blank=True, default="")
    job = models.CharField("岗位", max_length=40, blank=True, default="")
    activity = models.CharField("作业活动", max_length=120, blank=True, default="")
    hazard = models.CharField("危险因素", max_length=300)
    accident = models.CharField("可能导致的事故", max_length=80, blank=True, default="")

    method = models.CharField("评估方法", max_length=3, choices=Method, default=Method.LEC)
    variant = models.CharField("口径", max_length=10, choices=VARIANTS, default="classic")
    seventy_is_yellow = models.BooleanField("D=70 计入黄色", default=False, editable=False)
    inherent_l = models.DecimalField("固有 L", max_digits=5, decimal_places=1, null=True, blank=True)
    inherent_e = models.DecimalField("固有 E", max_digits=5, decimal_places=1, null=True, blank=True)
    inherent_c = models.DecimalField("固有 C 或 S", max_digits=5, decimal_places=1, null=True, blank=True)
    residual_l = models.DecimalField("现状 L", max_digits=5, decimal_places=1, null=True, blank=True)
    residual_e = models.DecimalField("现状 E", max_digits=5, decimal_places=1, null=True, blank=True)
    residual_c = models.DecimalField("现状 C 或 S", max_digits=5, decimal_places=1, null=True, blank=True)
    inherent_score = models.DecimalField(
        "固有分值", max_digits=8, decimal_places=3, null=True, blank=True, editable=False
    )
    residual_score = models.DecimalField(
        "现状分值", max_digits=8, decimal_places=3, null=True, blank=True, editable=False
    )
    inherent_colour = models.CharField(
        "固有风险", max_length=6, choices=COLOURS, blank=True, default="", editable=False
    )
    residual_colour = models.CharField(
        "现状风险", max_length=6, choices=COLOURS, blank=True, default="", editable=False
    )

    engineering = models.CharField("工程技术措施", max_length=500, blank=True, default="")
    management = models.CharField("管理措施", max_length=500, blank=True, default="")
    training = models.CharField("培训教育措施", max_length=500, blank=True, default="")
    ppe = models.CharField("个体防护措施", max_length=500, blank=True, default="")
    emergency = models.CharField("应急处置措施", max_length=500, blank=True, default="")
    responsible_level = models.CharField("管控层级", max_length=10, choices=Level, blank=True, default="")
    responsible = models.CharField("责任人", max_length=40, blank=True, default="")
    phone = models.CharField("联系电话", max_length=30, blank=True, default="")

    reviewed_on = models.DateField("评估日期", help_text="最近一次评估或复核的日期")
    review_months = models.PositiveSmallIntegerField(
        "复核周期", null=True, blank=True, help_text="月；不填按系统参数"
    )
    review_due_on = models.DateField("复核到期日", null=True, blank=True, editable=False)
    state = models.CharField("状态", max_length=10, choices=State, default=State.IN_FORCE)
    proposal = models.JSONField("降级申请", null=True, blank=True, editable=False)
    proposed = models.CharField("申请降为", max_length=120, blank=True, default="", editable=False)
    registered_on = models.DateField("登记日期", null=True, blank=True, editable=False)
    retired_on = models.DateField("消除日期", null=True, blank=True, editable=False)

    plan = models.ForeignKey(
        SitePlan, models.PROTECT, verbose_name="四色图", null=True, blank=True, editable=False,
        related_name="points",
    )  # fmt: skip
    plan_x = models.PositiveSmallIntegerField("距左", null=True, blank=True, editable=False)
    plan_y = models.PositiveSmallIntegerField("距上", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "风险点"
        constraints = [
            models.CheckConstraint(
                condition=Q(residual_score__isnull=True) | Q(residual_score__lte=F("inherent_score")),
                name="risk_residual_not_above",
                violation_error_message="现状风险高于固有风险。采取措施后的风险不应更高，请核对取值。",
            ),
            models.CheckConstraint(
                condition=Q(plan_x__isnull=True) | Q(plan_x__lte=1000, plan_y__lte=1000),
                name="risk_on_the_plan",
                violation_error_message="位置在图外。距左、距上都在百分之 0 到 100 之间。",
            ),
        ]
        indexes = [
            models.Index(
                fields=["region_path", "residual_colour", "state", "-id"], name="risk_region_colour"
            ),
            models.Index(fields=["region_path", "-id"], name="risk_region"),
            models.Index(fields=["enterprise", "residual_colour"], name="risk_firm"),
            models.Index(fields=["review_due_on"], include=["region_path", "industry"], name="risk_review"),
            models.Index(fields=["plan"], name="risk_plan"),
            models.Index(
                fields=["industry", "residual_colour", "-id"], include=["region_path", "state"],
                name="risk_industry",
            ),
            models.Index(
                fields=["-id"], include=["region_path", "industry"], name="risk_lowering",
                condition=Q(state="lowering"),
            ),
            models.Index(fields=["enterprise", "job", "id"], name="risk_job", condition=~Q(job="")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def is_graded(self) -> bool:
        """Whether colours are known."""
        return bool(self.inherent_colour and self.residual_colour)

    @property
    def colours(self) -> tuple[Colour, Colour]:
        """(inherent, residual) of a graded point."""
        return Colour(self.inherent_colour), Colour(self.residual_colour)

    @property
    def measures(self) -> list[str]:
        """The controls in words, without the emergency ones."""
        return [one for one in (self.engineering, self.management, self.training, self.ppe) if one]

    def factors(self, side: str) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
        """(L, E, C) of "inherent" or "residual"; E is None for LS, whose third factor is S."""
        first, second, third = (getattr(self, f"{side}_{name}") for name in "lec")
        return first, second, third

    def derive(self) -> None:
        """Place, scores and colours; what cannot be reckoned stays empty."""
        super().derive()
        for side in SIDES:
            try:
                found = self.grade(side)
            except ValueError:
                found = None
            setattr(self, f"{side}_score", Decimal(found.score) if found else None)
            setattr(self, f"{side}_colour", found.colour.value if found else "")

    def grade(self, side: str) -> lec.Grade | ls.Grade | None:
        """The grading of one side, None where no factor is given; ValueError for values of no table."""
        first, second, third = self.factors(side)
        if self.method == self.Method.LS:
            return None if first is None or third is None else self._by_matrix(first, third)
        if first is None or second is None or third is None:
            return None
        score = lec.score(first, second, third, self.variant if self.variant in lec.VARIANTS else "classic")
        return lec.grade(score, inclusive_70=self.seventy_is_yellow)

    def _by_matrix(self, likelihood: Decimal, severity: Decimal) -> ls.Grade:
        if likelihood % 1 or severity % 1:
            raise ValueError("L、S 只能取 1 到 5 的整数")
        scheme = self.variant if self.variant in ls.SCHEMES else "standard"
        return ls.grade(ls.score(int(likelihood), int(severity)), scheme)

    def clean(self) -> None:
        """Factors are of their tables and complete; residual is not above inherent; a fall was approved."""
        super().clean()
        self._require_scheme()
        given = [self._require_factors(side) for side in SIDES]
        if any(given) and not all(given):
            side = SIDES[given.index(False)]
            raise ValidationError({f"{side}_l": "固有风险和现状风险要一起评估。请把取值填全。"})
        if all(given):
            fault = risk.residual_fault(*self.colours, self.inherent_score, self.residual_score)  # type: ignore[arg-type]
            if fault:
                raise ValidationError({"residual_l": fault})
        self._require_approval()

    def _require_scheme(self) -> None:
        known = lec.VARIANTS if self.method == self.Method.LEC else ls.SCHEMES
        if self.variant not in known:
            raise ValidationError({"variant": "这个口径属于另一种评估方法。请换口径或方法。"})

    def _require_factors(self, side: str) -> bool:
        """Whether this side is given; raises where it is given in part or with values of no table."""
        first, second, third = self.factors(side)
        wanted = {"l": first, "c": third} | ({"e": second} if self.method == self.Method.LEC else {})
        if all(value is None for value in wanted.values()):
            return False
        missing = next((name for name, value in wanted.items() if value is None), None)
        if missing:
            raise ValidationError({f"{side}_{missing}": "取值没有填全。请选一档。"})
        try:
            self.grade(side)
        except ValueError as error:
            raise ValidationError({f"{side}_l": f"{error}。"}) from error
        return True

    def _require_approval(self) -> None:
        """A colour goes down only where a waiting proposal is approved."""
        stored = RiskPoint.objects.unscoped("what the grading was").filter(pk=self.pk).first()
        if self._state.adding or stored is None or not stored.is_graded:
            return
        if not self.is_graded:
            raise ValidationError({"inherent_l": "已评估的风险点不能退回未评估。请填全取值。"})
        match risk.change(stored.colours, self.colours):
            case "mixed":
                raise ValidationError({"residual_l": "一升一降不能一次办。请先登记升高的，再申请降低的。"})
            case "lower" if not (stored.state == self.State.LOWERING and self.state == self.State.IN_FORCE):
                raise ValidationError({"residual_l": "降级须经批准。请用“申请降级”。"})
