"""Searching criteria, the checklist to take along, the ledgers as people see them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from anlan.kernel import clock
from anlan.kernel.scope import system_actor
from anlan.org.testing import World, make_world
from anlan.standards import reads
from anlan.standards.models import Pack
from anlan.standards.testing import load_packs

pytestmark = pytest.mark.django_db
ASK = system_actor("测试")
BEFORE, AFTER = date(2023, 5, 14), date(2023, 5, 15)


@pytest.fixture
def world() -> World:
    made = make_world()
    with clock.standing_on(date(2023, 7, 5)):
        load_packs("hazchem", "industry-trade", "dust-explosion", "special-equipment", "fire")
    return made


@pytest.fixture
def office(world: World, client: Client) -> Client:
    client.force_login(
        world.person("city_officer"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


def codes(**asked: Any) -> list[str]:
    return [one.criterion.key for one in reads.criteria_for(ASK, **asked)]


def test_words_of_a_finding_lead_to_its_criterion(world: World) -> None:
    day = date(2023, 7, 5)
    assert codes(industry="hazchem", day=day, words="特种作业人员没有证")[0] == "HC02"
    assert codes(industry="hazchem", day=day, words="球罐没有注水设施")[0] == "HC06"
    assert codes(industry="hazchem", day=day, words="动火作业未审批")[0] == "HC18"
    assert codes(industry="hazchem", day=day, words="飞碟") == []


def test_an_industry_reads_its_kin_and_the_general_criteria_but_no_strangers(world: World) -> None:
    found = codes(industry="metallurgy", day=date(2023, 7, 5), limit=200)
    assert {"GM01", "GM04", "TZ01"} <= set(found)
    assert not {"HC01", "GM07"} & set(found)
    assert found[0] == "GM03"  # the industry's own come first


def test_each_day_reads_the_criteria_of_its_day(world: World) -> None:
    assert "GM01" not in codes(industry="industry-trade", day=BEFORE, limit=200)
    assert "GM01" in codes(industry="industry-trade", day=AFTER, limit=200)
    assert "TZ02" not in codes(day=date(2024, 11, 30), limit=500)
    assert "TZ02" in codes(day=date(2024, 12, 1), limit=500)


def test_the_picker_answers_with_code_basis_and_mark(office: Client) -> None:
    address = "/criteria/search/?q=注水&industry=hazchem&day=2023-07-05"
    first = office.get(address).json()[0]
    assert (first["code"], first["unsure"]) == ("HC06", False)
    assert "安监总管三" not in first["label"] and "第6条" in first["basis"]
    assert office.get(address + "&value=key").json()[0]["id"] == "HC06"
    unsure = office.get("/criteria/search/?q=HC20&day=2023-07-05").json()[0]
    assert unsure["unsure"] and "待核" in unsure["note"]
    assert office.get("/criteria/search/?q=注水&day=昨天").status_code == 200


def test_a_checklist_holds_what_fits_the_kind_and_what_fits_all(world: World) -> None:
    found = [one.key for one in reads.checklist(ASK, kind="tank-farm", day=date(2023, 7, 5))]
    assert {"HC-C01", "HC-C04", "GN01"} <= set(found)
    assert "HC-C03" not in found and "FC-C01" not in found
    assert found.index("HC-C01") < found.index("GN01")


def test_the_sheet_is_drawn_for_a_kind_with_marks_and_boxes(office: Client) -> None:
    text = office.get("/checklists/sheet/?kind=tank-farm&day=2023-07-05").content.decode()
    assert "储罐区检查表" in text and "□ 合格 □ 不合格" in text and "待核" in text
    asking = office.get("/checklists/sheet/").content.decode()
    assert "请在上面选一类设施或一个行业" in asking
    assert office.get("/checklists/sheet/?kind=moon&day=2023-13-01").status_code == 200


def test_the_ledgers_show_standing_confidence_and_what_a_pack_brings(office: Client) -> None:
    text = office.get("/criteria/?industry=hazchem&valid_to=now").content.decode()
    assert "HC01" in text and "待核" in text and "GM01" not in text
    day = office.get("/criteria/?withdrawn_on=2023-05-14&industry=industry-trade").content.decode()
    assert "GM01" not in day
    assert office.get("/criteria/?withdrawn_on=昨天").status_code == 200
    pack = Pack.objects.unscoped("a test's own rows").get(key="hazchem")
    page = office.get(f"/packs/{pack.pk}/").content.decode()
    assert "储罐区" in page and "第 2 版" in page
    for address in (
        "/standards/",
        "/checklists/",
        "/packs/",
        "/facility-kinds/",
        "/licence-kinds/",
        "/sensor-kinds/",
    ):
        assert office.get(address).status_code == 200
    row = office.get("/criteria/search/?q=HC06&day=2023-07-05").json()[0]["id"]
    shown = office.get(f"/criteria/{row}/").content.decode()
    assert "对应检查项" in shown and "HC-C05" in shown


@pytest.mark.parametrize(
    ("words", "criterion", "check", "law"),
    [
        ("配电箱", "", "GN20", ""),
        ("粉尘", "FC03", "FC-C02", "粉尘防爆"),  # FC03 says 干式除尘: found by its industry
        ("动火", "HC18", "XF-C13", ""),
        ("电梯", "TZ02", "TZ-C11", "电梯"),
        ("飞碟", "", "", ""),
    ],
)
def test_one_page_answers_what_is_said_on_the_spot(
    office: Client, words: str, criterion: str, check: str, law: str
) -> None:
    with clock.standing_on(date(2025, 7, 5)):
        page = office.get("/law/", {"q": words}).content.decode()
    for found in filter(None, (criterion, check, law)):
        assert found in page, found
    assert ("没有与“飞碟”相近的条款" in page) == (words == "飞碟")
    assert ("命中即为重大隐患" in page) == bool(criterion)


def test_laws_are_cited_by_name_and_the_rest_by_number(world: World) -> None:
    rows = {one.key: one.short_basis for one in reads.checklist(ASK, day=date(2023, 7, 5))}
    assert (rows["GN14"], rows["HC-C09"]) == ("《安全生产法》第36条", "SH/T 3007 5.4")
