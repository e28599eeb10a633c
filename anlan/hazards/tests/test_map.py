"""The map shows to each reader what the ledgers show, no more and no less, within its bounds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest
from django.test import Client

from anlan.enterprises.models import Enterprise, Site
from anlan.hazards import map_shapes, reads_map
from anlan.hazards.map_layers import LAYERS, Layer
from anlan.hazards.models import HiddenDanger, MajorHazardInstallation
from anlan.hazards.reads_map import MapView
from anlan.hazards.rules.map_grid import MOST_CELLS, Box
from anlan.hazards.tests.danger_case import JIUJIANG, TODAY, WUYUAN, XINZHOU, firm
from anlan.kernel import clock, registry
from anlan.kernel.listing import Listing
from anlan.org.testing import World, make_world

pytestmark = pytest.mark.django_db
SHANGRAO = Box(116.2, 27.8, 118.5, 29.8)
EVERYWHERE = "box=113,24,119,31"
ROLES = ("committee-officer", "leader", "department-officer", "inspector", "enterprise-user")
SEES = ["enterprises.*", "facilities.view", "installations.*", "dangers.*"]


@pytest.fixture
def house(db: Any, settings: Any, tmp_path: Path) -> Iterator[World]:
    """The cast, who may read all layers; no map file of the user's own."""
    settings.FILES = settings.HOME = tmp_path
    with clock.standing_on(TODAY):
        yield make_world({role: SEES for role in ROLES})


@pytest.fixture
def firms(house: World) -> list[Enterprise]:
    """Two in 婺源 (one late with its licence), one without coordinates, one in 信州, one in 九江."""
    given: list[tuple[str, str, float | None, float | None, dict[str, Any]]] = [
        ("婺源甲厂", WUYUAN, 117.86, 29.25, {"papers_until": date(2023, 1, 1)}),
        ("婺源乙厂", WUYUAN, 117.87, 29.26, {"status": "suspended"}),
        ("婺源丙厂", WUYUAN, None, None, {}),
        ("信州甲厂", XINZHOU, 117.97, 28.45, {"industry": "gas"}),
        ("濂溪甲厂", JIUJIANG, 116.0, 29.6, {}),
    ]
    made = []
    for name, path, east, north, more in given:
        where = {"longitude": Decimal(str(east)), "latitude": Decimal(str(north))} if east and north else {}
        row = firm(name=name, region_path=path, **where)
        Enterprise.objects.unscoped("test").filter(pk=row.pk).update(**more)
        made.append(row)
    return made


def layer(key: str) -> Layer:
    """One layer."""
    return next(one for one in LAYERS if one.key == key)


def seen(house: World, who: str, key: str = "enterprises", **query: str) -> MapView:
    """A layer as somebody of the cast sees it."""
    return MapView(layer(key), house.actor(who), query)


