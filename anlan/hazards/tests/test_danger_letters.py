"""Dangers in supervision orders: one draft an office, a schedule that links its dangers, nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from anlan.hazards import reads_letters
from anlan.hazards.actions import danger_letters
from anlan.hazards.models import DangerLetter, HiddenDanger
from anlan.hazards.rules import danger_letter
from anlan.hazards.rules.danger_letter import Line
from anlan.hazards.tests.danger_case import TODAY, XINZHOU, firm, found, on_the_way, world
from anlan.kernel import clock
from anlan.kernel.models import AuditEntry
from anlan.kernel.writing import Refused
from anlan.org.testing import World
from anlan.papers import actions as papers
from anlan.papers.models import Paper, Receipt

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SignIn = Callable[[str], Client]
BY = date(2023, 7, 12)


@pytest.fixture
def house(db: Any, settings: Any, tmp_path: Any) -> Iterator[World]:
    """The cast on the demonstration's day."""
    settings.FILES = tmp_path
    with clock.standing_on(TODAY):
        yield world()


@pytest.fixture
def signed_in(house: World) -> SignIn:
    """signed_in("city_officer"): that person's browser."""

    def client_of(key: str) -> Client:
        client = Client()
        client.force_login(house.person(key), backend=BACKEND)
        return client

    return client_of


def at(house: World, description: str, **values: Any) -> HiddenDanger:
    """A danger under order, five days late."""
    given = {"enterprise_id": 1, "description": description, "found_on": date(2023, 6, 1), **values}
    row = on_the_way(house.actor("city_officer"), found(house.actor("city_officer"), **given), "ordered")
    HiddenDanger.objects.unscoped("test").filter(pk=row.pk).update(
        due_on=date(2023, 6, 30), attention_on=date(2023, 6, 30)
    )
    return HiddenDanger.objects.unscoped("test").get(pk=row.pk)


def words(blocks: list[dict[str, Any]]) -> str:
    """All the words of a body."""
    return str(blocks)


ONE = Line("YH0000001", "报警器断电", "某酒店", False, date(2023, 6, 30), 5, "整改中")
WORSE = Line("YH0000002", "无泄爆装置", "某铝厂", True, None, 0, "待下达")


def test_the_order_counts_and_lists() -> None:
    told = danger_letter.order([ONE, WORSE], today=TODAY, answer_by=BY)
    assert told.title == "关于督促整改2条事故隐患的督办单" and told.enclosures == ["督办隐患清单（2条）"]
    assert "2条事故隐患尚未销号，其中重大1条，逾期1条，最长逾期5日" in words(told.blocks)
    assert "2023年7月12日前书面答复" in words(told.blocks)
    table = told.blocks[-1]
    assert [cell[0]["text"] for cell in table["rows"][0]] == [
        "1", "YH0000001", "报警器断电", "某酒店", "2023-06-30", "5",
    ]  # fmt: skip
    assert table["rows"][1][2] == [{"text": "无泄爆装置（重大）"}]
    assert table["rows"][1][4] == [{"text": "未定"}]
    assert danger_letter.order([ONE], today=TODAY, answer_by=BY).title == "关于督促整改某酒店事故隐患的督办单"
    with pytest.raises(ValueError):
        danger_letter.order([], today=TODAY, answer_by=BY)


def test_a_schedule_made_anew_keeps_the_clerks_own_sentences() -> None:
    told = danger_letter.order([ONE], today=TODAY, answer_by=BY)
    own = {"kind": "paragraph", "runs": [{"text": "请分管领导亲自过问。"}]}
    other = {"kind": "annex", "runs": [{"text": "联系人名单"}]}
    again = danger_letter.with_schedule([*told.blocks[:3], own, other, *told.blocks[3:]], [ONE, WORSE], TODAY)
    assert [block["kind"] for block in again] == ["paragraph"] * 4 + ["annex", "annex", "table"]
    assert again[3] == own and "2条事故隐患" in words(again[:1]) and "无泄爆装置" in words(again[-1:])


def test_each_office_gets_one_draft_and_the_dangers_tell_of_it(house: World, signed_in: SignIn) -> None:
    other = house.unit("housing", "361102")
    there = firm(name="信州某工地", region_path=XINZHOU, industry="construction", regulator=other)
    first, second = at(house, "后厨报警器断电"), at(house, "疏散通道堆物")
    third = at(house, "塔吊限位失灵", enterprise_id=there.pk)
    client = signed_in("city_officer")
    url = client.post(reverse("danger-bulk", args=["letters"]), {"ids": [first.pk, second.pk, third.pk]})[
        "Location"
    ]
    page = unescape(client.get(url).content.decode())
    assert "后厨报警器断电" in page and other.name in page and "不写入的" not in page
    units = [first.regulator_id, other.pk]
    sent = {"ids": [first.pk, second.pk, third.pk], "units": units, "answer_by": "2023-07-12", "into": "1"}
    answer = client.post(reverse("danger-letters"), sent)
    assert answer["Location"] == f"{reverse('ledger-list', args=['papers'])}?kind=order&state=draft"
    made = {one.recipients[0]: one for one in Paper.objects.unscoped("test").filter(kind="order")}
    assert set(made) == {first.regulator_id, other.pk}
    assert "后厨报警器断电" in words(made[first.regulator_id].body) and made[other.pk].subject_id == third.pk
    page = unescape(client.get(reverse("danger", args=[first.pk])).content.decode())
    assert reverse("paper", args=[made[first.regulator_id].pk]) in page and "并入督办单：" in page
    letter = unescape(client.get(reverse("paper", args=[made[other.pk].pk])).content.decode())
    assert reverse("danger", args=[third.pk]) in letter
    entry = AuditEntry.objects.unscoped("test").filter(ledger="dangers", act="letter")
    assert {one.subject_id for one in entry} == {first.pk, second.pk, third.pk}


