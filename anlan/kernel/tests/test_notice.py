"""Notices: told once, kept, sent over real SMTP and HTTP on the loopback, failures with their reason."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from datetime import time, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from anlan.kernel import notice
from anlan.kernel.models import Delivery, Notice, NoticeChoice, Robot
from anlan.kernel.notice import deliver, inbox, mark_read, notify, unread
from anlan.kernel.scope import Actor
from anlan.kernel.tests.mechanisms import COUNTY, at, fault, person

NOW = at("2023-06-20 10:00")
LATER = at("2023-06-21 10:00")


class Mailbox:
    """Keeps what the SMTP server received; refuses where told to."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.refusal = ""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take one mail or refuse it."""
        if self.refusal:
            return self.refusal
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content)))
        return "250 OK"

    def texts(self) -> list[tuple[str, str]]:
        """(subject, body) of every mail."""
        return [
            (
                str(make_header(decode_header(m["Subject"]))),
                m.get_payload(decode=True).decode().replace("\r\n", "\n").strip(),
            )
            for _, m in self.mails
        ]


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    """A real SMTP server on the loopback."""
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    settings.ANLAN_SITE = "http://127.0.0.1:8000"
    yield box
    controller.stop()


class Hook(HTTPServer):
    """A robot's server: keeps what was posted, answers what it is told to."""

    posted: list[tuple[str, Any]]
    answer: tuple[int, dict[str, Any], dict[str, str]]


