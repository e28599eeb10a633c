"""Licences looked at again after they were issued: a draw by lot, and what was found."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from anlan.enterprises.models.credentials import Licence
from anlan.enterprises.models.fields import IndustryField
from anlan.enterprises.models.firms import Enterprise
from anlan.kernel import clock
from anlan.kernel.scope import PathField, Scope, ScopedModel


class LicenceDraw(ScopedModel):
    """A share of the licences issued in a window of days, drawn by lot.

    `pool` is the list that was drawn from ([种类/编号, …], as it stood), so that the draw can be repeated
    with the seed (`rules.recheck`).
    """

    scope: ClassVar[Scope] = Scope(view="licence-draws.view", region="region_path")

    region_path = PathField("区划")
    kind = models.CharField(
        "证照种类", max_length=60, blank=True, default="", help_text="留空为各种证照一起抽"
    )
    issued_from = models.DateField("发证日期从")
    issued_until = models.DateField("发证日期到", help_text="含当天")
    share = models.DecimalField(
        "抽取比例（%）", max_digits=5, decimal_places=1, default=Decimal(10),
        validators=[MinValueValidator(Decimal("0.1")), MaxValueValidator(Decimal(100))],
        help_text="不足一件的按一件抽",
    )  # fmt: skip
    seed = models.CharField(
        "随机种子", max_length=40, blank=True, help_text="现场摇出的数字或约定的文字；留空由系统生成"
    )
    due_on = models.DateField("核查期限", null=True, blank=True)
    pool = models.JSONField("抽取范围", default=list, editable=False)
    pool_digest = models.CharField("名单摘要", max_length=64, default="", blank=True, editable=False)
    pool_size = models.PositiveIntegerField("范围内证照", default=0, editable=False)
    drawn = models.PositiveIntegerField("抽中", default=0, editable=False)
    drawn_at = models.DateTimeField("抽取时间", default=clock.now, editable=False)
    drawn_by = models.CharField("抽取人", max_length=120, default="", blank=True, editable=False)
    demo = models.BooleanField("演示数据", default=False, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "许可后核查抽取"
        indexes = [models.Index(fields=["region_path", "-id"], name="licencedraw_region")]

    def __str__(self) -> str:
        return f"{self.kind or '各种证照'} {self.issued_from} 至 {self.issued_until}"

    def clean(self) -> None:
        """The window is one, and it is past."""
        wrong = {}
        if self.issued_from and self.issued_until and self.issued_until < self.issued_from:
            wrong["issued_until"] = "截止日早于起始日。请改其中一个。"
        if self.due_on and self.due_on < clock.today():
            wrong["due_on"] = "核查期限早于抽取日。请改晚。"
        if wrong:
            raise ValidationError(wrong)


class LicenceCheck(ScopedModel):
    """One licence that was drawn, and whether its holder still meets what it was issued for."""

    class Result(models.TextChoices):
        """What the look showed."""

        WAITING = "waiting", "待核查"
        MEETS = "meets", "符合许可条件"
        MENDING = "mending", "不符合，限期整改"
        TO_WITHDRAW = "to-withdraw", "不符合，建议撤销"
        GONE = "gone", "已停业或查无企业"

    scope: ClassVar[Scope] = Scope(
        view="licence-checks.view", region="region_path", industry="industry", enterprise="enterprise_id"
    )
    derived: ClassVar[frozenset[str]] = frozenset({"enterprise_id", "region_path", "industry"})

    draw = models.ForeignKey(LicenceDraw, models.CASCADE, verbose_name="抽取批次", related_name="checks")
    position = models.PositiveIntegerField("抽签次序", editable=False, default=1)
    licence = models.ForeignKey(Licence, models.PROTECT, verbose_name="证照", related_name="checks")
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, verbose_name="企业", related_name="licence_checks", editable=False
    )
    region_path = PathField("区划", editable=False, blank=True, default="")
    industry = IndustryField("行业领域", editable=False, default="", blank=True)
    result = models.CharField("核查结果", max_length=12, choices=Result, default=Result.WAITING)
    checked_on = models.DateField("核查日期", null=True, blank=True)
    checker = models.CharField("核查人", max_length=80, blank=True, default="")
    finding = models.CharField("核查情况", max_length=300, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "许可后核查"
        constraints = [
            models.UniqueConstraint(
                fields=["draw", "licence"], name="licencecheck_once",
                violation_error_message="这件证照已在这一批里。",
            )
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["region_path", "-id"], name="licencecheck_region"),
            models.Index(fields=["enterprise"], name="licencecheck_enterprise"),
        ]

    def __str__(self) -> str:
        return str(self.licence)

    def derive(self) -> None:
        """Firm, place and industry are the licence's."""
        if self.licence_id is not None:
            one = self.licence
            self.enterprise_id, self.region_path, self.industry = (
                one.enterprise_id,
                one.region_path,
                one.industry,
            )

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with firm, place and industry of the licence."""
        self.derive()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """A result has a day and somebody; what is not met is described."""
        if self.result == self.Result.WAITING:
            return
        wrong = {}
        if self.checked_on is None:
            wrong["checked_on"] = "有核查结果的，请填核查日期。"
        elif self.checked_on > clock.today():
            wrong["checked_on"] = f"核查日期晚于今天（{clock.today()}）。请填已经发生的日期。"
        if not self.checker:
            wrong["checker"] = "有核查结果的，请填核查人。"
        if self.result != self.Result.MEETS and not self.finding:
            wrong["finding"] = "不符合的，请写明查到什么、怎样处理。"
        if wrong:
            raise ValidationError(wrong)
