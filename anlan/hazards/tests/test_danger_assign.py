"""Naming who looks again: who can be named, who hears, what stands where somebody else looked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from anlan.hazards.actions import danger as act
from anlan.hazards.actions import danger_assign
from anlan.hazards.models import HiddenDanger
from anlan.hazards.rules.danger_remedy import may_look_again
from anlan.hazards.tests.danger_case import DONE, TODAY, found, on_the_way, picture, world
from anlan.kernel import clock, moves
from anlan.kernel.models import AuditEntry, Notice
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused, write
from anlan.org.testing import World

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SignIn = Callable[[str], Client]


@pytest.fixture
def house(db: Any, settings: Any, tmp_path: Any) -> Iterator[World]:
    """The cast on the demonstration's day."""
    settings.FILES = tmp_path
    with clock.standing_on(TODAY):
        yield world()


@pytest.fixture
def signed_in(house: World) -> SignIn:
    """signed_in("city_officer"): that person's browser."""

    def client_of(key: str) -> Client:
        client = Client()
        client.force_login(house.person(key), backend=BACKEND)
        return client

    return client_of


def again(row: HiddenDanger) -> HiddenDanger:
    """As it is stored now."""
    return HiddenDanger.objects.unscoped("test").get(pk=row.pk)


def ordered(house: World, **order: Any) -> HiddenDanger:
    """What the inspector found at the cast's firm, under order."""
    inspector = house.actor("county_inspector")
    return on_the_way(inspector, found(inspector, enterprise_id=1), "ordered", order=order)


def submitted(row: HiddenDanger, by: Actor, shade: int = 30) -> HiddenDanger:
    """Said to be put right, with a photo."""
    act.photograph(by, row, picture(shade), act.AFTER)
    return moves.perform(by, row, "submit", DONE).row


FACTS = {
    "state": "checking",
    "rectifier_id": 9,
    "responsible": "店主",
    "source": "inspection",
    "level": "major",
}
NAMED = (
    ("another of the office", {}, {}, None),
    ("while it is put right", {"state": "ordered", "rectifier_id": None}, {}, None),
    ("nothing to look at yet", {"state": "graded"}, {}, "现在没有要验收的整改"),
    ("looked at already", {"state": "verified"}, {}, "已经验收或办结"),
    ("who said it is put right", {"rectifier_id": 5}, {}, "整改完成是程立报的，验收要由另一人办理"),
    (
        "who answers for putting it right",
        {"responsible": " 程立 "},
        {},
        "程立是整改责任人，验收要由另一人办理",
    ),
    ("no post there", {}, {"reaches": False}, "程立没有验收的权限，或者这条隐患不在其职责范围内"),
    ("the firm, of what an office found", {}, {"office": False}, "由监管部门验收，不能指派企业人员"),
    (
        "the firm, of its own major one",
        {"source": "self"},
        {"office": False},
        "由监管部门验收，不能指派企业人员",
    ),
    ("the firm, of its own ordinary one", {"source": "self", "level": "ordinary"}, {"office": False}, None),
)


@pytest.mark.parametrize(
    ("facts", "person", "reason"), [one[1:] for one in NAMED], ids=[one[0] for one in NAMED]
)
def test_who_can_be_named(facts: dict[str, Any], person: dict[str, Any], reason: str | None) -> None:
    given = {"office": True, "reaches": True, **person}
    assert may_look_again({**FACTS, **facts}, 5, "程立", **given) == reason


