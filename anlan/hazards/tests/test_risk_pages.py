"""The pages of risks and installations, as browsers without script meet them."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from anlan.hazards import reads_risk
from anlan.hazards.actions import risk as grading
from anlan.hazards.models import MajorHazardInstallation, RiskPoint, SitePlan
from anlan.hazards.tests.risk_case import BLUE, RED, TODAY, Case, case, fresh, picture
from anlan.hazards.tests.test_installation import appoint
from anlan.hazards.tests.test_risk import residual
from anlan.kernel import moves
from anlan.kernel.writing import write

__all__ = ["case"]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
FORM = {
    "name": "反应釜投料", "hazard": "粉尘爆炸", "job": "投料工", "reviewed_on": "2023-07-05", "method": "lec",
    "lec_variant": "classic", "lec_inherent_l": "3", "lec_inherent_e": "6", "lec_inherent_c": "15",
    "lec_residual_l": "1", "lec_residual_e": "6", "lec_residual_c": "7",
}  # fmt: skip


def sign_in(case: Case, client: Client, key: str) -> Client:
    client.logout()
    client.force_login(case.world.person(key), backend=BACKEND)
    return client


def body(answer: Any) -> str:
    return answer.content.decode()


def said(answer: Any) -> str:
    return re.sub(r"<[^>]+>|\s+", " ", body(answer))


def only_point() -> RiskPoint:
    return RiskPoint.objects.unscoped("a test looks").get()


def test_a_firms_user_registers_a_point_without_choosing_the_firm(case: Case, client: Client) -> None:
    sign_in(case, client, "enterprise_user")
    page = client.get("/risks/new/")
    assert page.status_code == 200 and 'name="enterprise"' not in body(page)
    answer = client.post("/risks/new/", FORM)
    row = only_point()
    assert answer["Location"] == f"/risks/{row.pk}/"
    assert (row.enterprise_id, row.inherent_colour, row.residual_colour) == (case.firm.pk, "orange", "blue")


def test_a_double_click_registers_once(case: Case, client: Client) -> None:
    sign_in(case, client, "enterprise_user")
    key = re.search(r'name="idempotency_key" value="([^"]+)"', body(client.get("/risks/new/")))
    assert key
    for _ in range(2):
        assert client.post("/risks/new/", {**FORM, "idempotency_key": key[1]}).status_code == 302
    assert only_point().version == 1


def test_looking_reckons_and_saves_nothing(case: Case, client: Client) -> None:
    sign_in(case, client, "enterprise_user")
    answer = client.post("/risks/new/", {**FORM, "look": "1"})
    assert answer.status_code == 200 and "D = 3 × 6 × 15" in said(answer) and "较大风险" in said(answer)
    assert not RiskPoint.objects.unscoped("a test looks").exists()


def test_an_error_stands_at_its_box_and_nothing_is_lost(case: Case, client: Client) -> None:
    sign_in(case, client, "enterprise_user")
    answer = client.post("/risks/new/", {**FORM, "lec_residual_l": "10", "lec_residual_c": "100"})
    assert answer.status_code == 422
    assert 'id="id_lec_residual_l_error"' in body(answer) and "高于固有风险" in body(answer)
    assert "粉尘爆炸" in body(answer) and not RiskPoint.objects.unscoped("a test looks").exists()


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e5", "²", "4", "'; drop"])
def test_strange_factors_are_refused(case: Case, client: Client, value: str) -> None:
    sign_in(case, client, "enterprise_user")
    assert client.post("/risks/new/", {**FORM, "lec_residual_l": value}).status_code == 422
    assert client.get("/risks/grade/", {**FORM, "lec_residual_l": value}).status_code == 200


def test_the_live_line_tells_what_saving_would_do(case: Case, client: Client) -> None:
    row = case.point()
    sign_in(case, client, "enterprise_user")
    ask = {**FORM, "point": row.pk}
    assert "等级降低" in body(client.get("/risks/grade/", ask))
    assert "立即生效" in body(
        client.get("/risks/grade/", {**ask, "lec_residual_l": "3", "lec_residual_c": "15"})
    )
    assert "一升一降" in body(client.get("/risks/grade/", {**ask, "lec_inherent_c": "100"}))
    assert "还没有选全" in body(client.get("/risks/grade/", {"method": "ls"}))


def test_lowering_through_the_form_becomes_a_request_that_the_page_shows(case: Case, client: Client) -> None:
    row = case.point()
    sign_in(case, client, "enterprise_user")
    without = client.post(f"/risks/{row.pk}/edit/", {**FORM, "name": row.name, "version": row.version})
    assert without.status_code == 422 and "降级要说明理由" in body(without)
    client.post(
        f"/risks/{row.pk}/edit/", {**FORM, "name": row.name, "version": row.version, "reason": "已加装喷淋"}
    )
    page = said(client.get(f"/risks/{row.pk}/"))
    assert "申请降级，待另一人批准" in page and "已加装喷淋" in page
    assert fresh(row).residual_colour == "yellow"
    sign_in(case, client, "second")
    client.post(f"/risks/{row.pk}/move/approve/", {})
    assert fresh(row).residual_colour == "blue"


def test_the_move_to_ask_leads_to_the_form(case: Case, client: Client) -> None:
    row = case.point()
    sign_in(case, client, "enterprise_user")
    assert client.get(f"/risks/{row.pk}/move/propose/")["Location"] == f"/risks/{row.pk}/edit/#grading"


def test_cards_print_hazard_measures_and_who_answers(case: Case, client: Client) -> None:
    row = case.point(
        ppe="防化服、空气呼吸器", emergency="关闭阀门，向上风向撤离", responsible="钱工", training="持证上岗"
    )
    sign_in(case, client, "enterprise_user")
    card = said(client.get(f"/risks/{row.pk}/notice/"))
    for words in ("一般风险", "黄", "液氨泄漏", "防化服", "向上风向撤离", "钱工"):
        assert words in card
    job = said(client.get(reverse("risk-job-card", args=[case.firm.pk]), {"job": "罐区操作工"}))
    assert "安全作业确认" in job and "防护用品：防化服、空气呼吸器" in job
    assert "罐区操作工" in said(client.get("/risk-jobs/"))


def test_an_ungraded_point_prints_as_ungraded(case: Case, client: Client) -> None:
    row = grading.save(
        case.user, RiskPoint(),
        {"enterprise": case.firm, "name": "甲", "hazard": "坠落", "job": "架子工", "reviewed_on": TODAY},
        "add",
    )[0]  # fmt: skip
    sign_in(case, client, "enterprise_user")
    assert "未评估" in said(client.get(f"/risks/{row.pk}/notice/"))
    assert "未评估" in said(client.get(reverse("risk-job-card", args=[case.firm.pk]), {"job": "架子工"}))


def test_strangers_find_none_of_the_pages(case: Case, client: Client) -> None:
    row, unit = case.point(), case.reckoned()
    plan = grading.new_plan(case.user, {"enterprise": case.firm, "name": "总图"}, picture())
    sign_in(case, client, "stranger")
    for path in (
        f"/risks/{row.pk}/", f"/risks/{row.pk}/edit/", f"/risks/{row.pk}/notice/", f"/site-plans/{plan.pk}/",
        f"/site-plans/{plan.pk}/print/", f"/site-plans/{plan.pk}/picture/",
        f"/installations/{unit.pk}/reckon/",
        f"/installations/{unit.pk}/board/", f"/risk-jobs/{case.firm.pk}/?job=罐区操作工",
        f"/files/{plan.file_id}/",
    ):  # fmt: skip
        assert client.get(path).status_code == 404, path
    assert (
        client.post(f"/site-plans/{plan.pk}/place/", {"point": row.pk, "x": "1", "y": "1"}).status_code == 404
    )
    assert "还没有填了岗位的风险点" in body(client.get("/risk-jobs/"))


def test_a_plan_is_uploaded_points_are_placed_moved_and_taken_off_without_script(
    case: Case, client: Client
) -> None:
    row = case.point()
    sign_in(case, client, "enterprise_user")
    answer = client.post("/site-plans/new/", {"name": "厂区总图", "picture": picture()})
    plan = SitePlan.objects.unscoped("a test looks").get()
    assert answer["Location"] == f"/site-plans/{plan.pk}/"
    place = f"/site-plans/{plan.pk}/place/"
    client.post(place, {"point": row.pk, "x": "35.5", "y": "100"})
    assert (fresh(row).plan_x, fresh(row).plan_y) == (355, 1000)
    page = body(client.get(f"/site-plans/{plan.pk}/?point={row.pk}"))
    assert 'cx="284" cy="500"' in page and "黄1" in page and f"/files/{plan.file_id}/" in page
    assert "黄1" in body(client.get(f"/site-plans/{plan.pk}/print/"))
    client.post(place, {"point": row.pk, "off": "1"})
    assert fresh(row).plan_id is None


@pytest.mark.parametrize(
    ("x", "y"), [("101", "5"), ("-1", "5"), ("", "5"), ("左边", "5"), ("nan", "5"), ("inf", "5")]
)
def test_a_place_that_is_none_is_told_and_not_taken(case: Case, client: Client, x: str, y: str) -> None:
    row = case.point()
    plan = grading.new_plan(case.user, {"enterprise": case.firm, "name": "总图"}, picture())
    sign_in(case, client, "enterprise_user")
    answer = client.post(f"/site-plans/{plan.pk}/place/", {"point": row.pk, "x": x, "y": y}, follow=True)
    assert "位置读不懂" in body(answer) and fresh(row).plan_id is None


def test_a_picture_that_is_none_is_told_at_its_box(case: Case, client: Client) -> None:
    sign_in(case, client, "enterprise_user")
    answer = client.post("/site-plans/new/", {"name": "总图", "picture": picture(120, 90)})
    assert answer.status_code == 422 and "太小" in body(answer)
    assert not SitePlan.objects.unscoped("a test looks").exists()


HELD = {"lines": "2", "substance-0": "12", "quantity-0": "50", "substance-1": "1", "quantity-1": "60",
        "residents": "120", "reason": "首次辨识"}  # fmt: skip


def test_a_unit_is_reckoned_on_its_page_step_by_step(case: Case, client: Client) -> None:
    unit = case.unit()
    sign_in(case, client, "enterprise_user")
    url = f"/installations/{unit.pk}/reckon/"
    looked = client.post(url, {**HELD, "look": "1"})
    assert "R = α·Σ β·q/Q" in said(looked) and "一级重大危险源" in said(looked)
    assert fresh(unit).level == "unknown"
    assert client.post(url, HELD)["Location"] == f"/installations/{unit.pk}/"
    page = said(client.get(f"/installations/{unit.pk}/"))
    assert "50 ÷ 5" in page and "104" in page and "临界量 5 吨：表 1 第 12 号" in page
    assert 'value="50"' in body(client.get(url)), "the next reckoning begins with what is there"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"quantity-0": "很多"}, "设计最大量读不懂"),
        ({"quantity-0": "-5"}, "大于 0"),
        ({"quantity-0": "nan"}, "不是数"),
        ({"substance-0": "", "name-0": ""}, "请选表 1 的物质"),
        ({"substance-0": "", "name-0": "某物"}, "请选它的危险类别"),
        ({"residents": "-1"}, "500 米内常住人数"),
        ({"reason": ""}, "为什么计算"),
        ({"lines": "0"}, "还没有登记危险化学品"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_saved(
    case: Case, client: Client, change: dict[str, str], words: str
) -> None:
    unit = case.unit()
    sign_in(case, client, "enterprise_user")
    answer = client.post(f"/installations/{unit.pk}/reckon/", {**HELD, **change})
    assert answer.status_code == 422 and words in body(answer)
    assert fresh(unit).level == "unknown"


def test_the_board_names_the_three_and_says_who_is_missing(case: Case, client: Client) -> None:
    who = appoint(case)
    sign_in(case, client, "enterprise_user")
    page = said(client.get(f"/installations/{who.installation_id}/board/"))
    assert "钱工" in page and "13800000000" in page and page.count("还没有登记") == 2


def test_the_grid_of_duties_opens_each_period(case: Case, client: Client) -> None:
    who = appoint(case)
    sign_in(case, client, "county_officer")
    page = body(client.get("/guarantor-grid/"))
    assert (
        "每周至少 1 次" in page
        and f"/guarantor-duties/{who.duties.unscoped('a test looks').get().pk}/" in page
    )
    for year in ("2022", "abc", "99999", "²"):
        assert client.get("/guarantor-grid/", {"year": year}).status_code == 200


def test_the_tables_find_a_substance_by_name_and_by_number(case: Case, client: Client) -> None:
    sign_in(case, client, "county_officer")
    assert "7782-50-5" in body(client.get("/gb18218/", {"q": "氯"}))
    by_cas = said(client.get("/gb18218/", {"q": "7664-41-7"}))
    assert " 氨 " in by_cas and "1 种" in by_cas
    assert "表 1 没有“没有这种”" in body(client.get("/gb18218/", {"q": "没有这种"}))


def test_moves_of_an_installation_are_offered_on_its_page(case: Case, client: Client) -> None:
    unit = case.reckoned()
    sign_in(case, client, "enterprise_user")
    assert "登记备案" in body(client.get(f"/installations/{unit.pk}/"))
    client.post(f"/installations/{unit.pk}/move/file/", {"filed_on": "2023-07-05", "filing_number": "演示-1"})
    assert fresh(unit).state == MajorHazardInstallation.State.FILED


def test_a_red_point_stands_first_on_the_card_of_its_job(case: Case, client: Client) -> None:
    case.point(name="低点", residual=BLUE)
    case.point(name="高点", inherent=RED, residual=RED)
    sign_in(case, client, "enterprise_user")
    page = said(client.get(reverse("risk-job-card", args=[case.firm.pk]), {"job": "罐区操作工"}))
    assert page.index("高点") < page.index("低点")


def test_an_approval_by_the_asker_is_closed_with_its_reason(case: Case, client: Client) -> None:
    row = case.point()
    grading.save(case.user, row, residual(BLUE), "change", reason="加装喷淋")
    sign_in(case, client, "enterprise_user")
    assert "申请人和批准人不能是同一人" in body(client.get(f"/risks/{row.pk}/"))
    assert moves.offers(case.user, fresh(row))[0].move.key == "approve"


def test_an_installation_without_one_of_the_three_is_a_gap_that_is_shown(case: Case, client: Client) -> None:
    unit = case.reckoned()
    for role in ("principal", "technical"):
        appoint(case, role, installation=unit)
    small = case.unit(name="不构成的单元")
    rows = type(unit).objects.visible_to(case.county)
    assert small.level == "unknown" and list(rows.filter(reads_risk.lacking())) == [unit]
    sign_in(case, client, "county_officer")
    assert "没有在任的操作负责人" in said(client.get(f"/installations/{unit.pk}/"))
    assert "缺包保责任人" in said(client.get("/guarantor-grid/"))
    assert str(unit) in said(client.get("/installations/?in_charge=lacking"))
    gone = appoint(case, "operation", installation=unit, until=date(2023, 7, 6))
    assert not rows.filter(reads_risk.lacking()).exists()
    write(case.user, gone, {"until": TODAY}, "change")
    assert rows.filter(reads_risk.lacking()).exists()
