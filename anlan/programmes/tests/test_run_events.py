"""Delayed obligations: an event is registered, and what it opens has its days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal as D

import pytest
from django.test import Client

from anlan.kernel.models import Notice
from anlan.kernel.writing import Refused
from anlan.programmes.actions import run, run_occurrences
from anlan.programmes.models import Occurrence
from anlan.programmes.tests.running import GRANTS, Running, make_programme, make_world

pytestmark = pytest.mark.django_db
REVIEW = "对事故调查结案满10个月的事故开展现场评估"
GOVERNMENT = "people-government"
SignIn = Callable[[str], Client]
ITEMS = (
    (
        "7",
        "狠抓事故调查",
        {
            "lead": (("emergency", "361100"),),
            "implementing": ((GOVERNMENT, "361130"), (GOVERNMENT, "361102")),
        },
        ({"kind": "delay", "quote": REVIEW, "value": D(10), "unit": "月"},),
    ),
)


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Running:
    """A programme with one delayed obligation, in July 2023."""
    monkeypatch.setenv("ANLAN_TODAY", "2023-07-05")
    made = make_programme(make_world(GRANTS), items=ITEMS)
    run.dispatch(made.world.actor("city_officer"), made.programme)
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


def url(running: Running) -> str:
    return f"/running/obligation/{running.obligations[REVIEW].pk}/events/"


def opened() -> list[Occurrence]:
    return list(Occurrence.objects.unscoped("test").order_by("pk"))


def test_a_closed_case_is_evaluated_ten_to_twelve_months_later(running: Running, signed_in: SignIn) -> None:
    assert not opened(), "nothing is due before its event"
    client, duty = signed_in("city_officer"), running.duty(REVIEW, GOVERNMENT, "361130")
    assert "事件发生满 10 个月起办理，此后 2 个月内完成" in client.get(url(running)).content.decode()
    form = {"duty": duty.pk, "what": "演练事故调查结案", "event_on": "2022-08-20", "idempotency_key": "e"}
    page = client.post(url(running), form, follow=True).content.decode()
    assert "2023-08-20 到期，已通知承担单位" in page and "2022-08-20 演练事故调查结案" in page
    client.post(url(running), form)
    (row,) = opened()
    assert (row.starts_on, row.due_on, row.unit_id) == (date(2023, 6, 20), date(2023, 8, 20), duty.unit_id)
    assert row.light == "o" and row.warn_on == date(2023, 8, 15)
    told = Notice.objects.unscoped("test").filter(key=f"occurrences:{row.pk}:trigger")
    assert [one.person for one in told] == [running.world.person("county_officer")]


def test_the_county_registers_its_own_event_and_no_other(running: Running, signed_in: SignIn) -> None:
    own, other = (running.duty(REVIEW, GOVERNMENT, region) for region in ("361130", "361102"))
    client = signed_in("county_officer")
    assert f'value="{other.pk}"' not in client.get(url(running)).content.decode()
    form = {"what": "结案", "event_on": "2023-01-10"}
    refused = client.post(url(running), {**form, "duty": other.pk})
    assert refused.status_code == 422 and not opened()
    assert client.post(url(running), {**form, "duty": own.pk}).status_code == 302
    assert [one.due_on for one in opened()] == [date(2024, 1, 10)]
    with pytest.raises(Refused):
        run_occurrences.open_delayed(running.world.actor("county_officer"), other, date(2023, 1, 9), "结案")


@pytest.mark.parametrize(
    ("day", "what", "said"),
    [
        ("2023-07-06", "结案", "晚于今天（2023-07-05）"),
        ("2023-02-31", "结案", "读不出日期"),
        ("2023-01-10", " ", "请写明是什么事件"),
    ],
)
def test_a_wrong_event_opens_nothing(
    running: Running, signed_in: SignIn, day: str, what: str, said: str
) -> None:
    duty = running.duty(REVIEW, GOVERNMENT, "361130")
    page = signed_in("city_officer").post(url(running), {"duty": duty.pk, "what": what, "event_on": day})
    assert page.status_code == 422 and said in page.content.decode() and not opened()


def test_the_same_event_is_not_registered_twice(running: Running, signed_in: SignIn) -> None:
    duty = running.duty(REVIEW, GOVERNMENT, "361130")
    form = {"duty": duty.pk, "what": "结案", "event_on": "2023-01-10"}
    client = signed_in("city_officer")
    client.post(url(running), form)
    again = client.post(url(running), {**form, "what": "另一次结案"})
    assert again.status_code == 422 and "已经登记过" in again.content.decode() and len(opened()) == 1


def test_a_reader_sees_the_events_and_the_stranger_nothing(running: Running, signed_in: SignIn) -> None:
    page = signed_in("leader").get(url(running))
    assert page.status_code == 200 and "登记并生成" not in page.content.decode()
    assert signed_in("leader").post(url(running), {"what": "结案"}).status_code == 404
    assert signed_in("stranger").get(url(running)).status_code == 404
