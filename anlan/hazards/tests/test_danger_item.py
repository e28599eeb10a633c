"""Dangers and the items of the key points that they serve: proposed by rule, settled by people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from anlan.hazards.actions import danger_item
from anlan.hazards.models import HiddenDanger
from anlan.hazards.rules.danger_item import Candidate, propose, words_of
from anlan.hazards.tests.danger_case import TODAY, XINZHOU, firm, found, world
from anlan.kernel import clock
from anlan.kernel.writing import Refused
from anlan.org.loading import load_industries
from anlan.org.testing import World
from anlan.programmes.models import Edition, Item, Obligation, Programme, SourceText

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SignIn = Callable[[str], Client]

ITEMS = [
    Candidate(
        9,
        "着力开展重大隐患专项整治",
        "组织重大隐患集中攻坚，燃气、消防全覆盖。",
        ("dangers-major-closing-rate",),
    ),
    Candidate(11, "深化隐患排查治理", "督促企业自查隐患。", ("dangers-self-found",)),
    Candidate(16, "抓好城镇燃气安全", "餐饮场所燃气报警装置全部安装。", ()),
    Candidate(19, "严格烟花爆竹安全监管", "整治下店上宅。", ("activities-check",)),
    Candidate(20, "强化消防安全", "畅通消防通道。", ()),
]
PROPOSED = (
    ("the industry in the title before the figure", "fireworks", "烟花爆竹", True, 19),
    ("the title before a mere mention", "urban-gas", "城镇燃气", True, 16),
    ("no industry told: a major one by figures of major ones", "tourism", "旅游（玻璃栈道等）", True, 9),
    ("no industry told: an ordinary one by figures of all", "tourism", "旅游（玻璃栈道等）", False, 11),
)


@pytest.mark.parametrize(
    ("slug", "name", "major", "item"), [one[1:] for one in PROPOSED], ids=[one[0] for one in PROPOSED]
)
def test_which_item_is_proposed(slug: str, name: str, major: bool, item: int) -> None:
    assert propose(ITEMS, words_of(slug, name), major=major) == item


def test_what_nothing_speaks_of_is_proposed_nowhere() -> None:
    assert propose(ITEMS[3:], words_of("tourism", "旅游（玻璃栈道等）"), major=True) is None
    assert propose(ITEMS[3:], ("密室逃脱",), ("消防",)) == 20


@pytest.fixture
def house(db: Any, settings: Any, tmp_path: Any) -> Iterator[World]:
    """The cast on the demonstration's day, with the industries of the house."""
    settings.FILES = tmp_path
    with clock.standing_on(TODAY):
        made = world()
        load_industries()
        yield made


@pytest.fixture
def signed_in(house: World) -> SignIn:
    """signed_in("city_officer"): that person's browser."""

    def client_of(key: str) -> Client:
        client = Client()
        client.force_login(house.person(key), backend=BACKEND)
        return client

    return client_of


def programme(house: World, region: str, number: str, items: dict[str, tuple[str, str]]) -> dict[str, Item]:
    """A running document of 2023 with these items {no: (title, measure)}."""
    issuer = house.unit("safety-committee-office", region)
    made = Programme(issuer=issuer, year=2023, title=f"{number}要点", number=number, state="running")
    made.save()
    text = SourceText(
        region_path=issuer.region_path, name="要点", media_type="text/plain", text=number, digest=number
    )
    text.save()
    edition = Edition(programme=made, no=1, text=text, state="published")
    edition.save()
    found_items = {}
    for place, (no, (title, measure)) in enumerate(items.items()):
        one = Item(
            programme=made, edition=edition, position=place, no=no, title=title, text=title, start=0, end=9
        )
        one.save()
        if measure:
            Obligation(
                item=one, ref=no, position=0, kind="quota", quote=title, start=0, end=9, measure=measure
            ).save()
        found_items[no] = one
    return found_items


def again(row: HiddenDanger) -> HiddenDanger:
    """As it is stored now."""
    return HiddenDanger.objects.unscoped("test").get(pk=row.pk)


