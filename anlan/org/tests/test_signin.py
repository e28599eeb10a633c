"""Coming in, staying, and leaving."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from anlan.kernel import parameters
from anlan.kernel.models import AuditEntry, ParameterValue
from anlan.org import locks, passwords, sessions
from anlan.org.models import Person
from anlan.org.models.security import LoginRecord, OnlineSession
from anlan.org.passwords import HistoryValidator, MixedCharactersValidator, first_password
from anlan.org.tests.staff import PASSWORD, person, sign_in, signed_in

pytestmark = pytest.mark.django_db
NEW = "Weikuangku=2024"


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    cache.clear()


def records() -> list[tuple[str, str]]:
    rows = LoginRecord.objects.unscoped("test").order_by("id")
    return list(rows.values_list("result", "reason"))


def text_of(response: Any) -> str:
    return str(response.content.decode())


def seat_of(client: Client) -> int:
    """The number of the post that this browser acts as."""
    request: Any = client.get("/account/").wsgi_request
    return int(request.actor.seat.id)


def set_parameter(key: str, value: int) -> None:
    ParameterValue(key=key, value=value).save()
    assert parameters.value(key) == value


# Passwords --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "missing"),
    [
        ("abcdefgh12", ["大写字母", "符号"]),
        ("ABCDEFGHIJ", ["小写字母", "数字", "符号"]),
        ("1234567890", ["大写字母", "小写字母", "符号"]),
    ],
)
def test_a_password_of_too_few_kinds_is_refused_and_says_what_is_missing(
    password: str, missing: list[str]
) -> None:
    with pytest.raises(ValidationError) as caught:
        MixedCharactersValidator().validate(password)
    assert all(word in caught.value.messages[0] for word in missing)


@pytest.mark.parametrize("password", ["Abcdefgh12", "abcdefgh1-", "矿山-Abcdef", "ABC-123456"])
def test_three_kinds_are_enough(password: str) -> None:
    MixedCharactersValidator().validate(password)


def test_first_passwords_pass_the_rules_and_differ() -> None:
    made = {first_password() for _ in range(50)}
    assert len(made) == 50
    for one in made:
        MixedCharactersValidator(4).validate(one)
        assert not set(one) & set("0Oo1lI")


def test_the_last_passwords_do_not_come_back_and_older_ones_may() -> None:
    who = person()
    for number in range(5):
        who.set_password(f"Another-{number}-pass")
        who.save()
    HistoryValidator().validate(PASSWORD, who)
    with pytest.raises(ValidationError, match="最近 5 次"):
        HistoryValidator().validate("Another-0-pass", who)


def test_hashes_only_are_remembered() -> None:
    who = person()
    from anlan.org.models.security import PasswordHistory

    kept = PasswordHistory.objects.unscoped("test").get(person=who)
    assert PASSWORD not in kept.password and kept.password == who.password
    assert who.password_changed_at is not None


# Coming in --------------------------------------------------------------------------------------


def test_the_right_password_opens_and_the_log_says_so(client: Client) -> None:
    who = person("srawb")
    response = client.post(
        "/account/login/",
        {"login": " SRAWB ", "password": PASSWORD},
        HTTP_USER_AGENT="Chromium",
        REMOTE_ADDR="10.1.2.3",
    )
    assert response.status_code == 302 and response["Location"] == "/"
    row = LoginRecord.objects.unscoped("test").get()
    assert (row.person_id, row.result, row.address, row.agent) == (who.pk, "done", "10.1.2.3", "Chromium")
    assert client.get("/account/").status_code == 200


def test_after_signing_in_one_stands_where_one_wanted_to_go(client: Client) -> None:
    person("srawb")
    assert client.get("/account/password/")["Location"] == "/account/login/?next=/account/password/"
    response = sign_in(client, "srawb", next="/account/password/")
    assert response["Location"] == "/account/password/"
    assert sign_in(Client(), "srawb", next="https://evil.example/")["Location"] == "/"


def test_a_wrong_password_tells_nothing_of_the_account(client: Client) -> None:
    person("srawb")
    known, unknown = sign_in(client, "srawb", "wrong"), sign_in(client, "nobody", "wrong")
    for response in (known, unknown):
        assert "账号或密码不对" in text_of(response)
    assert records() == [("failed", "密码不对"), ("failed", "没有这个账号")]


def test_what_was_typed_as_an_unknown_account_is_veiled_in_the_log(client: Client) -> None:
    sign_in(client, "MySecret-99", "x")
    assert LoginRecord.objects.unscoped("test").get().account == "My…（11 字）"


def test_a_disabled_account_stays_outside(client: Client) -> None:
    person("srawb", is_active=False)
    response = sign_in(client, "srawb")
    assert response.status_code == 403 and "已停用" in text_of(response)
    assert client.get("/account/").status_code == 302
    assert records()[-1] == ("refused", "账号已停用")


def test_nobody_registers_themselves(client: Client) -> None:
    assert client.get("/account/signup/").status_code in (302, 404)
    assert "注册" not in text_of(client.get("/account/login/"))


# Lock-out ---------------------------------------------------------------------------------------


def test_failures_lock_the_account_whatever_its_spelling_and_say_for_how_long(client: Client) -> None:
    person("srawb")
    for spelling in ("srawb", "SRAWB", " srawb", "Srawb"):
        response = sign_in(client, spelling, "wrong")
        assert response.status_code == 200
    assert "再错 1 次" in text_of(response) and "锁定 15 分钟" in text_of(response)
    response = sign_in(client, "srawb", "wrong")
    assert response.status_code == 429 and "还有 15 分钟" in text_of(response)
    assert "安全管理员" in text_of(response)
    response = sign_in(Client(), "srawb", PASSWORD)
    assert response.status_code == 429, "the right password does not help while locked"
    assert records()[-2:] == [("locked", "连错 5 次，锁定 15 分钟"), ("locked", "锁定期间再次尝试")]


def test_trying_on_does_not_prolong_the_lock(client: Client) -> None:
    person("srawb")
    for _ in range(5):
        sign_in(client, "srawb", "wrong")
    until = locks.locked_until("srawb")
    sign_in(client, "srawb", "wrong")
    assert until is not None and locks.locked_until("srawb") == until


def test_the_lock_ends_by_itself_or_by_release(client: Client) -> None:
    from axes.models import AccessAttempt

    person("srawb")
    for _ in range(5):
        sign_in(client, "srawb", "wrong")
    assert locks.locked()[0].account == "srawb"
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert locks.locked() == [] and sign_in(client, "srawb").status_code == 302
    for _ in range(5):
        sign_in(Client(), "srawb", "wrong")
    assert sign_in(Client(), "srawb").status_code == 429
    locks.release("SRAWB")
    assert sign_in(Client(), "srawb").status_code == 302


def test_others_are_not_locked_with_it(client: Client) -> None:
    person("srawb"), person("jjawb")
    for _ in range(5):
        sign_in(client, "srawb", "wrong")
    assert sign_in(client, "jjawb").status_code == 302


# Staying ----------------------------------------------------------------------------------------


def rest(client: Client, minutes: int) -> None:
    rows = OnlineSession.objects.unscoped("test").filter(pk=client.session["online"])
    rows.update(seen_at=timezone.now() - timedelta(minutes=minutes))


def test_who_rests_too_long_is_signed_out_and_told_why() -> None:
    client = signed_in(person())
    rest(client, 29)
    assert client.get("/account/").status_code == 200
    rest(client, 31)
    response = client.get("/account/")
    assert response.status_code == 302 and response["Location"] == "/account/login/?next=%2Faccount%2F"
    assert "超过 30 分钟没有操作" in text_of(client.get(response["Location"]))
    assert records()[-1] == ("left", "久未操作")


def test_the_span_is_a_parameter_and_zero_means_for_ever() -> None:
    client = signed_in(person())
    set_parameter("signin.idle_minutes", 0)
    rest(client, 10_000)
    assert client.get("/account/").status_code == 200


def test_a_page_that_asks_by_itself_does_not_keep_one_signed_in() -> None:
    client = signed_in(person())
    rest(client, 20)
    client.get("/account/", HTTP_X_POLL="1")
    row = OnlineSession.objects.unscoped("test").get()
    assert timezone.now() - row.seen_at > timedelta(minutes=19)
    client.get("/account/")
    row.refresh_from_db(from_queryset=OnlineSession.objects.unscoped("test"))
    assert timezone.now() - row.seen_at < timedelta(minutes=1)


def test_a_part_of_a_page_sends_the_whole_page_to_the_sign_in() -> None:
    client = signed_in(person())
    rest(client, 31)
    response = client.get("/account/", HTTP_HX_REQUEST="true")
    assert response["HX-Redirect"].startswith("/account/login/")
    response = Client().get("/account/", HTTP_HX_REQUEST="true")
    assert response["HX-Redirect"].startswith("/account/login/")


def test_signing_out_ends_the_session_and_is_logged() -> None:
    client = signed_in(person())
    assert client.post("/account/logout/").status_code == 302
    assert OnlineSession.objects.unscoped("test").get().end == "left"
    assert client.get("/account/").status_code == 302
    assert records()[-1] == ("left", "自行退出")


def test_one_can_sign_out_everywhere_else() -> None:
    who = person()
    here, there = signed_in(who), signed_in(who)
    here.post("/account/elsewhere/")
    assert here.get("/account/").status_code == 200
    response = there.get("/account/")
    assert response.status_code == 302
    assert "已从别处退出" in text_of(there.get(response["Location"]))


# Password change --------------------------------------------------------------------------------


def change(client: Client, new: str = NEW, old: str = PASSWORD, again: str = "") -> Any:
    return client.post(
        "/account/password/", {"oldpassword": old, "password1": new, "password2": again or new}
    )


def test_a_first_password_opens_nothing_but_the_page_to_change_it() -> None:
    who = person(must_change_password=True)
    client = signed_in(who)
    for address in ("/", "/account/", "/people/"):
        assert client.get(address)["Location"] == "/account/password/"
    assert "只能用一次" in text_of(client.get("/account/password/"))
    assert change(client).status_code == 302
    assert client.get("/account/").status_code == 200
    assert not Person.objects.get(pk=who.pk).must_change_password
    entry = AuditEntry.objects.unscoped("test").get(act="change_password")
    assert entry.subject_id == who.pk


def test_a_first_password_left_lying_is_refused(client: Client) -> None:
    who = person("srawb", must_change_password=True)
    Person.objects.filter(pk=who.pk).update(password_changed_at=timezone.now() - timedelta(days=8))
    response = sign_in(client, "srawb")
    assert response.status_code == 403 and "初始密码已过期" in text_of(response)


def test_an_old_password_must_be_changed_first() -> None:
    who = person()
    Person.objects.filter(pk=who.pk).update(password_changed_at=timezone.now() - timedelta(days=91))
    client = signed_in(who)
    assert client.get("/account/")["Location"] == "/account/password/"
    assert "已用满 90 天" in text_of(client.get("/account/password/"))
    change(client)
    assert client.get("/account/").status_code == 200


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"old": "wrong"}, "原密码不对"),
        ({"new": "short-1A"}, "至少"),
        ({"new": PASSWORD}, "最近 5 次"),
        ({"again": "Otherwise-99"}, "两次填的新密码不一样"),
        ({"new": "srawb-Srawb1"}, "相似"),
    ],
)
def test_a_bad_new_password_is_refused_with_a_reason(fields: dict[str, str], words: str) -> None:
    client = signed_in(person("srawb-srawb"))
    assert words in text_of(change(client, **fields))
    assert sign_in(Client(), "srawb-srawb").status_code == 302, "the old one still holds"


def test_a_new_password_signs_out_the_other_browsers() -> None:
    who = person()
    here, there = signed_in(who), signed_in(who)
    change(here)
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302


def test_expiry_can_be_switched_off() -> None:
    set_parameter("signin.password_days", 0)
    who = person()
    who.password_changed_at = timezone.now() - timedelta(days=9999)
    assert not passwords.expired(who, timezone.now())


# Acting post ------------------------------------------------------------------------------------


def test_one_acts_as_the_chosen_post_and_the_record_says_so() -> None:
    who = person("", "committee-officer", "inspector")
    client = signed_in(who)
    first, second = who.posts.unscoped("test").order_by("id")
    assert seat_of(client) == first.pk
    response = client.post("/post/choose", {"post": second.pk, "next": "/account/"})
    assert response["Location"] == "/account/"
    assert seat_of(client) == second.pk
    entry = AuditEntry.objects.unscoped("test").get(act="choose_post")
    assert entry.differences["post"] == [first.label, second.label]
    assert OnlineSession.objects.unscoped("test").get().seat_id == second.pk
    again = signed_in(who)
    assert seat_of(again) == second.pk, "kept"


def test_nobody_acts_as_anothers_post_or_one_that_has_ended() -> None:
    who, other = person("", "committee-officer", "inspector"), person("", "inspector")
    client = signed_in(who)
    ended = who.posts.unscoped("test").order_by("id").last()
    assert ended is not None
    ended.valid_from, ended.valid_to = timezone.localdate() - timedelta(9), timezone.localdate()
    ended.save()
    foreign = other.posts.unscoped("test").get()
    for post in (ended.pk, foreign.pk, "x", ""):
        assert client.post("/post/choose", {"post": post}).status_code == 404
    assert client.post("/post/choose", {"post": foreign.pk, "next": "//evil.example"}).status_code == 404
    assert client.get("/post/choose").status_code == 405


def test_the_own_page_shows_posts_and_sign_ins() -> None:
    client = signed_in(person("", "inspector", name="周敏"))
    page = text_of(client.get("/account/"))
    for words in ("周敏", "执法检查人员", "没有开启", "本机", "登录"):
        assert words in page
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d", page)


def test_the_login_log_cannot_be_rewritten() -> None:
    sign_in(Client(), "nobody", "x")
    rows = LoginRecord.objects.unscoped("test")
    for rewrite in (lambda: rows.update(reason=""), rows.all().delete):
        with pytest.raises(DatabaseError, match="只能追加"), transaction.atomic():
            rewrite()
    assert records() == [("failed", "没有这个账号")]


def test_behind_a_trusted_proxy_the_address_is_the_browsers(client: Client, settings: Any) -> None:
    forged = "1.1.1.1, 10.9.9.9"
    client.post("/account/login/", {"login": "nobody", "password": "x"}, HTTP_X_FORWARDED_FOR=forged)
    settings.ANLAN_PROXIES = 1
    client.post("/account/login/", {"login": "nobody", "password": "x"}, HTTP_X_FORWARDED_FOR=forged)
    rows = LoginRecord.objects.unscoped("test").order_by("id")
    assert list(rows.values_list("address", flat=True)) == ["127.0.0.1", "10.9.9.9"]


def test_old_sessions_are_tidied_away_and_the_log_stays() -> None:
    from django.contrib.sessions.models import Session

    client = signed_in(person())
    client.post("/account/logout/")
    signed_in(person())
    long_ago = timezone.now() - timedelta(days=400)
    Session.objects.update(expire_date=long_ago)
    OnlineSession.objects.unscoped("test").filter(end="left").update(ended_at=long_ago)
    assert sessions.tidy(timezone.now()) == 1
    assert OnlineSession.objects.unscoped("test").count() == 1 and not Session.objects.exists()
    assert len(records()) == 3
