"""Stands before every page of a signed-in person: is the session still good, is anything owed first?

1. The session's row is looked up; a session that was ended elsewhere (forced off, account disabled,
   password changed) or has rested longer than `signin.idle_minutes` is closed, and the sign-in page
   says why.
2. The act is noted at most once a minute. A request with the header `X-Poll` is the page asking by
   itself (progress, counts) and does not count as an act.
3. A person who must change the password, or whose role demands a second factor that is not set up,
   reaches only the pages where that is done.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from anlan.kernel import parameters
from anlan.org import second_factor, sessions
from anlan.org.models.security import OnlineSession

PASSWORD_DUE = "password_due"
TOTP_DUE = "totp_due"
ALWAYS = ("account_logout", "account_reauthenticate", "mfa_reauthenticate")
FOR_PASSWORD = ("account_change_password",)
FOR_TOTP = ("mfa_activate_totp", "mfa_view_recovery_codes")
OPEN_PREFIXES = ("/static/", "/health")


class SessionGuardMiddleware:
    """See the module; one indexed look-up a request, one update a minute."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the guard's redirect, or let the page answer."""
        if request.path.startswith(OPEN_PREFIXES):
            return self.get_response(request)
        refusal = self._refusal(request) if request.user.is_authenticated else None
        response = refusal or self.get_response(request)
        return _for_htmx(request, response)

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        now = timezone.now()
        row = sessions.current(request) or sessions.begin(
            request, request.user, *sessions.proofs(request)[:1]
        )
        if row.ended_at is not None:
            return _out(request, row.end)
        span = sessions.idle_span()
        if span is not None and now - row.seen_at > span:
            sessions.end(row, OnlineSession.End.IDLE, now)
            return _out(request, OnlineSession.End.IDLE)
        if "X-Poll" not in request.headers:
            sessions.see(row, now)
        return _owed(request)


def _out(request: HttpRequest, why: str) -> HttpResponse:
    """Close the session and go to the sign-in page, which says why and leads back afterwards."""
    minutes = parameters.value("signin.idle_minutes")
    words = {
        OnlineSession.End.IDLE: f"超过 {minutes} 分钟没有操作，已自动退出。请重新登录。",
        OnlineSession.End.FORCED: "安全管理员已让这台设备下线。请重新登录；有疑问请与安全管理员联系。",
        OnlineSession.End.DISABLED: "账号已停用，已退出登录。如需恢复，请找本单位系统管理员。",
        OnlineSession.End.PASSWORD: "密码已在别处改过，这台设备上的登录已退出。请用新密码登录。",
        OnlineSession.End.LEFT: "这台设备上的登录已从别处退出。请重新登录。",
    }
    logout(request)
    messages.warning(request, words[OnlineSession.End(why)])
    query = ""
    if request.method == "GET" and not getattr(request, "htmx", False):
        query = "?" + urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(reverse("account_login") + query)


def _owed(request: HttpRequest) -> HttpResponse | None:
    """The page where something owed is done, unless the person is there or on the way out."""
    person = cast("Any", request.user)
    if person.must_change_password or request.session.get(PASSWORD_DUE):
        return _only(request, FOR_PASSWORD)
    if request.session.get(TOTP_DUE):
        if second_factor.due(person):
            return _only(request, FOR_TOTP)
        del request.session[TOTP_DUE]
    return None


def _only(request: HttpRequest, names: tuple[str, ...]) -> HttpResponse | None:
    if request.path in {reverse(name) for name in (*ALWAYS, *names)}:
        return None
    return HttpResponseRedirect(reverse(names[0]))


def _for_htmx(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A part of a page must not be filled with the sign-in page: the whole page goes there."""
    if not getattr(request, "htmx", False) or response.status_code != 302:
        return response
    target = response.headers.get("Location", "")
    places = (resolve_url("account_login"), *(reverse(name) for name in (*FOR_PASSWORD, *FOR_TOTP[:1])))
    return HttpResponseClientRedirect(target) if target.partition("?")[0] in places else response
