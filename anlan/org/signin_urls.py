"""Addresses of the sign-in: allauth's own names where it looks them up, and only the pages we use."""

from __future__ import annotations

from allauth.account import views as account_views
from allauth.mfa.base import views as mfa_views
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as totp_views
from allauth.socialaccount.providers.openid_connect import views as oidc_views
from django.urls import path, reverse_lazy
from django.views.generic import RedirectView

from anlan.org import signin

PAGES = "kernel/account/"
AGAIN = {
    "title": "再确认一次是您本人",
    "lead": "下面要改登录方式。",
    "save_label": "确认",
    "cancel_url": "/account/",
}
RENEW = {
    "title": "换一批备用码",
    "lead": "换过以后，原来的备用码全部作废。",
    "save_label": "换一批备用码",
    "cancel_url": "/account/",
}
BACK = {"page": {"cancel_url": "/account/"}}

urlpatterns = [
    path("account/", signin.account, name="account"),
    path("account/login/", signin.SignInView.as_view(), name="account_login"),
    path(
        "account/logout/",
        account_views.LogoutView.as_view(template_name=f"{PAGES}signout.html"),
        name="account_logout",
    ),
    path("account/elsewhere/", signin.leave_elsewhere, name="account-elsewhere"),
    path("account/password/", signin.PasswordView.as_view(), name="account_change_password"),
    path(
        "account/again/",
        account_views.ReauthenticateView.as_view(
            template_name=f"{PAGES}form.html", extra_context={"page": AGAIN}
        ),
        name="account_reauthenticate",
    ),
    path(
        "account/code/",
        mfa_views.AuthenticateView.as_view(template_name=f"{PAGES}totp_code.html"),
        name="mfa_authenticate",
    ),
    path(
        "account/code/again/",
        mfa_views.ReauthenticateView.as_view(
            template_name=f"{PAGES}form.html", extra_context={"page": AGAIN}
        ),
        name="mfa_reauthenticate",
    ),
    path("account/codes/", RedirectView.as_view(pattern_name="account"), name="mfa_index"),
    path(
        "account/codes/bind/",
        totp_views.ActivateTOTPView.as_view(template_name=f"{PAGES}totp_setup.html", extra_context=BACK),
        name="mfa_activate_totp",
    ),
    path(
        "account/codes/unbind/",
        totp_views.DeactivateTOTPView.as_view(template_name=f"{PAGES}totp_off.html", extra_context=BACK),
        name="mfa_deactivate_totp",
    ),
    path(
        "account/codes/recovery/",
        recovery_views.ViewRecoveryCodesView.as_view(
            template_name=f"{PAGES}recovery_codes.html",
            extra_context={"renew_url": reverse_lazy("mfa_generate_recovery_codes")},
        ),
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/codes/recovery/new/",
        recovery_views.GenerateRecoveryCodesView.as_view(
            template_name=f"{PAGES}form.html", extra_context={"page": RENEW}
        ),
        name="mfa_generate_recovery_codes",
    ),
    path("account/unified/<slug:provider_id>/", oidc_views.login, name="openid_connect_login"),
    path("account/unified/<slug:provider_id>/back/", oidc_views.callback, name="openid_connect_callback"),
    path("post/choose", signin.choose_post, name="post-choose"),
]
