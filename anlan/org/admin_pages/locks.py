"""Locked accounts and their release (security administrator)."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from anlan.kernel import audit
from anlan.kernel.requests import ActorRequest
from anlan.org import locks
from anlan.org.admin_pages.access import needs


@require_GET
@needs("locks.release")
def lock_list(request: ActorRequest) -> HttpResponse:
    """Who is locked out, since when, from where, and for how long still."""
    now = timezone.now()
    found = locks.locked(now)
    people = get_user_model().objects.unscoped("names beside locked accounts")
    names = {
        one.username.lower(): one for one in people.filter(username__in=[lock.account for lock in found])
    }
    rows = [(lock, names.get(lock.account), locks.minutes_left(lock.until, now)) for lock in found]
    facts = [f"{locks.minutes()} 分钟内连续失败 {locks.limit()} 次即锁定", "到时自动解除"]
    empty = {
        "state": "现在没有锁定的账号",
        "basis": "有人连续输错密码或动态验证码时，会列在这里。",
        "act": {"label": "看登录日志", "url": reverse("ledger-list", args=["logins"])},
    }
    page = {"title": "锁定的账号", "crumbs": [{"label": "安全管理"}], "facts": facts, "empty": empty}
    return render(request, "org/admin/locks.html", {"page": page, "rows": rows})


@require_POST
@needs("locks.release")
def release(request: ActorRequest) -> HttpResponse:
    """Open one account again."""
    account = request.POST.get("account", "")[:150]
    if locks.release(account):
        audit.record(request.actor, "unlock", None, subject=account, ledger="people")
        messages.success(request, f"已解锁“{account}”，可以马上登录。")
    else:
        messages.warning(request, f"“{account}”没有被锁定，可能已自动解除。")
    return HttpResponseRedirect(reverse("admin-locks"))
