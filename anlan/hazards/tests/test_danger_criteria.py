"""Dangers and the criteria of their place and day; a criterion tells what was found by it."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from anlan.hazards.models import HiddenDanger
from anlan.kernel import clock
from anlan.kernel.testing import make_row
from anlan.kernel.writing import write
from anlan.org.testing import World, make_world
from anlan.standards import writing
from anlan.standards.models import Criterion, Standard

pytestmark = pytest.mark.django_db
TODAY, SINCE, NEWER = date(2023, 7, 5), date(2023, 5, 1), date(2023, 6, 1)
COUNTY, NEIGHBOUR = "360000/361100/361130/", "360000/361100/361102/"
ALLAUTH = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def row(world: World) -> Criterion:
    with clock.standing_on(TODAY):
        who = world.actor("city_officer")
        told = {"title": "某市景区安全管理办法", "valid_from": SINCE}
        law = write(who, Standard(**writing.first_values(Standard, who)), told, "add").row
        told = {"text": "玻璃栈道旺季未限流", "industry": "tourism", "standard": law, "valid_from": SINCE}
        made: Criterion = write(who, Criterion(**writing.first_values(Criterion, who)), told, "add").row
    return made


def danger(path: str, **more: object) -> HiddenDanger:
    told = {"description": "栈道旺季未限流", "industry": "tourism", "level": "ordinary", **more}
    made: HiddenDanger = make_row(HiddenDanger, region_path=path, **told)
    return made


def test_a_criterion_tells_what_was_found_by_it_as_far_as_one_sees(
    world: World, client: Client, row: Criterion
) -> None:
    with clock.standing_on(TODAY):
        found = [
            danger(path, criterion=row, level="major", basis="criterion") for path in (COUNTY, NEIGHBOUR)
        ]
        for who, number in (("city_officer", 2), ("county_officer", 1), ("stranger", 0)):
            client.force_login(world.person(who), backend=ALLAUTH)
            page = client.get(f"/criteria/{row.pk}/").content.decode()
            assert (f'criterion={row.pk}">{number}</a>' in page) == bool(number)
            assert ("还没有据此判定的" in page) == (number == 0)
        client.force_login(world.person("county_officer"), backend=ALLAUTH)
        listed = client.get(f"/dangers/?criterion={row.pk}").content.decode()
        assert f"/dangers/{found[0].pk}/" in listed and f"/dangers/{found[1].pk}/" not in listed
        told = {
            "text": "玻璃栈道旺季未按半数限流",
            "industry": "tourism",
            "standard": row.standard,
            "valid_from": NEWER,
        }
        new = writing.renew(world.actor("city_officer"), row, told)
        assert "criterion=" in client.get(f"/criteria/{new.pk}/").content.decode()  # of all its versions
        found[0].refresh_from_db()
        assert found[0].criterion_id == row.pk


@pytest.mark.parametrize(
    ("place", "day", "text"),
    [
        (COUNTY, date(2023, 5, 31), "玻璃栈道旺季未限流"),
        (COUNTY, NEWER, "玻璃栈道旺季未按半数限流"),
        (COUNTY, date(2023, 4, 30), ""),
        ("360000/360400/360428/", NEWER, ""),
    ],
)
def test_a_danger_is_graded_by_what_held_in_its_place_on_the_day_it_was_found(
    world: World, client: Client, row: Criterion, place: str, day: date, text: str
) -> None:
    with clock.standing_on(TODAY):
        told = {
            "text": "玻璃栈道旺季未按半数限流",
            "industry": "tourism",
            "standard": row.standard,
            "valid_from": NEWER,
        }
        writing.renew(world.actor("city_officer"), row, told)
        one = danger(place, found_on=day, state="found")
        client.force_login(world.person("province_officer"), backend=ALLAUTH)
        page = client.get(f"/dangers/{one.pk}/move/grade/").content.decode()
        offered = {
            words
            for words in ("玻璃栈道旺季未限流", "玻璃栈道旺季未按半数限流")
            if f"</b> {words}<small" in page
        }
        assert offered == ({text} if text else set())
        sent = {"criterion": row.pk, "version": one.version}
        answer = client.post(f"/dangers/{one.pk}/move/grade/", sent)
        assert answer.status_code == (
            302 if text == row.text else 422
        )  # its first version, until the newer one
