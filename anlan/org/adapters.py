"""How allauth meets the house: nobody registers themselves, secrets are encrypted, words are ours."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from anlan.org import login_records, passwords, second_factor
from anlan.org.models.security import LoginRecord, Method, OnlineSession
from anlan.org.sessions import NUMBER, client_address, end_all, proofs


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Password sign-in."""

    error_messages: ClassVar[dict[str, str]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "账号或密码不对。请核对后重新填写；忘记密码请找本单位系统管理员重置。",
        "too_many_login_attempts": "尝试太频繁。请过几分钟再试。",
        "enter_current_password": "原密码不对。请填现在登录用的密码。",
        "incorrect_password": "密码不对。请填现在登录用的密码。",
        "rate_limited": "尝试太频繁。请过几分钟再试。",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by the system administrator only."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counting failures is left to the lock-out, which all processes share."""

    def _rollback_login_failed_rl_usage(self) -> None:
        """Nothing was counted."""

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """Refuse a first password that was left lying too long."""
        refusal: HttpResponse | None = super().pre_login(request, user, **kwargs)
        if refusal is None and passwords.first_password_lapsed(user, timezone.now()):
            reason = "初始密码已过期，没有登录。请找本单位系统管理员重置密码。"
            login_records.note(request, LoginRecord.Result.REFUSED, person=user, reason="初始密码过期")
            return refused(request, reason)
        return refusal

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Say so on the sign-in page."""
        way, _ = proofs(request)
        login_records.note(request, LoginRecord.Result.REFUSED, person=user, method=way, reason="账号已停用")
        return refused(request, "这个账号已停用，没有登录。如需恢复，请找本单位系统管理员。")

    def set_password(self, user: Any, password: str) -> None:
        """A password the person chose: the first one is done with, other browsers are signed out."""
        user.set_password(password)
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
        request = self.request
        own = request.session.get(NUMBER) if request else None
        end_all(user.pk, OnlineSession.End.PASSWORD, by=user.get_full_name(), but=own)

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Only messages written in our own words are shown; templates of others are not."""
        if kwargs.get("message"):
            super().add_message(request, level, message=kwargs["message"])

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """The login log tells; no mail goes out behind it."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """As everywhere in the house."""
        return client_address(request)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """One-time codes; their secrets are encrypted with a key made from SECRET_KEY."""

    error_messages: ClassVar[dict[str, str]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "动态验证码不对。请填验证器上正在显示的 6 位数；手机时间不准也会不对。",
        "cannot_delete_authenticator": (
            "您的岗位要求使用动态验证码，不能关闭。换手机请找安全管理员解除后重新绑定。"
        ),
        "cannot_generate_recovery_codes": "还没有绑定动态验证码，不需要备用码。",
    }

    def get_totp_issuer(self) -> str:
        """The name that the authenticator shows."""
        return "安澜"

    def get_totp_label(self, user: Any) -> str:
        """The account that the authenticator shows."""
        return str(user.get_username())

    def encrypt(self, text: str) -> str:
        """Encrypted with the present key."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Opened with the present key or an earlier one (SECRET_KEY_FALLBACKS)."""
        return _box().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Not while one of the person's roles demands it."""
        return not second_factor.demanded(authenticator.user)


class UnifiedAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Sign-in through the unified identity service (OIDC): it proves who comes, and makes nobody."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Find the person by the configured claim and bind the two; refuse with a sentence otherwise."""
        if sociallogin.state.get("process") != "login" or request.user.is_authenticated:
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("account")))
        if sociallogin.is_existing:
            return
        claim = settings.ANLAN_OIDC_CLAIM
        data = sociallogin.account.extra_data
        value = str((data.get("userinfo") or {}).get(claim) or (data.get("id_token") or {}).get(claim) or "")
        person = get_user_model().objects.filter(username__iexact=value).first() if value else None
        if person is not None and person.is_active:
            sociallogin.connect(request, person)
            return
        if person is not None:
            reason, words = (
                "账号已停用",
                f"本系统的账号“{value}”已停用，没有登录。如需恢复，请找本单位系统管理员。",
            )
        elif value:
            reason = "本系统没有对应账号"
            words = (
                f"统一身份认证已通过，但本系统没有账号“{value}”。请本单位系统管理员先建账号，登录名与它相同。"
            )
        else:
            reason = f"统一身份认证没有给出 {claim}"
            words = f"统一身份认证没有给出“{claim}”，认不出您是谁。请系统管理员核对 ANLAN_OIDC_CLAIM 的设置。"
        login_records.note(
            request,
            LoginRecord.Result.REFUSED,
            person=person,
            account=value,
            method=Method.OIDC,
            reason=reason,
        )
        raise ImmediateHttpResponse(refused(request, words))

    def on_authentication_error(self, request: HttpRequest, provider: Any, **kwargs: Any) -> None:
        """Back to the sign-in page with a sentence instead of the library's own page."""
        cancelled = str(kwargs.get("error") or "") == "cancelled"
        words = (
            "您取消了统一身份认证。可以再试，或用账号密码登录。"
            if cancelled
            else "统一身份认证没有成功：服务没有应答，或这次登录已过期。请再试一次；"
            "仍不行请用账号密码登录，并告诉系统管理员。"
        )
        login_records.note(
            request,
            LoginRecord.Result.FAILED,
            method=Method.OIDC,
            reason="取消"
            if cancelled
            else f"认证服务出错：{kwargs.get('exception') or kwargs.get('error') or ''}",
        )
        raise ImmediateHttpResponse(refused(request, words))


def refused(request: HttpRequest, words: str) -> HttpResponse:
    """The sign-in page with `words`, status 403."""
    from anlan.org.signin import signin_page

    return signin_page(request, refusal=words, status=403)


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        [Fernet(urlsafe_b64encode(sha256(f"anlan second factor {key!s}".encode()).digest())) for key in keys]
    )