def sign_in(client: Client, house: World, who: str) -> Client:
    """A browser of somebody of the cast."""
    client.force_login(house.person(who), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def numbers(view: MapView) -> dict[str, int]:
    """{label of a line: rows}, without empty lines."""
    return {one.label: one.total for one in view.counts if one.total}


def test_every_reader_counts_their_own_rows(house: World, firms: list[Enterprise]) -> None:
    assert numbers(seen(house, "province_officer")) == {"上饶": 4, "九江": 1}
    assert numbers(seen(house, "city_officer")) == {"婺源": 3, "信州": 1}
    assert numbers(seen(house, "stranger")) == {"濂溪": 1}
    county = seen(house, "county_officer")
    assert sum(one.total for one in county.counts) == 3


def test_a_stranger_gets_no_point_no_card_and_no_place(
    house: World, firms: list[Enterprise], client: Client
) -> None:
    sign_in(client, house, "stranger")
    told = json.loads(client.get(f"/hazard-map/points/?layer=enterprises&zoom=10&{EVERYWHERE}").content)
    assert [one[2] for one in told["cells"]] == [1] and told["cells"][0][0] == 116.0
    dots = json.loads(client.get(f"/hazard-map/points/?layer=enterprises&dots=1&{EVERYWHERE}").content)
    assert [one[3] for one in dots["dots"]] == [firms[4].pk]
    assert client.get(f"/hazard-map/card/enterprises/{firms[0].pk}/").status_code == 404
    assert client.get(f"/hazard-map/card/enterprises/{firms[4].pk}/").status_code == 200
    assert "婺源" not in client.get(f"/hazard-map/place/?layer=enterprises&{EVERYWHERE}").content.decode()


def test_a_firms_user_sees_the_own_firm_alone(house: World, firms: list[Enterprise], client: Client) -> None:
    own = firm(pk=1, name="本企业", region_path=WUYUAN, longitude=Decimal("117.5"), latitude=Decimal("29.2"))
    view = seen(house, "enterprise_user")
    assert sum(one.total for one in view.counts) == 1 and view.root == WUYUAN
    assert [one[3] for one in view.dots(SHANGRAO).rows] == [own.pk]


def test_administrators_find_no_map(house: World, client: Client) -> None:
    sign_in(client, house, "system_administrator")
    assert client.get("/hazard-map/").status_code == 404
    assert client.get("/hazard-map/shapes/361100/").status_code == 404


def test_clusters_hold_every_placed_row_once_at_every_zoom(house: World, firms: list[Enterprise]) -> None:
    view = seen(house, "province_officer")
    for zoom in range(27):
        found = view.clusters(Box(113, 24, 119, 31), zoom)
        assert found.rows == 4 and len(found.cells) <= MOST_CELLS
    assert len(view.clusters(Box(113, 24, 119, 31), 0).cells) < 4
    near = view.clusters(Box(117.8, 29.2, 117.9, 29.3), 17).cells
    assert {one[5] for one in near} == {firms[0].pk, firms[1].pk}, "apart from each other, each is named"


def test_a_cluster_is_marked_by_its_worst_row(house: World, firms: list[Enterprise]) -> None:
    view = seen(house, "city_officer", region_path=WUYUAN)
    (cell,) = view.clusters(SHANGRAO, 2).cells
    assert cell[2:6] == [2, 0, 1, 0], "two rows, the worst mark is the first, one row has it, no single row"
    assert cell[6:] == [117.86, 29.25, 117.87, 29.26]


def test_dots_stop_at_their_bound_and_say_so(
    house: World, firms: list[Enterprise], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reads_map, "MOST_DOTS", 2)
    found = seen(house, "province_officer").dots(Box(113, 24, 119, 31))
    assert len(found.rows) == 2 and found.more
    monkeypatch.setattr(reads_map, "MOST_DOTS", 4)
    found = seen(house, "province_officer").dots(Box(113, 24, 119, 31))
    assert len(found.rows) == 4 and not found.more
    assert seen(house, "province_officer").dots(Box(100, 1, 101, 2)).rows == []


@pytest.mark.parametrize("query", ["", "&industry=gas", "&status=suspended", "&papers=expired", "&q=甲厂"])
def test_every_number_of_the_page_is_the_ledgers_count(
    house: World, firms: list[Enterprise], client: Client, query: str
) -> None:
    sign_in(client, house, "city_officer")
    page = client.get(f"/hazard-map/?layer=enterprises{query}").content.decode()
    links = re.findall(r'<a class="fx[^"]*" href="(/enterprises/[^"]*)">([\d,]+)</a>', page)
    assert len(links) > 8
    for url, number in links:
        path = dict(part.split("=", 1) for part in unescape(url).partition("?")[2].split("&") if part)
        decoded = {key: unquote_plus(value) for key, value in path.items()}
        found = Listing(registry.ledger("enterprises"), house.actor("city_officer"), decoded)
        assert found.filtered.count() == int(number.replace(",", "")), url


def test_rows_without_coordinates_are_counted_and_named(
    house: World, firms: list[Enterprise], client: Client
) -> None:
    sign_in(client, house, "city_officer")
    page = client.get("/hazard-map/?layer=enterprises").content.decode()
    assert "家没有坐标，不在图上" in page
    url = unescape(re.search(r'href="([^"]*placed=0[^"]*)">打开名单', page)[1])  # type: ignore[index]
    listed = client.get(url).content.decode()
    assert "婺源丙厂" in listed and "婺源甲厂" not in listed


def test_the_window_of_a_cluster_opens_as_rows_of_the_ledger(
    house: World, firms: list[Enterprise], client: Client
) -> None:
    sign_in(client, house, "city_officer")
    told = client.get("/hazard-map/place/?layer=enterprises&box=117.8,29.2,117.9,29.3").content.decode()
    assert "此处 2 家" in told
    url = unescape(re.search(r'map-card-go"><a href="([^"]*)"', told)[1])  # type: ignore[index]
    listed = client.get(url).content.decode()
    assert "婺源甲厂" in listed and "婺源乙厂" in listed and "信州甲厂" not in listed


def test_a_danger_lies_at_its_own_spot_else_at_the_site_else_at_the_firm(
    house: World, firms: list[Enterprise]
) -> None:
    site = Site(enterprise=firms[0], name="二厂", longitude=Decimal("117.5"), latitude=Decimal("29.1"))
    site.save()
    given: list[dict[str, Any]] = [
        {"longitude": Decimal("117.4"), "latitude": Decimal("29.0"), "site": site},
        {"site": site},
        {},
        {"enterprise": firms[2]},
    ]
    for more in given:
        values = {"enterprise": firms[0], "description": "线路老化", "found_on": TODAY, **more}
        HiddenDanger(region_path=WUYUAN, industry="fire", **values).save()
    view = seen(house, "county_officer", "dangers")
    assert sorted(one[0] for one in view.dots(SHANGRAO).rows) == [117.4, 117.5, 117.86]
    assert sum(one.unplaced for one in view.counts) == 1
    nowhere = Listing(registry.ledger("dangers"), house.actor("county_officer"), {"placed": "0"})
    assert [row.enterprise_id for row in nowhere.filtered] == [firms[2].pk]
    within = Listing(
        registry.ledger("dangers"), house.actor("county_officer"), {"within": "117.45,29,117.9,30"}
    )
    assert within.filtered.count() == 2


def test_a_mixed_pair_of_coordinates_is_never_made(house: World, firms: list[Enterprise]) -> None:
    site = Site(enterprise=firms[0], name="半个坐标", longitude=Decimal("117.5"))
    site.save()
    unit = MajorHazardInstallation(enterprise=firms[0], site=site, name="罐区", kind="tanks")
    unit.save()
    view = seen(house, "county_officer", "installations")
    assert view.dots(SHANGRAO).rows == [[117.86, 29.25, 4, unit.pk]]


def test_a_major_danger_outranks_a_late_one_and_closed_ones_are_hollow(
    house: World, firms: list[Enterprise]
) -> None:
    given: list[dict[str, Any]] = [
        {"level": "major", "due_on": date(2023, 6, 1)},
        {"due_on": date(2023, 6, 1)},
        {"due_on": date(2023, 8, 1)},
        {"state": "closed", "closed_on": TODAY},
    ]
    for more in given:
        values = {"description": "线路老化", "found_on": date(2023, 5, 1), **more}
        HiddenDanger(region_path=WUYUAN, industry="fire", enterprise=firms[0], **values).save()
    view = seen(house, "county_officer", "dangers")
    keys = [
        view.layer.marks[int(rank)].key
        for _, _, rank, _ in sorted(view.dots(SHANGRAO).rows, key=lambda one: one[3])
    ]
    assert keys == ["major", "late", "open", "others"]


@pytest.mark.parametrize("box", ["", "1,2,3", "200,0,201,1", "118,27,116,29", "a,b,c,d"])
def test_a_window_that_is_none_is_not_answered(house: World, client: Client, box: str) -> None:
    sign_in(client, house, "city_officer")
    assert client.get(f"/hazard-map/points/?layer=enterprises&box={box}").status_code == 404
    assert client.get(f"/hazard-map/points/?layer=nothing&{EVERYWHERE}").status_code == 404


def test_outlines_come_from_the_package_and_are_called_schematic(house: World, client: Client) -> None:
    sign_in(client, house, "city_officer")
    answer = client.get("/hazard-map/shapes/361100/")
    told = json.loads(answer.content)
    names = {one["properties"]["name"] for one in told["features"]}
    assert {"上饶市", "婺源县", "信州区"} <= names and "濂溪区" not in names
    assert told["label"] == "示意图" and "示意图" in client.get("/hazard-map/").content.decode()
    again = client.get("/hazard-map/shapes/361100/", headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304


def own_map(home: Path, text: str) -> None:
    """A map file of the user's own."""
    (home / "map").mkdir(exist_ok=True)
    (home / "map" / "regions.geojson").write_text(text, "utf-8")


def test_an_own_map_takes_the_place_of_the_package(house: World, tmp_path: Path, client: Client) -> None:
    ring = [[117.0, 29.0], [118.0, 29.0], [118.0, 30.0], [117.0, 30.0], [117.0, 29.0]]
    feature = {
        "type": "Feature", "properties": {"code": "361130", "name": "婺源"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }  # fmt: skip
    told = {"type": "FeatureCollection", "label": "审图号 赣S（2023）1号", "features": [feature]}
    own_map(tmp_path, json.dumps(told))
    found = map_shapes.shapes_for("361100")
    assert [one.name for one in found.shapes] == ["婺源"] and found.label == "审图号 赣S（2023）1号"
    sign_in(client, house, "city_officer")
    assert "审图号 赣S（2023）1号" in client.get("/hazard-map/").content.decode()


@pytest.mark.parametrize("text", ["{", "[]", '{"features": []}', '{"features": [{"properties": {}}]}'])
def test_an_own_map_that_cannot_be_read_is_named_and_the_package_is_used(
    house: World, tmp_path: Path, client: Client, text: str
) -> None:
    own_map(tmp_path, text)
    sign_in(client, house, "city_officer")
    page = client.get("/hazard-map/").content.decode()
    assert "自备地图 regions.geojson 没有采用" in page and "示意图" in page
