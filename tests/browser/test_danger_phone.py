"""报隐患 on a phone without network, in a real browser: nothing lost, nothing doubled, clashes shown."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from anlan.enterprises.models import Enterprise
from anlan.hazards.models import HiddenDanger
from anlan.hazards.tests.danger_case import found, world
from anlan.kernel import clock, files
from anlan.kernel.writing import write
from anlan.org.testing import PASSWORD, World
from tests.browser.conftest import AXE, AXE_RULES, AXE_RUN

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TODAY = date(2023, 7, 5)
KEPT = """async () => {
  while (!await caches.match('/dangers/phone/')) await new Promise(done => setTimeout(done, 50));
}"""


@pytest.fixture
def house(settings: Any, tmp_path: Path, live_server: Any) -> Iterator[World]:
    """The cast on the demonstration's day, files of their own."""
    settings.FILES = tmp_path / "files"
    with clock.standing_on(TODAY):
        yield world()


@pytest.fixture
def phone(house: World, chromium: Any, live_server: Any) -> Iterator[Any]:
    """The inspector's phone, signed in, on the page, kept by its worker."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN", has_touch=True)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{live_server.url}/account/login/")
    page.fill("#id_login", "jiancha")
    page.fill("#id_password", PASSWORD)
    page.click("button.pri")
    page.wait_for_load_state()
    page.goto(f"{live_server.url}/dangers/phone/")
    page.wait_for_selector("[data-danger-phone][data-ready]")
    page.evaluate(KEPT)
    yield page
    context.close()
    assert complaints == []


def picture(folder: Path, name: str, shade: int, size: tuple[int, int] = (2400, 1800)) -> str:
    """A large picture, as a camera writes it."""
    out = io.BytesIO()
    Image.effect_noise(size, 40).point(lambda value: (value + shade) % 256).save(out, "JPEG", quality=90)
    path = folder / name
    path.write_bytes(out.getvalue())
    return str(path)


def records(page: Any, state: str, count: int) -> None:
    """So many records of the phone's list have come to this state."""
    page.locator(f"[data-phone-list] [data-state={state}]").nth(count - 1).wait_for(state="attached")


def report(page: Any, words: str, photo: str) -> None:
    """Fill the form and save it."""
    page.set_input_files("input[name=camera]", photo)
    page.wait_for_selector("[data-phone-pics] figure")
    page.fill("#firm", "婺源某酒店")
    page.fill("#what", words)
    page.check("input[name=category][value=gas]")
    page.click("text=保存，联网后上报")


def test_two_dangers_without_network_become_exactly_two_rows(
    house: World, phone: Any, live_server: Any, tmp_path: Path
) -> None:
    phone.context.set_offline(True)
    phone.goto(f"{live_server.url}/dangers/phone/")
    phone.wait_for_selector("[data-danger-phone][data-ready]")
    report(phone, "液化气瓶放在灶台旁", picture(tmp_path, "a.jpg", 10))
    records(phone, "waiting", 1)
    report(phone, "可燃气体报警器未通电", picture(tmp_path, "b.jpg", 90))
    records(phone, "waiting", 2)
    assert "离线，可照常填写" in phone.inner_text("[data-phone-sync]")
    assert HiddenDanger.objects.unscoped("test").count() == 0
    phone.context.set_offline(False)
    records(phone, "sent", 2)
    # The same records once more, as if the first answers had been lost on the way.
    phone.evaluate(
        "anlanOutbox.all().then(all => Promise.all(all.map("
        "one => anlanOutbox.put({...one, state: 'waiting', photos: []}))))"
    )
    phone.reload()
    records(phone, "sent", 2)
    rows = list(HiddenDanger.objects.unscoped("test").order_by("id"))
    assert [row.description for row in rows] == ["液化气瓶放在灶台旁", "可燃气体报警器未通电"]
    assert {(row.category, row.finder, row.enterprise_id) for row in rows} == {("gas", "程立", 1)}
    sizes = [files.attached(row).get().file.size for row in rows]
    assert all(0 < size < Path(tmp_path / "a.jpg").stat().st_size for size in sizes)
    assert len({files.attached(row).get().file_id for row in rows}) == 2


