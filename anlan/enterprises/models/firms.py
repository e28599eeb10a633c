"""Enterprises and their sites."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from anlan.enterprises.models.fields import CodeField, IndustryField, east, north
from anlan.enterprises.models.spoken import SpokenField
from anlan.enterprises.rules import uscc
from anlan.enterprises.rules.likeness import core
from anlan.kernel import clock, places
from anlan.kernel.scope import PathField, Scope, ScopedModel

EAST_HINT = "国家大地坐标系（CGCS2000）的度数，如 117.861911"
NORTH_HINT = "国家大地坐标系（CGCS2000）的度数，如 29.248025"


class Enterprise(ScopedModel):
    """A firm (生产经营单位), known by its 18-digit code (GB 32100).

    A code that does not pass its check may stand with the reason of the officer who let it pass.
    `industry` is the slug of the main industry; `topics` are further fields that cut across industries
    (dust, confined space). `regulator` is the office that answers for the firm's industry. A firm that
    turned out to be a duplicate keeps its row and history, points to the one that took it over
    (`merged_into`) and has the status `merged`.
    """

    class Status(models.TextChoices):
        """What the firm is doing: decides which duties it has (`rules.duties`)."""

        BUILDING = "building", "在建"
        TRIAL = "trial", "试生产"
        OPERATING = "operating", "在产"
        SUSPENDED = "suspended", "停产"
        CLOSED = "closed", "关闭"
        MERGED = "merged", "已并入"

    class Size(models.TextChoices):
        """Size by the national classification."""

        LARGE = "large", "大型"
        MEDIUM = "medium", "中型"
        SMALL = "small", "小型"
        MICRO = "micro", "微型"

    class Platform(models.TextChoices):
        """Platforms whose workers are on the road."""

        DELIVERY = "delivery", "外卖快递配送"
        RIDE_HAILING = "ride-hailing", "网约车"
        FREIGHT = "freight", "网络货运"

    scope: ClassVar[Scope] = Scope(
        view="enterprises.view",
        region="region_path",
        unit="regulator_id",
        industry="industry",
        enterprise="id",
    )

    derived: ClassVar[frozenset[str]] = frozenset({"papers_until", "core"})

    code = CodeField("统一社会信用代码", blank=True, default="")
    code_override_reason = models.CharField(
        "代码放行理由", max_length=120, blank=True, default="",
        help_text="没有代码或代码通不过校验、仍须登记时填写，如“老执照，代码以原件为准”",
    )  # fmt: skip
    name = models.CharField("企业名称", max_length=120)
    short_name = models.CharField("简称", max_length=40, blank=True, default="")
    region_path = PathField("区划")
    address = models.CharField("地址", max_length=150, blank=True, default="")
    longitude = models.DecimalField(
        "经度", max_digits=9, decimal_places=6, null=True, blank=True, validators=[east], help_text=EAST_HINT
    )
    latitude = models.DecimalField(
        "纬度",
        max_digits=8,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[north],
        help_text=NORTH_HINT,
    )
    industry = IndustryField("行业领域")
    status = SpokenField(
        "经营状态", max_length=10, choices=Status, default=Status.OPERATING,
        words={
            "operating": ("正常", "生产", "正常生产", "营业", "正常营业", "在营", "存续", "开业"),
            "suspended": ("停业", "停产停业", "停工", "停产整顿", "歇业", "季节性停产"),
            "closed": ("关停", "已关闭", "注销", "已注销", "关闭退出", "吊销"),
            "building": ("建设中", "筹建", "未投产"),
            "trial": ("试运行", "试营业"),
        },
    )  # fmt: skip
    size = SpokenField(
        "规模", max_length=6, choices=Size, blank=True, default="",
        words={"large": ("大",), "medium": ("中",), "small": ("小",), "micro": ("微",)},
    )  # fmt: skip
    platform = models.CharField("平台类型", max_length=12, choices=Platform, blank=True, default="")
    employees = models.PositiveIntegerField("从业人数", null=True, blank=True)
    regulator = models.ForeignKey(
        "org.Unit", models.PROTECT, verbose_name="监管部门", null=True, blank=True, related_name="+"
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name="上级企业", null=True, blank=True, related_name="subsidiaries"
    )
    legal_representative = models.CharField("法定代表人", max_length=40, blank=True, default="")
    safety_manager = models.CharField("安全负责人", max_length=40, blank=True, default="")
    phone = models.CharField("联系电话", max_length=30, blank=True, default="")
    opened_on = models.DateField("成立日期", null=True, blank=True)
    closed_on = models.DateField("关闭日期", null=True, blank=True)
    registered_on = models.DateField("建档日期", default=clock.today, editable=False)
    papers_until = models.DateField("证照最近到期", null=True, blank=True, editable=False)
    core = models.CharField("名称主体", max_length=120, blank=True, default="", editable=False)
    demo = models.BooleanField("演示数据", default=False, editable=False)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name="并入企业",
        null=True,
        blank=True,
        editable=False,
        related_name="absorbed",
    )

    class Meta:
        verbose_name = verbose_name_plural = "企业"
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=~Q(code="") & Q(merged_into__isnull=True),
                name="enterprise_code_once",
                violation_error_message="这个统一社会信用代码已经登记过。请在企业名录里查找，或核对代码。",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True)
                | Q(opened_on__isnull=True)
                | Q(closed_on__gte=F("opened_on")),
                name="enterprise_dates",
                violation_error_message="关闭日期早于成立日期。请改其中一个。",
            ),
        ]
        indexes = [
            models.Index(fields=["region_path", "name", "id"], name="enterprise_region"),
            models.Index(fields=["name", "id"], name="enterprise_name"),
            models.Index(fields=["region_path", "industry", "status"], name="enterprise_filter"),
            models.Index(fields=["code"], name="enterprise_code"),
            models.Index(fields=["papers_until"], name="enterprise_papers"),
            models.Index(fields=["core"], name="enterprise_core"),
        ]

    def __str__(self) -> str:
        return self.name

    def derive(self) -> None:
        """What is left of the name without region and legal form: by it, duplicates are looked for."""
        codes = self.region_path.split("/")[:-1]
        paths = ["/".join(codes[: n + 1]) + "/" for n in range(len(codes))]
        self.core = core(self.name, places.labels(paths).values())

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with the core of the name."""
        self.derive()
        fields = kwargs.get("update_fields")
        if fields is not None and {"name", "region_path"} & set(fields):
            kwargs["update_fields"] = {*fields, "core"}
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """The code is whole or let pass with a reason; both coordinates or none."""
        self.code = uscc.tidy(self.code)
        wrong = {}
        fault = uscc.fault(self.code) if self.code else ""
        if fault and not self.code_override_reason:
            wrong["code"] = f"{fault}执照上确实如此的，填写代码放行理由。"
        if self.code and not fault:
            self.code_override_reason = ""
        if (self.longitude is None) != (self.latitude is None):
            wrong["latitude" if self.latitude is None else "longitude"] = "经度和纬度要同时填写，或都留空。"
        if self.status == self.Status.CLOSED and self.closed_on is None:
            wrong["closed_on"] = "经营状态为关闭的，请填关闭日期。"
        if wrong:
            raise ValidationError(wrong)


class Site(ScopedModel):
    """A place where a firm works: a plant, a pit, a yard, a shop."""

    scope: ClassVar[Scope] = Scope(
        view="enterprise-sites.view",
        region="region_path",
        industry="enterprise__industry",
        enterprise="enterprise_id",
    )

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, verbose_name="企业", related_name="sites")
    name = models.CharField("场所名称", max_length=80)
    region_path = PathField("区划", blank=True, help_text="留空的，与企业所在区划相同")
    address = models.CharField("地址", max_length=150, blank=True, default="")
    longitude = models.DecimalField(
        "经度", max_digits=9, decimal_places=6, null=True, blank=True, validators=[east], help_text=EAST_HINT
    )
    latitude = models.DecimalField(
        "纬度",
        max_digits=8,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[north],
        help_text=NORTH_HINT,
    )
    in_use = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "厂区场所"
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "name"],
                name="site_name_once",
                violation_error_message="这家企业已有同名场所。",
            ),
        ]
        indexes = [models.Index(fields=["region_path", "-id"], name="site_region")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; without a place of its own it lies where the firm is."""
        self.region_path = self.region_path or self.enterprise.region_path
        super().save(*args, **kwargs)
