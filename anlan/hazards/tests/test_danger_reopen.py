"""A closed danger that comes back: the same row goes on, its closing stays in the record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from anlan.hazards import danger_measures
from anlan.hazards.actions import danger as act
from anlan.hazards.demo import handling
from anlan.hazards.models import HiddenDanger
from anlan.hazards.tests.danger_case import DONE, TODAY, found, on_the_way, picture, world
from anlan.kernel import clock, deadline, figure, moves, registry, totals
from anlan.kernel.measure import Window, compute
from anlan.kernel.models import AuditEntry, Notice
from anlan.kernel.writing import Refused
from anlan.org.testing import World

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
LATER, UNTIL = TODAY + timedelta(40), TODAY + timedelta(55)
WHY = "复查发现报警器又被断电，整改不实"


@pytest.fixture
def house(db: Any, settings: Any, tmp_path: Any) -> Iterator[World]:
    """The cast on the demonstration's day."""
    settings.FILES = tmp_path
    with clock.standing_on(TODAY):
        yield world()


def again(row: HiddenDanger) -> HiddenDanger:
    """As it is stored now."""
    return HiddenDanger.objects.unscoped("test").get(pk=row.pk)


def closed(house: World) -> HiddenDanger:
    """What the inspector found at the cast's firm, gone its whole way."""
    inspector, own = house.actor("county_inspector"), house.actor("enterprise_user")
    row = on_the_way(inspector, found(inspector, enterprise_id=1), "ordered")
    act.photograph(own, row, picture(30), act.AFTER)
    row = moves.perform(own, row, "submit", DONE).row
    row = moves.perform(inspector, row, "verify", {"verification": "现场试验报警正常"}).row
    return moves.perform(inspector, row, "close").row


def reopened(house: World, row: HiddenDanger, **values: Any) -> HiddenDanger:
    """Opened again by the county's office."""
    return moves.perform(
        house.actor("county_officer"), row, "reopen", {"due_on": UNTIL, **values}, note=WHY
    ).row


def test_the_same_row_goes_its_way_again(house: World) -> None:
    row, own = closed(house), house.actor("enterprise_user")
    with clock.standing_on(LATER):
        row = reopened(house, row)
        assert (row.state, row.reopened, row.repeated) == ("rectifying", 1, True)
        assert (row.attention_on, row.days_open, row.closed_on, row.verifier) == (UNTIL, None, None, "")
        assert row.late_from == UNTIL + timedelta(1)
        running = deadline.of_row(row).get(key="rectify", state="running")
        assert running.last_day == UNTIL
        told = (
            Notice.objects.unscoped("test").filter(person_id=house.person("enterprise_user").pk).latest("id")
        )
        assert "重新打开" in told.text and WHY in told.text
        with pytest.raises(Refused, match="重新打开后还没有整改后的照片"):
            moves.perform(own, row, "submit", DONE)
        act.photograph(own, row, picture(77), act.AFTER)
        row = moves.perform(own, row, "submit", DONE).row
        row = moves.perform(house.actor("county_inspector"), row, "verify", {"verification": "合格"}).row
        row = moves.perform(house.actor("county_inspector"), row, "close").row
    assert (row.closed_on, row.days_open, row.attention_on) == (LATER, 40, None)
    assert HiddenDanger.objects.unscoped("test").count() == 1 and row.photos == 3


def test_the_closing_stays_in_record_and_timeline(house: World, client: Client) -> None:
    row = reopened(house, closed(house))
    entry = AuditEntry.objects.unscoped("test").get(ledger="dangers", subject_id=row.pk, act="reopen")
    assert entry.note == WHY and entry.differences["closed_on"] == [TODAY.isoformat(), None]
    assert entry.differences["verification"] == ["现场试验报警正常", ""]
    client.force_login(house.person("county_officer"), backend=BACKEND)
    page = unescape(client.get(reverse("danger", args=[row.pk])).content.decode())
    assert f"重新打开：{WHY}（原于 2023-07-05 由程立验收、程立销号）" in page
    assert "反复出现" in page and "重新打开 1 次" in page and "再次整改" in page


def test_totals_and_measures_follow_and_a_frozen_figure_stays(house: World) -> None:
    officer, row = house.actor("county_officer"), closed(house)
    july = Window.of("month", 2023, 7)
    measure = next(one for one in danger_measures.MEASURES if one.key == "dangers-closed")
    frozen = figure.freeze(officer, row, measure, july)
    row = reopened(house, row)
    assert compute(measure, july)[()].number == 0
    frozen.refresh_from_db(from_queryset=type(frozen).objects.unscoped("test"))
    assert frozen.value == 1
    kept = totals.Kept(registry.ledger("dangers"), officer).by("state")
    assert kept == {"rectifying": 1}
    stock = next(one for one in danger_measures.MEASURES if one.key == "dangers-open")
    assert compute(stock, july)[()].number == 1


def test_the_demonstration_shows_it_once(house: World) -> None:
    rows = HiddenDanger.objects.unscoped("test")
    gone = closed(house)
    rows.filter(pk=gone.pk).update(demo=True, found_on=date(2023, 5, 1), closed_on=date(2023, 5, 9))
    inspector = house.actor("county_inspector")
    late = on_the_way(inspector, found(inspector, enterprise_id=1), "ordered")
    spring = {"found_on": date(2023, 5, 1), "due_on": date(2023, 5, 20)}
    rows.filter(pk=late.pk).update(demo=True, level="major", **spring)
    waiting = on_the_way(inspector, found(inspector, enterprise_id=1), "ordered")
    rows.filter(pk=waiting.pk).update(demo=True, state="checking")
    said: list[str] = []
    for _ in range(2):
        handling.prepare(True, said.append)
    assert said == ["演示数据：指派验收 1 条，重新打开 1 条，督办单草稿 1 件，挂牌督办 1 条"]
    listing = again(late).dangerlistings.unscoped("test").get()
    assert listing.published_on == listing.listed_on and again(late).listed
    assert again(gone).reopened == 1 and again(waiting).assigned_to == inspector.name


REFUSED = (
    ("a day gone by", "county_officer", {"due_on": date(2023, 7, 4)}, WHY, ValidationError),
    ("no reason", "county_officer", {"due_on": UNTIL}, " ", ValidationError),
    ("no day", "county_officer", {}, WHY, ValidationError),
    ("the firm, of what an office found", "enterprise_user", {"due_on": UNTIL}, WHY, Refused),
    ("a leader, who may not close", "leader", {"due_on": UNTIL}, WHY, Refused),
)


@pytest.mark.parametrize(
    ("who", "values", "why", "error"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED]
)
def test_not_without_day_reason_and_right(
    house: World, who: str, values: dict[str, Any], why: str, error: type[Exception]
) -> None:
    row = closed(house)
    with pytest.raises(error):
        moves.perform(house.actor(who), row, "reopen", values, note=why)
    assert again(row).state == "closed" and again(row).reopened == 0
