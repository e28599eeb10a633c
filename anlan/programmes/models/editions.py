"""An edition under review, and what it says once it is published."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from anlan.kernel.scope import PathField, Scope, ScopedModel
from anlan.programmes.models.texts import Programme, SourceText


class Kind(models.TextChoices):
    """What an obligation asks for; each kind has its own way of being due and of being met."""

    CADENCE = "cadence", "频次类"
    DEADLINE = "deadline", "期限类"
    QUOTA = "quota", "数量类"
    COVERAGE = "coverage", "全覆盖类"
    LIMIT = "limit", "限值类"
    DELAY = "delay", "延迟触发类"
    BUILD = "build", "建设类"
    REGULATION = "regulation", "制度类"
    CAMPAIGN = "campaign", "行动类"
    STANDING = "standing", "常态类"
    TARGET = "target", "目标类"


class Period(models.TextChoices):
    """The span that a cadence repeats in."""

    DAY = "day", "每日"
    WEEK = "week", "每周"
    MONTH = "month", "每月"
    TWO_MONTHS = "two_months", "每两个月"
    QUARTER = "quarter", "每季度"
    HALF_YEAR = "half_year", "每半年"
    YEAR = "year", "每年"


class RoleKind(models.TextChoices):
    """In which way a party answers for an item."""

    LEAD = "lead", "牵头"
    SUPPORTING = "supporting", "配合"
    JOINT = "joint", "分工负责"
    OVERSEEING = "overseeing", "督促"
    IMPLEMENTING = "implementing", "落实"


class Edition(ScopedModel):
    """One text of a programme on its way from reading to publication.

    `compiled` is what the compiler found, kept as it was; the reviewed form stands in `DraftItem` rows, so
    that two reviewers meet only where they touch the same item. `digest` is the SM3 over the reviewed form,
    taken at publication. A file that cannot be read leaves an edition without a text; `message` says why.
    """

    class State(models.TextChoices):
        """One edition is published; the one before it is superseded."""

        UNREADABLE = "unreadable", "未能读取"
        REVIEWING = "reviewing", "审读中"
        PUBLISHED = "published", "已发布"
        SUPERSEDED = "superseded", "已被新版取代"

    scope: ClassVar[Scope] = Scope(view="editions.view", region="region_path")

    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name="工作要点", related_name="editions")
    region_path = PathField("区划", editable=False)
    no = models.PositiveSmallIntegerField("版次号")
    text = models.ForeignKey(SourceText, models.PROTECT, verbose_name="原文", null=True, blank=True)
    state = models.CharField("状态", max_length=12, choices=State, default=State.REVIEWING)
    message = models.CharField("说明", max_length=300, blank=True, default="")
    compiled = models.JSONField("分解结果", default=dict, blank=True)
    digest = models.CharField("摘要", max_length=64, blank=True, default="")
    signed_by = models.CharField("签发人", max_length=120, blank=True, default="")
    published_at = models.DateTimeField("发布时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "要点版本"
        constraints = [models.UniqueConstraint(fields=["programme", "no"], name="programmes_edition_once")]

    def __str__(self) -> str:
        return f"{self.programme} 第 {self.no} 版"

    def save(self, *args: object, **kwargs: object) -> None:
        """The region follows the programme."""
        self.region_path = self.programme.region_path
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class DraftItem(ScopedModel):
    """One item under review.

    `body` is the compiled item (document schema `anlan.compiled/1`) with what the review adds to it; the
    shape and every change of it stand in `rules/review.py`.
    """

    scope: ClassVar[Scope] = Scope(view="drafts.view", region="region_path")

    edition = models.ForeignKey(Edition, models.CASCADE, verbose_name="版本", related_name="draft_items")
    region_path = PathField("区划", editable=False)
    position = models.PositiveSmallIntegerField("次序")
    no = models.CharField("条号", max_length=20)
    title = models.CharField("标题", max_length=300, blank=True, default="")
    body = models.JSONField("内容")
    confirmed_by = models.CharField("确认人", max_length=120, blank=True, default="")
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "审读条目"
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["edition", "position"], name="programmes_draft_item_once")
        ]

    def __str__(self) -> str:
        return f"第{self.no}条 {self.title}"

    def save(self, *args: object, **kwargs: object) -> None:
        """The region follows the edition."""
        self.region_path = self.edition.region_path
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class Finding(ScopedModel):
    """A doubt of the compiler; an edition is published when each is settled, by whom and how."""

    scope: ClassVar[Scope] = Scope(view="findings.view", region="edition__region_path")

    edition = models.ForeignKey(Edition, models.CASCADE, verbose_name="版本", related_name="findings")
    draft_item = models.ForeignKey(DraftItem, models.CASCADE, verbose_name="条目", null=True, blank=True)
    kind = models.CharField("种类", max_length=40)
    start = models.PositiveIntegerField("起")
    end = models.PositiveIntegerField("止")
    message = models.CharField("疑点", max_length=300)
    settled_by = models.CharField("处理人", max_length=120, blank=True, default="")
    settled_at = models.DateTimeField("处理时间", null=True, blank=True)
    settlement = models.CharField("处理", max_length=300, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "疑点"
        ordering = ("start", "id")

    def __str__(self) -> str:
        return self.message


class Item(ScopedModel):
    """One published item. It lives as long as its text stands; a new edition ends it or moves its span."""

    scope: ClassVar[Scope] = Programme.ProgrammeScope(
        view="programmes.view", region="programme__region_path", unit="programme__issuer_id"
    )

    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name="工作要点", related_name="items")
    edition = models.ForeignKey(Edition, models.PROTECT, verbose_name="自哪一版", related_name="+")
    ended = models.ForeignKey(
        Edition, models.PROTECT, verbose_name="止于哪一版", null=True, blank=True, related_name="+"
    )
    section = models.CharField("章节", max_length=300, blank=True, default="")
    position = models.PositiveSmallIntegerField("次序")
    no = models.CharField("条号", max_length=20)
    title = models.CharField("标题", max_length=300, blank=True, default="")
    text = models.TextField("条文")
    start = models.PositiveIntegerField("起")
    end = models.PositiveIntegerField("止")
    open_list = models.BooleanField("责任单位未列全", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "条目"
        ordering = ("position",)
        indexes = [models.Index(fields=["programme", "position"], name="programmes_item_order")]

    def __str__(self) -> str:
        return f"第{self.no}条 {self.title}"


class ItemRole(models.Model):
    """One party of an item as written, and the units it stood for at the day of publication."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="roles")
    role = models.CharField(max_length=12, choices=RoleKind)
    name = models.CharField(max_length=120)
    group = models.CharField(max_length=60, blank=True, default="")
    unit_ids = ArrayField(models.BigIntegerField(), default=list)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("position",)

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.name}"


