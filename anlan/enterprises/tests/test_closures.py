"""Closing by plan: named one by one, step by step, struck off with proof, and found at work again."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from anlan.enterprises.actions import closures as acts
from anlan.enterprises.models import Closure, ClosurePlan, Facility, Licence
from anlan.enterprises.rules import closing
from anlan.enterprises.rules.status import Duty, owes
from anlan.enterprises.testing import WUYUAN, make_firm, make_licence
from anlan.kernel import audit, clock, deadline, files, moves, registry
from anlan.kernel.due import Term
from anlan.kernel.exchange import plan as plans
from anlan.kernel.measure import Window, compute, measure_of
from anlan.kernel.models import Deadline
from anlan.kernel.testing import make_row
from anlan.kernel.writing import Refused, write
from anlan.org.testing import World

TODAY = date(2023, 6, 20)
DAYS = {key: date(2023, 3, n + 1) for n, (key, _) in enumerate(closing.STEPS)}


@pytest.mark.parametrize(
    ("days", "wrong"),
    [
        (DAYS, set()),
        ({**DAYS, "stopped_on": DAYS["announced_on"]}, set()),
        ({**DAYS, "stopped_on": date(2023, 2, 28)}, {"stopped_on"}),
        ({"accepted_on": TODAY}, set()),
        ({"accepted_on": date(2023, 6, 21)}, {"accepted_on"}),
        ({"announced_on": date(2023, 5, 1), "dismantled_on": date(2023, 4, 30)}, {"dismantled_on"}),
    ],
)
def test_steps_follow_one_another_and_are_past(days: dict[str, date], wrong: set[str]) -> None:
    assert set(closing.disorder(days, TODAY)) == wrong


@pytest.mark.parametrize(
    ("state", "planned", "accepted", "light", "word"),
    [
        ("planned", date(2023, 6, 19), None, "r", "逾期 1 天"),
        ("stopped", TODAY, None, "y", "今天到期"),
        ("stopped", date(2023, 7, 20), None, "y", "剩 30 天"),
        ("stopped", date(2023, 7, 21), None, "o", "剩 31 天"),
        ("delisted", TODAY, TODAY, "g", "按期销号"),
        ("delisted", date(2023, 6, 19), TODAY, "g", "逾期 1 天销号"),
        ("revived", TODAY, TODAY, "r", "死灰复燃"),
        ("withdrawn", date(2023, 1, 1), None, "o", "已调出计划"),
    ],
)
def test_the_light_of_a_case(state: str, planned: Any, accepted: Any, light: str, word: str) -> None:
    assert closing.standing(state, planned, accepted, TODAY) == closing.Standing(light, word)


@pytest.mark.parametrize(
    ("number", "done", "day", "light", "word"),
    [
        (50, 50, date(2022, 1, 1), "g", "已完成"),
        (50, 49, date(2022, 12, 31), "y", "落后 1"),
        (50, 49, date(2023, 1, 1), "r", "差 1，全年未完成"),
        (12, 6, date(2022, 7, 2), "g", "按进度"),
        (12, 0, date(2022, 1, 2), "o", "未到期"),
        (12, 0, date(2022, 2, 1), "y", "落后 1"),
    ],
)
def test_a_plan_keeps_pace_with_its_year(number: int, done: int, day: date, light: str, word: str) -> None:
    assert closing.pace(number, done, 2022, day) == closing.Standing(light, word)


def photo() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (200, 190, 170)).save(out, "PNG")
    return SimpleUploadedFile("yard.png", out.getvalue(), "image/png")


def plan_of(world: World, **more: Any) -> ClosurePlan:
    values = {"year": 2023, "region_path": WUYUAN, "industry": "noncoal-mine", "number": 2, **more}
    return write(world.actor("county_officer"), ClosurePlan(), values, "add").row


def case_of(world: World, plan: ClosurePlan, **more: Any) -> Closure:
    values = {"plan": plan, "reason": "unsafe", "planned_on": date(2023, 6, 30), **more}
    return write(world.actor("county_officer"), Closure(), values, "add").row


def again(row: Any) -> Any:
    return type(row).objects.unscoped("test").get(pk=row.pk)


def walk(world: World, case: Closure, *steps: tuple[str, dict[str, Any]]) -> Closure:
    for move, values in steps:
        moves.perform(world.actor("county_officer"), again(case), move, values)
    return again(case)


TO_DISMANTLED = (
    ("announce", {"announced_on": date(2023, 5, 5)}),
    ("stop", {"stopped_on": date(2023, 5, 20)}),
    ("dismantle", {"dismantled_on": date(2023, 6, 10)}),
)
ACCEPT = {"accepted_on": TODAY, "acceptor": "县应急局", "proof_number": "婺应急销〔2023〕1 号"}


def test_a_firm_is_closed_by_its_plan_with_one_act_and_not_before_it_is_proven(world: World) -> None:
    officer = world.actor("county_officer")
    firm = make_firm(world, industry="noncoal-mine")
    licence = make_licence(firm, date(2025, 1, 1))
    facility = make_row(Facility, enterprise=firm, region_path=WUYUAN)
    case = walk(world, case_of(world, plan_of(world), enterprise=firm), *TO_DISMANTLED)
    assert Deadline.objects.unscoped("test").get(ledger="closures").state == "running"
    with pytest.raises(Refused, match="1 件有效证照没有注销"):
        moves.perform(officer, again(case), "accept", ACCEPT)
    walk(world, case, ("end-licences", {"licences_ended_on": date(2023, 6, 12)}))
    assert (again(licence).standing, again(licence).ended_on) == ("cancelled", date(2023, 6, 12))
    with pytest.raises(Refused, match="还没有上传"):
        moves.perform(officer, again(case), "accept", ACCEPT)
    assert again(firm).status == "operating"

    files.attach(officer, again(case), photo(), kind="验收销号")
    walk(world, case, ("accept", ACCEPT))
    assert (again(facility).state, again(facility).closed_on) == ("closed", TODAY)

    firm = again(firm)
    assert (firm.status, firm.closed_on) == ("closed", TODAY)
    assert not any(owes(firm.status, duty) for duty in Duty)
    assert Deadline.objects.unscoped("test").get(ledger="closures").state == "met"
    assert again(case.plan).named == again(case.plan).done == 1
    assert any(one.act == "close" and "婺应急销" in one.note for one in audit.history(firm))


def test_a_struck_off_firm_that_works_again_is_shown_as_come_back(
    world: World, sign_in: Callable[[str], Client]
) -> None:
    firm = make_firm(world, industry="noncoal-mine")
    case = case_of(world, plan_of(world), enterprise=firm)
    files.attach(world.actor("county_officer"), case, photo())
    walk(world, case, *TO_DISMANTLED, ("accept", ACCEPT))
    write(world.actor("county_officer"), again(firm), {"status": "operating", "closed_on": None}, "change")

    assert (again(case).state, again(case).revived_on) == ("revived", TODAY)
    assert again(case.plan).done == 0
    page = sign_in("county_officer").get(reverse("enterprise", args=[firm.pk])).content.decode()
    assert "死灰复燃：本企业已于 2023-06-20 验收销号" in page
    day = Window.of("year", 2023)
    assert compute(measure_of("closures-revived"), day)[()].number == 1
    assert compute(measure_of("closures-done"), day)[()].number == 0

    note = "已断电封停，设备拆除"
    moves.perform(
        world.actor("county_officer"), again(case), "close-again", {"closed_again_on": TODAY}, note=note
    )
    assert again(firm).status == "closed" and again(case.plan).done == 1


def test_what_is_closed_lies_in_the_plans_region_and_is_named(world: World) -> None:
    plan = plan_of(world)
    with pytest.raises(ValidationError, match="没有写关闭的是什么"):
        case_of(world, plan, region_path=WUYUAN)
    other = make_firm(world, number=2, region_path="360000/361100/361102/")
    with pytest.raises(ValidationError) as found:
        write(world.actor("city_officer"), Closure(), {
            "plan": plan, "enterprise": other, "reason": "unsafe", "planned_on": TODAY,
        }, "add")  # fmt: skip
    assert "不在计划的区划内" in found.value.message_dict["region_path"][0]
    assert not Closure.objects.unscoped("test").exists()


def test_figures_of_closing_are_those_of_the_cases(world: World) -> None:
    plan = plan_of(world)
    walk(world, case_of(world, plan, name="一号", region_path=WUYUAN), ("announce", {"announced_on": TODAY}))
    case_of(world, plan, name="二号", region_path=WUYUAN, planned_on=date(2023, 6, 1))
    gone = case_of(world, plan, name="三号", region_path=WUYUAN, planned_on=date(2023, 6, 1))
    moves.perform(world.actor("county_officer"), gone, "withdraw", {}, note="整改后具备条件")
    window = Window(date(2023, 1, 1), date(2023, 6, 21))
    found = {key: compute(measure_of(key), window)[()].number for key in (
        "closures-planned", "closures-done", "closures-done-share", "closures-overdue",
    )}  # fmt: skip
    assert found == {
        "closures-planned": 1,
        "closures-done": 0,
        "closures-done-share": 0,
        "closures-overdue": 1,
    }
    assert again(plan).named == 2


def test_a_sheet_of_closures_brings_cases_under_way_and_closes_what_is_struck_off(world: World) -> None:
    firm = make_firm(world, industry="noncoal-mine")
    plan = plan_of(world)
    columns: dict[str, list[Any]] = {
        "plan": [plan.pk, plan.pk], "name": ["二号采石场", firm.name], "enterprise": [None, firm.pk],
        "region_path": [WUYUAN, WUYUAN], "reason": ["unsafe", "unsafe"],
        "planned_on": [TODAY, TODAY], "state": ["stopped", "delisted"],
        "stopped_on": [date(2023, 6, 1), None], "accepted_on": [None, date(2023, 6, 10)],
    }  # fmt: skip
    ledger = registry.ledger("closures")
    done = plans.many_rows(world.actor("county_officer"), ledger, columns, [0, 1], set()).write()
    assert len(done.created) == 2, done.refused
    assert (again(plan).named, again(plan).done) == (2, 1)
    assert (again(firm).status, again(firm).closed_on) == ("closed", date(2023, 6, 10))
    assert acts.start_terms() == 0


def test_pages_of_closing_open_for_an_office_and_are_closed_to_a_stranger(
    world: World, sign_in: Callable[[str], Client]
) -> None:
    firm = make_firm(world, industry="noncoal-mine")
    case = case_of(world, plan_of(world), enterprise=firm, planned_on=date(2023, 6, 1))
    urls = [
        reverse("ledger-row", args=["closure-plans", case.plan_id]),
        reverse("ledger-row", args=["closures", case.pk]),
    ]
    office = sign_in("county_officer")
    first, second = (office.get(url).content.decode() for url in urls)
    assert "逾期 19 天" in first and "按时间应完成" in first
    assert "登记公告" in second and "验收销号" in second
    home = office.get(reverse("home")).content.decode()
    assert "2023 年关闭退出" in home
    stranger = sign_in("stranger")
    assert [stranger.get(url).status_code for url in urls] == [404, 404]


def test_licences_that_end_with_a_facility_are_those_that_name_it(world: World) -> None:
    firm = make_firm(world, industry="noncoal-mine")
    make_licence(firm, None)
    named = make_licence(firm, None, holder="采区")
    facility = make_row(Facility, enterprise=firm, name="采区", region_path=WUYUAN)
    case = Closure(plan=plan_of(world), facility=facility, enterprise=firm)
    assert acts.standing_licences(case) == [named]
    assert Licence.objects.unscoped("test").count() == 2


def test_terms_of_a_closed_firm_rest_and_run_on_when_it_works_again(world: World) -> None:
    officer, firm = world.actor("county_officer"), make_firm(1)
    licence = make_licence(firm, None)
    case = case_of(world, plan_of(world, industry="hazchem"), enterprise=firm)
    deadline.start(licence, "renew", "换证", Term(10), clock.now())
    write(officer, again(firm), {"status": "suspended"}, "change")
    assert deadline.of_row(licence).get().state == "running"  # a suspended firm keeps what its plant brings
    write(officer, again(firm), {"status": "closed", "closed_on": TODAY}, "change")
    rested = deadline.of_row(licence).get()
    assert (rested.state, rested.pauses[-1][2]) == ("paused", "企业已关闭")
    assert deadline.of_row(case).get().state == "running"
    write(officer, again(firm), {"status": "operating", "closed_on": None}, "change")
    assert deadline.of_row(licence).get().state == "running"
