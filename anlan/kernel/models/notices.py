"""Notices as they are kept: to whom, read or not, delivered by which channel or failed and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from anlan.kernel.scope import EVERYBODY, NOBODY, Actor, PathField, Scope, ScopedModel

if TYPE_CHECKING:
    from datetime import time


class OwnScope(Scope):
    """Rows that only the person themselves sees, whatever posts they hold."""

    def condition(self, actor: Actor) -> Q:
        """The actor's own rows."""
        if actor.system:
            return EVERYBODY
        return Q(person_id=actor.person_id) if actor.person_id is not None else NOBODY


class Robot(ScopedModel):
    """A webhook robot of a unit's chat group; only addresses entered here are ever posted to."""

    class Kind(models.TextChoices):
        """Whose JSON it understands."""

        WECOM = "wecom", "企业微信"
        DINGTALK = "dingtalk", "钉钉"

    scope = Scope(view="robots.view", region="region_path", unit="unit_id")

    label = models.CharField("名称", max_length=60)
    kind = models.CharField("种类", max_length=10, choices=Kind)
    url = models.URLField("地址", max_length=500)
    secret = models.CharField("加签密钥", max_length=200, default="", blank=True)
    unit_id = models.BigIntegerField("单位", null=True, blank=True)
    region_path = PathField("区划", default="", blank=True)
    active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = "群机器人"
        verbose_name_plural = "群机器人"

    def __str__(self) -> str:
        return self.label


class Notice(ScopedModel):
    """One thing said to one person (or one robot), once: `key` names the thing."""

    class Importance(models.IntegerChoices):
        """Urgent ones do not wait for quiet hours or digests."""

        ORDINARY = 0, "一般"
        URGENT = 1, "紧急"

    scope = OwnScope(view="notices.view")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    robot = models.ForeignKey(Robot, models.CASCADE, null=True, related_name="+")
    key = models.CharField("事由", max_length=120)
    text = models.CharField("内容", max_length=500)
    link = models.CharField("链接", max_length=300, default="", blank=True)
    ledger = models.CharField("台账", max_length=60, default="", blank=True)
    subject_id = models.BigIntegerField("对象编号", null=True, blank=True)
    importance = models.PositiveSmallIntegerField("缓急", choices=Importance, default=Importance.ORDINARY)
    created_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)

    class Meta:
        verbose_name = "通知"
        verbose_name_plural = "通知"
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="notice_person_once"),
            models.UniqueConstraint(fields=["robot", "key"], name="notice_robot_once"),
            models.CheckConstraint(
                condition=Q(person__isnull=False, robot__isnull=True)
                | Q(person__isnull=True, robot__isnull=False),
                name="notice_one_receiver",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="notice_inbox"),
            models.Index(fields=["person"], name="notice_unread", condition=Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return self.text


class Delivery(models.Model):
    """One notice by one channel: waits until `due_at`, is sent, or failed with the reason."""

    class Channel(models.TextChoices):
        """The ways out of the house; in-app needs none, the notice itself is it."""

        EMAIL = "email", "电子邮件"
        ROBOT = "robot", "群机器人"

    class State(models.TextChoices):
        """Sending is a claim by one worker."""

        WAITING = "waiting", "待发"
        SENDING = "sending", "发送中"
        SENT = "sent", "已发"
        FAILED = "failed", "失败"

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=10, choices=Channel)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    due_at = models.DateTimeField()
    digest = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "channel"], name="delivery_once")]
        indexes = [
            models.Index(
                fields=["due_at"], name="delivery_open", condition=Q(state__in=("waiting", "sending"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.channel} {self.state}"


class NoticeChoice(ScopedModel):
    """How a person wants to be told: by mail or not, at once or once a day, and when not at all."""

    scope = OwnScope(view="notices.view")

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    email = models.BooleanField("发电子邮件", default=True)
    digest_at: models.TimeField[time | None, time | None] = models.TimeField(
        "每日汇总时间", null=True, blank=True, help_text="留空表示随时发送"
    )
    quiet_from: models.TimeField[time | None, time | None] = models.TimeField(
        "免打扰开始", null=True, blank=True
    )
    quiet_to: models.TimeField[time | None, time | None] = models.TimeField(
        "免打扰结束", null=True, blank=True
    )

    class Meta:
        verbose_name = "通知偏好"
        verbose_name_plural = "通知偏好"

    def __str__(self) -> str:
        return f"{self.person_id}"
