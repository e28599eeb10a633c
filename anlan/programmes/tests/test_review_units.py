"""A unit in no register, doubts of no item, and the whole document read through."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from anlan.kernel.models import AuditEntry
from anlan.kernel.scope import Actor
from anlan.org.models import Unit
from anlan.org.testing import World
from anlan.programmes.actions import reviewing
from anlan.programmes.models import Edition, Finding
from anlan.programmes.reads_review import Resolver, drafts_of
from anlan.programmes.rules import roles
from anlan.programmes.rules.review import ReviewError
from anlan.programmes.tests.test_review_pages import signed_in
from anlan.programmes.tests.test_review_path import staff, upload

pytestmark = pytest.mark.django_db
STRANGE = "市低空飞行服务中心"
TEXT = f"""上饶市2023年安全生产工作要点

一、健全责任体系
1.落实警示日制度。每月16日开展安全防范警示日活动。（{STRANGE}牵头，市住建局配合）
2.强化建设施工安全。年底前完成在建工地排查100处以上。（市住建局牵头，{STRANGE}配合）

上饶市安全生产委员会
2023年2月10日
"""


@pytest.fixture
def city(world: World) -> Actor:
    staff(world, "361100")
    return world.actor("city_officer")


@pytest.fixture
def edition(city: Actor) -> Edition:
    """Two items that name a unit which no register holds."""
    return upload(city, "a.txt", TEXT.encode())


def strange(edition: Edition) -> list[dict[str, Any]]:
    """The roles that name the unknown unit, item by item."""
    return [one for draft in drafts_of(edition) for one in roles.roles(draft.body) if one["name"] == STRANGE]


def place_of(edition: Edition, item: int) -> tuple[int, int]:
    """(item, place of the unknown unit in it)."""
    draft = drafts_of(edition)[item]
    return draft.pk, next(n for n, one in enumerate(roles.roles(draft.body)) if one["name"] == STRANGE)


def test_an_unknown_unit_is_registered_from_the_review_and_answers_everywhere(
    world: World, edition: Edition
) -> None:
    client = signed_in(world, "city_officer")
    assert [one["state"] for one in strange(edition)] == ["open", "open"]
    address = reverse("review-register", args=place_of(edition, 0))
    assert address in client.get(f"{reverse('review', args=[edition.pk])}?item=0").content.decode()
    form = client.get(address).content.decode()
    assert f'value="{STRANGE}"' in form and "登记并落到本条" in form
    region = world.regions["361100"].pk
    wrong = client.post(address, {"name": "", "kind": "other", "region": region})
    assert wrong.status_code == 422 and not Unit.objects.unscoped("test").filter(name=STRANGE).exists()
    given = {"name": STRANGE, "kind": "other", "region": region, "idempotency_key": "r1"}
    back = client.post(address, given)
    assert back["Location"] == f"{reverse('review', args=[edition.pk])}?item=0"
    unit = Unit.objects.unscoped("test").get(name=STRANGE)
    assert [(one["state"], one["units"]) for one in strange(edition)] == [("resolved", [unit.pk])] * 2
    left = Finding.objects.unscoped("test").filter(edition=edition, kind="unresolved_unit", settled_by="")
    assert not left.exists()
    assert client.post(address, given).status_code in (302, 404)
    assert Unit.objects.unscoped("test").filter(name=STRANGE).count() == 1


def test_an_unknown_name_is_another_name_of_a_registered_unit_and_is_remembered(
    world: World, city: Actor, edition: Edition
) -> None:
    client, housing = signed_in(world, "city_officer"), world.unit("housing", "361100")
    address = reverse("review-alias", args=place_of(edition, 1))
    answer = client.post(address, {"unit": housing.pk}, follow=True).content.decode()
    assert f"已记住“{STRANGE}”就是{housing.name}" in answer and "2 处" in answer
    housing.refresh_from_db(from_queryset=Unit.objects.unscoped("test"))
    assert STRANGE in housing.aliases
    assert [one["units"] for one in strange(edition)] == [[housing.pk]] * 2
    assert AuditEntry.objects.unscoped("test").filter(ledger="units", act="change").exists()
    later = Resolver(world.regions["361100"], date(2024, 1, 1)).unit(STRANGE, None)
    assert later is not None and later.pk == housing.pk


def test_a_name_that_another_unit_bears_is_not_given_to_a_second(
    world: World, city: Actor, edition: Edition
) -> None:
    other = world.unit("emergency", "361100")
    other.aliases = [*other.aliases, STRANGE]
    other.save()
    with pytest.raises(ReviewError, match="已经叫"):
        reviewing.remember_name(city, edition, STRANGE, world.unit("housing", "361100").pk)


def test_strangers_and_those_who_do_not_review_neither_register_nor_map(
    world: World, edition: Edition
) -> None:
    item, place = place_of(edition, 0)
    for member in ("stranger", "department_officer"):
        client = signed_in(world, member)
        assert client.get(reverse("review-register", args=[item, place])).status_code == 404
        assert client.post(reverse("review-alias", args=[item, place]), {"unit": 1}).status_code == 404
    client = signed_in(world, "city_officer")
    assert client.get(reverse("review-register", args=[item, 99])).status_code == 404
    with pytest.raises(ReviewError, match="不在您的职责范围内"):
        reviewing.remember_name(world.actor("stranger"), edition, STRANGE, 1)


def test_doubts_of_no_item_stand_on_a_page_of_their_own_and_not_on_every_item(
    world: World, edition: Edition
) -> None:
    for one in Finding.objects.unscoped("test").filter(edition=edition):
        one.delete()
    row = Finding(
        edition=edition, kind="issuer_mismatch", start=0, end=0, message="制发单位对不上", version=1
    )
    row.save()
    client = signed_in(world, "city_officer")
    for n in range(2):
        assert (
            "制发单位对不上"
            not in client.get(f"{reverse('review', args=[edition.pk])}?item={n}").content.decode()
        )
    checklist = reverse("review-doubts", args=[edition.pk])
    screen = client.get(reverse("review", args=[edition.pk])).content.decode()
    assert checklist in screen and "1 处不在各条里" in screen
    assert "制发单位对不上" in client.get(checklist).content.decode()
    answer = client.post(reverse("review-doubt", args=[row.pk]), {"words": "核对无误", "whole": "1"})
    assert answer["Location"] == f"{checklist}#f{row.pk}"
    assert "核对无误" in client.get(checklist).content.decode()
    assert signed_in(world, "stranger").get(checklist).status_code == 404
    assert Client().get(checklist).status_code == 302


def test_the_whole_document_stands_beside_its_tree(world: World, edition: Edition) -> None:
    client = signed_in(world, "city_officer")
    page = client.get(reverse("review-whole", args=[edition.pk])).content.decode()
    for draft in drafts_of(edition):
        assert page.count(f'data-rv-part="{draft.pk}"') == 2
    assert "一、健全责任体系" in page and "上饶市安全生产委员会" in page
    assert signed_in(world, "stranger").get(reverse("review-whole", args=[edition.pk])).status_code == 404
