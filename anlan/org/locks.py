"""Lock-out after too many failures: how many, how long, until when, and the release."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.db.models import Sum
from django.http import HttpRequest
from django.utils import timezone

from anlan.kernel import parameters


def limit(request: HttpRequest | None = None, credentials: object = None) -> int:
    """Failures that lock an account (the settings hand this to axes)."""
    return int(parameters.value("signin.failures"))


def minutes() -> int:
    """How long failures count, and so how long a lock lasts."""
    return int(parameters.value("signin.lock_minutes"))


def window(request: HttpRequest | None = None) -> timedelta:
    """The same as a span of time (the settings hand this to axes)."""
    return timedelta(minutes=minutes())


def account_key(request: HttpRequest, credentials: dict[str, object] | None = None) -> str | None:
    """The account as axes counts it: case and spaces around make no new account."""
    typed = (credentials or {}).get("username") or request.POST.get("login")
    return str(typed).strip().lower()[:150] if typed else None


@dataclass(frozen=True)
class Lock:
    """One locked account."""

    account: str
    failures: int
    last_at: datetime
    until: datetime
    addresses: tuple[str, ...]


def locked_until(account: str, now: datetime | None = None) -> datetime | None:
    """When the lock on `account` ends; None if it is not locked."""
    found = locked(now, account.strip().lower())
    return found[0].until if found else None


def failures(account: str, now: datetime | None = None) -> int:
    """How many failures of `account` count at present."""
    since = (now or timezone.now()) - window()
    rows = AccessAttempt.objects.filter(username=account.strip().lower(), attempt_time__gt=since)
    return int(rows.aggregate(n=Sum("failures_since_start"))["n"] or 0)


def locked(now: datetime | None = None, account: str | None = None) -> list[Lock]:
    """The locked accounts, longest lock first; only `account` if given."""
    now = now or timezone.now()
    rows = AccessAttempt.objects.filter(attempt_time__gt=now - window()).order_by("attempt_time")
    if account is not None:
        rows = rows.filter(username=account)
    by_account: dict[str, list[AccessAttempt]] = {}
    for row in rows:
        by_account.setdefault(row.username or "", []).append(row)
    found = [lock for name, ones in by_account.items() if (lock := _lock(name, ones))]
    return sorted(found, key=lambda lock: lock.until, reverse=True)


def release(account: str) -> int:
    """Forget the failures of `account`; the number of rows forgotten."""
    return int(AccessAttempt.objects.filter(username=account.strip().lower()).delete()[0])


def minutes_left(until: datetime, now: datetime | None = None) -> int:
    """Whole minutes to wait, at least one."""
    return max(1, -int(-(until - (now or timezone.now())).total_seconds() // 60))


def _lock(account: str, attempts: list[AccessAttempt]) -> Lock | None:
    """The attempts are in order of time; the lock ends when the failures still counting are too few."""
    total = sum(one.failures_since_start for one in attempts)
    if not account or total < limit():
        return None
    left = total
    for one in attempts:
        left -= one.failures_since_start
        if left < limit():
            break
    addresses = tuple(sorted({one.ip_address for one in attempts if one.ip_address}))
    return Lock(account, total, attempts[-1].attempt_time, one.attempt_time + window(), addresses)
