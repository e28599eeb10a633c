"""The map in a real browser: painted, walked by pointer and keys, the list first on a phone, axe clean."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from anlan.enterprises.models import Enterprise
from anlan.kernel import clock
from anlan.org.testing import make_world
from tests.browser.conftest import AXE, AXE_RULES, AXE_RUN

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WUYUAN, XINZHOU = "360000/361100/361130/", "360000/361100/361102/"
FIRMS = 300
PAINTED = "[data-painted='map-points map-shapes']"
COLOURED = """() => { const c = document.querySelector('[data-map-canvas]');
  const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
  let n = 0; for (let i = 3; i < d.length; i += 4) n += d[i] > 0; return n / (d.length / 4); }"""


@pytest.fixture
def house(settings: Any, live_server: Any, tmp_path: Path) -> Iterator[tuple[str, Client]]:
    """300 firms about two towns, one of them alone; the city's officer signed in."""
    settings.HOME = tmp_path
    with clock.standing_on(date(2023, 7, 5)):
        world = make_world({"committee-officer": ["enterprises.*", "dangers.*"]})
        chance = random.Random(5)
        rows = []
        for n in range(FIRMS):
            path, east, north = (WUYUAN, 117.86, 29.25) if n % 2 else (XINZHOU, 117.97, 28.45)
            rows.append(
                Enterprise(
                    name=f"测试企业{n:03d}", region_path=path, industry="gas",
                    longitude=Decimal(str(round(chance.gauss(east, 0.03), 6))),
                    latitude=Decimal(str(round(chance.gauss(north, 0.03), 6))),
                )
            )  # fmt: skip
        rows.append(Enterprise(name="鄱阳湖边一家", region_path=WUYUAN, industry="gas",
                               longitude=Decimal("116.7"), latitude=Decimal("29.0")))  # fmt: skip
        rows.append(Enterprise(name="没有坐标的一家", region_path=WUYUAN, industry="gas"))
        Enterprise.objects.unscoped("test").bulk_create(rows)
        client = Client()
        client.force_login(
            world.person("city_officer"), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        yield live_server.url, client


class Screen:
    """One window, signed in, that remembers what the browser complained of."""

    def __init__(self, chromium: Any, house: tuple[str, Client], width: int, height: int) -> None:
        self.base, client = house
        self.complaints: list[str] = []
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", service_workers="block"
        )
        context.add_cookies(
            [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": self.base}]
        )
        self.page = context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type == "error" else None
        )

    def open(self) -> Any:
        """The map, painted."""
        self.page.goto(f"{self.base}/hazard-map/?layer=enterprises", wait_until="load")
        self.page.wait_for_selector(PAINTED)
        return self.page

    def sound(self) -> None:
        """No axe finding, nothing sideways, no complaint."""
        self.page.evaluate(AXE.read_text("utf-8"))
        assert self.page.evaluate(AXE_RUN, AXE_RULES) == []
        assert self.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert self.complaints == []


def test_the_map_is_painted_and_a_mark_leads_to_its_firm(house: tuple[str, Client], chromium: Any) -> None:
    screen = Screen(chromium, house, 1366, 768)
    page = screen.open()
    assert page.evaluate(COLOURED) > 0.2, "the territory covers a good part of the canvas"
    assert "没有坐标，不在图上" in page.inner_text("#page-head")
    screen.sound()
    spot = page.evaluate(
        """() => { const first = JSON.parse(document.getElementById('map-first').textContent);
        const one = first.cells.find(cell => cell[2] === 1), box = first.box;
        const stage = document.querySelector('[data-map-view]').getBoundingClientRect();
        const k = Math.cos((box[1] + box[3]) / 2 * Math.PI / 180);
        const s = Math.min(stage.width / ((box[2] - box[0]) * k), stage.height / (box[3] - box[1]));
        return [stage.x + stage.width / 2 + (one[0] - (box[0] + box[2]) / 2) * k * s,
                stage.y + stage.height / 2 + ((box[1] + box[3]) / 2 - one[1]) * s]; }"""
    )
    page.mouse.click(*spot)
    page.wait_for_selector("[data-map-card]:not([hidden])")
    assert "鄱阳湖边一家" in page.inner_text("[data-map-card]")
    screen.sound()
    page.click("[data-map-card] .map-card-go a")
    page.wait_for_url("**/enterprises/*/")
    assert "鄱阳湖边一家" in page.inner_text("main")


def test_keys_walk_the_map_from_cluster_to_card(house: tuple[str, Client], chromium: Any) -> None:
    screen = Screen(chromium, house, 1366, 768)
    page = screen.open()
    page.focus("[data-map-view]")
    for _ in range(20):
        loaded = page.get_attribute("[data-map]", "data-loaded") or ""
        page.keyboard.press("j")
        if "看卡片" in page.inner_text("[data-map-say]"):
            break
        page.keyboard.press("Enter")
        page.wait_for_function(
            "was => { const map = document.querySelector('[data-map]'); "
            "return (map.dataset.loaded || '') !== was || !map.querySelector('[data-map-card]').hidden; }",
            arg=loaded,
        )
        if page.is_visible("[data-map-card]"):
            break
    if not page.is_visible("[data-map-card]"):
        page.keyboard.press("Enter")
    page.wait_for_selector("[data-map-card]:not([hidden])")
    assert "企业" in page.inner_text("[data-map-card]")
    page.keyboard.press("Escape")
    page.wait_for_selector("[data-map-card]", state="hidden")
    assert page.evaluate("document.activeElement.matches('[data-map-view]')")
    assert screen.complaints == []


def test_every_row_can_be_shown_by_itself(house: tuple[str, Client], chromium: Any) -> None:
    page = Screen(chromium, house, 1366, 768).open()
    page.check("[data-map-dots]")
    page.wait_for_selector("[data-map][data-loaded]")
    assert f"{FIRMS + 1} 家" in page.inner_text("[data-map-say]")


def test_on_a_phone_the_list_comes_first(house: tuple[str, Client], chromium: Any) -> None:
    screen = Screen(chromium, house, 390, 844)
    page = screen.open()
    table, map_ = page.query_selector(".map-tab").bounding_box(), page.query_selector(".map").bounding_box()
    assert table["y"] + table["height"] <= map_["y"]
    screen.sound()
