"""The look in a real browser: no axe finding on any page, no breach of the content policy, keys that work.

Served from the gallery of sample pages, so that every template is seen in every state without a data base.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from django.test import override_settings

from anlan.kernel.tests.look_gallery import samples_names
from anlan.kernel.tests.look_settings import gallery
from tests.browser.conftest import AXE, AXE_RULES, AXE_RUN

pytestmark = pytest.mark.browser

WINDOWS = {"desk": (1366, 768), "phone": (390, 844)}
NAMES = [one for one in samples_names() if one not in {"job_body", "columns"}]


class Quiet(WSGIRequestHandler):
    """No log line a request."""

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


class Threaded(ThreadingMixIn, WSGIServer):
    """Several requests at once, as a browser sends them."""

    daemon_threads = True


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The gallery on a free port of this machine."""
    with override_settings(**gallery()):
        app = StaticFilesHandler(get_wsgi_application())
        server = make_server("127.0.0.1", 0, app, server_class=Threaded, handler_class=Quiet)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def open_page(chromium: Any, address: str) -> Iterator[Any]:
    """open_page(path, window) -> a page; whatever the browser complains of fails the test at its end."""
    complaints: list[str] = []
    pages: list[Any] = []

    def opened(path: str, window: str = "desk", workers: str = "block") -> Any:
        width, height = WINDOWS[window]
        page = chromium.new_page(
            viewport={"width": width, "height": height}, locale="zh-CN", service_workers=workers
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.goto(f"{address}/{path}", wait_until="load")
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.close()
    assert [one for one in complaints if "ERR_INTERNET_DISCONNECTED" not in one] == []


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("name", [*NAMES, "form/?wrong=1", "job/?state=failed"])
def test_a_page_passes_axe_and_stays_inside_the_window(open_page: Any, name: str, window: str) -> None:
    page = open_page(name if "?" in name else f"{name}/", window)
    page.evaluate(AXE.read_text("utf-8"))
    assert page.evaluate(AXE_RUN, AXE_RULES) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_keys_find_walk_and_open(open_page: Any) -> None:
    page = open_page("list/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.textContent").startswith("“下店上宅”")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/row/0/$"))


def test_the_keys_can_be_switched_off_and_stay_off(open_page: Any) -> None:
    page = open_page("list/")
    page.locator("summary.name").click()
    page.get_by_role("button", name="快捷键：开").click()
    page.reload()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") != "q"


def test_picked_rows_bring_the_bar_without_moving_a_row(open_page: Any) -> None:
    page = open_page("list/")
    before = page.locator("tbody tr").nth(3).bounding_box()
    page.locator("input[name=ids]").nth(1).click()
    page.locator("input[name=ids]").nth(3).click(modifiers=["Shift"])
    assert page.locator("[data-bulk-count]").inner_text() == "3"
    assert page.locator("tbody tr").nth(3).bounding_box() == before
    page.get_by_role("button", name="取消选择").click()
    assert not page.locator("[data-bulk-bar]").is_visible()


def test_an_act_that_asks_is_not_sent_until_it_is_confirmed(open_page: Any) -> None:
    page = open_page("detail/")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    page.get_by_role("button", name="退回整改").click()
    assert page.locator("#ask").inner_text().count("退回后期限不变") == 1 and sent == []
    page.keyboard.press("Escape")
    assert sent == []
    page.get_by_role("button", name="退回整改").click()
    with page.expect_navigation():
        page.locator("[data-ask-yes]").click()
    assert sent == ["POST"]


def test_a_double_click_sends_a_form_once(open_page: Any) -> None:
    page = open_page("detail/")
    sent: list[str] = []
    page.route("**/list/", lambda route: sent.append(route.request.method))
    page.evaluate("document.querySelector('form[data-ask]').removeAttribute('data-ask')")
    page.evaluate(
        "() => { const b = document.querySelector('.acts form button'); b.click(); b.click(); b.click(); }"
    )
    page.wait_for_timeout(200)
    assert sent == ["POST"]


def test_the_picker_is_walked_by_keyboard_and_filters_the_list(open_page: Any) -> None:
    page = open_page("list/")
    box = page.get_by_role("combobox", name="县区")
    box.click()
    page.get_by_role("option", name="江西省").wait_for()
    box.press("ArrowRight")
    page.get_by_role("option", name="上饶市").wait_for()
    box.press("ArrowRight")
    page.get_by_role("option", name="铅山县").wait_for()
    with page.expect_response(re.compile(r"/list/\?region=361124$")):
        box.press("Enter")
    assert box.input_value() == "铅山县" and box.get_attribute("aria-expanded") == "false"
    page.wait_for_url(re.compile(r"/list/\?region=361124$"))


def test_the_picker_searches_and_says_when_nothing_is_found(open_page: Any) -> None:
    page = open_page("list/")
    box = page.get_by_role("combobox", name="县区")
    box.fill("婺")
    page.get_by_role("option", name="婺源县").wait_for()
    box.fill("不存在的县")
    page.locator(".pick-say").wait_for()
    assert "拼音首字母" in page.locator(".pick-say").inner_text()
    box.press("Escape")
    assert box.input_value() == ""


def test_the_next_page_replaces_only_the_list_and_the_address(open_page: Any) -> None:
    page = open_page("list/")
    page.evaluate("window.marked = true")
    page.get_by_role("link", name="下一页").click()
    page.wait_for_url(re.compile("after=50"))
    page.wait_for_function("document.querySelectorAll('[data-rows] tbody tr').length === 50")
    assert page.evaluate("window.marked") and page.locator("#list-filter").count() == 1


def test_the_drawer_gives_the_focus_back(open_page: Any) -> None:
    page = open_page("list/")
    page.get_by_role("link", name="列 10/16").click()
    page.get_by_role("heading", name="显示哪些列").wait_for()
    page.locator("#drawer [data-down]").first.click()
    assert page.locator("#drawer label").first.inner_text() == "编号"
    page.keyboard.press("Escape")
    assert not page.locator("#drawer").is_visible()
    assert page.evaluate("document.activeElement.textContent") == "列 10/16"


def test_the_phone_menu_opens_over_the_page(open_page: Any) -> None:
    page = open_page("list/", "phone")
    assert not page.locator("#menu").is_visible()
    page.get_by_role("button", name="更多").click()
    assert page.locator("#menu").is_visible() and page.locator("#q-m").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#menu").is_visible()


def test_a_demo_account_fills_the_sign_in(open_page: Any) -> None:
    page = open_page("signin/")
    page.get_by_text("婺源县应急管理局").click()
    assert page.locator("input[name=login]").input_value() == "wyzf01"
    assert page.locator("input[name=password]").input_value() == "demo-demo"


def test_a_finished_job_is_shown_without_a_click(open_page: Any) -> None:
    page = open_page("job/")
    page.get_by_text("办好了。").wait_for(timeout=10_000)
    assert page.get_by_role("link", name="下载").is_visible()


def test_a_chart_is_drawn_under_the_content_policy(open_page: Any) -> None:
    page = open_page("parts/")
    page.locator("[data-chart] canvas").wait_for()
    page.locator("[data-chart]").hover()
    assert page.locator("[data-chart] canvas").bounding_box()["width"] > 300


def test_a_list_prints_on_a4_with_its_head_on_every_page(open_page: Any, tmp_path: Path) -> None:
    pypdfium2 = pytest.importorskip("pypdfium2")
    page = open_page("print/")
    target = tmp_path / "list.pdf"
    page.pdf(path=str(target), prefer_css_page_size=True)
    paper = pypdfium2.PdfDocument(str(target))
    width, height = paper[0].get_size()
    assert (round(width), round(height)) == (842, 595)
    assert len(paper) > 1 and all("企业" in sheet.get_textpage().get_text_bounded() for sheet in paper)
    assert "登记隐患" not in paper[0].get_textpage().get_text_bounded()


def test_a_sign_in_page_in_place_of_a_partial_answer_becomes_the_whole_page(
    open_page: Any, address: str
) -> None:
    page = open_page("list/")
    page.route("**/list/?after=50", lambda route: route.fulfill(status=302, headers={"location": "/signin/"}))
    page.route(
        "**/list/", lambda route: route.fulfill(status=302, headers={"location": f"{address}/signin/"})
    )
    page.get_by_role("link", name="下一页").click()
    page.get_by_role("heading", name="登录").wait_for()
    assert page.locator("#list-body").count() == 0


def test_export_follows_the_filter(open_page: Any) -> None:
    page = open_page("list/")
    page.evaluate("document.querySelector('#page-head').dataset.old = 'yes'")
    with page.expect_response(re.compile(r"/list/\?level=major$")):
        page.get_by_role("combobox", name="级别").select_option("major")
    page.wait_for_function("!document.querySelector('#page-head').dataset.old")
    assert page.locator("#list-filter").count() == 1


def test_without_a_network_a_page_of_our_own_says_so(open_page: Any) -> None:
    page = open_page("list/", workers="allow")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.context.set_offline(True)
    page.goto(page.url.replace("/list/", "/detail/"))
    assert page.locator("h1").inner_text() == "连不上服务器"
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontSize") == "18px"
    page.context.set_offline(False)
    page.get_by_role("heading", name="烟花爆竹零售店").wait_for()
