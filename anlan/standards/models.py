"""Laws, criteria and what industry packs bring, and what a place adds to them.

Rows of a pack are ended by date, never deleted; those of a place (no pack, a `region_path`) change by
versions.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from anlan.kernel.scope import PathField, Scope, ScopedModel
from anlan.org.models.dated import Dated, on_day
from anlan.org.models.fields import MARKS, WordsField
from anlan.org.models.industry_field import IndustryField
from anlan.standards.rules import local
from anlan.standards.rules.pack import CONFIDENCES
from anlan.standards.rules.pack_reading import STANDARD_KINDS


class Confidence(models.TextChoices):
    """How sure the house is of a figure, an article, a wording."""

    V = "V", CONFIDENCES["V"]
    P = "P", CONFIDENCES["P"]
    M = "M", CONFIDENCES["M"]


def in_force(day: date) -> Q:
    """Rows that held on `day` and were not withdrawn by a correction."""
    return on_day(day) & Q(withdrawn_on__isnull=True)


def at(path: str) -> Q:
    """Rows that hold at a place: those of the country ("") and of every place on the way down to it."""
    return Q(region_path__in=local.places_of(path))


class Pack(ScopedModel):
    """An industry pack as it was last loaded; its content stands in the rows that point to it."""

    scope: ClassVar[Scope] = Scope(view="packs.view", open_to_staff=True)

    key = models.CharField("标识", max_length=60, unique=True, db_collation="C")
    label = models.CharField("名称", max_length=30)
    edition = models.PositiveIntegerField("版本")
    digest = models.CharField("摘要", max_length=64, db_collation="C")
    industries = models.JSONField("行业", default=list, blank=True)
    general = models.BooleanField("各行业通用", default=False)
    region_path = PathField("适用地区", blank=True, default="")
    note = models.CharField("说明", max_length=400, blank=True)
    loaded_at = models.DateTimeField("载入时间")
    ended_on = models.DateField("停用日期", null=True, blank=True)
    # What an administrator brought: {file: text}. Packs of the installation keep theirs in its folder.
    files = models.JSONField("文件", default=dict, blank=True, editable=False)
    brought_by = models.CharField("上传人", max_length=120, blank=True, default="", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "行业包"

    def __str__(self) -> str:
        return self.label

    @property
    def local(self) -> bool:
        """Whether an administrator brought it by page."""
        return bool(self.files)


class PackEdition(models.Model):
    """One version of a pack that was loaded: when, and how much it brought and ended."""

    pack = models.ForeignKey(Pack, models.PROTECT, related_name="editions")
    edition = models.PositiveIntegerField("版本")
    digest = models.CharField("摘要", max_length=64)
    loaded_at = models.DateTimeField("载入时间")
    added = models.PositiveIntegerField("新增", default=0)
    ended = models.PositiveIntegerField("终止", default=0)
    kept = models.PositiveIntegerField("未变", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "行业包版本"
        constraints = [models.UniqueConstraint(fields=["pack", "edition"], name="pack_edition_once")]


class Content(Dated, ScopedModel):
    """What all rows share. `withdrawn_on`: the day on which a correction took the row's place.

    `region_path` is the place where the row holds, "" for the whole country. A row with a place and no pack
    was written there; `succeeding` is set while one of its versions is followed by the next.
    """

    succeeding: ClassVar[bool] = False

    valid_from = models.DateField(
        "生效日期", null=True, blank=True, help_text="文件的施行日期，省、市登记的必填"
    )

    pack = models.ForeignKey(
        Pack, models.PROTECT, verbose_name="行业包", null=True, blank=True, related_name="+"
    )
    key = models.CharField("代码", max_length=60, db_collation="C")
    region_path = PathField("适用地区", blank=True, default="", editable=False)
    digest = models.CharField("摘要", max_length=64, db_collation="C", editable=False, default="")
    position = models.PositiveIntegerField("次序", default=0, editable=False)
    withdrawn_on = models.DateField("更正日期", null=True, blank=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            # A key holds once on a day; corrected rows no longer count.
            models.UniqueConstraint(
                fields=["key", "valid_from", "region_path"],
                condition=Q(withdrawn_on__isnull=True),
                nulls_distinct=False,
                name="%(class)s_once",
                violation_error_message="这个代码已经有了。请换一个；要改动它，请在它的页面上“出新版”。",
            )
        ]

    @property
    def local(self) -> bool:
        """Whether it was written for a place and not brought by a pack."""
        return self.pack_id is None and bool(self.region_path)

    def clean(self) -> None:
        """A local row by itself, and beside the other versions of its code."""
        if self.local:
            self.clean_local()

    def clean_local(self) -> None:
        """Raise where a row written for a place does not say what it has to, or takes another's code."""
        confidence, source = getattr(self, "confidence", ""), getattr(self, "source", "")
        basis = not hasattr(self, "standard_id") or self.standard_id is not None
        wrong = local.faults(self.key, self.valid_from, self.valid_to, confidence, source, basis)
        others = list(
            type(self).objects.unscoped("codes hold for everybody").filter(key=self.key).exclude(pk=self.pk)
        )
        if others and self._state.adding and not self.succeeding:
            wrong["key"] = "这个代码已经有了。请换一个；要改动它，请在它的页面上“出新版”。"
        elif met := local.clashing(others, self.valid_from, self.valid_to):
            wrong["valid_from"] = f"与 {met.valid_from} 起的一版日期重叠。请改生效日期或失效日期。"
        if wrong:
            raise ValidationError(wrong)


