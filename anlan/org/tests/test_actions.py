"""Giving, handing over and lending posts; closing a region. Success and refusal share one world."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from anlan.kernel.models import AuditEntry
from anlan.kernel.scope import system_actor
from anlan.kernel.writing import Refused
from anlan.org import actions, reads
from anlan.org.models import Delegation, Person, Post, Region, Role, Unit
from anlan.org.testing import World

SYSTEM = system_actor("测试")
DAY = date(2023, 7, 1)


def role(key: str) -> Role:
    return Role.objects.unscoped("test").get(key=key)  # type: ignore[no-any-return]


def newcomer(world: World, name: str = "新人", code: str = "361130") -> Person:
    return Person.objects.create_user(name, None, name=name, unit=world.unit("emergency", code))


def _unit(post: Post) -> Unit:
    assert post.unit is not None
    return post.unit


def acts(row: Post) -> list[str]:
    found = AuditEntry.objects.unscoped("test").filter(ledger="posts", subject_id=row.pk)
    return list(found.order_by("id").values_list("act", flat=True))


def test_a_post_is_handed_over_at_a_day_with_a_record(world: World) -> None:
    old, heir = world.post("county_inspector"), newcomer(world)
    new = actions.hand_over(world.actor("county_officer"), old, heir, DAY)
    old.refresh_from_db()
    assert (old.valid_to, old.successor_id) == (DAY, new.pk)
    assert (new.person_id, new.valid_from, new.unit_id, new.role_id) == (
        heir.pk,
        DAY,
        old.unit_id,
        old.role_id,
    )
    assert acts(old) == ["hand-over"] and acts(new) == ["take-over"]
    before, after = date(2023, 6, 30), DAY
    assert [one.pk for one in reads.holders(_unit(old), before)] == [old.person_id]
    assert [one.pk for one in reads.holders(_unit(old), after)] == [heir.pk]


def test_a_hand_over_that_fails_leaves_both_sides_as_they_were(world: World) -> None:
    old, heir = world.post("county_inspector"), newcomer(world)
    heir.is_active = False
    heir.save()
    with pytest.raises(ValidationError, match="停用"):
        actions.hand_over(world.actor("county_officer"), old, heir, DAY)
    with pytest.raises(ValidationError, match="晚于"):
        actions.hand_over(world.actor("county_officer"), old, heir, date(2022, 1, 1))
    old.refresh_from_db()
    assert old.valid_to is None
    assert not Post.objects.unscoped("test").filter(person=heir).exists()


def test_a_stranger_cannot_hand_over_anothers_post(world: World) -> None:
    with pytest.raises(Refused):
        actions.hand_over(world.actor("stranger"), world.post("county_inspector"), newcomer(world), DAY)


def test_delegations_end_with_the_post(world: World) -> None:
    post, helper = world.post("county_inspector"), world.person("county_officer")
    running = actions.delegate(SYSTEM, post, helper, date(2023, 6, 1), date(2023, 8, 1))
    later = actions.delegate(SYSTEM, post, helper, date(2023, 9, 1), date(2023, 9, 2))
    actions.hand_over(world.actor("county_officer"), post, newcomer(world), DAY)
    running.refresh_from_db()
    assert running.valid_to == DAY
    assert not Delegation.objects.unscoped("test").filter(pk=later.pk).exists()


def test_the_holder_lends_the_own_post_and_nobody_elses(world: World) -> None:
    inspector, post = world.actor("county_inspector"), world.post("county_inspector")
    lent = actions.delegate(
        inspector, post, world.person("county_officer"), DAY, date(2023, 7, 8), ["units.view"], "出差"
    )
    assert lent.region_path == post.region_path
    with pytest.raises(Refused):
        actions.delegate(
            inspector, world.post("county_officer"), inspector_person(world), DAY, date(2023, 7, 8)
        )
    with pytest.raises(ValidationError, match="本身有的权限"):
        actions.delegate(
            inspector, post, world.person("county_officer"), DAY, date(2023, 7, 8), ["audit.view"]
        )


def inspector_person(world: World) -> Person:
    return world.person("county_inspector")


def test_one_person_cannot_be_two_of_the_three_administrators(world: World) -> None:
    person, unit = world.person("system_administrator"), world.unit("emergency", "360000")
    with pytest.raises(ValidationError, match="三员"):
        actions.appoint(SYSTEM, person, role("audit-administrator"), unit)
    with pytest.raises(ValidationError, match="三员"):
        actions.delegate(SYSTEM, world.post("audit_administrator"), person, DAY, date(2023, 7, 8))
    actions.end_post(SYSTEM, world.post("system_administrator"), DAY)
    given = actions.appoint(SYSTEM, person, role("audit-administrator"), unit, valid_from=DAY)
    assert given.role.key == "audit-administrator"


def test_the_database_itself_refuses_two_administrators_in_one(world: World) -> None:
    person, unit = world.person("system_administrator"), world.unit("emergency", "360000")
    with pytest.raises(IntegrityError), transaction.atomic():
        Post(person=person, role=role("security-administrator"), unit=unit).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Delegation(
            post=world.post("audit_administrator"), delegate=person, valid_from=DAY, valid_to=date(2023, 8, 1)
        ).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.unscoped("test").filter(pk=world.post("audit_administrator").pk).update(person=person)


def test_an_officer_gives_only_what_the_officer_holds(world: World) -> None:
    officer, person, unit = world.actor("county_officer"), newcomer(world), world.unit("emergency", "361130")
    assert actions.appoint(officer, person, role("inspector"), unit).pk
    for key in ("system-administrator", "leader"):
        with pytest.raises(ValidationError):
            wide = role(key)
            if key == "leader":
                wide.permissions = [*wide.permissions, "audit.view"]
                wide.save()
            actions.appoint(officer, person, wide, unit)
    with pytest.raises(ValidationError, match="给自己"):
        actions.appoint(officer, world.person("county_officer"), role("inspector"), unit)
    outside = world.unit("emergency", "360402")
    with pytest.raises(ValidationError):
        actions.appoint(officer, person, role("inspector"), outside)


def test_the_security_administrator_appoints_administrators(world: World) -> None:
    unit = world.unit("emergency", "360000")
    actor, person = world.actor("security_administrator"), newcomer(world, "新管", "360000")
    assert actions.appoint(actor, person, role("audit-administrator"), unit).pk


def test_the_region_of_a_post_lies_within_its_unit(world: World) -> None:
    person, unit = newcomer(world), world.unit("emergency", "361100")
    narrow = actions.appoint(SYSTEM, person, role("inspector"), unit, region=world.regions["361102"])
    assert narrow.region_path == world.regions["361102"].path
    with pytest.raises(ValidationError, match="以内"):
        actions.appoint(SYSTEM, person, role("inspector"), unit, region=world.regions["360402"])


def test_closing_a_region_takes_offices_and_posts_over(world: World) -> None:
    old = world.regions["361130"]
    city = world.regions["361100"]
    heir = Region(
        code="361131", name="婺源市", short_name="婺源", level="county", parent=city, valid_from=DAY
    )
    heir.save()
    done = actions.close_region(SYSTEM, old, DAY, heir, "假设的批复")
    assert (done.units_ended, done.unsettled) == (0, [])
    assert done.units_moved == Unit.objects.unscoped("test").filter(region=heir).count() > 3
    assert done.posts_moved == 2
    heir.refresh_from_db()
    old.refresh_from_db()
    assert heir.all_paths == (heir.path, old.path)
    assert (old.valid_to, old.successor_id) == (DAY, heir.pk)
    after = world.actor("county_officer", DAY)
    assert after.seat is not None and after.seat.unit_label == "婺源市安委办"
    assert after.seat.region_paths == heir.all_paths
    assert world.actor("county_officer", date(2023, 6, 30)).seat.unit_label == "婺源县安委办"  # type: ignore[union-attr]


def test_closing_into_a_region_that_has_the_office_leaves_posts_to_decide(world: World) -> None:
    done = actions.close_region(SYSTEM, world.regions["361130"], DAY, world.regions["361102"])
    assert done.posts_moved == 0
    assert len(done.unsettled) == 2
    assert world.actor("county_officer", DAY).seats == ()
    assert Region.objects.unscoped("test").get(code="361102").merged_paths == [world.regions["361130"].path]


def test_who_may_not_change_regions_cannot_close_one(world: World) -> None:
    with pytest.raises(Refused):
        actions.close_region(
            world.actor("city_officer"), world.regions["361130"], DAY, world.regions["361102"]
        )
    world.regions["361130"].refresh_from_db()
    assert world.regions["361130"].valid_to is None


def test_code_and_parent_of_a_region_do_not_change(world: World) -> None:
    region = Region.objects.unscoped("test").get(code="361130")
    region.parent = world.regions["360400"]
    with pytest.raises(ValidationError, match="不能改"):
        actions.check_region(SYSTEM, region)
    fresh = Region(code="36113", name="错", level="county", parent=world.regions["361100"])
    with pytest.raises(ValidationError, match="代码应为"):
        actions.check_region(SYSTEM, fresh)
    fresh.code, fresh.parent = "361199", world.regions["361130100"]
    with pytest.raises(ValidationError, match="不能有这一层级"):
        actions.check_region(SYSTEM, fresh)
