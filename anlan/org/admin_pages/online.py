"""Who is signed in now, and forced log-off (security administrator)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from anlan.kernel import audit, clock
from anlan.kernel.requests import ActorRequest, whole
from anlan.org import sessions
from anlan.org.admin_pages.access import needs
from anlan.org.models import Post
from anlan.org.models.dated import on_day
from anlan.org.models.security import OnlineSession

SHOWN = 200


@require_GET
@needs("online.view")
def online_list(request: ActorRequest) -> HttpResponse:
    """The browsers signed in now, the last act first; at most 200, found by name, account or address."""
    now = timezone.now()
    text = request.GET.get("q", "").strip()[:40]
    rows = sessions.online(OnlineSession.objects.visible_to(request.actor), now)
    if text:
        rows = rows.filter(
            Q(person__name__icontains=text)
            | Q(person__username__icontains=text)
            | Q(address__startswith=text)
        )
    total = rows.count()
    found = list(rows.select_related("person", "person__unit").order_by("-seen_at", "-id")[:SHOWN])
    posts = _posts(found)
    for row in found:
        row.post_label = posts[row.pk]
    facts = [f"{total:,} 个会话" + (f"，列出最近的 {SHOWN} 个" if total > SHOWN else "")]
    span = sessions.idle_span()
    if span:
        facts.append(f"超过 {int(span.total_seconds() // 60)} 分钟没有操作自动退出")
    basis = f"没有姓名、账号含“{text}”或从这个地址来的人在线。" if text else "有人登录后列在这里。"
    page = {
        "title": "在线人员",
        "crumbs": [{"label": "安全管理"}],
        "facts": facts,
        "empty": {"state": "没有符合条件的会话" if text else "现在没有人在线", "basis": basis},
    }
    return render(
        request,
        "org/admin/online.html",
        {
            "page": page,
            "rows": found,
            "text": text,
            "own": request.session.get(sessions.NUMBER),
            "may_end": request.actor.may("online.end"),
        },
    )


@require_POST
@needs("online.view", post="online.end")
def end_sessions(request: ActorRequest) -> HttpResponse:
    """Force one session off, or every session of its person."""
    row = _chosen(request)
    if row is None:
        messages.warning(request, "这个会话已经结束。")
        return HttpResponseRedirect(reverse("admin-online"))
    by = request.actor.label
    if request.POST.get("whole"):
        count = sessions.end_all(row.person_id, OnlineSession.End.FORCED, by=by)
    else:
        count = int(sessions.end(row, OnlineSession.End.FORCED, timezone.now(), by))
    if count:
        audit.record(
            request.actor, "force_off", row.person, note=f"{count} 个会话，来自 {row.address or '未知地址'}"
        )
        messages.success(
            request, f"已让 {row.person.name} 的 {count} 个会话下线，对方下一次操作即回到登录页。"
        )
    return HttpResponseRedirect(reverse("admin-online"))


def _chosen(request: ActorRequest) -> Any:
    number = whole(request.POST.get("session"))
    rows = OnlineSession.objects.visible_to(request.actor).select_related("person")
    return rows.filter(pk=number, ended_at=None).first() if number else None


def _posts(rows: list[Any]) -> dict[int, str]:
    """{session: the post it acts as}: the one chosen, else the person's first."""
    posts = Post.objects.unscoped("the posts that sessions act as").select_related("unit", "role")
    first: dict[int, str] = {}
    by_number: dict[int, str] = {}
    people = {row.person_id for row in rows}
    for post in posts.filter(on_day(clock.today()), person_id__in=people).order_by("id"):
        first.setdefault(post.person_id, post.label)
        by_number[post.pk] = post.label
    return {row.pk: by_number.get(row.seat_id) or first.get(row.person_id, "") for row in rows}
