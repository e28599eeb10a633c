"""Which supervision order (督办单) speaks of which danger."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from anlan.hazards.models.dangers import OfDanger
from anlan.kernel.scope import Scope


class DangerLetter(OfDanger):
    """One danger in the schedule of one letter. A draft that is thrown away takes its lines along."""

    scope: ClassVar[Scope] = Scope(
        view="dangers.view", region="region_path", industry="industry", enterprise="enterprise_id"
    )

    paper = models.ForeignKey("papers.Paper", models.CASCADE, verbose_name="公文", related_name="+")
    unit = models.ForeignKey("org.Unit", models.PROTECT, verbose_name="收文单位", related_name="+")
    put_on = models.DateField("写入日期")

    class Meta:
        verbose_name = verbose_name_plural = "督办单所列隐患"
        constraints = [
            models.UniqueConstraint(
                fields=["danger", "paper"], name="danger_letter_once",
                violation_error_message="这件督办单已经列了这条隐患。",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.paper} {self.danger.number}" if self.danger_id else "督办单所列隐患"
