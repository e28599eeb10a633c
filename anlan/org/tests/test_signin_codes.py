"""The second factor: binding, proving, losing the phone."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client, TestCase

from anlan.kernel.models import AuditEntry
from anlan.org import locks
from anlan.org.models.security import LoginRecord
from anlan.org.tests.staff import PASSWORD, person, role, sign_in, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    cache.clear()


def code(secret: str, step: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step)))


def confirm(client: Client) -> None:
    """Prove once more who one is, as the delicate pages demand."""
    response = client.get("/account/codes/bind/")
    assert response["Location"].startswith("/account/again/")
    assert client.post(response["Location"], {"password": PASSWORD}).status_code == 302


def bind(client: Client) -> str:
    confirm(client)
    page = client.get("/account/codes/bind/").content.decode()
    assert "data:image/svg+xml;base64," in page
    found = re.search(r"acct-key\">([A-Z2-7]{32})<", page)
    assert found
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert client.post("/account/codes/bind/", {"code": code(found[1])}).status_code == 302
    return found[1]


def test_binding_needs_the_password_again_and_a_right_code() -> None:
    client = signed_in(person())
    confirm(client)
    client.get("/account/codes/bind/")
    response = client.post("/account/codes/bind/", {"code": "000000"})
    assert "动态验证码不对" in response.content.decode()
    assert not Authenticator.objects.exists()


def test_the_secret_is_not_stored_in_the_clear() -> None:
    client = signed_in(person())
    secret = bind(client)
    stored = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    assert secret not in str(stored.data)
    assert AuditEntry.objects.unscoped("test").filter(act="bind_authenticator").exists()


def test_after_the_password_the_code_is_asked_for() -> None:
    who = person()
    secret = bind(signed_in(who))
    cache.clear()
    client = Client()
    assert sign_in(client, who.username)["Location"] == "/account/code/"
    assert client.get("/account/").status_code == 302, "half way in is outside"
    assert client.post("/account/code/", {"code": code(secret)}).status_code == 302
    assert client.get("/account/").status_code == 200
    row = LoginRecord.objects.unscoped("test").order_by("id").last()
    assert row is not None and row.reason == "另核对了动态验证码"


def test_wrong_codes_lock_the_account() -> None:
    who = person()
    secret = bind(signed_in(who))
    client = Client()
    sign_in(client, who.username)
    for _ in range(4):
        assert client.post("/account/code/", {"code": "000000"}).status_code == 200
    response = client.post("/account/code/", {"code": "000000"})
    assert response.status_code == 429 and "已锁定" in response.content.decode()
    assert locks.locked_until(who.username)
    assert sign_in(client, who.username).status_code == 429
    assert client.post("/account/code/", {"code": code(secret)})["Location"] == "/account/login/"
    last = LoginRecord.objects.unscoped("test").filter(method="code").order_by("id").last()
    assert last is not None and last.result == "locked"


def test_a_recovery_code_opens_once() -> None:
    who = person()
    owner = signed_in(who)
    bind(owner)
    page = owner.get("/account/codes/recovery/").content.decode()
    spare = re.findall(r"<li>(\d{8})</li>", page)
    assert len(spare) == 10
    for tries, expected in enumerate((302, 200)):
        client = Client()
        sign_in(client, who.username)
        assert client.post("/account/code/", {"code": spare[0]}).status_code == expected, tries


def test_a_role_may_demand_codes_and_then_nothing_else_opens() -> None:
    role("inspector", demands_code=True)
    client = signed_in(person("", "inspector"))
    assert client.get("/account/")["Location"] == "/account/codes/bind/"
    bind(client)
    assert client.get("/account/").status_code == 200
    assert client.get("/account/codes/recovery/").status_code == 200
    refusal = client.post("/account/codes/unbind/")
    assert refusal.status_code == 200 and "不能关闭" in refusal.content.decode()


def test_codes_can_be_given_up_where_nobody_demands_them() -> None:
    client = signed_in(person())
    bind(client)
    assert client.post("/account/codes/unbind/").status_code == 302
    assert not Authenticator.objects.exists()


def test_a_code_seen_over_the_shoulder_does_not_open_a_second_time() -> None:
    who = person()
    secret = bind(signed_in(who))
    shown = code(secret)
    for expected in (302, 200):
        cache.clear()  # another process keeps another cache
        client = Client()
        sign_in(client, who.username)
        response = client.post("/account/code/", {"code": shown})
        assert response.status_code == expected
    assert "刚用过" in response.content.decode()
