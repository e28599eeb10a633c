"""People in key posts of firms."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anlan.enterprises.models.firms import Enterprise, Site
from anlan.kernel.scope import PathField, Scope, ScopedModel


class KeyPerson(ScopedModel):
    """Somebody who answers for safety in a firm, or does work that needs a certificate.

    The identity number itself is not kept: `identity_digest` finds the same person again,
    `identity_masked` is what is shown.
    """

    class Role(models.TextChoices):
        """The post, as the Work Safety Law and the rules on training name it."""

        PRINCIPAL = "principal", "主要负责人"
        SAFETY_DIRECTOR = "safety-director", "安全总监"
        SAFETY_MANAGER = "safety-manager", "安全管理人员"
        ENGINEER = "safety-engineer", "注册安全工程师"
        SPECIAL_OPERATOR = "special-operator", "特种作业人员"
        EQUIPMENT_OPERATOR = "equipment-operator", "特种设备作业人员"
        DRIVER = "driver", "从业驾驶员"
        CREW = "crew", "船员"
        OTHER = "other", "其他关键岗位"

    scope: ClassVar[Scope] = Scope(
        view="key-people.view", region="region_path", industry="industry", enterprise="enterprise_id"
    )
    derived: ClassVar[frozenset[str]] = frozenset({"region_path", "industry"})

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, verbose_name="企业", related_name="key_people")
    region_path = PathField("区划", editable=False, blank=True, default="")
    industry = models.CharField("行业领域", max_length=60, db_collation="C", editable=False, default="")
    site = models.ForeignKey(
        Site, models.PROTECT, verbose_name="厂区场所", null=True, blank=True, related_name="key_people"
    )
    role = models.CharField("岗位类别", max_length=20, choices=Role)
    title = models.CharField("职务", max_length=40, blank=True, default="")
    name = models.CharField("姓名", max_length=40)
    identity_digest = models.CharField("身份证摘要", max_length=64, editable=False, default="", blank=True)
    identity_masked = models.CharField("身份证号", max_length=18, editable=False, default="", blank=True)
    phone = models.CharField("手机号", max_length=30, blank=True, default="")
    appointed_on = models.DateField("任职日期", null=True, blank=True)
    left_on = models.DateField("离任日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "关键岗位人员"
        indexes = [
            models.Index(fields=["region_path", "-id"], name="keyperson_region"),
            models.Index(
                fields=["identity_digest"], name="keyperson_identity", condition=~Q(identity_digest="")
            ),
        ]

    def __str__(self) -> str:
        return self.name