def test_who_is_named_hears_of_it_and_finds_it_waiting(house: World, signed_in: SignIn) -> None:
    row, inspector = ordered(house), house.person("county_inspector")
    client = signed_in("county_officer")
    choose = client.post(reverse("danger-bulk", args=["assign"]), {"ids": [row.pk]})
    page = unescape(client.get(choose["Location"]).content.decode())
    assert row.description in page and '可指派 <b class="tn">1</b> 条' in page
    offered = client.get(reverse("danger-assign-people"), {"ids": row.pk, "q": inspector.name}).json()
    assert [one["id"] for one in offered] == [str(inspector.pk)]
    sent = {"ids": [row.pk], "person": inspector.pk, "next": reverse("danger", args=[row.pk])}
    words = unescape(client.post(reverse("danger-assign"), sent, follow=True).content.decode())
    assert f"已指派{danger_assign.label_of(inspector)}验收 1 条" in words and "指派验收人：" in words
    assert again(row).assigned_to_id == inspector.pk
    told = Notice.objects.unscoped("test").filter(person_id=inspector.pk, key__contains=":assigned:")
    assert "指派您验收，整改期限 2023-07-20" in told.get().text

    mine = {"state": "checking", "mine": "1"}
    theirs = signed_in("county_inspector")
    assert row.description not in theirs.get(reverse("danger-list"), mine).content.decode()
    submitted(again(row), house.actor("enterprise_user"))
    listed = theirs.get(reverse("danger-list"), mine)
    assert row.description in listed.content.decode()
    assert '<details class="filter-more"><summary>' in listed.content.decode()
    assert row.description not in client.get(reverse("danger-list"), mine).content.decode()
    assert "等我验收" in theirs.get("/").content.decode()
    assert "等您验收" in Notice.objects.unscoped("test").filter(person_id=inspector.pk).latest("id").text


def test_those_who_cannot_be_named_are_told_with_their_reason(house: World, signed_in: SignIn) -> None:
    inspector = house.person("county_inspector")
    free, held = ordered(house), ordered(house, responsible=inspector.name)
    sent = {"ids": [free.pk, held.pk], "person": inspector.pk}
    words = unescape(
        signed_in("county_officer").post(reverse("danger-assign"), sent, follow=True).content.decode()
    )
    assert "验收 1 条" in words and f"{held.number}：{inspector.name}是整改责任人" in words
    assert again(held).assigned_to == "" and again(free).assigned_to == inspector.name
    with pytest.raises(ValidationError, match="已指派为验收人"):
        write(house.actor("county_officer"), again(free), {"responsible": inspector.name}, "change")


def test_somebody_elses_look_stays_possible_and_is_shown(house: World, signed_in: SignIn) -> None:
    row, inspector = ordered(house), house.person("county_inspector")
    danger_assign.assign(house.actor("county_officer"), [row], inspector)
    submitted(again(row), house.actor("enterprise_user"))
    officer = house.actor("county_officer")
    moves.perform(officer, again(row), "verify", {"verification": "现场试验报警正常"})
    page = signed_in("county_officer").get(reverse("danger", args=[row.pk])).content.decode()
    assert f"指派的是{inspector.name}" in page
    heard = Notice.objects.unscoped("test").filter(person_id=inspector.pk).latest("id").text
    assert f"{officer.name}已验收合格" in heard


def test_an_assignment_lapses_where_the_named_puts_it_right(house: World) -> None:
    inspector = house.actor("county_inspector")
    row = on_the_way(inspector, found(inspector, enterprise_id=1), "graded")
    row = moves.perform(inspector, row, "order", {"responsible": "店主", "due_on": TODAY}).row
    danger_assign.assign(house.actor("county_officer"), [row], house.person("county_inspector"))
    changed = act.submitted(inspector, again(row), {})
    assert (changed["assigned_to"], changed["assigned_to_id"]) == ("", None)


def test_only_those_who_may_assign_and_only_what_they_see(house: World, signed_in: SignIn) -> None:
    row = ordered(house)
    url = f"{reverse('danger-assign')}?ids={row.pk}"
    for key in ("stranger", "county_inspector", "enterprise_user"):
        client = signed_in(key)
        assert client.get(url).status_code == 404, key
        assert client.post(url, {"person": 1}).status_code == 404, key
    with pytest.raises(Refused):
        danger_assign.assign(house.actor("county_inspector"), [row], house.person("county_inspector"))
    client = signed_in("county_officer")
    stranger = house.person("stranger").pk
    assert client.post(url, {"ids": [row.pk], "person": stranger}).status_code == 422
    danger_assign.assign(house.actor("county_officer"), [row], house.person("county_inspector"))
    client.post(reverse("danger-assign"), {"ids": [row.pk], "release": "1"})
    assert again(row).assigned_to_id is None
    acts = AuditEntry.objects.unscoped("test").filter(ledger="dangers", subject_id=row.pk)
    assert {"assign", "unassign"} <= set(acts.values_list("act", flat=True))
