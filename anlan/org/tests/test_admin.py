"""The three administrators: each does their own work, none of them sees the business."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from anlan.kernel import parameters, registry, sealing
from anlan.kernel.models import AuditEntry, ParameterValue
from anlan.org import locks
from anlan.org.actors import actor_for
from anlan.org.models import Announcement, Person, Role
from anlan.org.models.security import LoginRecord, OnlineSession
from anlan.org.rules.administrators import ADMINISTRATORS, AUDIT, HOUSE, SECURITY, SYSTEM, misplaced
from anlan.org.tests.staff import PASSWORD, person, role, sign_in, signed_in

pytestmark = pytest.mark.django_db

PAGES = {
    "/admin/parameters/": SYSTEM,
    "/admin/parameters/signin.failures/": SYSTEM,
    "/admin/jobs/": SYSTEM,
    "/admin/health/": SYSTEM,
    "/admin/locks/": SECURITY,
    "/admin/online/": SECURITY,
    "/admin/roles/new/": SECURITY,
    "/admin/verify/": AUDIT,
    "/audit/": AUDIT,
}


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    cache.clear()


@pytest.fixture
def admins() -> dict[str, Client]:
    return {
        key: signed_in(person(key[:6], key, name=f"管{number}")) for number, key in enumerate(ADMINISTRATORS)
    }


def text_of(response: Any) -> str:
    return str(response.content.decode())


def last_entry(act: str) -> AuditEntry:
    found: AuditEntry | None = AuditEntry.objects.unscoped("test").filter(act=act).order_by("-id").first()
    assert found is not None, f"no record of {act}"
    return found


# Who opens what ---------------------------------------------------------------------------------


def test_each_page_opens_for_its_own_administrator_only(admins: dict[str, Client]) -> None:
    officer = signed_in(person("", "committee-officer"))
    for address, owner in PAGES.items():
        for key, client in {**admins, "officer": officer}.items():
            status = client.get(address).status_code
            assert status == (200 if key == owner else 404), (address, key, status)


def test_the_stranger_is_sent_to_the_sign_in(client: Client) -> None:
    for address in PAGES:
        assert client.get(address)["Location"].startswith("/account/login/"), address


def test_no_administrator_sees_a_row_of_the_business() -> None:
    business = [one for one in registry.ledgers() if one.key not in HOUSE]
    assert business, "the example domain has a ledger of business"
    for key in ADMINISTRATORS:
        actor = actor_for(person("", key))
        for ledger in business:
            if ledger.model.scope.open_to_staff or ledger.key == "deadlines":
                continue
            assert not actor.may_read(ledger.permission("view")), (key, ledger.key)
            assert not ledger.rows(actor).exists(), (key, ledger.key)


def test_what_belongs_to_one_administrator_fits_in_no_other_role() -> None:
    for key, permissions in (
        ("committee-officer", ["roles.change"]),
        (SYSTEM, ["audit.view"]),
        (SECURITY, ["parameters.change"]),
        (AUDIT, ["online.end"]),
        (AUDIT, ["hidden-dangers.view"]),
        ("committee-officer", ["audit.*"]),
    ):
        assert misplaced(key, permissions), (key, permissions)
    for key in ADMINISTRATORS:
        assert misplaced(key, role(key).permissions) == "", key


# System administrator ---------------------------------------------------------------------------


def test_a_first_password_is_shown_once_and_must_be_changed(admins: dict[str, Client]) -> None:
    who = Person.objects.create_user("xin01", None, name="新来的")
    page = admins[SYSTEM].post(f"/admin/accounts/{who.pk}/password/")
    assert page.status_code == 200 and page["Cache-Control"].startswith("max-age=0")
    found = re.search(r'id="first-password">([^<]+)<', text_of(page))
    assert found
    assert found[1] not in text_of(admins[SYSTEM].get(f"/people/{who.pk}/"))
    entry = last_entry("reset_password")
    assert found[1] not in str(entry.differences) and entry.differences["must_change_password"]
    newcomer = Client()
    assert sign_in(newcomer, "xin01", found[1]).status_code == 302
    assert newcomer.get("/")["Location"] == "/account/password/"


def test_a_reset_ends_what_was_open_and_the_old_password(admins: dict[str, Client]) -> None:
    who = person("old01")
    theirs = signed_in(who)
    admins[SECURITY].post(f"/admin/accounts/{who.pk}/password/")
    assert theirs.get("/account/").status_code == 302
    assert "账号或密码不对" in text_of(sign_in(Client(), "old01", PASSWORD))


def test_nobody_resets_their_own_password_this_way(admins: dict[str, Client]) -> None:
    own = Person.objects.get(username=SYSTEM[:6])
    assert admins[SYSTEM].post(f"/admin/accounts/{own.pk}/password/").status_code == 403
    assert admins[SYSTEM].post(f"/admin/accounts/{own.pk}/active/", {"active": "0"}).status_code == 403


def test_a_disabled_account_is_out_at_once_and_can_come_back(admins: dict[str, Client]) -> None:
    who = person("gone01")
    theirs = signed_in(who)
    admins[SYSTEM].post(f"/admin/accounts/{who.pk}/active/", {"active": "0"})
    assert theirs.get("/account/").status_code == 302 and sign_in(Client(), "gone01").status_code == 403
    assert last_entry("disable_account").differences["is_active"] == [True, False]
    admins[SYSTEM].post(f"/admin/accounts/{who.pk}/active/", {"active": "1"})
    assert sign_in(Client(), "gone01").status_code == 302


def test_the_audit_administrator_cannot_touch_accounts(admins: dict[str, Client]) -> None:
    who = person()
    for act in ("password", "active", "unlock", "unbind", "unlink"):
        assert admins[AUDIT].post(f"/admin/accounts/{who.pk}/{act}/").status_code == 404, act
    officer = signed_in(person("", "inspector"))
    assert officer.post(f"/admin/accounts/{who.pk}/password/").status_code in (403, 404)


def test_a_parameter_is_changed_within_its_bounds_and_recorded(admins: dict[str, Client]) -> None:
    client, address = admins[SYSTEM], "/admin/parameters/signin.failures/"
    assert client.post(address, {"value": "8"}).status_code == 302
    assert parameters.value("signin.failures") == 8 and locks.limit() == 8
    for wrong, words in (("2", "最小 3"), ("99", "最大 20"), ("五", "不是整数"), ("", "必填")):
        response = client.post(address, {"value": wrong})
        assert response.status_code == 422 and words in text_of(response), wrong
    assert "已改" in text_of(client.get("/admin/parameters/"))
    assert client.post(address, {"value": "5"}).status_code == 302
    assert not ParameterValue.objects.unscoped("test").exists(), "the default needs no row"
    assert AuditEntry.objects.unscoped("test").filter(ledger="parameters").count() == 2


def test_dictionaries_holidays_and_announcements_are_the_system_administrators(
    admins: dict[str, Client],
) -> None:
    day = timezone.localdate()
    sent = {
        "dictionaries": {
            "dictionary": "岗位类别",
            "key": "open",
            "label": "驾驶员",
            "position": "1",
            "active": "on",
        },
        "holidays": {"day": "2031-01-01", "kind": "off", "name": "元旦", "source": ""},
        "announcements": {"title": "周六停机", "body": "八点到十点。", "first_day": str(day)},
    }
    for key, values in sent.items():
        assert admins[SYSTEM].post(f"/{key}/new/", values).status_code == 302, key
        assert admins[SECURITY].get(f"/{key}/new/").status_code == 404, key
    officer = signed_in(person("", "inspector"))
    assert "周六停机" in text_of(officer.get("/announcements/"))
    made = Announcement.objects.unscoped("test").get()
    assert made.stands(day) and officer.get(f"/announcements/{made.pk}/edit/").status_code == 404


def test_the_job_monitor_runs_a_failed_job_again(admins: dict[str, Client]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts, priority, "
            "abort_requested) VALUES ('default', 'kernel.export', '{}', 'failed', 1, 0, false) RETURNING id"
        )
        number = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, 'failed', now())", [number]
        )
    page = text_of(admins[SYSTEM].get("/admin/jobs/"))
    assert "kernel.export" in page and "没有工作进程在运行" in page
    assert admins[SYSTEM].post(f"/admin/jobs/{number}/retry/").status_code == 302
    assert last_entry("retry_job").subject_id == number
    assert "没有失败的作业" in text_of(admins[SYSTEM].get("/admin/jobs/"))
    assert admins[SYSTEM].post(f"/admin/jobs/{number}/retry/").status_code == 404


def test_health_names_what_is_wrong_and_what_to_do(admins: dict[str, Client]) -> None:
    page = text_of(admins[SYSTEM].get("/admin/health/"))
    assert "没有工作进程" in page and "anlan up" in page and "PostgreSQL" in page


# Security administrator -------------------------------------------------------------------------


def test_the_security_administrator_opens_a_locked_account(admins: dict[str, Client]) -> None:
    person("srawb", name="江心")
    for _ in range(5):
        sign_in(Client(), "srawb", "wrong")
    page = text_of(admins[SECURITY].get("/admin/locks/"))
    assert "江心" in page and "15 分钟" in page
    admins[SECURITY].post("/admin/locks/release/", {"account": "srawb"})
    assert sign_in(Client(), "srawb").status_code == 302
    assert last_entry("unlock").subject == "srawb"


def test_forced_off_is_off_with_the_next_click_and_told_why(admins: dict[str, Client]) -> None:
    theirs = signed_in(person("srawb", name="江心"))
    assert "江心" in text_of(admins[SECURITY].get("/admin/online/?q=江"))
    row = OnlineSession.objects.unscoped("test").get(person__username="srawb")
    admins[SECURITY].post("/admin/online/end/", {"session": row.pk})
    response = theirs.get("/account/")
    assert response.status_code == 302
    assert "安全管理员已让这台设备下线" in text_of(theirs.get(response["Location"]))
    assert last_entry("force_off").subject_id == row.person_id
    admins[SECURITY].get("/admin/online/")
    assert "江心" not in text_of(admins[SECURITY].get("/admin/online/?q=江"))


def test_other_administrators_cannot_force_off(admins: dict[str, Client]) -> None:
    theirs = signed_in(person("srawb"))
    row = OnlineSession.objects.unscoped("test").get(person__username="srawb")
    for key in (SYSTEM, AUDIT):
        assert admins[key].post("/admin/online/end/", {"session": row.pk}).status_code == 404
    assert theirs.get("/account/").status_code == 200


def test_a_role_is_changed_on_one_page_and_holds_at_once(admins: dict[str, Client]) -> None:
    found, who = role("inspector"), person("", "inspector")
    page = text_of(admins[SECURITY].get(f"/admin/roles/{found.pk}/"))
    assert who.name in page and "单位：查看" in page
    values = {
        "label": "执法员",
        "reach": "region",
        "may": ["units.view", "holidays.view"],
        "version": found.version,
    }
    assert admins[SECURITY].post(f"/admin/roles/{found.pk}/", values).status_code == 302
    seat = actor_for(who).seat
    assert seat is not None and seat.reach == "region" and seat.may("holidays.view")
    assert not seat.may("people.view")
    assert last_entry("change").differences["label"] == ["执法检查人员", "执法员"]


def test_a_whole_ledger_ticked_stays_whole(admins: dict[str, Client]) -> None:
    holidays = registry.ledger("holidays")
    names = [holidays.permission(act) for act in ("view", *sorted(holidays.acts))]
    values = {"label": "日历员", "reach": "all", "may": names}
    assert admins[SECURITY].post("/admin/roles/new/", values).status_code == 302
    made = Role.objects.unscoped("test").get(label="日历员")
    assert made.permissions == ["holidays.*"]
    page = text_of(admins[SECURITY].get(f"/admin/roles/{made.pk}/"))
    assert page.count("checked") >= len(names)


def test_a_role_that_would_mix_the_three_is_refused(admins: dict[str, Client]) -> None:
    found = role("inspector")
    values = {"label": "执法员", "reach": "all", "may": ["audit.view"], "version": found.version}
    response = admins[SECURITY].post(f"/admin/roles/{found.pk}/", values)
    assert response.status_code == 422 and "只能由审计管理员持有" in text_of(response)
    for made_up in ("audit.*", "*.*", "nothing.view"):
        response = admins[SECURITY].post(f"/admin/roles/{found.pk}/", {**values, "may": [made_up]})
        assert response.status_code == 422 and made_up in text_of(response), made_up


def test_two_who_change_a_role_at_once_do_not_overwrite_each_other(admins: dict[str, Client]) -> None:
    found = role("inspector")
    values = {"label": "甲", "reach": "all", "may": [], "version": found.version}
    assert admins[SECURITY].post(f"/admin/roles/{found.pk}/", values).status_code == 302
    response = admins[SECURITY].post(f"/admin/roles/{found.pk}/", {**values, "label": "乙"})
    assert response.status_code == 422 and "刚改过" in text_of(response)


def test_the_second_factor_of_a_lost_phone_is_taken_away(admins: dict[str, Client]) -> None:
    from allauth.mfa.models import Authenticator

    who = person()
    Authenticator(user=who, type=Authenticator.Type.TOTP, data={"secret": "x"}).save()
    admins[SECURITY].post(f"/admin/accounts/{who.pk}/unbind/")
    assert not Authenticator.objects.exists() and last_entry("unbind_authenticator").subject_id == who.pk


# Audit administrator ----------------------------------------------------------------------------


def test_the_operation_log_shows_differences_in_words(admins: dict[str, Client]) -> None:
    values = {"day": "2031-01-01", "kind": "off", "name": "元旦", "source": ""}
    address = admins[SYSTEM].post("/holidays/new/", values)["Location"]
    assert (
        admins[SYSTEM].post(f"{address}edit/", {**values, "kind": "work", "version": "1"}).status_code == 302
    )
    entry = last_entry("change")
    page = text_of(admins[AUDIT].get(f"/audit/{entry.pk}/"))
    assert "放假" in page and "上班" in page and "性质" in page
    assert "节假日" in text_of(admins[AUDIT].get("/audit/?ledger=holidays"))
    assert admins[AUDIT].get(f"/audit/{entry.pk}/edit/").status_code == 404


def test_the_login_log_is_for_audit_and_security(admins: dict[str, Client]) -> None:
    sign_in(Client(), "nobody", "x")
    for key in (AUDIT, SECURITY):
        assert "没有这个账号" in text_of(admins[key].get("/logins/?result=failed")), key
    assert admins[SYSTEM].get("/logins/").status_code == 404
    row = LoginRecord.objects.unscoped("test").filter(result="failed").get()
    assert admins[AUDIT].get(f"/logins/{row.pk}/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_the_proof_tells_whole_from_touched() -> None:
    client = signed_in(person("shenji", AUDIT))
    client.post("/account/elsewhere/")
    # Transactions of other databases on the same server hold sealing up while they last.
    assert sealing.seal(wait=60.0)
    assert client.post("/admin/verify/").status_code == 302
    assert "记录完整，没有被删改" in text_of(client.get("/admin/verify/"))
    entry = last_entry("leave_elsewhere")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE kernel_auditentry DISABLE TRIGGER USER")
        cursor.execute("UPDATE kernel_auditentry SET note = '没有的事' WHERE id = %s", [entry.pk])
        cursor.execute("ALTER TABLE kernel_auditentry ENABLE TRIGGER USER")
    client.post("/admin/verify/")
    page = text_of(client.get("/admin/verify/"))
    assert "记录被动过" in page and f"第 {entry.pk} 条被改动" in page
