"""Grading while it is filled, and placing points on a plan, in a real browser; axe finds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from anlan.hazards.actions import risk as grading
from anlan.hazards.actions import work
from anlan.hazards.tests.risk_case import Case, fresh, picture
from anlan.kernel import clock
from anlan.org.testing import PASSWORD
from tests.browser.conftest import AXE, AXE_RULES, AXE_RUN

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house(settings: Any, tmp_path: Any, live_server: Any) -> Iterator[Case]:
    """The case on the demonstration's day, files of its own."""
    settings.FILES = tmp_path / "files"
    with clock.standing_on(date(2023, 7, 5)):
        yield Case()


@pytest.fixture
def desk(house: Case, chromium: Any, live_server: Any) -> Iterator[Any]:
    """The firm's user, signed in at 1366 × 768."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{live_server.url}/account/login/")
    page.fill("#id_login", "qiye")
    page.fill("#id_password", PASSWORD)
    page.click("button.pri")
    page.wait_for_load_state()
    yield page
    context.close()
    assert complaints == []


def clean(page: Any) -> None:
    """Axe has nothing to say."""
    page.evaluate(AXE.read_text())
    assert page.evaluate(AXE_RUN, AXE_RULES) == []


def choose(page: Any, **factors: str) -> None:
    for name, value in factors.items():
        page.select_option(f"#id_lec_{name}", value)


def test_the_outcome_follows_the_choices_and_the_other_method_is_out_of_the_way(
    desk: Any, house: Case, live_server: Any
) -> None:
    desk.goto(f"{live_server.url}/risks/new/")
    assert desk.is_hidden("#id_ls_inherent_l") and desk.is_visible("#id_lec_inherent_l")
    choose(desk, inherent_l="6", inherent_e="6", inherent_c="15")
    desk.wait_for_selector("[data-live-out] >> text=重大风险")
    choose(desk, residual_l="10", residual_e="10", residual_c="100")
    desk.wait_for_selector("[data-live-out] >> text=高于固有风险")
    desk.check("input[name=method][value=ls]")
    assert desk.is_visible("#id_ls_inherent_l") and desk.is_hidden("#id_lec_inherent_l")
    clean(desk)


def test_a_lower_choice_says_that_it_needs_approval_before_it_is_saved(
    desk: Any, house: Case, live_server: Any
) -> None:
    row = house.point()
    desk.goto(f"{live_server.url}/risks/{row.pk}/edit/")
    choose(desk, residual_l="0.5")
    desk.wait_for_selector("[data-live-out] >> text=经另一人批准后生效")
    desk.fill("#id_reason", "已加装喷淋")
    desk.click("button.pri")
    desk.wait_for_selector("text=降级已提交")
    assert (fresh(row).state, fresh(row).residual_colour) == ("lowering", "yellow")
    clean(desk)


def test_a_point_is_placed_by_click_and_moved_by_keyboard(desk: Any, house: Case, live_server: Any) -> None:
    row = house.point()
    plan = grading.new_plan(house.user, {"enterprise": house.firm, "name": "厂区总图"}, picture())
    url = f"{live_server.url}/site-plans/{plan.pk}/"
    desk.goto(url)
    desk.wait_for_selector("[data-plan-pick]")
    desk.select_option("#plan-point", str(row.pk))
    box = desk.locator(".plan-svg").bounding_box()
    desk.mouse.click(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    assert abs(float(desk.input_value("#plan-x")) - 25) < 0.5
    before = float(desk.input_value("#plan-y"))
    desk.focus("#plan-y")
    desk.keyboard.press("ArrowUp")
    assert float(desk.input_value("#plan-y")) == before + 0.5
    desk.click("text=放到图上")
    desk.wait_for_selector(".plan-svg a")
    assert abs(fresh(row).plan_x - 250) <= 5 and fresh(row).plan_y == round((before + 0.5) * 10)
    shown = desk.evaluate("""async () => {
      const image = new Image(); image.src = document.querySelector('.plan-svg image').getAttribute('href');
      await image.decode(); return [image.naturalWidth, image.naturalHeight]; }""")
    assert shown == [800, 500]
    clean(desk)
    desk.goto(f"{url}print/")
    clean(desk)


def test_a_sheet_is_signed_by_mouse_by_finger_and_by_name(desk: Any, house: Case, live_server: Any) -> None:
    point = house.point(ppe="防化服")
    given = {"place": "罐区", "activity": "", "on_day": clock.today(), "shift": "day"}
    given |= {"workers": "张某、李某", "guardian": "赵某"}
    row = work.begin(house.user, house.firm.pk, point.job, given)
    desk.goto(f"{live_server.url}/work-confirmations/{row.pk}/")
    clean(desk)
    for box in desk.query_selector_all(".work-check input"):
        box.check()
    desk.click("text=保存勾选")
    desk.click(".work-people a.btn >> nth=0")
    desk.wait_for_selector("form[data-sign]:not([hidden])")
    clean(desk)
    desk.click("form[data-sign] button.pri")
    assert "签名区是空的" in desk.inner_text("[data-sign-say]")
    frame = desk.query_selector("canvas").bounding_box()
    desk.mouse.move(frame["x"] + 60, frame["y"] + 60)
    desk.mouse.down()
    for step in range(12):
        desk.mouse.move(frame["x"] + 60 + 12 * step, frame["y"] + 60 + (37 * step) % 90)
    desk.mouse.up()
    desk.click("form[data-sign] button.pri")
    desk.wait_for_selector("h1:has-text('李某')")
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.wait_for_timeout(100)
    finger = desk.context.new_cdp_session(desk)
    frame = desk.query_selector("canvas").bounding_box()
    assert frame["width"] > 300 and frame["x"] + frame["width"] <= 390
    spots = [{"x": frame["x"] + 30 + 12 * n, "y": frame["y"] + 40 + (37 * n) % 90} for n in range(12)]
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": spots[:1]})
    for spot in spots[1:]:
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [spot]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    desk.click("form[data-sign] button.pri")
    desk.wait_for_selector("h1:has-text('赵某')")
    desk.focus("summary:has-text('不能手写')")
    desk.keyboard.press("Enter")
    desk.fill("#typed", "赵某")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("text=确认可以作业")
    assert [(one["name"], one["way"]) for one in fresh(row).people] == [
        ("张某", "drawn"), ("李某", "drawn"), ("赵某", "typed"),
    ]  # fmt: skip
    desk.goto(f"{live_server.url}/work-confirmations/{row.pk}/print/")
    assert all(
        one.evaluate("image => image.naturalWidth > 20")
        for one in desk.query_selector_all(".work-signed img")
    )
    clean(desk)
