"""Licences looked at again by lot, certificates looked up, and firms told before papers run out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from anlan.enterprises.actions import reminders
from anlan.enterprises.models import Certificate, LicenceCheck, LicenceDraw
from anlan.enterprises.rules import expiry, recheck
from anlan.enterprises.testing import WUYUAN, make_firm, make_licence, make_person
from anlan.kernel.models import Notice
from anlan.kernel.writing import Refused, write
from anlan.org.testing import World

TODAY = date(2023, 6, 20)


def test_a_draw_comes_out_the_same_for_its_seed_in_whatever_order_the_list_stands() -> None:
    numbers = [f"安全生产许可证/XK-{n}" for n in range(40)]
    drawn = recheck.draw("20230620", numbers, 4)
    assert drawn == recheck.draw("20230620", reversed(numbers), 4) and len(set(drawn)) == 4
    assert drawn != recheck.draw("20230621", numbers, 4)
    assert drawn[0] == min(numbers, key=lambda one: recheck.lot("20230620", one))
    assert recheck.digest(numbers) == recheck.digest(numbers[::-1]) != recheck.digest(numbers[1:])


@pytest.mark.parametrize(
    ("pool", "share", "count"),
    [(0, "10", 0), (1, "0.1", 1), (10, "10", 1), (11, "10", 2), (3, "100", 3), (200, "5", 10)],
)
def test_a_share_is_rounded_up(pool: int, share: str, count: int) -> None:
    assert recheck.size(pool, Decimal(share)) == count


@pytest.mark.parametrize(
    ("days", "told"), [(61, ""), (60, "soon"), (31, "soon"), (30, "near"), (0, "near"), (-1, "over")]
)
def test_when_a_firm_is_told(days: int, told: str) -> None:
    assert expiry.stage(TODAY + timedelta(days=days), TODAY) == told


def draw_of(world: World, **more: Any) -> LicenceDraw:
    values = {
        "region_path": WUYUAN, "issued_from": date(2023, 1, 1), "issued_until": date(2023, 5, 31),
        "share": Decimal(50), "seed": "7", **more,
    }  # fmt: skip
    return write(world.actor("county_officer"), LicenceDraw(), values, "add").row


def licences(world: World, count: int) -> None:
    firm = make_firm(1)
    for n in range(count):
        make_licence(firm, date(2026, 1, 1), issued_on=date(2023, 5, 31) + timedelta(days=n % 2))


def test_licences_issued_in_a_window_are_drawn_put_on_record_and_answered(
    world: World, sign_in: Callable[[str], Client]
) -> None:
    licences(world, 8)
    row = draw_of(world)
    checks = list(LicenceCheck.objects.unscoped("test").filter(draw=row).order_by("position"))
    assert (row.pool_size, row.drawn, len(checks)) == (4, 2, 2)
    assert [f"{one.licence.kind}/{one.licence.number}" for one in checks] == recheck.draw("7", row.pool, 2)
    with pytest.raises(ValidationError, match="抽取已经完成"):
        write(world.actor("county_officer"), row, {"seed": "8"}, "add")

    officer, found = world.actor("county_officer"), checks[0]
    with pytest.raises(ValidationError) as wrong:
        write(officer, found, {"result": "to-withdraw"}, "change")
    assert set(wrong.value.message_dict) == {"checked_on", "checker", "finding"}
    done = {"result": "meets", "checked_on": TODAY, "checker": "张某、李某"}
    write(officer, found, done, "change")
    page = sign_in("county_officer").get(reverse("ledger-row", args=["licence-draws", row.pk]))
    assert "重算，结果一致" in page.content.decode()
    with pytest.raises(Refused):
        write(world.actor("stranger"), found, {"finding": "x"}, "change")


def test_nothing_is_drawn_from_an_empty_window(world: World) -> None:
    licences(world, 2)
    with pytest.raises(ValidationError, match="没有发过"):
        draw_of(world, issued_until=date(2023, 5, 30))
    assert not LicenceDraw.objects.unscoped("test").exists()


def test_a_certificate_is_checked_somewhere_and_a_false_one_stands_on_the_firms_page(
    world: World, sign_in: Callable[[str], Client]
) -> None:
    firm = make_firm(1)
    one = Certificate(person=make_person(firm, "张三"), kind="安全合格证", expires_on=date(2025, 1, 1))
    one.save()
    officer = world.actor("county_officer")
    with pytest.raises(ValidationError) as wrong:
        write(officer, one, {"checked": "not-found", "checked_on": TODAY}, "change")
    assert "在哪里查的" in wrong.value.message_dict["checked_by"][0]
    found = {"checked": "not-found", "checked_on": TODAY, "checked_by": "national"}
    write(officer, Certificate.objects.unscoped("test").get(), found, "change")
    page = sign_in("county_officer").get(reverse("enterprise", args=[firm.pk])).content.decode()
    assert "假证、查无" in page


def test_a_firm_is_told_once_a_stage_before_its_papers_run_out(world: World) -> None:
    firm = make_firm(1)
    make_licence(firm, TODAY + timedelta(days=45))
    make_licence(firm, TODAY + timedelta(days=61))
    one = Certificate(
        person=make_person(firm, "张三"), kind="安全合格证", expires_on=TODAY + timedelta(days=20)
    )
    one.save()
    assert reminders.remind(TODAY) == 2 and reminders.remind(TODAY) == 0
    told = list(Notice.objects.unscoped("test").order_by("id").values_list("text", flat=True))
    assert "剩 45 天" in told[0] and "张三的安全合格证" in told[1]
    assert reminders.remind(TODAY + timedelta(days=1)) == 1  # the second licence turns yellow
    assert reminders.remind(TODAY + timedelta(days=15)) == 1  # the first one comes within thirty days
    firm.status, firm.closed_on = "closed", TODAY
    firm.save()
    assert reminders.remind(TODAY + timedelta(days=46)) == 0
