"""The guided paths of the README, walked in a browser on one demonstration; their pictures are made here.

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

from anlan.enterprises.models import Enterprise
from anlan.hazards.models import HiddenDanger
from anlan.kernel import clock, jobs
from anlan.kernel.models import Job
from anlan.org.cast import ENTERPRISE
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
        self.picture(picture)

    def picture(self, name: str) -> None:
        """Keep the window as it stands, where pictures are asked for."""
        if name and os.environ.get("ANLAN_PICTURES"):
            IMAGES.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=str(IMAGES / f"{name}.png"))

    def move(self, row: Any, key: str, **values: str) -> None:
        """Do one move of a danger on its form."""
        self.page.goto(f"{self.base}/dangers/{row.pk}/move/{key}/")
        for name, value in values.items():
            self.page.fill(f"main [name={name}]", value)
        self.page.click("main form button.pri")
        self.page.wait_for_url(f"**/dangers/{row.pk}/")

    def photograph(self, row: Any, photo: Path) -> None:
        """Hang a picture of afterwards on a danger."""
        self.page.goto(f"{self.base}/dangers/{row.pk}/")
        self.page.check("input[name=kind][value=after]")
        self.page.set_input_files("main input[type=file]", str(photo))
        self.page.click("text=上传照片")
        self.page.wait_for_selector("text=已上传照片")


WHY = "the guided paths"
FOUND = "除尘器灰斗积灰超过规定厚度，卸灰阀漏粉"


def test_the_guided_paths_in_the_browser(house: str, chromium: Any, tmp_path: Path) -> None:
    """One demonstration, walked by all who have a path: it takes longer to make than to walk."""
    from_document_to_report(Walk(chromium, house, 1366, 768))
    a_county_officer_finds_the_desk_on_a_phone(Walk(chromium, house, 390, 844))
    photos = _photo(tmp_path / "before.jpg", 120), _photo(tmp_path / "after.jpg", 240)
    a_danger_from_finding_to_closing(chromium, house, *photos)
    a_leader_sees_where_things_stand(Walk(chromium, house, 1366, 768))


def from_document_to_report(walk: Walk) -> None:
    city = Programme.objects.unscoped(WHY).get(year=2023)
    item = Item.objects.unscoped(WHY).get(programme=city, no="3")
    walk.see("/account/login/", "演示账号", "sign-in")
    walk.sign_in("shi")
    walk.see("/", "我的职责", "desk")
    walk.see("/programmes/", "饶安发〔2023〕3号")
    walk.see(f"/running/{city.pk}/matrix/", "任务总表", "matrix")
    walk.see(f"/running/item/{item.pk}/", "警示日", "item")
    walk.see("/programmes/chase/", "逾期单位", "chase")
    walk.see(f"/programmes/{city.pk}/cascade/", "部分承接")
    round_ = city.rounds.unscoped(WHY).get()
    walk.see(f"/report-rounds/{round_.pk}/", "完整率", "reports")
    walk.page.click("text=起草本级报告")
    walk.page.wait_for_url("**/jobs/**")
    walk.see(_work_done(), "完成情况的报告", "report")
    assert walk.complaints == []


def a_county_officer_finds_the_desk_on_a_phone(walk: Walk) -> None:
    walk.sign_in("xian")
    walk.see("/", "我的职责", "desk-phone")
    walk.see("/running/receipt/", "签收")
    assert walk.complaints == []


def a_danger_from_finding_to_closing(chromium: Any, house: str, before: Path, after: Path) -> None:
    firm = Enterprise.objects.unscoped(WHY).get(pk=ENTERPRISE)
    inspector = Walk(chromium, house, 390, 844)
    inspector.sign_in("jiancha")
    inspector.see("/dangers/phone/", "报隐患")
    page = inspector.page
    page.set_input_files("input[name=camera]", str(before))
    page.fill("#firm", firm.name)
    page.fill("#where", "打磨车间除尘器")
    page.fill("#what", FOUND)
    inspector.picture("danger-phone")
    page.click("text=保存，联网后上报")
    page.wait_for_selector("text=已上报")
    danger = HiddenDanger.objects.unscoped(WHY).get(description=FOUND)
    assert danger.enterprise_id == ENTERPRISE and danger.photos == 1
    office = Walk(chromium, house, 1366, 768)
    office.sign_in("xian")
    office.move(danger, "grade")
    office.move(
        danger, "order", responsible=firm.safety_manager, measures="清灰并更换卸灰阀", funds="1200",
        due_on="2023-07-12", contingency="清灰期间停机断电",
    )  # fmt: skip
    owner = Walk(chromium, house, 1366, 768)
    owner.sign_in("qiye")
    owner.see("/", "整改")
    owner.photograph(danger, after)
    owner.move(danger, "submit", rectification="已清灰并更换卸灰阀", self_check="试运行合格")
    inspector.move(danger, "verify", verification="现场复查，已无积灰")
    office.move(danger, "close")
    office.see(f"/dangers/{danger.pk}/", "已销号", "danger")
    danger.refresh_from_db(from_queryset=HiddenDanger.objects.unscoped(WHY))
    assert (danger.state, danger.rectifier_id) != ("closed", danger.verifier_id)
    assert danger.state == "closed" and danger.level == "ordinary"
    owner.see(f"/enterprises/{ENTERPRISE}/", firm.name, "firm")
    assert inspector.complaints + office.complaints + owner.complaints == []


def a_leader_sees_where_things_stand(walk: Walk) -> None:
    city = Programme.objects.unscoped(WHY).get(year=2023)
    walk.sign_in("lingdao")
    walk.see("/", "李建国", "leader")
    walk.see(f"/running/{city.pk}/progress/", "按期")
    walk.see("/dangers/statistics/", "按行业", "statistics")
    walk.see("/dangers/?late=1", "逾期", "dangers")
    walk.see("/hazard-map/", "示意图", "map")
    assert walk.complaints == []


def _work_done() -> str:
    """What the worker of a running house would do by now; where it led."""
    job = Job.objects.unscoped(WHY).latest("id")
    jobs.run(job.pk)
    job.refresh_from_db(from_queryset=Job.objects.unscoped(WHY))
    return job.result_url


def _photo(path: Path, shade: int) -> Path:
    """A picture as a phone takes it: larger than it will be sent."""
    from PIL import Image

    light = Image.radial_gradient("L").resize((2400, 1800)).point(lambda value: value * shade // 255)
    light.convert("RGB").save(path, quality=90)
    return path
