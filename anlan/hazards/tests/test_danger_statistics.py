"""Statistics from the sums kept by month are those of the rows, whatever was written how, for everybody."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from anlan.hazards import reads_danger_statistics as reads
from anlan.hazards.models import DangerMonth, HiddenDanger
from anlan.hazards.reads_danger_statistics import TALLY, Chosen
from anlan.hazards.tests.danger_case import JIUJIANG, WUYUAN, XINZHOU, firm, world
from anlan.kernel import totals
from anlan.kernel.scope import Actor, system_actor
from anlan.org.testing import World

WINDOW = (date(2023, 1, 1), date(2023, 7, 1))
PATHS = (WUYUAN, XINZHOU, JIUJIANG)
LINES: tuple[dict[str, str], ...] = (
    {},
    {"region": "360000/361100/"},
    {"region": WUYUAN, "industry": "fire"},
    {"level": "major"},
    {"source": "self", "industry": "machinery"},
)


@pytest.fixture
def house(db: None) -> World:
    """The cast, a firm in each of three counties, 120 dangers of half a year."""
    made = world()
    chance = random.Random(4)
    firms = [firm(name=f"某厂{n}", region_path=path) for n, path in enumerate(PATHS)]
    rows = []
    for _ in range(120):
        one = chance.choice(firms)
        day = date(2022, 12, 20) + timedelta(days=chance.randrange(200))
        closed = day + timedelta(days=chance.randrange(40)) if chance.random() < 0.6 else None
        row = HiddenDanger(
            enterprise=one, region_path=one.region_path, industry=chance.choice(("fire", "machinery")),
            description="某处不合规定", found_on=day, closed_on=closed, state="closed" if closed else "found",
            level=chance.choice(("ordinary", "ordinary", "major")), source=chance.choice(("self", "visit")),
        )  # fmt: skip
        row.derive()
        rows.append(row)
    HiddenDanger.objects.bulk_create(rows)
    return made


def rows() -> Any:
    return HiddenDanger.objects.unscoped("the test sees all")


def same(actor: Actor, told: Callable[[Actor, Chosen], Any]) -> list[reads.Statistics]:
    """The statistics of every filter line, with cells from `told`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reads, "_kept", told)
        return [reads.statistics(actor, Chosen(*WINDOW, **line), 3) for line in LINES]


def agree(actor: Actor) -> None:
    assert TALLY.tells(actor)
    kept, counted = same(actor, reads._kept), same(actor, reads._counted)
    assert kept == counted and kept[0].whole[0] > 0


@pytest.mark.parametrize("who", ["city_officer", "county_inspector", "province_officer", "stranger", "house"])
def test_kept_sums_are_the_counted_ones(house: World, who: str) -> None:
    actor = system_actor("测试") if who == "house" else house.actor(who)
    agree(actor)


def test_they_stay_so_whatever_is_written(house: World) -> None:
    actor = system_actor("测试")
    ids = list(rows().order_by("pk").values_list("pk", flat=True))
    rows().filter(pk__in=ids[:20]).update(state="void")
    rows().filter(pk__in=ids[20:40], state="found").update(state="closed", closed_on=date(2023, 6, 30))
    rows().filter(pk__in=ids[40:60]).update(level="major", region_path=JIUJIANG)
    rows().filter(pk__in=ids[60:70]).update(found_on=date(2022, 11, 1))
    rows().filter(pk__in=ids[70:80]).delete()
    agree(actor)
    several = DangerMonth.objects.unscoped("the test sees all").count()
    assert totals.fold()
    agree(actor)
    assert DangerMonth.objects.unscoped("the test sees all").count() < several


def test_who_sees_by_firm_is_answered_from_the_rows(house: World) -> None:
    own = house.actor("enterprise_user")
    assert not TALLY.tells(own)
    rows().filter(region_path=WUYUAN).update(enterprise=own.seat.enterprise_id)  # type: ignore[union-attr]
    found = reads.statistics(own, Chosen(*WINDOW), 3).whole[0]
    window = rows().filter(region_path=WUYUAN, found_on__gte=WINDOW[0], found_on__lt=WINDOW[1])
    assert found == window.count() > 0
