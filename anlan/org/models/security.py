"""Tables of sign-in: who came when and from where, who is here now, which passwords were used."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from anlan.kernel.scope import Scope, ScopedModel


class Method(models.TextChoices):
    """The proof a person brought."""

    PASSWORD = "password", "账号密码"
    OIDC = "oidc", "统一身份认证"
    CODE = "code", "动态验证码"


class LoginRecord(ScopedModel):
    """One attempt to come in, or one leave; rows are only ever added.

    `account` is what was typed. Where no person has that account only its beginning is kept: people
    do type their password into the wrong box.
    """

    class Result(models.TextChoices):
        """How it ended."""

        DONE = "done", "登录"
        FAILED = "failed", "失败"
        LOCKED = "locked", "锁定"
        REFUSED = "refused", "拒绝"
        LEFT = "left", "退出"

    scope = Scope(view="logins.view")

    at = models.DateTimeField("时间", db_default=Now())
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="人员", null=True, related_name="+"
    )
    account = models.CharField("账号", max_length=150)
    method = models.CharField("方式", max_length=10, choices=Method)
    result = models.CharField("结果", max_length=10, choices=Result)
    reason = models.CharField("原因", max_length=200, default="")
    address = models.CharField("来源地址", max_length=45, default="")
    agent = models.CharField("浏览器", max_length=250, default="")

    class Meta:
        verbose_name = "登录日志"
        verbose_name_plural = "登录日志"
        indexes = [
            models.Index(fields=["person", "-id"], name="login_person"),
            models.Index(fields=["result", "-id"], name="login_result"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.get_result_display()}"


class OnlineSession(ScopedModel):
    """One signed-in browser. The session carries the row's number; an ended row ends the session.

    `seat_id` is the post the person acts as, so that the next sign-in starts with the last choice.
    """

    class End(models.TextChoices):
        """Why it ended; the sign-in page says so."""

        LEFT = "left", "自行退出"
        IDLE = "idle", "久未操作"
        FORCED = "forced", "强制下线"
        DISABLED = "disabled", "账号停用"
        PASSWORD = "password", "密码已改"

    scope = Scope(view="online.view")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="人员", related_name="+"
    )
    seat_id = models.BigIntegerField("岗位", null=True)
    method = models.CharField("方式", max_length=10, choices=Method, default=Method.PASSWORD)
    address = models.CharField("来源地址", max_length=45, default="")
    agent = models.CharField("浏览器", max_length=250, default="")
    came_at = models.DateTimeField("登录时间", db_default=Now())
    seen_at = models.DateTimeField("最近操作", db_default=Now())
    ended_at = models.DateTimeField("结束时间", null=True)
    end = models.CharField("结束原因", max_length=10, choices=End, default="")
    ended_by = models.CharField("经办", max_length=120, default="")

    class Meta:
        verbose_name = "在线会话"
        verbose_name_plural = "在线会话"
        indexes = [
            models.Index(fields=["-seen_at"], name="online_seen", condition=Q(ended_at=None)),
            models.Index(fields=["person", "-id"], name="online_person"),
        ]

    def __str__(self) -> str:
        return f"会话 {self.pk}"


class PasswordHistory(ScopedModel):
    """The hash of a password a person has used, so that it does not come back too soon."""

    scope = Scope(view="passwords.nobody")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    password = models.CharField("密码摘要", max_length=128)
    set_at = models.DateTimeField("启用时间", db_default=Now())

    class Meta:
        verbose_name = "密码历史"
        verbose_name_plural = "密码历史"
        indexes = [models.Index(fields=["person", "-id"], name="password_person")]

    def __str__(self) -> str:
        return f"{self.set_at}"
