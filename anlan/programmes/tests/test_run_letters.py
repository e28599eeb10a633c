"""Reminder letters drafted from the red cells of the matrix."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from anlan.papers.models import Paper
from anlan.programmes.actions import run, run_judging
from anlan.programmes.tests.running import GRANTS, Running, make_programme, make_world

pytestmark = pytest.mark.django_db
WARNING_DAY = "坚持以每月16日为全市安全防范警示日"
CASES = "每季度至少公布3个案例"
HOUSING, GOVERNMENT = "housing", "people-government"
SignIn = Callable[[str], Client]


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Running:
    """The city's programme on 2 April 2023: cases and warning days of March are overdue."""
    monkeypatch.setenv("ANLAN_TODAY", "2023-03-01")
    grants = {**GRANTS, "committee-officer": [*GRANTS["committee-officer"], "papers.*", "receipts.*"]}
    made = make_programme(make_world(grants))
    run.dispatch(made.world.actor("city_officer"), made.programme)
    monkeypatch.setenv("ANLAN_TODAY", "2023-04-02")
    run_judging.judge()
    return made


@pytest.fixture
def signed_in(running: Running) -> SignIn:
    """A client in which a member of the cast is signed in."""

    def enter(member: str) -> Client:
        client = Client()
        backend = "allauth.account.auth_backends.AuthenticationBackend"
        client.force_login(running.world.person(member), backend=backend)
        return client

    return enter


def letters_url(running: Running, query: str = "") -> str:
    return f"/running/{running.programme.pk}/letters/?{query}"


def drafts() -> list[Paper]:
    return list(Paper.objects.unscoped("test").filter(kind="reminder").order_by("pk"))


def send(client: Client, url: str, *units: int) -> str:
    form = {"units": list(units), "answer_by": "2023-04-10", "idempotency_key": f"k{url}{units}"}
    return client.post(url, form, follow=True).content.decode()


def test_red_cells_can_be_ticked_by_the_issuing_office_only(running: Running, signed_in: SignIn) -> None:
    housing = running.duty(CASES, HOUSING, "361100")
    tick = f'value="{housing.item_id}-{housing.unit_id}"'
    office = signed_in("city_officer").get("/running/matrix/").content.decode()
    assert tick in office and letters_url(running) in office
    helper = running.duty(CASES, "emergency", "361100")
    assert f'value="{helper.item_id}-{helper.unit_id}"' not in office, "nothing of it is overdue"
    department = signed_in("department_officer").get("/running/matrix/").content.decode()
    assert tick not in department and "起草提醒函" not in department
    assert signed_in("department_officer").get(letters_url(running)).status_code == 404
    assert signed_in("stranger").get(letters_url(running)).status_code == 404


def test_a_letter_speaks_of_the_ticked_cell_and_of_nothing_else(running: Running, signed_in: SignIn) -> None:
    duty = running.duty(WARNING_DAY, GOVERNMENT, "361130")
    client = signed_in("city_officer")
    url = letters_url(running, f"ids={duty.item_id}-{duty.unit_id}")
    page = client.get(url).content.decode()
    assert WARNING_DAY in page and CASES not in page and "勾选的" in page
    send(client, url, duty.unit_id)
    matters = [one for paper in drafts() for rows in paper.matters.values() for one in rows]
    assert [one["unit_id"] for one in matters] == [duty.unit_id]


def test_without_ticks_the_filter_line_says_what_is_written_about(
    running: Running, signed_in: SignIn
) -> None:
    client = signed_in("city_officer")
    housing = running.world.unit(HOUSING, "361100")
    page = client.get(letters_url(running, "party=department")).content.decode()
    assert CASES in page and "责任方：部门" in page
    assert f'value="{running.world.unit(GOVERNMENT, "361130").pk}"' not in page
    send(client, letters_url(running, "party=department"), housing.pk)
    assert len(drafts()) == 1
    again = client.get(letters_url(running, "party=department")).content.decode()
    assert "项已在函中，不再写" in again, "what an open letter says is not written again"


def test_nothing_is_drafted_without_a_unit_or_with_a_day_that_is_no_day(
    running: Running, signed_in: SignIn
) -> None:
    client, url = signed_in("city_officer"), letters_url(running)
    assert "请先勾选要提醒的单位" in send(client, url)
    form = {"units": [running.world.unit(HOUSING, "361100").pk], "answer_by": "2023-02-31"}
    assert "读不出答复期限" in client.post(url, form, follow=True).content.decode()
    early = client.post(url, {**form, "answer_by": "2023-03-01"}, follow=True).content.decode()
    assert "答复期限早于今天" in early and not drafts()


def test_a_units_desk_lists_the_letter_it_got_and_the_leader_sees_how_it_stands(
    running: Running, signed_in: SignIn
) -> None:
    from anlan.papers import actions as papers

    duty = running.duty(CASES, HOUSING, "361100")
    assert "收到的提醒函" not in signed_in("department_officer").get("/").content.decode()
    send(signed_in("city_officer"), letters_url(running, f"ids={duty.item_id}-{duty.unit_id}"), duty.unit_id)
    assert "收到的提醒函" not in signed_in("department_officer").get("/").content.decode(), "still a draft"
    office = running.world.actor("city_officer")
    papers.revise(office, drafts()[0], {"code": "饶安办提"})
    papers.issue(office, drafts()[0])
    desk = signed_in("department_officer").get("/").content.decode()
    assert "收到的提醒函" in desk and "1 件没有答复" in desk
    board = signed_in("leader").get(f"/running/{running.programme.pk}/progress/").content.decode()
    assert "<h2>提醒函</h2>" in board and "共 1 件" in board
    assert "收到的提醒函" not in signed_in("county_officer").get("/").content.decode()


def test_a_units_desk_lists_its_report_and_the_leader_how_many_reported(
    running: Running, signed_in: SignIn
) -> None:
    from datetime import date

    from anlan.programmes.actions import report as reporting
    from anlan.programmes.rules import report_lock

    span = report_lock.spans(2023, [date(2023, 6, 30)])[0]
    reporting.open_round(running.world.actor("city_officer"), running.programme, span)
    desk = signed_in("department_officer").get("/").content.decode()
    assert "本单位的报告" in desk and "2023-06-30" in desk and "已写" in desk
    board = signed_in("leader").get(f"/running/{running.programme.pk}/progress/").content.decode()
    assert "<h2>单位报告</h2>" in board and 'data-l="应报">' in board
    assert "本单位的报告" not in signed_in("stranger").get("/").content.decode()