@pytest.fixture
def documents(house: World) -> dict[str, dict[str, Item]]:
    """The province's and the city's document."""
    return {
        "province": programme(
            house, "360000", "赣安〔2023〕1号", {"5": ("消防安全", ""), "6": ("道路交通安全", "")}
        ),
        "city": programme(
            house, "361100", "饶安发〔2023〕3号",
            {"9": ("重大隐患专项整治", "dangers-major-found"), "19": ("强化消防安全", "")},
        ),
    }  # fmt: skip


def test_the_rule_ties_by_the_nearest_document_of_the_year(
    house: World, documents: dict[str, dict[str, Item]]
) -> None:
    officer = house.actor("city_officer")
    there = firm(name="信州客运", region_path=XINZHOU, industry="road-transport")
    fire = found(officer, enterprise_id=1)
    road = found(officer, enterprise_id=there.pk)
    old = found(officer, enterprise_id=1, found_on=date(2022, 12, 31))
    danger_item.tie(officer, road, None)
    assert danger_item.catch_up() == 1 and danger_item.catch_up() == 0
    assert again(fire).item_id == documents["city"]["19"].pk and again(fire).item_by == "rule"
    assert again(road).item_by == "cleared" and again(old).item_id is None
    # A new edition ends the item: what the rule had tied is proposed anew, what a person tied stays.
    ended = documents["city"]["19"]
    own = found(officer, enterprise_id=1)
    danger_item.tie(officer, own, ended)
    Item.objects.unscoped("test").filter(pk=ended.pk).update(ended=ended.edition)
    danger_item.catch_up()
    assert again(fire).item_id == documents["province"]["5"].pk
    assert again(own).item_id == ended.pk and again(own).item_by == "person"


def test_an_officer_chooses_and_the_item_shows_what_hangs_on_it(
    house: World, signed_in: SignIn, documents: dict[str, dict[str, Item]]
) -> None:
    row, item = found(house.actor("county_inspector"), enterprise_id=1), documents["city"]["9"]
    client = signed_in("county_officer")
    url = reverse("danger-item", args=[row.pk])
    page = unescape(client.get(url).content.decode())
    assert '建议 <span class="song">第19条' in page and "道路交通安全" in page
    assert client.post(url, {"item": item.pk})["Location"] == reverse("danger", args=[row.pk])
    page = unescape(client.get(reverse("danger", args=[row.pk])).content.decode())
    assert "饶安发〔2023〕3号 第9条" in page and reverse("programme-item", args=[item.pk]) in page
    shown = unescape(client.get(reverse("programme-item", args=[item.pk])).content.decode())
    assert row.description in shown and f"/dangers/?item={item.pk}" in shown
    listed = client.get(reverse("danger-list"), {"item": item.pk}).content.decode()
    assert row.description in listed
    client.post(url, {"item": "none"})
    assert (again(row).item_id, again(row).item_by) == (None, "cleared")
    offered = client.get(reverse("danger-items"), {"q": "第19条"}).json()
    assert [one["label"] for one in offered] == ["第19条 强化消防安全"]


def test_only_offices_that_see_both_choose(
    house: World, signed_in: SignIn, documents: dict[str, dict[str, Item]]
) -> None:
    row, url = found(house.actor("county_inspector"), enterprise_id=1), ""
    url = reverse("danger-item", args=[row.pk])
    for key in ("stranger", "enterprise_user", "leader"):
        assert signed_in(key).get(url).status_code == 404, key
    with pytest.raises(Refused, match="由监管部门或安委办确定"):
        danger_item.tie(house.actor("enterprise_user"), row, documents["city"]["9"])
    assert (
        "对应要点" not in signed_in("enterprise_user").get(reverse("danger", args=[row.pk])).content.decode()
    )
    shown = signed_in("stranger").get(reverse("danger-items")).json()
    assert {one["note"] for one in shown} == {"赣安〔2023〕1号"}
