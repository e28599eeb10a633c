"""What firms and people must hold: licences and certificates, with the day they end."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from anlan.enterprises.models.fields import IndustryField
from anlan.enterprises.models.firms import Enterprise
from anlan.enterprises.models.people import KeyPerson
from anlan.kernel.scope import PathField, Scope, ScopedModel


class Standing(models.TextChoices):
    """Whether the issuer still stands by it; running out is told by the date."""

    VALID = "valid", "有效"
    WITHHELD = "withheld", "暂扣"
    REVOKED = "revoked", "吊销"
    CANCELLED = "cancelled", "注销"


class Licence(ScopedModel):
    """A licence of a firm (安全生产许可证 …). Renewal changes the same row; its history tells the rest."""

    scope: ClassVar[Scope] = Scope(
        view="licences.view", region="region_path", industry="industry", enterprise="enterprise_id"
    )
    derived: ClassVar[frozenset[str]] = frozenset({"region_path", "industry"})

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, verbose_name="企业", related_name="licences")
    region_path = PathField("区划", editable=False, blank=True, default="")
    industry = IndustryField("行业领域", editable=False, default="", blank=True)
    kind = models.CharField("证照种类", max_length=60)
    number = models.CharField("证照编号", max_length=60)
    holder = models.CharField(
        "持证对象", max_length=80, blank=True, default="", help_text="按设施发证的写设施名称"
    )
    issuer = models.CharField("发证机关", max_length=60, blank=True, default="")
    scope_of_permit = models.CharField("许可范围", max_length=200, blank=True, default="")
    issued_on = models.DateField("发证日期", null=True, blank=True)
    expires_on = models.DateField("有效期至", null=True, blank=True, help_text="长期有效的留空")
    standing = models.CharField("证照状态", max_length=10, choices=Standing, default=Standing.VALID)
    ended_on = models.DateField("吊销注销日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "证照"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "number"],
                name="licence_number_once",
                violation_error_message="这个编号的证照已经登记过。请核对种类和编号。",
            ),
            models.CheckConstraint(
                condition=Q(issued_on__isnull=True)
                | Q(expires_on__isnull=True)
                | Q(expires_on__gte=F("issued_on")),
                name="licence_dates",
                violation_error_message="有效期至早于发证日期。请改其中一个。",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_on", "id"], name="licence_expiry"),
            models.Index(fields=["region_path", "expires_on", "id"], name="licence_region"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    def derive(self) -> None:
        """Place and industry are the firm's."""
        if self.enterprise_id is not None:
            self.region_path, self.industry = self.enterprise.region_path, self.enterprise.industry

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with place and industry of the firm."""
        self.derive()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """A licence that is no more says since when."""
        gone = self.standing in (Standing.REVOKED, Standing.CANCELLED)
        if gone and self.ended_on is None:
            raise ValidationError({"ended_on": "吊销、注销的，请填日期。"})
        if not gone:
            self.ended_on = None


class Certificate(ScopedModel):
    """A certificate of a person, and whether anybody has checked that it is real."""

    class Checked(models.TextChoices):
        """What a look at the issuer's register showed."""

        NOT_YET = "not-yet", "未核验"
        GENUINE = "genuine", "核验属实"
        DOUBTFUL = "doubtful", "存疑"
        NOT_FOUND = "not-found", "查无此证"
        FORGED = "forged", "假证"

    class Source(models.TextChoices):
        """Where it was looked up."""

        NATIONAL = "national", "国家查询平台"
        ISSUER = "issuer", "发证机关回函"
        ORIGINAL = "original", "现场核对原件"
        OTHER = "other", "其他"

    scope: ClassVar[Scope] = Scope(
        view="certificates.view", region="region_path", industry="industry", enterprise="enterprise_id"
    )
    derived: ClassVar[frozenset[str]] = frozenset({"enterprise_id", "region_path", "industry"})

    person = models.ForeignKey(KeyPerson, models.PROTECT, verbose_name="持证人", related_name="certificates")
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, verbose_name="企业", related_name="certificates", editable=False
    )
    region_path = PathField("区划", editable=False, blank=True, default="")
    industry = IndustryField("行业领域", editable=False, default="", blank=True)
    kind = models.CharField("证书种类", max_length=60)
    work = models.CharField("作业项目", max_length=60, blank=True, default="")
    number = models.CharField("证书编号", max_length=60, blank=True, default="")
    issuer = models.CharField("发证机关", max_length=60, blank=True, default="")
    issued_on = models.DateField("发证日期", null=True, blank=True)
    review_on = models.DateField("应复审日期", null=True, blank=True)
    expires_on = models.DateField("有效期至", null=True, blank=True, help_text="长期有效的留空")
    checked = models.CharField("核验", max_length=10, choices=Checked, default=Checked.NOT_YET)
    checked_on = models.DateField("核验日期", null=True, blank=True)
    checked_by = models.CharField("核验来源", max_length=10, choices=Source, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "人员证书"
        constraints = [
            models.CheckConstraint(
                condition=Q(issued_on__isnull=True)
                | Q(expires_on__isnull=True)
                | Q(expires_on__gte=F("issued_on")),
                name="certificate_dates",
                violation_error_message="有效期至早于发证日期。请改其中一个。",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_on", "id"], name="certificate_expiry"),
            models.Index(fields=["region_path", "expires_on", "id"], name="certificate_region"),
            models.Index(fields=["enterprise"], name="certificate_enterprise"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}".strip()

    def derive(self) -> None:
        """Firm, place and industry are the person's."""
        if self.person_id is not None:
            person = self.person
            self.enterprise_id, self.region_path, self.industry = (
                person.enterprise_id, person.region_path, person.industry,
            )  # fmt: skip

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with firm, place and industry of the person."""
        self.derive()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Who checked says when and where."""
        if self.checked == self.Checked.NOT_YET:
            return
        wrong = {}
        if self.checked_on is None:
            wrong["checked_on"] = "核验有结论的，请填核验日期。"
        if not self.checked_by:
            wrong["checked_by"] = "核验有结论的，请选在哪里查的。"
        if wrong:
            raise ValidationError(wrong)
