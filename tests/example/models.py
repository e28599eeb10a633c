"""Two tables: places of work and faults found in them."""

from __future__ import annotations

from django.db import models

from anlan.kernel.scope import PathField, Scope, ScopedModel


class Site(ScopedModel):
    """A place of work, in one region, of one industry."""

    scope = Scope(view="sites.view", region="region_path", industry="industry", enterprise="id")

    code = models.CharField("编号", max_length=20, unique=True)
    name = models.CharField("名称", max_length=80)
    region_path = PathField("区划")
    industry = models.CharField("行业", max_length=40)

    class Meta:
        verbose_name = "场所"
        verbose_name_plural = "场所"

    def __str__(self) -> str:
        return self.name


class Fault(ScopedModel):
    """A fault: found, being mended, verified, closed."""

    class Level(models.TextChoices):
        """How bad."""

        ORDINARY = "ordinary", "一般"
        MAJOR = "major", "重大"

    class State(models.TextChoices):
        """Where it stands."""

        FOUND = "found", "已发现"
        ORDERED = "ordered", "已下达"
        MENDING = "mending", "整改中"
        VERIFYING = "verifying", "待验收"
        CLOSED = "closed", "已销号"

    scope = Scope(
        view="faults.view",
        region="region_path",
        industry="industry",
        enterprise="site_id",
        person="finder_id",
    )

    number = models.CharField("编号", max_length=20, unique=True)
    site = models.ForeignKey(Site, models.PROTECT, verbose_name="企业", related_name="faults")
    region_path = PathField("区划")
    industry = models.CharField("行业", max_length=40)
    level = models.CharField("级别", max_length=10, choices=Level, default=Level.ORDINARY)
    state = models.CharField("状态", max_length=10, choices=State, default=State.FOUND)
    description = models.CharField("描述", max_length=300)
    cost = models.DecimalField("整改资金", max_digits=14, decimal_places=2, null=True, blank=True)
    found_on = models.DateField("发现日期")
    due_on = models.DateField("整改期限", null=True, blank=True)
    closed_on = models.DateField("销号日期", null=True, blank=True)
    finder_id = models.BigIntegerField("发现人", null=True, blank=True)
    mender = models.CharField("整改人", max_length=40, blank=True, default="")
    verifier = models.CharField("验收人", max_length=40, blank=True, default="")

    class Meta:
        verbose_name = "问题"
        verbose_name_plural = "问题"
        indexes = [
            # What the list filters by comes along, so that a page is found in the index alone.
            models.Index(
                fields=["-found_on", "-id"],
                include=["region_path", "state", "level", "industry"],
                name="fault_newest",
            ),
            models.Index(fields=["region_path", "-found_on", "-id"], name="fault_region"),
            models.Index(
                fields=["region_path", "state", "industry", "-found_on", "-id"], name="fault_filter"
            ),
            models.Index(fields=["site", "-id"], name="fault_site"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(due_on__isnull=True) | models.Q(due_on__gte=models.F("found_on")),
                name="fault_due_after_found",
                violation_error_message="整改期限早于发现日期。请改为发现日期当天或以后。",
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_closed(self) -> bool:
        """Whether nothing more is to be done."""
        return self.state == self.State.CLOSED
