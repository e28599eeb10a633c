"""A firm's page, its duplicates and the firm's own card in a real browser; axe finds nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from anlan.enterprises.models import Enterprise, Licence
from anlan.enterprises.testing import make_firm, make_licence, make_person
from anlan.kernel import clock
from anlan.org.testing import PASSWORD, make_world
from tests.browser.conftest import AXE, AXE_RULES, AXE_RUN

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}


@pytest.fixture
def firm(settings: Any, tmp_path: Any, live_server: Any) -> Iterator[Enterprise]:
    """A firm on the demonstration's day, with a late licence and a principal."""
    settings.FILES = tmp_path / "files"
    with clock.standing_on(date(2023, 7, 5)):
        world = make_world()
        found = make_firm(
            employees=286, name="婺源县鑫源化工有限公司", regulator=world.unit("emergency", "361130")
        )
        make_licence(found, date(2023, 6, 26), kind="防雷装置检测报告")
        make_person(found, "王某")
        yield found


@pytest.fixture
def open_as(firm: Enterprise, chromium: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """Sign a member of the cast in on a screen of this size."""
    contexts, complaints = [], []

    def enter(login: str, size: dict[str, int]) -> Any:
        context = chromium.new_context(viewport=size, locale="zh-CN")
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{live_server.url}/account/login/")
        page.fill("#id_login", login)
        page.fill("#id_password", PASSWORD)
        page.click("button.pri")
        page.wait_for_load_state()
        return page

    yield enter
    for context in contexts:
        context.close()
    assert complaints == []


def clean(page: Any) -> None:
    """Axe has nothing to say, and nothing is wider than the screen."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate(AXE.read_text())
    assert page.evaluate(AXE_RUN, AXE_RULES) == []


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_firms_page_shows_what_is_late_first(
    firm: Enterprise, open_as: Callable[..., Any], live_server: Any, size: dict[str, int]
) -> None:
    page = open_as("xian", size)
    page.goto(f"{live_server.url}/enterprises/{firm.pk}/")
    assert page.inner_text(".kd li.bad b") == "过期 9 天"
    assert "286 人" in page.inner_text(".strip")
    clean(page)
    page.click(".tabs >> text=证照")
    page.wait_for_selector("h2 >> text=企业证照")
    clean(page)


def test_an_officer_merges_two_records_after_being_asked(
    firm: Enterprise, open_as: Callable[..., Any], live_server: Any
) -> None:
    other = make_firm(number=2, name="婺源县鑫源化工厂", address="紫阳镇 3 号")
    page = open_as("xian", DESK)
    page.goto(f"{live_server.url}/enterprises/duplicates/")
    clean(page)
    page.click("text=核对合并")
    page.wait_for_selector("text=移交")
    clean(page)
    page.fill("#id_reason", "同一企业")
    page.click("button >> text=合并档案")
    page.click("#ask [data-ask-yes]")
    page.wait_for_selector("text=留在合并记录里")
    merged = Enterprise.objects.unscoped("test").get(status="merged")
    assert {merged.pk, merged.merged_into_id} == {firm.pk, other.pk}
    assert Licence.objects.unscoped("test").get().enterprise_id == merged.merged_into_id


def test_a_firm_fills_what_is_missing_on_its_phone(
    firm: Enterprise, open_as: Callable[..., Any], live_server: Any
) -> None:
    page = open_as("qiye", PHONE)
    page.goto(f"{live_server.url}/own-firm/")
    assert "缺详细地址" in page.inner_text("main")
    clean(page)
    page.fill("#id_address", "紫阳镇工业园 1 号")
    page.click("button >> text=保存企业资料")
    page.wait_for_selector("text=已保存企业资料")
    assert "缺详细地址" not in page.inner_text("main")
    firm.refresh_from_db()
    assert firm.address == "紫阳镇工业园 1 号"