def test_a_clash_shows_both_versions_and_loses_neither(house: World, phone: Any, live_server: Any) -> None:
    row = found(house.actor("county_inspector"), enterprise_id=1, place="二楼")
    phone.reload()
    phone.wait_for_selector("[data-phone-own] button")
    phone.context.set_offline(True)
    phone.click("[data-phone-own] button")
    phone.wait_for_selector("[data-phone-editing]:not([hidden])")
    phone.fill("#what", "后厨报警器断电，软管老化")
    phone.click("text=保存，联网后上报")
    records(phone, "waiting", 1)
    there = HiddenDanger.objects.unscoped("test").get(pk=row.pk)
    write(house.actor("county_officer"), there, {"description": "报警器已拆除", "place": "三楼"}, "change")
    phone.context.set_offline(False)
    phone.wait_for_selector(".pm-clash")
    shown = phone.inner_text(".pm-clash")
    assert "后厨报警器断电，软管老化" in shown and "报警器已拆除" in shown and "汪海波" in shown
    assert "二楼" in shown and "三楼" in shown and "只有对方改了" in shown
    phone.evaluate(AXE.read_text("utf-8"))
    assert phone.evaluate(AXE_RUN, AXE_RULES) == []
    assert HiddenDanger.objects.unscoped("test").get(pk=row.pk).description == "报警器已拆除"
    assert phone.is_checked(".pm-clash input[name=place][value=theirs]")
    phone.check(".pm-clash input[name=description][value=mine]")
    phone.click("text=按所选的上报")
    records(phone, "sent", 1)
    there = HiddenDanger.objects.unscoped("test").get(pk=row.pk)
    assert (there.description, there.place) == ("后厨报警器断电，软管老化", "三楼")


def test_a_closed_browser_a_second_press_and_a_network_amid_the_writing_lose_and_double_nothing(
    house: World, phone: Any, live_server: Any, tmp_path: Path
) -> None:
    context = phone.context
    context.set_offline(True)
    (tmp_path / "x.jpg").write_bytes(b"%PDF-1.4")
    phone.set_input_files("input[name=album]", str(tmp_path / "x.jpg"))
    phone.wait_for_selector("text=不是照片")
    phone.set_input_files(
        "input[name=album]", [picture(tmp_path, f"{n}.jpg", 20 * n, (320, 240)) for n in range(10)]
    )
    phone.fill("#what", "消火栓被挡")
    phone.locator("[data-phone-pics] figure").nth(8).wait_for()
    phone.wait_for_selector("text=最多 9 张，有 1 张没有加入")
    phone.evaluate("anlanOutbox.kept('form-photos')")
    phone.wait_for_timeout(500)  # the pause after typing in which the form is kept
    phone.close()
    page = context.new_page()
    page.goto(f"{live_server.url}/dangers/phone/")
    page.wait_for_selector("[data-danger-phone][data-ready]")
    assert page.input_value("#what") == "消火栓被挡"
    assert page.locator("[data-phone-pics] figure").count() == 9
    page.eval_on_selector("form", "form => { form.requestSubmit(); form.requestSubmit(); }")
    records(page, "waiting", 1)
    page.click("[data-phone-list] button")
    page.wait_for_selector("[data-phone-editing]:not([hidden])")
    context.set_offline(False)
    page.evaluate("anlanOutbox.flush('/dangers/phone/sync/', null)")
    assert HiddenDanger.objects.unscoped("test").count() == 0
    page.fill("#what", "消火栓被货架挡住")
    page.click("text=保存，联网后上报")
    records(page, "sent", 1)
    row = HiddenDanger.objects.unscoped("test").get()
    assert row.description == "消火栓被货架挡住" and files.attached(row).count() == 9