class Obligation(ScopedModel):
    """One binding clause of an item, as published.

    `measure` names a measure by its key; with none the unit declares. `period` and `value` are those in
    force: the document's own, or those of the `ruling` on its vague word.
    """

    scope: ClassVar[Scope] = Programme.ProgrammeScope(
        view="programmes.view", region="item__programme__region_path", unit="item__programme__issuer_id"
    )

    item = models.ForeignKey(Item, models.PROTECT, verbose_name="条目", related_name="obligations")
    ref = models.CharField("编号", max_length=20)
    position = models.PositiveSmallIntegerField("次序")
    kind = models.CharField("类别", max_length=12, choices=Kind)
    quote = models.TextField("原文")
    start = models.PositiveIntegerField("起")
    end = models.PositiveIntegerField("止")
    value = models.DecimalField("数", max_digits=16, decimal_places=4, null=True, blank=True)
    unit = models.CharField("计量单位", max_length=20, blank=True, default="")
    comparator = models.CharField("比较", max_length=2, blank=True, default="")
    period = models.CharField("周期", max_length=12, choices=Period, blank=True, default="")
    by = models.DateField("期限", null=True, blank=True)
    subject = models.CharField("对象", max_length=300, blank=True, default="")
    named = models.JSONField("点名的系统或文件", default=list, blank=True)
    measure = models.CharField("指标", max_length=80, blank=True, default="")
    ruling = models.JSONField("裁定", default=dict, blank=True)
    ended = models.ForeignKey(Edition, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "任务要求"
        ordering = ("item__position", "position")
        constraints = [
            models.UniqueConstraint(
                fields=["item", "ref"], name="programmes_obligation_once", condition=models.Q(ended=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.quote[:40]}"


class Target(models.Model):
    """A goal of the whole document."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="targets")
    quote = models.TextField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    indicator = models.CharField(max_length=120)
    subject = models.CharField(max_length=200, blank=True, default="")
    comparator = models.CharField(max_length=2, blank=True, default="")
    value = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    unit = models.CharField(max_length=20, blank=True, default="")
    measure = models.CharField(max_length=80, blank=True, default="")

    def __str__(self) -> str:
        return self.quote


class Sentence(models.Model):
    """A piece of an edition's text and its class: together they cover the whole text."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="sentences")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    item_no = models.CharField(max_length=20, blank=True, default="")
    label = models.CharField(max_length=12)

    class Meta:
        ordering = ("start",)

    def __str__(self) -> str:
        return f"{self.start}–{self.end} {self.label}"
