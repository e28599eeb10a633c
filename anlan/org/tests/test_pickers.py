"""Pickers find by name, initials, pinyin and code, in that order, and nothing outside the actor's scope."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import RequestFactory

from anlan.kernel.scope import PUBLIC, Actor
from anlan.org import pickers
from anlan.org.models import Region
from anlan.org.testing import World


def ask(view: Any, actor: Actor, **query: str) -> list[dict[str, Any]]:
    request = RequestFactory().get("/", query)
    request.actor = actor  # type: ignore[attr-defined]
    found: list[dict[str, Any]] = json.loads(view(request).content)
    return found


def labels(found: list[dict[str, Any]]) -> list[str]:
    return [one["label"] for one in found]


@pytest.mark.parametrize(
    "text", ["婺源县", "婺源", "wyx", "wuyuan", "wuyuanxian", "WUYUAN", "361130", "36113", " 源县 "],
    ids=["name", "short", "initials", "pinyin", "whole pinyin", "capitals", "code", "code begins", "inside"],
)  # fmt: skip
def test_a_county_is_found_however_it_is_typed(world: World, text: str) -> None:
    found = ask(pickers.pick_region, world.actor("province_officer"), q=text)
    assert "婺源县" in labels(found)


def test_exact_comes_before_beginning_before_inside(world: World) -> None:
    city = world.regions["361100"]
    for code, name in (("361198", "上饶"), ("361199", "新上饶县")):
        Region(code=code, name=name, short_name=name, level="county", parent=city).save()
    found = labels(ask(pickers.pick_region, world.actor("province_officer"), q="上饶"))
    assert found[:2] == ["上饶市", "上饶"]
    assert found.index("上饶经济技术开发区") < found.index("新上饶县")
    assert "上饶县" not in found, "ended counties are offered for their own days only"


def test_another_day_offers_the_regions_of_that_day(world: World) -> None:
    found = labels(ask(pickers.pick_region, world.actor("province_officer"), q="上饶县", day="2014-06-30"))
    assert found == ["上饶县"]


def test_an_alias_is_found(world: World) -> None:
    region = world.regions["361130100"]
    region.aliases = ["蚺城老街"]
    region.save()
    assert labels(ask(pickers.pick_region, world.actor("city_officer"), q="蚺城")) == ["紫阳镇"]


def test_neither_search_nor_tree_leads_out_of_the_scope(world: World) -> None:
    stranger = world.actor("stranger")
    assert ask(pickers.pick_region, stranger, q="婺源") == []
    assert ask(pickers.pick_region, stranger, q="江西") == []
    assert ask(pickers.pick_region, stranger, under=str(world.regions["361100"].pk)) == []
    assert labels(ask(pickers.pick_region, stranger)) == ["九江市"]
    assert ask(pickers.pick_unit, stranger, q="婺源") == []
    assert ask(pickers.pick_unit, stranger, region=world.regions["361130"].path) == []
    assert ask(pickers.pick_person, stranger, q="汪海波") == []
    assert ask(pickers.pick_person, stranger, unit=str(world.unit("emergency", "361130").pk)) == []


def test_the_note_names_only_parents_that_may_be_seen(world: World) -> None:
    wide = ask(pickers.pick_region, world.actor("province_officer"), q="紫阳镇")
    narrow = ask(pickers.pick_region, world.actor("county_officer"), q="紫阳镇")
    assert wide[0]["note"] == "江西 / 上饶 / 婺源"
    assert narrow[0]["note"] == "婺源"


def test_the_public_and_a_firm_pick_nothing(world: World) -> None:
    for actor in (PUBLIC, world.actor("enterprise_user")):
        for view in (pickers.pick_region, pickers.pick_unit):
            assert ask(view, actor) == [] and ask(view, actor, q="上饶") == []
    assert ask(pickers.pick_person, PUBLIC, q="周明") == []
    assert ask(pickers.pick_industry, PUBLIC) == [] and ask(pickers.pick_industry, PUBLIC, q="矿山") == []


def test_branches_open_one_by_one(world: World) -> None:
    actor = world.actor("province_officer")
    top = ask(pickers.pick_region, actor)
    assert labels(top) == ["江西省"] and top[0]["leaf"] is False
    cities = ask(pickers.pick_region, actor, under=top[0]["id"])
    assert labels(cities) == ["赣江新区", "九江市", "上饶市"]
    assert [one["leaf"] for one in cities] == [True, False, False]


def test_paths_may_be_the_value(world: World) -> None:
    actor = world.actor("city_officer")
    top = ask(pickers.pick_region, actor, value="path")
    assert top[0]["id"] == "360000/361100/"
    below = ask(pickers.pick_region, actor, value="path", under=top[0]["id"])
    assert "360000/361100/361130/" in [one["id"] for one in below]


def test_rubbish_is_answered_with_nothing(world: World) -> None:
    actor = world.actor("city_officer")
    for query in (
        {"under": "x"},
        {"under": "1' OR 1=1"},
        {"q": "%%%"},
        {"q": "_" * 900},
        {"q": "\U0010ffff"},
    ):
        assert ask(pickers.pick_region, actor, **query) == []
    assert ask(pickers.pick_unit, actor, under="x") == []
    assert ask(pickers.pick_industry, actor, under="x") == []


def test_units_are_found_by_the_initials_inside_their_names(world: World) -> None:
    actor = world.actor("city_officer")
    assert "婺源县应急管理局" in labels(ask(pickers.pick_unit, actor, q="yjgl"))
    assert labels(ask(pickers.pick_unit, actor, q="wyxyjj")) == ["婺源县应急管理局"]
    assert labels(ask(pickers.pick_unit, actor, q="婺源县应急"))[0] == "婺源县应急管理局"
    offices = ask(pickers.pick_unit, actor, q="上饶", kind="committee_office")
    assert labels(offices) == ["上饶市安全生产委员会办公室", "上饶经济技术开发区安全生产委员会办公室"]


def test_industries_open_as_a_tree_and_by_name(world: World) -> None:
    actor = world.actor("city_officer")
    top = ask(pickers.pick_industry, actor, value="slug")
    mine = next(one for one in top if one["id"] == "mine")
    assert mine["leaf"] is False
    assert "coal-mine" in [one["id"] for one in ask(pickers.pick_industry, actor, value="slug", under="mine")]
    assert [one["id"] for one in ask(pickers.pick_industry, actor, value="slug", q="wkk")] == ["tailings"]


def test_people_are_found_by_initials(world: World) -> None:
    assert labels(ask(pickers.pick_person, world.actor("city_officer"), q="zm")) == ["周明"]
    assert labels(ask(pickers.pick_person, world.actor("city_officer")))[0] == "周明"


def test_a_search_costs_at_most_six_queries(world: World, django_assert_max_num_queries: Any) -> None:
    actor = world.actor("province_officer")
    with django_assert_max_num_queries(6):
        ask(pickers.pick_region, actor, q="上饶")