def test_a_lost_answer_a_lapsed_sign_in_and_a_full_disk_keep_what_was_written(
    house: World, phone: Any, live_server: Any, tmp_path: Path
) -> None:
    lost: list[int] = []

    def lose(route: Any) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().status)
            route.abort()

    phone.route("**/dangers/phone/sync/", lose)
    report(phone, "灭火器压力不足", picture(tmp_path, "a.jpg", 10))
    phone.wait_for_selector("text=连不上系统")
    phone.click("[data-phone-list] button")
    phone.wait_for_selector("[data-phone-editing]:not([hidden])")
    phone.fill("#what", "灭火器压力不足，已过期")
    phone.context.clear_cookies()
    phone.click("text=保存，联网后上报")
    phone.wait_for_selector("[data-phone-signin]:not([hidden])")
    phone.click("[data-phone-signin]")
    phone.fill("#id_login", "jiancha")
    phone.fill("#id_password", PASSWORD)
    phone.click("button.pri")
    phone.wait_for_selector("[data-danger-phone][data-ready]")
    records(phone, "sent", 1)
    row = HiddenDanger.objects.unscoped("test").get()
    assert lost == [200] and row.description == "灭火器压力不足，已过期" and files.attached(row).count() == 1
    phone.evaluate(
        "() => { IDBObjectStore.prototype.put = () => { throw new DOMException('', 'QuotaExceededError') } }"
    )
    phone.context.set_offline(True)
    report(phone, "楼梯间堆物", picture(tmp_path, "b.jpg", 90))
    phone.wait_for_selector("text=手机存储满了，没有存下")
    assert phone.input_value("#what") == "楼梯间堆物"
    phone.context.set_offline(False)
    phone.click("text=保存，联网后上报")
    phone.wait_for_selector("text=已直接上报")
    assert HiddenDanger.objects.unscoped("test").count() == 2


def test_another_persons_records_wait_for_their_own_sign_in(
    house: World, phone: Any, live_server: Any, tmp_path: Path
) -> None:
    phone.context.set_offline(True)
    report(phone, "疏散通道堆放杂物", picture(tmp_path, "c.jpg", 30))
    records(phone, "waiting", 1)
    phone.evaluate(
        "anlanOutbox.all().then(([one]) => anlanOutbox.put({...one, owner: 999, owner_name: '别人'}))"
    )
    phone.context.set_offline(False)
    phone.reload()
    phone.wait_for_selector("[data-danger-phone][data-ready]")
    assert "由别人填写" in phone.inner_text("[data-phone-list]")
    assert HiddenDanger.objects.unscoped("test").count() == 0


def test_the_page_has_no_finding_of_axe_and_nothing_sticks_out(phone: Any) -> None:
    phone.evaluate(AXE.read_text("utf-8"))
    assert phone.evaluate(AXE_RUN, AXE_RULES) == []
    assert phone.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert Enterprise.objects.unscoped("test").exists()


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)], ids=["desk", "phone"])
def test_the_pages_of_dangers_keep_to_the_look(
    house: World, chromium: Any, live_server: Any, size: tuple[int, int]
) -> None:
    row = found(house.actor("county_inspector"), enterprise_id=1)
    complaints: list[str] = []
    page = chromium.new_page(
        viewport={"width": size[0], "height": size[1]}, locale="zh-CN", service_workers="block"
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(f"{live_server.url}/account/login/")
    page.fill("#id_login", "xian")
    page.fill("#id_password", PASSWORD)
    page.click("button.pri")
    page.wait_for_load_state()
    for path in (
        "",
        f"{row.pk}/",
        f"{row.pk}/notice/",
        f"{row.pk}/move/grade/",
        "statistics/",
        "silent/",
        "new/",
    ):
        page.goto(f"{live_server.url}/dangers/{path}", wait_until="load")
        page.evaluate(AXE.read_text("utf-8"))
        assert page.evaluate(AXE_RUN, AXE_RULES) == [], path
        if "notice" not in path:  # a sheet of paper keeps its width
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
    page.close()
    assert complaints == []
