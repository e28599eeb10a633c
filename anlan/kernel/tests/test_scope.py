"""Who sees which rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from anlan.kernel.scope import PUBLIC, Reach, ScopeError, system_actor
from anlan.kernel.testing import actor, make_row, seat
from tests.example.models import Fault, Site

pytestmark = pytest.mark.django_db
PROVINCE, CITY, COUNTY, OTHER = (
    "360000/",
    "360000/361100/",
    "360000/361100/361130/",
    "360000/360400/360428/",
)


@pytest.fixture
def faults() -> dict[str, Fault]:
    """One fault in the city itself, one in its county, one in another city's county."""
    site = make_row(Site, region_path=COUNTY, industry="矿山")
    return {
        name: make_row(Fault, region_path=path, industry=industry, site=site, finder_id=finder)
        for name, path, industry, finder in (
            ("city", CITY, "消防", 7),
            ("county", COUNTY, "矿山", 8),
            ("other", OTHER, "矿山", 9),
        )
    }


def seen(faults: dict[str, Fault], *seats: object) -> set[str]:
    """The names of the faults that somebody with these seats sees."""
    found = set(Fault.objects.visible_to(actor(*seats)).values_list("pk", flat=True))  # type: ignore[arg-type]
    return {name for name, fault in faults.items() if fault.pk in found}


@pytest.mark.parametrize(
    ("reach", "path", "expected"),
    [
        pytest.param(Reach.ALL, "", {"city", "county", "other"}, id="all data"),
        pytest.param(Reach.SUBTREE, PROVINCE, {"city", "county", "other"}, id="the province and below"),
        pytest.param(Reach.SUBTREE, CITY, {"city", "county"}, id="the city and below"),
        pytest.param(Reach.SUBTREE, COUNTY, {"county"}, id="the county and below"),
        pytest.param(Reach.REGION, CITY, {"city"}, id="only the city's own"),
        pytest.param(Reach.SUBTREE, "360000/361100/36113/", set(), id="a code that only begins alike"),
    ],
)
def test_a_seat_sees_as_far_as_its_reach(
    faults: dict[str, Fault], reach: Reach, path: str, expected: set[str]
) -> None:
    assert seen(faults, seat("faults.view", path=path, reach=reach)) == expected


def test_a_post_within_another_asks_nothing_of_its_own(faults: dict[str, Fault]) -> None:
    city = seat("faults.view", path=CITY, id=1)
    bound = replace(seat("faults.view", path=CITY, id=2), industries=frozenset({"矿山"}))
    county = seat("faults.view", path=COUNTY, id=3)
    for posts in ((city, bound, county), (county, bound, city)):
        assert Fault.scope.seats(actor(*posts)) == [city]
        assert seen(faults, *posts) == {"city", "county"}
    assert Fault.scope.seats(actor(bound, county)) == [bound, county], "a bound post covers nothing"
    other, own = seat("faults.view", path=OTHER, id=4), seat("faults.view", reach=Reach.OWN, id=5)
    assert Fault.scope.seats(actor(city, other, own)) == [city, other, own]
    blind = seat("sites.view", path=PROVINCE, id=6)
    assert Fault.scope.seats(actor(blind, county)) == [county], "a post without the permission covers nothing"


def test_two_posts_see_the_union(faults: dict[str, Fault]) -> None:
    posts = seat("faults.view", path=COUNTY, id=1), seat("faults.view", path=OTHER, id=2)
    assert seen(faults, *posts) == {"county", "other"}


def test_a_post_without_the_permission_widens_nothing(faults: dict[str, Fault]) -> None:
    posts = seat("faults.view", path=COUNTY, id=1), seat("sites.view", path=PROVINCE, id=2)
    assert seen(faults, *posts) == {"county"}


def test_a_post_bound_to_industries_sees_only_those(faults: dict[str, Fault]) -> None:
    assert seen(faults, seat("faults.view", path=PROVINCE, industries=frozenset({"消防"}))) == {"city"}


def test_an_enterprise_sees_its_own(faults: dict[str, Fault]) -> None:
    own = faults["county"].site_id
    assert seen(faults, seat("faults.view", enterprise_id=own)) == {"city", "county", "other"}
    assert seen(faults, seat("faults.view", enterprise_id=own + 1)) == set()


def test_reach_own_sees_what_the_person_handled(faults: dict[str, Fault]) -> None:
    assert seen(faults, seat("faults.view", reach=Reach.OWN, person_id=8)) == {"county"}


def test_merged_territory_stays_visible_to_its_successor(faults: dict[str, Fault]) -> None:
    successor = seat("faults.view", region_paths=("360000/361100/361199/", COUNTY))
    assert seen(faults, successor) == {"county"}


def test_the_public_sees_nothing_and_the_house_everything(faults: dict[str, Fault]) -> None:
    assert not Fault.objects.visible_to(PUBLIC).exists()
    assert Fault.objects.visible_to(system_actor("夜间核算")).count() == 3


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda: list(Fault.objects.all()), id="list"),
        pytest.param(lambda: Fault.objects.count(), id="count"),
        pytest.param(lambda: Fault.objects.filter(level="major").exists(), id="exists"),
        pytest.param(lambda: Fault.objects.first(), id="first"),
        pytest.param(lambda: Fault.objects.update(level="major"), id="update"),
        pytest.param(lambda: Fault.objects.all().delete(), id="delete"),
        pytest.param(lambda: list(Fault.objects.iterator()), id="iterator"),
        pytest.param(lambda: list(Fault.objects.values_list("pk")), id="values"),
        pytest.param(lambda: make_row(Site).faults.count(), id="reverse relation"),
        pytest.param(
            lambda: list(Site.objects.unscoped("outer").filter(faults__in=Fault.objects.all())),
            id="sub-query",
        ),
        pytest.param(
            lambda: list(Fault.objects.unscoped("a") | Fault.objects.all()), id="union with the unasked"
        ),
    ],
)
def test_a_query_that_names_nobody_raises(ask: object) -> None:
    with pytest.raises(ScopeError):
        ask()  # type: ignore[operator]
