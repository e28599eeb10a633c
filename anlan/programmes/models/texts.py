"""The document as it was sent, and the editions in which it runs."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anlan.kernel.scope import PathField, Scope, ScopedModel


class SourceText(ScopedModel):
    """The immutable text of one document. Everything later points to `[start, end)` in it.

    `marks` maps characters to pages and paragraphs as the reader found them:
    [[offset, page, paragraph], …] in ascending order, with a further 1 where the words were recognised in a
    picture.
    """

    scope: ClassVar[Scope] = Scope(view="programmes.view", region="region_path")

    region_path = PathField("区划")
    name = models.CharField("文件名", max_length=200)
    media_type = models.CharField("类型", max_length=100)
    text = models.TextField("原文")
    digest = models.CharField("摘要", max_length=64, db_collation="C")
    marks = models.JSONField("页码与段落", default=list, blank=True)
    file_id = models.BigIntegerField("原件", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "要点原文"
        constraints = [
            models.UniqueConstraint(
                fields=["region_path", "digest"],
                name="programmes_text_once",
                violation_error_message="这份文件已经上传过。请打开原来那一份，或上传修改后的文件。",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Programme(ScopedModel):
    """One key-points document as it runs, whatever edition it stands in.

    Every unit that has a duty in it sees it, so it lists to those at or below its region too: `open_to_staff`
    holds for published ones only, through `ProgrammeScope`.
    """

    class State(models.TextChoices):
        """Drafted, running, over."""

        REVIEWING = "reviewing", "审读中"
        RUNNING = "running", "执行中"
        CLOSED = "closed", "已结束"

    class ProgrammeScope(Scope):
        """The issuer's own region, and published ones of the levels above."""

        def _for_seat(self, seat):  # type: ignore[no-untyped-def]
            """Own territory as usual, and running programmes of every level above."""
            at = (self.region or "region_path").removesuffix("region_path")
            paths = [part for path in seat.region_paths for part in ancestors(path)]
            above = Q(**{f"{at}region_path__in": paths}) & ~Q(**{f"{at}state": "reviewing"})
            return super()._for_seat(seat) | above

    scope: ClassVar[Scope] = ProgrammeScope(view="programmes.view", region="region_path", unit="issuer_id")

    issuer = models.ForeignKey("org.Unit", models.PROTECT, verbose_name="制发单位", related_name="+")
    region_path = PathField("区划", editable=False)
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("标题", max_length=200)
    number = models.CharField("文号", max_length=60, blank=True, default="")
    issued_on = models.DateField("成文日期", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.REVIEWING)
    upper = models.ForeignKey(
        "self", models.PROTECT, verbose_name="上级要点", null=True, blank=True, related_name="lower"
    )
    report_days = models.JSONField("报告时限", default=list, blank=True)
    demo = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "工作要点"
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "year", "title"],
                name="programmes_programme_once",
                violation_error_message="本单位今年已有同名要点。请在原要点中上传新版。",
            )
        ]
        indexes = [models.Index(fields=["region_path", "-year", "-id"], name="programmes_newest")]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: object, **kwargs: object) -> None:
        """The region follows the issuer."""
        self.region_path = self.issuer.region_path
        super().save(*args, **kwargs)  # type: ignore[arg-type]


def ancestors(path: str) -> list[str]:
    """The path and every path above it: "a/b/" gives "a/b/", "a/"."""
    parts = path.rstrip("/").split("/")
    return ["/".join(parts[:n]) + "/" for n in range(len(parts), 0, -1)]