class Sure(models.Model):
    """How sure the house is of a row, and on what ground."""

    confidence = models.CharField("把握", max_length=1, choices=Confidence, default=Confidence.M)
    source = models.CharField("出处", max_length=200, blank=True)

    class Meta:
        abstract = True

    @property
    def unsure(self) -> bool:
        """Whether a reader must be told 待核."""
        return bool(self.confidence == Confidence.M)


class Standard(Content, Sure):
    """A law, a standard or a normative document, with its days."""

    scope: ClassVar[Scope] = Scope(view="standards.view", open_to_staff=True)

    class Kind(models.TextChoices):
        """Rank of the text."""

        LAW = "law", STANDARD_KINDS["law"]
        REGULATION = "regulation", STANDARD_KINDS["regulation"]
        RULE = "rule", STANDARD_KINDS["rule"]
        STANDARD = "standard", STANDARD_KINDS["standard"]
        DOCUMENT = "document", STANDARD_KINDS["document"]

    title = models.CharField("名称", max_length=160)
    number = models.CharField("编号", max_length=60, blank=True)
    issuer = models.CharField("发布机关", max_length=60, blank=True)
    kind = models.CharField("种类", max_length=10, choices=Kind, default=Kind.DOCUMENT)
    replaced_by = models.ForeignKey(
        "self", models.SET_NULL, verbose_name="被替代", null=True, blank=True, related_name="replaces"
    )
    note = models.CharField("说明", max_length=400, blank=True)

    class Meta(Content.Meta):
        verbose_name = verbose_name_plural = "法规标准"

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip() if self.kind == "standard" else f"《{self.title}》"


NO_INDUSTRY = "留空表示各行业通用"
KINDS_HINT = "写类别名称，如 电梯；自动扶梯。留空表示本行业各类设施"


class Fitting(models.Model):
    """For which kinds of facility and which industry a row is meant; people name kinds by label."""

    class Meta:
        abstract = True

    def derive(self: Any) -> None:
        """Kinds out of the words of a cell, by their key; without an industry the row is meant for all."""
        if self.pack_id is not None:
            return
        if isinstance(self.kinds, str):
            self.kinds = [part.strip() for part in MARKS.split(self.kinds) if part.strip()]
        if self.kinds:
            by_label = dict(
                FacilityKind.objects.unscoped("kinds hold for everybody").values_list("label", "key")
            )
            self.kinds = [by_label.get(one, one) for one in self.kinds]
        self.general = not self.industry

    def clean_local(self: Any) -> None:
        """Beside what every local row is asked: kinds that there are."""
        known = FacilityKind.objects.unscoped("kinds hold for everybody").filter(key__in=self.kinds)
        if unknown := set(self.kinds) - set(known.values_list("key", flat=True)):
            raise ValidationError(
                {"kinds": f"没有“{'、'.join(sorted(unknown))}”这类设施。请写设施类别的名称。"}
            )
        super().clean_local()  # type: ignore[misc]


class Based(Sure):
    """A row with a legal ground."""

    standard = models.ForeignKey(
        Standard, models.PROTECT, verbose_name="依据", null=True, blank=True, related_name="+"
    )
    article = models.CharField("条款", max_length=120, blank=True)

    class Meta:
        abstract = True

    @property
    def short_basis(self) -> str:
        """For a narrow column: a law by name, 《安全生产法》第41条, all else by number, GB 18218-2018 4.2."""
        if self.standard is None:
            return ""
        if self.standard.kind in {"law", "regulation"} or not self.standard.number:
            return f"{self.standard}{self.article}"
        return f"{self.standard.number} {self.article}".strip()

    @property
    def basis(self) -> str:
        """《安全生产法》第41条; empty where none is known."""
        return (
            f"{self.standard}{' ' if self.standard.kind == 'standard' else ''}{self.article}"
            if self.standard
            else ""
        )


