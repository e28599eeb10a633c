"""Telling people: stored notices, and their way out by e-mail and chat robots.

A notice is kept before anything is sent; its key names the thing it speaks of, and the same person is
told once. What goes out is a `Delivery`, sent by `deliver` in a worker.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time as clocktime
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import groupby

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import F, Q, QuerySet
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from anlan.kernel import clock, lookup
from anlan.kernel.calendar import ONE_DAY
from anlan.kernel.clock import SHANGHAI
from anlan.kernel.models import Delivery, Notice, NoticeChoice, Robot
from anlan.kernel.models.placed import place_of
from anlan.kernel.scope import Actor, ScopedModel

State, Channel = Delivery.State, Delivery.Channel
BATCH = 200
TRIES = 5
LOST_AFTER = timedelta(minutes=15)
ROBOT_SECONDS = 10
MAY_HAVE_ARRIVED = "发送时中断，不知是否送达；为免重复不再发送。站内通知仍在。"


class NotSent(Exception):
    """A channel refused; the message is the reason that is kept. `again`: a later try may succeed."""

    def __init__(self, reason: str, again: bool = True) -> None:
        super().__init__(reason[:300])
        self.again = again


def notify(
    people: Iterable[int],
    key: str,
    text: str,
    *,
    link: str = "",
    importance: Notice.Importance = Notice.Importance.ORDINARY,
    row: ScopedModel | None = None,
    units: Sequence[int] = (),
    now: datetime | None = None,
) -> int:
    """Tell these people (ids), and the robots of these units, once for each `key`; gives how many are new.

    key: what it is about, as "faults:17:due-soon". Part of the caller's transaction: nothing is sent
    for an act that is rolled back.
    """
    now = now or clock.now()
    place = place_of(row) if row is not None else {"ledger": "", "subject_id": None}
    shared = {
        "key": key,
        "text": text[:500],
        "link": link,
        "importance": importance,
        "ledger": place["ledger"],
        "subject_id": place["subject_id"],
        "created_at": now,
    }
    robots = Robot.objects.unscoped("the robots of the units told").filter(unit_id__in=units, active=True)
    persons, calling = list(dict.fromkeys(people)), list(robots)
    fresh = [Notice(person_id=one, **shared) for one in persons]
    fresh += [Notice(robot=one, **shared) for one in calling]
    with transaction.atomic():
        here = Notice.objects.unscoped("who has been told of this already").filter(
            Q(person_id__in=persons) | Q(robot__in=calling), key=key
        )
        before = here.count()
        Notice.objects.bulk_create(fresh, ignore_conflicts=True)
        told = list(here.filter(deliveries=None, created_at=now))
        Delivery.objects.bulk_create(_deliveries(told, now), ignore_conflicts=True)
        if importance == Notice.Importance.URGENT:
            transaction.on_commit(_at_once)
        return here.count() - before


def inbox(actor: Actor) -> QuerySet[Notice]:
    """The actor's own notices, newest first."""
    return Notice.objects.visible_to(actor).filter(robot=None).order_by("-id")


def unread(person_id: int) -> int:
    """How many notices the person has not read."""
    return int(
        lookup.value("SELECT count(*) FROM kernel_notice WHERE person_id = %s AND read_at IS NULL", person_id)
    )


def mark_read(actor: Actor, ids: Iterable[int] | None = None, now: datetime | None = None) -> int:
    """Mark these (None: all) of the actor's notices as read; gives how many were unread."""
    found = Notice.objects.visible_to(actor).filter(read_at=None)
    if ids is not None:
        found = found.filter(pk__in=list(ids))
    return found.update(read_at=now or clock.now())


def deliver(now: datetime | None = None) -> int:
    """Send what is due; gives how many deliveries went out. Safe to run in several workers.

    1. claims that a dead worker left behind become failed: they may have arrived, and nobody is told
       twice; the notice itself is still in the person's inbox;
    2. take the oldest due deliveries;
    3. claim each by a conditional update: whoever changes waiting into sending has it;
    4. send: digests of one person as one mail, everything else one by one;
    5. write down sent, or the reason: refused for now waits 1, 2, 4 … minutes, five tries in all.
    """
    now = now or clock.now()
    lost = Delivery.objects.filter(state=State.SENDING, claimed_at__lt=now - LOST_AFTER)
    lost.update(state=State.FAILED, error=MAY_HAVE_ARRIVED)
    due = Delivery.objects.filter(state=State.WAITING, due_at__lte=now).order_by("due_at", "id")
    mine = [one for one in due.values_list("pk", flat=True)[:BATCH] if _claim(one, now)]
    taken = Delivery.objects.filter(pk__in=mine).select_related("notice__robot", "notice__person")
    singles = [[one] for one in taken.filter(digest=False).order_by("id")]
    digests = groupby(
        taken.filter(digest=True).order_by("notice__person_id", "id"), lambda d: d.notice.person_id
    )
    return sum(_send(group, now) for group in [*singles, *(list(group) for _, group in digests)])


def _at_once() -> None:
    """Wake a worker now instead of within the minute."""
    with suppress(AlreadyEnqueued):
        app.configure_task("kernel.deliver", queue="default", queueing_lock="kernel.deliver").defer(
            timestamp=0
        )


