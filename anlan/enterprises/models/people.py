"""People in key posts of firms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from anlan.enterprises.models.fields import IndustryField
from anlan.enterprises.models.firms import Enterprise, Site
from anlan.enterprises.rules import identity
from anlan.kernel import clock
from anlan.kernel.scope import PathField, Scope, ScopedModel


def identity_digests(number: str) -> Iterator[str]:
    """Keyed digests of an identity number: by the house's key of today, then by those it had before."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield salted_hmac("anlan.enterprises.identity", number, secret=key, algorithm="sha256").hexdigest()


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
    derived: ClassVar[frozenset[str]] = frozenset({"region_path", "industry", "identity_digest"})

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, verbose_name="企业", related_name="key_people")
    region_path = PathField("区划", editable=False, blank=True, default="")
    industry = IndustryField("行业领域", editable=False, default="", blank=True)
    site = models.ForeignKey(
        Site, models.PROTECT, verbose_name="厂区场所", null=True, blank=True, related_name="key_people"
    )
    role = models.CharField("岗位类别", max_length=20, choices=Role)
    title = models.CharField("职务", max_length=40, blank=True, default="")
    name = models.CharField("姓名", max_length=40)
    identity_digest = models.CharField("身份证摘要", max_length=64, editable=False, default="", blank=True)
    identity_masked = models.CharField(
        "身份证号", max_length=30, default="", blank=True, help_text="填完整号码；保存后只显示前 3 后 4 位"
    )
    phone = models.CharField("手机号", max_length=30, blank=True, default="")
    recorded_on = models.DateField("建档日期", default=clock.today, editable=False)
    appointed_on = models.DateField("任职日期", null=True, blank=True)
    left_on = models.DateField("离任日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "关键岗位人员"
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "role", "identity_digest"],
                condition=~Q(identity_digest="") & Q(left_on__isnull=True),
                name="keyperson_once",
                violation_error_message="这家企业的同一岗位类别已登记过这个人。请在人员台账里修改。",
            ),
        ]
        indexes = [
            models.Index(fields=["region_path", "-id"], name="keyperson_region"),
            models.Index(
                fields=["identity_digest"], name="keyperson_identity", condition=~Q(identity_digest="")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def derive(self) -> None:
        """Place and industry are the firm's."""
        if self.enterprise_id is not None:
            self.region_path, self.industry = self.enterprise.region_path, self.enterprise.industry

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with place and industry of the firm."""
        self.derive()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """The site is the firm's; a typed identity number is checked and sealed on the spot."""
        wrong = {}
        if self.site is not None and self.site.enterprise_id != self.enterprise_id:
            wrong["site"] = "这个场所不是这家企业的。请从这家企业的场所中选。"
        if self.left_on and self.appointed_on and self.left_on < self.appointed_on:
            wrong["left_on"] = "离任日期早于任职日期。请改其中一个。"
        if fault := self._seal():
            wrong["identity_masked"] = fault
        if wrong:
            raise ValidationError(wrong)

    def _seal(self) -> str:
        """Put the digest and the masked form in place of a typed number; what is wrong with it, or ""."""
        typed = self.identity_masked
        if not typed:
            self.identity_digest = ""
            return ""
        if identity.is_masked(typed):
            kept = KeyPerson.objects.unscoped("the form shows the masked number and sends it back")
            known = kept.filter(pk=self.pk, identity_masked=typed).exists() if self.pk else False
            return "" if known else "请填完整的 18 位身份证号，不要带星号。"
        number = identity.tidy(typed)
        if fault := identity.fault(number, clock.today()):
            return fault
        self.identity_digest, self.identity_masked = next(identity_digests(number)), identity.masked(number)
        return ""
