"""Who is signed in now: beginning, seeing and ending of a browser's session."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from anlan.kernel import parameters
from anlan.kernel.lookup import Lookup
from anlan.org.models import Person
from anlan.org.models.security import Method, OnlineSession

NUMBER = "online"
SEAT = "seat_id"
WHY = "the session's own row"
SEEN_EVERY = timedelta(seconds=60)
KEPT = timedelta(days=183)
_rows_by_number = Lookup(OnlineSession, "id = %s")


def client_address(request: HttpRequest | None) -> str:
    """The address the request came from, behind as many proxies as the settings trust."""
    if request is None:
        return ""
    hops = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    trusted = settings.ANLAN_PROXIES
    if trusted and len(hops) >= trusted:
        return str(hops[-trusted])[:45]
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


def agent_of(request: HttpRequest | None) -> str:
    """The browser as it calls itself."""
    return str(request.META.get("HTTP_USER_AGENT", ""))[:250] if request is not None else ""


def person_of(user: Any) -> Person:
    """The person behind `request.user`, which is only a stand-in for it."""
    return Person.objects.get(pk=user.pk)


def proofs(request: HttpRequest) -> tuple[str, bool]:
    """(how the person came in, whether a second factor was proved), from what the steps left behind."""
    records = request.session.get("account_authentication_methods", [])
    ways = {one.get("method") for one in records if isinstance(one, dict)}
    return (Method.OIDC if "socialaccount" in ways else Method.PASSWORD), "mfa" in ways


def begin(request: HttpRequest, person: Any, method: str = Method.PASSWORD) -> OnlineSession:
    """A new row for this browser; it starts with the post that the person chose last."""
    rows = OnlineSession.objects.unscoped(WHY)
    last = rows.filter(person=person).exclude(seat_id=None).order_by("-id").first()
    row = OnlineSession(
        person=person,
        method=method,
        seat_id=last.seat_id if last else None,
        address=client_address(request),
        agent=agent_of(request),
    )
    row.save()
    request.session[NUMBER] = row.pk
    if row.seat_id:
        request.session[SEAT] = row.seat_id
    return row


def current(request: HttpRequest) -> OnlineSession | None:
    """The row of this browser, ended or not."""
    number = request.session.get(NUMBER)
    return _rows_by_number.first(number) if number else None


def act_as(request: HttpRequest, seat_id: int) -> None:
    """Remember the post that this browser acts as."""
    rows = OnlineSession.objects.unscoped(WHY)
    rows.filter(pk=request.session.get(NUMBER)).update(seat_id=seat_id)


def see(row: OnlineSession, now: datetime) -> None:
    """Note the act, at most once a minute; two workers at once do no harm."""
    if now - row.seen_at < SEEN_EVERY:
        return
    OnlineSession.objects.unscoped(WHY).filter(pk=row.pk, ended_at=None).update(seen_at=now)


def end(row: OnlineSession, why: str, now: datetime, by: str = "") -> bool:
    """End one session; False if it had ended before."""
    changed = (
        OnlineSession.objects.unscoped(WHY)
        .filter(pk=row.pk, ended_at=None)
        .update(ended_at=now, end=why, ended_by=by[:120])
    )
    return bool(changed)


def end_all(person_id: int, why: str, *, by: str = "", but: int | None = None) -> int:
    """End every session of a person, except the one numbered `but`; how many were ended."""
    rows = OnlineSession.objects.unscoped("a person's sessions end together")
    rows = rows.filter(person_id=person_id, ended_at=None)
    if but is not None:
        rows = rows.exclude(pk=but)
    return rows.update(ended_at=timezone.now(), end=why, ended_by=by[:120])


def finish(request: HttpRequest) -> str:
    """The browser signs out: end its row if nobody has, and give the reason in words."""
    row = current(request)
    if row is None:
        return ""
    if end(row, OnlineSession.End.LEFT, timezone.now()):
        return str(OnlineSession.End.LEFT.label)
    row.refresh_from_db(from_queryset=OnlineSession.objects.unscoped(WHY))
    return str(row.get_end_display())


def idle_span() -> timedelta | None:
    """How long a browser may rest; None if for ever."""
    minutes = int(parameters.value("signin.idle_minutes"))
    return timedelta(minutes=minutes) if minutes else None


def tidy(now: datetime) -> int:
    """Forget expired browser sessions, and rows that ended over half a year ago; how many rows went."""
    Session.objects.filter(expire_date__lt=now).delete()
    old = OnlineSession.objects.unscoped("tidying by the clock").filter(ended_at__lt=now - KEPT)
    return int(old.delete()[0])


def online(rows: QuerySet[Any], now: datetime) -> QuerySet[Any]:
    """Those of `rows` that have neither ended nor rested too long."""
    span = idle_span()
    rows = rows.filter(ended_at=None)
    return rows.filter(seen_at__gt=now - span) if span else rows
