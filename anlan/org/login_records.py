"""Writes down who comes and goes: receivers of Django's and the second factor's signals, and `note`."""

from __future__ import annotations

from typing import Any

from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from anlan.kernel import audit
from anlan.org import locks, passwords, second_factor, sessions
from anlan.org.models.security import LoginRecord, Method
from anlan.org.security import PASSWORD_DUE, TOTP_DUE
from anlan.org.sessions import agent_of, client_address

FACTORS = {"totp": "动态验证码", "recovery_codes": "备用码"}


def note(
    request: HttpRequest | None,
    result: str,
    *,
    person: Any = None,
    account: str = "",
    method: str = Method.PASSWORD,
    reason: str = "",
) -> None:
    """Add one row to the login log; `account` is what was typed, when no person is known."""
    LoginRecord(
        person=person,
        account=person.get_username() if person else veiled(account),
        method=method,
        result=result,
        reason=reason[:200],
        address=client_address(request),
        agent=agent_of(request),
    ).save()


def veiled(account: str) -> str:
    """The beginning of an account that nobody has: what was typed there may have been a password."""
    account = account.strip()
    return f"{account[:2]}…（{len(account)} 字）" if account else "（空）"


@receiver(user_logged_in)
def _came(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    method, second = sessions.proofs(request)
    sessions.begin(request, user, method)
    if passwords.expired(user, timezone.now()):
        request.session[PASSWORD_DUE] = True
    if second_factor.due(user):
        request.session[TOTP_DUE] = True
    note(
        request,
        LoginRecord.Result.DONE,
        person=user,
        method=method,
        reason="另核对了动态验证码" if second else "",
    )


@receiver(user_logged_out)
def _left(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    if user is None:
        return
    why = sessions.finish(request)
    note(request, LoginRecord.Result.LEFT, person=user, reason=why)


@receiver(user_login_failed)
def _failed(sender: Any, credentials: Any, request: HttpRequest | None = None, **_: Any) -> None:
    if request is None:
        return
    account = str(credentials.get("username") or "")
    model = get_user_model()
    person = model._base_manager.filter(username__iexact=account).first() if account else None
    method = Method.CODE if credentials.get("second") else Method.PASSWORD
    until = locks.locked_until(account)
    if until and getattr(request, "anlan_was_locked", False):
        result, reason = LoginRecord.Result.LOCKED, "锁定期间再次尝试"
    elif until:
        result, reason = LoginRecord.Result.LOCKED, f"连错 {locks.limit()} 次，锁定 {locks.minutes()} 分钟"
    elif person is None:
        result, reason = LoginRecord.Result.FAILED, "没有这个账号"
    elif not person.is_active:
        result, reason = LoginRecord.Result.REFUSED, "账号已停用"
    else:
        wrong = "动态验证码不对" if method == Method.CODE else "密码不对"
        result, reason = LoginRecord.Result.FAILED, wrong
    note(request, result, person=person, account=account, method=method, reason=reason)


@receiver(authentication_failed)
def _wrong_code(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    """A wrong code counts towards the lock-out like a wrong password."""
    user_login_failed.send(
        sender=__name__, credentials={"username": user.get_username(), "second": True}, request=request
    )


@receiver(authenticator_added)
def _bound(sender: Any, request: Any, user: Any, authenticator: Any, **_: Any) -> None:
    who, what = sessions.person_of(user), FACTORS.get(authenticator.type, "")
    audit.record(request.actor, "bind_authenticator", who, note=what)


@receiver(authenticator_removed)
def _unbound(sender: Any, request: Any, user: Any, authenticator: Any, **_: Any) -> None:
    who, what = sessions.person_of(user), FACTORS.get(authenticator.type, "")
    audit.record(request.actor, "unbind_authenticator", who, note=what)
