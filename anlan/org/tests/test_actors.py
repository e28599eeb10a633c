"""From posts and delegations to the actor of a request."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import RequestFactory

from anlan.kernel.scope import PUBLIC, Reach, ScopeError
from anlan.org.actors import actor_for, actor_of
from anlan.org.models import Delegation, Person, Post, Region, Role, Unit
from anlan.org.testing import World

DAY = date(2023, 6, 30)


def seen(actor: object) -> set[str]:
    return set(Region.objects.visible_to(actor).values_list("code", flat=True))  # type: ignore[arg-type]


def test_a_city_officer_sees_the_city_and_what_lies_below(world: World) -> None:
    assert seen(world.actor("city_officer", DAY)) == {
        "361100", "361102", "361104", "361121", "361130", "361100Z01", "361130100",
    }  # fmt: skip


def test_a_stranger_sees_nothing_of_it(world: World) -> None:
    assert seen(world.actor("stranger", DAY)) == {"360400", "360402"}


def test_the_public_and_a_firm_see_no_region(world: World) -> None:
    assert seen(PUBLIC) == set()
    assert seen(world.actor("enterprise_user", DAY)) == set()


def test_who_answers_for_a_renamed_county_sees_the_old_one(world: World) -> None:
    new = world.regions["361104"]
    officer = Person.objects.create_user(
        "guangxin", None, name="江山", unit=world.unit("emergency", "361104")
    )
    role = Role.objects.unscoped("test").get(key="inspector")
    Post(person=officer, role=role, unit=officer.unit).save()
    actor = actor_for(officer, day=DAY)
    assert actor.seat is not None
    assert actor.seat.region_paths == (new.path, world.regions["361121"].path)
    assert seen(actor) == {"361104", "361121"}


def test_a_bound_role_takes_the_industries_of_its_unit_with_their_branches(world: World) -> None:
    seat = world.actor("department_officer", DAY).seat
    assert seat is not None and seat.industries is not None
    assert {"construction", "construction-housing", "construction-railway"} <= seat.industries
    assert "mine" not in seat.industries
    assert world.actor("city_officer", DAY).seat.industries is None  # type: ignore[union-attr]


def test_posts_count_only_on_their_days(world: World) -> None:
    post = world.post("county_inspector")
    post.valid_to = DAY
    post.save()
    person = world.person("county_inspector")
    assert actor_for(person, day=date(2023, 6, 29)).seats
    assert actor_for(person, day=DAY).seats == ()


def test_a_disabled_person_is_nobody(world: World) -> None:
    person = world.person("city_officer")
    person.is_active = False
    assert actor_for(person, day=DAY).person_id is None


def test_a_person_with_two_posts_reads_both_and_writes_as_the_chosen_one(world: World) -> None:
    person = world.person("county_officer")
    role = Role.objects.unscoped("test").get(key="leader")
    second = Post(person=person, role=role, unit=world.unit("people-government", "360400"), valid_from=DAY)
    second.save()
    actor = actor_for(person, second.pk, DAY)
    assert {"361130", "360402"} <= seen(actor)
    assert actor.seat is not None and actor.seat.role == "leader"
    assert not actor.may("units.change") and actor.may_read("units.change")
    assert actor_for(person, 999_999, DAY).seat == actor.seats[0]


def test_a_delegate_sits_in_the_post_for_the_days_with_what_was_lent(world: World) -> None:
    post = world.post("city_officer")
    delegate = world.person("county_inspector")
    lent = Delegation(
        post=post, delegate=delegate, valid_from=date(2023, 6, 1), valid_to=date(2023, 6, 11),
        permissions=["units.view", "audit.view"],
    )  # fmt: skip
    lent.save()
    during = actor_for(delegate, -lent.pk, date(2023, 6, 10))
    assert during.seat is not None and during.seat.id == -lent.pk
    assert "受周明委托" in during.seat.label
    assert during.seat.permissions == {"units.view"}
    assert during.seat.region_paths == (world.regions["361100"].path,)
    assert len(actor_for(delegate, day=date(2023, 6, 11)).seats) == 1


def test_the_request_gives_person_seat_and_address(world: World) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="10.1.2.3")
    request.user = world.person("city_officer")
    request.session = {"seat_id": world.post("city_officer").pk}  # type: ignore[assignment]
    actor = actor_of(request)
    assert (actor.name, actor.address) == ("周明", "10.1.2.3")
    assert actor.seat is not None and actor.seat.reach is Reach.SUBTREE


def test_an_actor_costs_one_query_and_a_second_with_industries(
    world: World, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        world.actor("city_officer", DAY)
    with django_assert_num_queries(2):  # type: ignore[operator]
        world.actor("department_officer", DAY)


def test_people_are_scoped_but_one_account_may_be_looked_up(world: World) -> None:
    person = world.person("city_officer")
    assert Person.objects.get_by_natural_key("shi") == person
    assert Person.objects.get(pk=person.pk) == person
    assert Person.objects.filter(email__iexact="nobody@example.org").first() is None
    with pytest.raises(ScopeError):
        list(Person.objects.all())
    with pytest.raises(ScopeError):
        list(Person.objects.filter(name="周明"))
    with pytest.raises(ScopeError):
        list(Person.objects.exclude(pk=person.pk))
    with pytest.raises(ScopeError):
        list(Unit.objects.filter(pk=1))