def _deliveries(notices: Sequence[Notice], now: datetime) -> list[Delivery]:
    ids = [one.person_id for one in notices if one.person_id]
    people = get_user_model().objects.unscoped("addresses of those who are told").in_bulk(ids)
    choices = {
        one.person_id: one
        for one in NoticeChoice.objects.unscoped("wishes of those who are told").filter(person_id__in=ids)
    }
    found = []
    for one in notices:
        if one.robot_id:
            found.append(Delivery(notice=one, channel=Channel.ROBOT, due_at=now))
            continue
        choice = choices.get(one.person_id)
        if not settings.EMAIL_HOST or not people[one.person_id].email or (choice and not choice.email):
            continue
        urgent = one.importance == Notice.Importance.URGENT
        at, digest = (now, False) if urgent or choice is None else _when(choice, now)
        found.append(Delivery(notice=one, channel=Channel.EMAIL, due_at=at, digest=digest))
    return found


def _when(choice: NoticeChoice, now: datetime) -> tuple[datetime, bool]:
    """(when to send, whether as part of a digest) by the person's wishes."""
    local = now.astimezone(SHANGHAI)
    if choice.digest_at:
        at = datetime.combine(local.date(), choice.digest_at, SHANGHAI)
        return (at if at > local else at + ONE_DAY), True
    begin, end = choice.quiet_from, choice.quiet_to
    if begin and end:
        clock_time = local.time()
        quiet = begin <= clock_time < end if begin < end else clock_time >= begin or clock_time < end
        if quiet:
            at = datetime.combine(local.date(), end, SHANGHAI)
            return (at if at > local else at + ONE_DAY), False
    return now, False


def _claim(pk: int, now: datetime) -> bool:
    found = Delivery.objects.filter(pk=pk, state=State.WAITING)
    return found.update(state=State.SENDING, claimed_at=now, attempts=F("attempts") + 1) == 1


def _send(group: list[Delivery], now: datetime) -> int:
    first, ids = group[0], [one.pk for one in group]
    try:
        notices = [one.notice for one in group]
        _mail(notices) if first.channel == Channel.EMAIL else _post(notices[0])
    except NotSent as error:
        for one in group:
            again = error.again and one.attempts < TRIES
            one.state = State.WAITING if again else State.FAILED
            one.due_at = now + timedelta(minutes=2 ** (one.attempts - 1)) if again else one.due_at
            one.error = str(error)
            one.save(update_fields=["state", "due_at", "error"])
        return 0
    return Delivery.objects.filter(pk__in=ids).update(state=State.SENT, sent_at=now, error="")


def _mail(notices: list[Notice]) -> None:
    first = notices[0]
    lines = [f"{one.text}\n{_address(one.link)}".strip() for one in notices]
    subject = first.text.splitlines()[0][:60] if len(notices) == 1 else f"{len(notices)} 条通知"
    assert first.person is not None
    mail = EmailMessage(f"【安澜】{subject}", "\n\n".join(lines), to=[first.person.email])
    try:
        mail.connection = get_connection(timeout=ROBOT_SECONDS)
        mail.send()
    except OSError as error:  # smtplib's errors are OSErrors
        code = getattr(error, "smtp_code", None) or _refused_code(error)
        raise NotSent(f"邮件服务器：{error}", again=code is None or code < 500) from error


def _refused_code(error: OSError) -> int | None:
    refused = getattr(error, "recipients", None)
    return min(code for code, _ in refused.values()) if refused else None


def _post(notice: Notice) -> None:
    """POST to the robot's address as configured; redirects are not followed."""
    robot = notice.robot
    assert robot is not None
    if not robot.active or not robot.url.startswith(("http://", "https://")):
        raise NotSent("机器人已停用，或地址不是网页地址", again=False)
    text = f"{notice.text}\n{_address(notice.link)}".strip()
    body = json.dumps({"msgtype": "text", "text": {"content": text}}, ensure_ascii=False).encode()
    request = urllib.request.Request(
        _signed(robot), body, {"Content-Type": "application/json; charset=utf-8"}
    )
    try:
        with _opener.open(request, timeout=ROBOT_SECONDS) as answer:
            said = json.loads(answer.read(10_000) or b"{}")
    except urllib.error.HTTPError as error:
        raise NotSent(f"机器人答复 {error.code}", again=error.code >= 500 or error.code == 429) from error
    except (OSError, ValueError) as error:
        raise NotSent(f"机器人没有正常答复：{error}") from error
    if said.get("errcode"):
        raise NotSent(f"机器人拒收：{said.get('errcode')} {said.get('errmsg', '')}", again=False)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)


def _signed(robot: Robot) -> str:
    """DingTalk's signature: HMAC-SHA256 over "<milliseconds>\\n<secret>", base64, in the address."""
    if robot.kind != Robot.Kind.DINGTALK or not robot.secret:
        return robot.url
    stamp = str(round(clocktime.time() * 1000))
    mac = hmac.new(robot.secret.encode(), f"{stamp}\n{robot.secret}".encode(), hashlib.sha256).digest()
    query = urllib.parse.urlencode({"timestamp": stamp, "sign": base64.b64encode(mac).decode()})
    return f"{robot.url}{'&' if '?' in robot.url else '?'}{query}"


def _address(link: str) -> str:
    return f"{settings.ANLAN_SITE.rstrip('/')}{link}" if link else ""