class _Handler(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        """Keep the body and answer."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.posted.append((self.path, body))
        status, said, headers = self.server.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(json.dumps(said).encode())

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def hook() -> Iterator[Hook]:
    """A real HTTP server on the loopback."""
    server = Hook(("127.0.0.1", 0), _Handler)
    server.posted, server.answer = [], (200, {"errcode": 0}, {})
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def robot(hook: Hook, **more: Any) -> Robot:
    """A robot of unit 11 that posts to the hook."""
    url = f"http://127.0.0.1:{hook.server_port}/send?key=1"
    values = {"label": "群", "kind": "wecom", "url": url, "unit_id": 11, "region_path": COUNTY, **more}
    found: Robot = Robot.objects.create(**values)
    return found


def me(pk: int) -> Actor:
    """The person signed in, without any post."""
    return Actor(person_id=pk, name="我")


def states() -> list[tuple[str, str]]:
    """(state, error) of all deliveries."""
    return list(Delivery.objects.order_by("id").values_list("state", "error"))


@pytest.mark.django_db
def test_one_thing_is_told_once_to_each() -> None:
    first, second = person("a"), person("b")
    assert notify([first, first], "faults:1:due", "限期将到", now=NOW) == 1
    assert notify([first, second], "faults:1:due", "限期将到", now=LATER) == 1
    assert notify([first], "faults:2:due", "另一件", now=LATER) == 1
    assert [inbox(me(one)).count() for one in (first, second)] == [2, 1]


@pytest.mark.django_db
def test_only_the_person_sees_and_reads_their_own() -> None:
    mine, theirs = person("a"), person("b")
    row = fault()
    notify([mine, theirs], "k", "限期将到", link="/faults/1/", row=row, now=NOW)
    (one,) = inbox(me(mine))
    assert (one.ledger, one.subject_id, one.link) == ("faults", row.pk, "/faults/1/")
    assert mark_read(me(theirs), [one.pk]) == 0
    assert (unread(mine), mark_read(me(mine)), unread(mine), unread(theirs)) == (1, 1, 0, 1)


@pytest.mark.django_db
def test_an_act_that_is_rolled_back_tells_nobody() -> None:
    who = person("a", "a@example.org")
    with pytest.raises(RuntimeError), transaction.atomic():
        notify([who], "k", "不该发", now=NOW)
        raise RuntimeError
    assert (unread(who), states()) == (0, [])


@pytest.mark.django_db
def test_a_mail_arrives_once_with_its_link(mailbox: Mailbox) -> None:
    who = person("a", "a@example.org")
    person("without address")
    notify([who], "k", "护栏缺失，剩 3 天", link="/faults/1/", now=NOW)
    assert (deliver(NOW), deliver(LATER)) == (1, 0)
    assert mailbox.texts() == [
        ("【安澜】护栏缺失，剩 3 天", "护栏缺失，剩 3 天\nhttp://127.0.0.1:8000/faults/1/")
    ]
    assert mailbox.mails[0][0] == ["a@example.org"]
    assert states() == [("sent", "")]


@pytest.mark.django_db
def test_a_refusal_for_now_is_tried_again_and_then_kept_as_failed(mailbox: Mailbox) -> None:
    notify([person("a", "a@example.org")], "k", "限期将到", now=NOW)
    mailbox.refusal = "451 busy"
    assert deliver(NOW) == 0
    assert [(state, "451" in error) for state, error in states()] == [("waiting", True)]
    assert deliver(NOW + timedelta(seconds=59)) == 0
    mailbox.refusal = ""
    assert deliver(NOW + timedelta(seconds=60)) == 1
    assert len(mailbox.mails) == 1


@pytest.mark.django_db
def test_five_tries_then_failed_with_the_reason(mailbox: Mailbox) -> None:
    notify([person("a", "a@example.org")], "k", "限期将到", now=NOW)
    mailbox.refusal = "451 busy"
    for hour in range(8):
        deliver(NOW + timedelta(hours=hour))
    one = Delivery.objects.get()
    assert (one.state, one.attempts, "busy" in one.error) == ("failed", 5, True)


@pytest.mark.django_db
def test_a_final_refusal_is_not_repeated(mailbox: Mailbox) -> None:
    notify([person("a", "a@example.org")], "k", "限期将到", now=NOW)
    mailbox.refusal = "550 no such user"
    deliver(NOW)
    assert [(state, "no such user" in error) for state, error in states()] == [("failed", True)]


@pytest.mark.django_db
def test_a_server_that_is_away_is_a_reason_too(settings: Settings, mailbox: Mailbox) -> None:
    settings.EMAIL_PORT = 1
    notify([person("a", "a@example.org")], "k", "限期将到", now=NOW)
    deliver(NOW)
    assert [(state, bool(error)) for state, error in states()] == [("waiting", True)]


@pytest.mark.django_db
def test_quiet_hours_wait_and_urgent_ones_do_not(mailbox: Mailbox) -> None:
    who = person("a", "a@example.org")
    NoticeChoice.objects.create(person_id=who, quiet_from=time(22), quiet_to=time(7))
    night = at("2023-06-20 23:30")
    notify([who], "ordinary", "一般", now=night)
    notify([who], "urgent", "紧急", importance=Notice.Importance.URGENT, now=night)
    assert deliver(night) == 1
    assert deliver(at("2023-06-21 06:59")) == 0
    assert deliver(at("2023-06-21 07:00")) == 1
    assert [subject for subject, _ in mailbox.texts()] == ["【安澜】紧急", "【安澜】一般"]


@pytest.mark.django_db
def test_a_digest_is_one_mail_a_day(mailbox: Mailbox) -> None:
    who, other = person("a", "a@example.org"), person("b", "b@example.org")
    for one in (who, other):
        NoticeChoice.objects.create(person_id=one, digest_at=time(8, 30))
    for n in range(3):
        notify([who, other], f"k{n}", f"第 {n} 件", now=NOW)
    assert deliver(at("2023-06-21 08:29")) == 0
    assert deliver(at("2023-06-21 08:30")) == 6
    assert [to for to, _ in mailbox.mails] == [["a@example.org"], ["b@example.org"]]
    subject, body = mailbox.texts()[0]
    assert (subject, [f"第 {n} 件" in body for n in range(3)]) == ("【安澜】3 条通知", [True] * 3)


@pytest.mark.django_db
def test_without_a_mail_server_notices_stay_in_the_house(settings: Settings) -> None:
    settings.EMAIL_HOST = ""
    who = person("a", "a@example.org")
    notify([who], "k", "限期将到", now=NOW)
    assert (states(), unread(who)) == ([], 1)


@pytest.mark.django_db
def test_who_wants_no_mail_gets_none(mailbox: Mailbox) -> None:
    who = person("a", "a@example.org")
    NoticeChoice.objects.create(person_id=who, email=False)
    notify([who], "k", "限期将到", now=NOW)
    assert (deliver(NOW), unread(who)) == (0, 1)


@pytest.mark.django_db
def test_a_robot_is_told_once_in_its_own_json(hook: Hook) -> None:
    robot(hook)
    robot(hook, unit_id=12)
    robot(hook, active=False)
    for _ in range(2):
        notify([], "k", "限期将到", units=[11], now=NOW)
    deliver(NOW)
    assert hook.posted == [("/send?key=1", {"msgtype": "text", "text": {"content": "限期将到"}})]


@pytest.mark.django_db
def test_dingtalk_is_signed(hook: Hook) -> None:
    robot(hook, kind="dingtalk", secret="SEC1")
    notify([], "k", "限期将到", units=[11], now=NOW)
    assert deliver(NOW) == 1
    assert "&timestamp=" in hook.posted[0][0] and "&sign=" in hook.posted[0][0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        ((200, {"errcode": 93000, "errmsg": "invalid webhook"}, {}), "failed", "93000 invalid webhook"),
        ((404, {}, {}), "failed", "404"),
        ((503, {}, {}), "waiting", "503"),
        ((302, {}, {"Location": "http://127.0.0.1:1/elsewhere"}), "failed", "302"),
    ],
)
def test_what_a_robot_refuses_is_kept(hook: Hook, answer: Any, state: str, reason: str) -> None:
    robot(hook)
    hook.answer = answer
    notify([], "k", "限期将到", units=[11], now=NOW)
    deliver(NOW)
    ((found, error),) = states()
    assert (found, reason in error, len(hook.posted)) == (state, True, 1)


@pytest.mark.django_db
def test_a_claim_is_won_by_one_worker_only(mailbox: Mailbox) -> None:
    notify([person("a", "a@example.org")], "k", "限期将到", now=NOW)
    pk = Delivery.objects.get().pk
    assert [notice._claim(pk, NOW), notice._claim(pk, NOW)] == [True, False]
    assert deliver(NOW) == 0


@pytest.mark.django_db
def test_a_worker_that_died_while_sending_makes_no_second_mail(mailbox: Mailbox) -> None:
    notify([person("a", "a@example.org")], "k", "限期将到", now=NOW)
    assert notice._claim(Delivery.objects.get().pk, NOW)
    deliver(NOW + timedelta(minutes=16))
    assert states() == [("failed", notice.MAY_HAVE_ARRIVED)]
    assert mailbox.mails == []


@pytest.mark.django_db(transaction=True)
def test_an_urgent_notice_wakes_a_worker_that_sends_it(mailbox: Mailbox) -> None:
    notify([person("a", "a@example.org")], "k", "瓦斯超限", importance=Notice.Importance.URGENT)
    notify([person("b", "b@example.org")], "k2", "瓦斯超限", importance=Notice.Importance.URGENT)
    waiting = ProcrastinateJob.objects.filter(task_name="kernel.deliver", status="todo")
    assert waiting.count() == 1
    with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore[attr-defined]
        worker.run_worker(queues=["default"], wait=False, install_signal_handlers=False, listen_notify=False)
    assert sorted(to for ((to,), _) in mailbox.mails) == ["a@example.org", "b@example.org"]
    with connection.cursor() as cursor:  # the worker's thread keeps its own session open
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