def test_what_comes_later_goes_into_the_draft_and_nothing_is_written_twice(house: World) -> None:
    officer = house.actor("city_officer")
    first, second = at(house, "后厨报警器断电"), at(house, "疏散通道堆物")
    (paper,) = danger_letters.draft_orders(officer, [first], answer_by=BY)
    groups, left = danger_letters.grouped(officer, [first, second])
    assert [(one.unit.pk, [row.pk for row in one.rows], one.draft) for one in groups] == [
        (first.regulator_id, [second.pk], paper)
    ]
    assert left[0][0] == first and paper.title in left[0][1]
    (same,) = danger_letters.draft_orders(officer, [first, second], answer_by=BY)
    assert same.title == "关于督促整改2条事故隐患的督办单" != paper.title
    assert danger_letter.retitled("关于某事的督办单", [ONE]) == "关于某事的督办单"
    assert same.pk == paper.pk and "疏散通道堆物" in words(same.body) and "后厨报警器断电" in words(same.body)
    assert [one["row"] for one in same.matters[str(first.regulator_id)]] == [first.pk, second.pk]
    with pytest.raises(Refused, match="已有在办的督办单"):
        danger_letters.draft_orders(officer, [first, second], answer_by=BY)
    papers.discard(officer, same)
    assert not DangerLetter.objects.unscoped("test").exists()


def test_a_danger_is_taken_out_of_a_draft_and_an_empty_draft_goes(house: World, signed_in: SignIn) -> None:
    officer, client = house.actor("city_officer"), signed_in("city_officer")
    first, second = at(house, "后厨报警器断电"), at(house, "疏散通道堆物")
    (paper,) = danger_letters.draft_orders(officer, [first, second], answer_by=BY)
    url = reverse("danger-take-out", args=[first.pk])
    assert url in client.get(reverse("danger", args=[first.pk])).content.decode()
    assert paper.title in client.get(url).content.decode()
    assert client.post(url, {"sent": "1"})["Location"] == reverse("danger", args=[first.pk])
    paper = Paper.objects.unscoped("test").get(pk=paper.pk)
    assert "后厨报警器断电" not in words(paper.body) and "1条事故隐患" in words(paper.body)
    assert client.get(url).status_code == 404
    client.post(reverse("danger-take-out", args=[second.pk]), {"sent": "1"})
    assert not Paper.objects.unscoped("test").filter(pk=paper.pk).exists()


def test_an_answered_letter_leaves_the_danger_free_for_the_next(house: World, signed_in: SignIn) -> None:
    officer, row = house.actor("county_officer"), at(house, "后厨报警器断电")
    (paper,) = danger_letters.draft_orders(officer, [row], answer_by=BY)
    papers.issue(officer, papers.revise(officer, paper, {"code": "婺安办督"}))
    assert reads_letters.open_letters([row.pk])[row.pk].pk == paper.pk
    receipt = Receipt.objects.unscoped("test").get(paper=paper)
    reader = signed_in("county_inspector")
    page = unescape(reader.get(reverse("receipt", args=[receipt.pk])).content.decode())
    assert "所涉事项" in page and reverse("danger", args=[row.pk]) in page
    there = unescape(reader.get(reverse("danger", args=[row.pk])).content.decode())
    assert reverse("receipt", args=[receipt.pk]) in there and "婺安办督〔2023〕1号" in there
    Receipt.objects.unscoped("test").filter(pk=receipt.pk).update(state="answered", answered_at=clock.now())
    assert reads_letters.open_letters([row.pk]) == {}
    assert reads_letters.letters_of(house.actor("enterprise_user"), row) == []


def test_what_goes_into_no_letter_says_why(house: World, signed_in: SignIn) -> None:
    officer = house.actor("city_officer")
    closed, nobody, own = at(house, "已经办完"), at(house, "没有监管部门"), at(house, "自己监管")
    rows = HiddenDanger.objects.unscoped("test")
    rows.filter(pk=closed.pk).update(state="void")
    lonely = firm(name="无主厂", regulator=None)
    rows.filter(pk=nobody.pk).update(regulator=None, enterprise_id=lonely.pk)
    rows.filter(pk=own.pk).update(regulator=house.unit("safety-committee-office", "361100"))
    told = danger_letters.grouped(officer, [rows.get(pk=one.pk) for one in (closed, nobody, own)])
    assert told[0] == [] and [reason for _, reason in told[1]] == [
        "已作废，不用督办",
        "没有监管部门，请先在企业档案或隐患登记中补上",
        "由本单位监管，直接催办或下达整改",
    ]
    with pytest.raises(ValidationError, match="早于今天"):
        danger_letters.draft_orders(officer, [closed], answer_by=date(2023, 7, 4))
    for key in ("county_inspector", "enterprise_user", "stranger"):
        assert signed_in(key).get(f"{reverse('danger-letters')}?ids={own.pk}").status_code == 404, key
