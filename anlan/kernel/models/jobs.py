"""Long acts: what the person sees of them, whatever runs them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from anlan.kernel.scope import Scope, ScopedModel


class Job(ScopedModel):
    """One long act with its progress; `result` is a stored file or an address to go to."""

    class State(models.TextChoices):
        """A job ends in exactly one of the last three."""

        WAITING = "waiting", "排队"
        RUNNING = "running", "进行中"
        DONE = "done", "完成"
        FAILED = "failed", "失败"
        STOPPED = "stopped", "已停止"

    scope = Scope(view="jobs.view", person="person_id")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="发起人", null=True, related_name="+"
    )
    seat_id = models.BigIntegerField("岗位", null=True)
    kind = models.CharField("种类", max_length=60)
    label = models.CharField("事项", max_length=200)
    ledger = models.CharField("台账", max_length=60, default="")
    parameters = models.JSONField("参数", default=dict)
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    done = models.PositiveBigIntegerField("已完成", default=0)
    total = models.PositiveBigIntegerField("总量", default=0)
    message = models.CharField("说明", max_length=500, default="")
    result_name = models.CharField("结果文件", max_length=200, default="")
    result_path = models.CharField("结果位置", max_length=200, default="")
    result_url = models.CharField("结果页", max_length=300, default="")
    stop_asked = models.BooleanField("要求停止", default=False)
    created_at = models.DateTimeField("发起时间", db_default=Now())
    started_at = models.DateTimeField("开始时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = "作业"
        verbose_name_plural = "作业"
        indexes = [models.Index(fields=["person", "-id"], name="job_person")]

    def __str__(self) -> str:
        return self.label
