"""The pages of a person's own account: sign in, second factor, password, acting post, my account."""

from __future__ import annotations

import time
from typing import Any, cast
from urllib.parse import urlencode

from allauth.account import views as account_views
from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.account.internal.stagekit import clear_login
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from anlan import __version__
from anlan.kernel import audit, parameters
from anlan.kernel.requests import ActorRequest
from anlan.org import locks, second_factor, sessions
from anlan.org.demo_accounts import demo_accounts
from anlan.org.models.security import LoginRecord, OnlineSession
from anlan.org.security import PASSWORD_DUE

SIGNIN = "kernel/signin.html"


class SignInForm(LoginForm):  # type: ignore[misc]
    """Account and password; a failure says how many tries are left once they run short."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["login"], "账号", autocomplete="username", autofocus=True)
        _plain(self.fields["password"], "密码", autocomplete="current-password")

    def _clean_with_password(self, credentials: dict[str, Any]) -> Any:
        account = str(credentials.get("username", ""))
        self.request.anlan_was_locked = locks.locked_until(account) is not None
        try:
            return super()._clean_with_password(credentials)
        except ValidationError as error:
            left = locks.limit() - locks.failures(account)
            if 0 < left <= 2:
                raise ValidationError(
                    f"账号或密码不对。再错 {left} 次，账号将锁定 {locks.minutes()} 分钟。"
                    "忘记密码请找本单位系统管理员重置。"
                ) from error
            raise


class CodeForm(mfa_forms.AuthenticateForm):  # type: ignore[misc]
    """The second step: the authenticator's code or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(
            self.fields["code"],
            "动态验证码",
            autocomplete="one-time-code",
            inputmode="numeric",
            autofocus=True,
        )

    def clean_code(self) -> str:
        """Refuse while the account is locked, else check the code, which works once."""
        refuse_locked(self.user)
        code = str(super().clean_code())
        if not second_factor.use_once(self.authenticator, code, time.time()):
            raise ValidationError("这个动态验证码刚用过。请等验证器换下一个，再填。")
        return code


class CodeAgainForm(mfa_forms.ReauthenticateForm):  # type: ignore[misc]
    """The code once more, before something delicate."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(
            self.fields["code"],
            "动态验证码",
            autocomplete="one-time-code",
            inputmode="numeric",
            autofocus=True,
        )

    def clean_code(self) -> str:
        """Refuse while the account is locked, else check the code."""
        refuse_locked(self.user)
        return str(super().clean_code())


class PasswordAgainForm(ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something delicate."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["password"], "密码", autocomplete="current-password", autofocus=True)


class BindForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code proves that the authenticator is bound."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["code"], "验证器显示的 6 位数", autocomplete="one-time-code", inputmode="numeric")


class PasswordForm(ChangePasswordForm):  # type: ignore[misc]
    """A new password, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["oldpassword"], "原密码", autocomplete="current-password")
        _plain(self.fields["password1"], "新密码", autocomplete="new-password")
        _plain(self.fields["password2"], "再填一遍", autocomplete="new-password")
        self.fields["password1"].help_text = (
            f"至少 10 个字符；大写字母、小写字母、数字、符号中至少 3 类；不含账号和姓名；"
            f"不用最近 {parameters.value('signin.password_history')} 次用过的。"
        )

    def clean(self) -> Any:
        """Both entries must agree."""
        cleaned = forms.Form.clean(self) or {}
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", "两次填的新密码不一样。请再填一遍。")
        return cleaned


def refuse_locked(person: Any) -> None:
    """Raise ValidationError with the minutes to wait, if the person's account is locked."""
    until = locks.locked_until(person.get_username())
    if until:
        raise ValidationError(locked_words(until))


def locked_words(until: Any) -> str:
    """How the lock is told."""
    return (
        f"连续失败 {locks.limit()} 次，账号已锁定，还有 {locks.minutes_left(until)} 分钟自动解除。"
        "急用请找安全管理员解锁。"
    )


def entrance(request: HttpRequest) -> dict[str, Any]:
    """What the sign-in page shows beside the form."""
    shown: dict[str, Any] = {"version": __version__, "providers": ()}
    if settings.ANLAN_OIDC:
        url = reverse("openid_connect_login", args=["unified"])
        target = request.GET.get("next", "")
        query = f"?{urlencode({'next': target})}" if target else ""
        shown["providers"] = ({"url": url + query, "label": settings.ANLAN_OIDC_LABEL},)
    if settings.DEMO:
        shown |= {"demo_accounts": demo_accounts(), "demo_password": settings.ANLAN_DEMO_PASSWORD}
    return shown


