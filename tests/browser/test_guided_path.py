"""The guided path of the README, walked in a browser on the demonstration; its pictures are made here.

`ANLAN_PICTURES=1` writes them to docs/images; otherwise they are only taken.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.management import call_command

from anlan.kernel import clock
from anlan.programmes import demo
from anlan.programmes.models import Item, Programme
from tests.browser.conftest import AXE, AXE_RULES, AXE_RUN

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
IMAGES = Path(configured.ROOT) / "docs" / "images"
PASSWORD = "Anlan-2023-demo"


@pytest.fixture
def house(settings: Any, live_server: Any) -> Iterator[str]:
    """The demonstration as `make run` opens it, on its day."""
    settings.DEMO, settings.ANLAN_DEMO_PASSWORD = True, PASSWORD
    with clock.standing_on(demo.DAY):
        call_command("setup", verbosity=0, stdout=open(os.devnull, "w"))  # noqa: SIM115
        yield live_server.url


class Walk:
    """One person at the browser: goes somewhere, looks, takes a picture."""

    def __init__(self, chromium: Any, base: str, width: int, height: int) -> None:
        self.complaints: list[str] = []
        self.base = base
        self.page = chromium.new_page(
            viewport={"width": width, "height": height}, locale="zh-CN", service_workers="block"
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type == "error" else None
        )

    def sign_in(self, account: str) -> None:
        """Through the page, with the account that it offers."""
        self.page.goto(f"{self.base}/account/login/")
        self.page.fill("#id_login", account)
        self.page.fill("#id_password", PASSWORD)
        self.page.click("button.pri")
        self.page.wait_for_load_state()

    def see(self, path: str, words: str, picture: str = "") -> None:
        """The page says these words, axe finds nothing, nothing sticks out sideways."""
        self.page.goto(self.base + path, wait_until="load")
        assert words in self.page.inner_text("body"), path
        self.page.evaluate(AXE.read_text("utf-8"))
        assert self.page.evaluate(AXE_RUN, AXE_RULES) == [], path
        assert self.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
        if picture and os.environ.get("ANLAN_PICTURES"):
            IMAGES.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=str(IMAGES / f"{picture}.png"))


def test_from_document_to_report_in_the_browser(house: str, chromium: Any) -> None:
    city = Programme.objects.unscoped("the guided path").get(year=2023)
    item = Item.objects.unscoped("the guided path").get(programme=city, no="3")
    walk = Walk(chromium, house, 1366, 768)
    walk.see("/account/login/", "演示账号", "sign-in")
    walk.sign_in("shi")
    walk.see("/", "我的职责", "desk")
    walk.see("/programmes/", "饶安发〔2023〕3号")
    walk.see(f"/running/{city.pk}/matrix/", "任务总表", "matrix")
    walk.see(f"/running/item/{item.pk}/", "警示日", "item")
    walk.see("/programmes/chase/", "逾期单位", "chase")
    walk.see(f"/programmes/{city.pk}/cascade/", "部分承接")
    round_ = city.rounds.unscoped("the guided path").get()
    walk.see(f"/report-rounds/{round_.pk}/", "完整率", "reports")
    walk.page.click("text=起草本级报告")
    walk.page.wait_for_url("**/papers/**")
    assert "完成情况的报告" in walk.page.inner_text("body")
    walk.see(
        walk.page.url.removeprefix(house).partition("?")[0].replace("edit/", ""), "完成情况的报告", "report"
    )
    assert walk.complaints == []


def test_a_county_officer_finds_the_desk_on_a_phone(house: str, chromium: Any) -> None:
    walk = Walk(chromium, house, 390, 844)
    walk.sign_in("xian")
    walk.see("/", "我的职责", "desk-phone")
    walk.see("/running/receipt/", "签收")
    assert walk.complaints == []
