"""How a person wants to be told: by mail or only in the house, at once or once a day, and when not at all."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anlan.kernel.models import NoticeChoice
from anlan.kernel.requests import ActorRequest

BAD_TIME = {"invalid": "读不出时间。请写成 08:30。"}


def _time(label: str, hint: str) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=False,
        help_text=hint,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        error_messages=BAD_TIME,
    )


class WishesForm(forms.Form):
    """Mail, one hour for all of a day's mail, hours without mail."""

    email = forms.BooleanField(label="同时发到我的电子邮箱", required=False, help_text="系统内的通知总是有")
    digest_at = _time("每日汇总时间", "一天的邮件合成一封，这时发送；留空即随时发送")
    quiet_from = _time("免打扰，从", "这段时间里的邮件等到结束再发；特别紧急的不等")
    quiet_to = _time("免打扰，到", "可以跨过半夜，如 22:00 到 07:30")

    def clean(self) -> Any:
        """Quiet hours have both ends, and a daily mail needs none."""
        given: dict[str, Any] = super().clean() or {}
        begin, end = given.get("quiet_from"), given.get("quiet_to")
        if bool(begin) != bool(end) and not self.errors:
            self.add_error("quiet_to" if begin else "quiet_from", "免打扰要写清从几点到几点，或都不填。")
        elif begin and begin == end:
            self.add_error("quiet_to", "开始和结束是同一时刻。请改一个，或都不填。")
        return given


def wishes(request: ActorRequest) -> HttpResponse:
    """One's own wishes; kept per person, whatever posts they hold."""
    person = request.actor.person_id
    if person is None:
        raise Http404
    mine = NoticeChoice.objects.unscoped("a person's own wishes").filter(person_id=person)
    row = mine.first() or NoticeChoice(person_id=person)
    names = ("email", "digest_at", "quiet_from", "quiet_to")
    form = WishesForm(request.POST or None, initial={name: getattr(row, name) for name in names})
    if request.method == "POST" and form.is_valid():
        mine.update_or_create(person_id=person, defaults=form.cleaned_data)
        messages.success(request, "已保存通知偏好，以后的通知照此发送。")
        return HttpResponseRedirect(reverse("notices"))
    address = str(getattr(request.user, "email", "") or "")
    page = {
        "title": "通知偏好",
        "crumbs": [{"label": "通知", "url": reverse("notices")}, {"label": "偏好"}],
        "facts": [_where(address)],
        "action": request.path,
        "section_title": "怎样通知我",
        "cancel_url": reverse("notices"),
    }
    return render(
        request, "kernel/form.html", {"form": form, "page": page}, status=422 if form.is_bound else 200
    )


def _where(address: str) -> str:
    if not settings.EMAIL_HOST:
        return "本系统还没有接邮件服务器，通知只在系统内"
    return f"邮箱 {address}" if address else "您的资料里没有邮箱，通知只在系统内。请让管理员补上"