def signin_page(request: HttpRequest, refusal: str, status: int) -> HttpResponse:
    """The sign-in page with a refusal above the form."""
    clear_login(request)
    form = SignInForm(request=request, initial={"login": request.POST.get("login", "")})
    form.cleaned_data = {}
    form.add_error(None, refusal)
    shown = {
        **entrance(request),
        "form": form,
        "redirect_field_name": "next",
        "redirect_field_value": request.POST.get("next", ""),
    }
    return render(request, SIGNIN, shown, status=status)


def locked_out(request: HttpRequest, response: Any = None, credentials: Any = None) -> HttpResponse:
    """What axes answers once an account is locked (429)."""
    account = str((credentials or {}).get("username") or request.POST.get("login") or "")
    until = locks.locked_until(account)
    return signin_page(request, locked_words(until) if until else "尝试太频繁。请过几分钟再试。", 429)


class SignInView(account_views.LoginView):  # type: ignore[misc]
    """allauth's sign-in on our page."""

    template_name = SIGNIN

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form and what stands beside it."""
        return {**super().get_context_data(**kwargs), **entrance(self.request)}


class PasswordView(account_views.PasswordChangeView):  # type: ignore[misc]
    """Change the password; says why, when it is demanded."""

    template_name = "kernel/account/password_change.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """People without a password of ours have nothing to change here."""
        if not cast("Any", request.user).has_usable_password():
            messages.warning(request, "您用统一身份认证登录，本系统没有您的密码。")
            return HttpResponseRedirect(reverse("account"))
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The reason, in words."""
        why = ""
        if cast("Any", self.request.user).must_change_password:
            why = "这是别人为您设的初始密码，只能用一次。请先换成自己的，再开始办理。"
        elif self.request.session.get(PASSWORD_DUE):
            why = f"密码已用满 {parameters.value('signin.password_days')} 天。请换一个新的，再开始办理。"
        page = {"lead": why, "cancel_url": "" if why else reverse("account")}
        return {**super().get_context_data(**kwargs), "page": page}

    def get_default_success_url(self) -> str:
        """Home when it was demanded, else back to the account page."""
        return "/" if self.demanded else reverse("account")

    def form_valid(self, form: Any) -> HttpResponse:
        """Save, record, say so."""
        request = cast("ActorRequest", self.request)
        self.demanded = bool(form.user.must_change_password or request.session.pop(PASSWORD_DUE, None))
        response: HttpResponse = super().form_valid(form)
        audit.record(request.actor, "change_password", sessions.person_of(form.user))
        messages.success(request, "密码已改，其他设备上的登录已退出。")
        return response


@require_POST
def choose_post(request: HttpRequest) -> HttpResponse:
    """Act as another of one's own posts from now on."""
    actor = cast("ActorRequest", request).actor
    chosen = next((one for one in actor.seats if str(one.id) == request.POST.get("post")), None)
    if chosen is None:
        raise Http404
    if chosen != actor.seat:
        request.session[sessions.SEAT] = chosen.id
        sessions.act_as(request, chosen.id)
        before = actor.seat.label if actor.seat else ""
        audit.record(
            actor,
            "choose_post",
            None,
            {"post": [before, chosen.label]},
            subject_id=chosen.id,
            subject=chosen.label,
            ledger="posts",
        )
        messages.success(request, f"现在以“{chosen.label}”办理。")
    return HttpResponseRedirect(safe_next(request, "/"))


def safe_next(request: HttpRequest, default: str) -> str:
    """The page to go back to, if it is one of ours."""
    target = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if target and allowed else default


@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """My account: posts, password, second factor, where I am signed in, what the log says of me."""
    person = cast("Any", request.user)
    now = timezone.now()
    own = OnlineSession.objects.unscoped("a person's own sessions").filter(person=person)
    log = LoginRecord.objects.unscoped("a person's own sign-ins").filter(person=person)
    return render(
        request,
        "org/account/account.html",
        {
            "page": {"title": "账号与安全", "facts": [person.name]},
            "person": person,
            "seats": cast("ActorRequest", request).actor.seats,
            "codes": second_factor.set_up(person),
            "codes_demanded": second_factor.demanded(person),
            "password_days": parameters.value("signin.password_days"),
            "sessions": sessions.online(own, now).order_by("-seen_at")[:20],
            "own_session": request.session.get(sessions.NUMBER),
            "log": log.order_by("-id")[:10],
        },
    )


@require_POST
def leave_elsewhere(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    person = sessions.person_of(request.user)
    number = request.session.get(sessions.NUMBER)
    ended = sessions.end_all(person.pk, OnlineSession.End.LEFT, by=person.name, but=number)
    audit.record(cast("ActorRequest", request).actor, "leave_elsewhere", person, note=f"{ended} 台")
    messages.success(request, f"已退出其他 {ended} 台设备。" if ended else "没有其他设备在登录。")
    return HttpResponseRedirect(reverse("account"))


def _plain(field: forms.Field, label: str, **attrs: Any) -> None:
    """Our label, no placeholder standing in for it."""
    field.label = label
    field.help_text = ""
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attrs)
