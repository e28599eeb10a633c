"""The review by keyboard, two reviewers at once, and the whole document scrolling beside its tree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from anlan.org.testing import World, make_world
from anlan.programmes.models import DraftItem, Edition
from anlan.programmes.reads_review import drafts_of, findings_of
from anlan.programmes.tests.test_review_path import CITY, seed, staff, upload
from tests.browser.conftest import AXE, AXE_RULES, AXE_RUN

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CALM = "() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling, .htmx-added')"
SMALL = """上饶市2023年安全生产工作要点

一、健全责任体系
1.落实警示日制度。每月16日开展安全防范警示日活动。定期分析警示日活动情况。（市应急局牵头，市住建局配合）
2.强化建设施工安全。年底前完成在建工地排查100处以上。持续规范现场管理。（市住建局牵头，市应急局配合）
3.加强应急准备。至少半年组织1次应急演练。（市应急局牵头）

上饶市安全生产委员会
2023年2月10日
"""


class Reviewer:
    """One person at the review screen."""

    def __init__(self, chromium: Any, base: str, world: World, member: str) -> None:
        client = Client()
        client.force_login(
            world.person(member), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        self.errors: list[str] = []
        context = chromium.new_context(
            viewport={"width": 1366, "height": 768}, locale="zh-CN", service_workers="block"
        )
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": base}])
        self.page = context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.base = base

    def open(self, path: str) -> None:
        self.page.goto(self.base + path, wait_until="load")

    def press(self, *keys: str) -> None:
        """Press keys outside any field, and wait for the answer."""
        for key in keys:
            self.page.keyboard.press(key)
            self.calm()

    def calm(self) -> None:
        """Wait until no answer is under way: the pages allow no evaluated waits."""
        for _ in range(200):
            self.page.wait_for_timeout(50)
            if self.page.evaluate(CALM):
                return
        raise AssertionError("the screen did not come to rest")

    @property
    def heading(self) -> str:
        return str(self.page.inner_text("h1"))

    @property
    def current(self) -> str:
        """The id of the obligation at hand."""
        return str(self.page.get_attribute(".rv-list > li.on", "data-ob"))


@pytest.fixture
def world(db: Any) -> World:
    made = make_world()
    staff(made, "361100")
    return made


@pytest.fixture
def small(world: World, transactional_db: Any) -> Iterator[Edition]:
    yield upload(world.actor("city_officer"), "small.txt", SMALL.encode())


def item(edition: Edition, place: int) -> DraftItem:
    return drafts_of(edition)[place]


def kinds(edition: Edition, place: int) -> list[str]:
    return [one["kind"] for one in item(edition, place).body["obligations"]]


def test_a_reviewer_works_through_items_by_keys_alone(
    world: World, small: Edition, live_server: Any, chromium: Any
) -> None:
    who = Reviewer(chromium, live_server.url, world, "city_officer")
    who.open(f"/programmes/review/{small.pk}/?item=1")
    assert "第2条" in who.heading
    who.press("]")
    assert "第3条" in who.heading
    who.press("[", "[")
    assert "第1条" in who.heading
    who.press("]")
    first = who.current
    who.press("j")
    assert who.current != first
    who.press("k")
    assert who.current == first
    count = len(kinds(small, 1))
    for digit, kind in (("2", "deadline"), ("0", "standing"), ("3", "quota")):
        who.press(digit)
        assert kinds(small, 1)[0] == kind and who.current == first
    who.press("y")
    assert item(small, 1).body["obligations"][0]["state"] == "accepted"
    who.press("j", "m")
    assert len(kinds(small, 1)) == count - 1
    assert who.errors == []


def test_a_cut_is_made_where_the_cursor_stands_in_the_source(
    world: World, small: Edition, live_server: Any, chromium: Any
) -> None:
    who = Reviewer(chromium, live_server.url, world, "city_officer")
    who.open(f"/programmes/review/{small.pk}/?item=1")
    who.press("s")
    assert "先在左边原文中点一下" in who.page.inner_text("body")
    text = small.text.text if small.text else ""
    at = text.index("排查100处")
    before = len(kinds(small, 1))
    who.page.evaluate(
        """at => {
          const runs = [...document.querySelectorAll('[data-rv-source] .run')];
          const run = runs.filter(one => Number(one.dataset.at) <= at).pop();
          const words = document.createTreeWalker(run, NodeFilter.SHOW_TEXT).nextNode();
          getSelection().collapse(words, at - Number(run.dataset.at));
        }""",
        at,
    )
    who.press("s")
    assert len(kinds(small, 1)) == before + 1
    assert item(small, 1).body["obligations"][1]["quote"].startswith("排查100处")
    assert who.errors == []


def test_f_goes_from_doubt_to_doubt_and_keys_rest_while_one_types(
    world: World, small: Edition, live_server: Any, chromium: Any
) -> None:
    who = Reviewer(chromium, live_server.url, world, "city_officer")
    who.open(f"/programmes/review/{small.pk}/?item=0")
    open_here = [one for one in findings_of(small) if one.draft_item_id == item(small, 0).pk]
    assert open_here
    who.press("f")
    assert who.page.evaluate("document.activeElement.name") == "words"
    version = item(small, 0).version
    who.page.keyboard.type("12ms")
    assert who.page.evaluate("document.activeElement.value").endswith("12ms")
    assert item(small, 0).version == version and who.errors == []


def test_enter_confirms_the_item_and_goes_on(
    world: World, small: Edition, live_server: Any, chromium: Any
) -> None:
    who = Reviewer(chromium, live_server.url, world, "city_officer")
    who.open(f"/programmes/review/{small.pk}/?item=1")
    who.press("Enter")
    assert "第3条" in who.heading
    assert item(small, 1).confirmed_by and who.errors == []


def test_of_two_reviewers_at_once_the_slower_reads_who_changed_what_and_nothing_is_lost(
    world: World, small: Edition, live_server: Any, chromium: Any
) -> None:
    first = Reviewer(chromium, live_server.url, world, "city_officer")
    second = Reviewer(chromium, live_server.url, world, "province_officer")
    path = f"/programmes/review/{small.pk}/?item=1"
    first.open(path)
    second.open(path)
    first.press("4")
    kept = item(small, 1).version
    second.press("5")
    told = second.page.inner_text("[data-rv-note]")
    assert world.person("city_officer").name in told and "您的这一步没有保存" in told and "全覆盖类" in told
    assert kinds(small, 1)[0] == "coverage" and item(small, 1).version == kept
    second.press("5")
    assert kinds(small, 1)[0] == "limit"
    second.open(f"/programmes/review/{small.pk}/?item=2")
    first.open(path)
    second.press("7")
    first.press("8")
    assert kinds(small, 2)[0] == "build" and kinds(small, 1) == ["limit", "regulation"]
    assert first.errors == second.errors == []


def test_source_and_tree_of_the_whole_document_scroll_together(
    world: World, transactional_db: Any, live_server: Any, chromium: Any
) -> None:
    edition = upload(world.actor("city_officer"), CITY, seed(CITY))
    drafts = drafts_of(edition)
    who = Reviewer(chromium, live_server.url, world, "city_officer")
    who.open(f"/programmes/review/{edition.pk}/whole/#i{drafts[9].pk}")
    at_top = """n => { const side = document.querySelectorAll('[data-rv-side]')[n];
      const edge = side.getBoundingClientRect().top;
      return [...side.querySelectorAll('[data-rv-part]')]
        .filter(one => one.getBoundingClientRect().top - edge <= 2).pop().dataset.rvPart; }"""
    who.page.wait_for_timeout(200)
    assert [who.page.evaluate(at_top, n) for n in (0, 1)] == [str(drafts[9].pk)] * 2
    move = """([n, part]) => { const side = document.querySelectorAll('[data-rv-side]')[n];
      const one = side.querySelector(`[data-rv-part="${part}"]`);
      side.scrollTop += one.getBoundingClientRect().top - side.getBoundingClientRect().top; }"""
    for n, place in ((1, 20), (0, 3)):
        who.page.evaluate(move, [n, drafts[place].pk])
        who.page.wait_for_timeout(300)
        assert [who.page.evaluate(at_top, side) for side in (0, 1)] == [str(drafts[place].pk)] * 2
    who.page.evaluate(AXE.read_text("utf-8"))
    assert who.page.evaluate(AXE_RUN, AXE_RULES) == []
    assert who.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert who.errors == []