class Criterion(Fitting, Content, Based):
    """A criterion: a finding that meets it is a major hidden danger. `text` is a short label of our own."""

    scope: ClassVar[Scope] = Scope(view="criteria.view", open_to_staff=True)

    industry = IndustryField("行业", blank=True, default="", help_text=NO_INDUSTRY)
    general = models.BooleanField("各行业通用", default=False)
    text = models.CharField("判定情形", max_length=160)
    group = models.CharField("类别", max_length=30, blank=True)
    kinds = WordsField("设施类别", max_length=60, help_text=KINDS_HINT)
    words = models.CharField(
        "检索词",
        max_length=200,
        blank=True,
        default="",
        help_text="现场常用的说法，之间用“、”分开，如 飞线、私拉乱接",
    )
    note = models.CharField("说明", max_length=400, blank=True)

    class Meta(Content.Meta):
        verbose_name = verbose_name_plural = "判定标准"
        indexes = [models.Index(fields=["industry", "position"], name="criterion_industry")]

    @property
    def spoken(self) -> list[str]:
        """The everyday words by which it is found, one by one."""
        return [word for word in self.words.split("、") if word]

    def __str__(self) -> str:
        return f"{self.key} {self.text}"


class FacilityKind(Content):
    """A kind of facility with the attributes of its day."""

    scope: ClassVar[Scope] = Scope(view="facility-kinds.view", open_to_staff=True)

    label = models.CharField("名称", max_length=30)
    industry = models.CharField("行业", max_length=60, db_collation="C")
    unit = models.CharField("量词", max_length=4, default="处")
    attributes = models.JSONField("属性", default=list, blank=True)
    note = models.CharField("说明", max_length=400, blank=True)

    class Meta(Content.Meta):
        verbose_name = verbose_name_plural = "设施类别"

    def __str__(self) -> str:
        return self.label


class LicenceKind(Content, Based):
    """A licence or certificate. `months` it holds, `renew_days` before its end one must ask again."""

    scope: ClassVar[Scope] = Scope(view="licence-kinds.view", open_to_staff=True)

    label = models.CharField("名称", max_length=40)
    kinds = models.JSONField("设施类别", default=list, blank=True)
    issuer = models.CharField("发证机关", max_length=60, blank=True)
    months = models.PositiveIntegerField("有效期（月）", null=True, blank=True)
    renew_days = models.PositiveIntegerField("提前申请（日）", null=True, blank=True)
    note = models.CharField("说明", max_length=400, blank=True)

    class Meta(Content.Meta):
        verbose_name = verbose_name_plural = "证照种类"

    def __str__(self) -> str:
        return self.label


class ChecklistItem(Fitting, Content, Based):
    """One line of a checklist: what to look at, what is wrong, on what ground."""

    scope: ClassVar[Scope] = Scope(view="checklists.view", open_to_staff=True)

    industry = IndustryField("行业", blank=True, default="", help_text=NO_INDUSTRY)
    general = models.BooleanField("各行业通用", default=False)
    kinds = WordsField("设施类别", max_length=60, help_text=KINDS_HINT)
    group = models.CharField("检查内容", max_length=30)
    text = models.CharField("检查项", max_length=120)
    phrase = models.CharField("问题表述", max_length=160)
    criterion_key = models.CharField("对应判定标准", max_length=60, blank=True, db_collation="C")

    class Meta(Content.Meta):
        verbose_name = verbose_name_plural = "检查项"
        indexes = [models.Index(fields=["industry", "position"], name="checklist_industry")]

    def __str__(self) -> str:
        return self.text


class SensorKind(Content, Based):
    """A kind of sensor: its unit and the thresholds that a standard gives."""

    scope: ClassVar[Scope] = Scope(view="sensor-kinds.view", open_to_staff=True)

    label = models.CharField("名称", max_length=40)
    unit = models.CharField("单位", max_length=20, blank=True)
    kinds = models.JSONField("设施类别", default=list, blank=True)
    thresholds = models.JSONField("界限", default=list, blank=True)
    note = models.CharField("说明", max_length=400, blank=True)

    class Meta(Content.Meta):
        verbose_name = verbose_name_plural = "传感器种类"

    def __str__(self) -> str:
        return self.label


BY_SECTION: dict[str, Any] = {
    "standards": Standard,
    "kinds": FacilityKind,
    "licences": LicenceKind,
    "checklist": ChecklistItem,
    "criteria": Criterion,
    "sensors": SensorKind,
}
