"""Dividing a document's number among its units."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal as D

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from anlan.kernel.models import Notice
from anlan.kernel.writing import Refused
from anlan.programmes import reads_shares
from anlan.programmes.actions import run, run_shares
from anlan.programmes.models import Duty, Occurrence, Programme
from anlan.programmes.rules.shares import by_base, equally, summed
from anlan.programmes.tests.running import GRANTS, Running, make_programme, make_world

pytestmark = pytest.mark.django_db
CLOSE = "年内关闭非煤矿山50座以上"
GOVERNMENT = "people-government"
SignIn = Callable[[str], Client]
ITEMS = (
    (
        "9",
        "推进源头治理",
        {
            "joint": (("emergency", "361100"),),
            "implementing": (
                (GOVERNMENT, "361130"),
                (GOVERNMENT, "361102"),
                ("zone-shangrao-etdz", "361100Z01"),
            ),
        },
        (
            {"kind": "quota", "quote": CLOSE, "value": D(50), "unit": "座", "comparator": ">="},
            {"kind": "standing", "quote": "严格准入"},
        ),
    ),
)


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Running:
    """A programme with one number, dispatched on 1 March 2023."""
    monkeypatch.setenv("ANLAN_TODAY", "2023-03-01")
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


def counties(running: Running) -> list[Duty]:
    units = ((GOVERNMENT, "361130"), (GOVERNMENT, "361102"), ("zone-shangrao-etdz", "361100Z01"))
    return [running.duty(CLOSE, family, region) for family, region in units]


def url(running: Running, query: str = "") -> str:
    return f"/running/obligation/{running.obligations[CLOSE].pk}/shares/{query}"


@given(st.integers(0, 10_000), st.lists(st.integers(0, 500), min_size=1, max_size=140))
def test_parts_always_make_the_whole_and_are_whole_themselves(total: int, bases: list[int]) -> None:
    parts = by_base(D(total), [D(one) for one in bases])
    assert sum(parts) == total and all(part == int(part) >= 0 for part in parts)
    assert not any(part for part, base in zip(parts, bases, strict=True) if base == 0 and any(bases))


@pytest.mark.parametrize(
    ("total", "count", "parts"),
    [(D(50), 3, [17, 17, 16]), (D(2), 3, [1, 1, 0]), (D("1.5"), 2, [D("0.75")] * 2), (D(5), 0, [])],
)
def test_equal_parts_give_the_rest_to_the_first(total: D, count: int, parts: list[D]) -> None:
    assert equally(total, count) == parts


@pytest.mark.parametrize(
    ("comparator", "shares", "holds", "words"),
    [
        (">=", [20, 30], True, "合计 50，与文件的 50 座 一致"),
        (">=", [20, 29], False, "合计 49，比文件的 50 座 少 1"),
        (">=", [20, 31], True, "合计 51，比文件的 50 座 多 1"),
        ("<=", [20, 31], False, "合计 51，比文件的 50 座 多 1"),
        ("<=", [20, 29], True, "合计 49，比文件的 50 座 少 1"),
    ],
)
def test_the_sum_is_held_against_the_document(
    comparator: str, shares: list[int], holds: bool, words: str
) -> None:
    found = summed(D(50), comparator, [D(one) for one in shares], "座")
    assert (found.holds, found.words) == (holds, words)


def test_the_office_divides_the_number_and_each_unit_owes_its_part(
    running: Running, signed_in: SignIn
) -> None:
    client = signed_in("city_officer")
    page = client.get(url(running, "?fill=equal")).content.decode()
    assert page.count('value="17"') == 2 and page.count('value="16"') == 1
    form = {f"share-{one.pk}": n for one, n in zip(counties(running), (20, 20, 10), strict=True)}
    answer = client.post(url(running), {**form, "reason": "市安委会第1次会议"}, follow=True).content.decode()
    assert "已分解到单位，3 家有变化" in answer and "已分给 3 家" in answer
    assert [running.due(one)[0].need for one in counties(running)] == [20, 20, 10]
    assert "市安委会第1次会议" in client.get(url(running)).content.decode()
    told = Notice.objects.unscoped("test").filter(key__contains=":share:")
    assert running.world.person("county_officer") in {one.person for one in told}


def test_the_item_counts_the_parts_once_against_the_documents_number(
    running: Running, signed_in: SignIn
) -> None:
    duties = counties(running)
    office = running.world.actor("city_officer")
    parts = {one.pk: D(n) for one, n in zip(duties, (20, 20, 10), strict=True)}
    run_shares.divide(office, running.obligations[CLOSE], parts, "会议")
    for duty, done in zip(duties, (6, 3, 1), strict=True):
        Occurrence.objects.unscoped("test").filter(duty=duty).update(value=done, proof="declared")
    page = signed_in("city_officer").get(f"/running/item/{duties[0].item_id}/").content.decode()
    assert re.search(r">\s*10\s*<", page) and "≥ 50" in page
    assert '<h2>分解到单位</h2>' in page and "调整分解" in page  # fmt: skip


def test_the_units_desk_shows_its_part(running: Running, signed_in: SignIn) -> None:
    desk = signed_in("county_officer")
    assert "分给本单位的数量" not in desk.get("/").content.decode()
    parts = {one.pk: D(n) for one, n in zip(counties(running), (20, 20, 10), strict=True)}
    run_shares.divide(running.world.actor("city_officer"), running.obligations[CLOSE], parts, "会议")
    text = desk.get("/").content.decode()
    assert "分给本单位的数量" in text and ">20 座</td>" in text


@pytest.mark.parametrize(
    ("numbers", "reason", "said"),
    [
        ((20, 20, 9), "会议", "比文件的 50 座 少 1"),
        ((20, 20, 10), " ", "请写明分解的依据"),
        ((20, 20, "十"), "会议", "“十”不是可用的数"),
        ((20, 20, -10), "会议", "不是可用的数"),
        ((20, 20, "NaN"), "会议", "不是可用的数"),
    ],
)
def test_what_does_not_make_the_number_is_refused_and_nothing_is_half_saved(
    running: Running, signed_in: SignIn, numbers: tuple[object, ...], reason: str, said: str
) -> None:
    form = {f"share-{one.pk}": n for one, n in zip(counties(running), numbers, strict=True)}
    page = signed_in("city_officer").post(url(running), {**form, "reason": reason})
    assert page.status_code == 422 and said in page.content.decode()
    assert {one.share for one in counties(running)} == {None}


def test_only_the_issuing_office_divides(running: Running, signed_in: SignIn) -> None:
    for member in ("department_officer", "county_officer", "stranger", "leader"):
        assert signed_in(member).get(url(running)).status_code == 404, member
    parts = {counties(running)[0].pk: D(50)}
    with pytest.raises(Refused):
        run_shares.divide(
            running.world.actor("county_officer"), running.obligations[CLOSE], parts, "自行分解"
        )
    with pytest.raises(ValidationError):
        run_shares.divide(running.world.actor("city_officer"), running.obligations[CLOSE], parts, "")


def test_last_years_figures_are_the_base_where_last_years_document_asked_the_same(
    running: Running, signed_in: SignIn
) -> None:
    programmes = Programme.objects.unscoped("test")
    programmes.filter(pk=running.programme.pk).update(title="今年的工作要点")
    before = make_programme(
        running.world,
        items=[("9", "推进源头治理", ITEMS[0][2],
                ({"kind": "quota", "quote": "年内关闭非煤矿山40座以上", "value": D(40), "unit": "座"},))],
    )  # fmt: skip
    programmes.filter(pk=before.programme.pk).update(year=2022, issued_on=date(2022, 2, 20))
    run.dispatch(running.world.actor("city_officer"), before.programme)
    last = Occurrence.objects.unscoped("test").filter(programme_id=before.programme.pk)
    for duty, done in zip(counties(running), (30, 10, 0), strict=True):
        last.filter(unit_id=duty.unit_id).update(value=done)
    base = reads_shares.base_of(running.obligations[CLOSE], counties(running))
    assert sorted(base.figures.values()) == [0, 10, 30] and base.words == "2022 年要点第9条的完成数"
    page = signed_in("city_officer").get(url(running, "?fill=base")).content.decode()
    assert 'value="37"' in page and 'value="13"' in page and "按去年比例分" in page
