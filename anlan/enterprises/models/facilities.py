"""Facilities: what firms and others run, of a kind that an industry pack defines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from anlan.enterprises.models.fields import IndustryField
from anlan.enterprises.models.firms import Enterprise, Site
from anlan.kernel.extra import PlainEncoder
from anlan.kernel.scope import PathField, Scope, ScopedModel
from anlan.standards import reads as standards
from anlan.standards.models import FacilityKind
from anlan.standards.rules import attributes as rules


def kind_choices() -> list[tuple[str, str]]:
    """(key, label) of the kinds of today."""
    return [(key, one.label) for key, one in standards.kinds().items()]


class KindField(models.CharField):  # type: ignore[type-arg]
    """The key of a kind of facility, chosen and shown by its label; the choices are rows of packs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 60)
        kwargs.setdefault("db_collation", "C")
        kwargs["choices"] = kind_choices
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Without the choices, which are rows and not code."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("choices", None)
        return name, path, args, kwargs

    def _check_choices(self) -> list[Any]:
        """Nothing to check at start: the choices are rows of a table."""
        return []

    def validate(self, value: Any, model_instance: Any) -> None:
        """Whether the kind exists is said by the facility itself: old facilities keep a kind that ended."""


class Facility(ScopedModel):
    """A mine, a pond, a tank, an elevator, a vessel, a house … with the attributes of its kind.

    `definition` is the kind as it was on the day on which the attributes were last written: they are read,
    and shown, by it. What belongs to no firm (a self-built house, a fishing vessel) names its holder.
    """

    class State(models.TextChoices):
        """Whether it is in use; the finer stages of a kind are attributes of it."""

        BUILDING = "building", "在建"
        IN_USE = "in-use", "在用"
        STOPPED = "stopped", "停用"
        CLOSED = "closed", "关闭或拆除"

    scope: ClassVar[Scope] = Scope(
        view="facilities.view", region="region_path", industry="industry", enterprise="enterprise_id"
    )
    derived: ClassVar[frozenset[str]] = frozenset({"industry", "definition_id"})

    kind = KindField("设施类别")
    definition = models.ForeignKey(
        FacilityKind,
        models.PROTECT,
        verbose_name="类别版本",
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    industry = IndustryField("行业领域", editable=False, default="", blank=True)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, verbose_name="企业", null=True, blank=True, related_name="facilities"
    )
    holder = models.CharField(
        "权属人", max_length=80, blank=True, default="", help_text="不属于企业的，写产权人或使用管理单位"
    )
    site = models.ForeignKey(
        Site, models.PROTECT, verbose_name="厂区场所", null=True, blank=True, related_name="facilities"
    )
    name = models.CharField("设施名称", max_length=80)
    number = models.CharField(
        "编号", max_length=60, blank=True, default="", help_text="位号、使用登记证号、船名号等"
    )
    region_path = PathField("区划", blank=True)
    address = models.CharField("地址", max_length=150, blank=True, default="")
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField("纬度", max_digits=8, decimal_places=6, null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.IN_USE)
    opened_on = models.DateField("投用日期", null=True, blank=True)
    closed_on = models.DateField("关闭日期", null=True, blank=True)
    attributes = models.JSONField("属性", default=dict, blank=True, encoder=PlainEncoder)
    demo = models.BooleanField("演示数据", default=False, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "设施"
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "kind", "number"],
                condition=~Q(number="") & Q(enterprise__isnull=False),
                name="facility_number_once",
                violation_error_message="这家企业已有同类同编号的设施。请核对编号。",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True)
                | Q(opened_on__isnull=True)
                | Q(closed_on__gte=F("opened_on")),
                name="facility_dates",
                violation_error_message="关闭日期早于投用日期。请改其中一个。",
            ),
            models.CheckConstraint(
                condition=Q(enterprise__isnull=False) | ~Q(holder=""),
                name="facility_has_holder",
                violation_error_message="没有写属于谁。请选企业，或填权属人。",
            ),
        ]
        indexes = [
            models.Index(
                fields=["kind", "-id"], include=["region_path", "state", "industry"], name="facility_kind"
            ),
            models.Index(
                fields=["kind", "region_path", "-id"], include=["state"], name="facility_kind_region"
            ),
            models.Index(fields=["region_path", "-id"], include=["kind", "state"], name="facility_region"),
            models.Index(fields=["enterprise", "kind", "-id"], name="facility_enterprise"),
        ]

    def __str__(self) -> str:
        return self.name

    def derive(self) -> None:
        """The place of the firm where none is given; industry and version of the kind."""
        if not self.region_path and self.enterprise is not None:
            self.region_path = self.enterprise.region_path
        kind = standards.kinds().get(self.kind)
        if kind is not None:
            self.industry, self.definition_id = kind.industry, kind.pk

    def clean(self) -> None:
        """Attributes fit the kind of today; the site is the firm's."""
        kind = standards.kinds().get(self.kind)
        if kind is None:
            raise ValidationError({"kind": "没有这类设施，或这类设施已停用。请从列表中选。"})
        found, wrong = rules.clean(standards.attributes_of(kind), self.attributes or {})
        if wrong:
            raise ValidationError({"attributes": list(wrong.values())})
        self.attributes = found
        if not self.region_path:
            raise ValidationError({"region_path": "此项必填。"})
        if self.site is not None and self.site.enterprise_id != self.enterprise_id:
            raise ValidationError({"site": "这个厂区场所不属于所选企业。请重新选择。"})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with what follows from the kind."""
        self.derive()
        super().save(*args, **kwargs)
