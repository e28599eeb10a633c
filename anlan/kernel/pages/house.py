"""Pages that belong to no ledger: the first page, notices, search over everything."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Min, Q, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from anlan.kernel import cells, clock, drawing, places, registry, search
from anlan.kernel.due import last_day, light
from anlan.kernel.models import Deadline, Job, Notice
from anlan.kernel.requests import ActorRequest

SHOWN = 12
MOST = 100
AHEAD = timedelta(days=30)  # what the first page looks forward


def row_url(ledger: str, pk: int) -> str:
    """The page of a row, or nothing where its ledger has no pages."""
    try:
        registry.ledger(ledger)
    except KeyError:
        return ""
    return f"{reverse('ledger-list', args=[ledger])}{pk}/"


@require_GET
def home(request: ActorRequest) -> HttpResponse:
    """What is due, what was said, what is still running."""
    now, may_read, seat = clock.now(), request.actor.may_read, request.actor.seat
    panels, told = _panels(request)
    due = (
        Deadline.objects.visible_to(request.actor)
        .filter(state=Deadline.State.RUNNING)
        .filter(Q(warn_at__lte=now) | Q(due_at__lte=now + AHEAD))
        .exclude(ledger__in=told)
    )
    page = {
        "title": "待办" if seat and seat.enterprise_id else "我的办公桌",
        "panels": panels[False],
        "side_panels": panels[True],
        "today": clock.today(),
        "due": _due_lines(due, now),
        "due_url": reverse("ledger-list", args=["deadlines"]) if may_read("deadlines.view") else "",
        "notices": Notice.objects.visible_to(request.actor).order_by("-id")[:6],
        "jobs": Job.objects.visible_to(request.actor)
        .filter(person_id=request.actor.person_id)
        .order_by("-id")[:5],
    }
    return render(request, "kernel/home.html", {"page": page})


def _due_lines(due: QuerySet[Deadline], now: datetime) -> list[dict[str, Any]]:
    """One line for each matter and day: a single row with its name, several as a count that opens them."""
    grouped = due.values("due_at", "label").annotate(
        n=Count("pk"), ledger=Min("ledger"), row=Min("subject_id"), subject=Min("subject"),
        warn=Min("warn_at"),
    )  # fmt: skip
    return [_due_line(one, now) for one in grouped.order_by("due_at", "label")[:SHOWN]]


def _due_line(one: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    last = last_day(one["due_at"]).isoformat()
    colour, words = light(now, one["due_at"], one["warn"])
    query = urlencode({"state": "running", "label": one["label"], "due_at_from": last, "due_at_to": last})
    return {
        "light": cells.light(colour, words),
        "label": one["label"],
        "subject": one["subject"] if one["n"] == 1 else "",
        "count": one["n"],
        "url": row_url(one["ledger"], one["row"]) if one["n"] == 1 else "",
        "rows_url": f"{reverse('ledger-list', args=['deadlines'])}?{query}",
        "day": last,
    }


def _panels(request: ActorRequest) -> tuple[dict[bool, list[str]], set[str]]:
    """What the domains bring to the first page, drawn: {False: the main column, True: the side}; and the
    ledgers whose days these parts show themselves."""
    found: dict[bool, list[str]] = {False: [], True: []}
    told: set[str] = set()
    for one in sorted(registry.declared("HOME_PANELS"), key=lambda panel: panel.position):
        rows = one.rows(request.actor)
        if rows is not None:
            found[one.side].append(render_to_string(one.template, dict(rows), request=request))
            told.update(one.tells)
    return found, told


@require_GET
def notices(request: ActorRequest) -> HttpResponse:
    """One's own notices, newest first."""
    found = Notice.objects.visible_to(request.actor).order_by("-id")[:MOST]
    unread = any(one.read_at is None for one in found)
    return render(
        request, "kernel/notices.html", {"page": {"title": "通知", "notices": found, "unread": unread}}
    )


@require_GET
def open_notice(request: ActorRequest, pk: int) -> HttpResponse:
    """Mark it read and go to what it is about."""
    one: Any = get_object_or_404(Notice.objects.visible_to(request.actor), pk=pk)
    if one.read_at is None:
        Notice.objects.visible_to(request.actor).filter(pk=pk).update(read_at=clock.now())
    own = url_has_allowed_host_and_scheme(one.link, {request.get_host()})
    return HttpResponseRedirect(one.link if one.link and own else reverse("notices"))


@require_POST
def read_all(request: ActorRequest) -> HttpResponse:
    """Mark everything read."""
    Notice.objects.visible_to(request.actor).filter(read_at=None).update(read_at=clock.now())
    return HttpResponseRedirect(reverse("notices"))


@require_GET
def find(request: ActorRequest) -> HttpResponse:
    """Search in every ledger that the actor may see, grouped."""
    text = request.GET.get("q", "").strip()[:80]
    groups = [_found(one, text) for one in search.everywhere(request.actor, text, 10)] if text else []
    return render(request, "kernel/search.html", {"page": {"title": "查找", "text": text, "groups": groups}})


def _found(group: search.Found, text: str) -> dict[str, Any]:
    """One ledger's part of the answer: its rows with their places, and the way to all of them."""
    ledger, base = group.ledger, reverse("ledger-list", args=[group.ledger.key])
    region = ledger.model.scope.region or ""
    paths = [str(drawing.value_at(row, region) or "") if region else "" for row in group.rows]
    names, today = places.labels(set(paths)), clock.today()
    return {
        "label": ledger.label,
        "total_text": f"{len(group.rows)}+" if group.more else str(len(group.rows)),
        "url": f"{base}?{urlencode({'q': text})}",
        "rows": [
            {
                "label": ledger.words(row),
                "url": f"{base}{row.pk}/",
                "note": names.get(path, ""),
                "standing": row.standing(today) if hasattr(row, "standing") else "",
            }
            for row, path in zip(group.rows, paths, strict=True)
        ],
    }
