"""Announcements (公告): what the system administrator tells everybody who signs in."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anlan.kernel.scope import Scope, ScopedModel


class Announcement(ScopedModel):
    """One announcement and the days on which it stands, both ends inside."""

    scope: ClassVar[Scope] = Scope(view="announcements.view", open_to_staff=True)

    title = models.CharField("标题", max_length=80)
    body = models.TextField("内容", max_length=4000)
    first_day = models.DateField("开始日期")
    last_day = models.DateField("结束日期", null=True, blank=True, help_text="留空表示一直有效")
    pinned = models.BooleanField("置顶", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "公告"
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")),
                name="announcement_days",
                violation_error_message="结束日期早于开始日期。请改其中一个。",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def stands(self, day: date) -> bool:
        """Whether it is to be read on `day`."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)
