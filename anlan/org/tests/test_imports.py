"""Words of a sheet become regions, units and people, and never those of a stranger."""

from __future__ import annotations

from typing import Any

import pytest

from anlan.kernel.exchange import resolve
from anlan.kernel.exchange.resolve import ABSENT, Tidied, Wrong
from anlan.org.models import Person, Post, Region, Unit
from anlan.org.testing import World


def place(world: World, key: str, *texts: str) -> dict[str, Any]:
    return resolve.resolve(world.actor(key), Unit._meta.get_field("region_path"), texts)


@pytest.mark.parametrize(
    "text",
    [
        "婺源县",
        "361130",
        "婺源",
        "上饶市婺源县",
        "江西省上饶市婺源县",
        "江西上饶婺源",
        "江西省/上饶市/婺源县",
        " 婺源县",
    ],
)
def test_a_county_is_understood_in_every_usual_spelling(world: World, text: str) -> None:
    found = place(world, "province_officer", text)[text]
    path = found.value if isinstance(found, Tidied) else found
    assert path == world.regions["361130"].path
    assert isinstance(found, Tidied) is (text not in ("婺源县", "361130"))


def test_a_chain_that_does_not_hold_is_no_place(world: World) -> None:
    assert place(world, "province_officer", "九江市婺源县")["九江市婺源县"] is ABSENT


def test_a_former_name_is_answered_with_the_name_of_today(world: World) -> None:
    found = place(world, "city_officer", "上饶县")["上饶县"]
    assert isinstance(found, Wrong)
    assert found.proposal == "广信区" and "2019-07-31" in found.message


def test_a_name_of_several_places_asks_for_the_place_above(world: World) -> None:
    for code, parent in (("360402100", "360402"), ("361102100", "361102")):
        Region(code=code, name="河口镇", short_name="河口", level="town", parent=world.regions[parent]).save()
    found = place(world, "province_officer", "河口镇", "信州区河口镇")
    assert isinstance(found["河口镇"], Wrong) and "2 个" in found["河口镇"].message
    assert found["河口镇"].proposal == "濂溪区河口镇"
    assert found["信州区河口镇"].value.endswith("361102100/")


def test_a_stranger_reads_no_place_unit_or_person_of_others(world: World) -> None:
    stranger = world.actor("stranger")
    assert place(world, "stranger", "婺源县", "361130") == {"婺源县": ABSENT, "361130": ABSENT}
    unit = resolve.resolve(stranger, Post._meta.get_field("unit"), ["婺源县应急管理局"])
    person = resolve.resolve(stranger, Post._meta.get_field("person"), ["汪海波", "xian"])
    assert {*unit.values(), *person.values()} == {ABSENT}


def test_an_office_is_understood_by_short_name_alias_and_letter(world: World) -> None:
    bureau = world.unit("emergency", "361130")
    field = Post._meta.get_field("unit")
    found = resolve.resolve(
        world.actor("county_officer"), field, ["婺源县应急管理局", "婺源县应急局", "县应急局", "县没有的局"]
    )
    assert found["婺源县应急管理局"] == bureau.pk
    assert found["婺源县应急局"].value == found["县应急局"].value == bureau.pk
    assert found["县没有的局"] is ABSENT
    wide = resolve.resolve(world.actor("province_officer"), field, ["县应急局"])
    assert wide["县应急局"] is ABSENT, "the province has no county of its own"


def test_two_people_of_one_name_ask_for_the_user_name(world: World) -> None:
    Person.objects.create_user("zhouming2", None, name="周明", unit=world.unit("emergency", "361100"))
    found = resolve.resolve(world.actor("city_officer"), Post._meta.get_field("person"), ["周明", "shi"])
    assert isinstance(found["周明"], Wrong) and "登录名" in found["周明"].message
    assert found["shi"] == world.person("city_officer").pk
