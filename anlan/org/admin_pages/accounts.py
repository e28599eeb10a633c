"""A person's account: first password, lock, second factor, in use or not.

The acts stand on the person's own page in the ledger of people (`ACCOUNT_PANEL`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from anlan.kernel import audit, parameters
from anlan.kernel.ledger import Panel
from anlan.kernel.requests import ActorRequest
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused, write
from anlan.org import locks, passwords, second_factor, sessions
from anlan.org.admin_pages.access import demand
from anlan.org.models import Person
from anlan.org.models.security import LoginRecord, OnlineSession


def account_state(actor: Actor, person: Any) -> Mapping[str, Any]:
    """What the panel shows, and which acts the chosen post may do."""
    log = LoginRecord.objects.unscoped("the last sign-in on a person's page").filter(person=person)
    own = OnlineSession.objects.unscoped("whether a person is signed in").filter(person=person)
    return {
        "person": person,
        "until": locks.locked_until(person.username),
        "codes": second_factor.set_up(person),
        "linked": SocialAccount.objects.filter(user_id=person.pk).exists(),
        "last": log.filter(result=LoginRecord.Result.DONE).order_by("-id").first(),
        "online": sessions.online(own, timezone.now()).count(),
        "may_reset": actor.may("people.reset"),
        "may_unlock": actor.may("locks.release"),
        "may_disable": actor.may("people.disable"),
        "own": actor.person_id == person.pk,
    }


ACCOUNT_PANEL = Panel("账号", "org/admin/account_panel.html", account_state, side=True)


@never_cache
@require_POST
def reset_password(request: ActorRequest, pk: int) -> HttpResponse:
    """Give a first password, shown on this one page and nowhere else, to be changed at the first sign-in."""
    person = _person(request, pk, "people.reset")
    if person.pk == request.actor.person_id:
        raise Refused("自己的密码请在“账号与安全”里改，不能给自己发初始密码。")
    raw = passwords.first_password()
    person.set_password(raw)
    write(request.actor, person, {"must_change_password": True}, "reset_password", permission="people.reset")
    locks.release(person.username)
    sessions.end_all(person.pk, OnlineSession.End.PASSWORD, by=request.actor.label)
    days = parameters.value("signin.first_password_days")
    page = {
        "title": "初始密码",
        "crumbs": [{"label": "人员", "url": "/people/"}, {"label": person.name, "url": f"/people/{pk}/"}],
    }
    return render(
        request,
        "org/admin/first_password.html",
        {"page": page, "person": person, "password": raw, "days": days},
    )


@require_POST
def set_active(request: ActorRequest, pk: int) -> HttpResponse:
    """Take an account out of use, or back into it; its sessions end at once."""
    person = _person(request, pk, "people.disable")
    active = request.POST.get("active") == "1"
    if person.pk == request.actor.person_id and not active:
        raise Refused("不能停用自己的账号。请由另一位管理员办理。")
    act = "enable_account" if active else "disable_account"
    write(request.actor, person, {"is_active": active}, act, permission="people.disable")
    if not active:
        sessions.end_all(person.pk, OnlineSession.End.DISABLED, by=request.actor.label)
    messages.success(request, f"已{'启用' if active else '停用'}“{person.name}”的账号。")
    return _back(pk)


@require_POST
def unlock(request: ActorRequest, pk: int) -> HttpResponse:
    """Open a locked account."""
    person = _person(request, pk, "locks.release")
    if locks.release(person.username):
        audit.record(request.actor, "unlock", person)
        messages.success(request, f"已解锁“{person.name}”的账号。")
    return _back(pk)


@require_POST
def unbind(request: ActorRequest, pk: int) -> HttpResponse:
    """Take away the second factor of somebody who lost the phone."""
    person = _person(request, pk, "locks.release")
    if person.pk == request.actor.person_id:
        raise Refused("自己的动态验证码请在“账号与安全”里关闭。")
    if second_factor.forget(person):
        audit.record(request.actor, "unbind_authenticator", person)
        messages.success(request, f"已解除“{person.name}”的动态验证码，下次登录只凭密码，之后可重新绑定。")
    return _back(pk)


@require_POST
def unlink(request: ActorRequest, pk: int) -> HttpResponse:
    """Take away the binding to the unified identity service."""
    person = _person(request, pk, "locks.release")
    if SocialAccount.objects.filter(user_id=person.pk).delete()[0]:
        audit.record(request.actor, "unlink_identity", person)
        messages.success(request, f"已解除“{person.name}”的统一身份绑定，下次登录时按登录名重新绑定。")
    return _back(pk)


def _person(request: ActorRequest, pk: int, permission: str) -> Any:
    """The person, if the actor may see them and holds the permission; otherwise nothing is found."""
    person = Person.objects.visible_to(request.actor).filter(pk=pk).first()
    if person is None:
        raise Http404
    demand(request, permission)
    return person


def _back(pk: int) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('ledger-list', args=['people'])}{pk}/")
