"""The ledgers of the organisation as pages: whoever may sees them, whoever may not finds nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from anlan.kernel import registry
from anlan.org import staff_domain, territory_domain
from anlan.org.models import Person, Post, Region, Unit
from anlan.org.testing import World

OWN = [one.key for one in (*territory_domain.LEDGERS, *staff_domain.LEDGERS)]


def client_of(world: World, key: str) -> Client:
    client = Client()
    client.force_login(world.person(key))
    return client


@pytest.fixture
def administrator(world: World) -> Client:
    return client_of(world, "system_administrator")


@pytest.mark.parametrize("key", [key for key in OWN if key not in ("posts", "delegations")])
def test_list_row_and_form_open_for_the_system_administrator(administrator: Client, key: str) -> None:
    ledger = registry.ledger(key)
    assert administrator.get(f"/{key}/").status_code == 200
    row = ledger.model.objects.unscoped("test").first()
    if row is not None:
        assert administrator.get(f"/{key}/{row.pk}/").status_code == 200
        assert administrator.get(f"/{key}/{row.pk}/edit/").status_code == 200


@pytest.mark.parametrize("key", ["posts", "delegations"])
def test_posts_open_for_the_security_administrator(world: World, key: str) -> None:
    client = client_of(world, "security_administrator")
    assert client.get(f"/{key}/").status_code == 200
    assert client.get(f"/{key}/new/").status_code == 200


def test_a_stranger_finds_neither_list_nor_row(world: World) -> None:
    client = client_of(world, "stranger")
    region, unit = world.regions["361130"], world.unit("emergency", "361130")
    assert client.get(f"/regions/{region.pk}/").status_code == 404
    assert client.get(f"/units/{unit.pk}/").status_code == 404
    assert client.get(f"/people/{world.person('county_officer').pk}/").status_code == 404
    assert client.get(f"/posts/{world.post('county_officer').pk}/").status_code == 404
    assert "婺源" not in client.get("/units/").content.decode()
    assert "婺源" not in client.get("/pick/region?q=婺源").content.decode()


def test_the_pages_of_a_region_and_a_group_show_what_belongs_to_them(
    administrator: Client, world: World
) -> None:
    region = administrator.get(f"/regions/{world.regions['361130'].pk}/").content.decode()
    assert "婺源县应急管理局" in region
    group = registry.ledger("unit-groups").model.objects.unscoped("test").get(key="counties")
    assert "婺源县人民政府" in administrator.get(f"/unit-groups/{group.pk}/").content.decode()


def _form(**more: Any) -> dict[str, Any]:
    return {"idempotency_key": "", **more}


def test_a_unit_is_registered_through_the_form_inside_the_own_scope_only(world: World) -> None:
    client = client_of(world, "county_officer")
    change = _form(name="婺源县茶业局", short_name="茶业局", kind="government", aliases="茶叶局、茶局",
                   industries=["fire"], region=world.regions["361130"].pk)  # fmt: skip
    assert client.post("/units/new/", change).status_code == 302
    unit = Unit.objects.unscoped("test").get(name="婺源县茶业局")
    assert (unit.region_path, unit.aliases, unit.industries) == (
        world.regions["361130"].path, ["茶叶局", "茶局"], ["fire"],
    )  # fmt: skip
    outside = client.post("/units/new/", {**change, "name": "别处的局", "region": world.regions["360402"].pk})
    assert outside.status_code == 422
    assert "不在您的职责范围内" in outside.content.decode()
    assert not Unit.objects.unscoped("test").filter(name="别处的局").exists()


def test_a_zone_is_registered_under_its_city_with_its_path(administrator: Client, world: World) -> None:
    zone = _form(code="361100Z09", name="新设试验区", level="zone", parent=world.regions["361100"].pk)
    assert administrator.post("/regions/new/", zone).status_code == 302
    made = Region.objects.unscoped("test").get(code="361100Z09")
    assert (made.path, made.short_name) == ("360000/361100/361100Z09/", "新设试验区")
    county = {**zone, "code": "361188", "level": "county", "parent": world.regions["361130"].pk}
    wrong = administrator.post("/regions/new/", county)
    assert wrong.status_code == 422


def test_a_post_is_given_through_the_form_and_clashes_are_told(world: World) -> None:
    client = client_of(world, "security_administrator")
    person, unit = world.person("system_administrator"), world.unit("emergency", "360000")
    role = (
        registry.ledger("posts")
        .model.objects.unscoped("test")
        .get(person=world.person("audit_administrator"))
        .role
    )
    answer = client.post(
        "/posts/new/", _form(person=person.pk, role=role.pk, unit=unit.pk, valid_from="2023-07-01")
    )
    assert answer.status_code == 422
    assert "三员" in answer.content.decode()
    assert Post.objects.unscoped("test").filter(person=person).count() == 1


def test_people_are_registered_in_the_own_scope_only(world: World) -> None:
    client = client_of(world, "county_officer")
    inside, outside = world.unit("emergency", "361130"), world.unit("emergency", "360402")
    one = _form(username="hong", name="洪一", unit=inside.pk, is_active="on")
    assert client.post("/people/new/", one).status_code == 302
    made = Person.objects.get_by_natural_key("hong")
    assert not made.has_usable_password()
    assert made.region_path == inside.region_path
    refused = client.post("/people/new/", {**one, "username": "bie", "unit": outside.pk})
    assert refused.status_code == 422
    assert not Person.objects.filter(username="bie").exists()


def test_an_officer_does_not_change_an_administrator(world: World) -> None:
    administrator = world.person("audit_administrator")
    client = client_of(world, "province_officer")
    change = _form(username="shenji", name="改名", unit=administrator.unit_id, version=administrator.version)
    assert client.post(f"/people/{administrator.pk}/edit/", change).status_code in (403, 422)
    administrator.refresh_from_db()
    assert administrator.name == "熊伟" and administrator.is_active


def test_a_post_is_handed_over_on_its_page(world: World) -> None:
    client, post = client_of(world, "county_officer"), world.post("county_inspector")
    assert f"/posts/{post.pk}/hand-over/" in client.get(f"/posts/{post.pk}/").content.decode()
    page = client.get(f"/posts/{post.pk}/hand-over/")
    assert page.status_code == 200 and "办理交接" in page.content.decode()
    wrong = client.post(
        page.request["PATH_INFO"], {"person": world.person("stranger").pk, "day": "2023-07-01"}
    )
    assert wrong.status_code == 422 and "不在您的职责范围内" in wrong.content.decode()
    early = client.post(
        page.request["PATH_INFO"], {"person": world.person("county_officer").pk, "day": "2022-01-01"}
    )
    assert early.status_code == 422 and "上岗日期" in early.content.decode()
    heir = Person.objects.create_user("xinren", None, name="新人", unit=post.unit)
    done = client.post(page.request["PATH_INFO"], {"person": heir.pk, "day": "2023-07-01"}, follow=True)
    assert "由新人接任" in done.content.decode() and "交出" in done.content.decode()
    assert Post.objects.unscoped("test").filter(person=heir).count() == 1


def test_the_holder_lends_the_own_post_on_its_page(world: World) -> None:
    client, post = client_of(world, "leader"), world.post("leader")
    days = {"person": world.person("city_officer").pk, "start": "2023-07-01", "end": "2023-07-08"}
    answer = client.post(f"/posts/{post.pk}/delegate/", days)
    assert answer.status_code == 302
    assert world.actor("city_officer", date(2023, 7, 2)).seats[-1].role == "leader"
    assert client.post(f"/posts/{post.pk}/delegate/", {**days, "end": "2023-07-01"}).status_code == 422


def test_pages_of_acts_are_closed_to_whoever_may_not(world: World) -> None:
    post, region = world.post("county_inspector"), world.regions["361130"]
    for key in ("stranger", "enterprise_user", "county_inspector"):
        client = client_of(world, key)
        assert client.get(f"/posts/{post.pk}/hand-over/").status_code == 404
        assert client.get(f"/posts/{post.pk}/end/").status_code == 404
        assert client.get(f"/regions/{region.pk}/close/").status_code == 404
    assert client_of(world, "stranger").get(f"/posts/{post.pk}/delegate/").status_code == 404


def test_a_region_is_closed_on_its_page(administrator: Client, world: World) -> None:
    old, heir = world.regions["361130"], world.regions["361102"]
    address = f"/regions/{old.pk}/close/"
    assert administrator.post(address, {"successor": heir.pk, "day": "2023-07-01"}).status_code == 422
    change = {"successor": heir.pk, "day": "2023-07-01", "source": "假设的批复"}
    done = administrator.post(address, change, follow=True).content.decode()
    assert "须重新安排" in done and "撤销" in done
    assert Region.objects.unscoped("test").get(pk=old.pk).successor_id == heir.pk


def test_an_office_does_not_end_under_its_people(world: World) -> None:
    client, unit = client_of(world, "county_officer"), world.unit("emergency", "361130")
    change = _form(
        name=unit.name, kind=unit.kind, region=unit.region_id, valid_to="2023-07-01", version=unit.version
    )
    answer = client.post(f"/units/{unit.pk}/edit/", change)
    assert answer.status_code == 422 and "1 个岗位在任" in answer.content.decode()
    moved = client.post(
        f"/units/{unit.pk}/edit/", {**change, "valid_to": "", "region": world.regions["361130100"].pk}
    )
    assert moved.status_code == 422 and "不能改区划" in moved.content.decode()
