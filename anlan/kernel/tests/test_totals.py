"""Kept totals are the real counts, for every actor they claim to answer, whatever is written how."""

from __future__ import annotations

import random
import threading
from collections import Counter
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Count, Sum

from anlan.kernel import counting, registry, totals
from anlan.kernel.models import Total
from anlan.kernel.scope import Actor, Reach, system_actor
from anlan.kernel.sql import install_objects
from anlan.kernel.testing import actor, make_row, seat
from tests.example.models import Fault, Site

FAULTS = registry.ledger("faults")
PATHS = ("360000/361100/", "360000/361100/361102/", "360000/360100/", "360000/360100/360102/")
HOUSE = system_actor("测试")


def cells() -> dict[tuple[str, str, str], int]:
    """The counts of each place; those of whole territories are the sums of these."""
    counted: dict[bool, Counter[tuple[str, str, str]]] = {True: Counter(), False: Counter()}
    for one in Total.objects.filter(ledger="faults"):
        counted[one.under][one.region_path, one.cell["state"], one.cell["level"]] += one.n
    above: Counter[tuple[str, str, str]] = Counter()
    for (path, state, level), number in counted[False].items():
        labels = path.split("/")
        for n in range(len(labels)):
            above["".join(f"{one}/" for one in labels[:n]), state, level] += number
    whole, each = ({k: n for k, n in one.items() if n} for one in (counted[True], counted[False]))
    assert whole == {key: number for key, number in above.items() if number}
    return each


def truth() -> dict[tuple[str, str, str], int]:
    rows = FAULTS.rows(HOUSE).order_by().values_list("region_path", "state", "level").annotate(n=Count("pk"))
    return {(path, state, level): number for path, state, level, number in rows}


def fault(site: Site, number: int, **values: Any) -> Fault:
    given = {"region_path": PATHS[number % 4], "industry": "工贸", "found_on": "2023-01-01", **values}
    return Fault(number=f"T{number}", site=site, description="无", **given)


@pytest.fixture
def site(db: None) -> Site:
    return make_row(Site)


def test_every_way_of_writing_keeps_them(site: Site) -> None:
    faults = FAULTS.rows(HOUSE)
    Fault.objects.bulk_create([fault(site, n) for n in range(40)])
    assert cells() == truth() and sum(cells().values()) == 40
    faults.filter(number__in=["T1", "T2", "T3"]).update(state="mending", level="major")
    assert cells() == truth()
    faults.filter(number="T5").update(region_path=PATHS[0])
    faults.filter(number__startswith="T1").delete()
    assert cells() == truth() and sum(cells().values()) == 29
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE example_fault")
    assert cells() == truth() == {}


def test_folding_changes_no_sum_and_leaves_one_row_a_cell(site: Site) -> None:
    for n in range(12):
        fault(site, n).save()
    FAULTS.rows(HOUSE).filter(number="T0").delete()
    before = cells()
    assert totals.fold() is True
    assert cells() == before == truth()
    assert Total.objects.filter(ledger="faults", under=False).count() == len(before)


def test_rebuilding_mends_what_somebody_broke(site: Site) -> None:
    fault(site, 1).save()
    Total.objects.filter(ledger="faults").update(n=99)
    totals.rebuild(FAULTS)
    assert cells() == truth()


def test_a_changed_declaration_is_counted_anew(site: Site) -> None:
    fault(site, 1).save()
    with connection.cursor() as cursor:
        cursor.execute("COMMENT ON FUNCTION anlan_total_example_fault() IS 'anlan old'")
    Total.objects.filter(ledger="faults").delete()
    install_objects(registry.ledger("faults").model._meta.app_config)
    assert cells() == truth() == {(PATHS[1], "found", "ordinary"): 1}


ACTORS = {
    "all": actor(seat("faults.view", reach=Reach.ALL)),
    "city": actor(seat("faults.view", path=PATHS[0])),
    "county": actor(seat("faults.view", path=PATHS[1])),
    "city itself": actor(seat("faults.view", path=PATHS[0], reach=Reach.REGION)),
    "two posts that overlap": actor(seat("faults.view", path=PATHS[0]), seat("faults.view", path=PATHS[1])),
    "two posts": actor(seat("faults.view", path=PATHS[1]), seat("faults.view", path=PATHS[2])),
    "other ledger": actor(seat("sites.view", path=PATHS[0])),
    "public": Actor(),
    "house": HOUSE,
}


@pytest.mark.parametrize("who", ACTORS.values(), ids=ACTORS.keys())
@pytest.mark.parametrize(
    "filters",
    [{}, {"state": "found"}, {"state": "found,closed", "level": "major"}, {"region_path": "360000/361100"}],
    ids=str,
)
def test_counts_are_those_of_the_rows(site: Site, who: Actor, filters: dict[str, str]) -> None:
    chance = random.Random(3)
    Fault.objects.bulk_create(
        fault(site, n, state=chance.choice(Fault.State.values), level=chance.choice(Fault.Level.values))
        for n in range(60)
    )
    from anlan.kernel.listing import Listing

    listing = Listing(FAULTS, who, filters)
    assert totals.count(FAULTS, who, filters) == listing.filtered.count()
    assert listing.count == counting.Count(listing.filtered.count())
    by_state = listing.filtered.order_by().values_list("state").annotate(n=Count("pk"))
    assert totals.by(FAULTS, who, "state", filters) == dict(by_state)


@pytest.mark.parametrize(
    ("who", "filters"),
    [
        (actor(seat("faults.view", path=PATHS[0], reach=Reach.OWN)), {}),
        (actor(seat("faults.view", path=PATHS[0], industries=frozenset({"工贸"}))), {}),
        (actor(seat("faults.view", enterprise_id=1)), {}),
        (HOUSE, {"industry": "工贸"}),
        (HOUSE, {"found_on": "2023-01-01"}),
    ],
    ids=["own rows", "industries", "enterprise", "other column", "date"],
)
def test_what_they_cannot_tell_is_counted_on_the_rows(
    site: Site, who: Actor, filters: dict[str, str]
) -> None:
    fault(site, 1).save()
    assert totals.count(FAULTS, who, filters) is None
    assert totals.by(FAULTS, who, "state", filters) is None


def test_without_totals_a_count_is_capped_unless_asked_exactly(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "CAP", 10)
    Fault.objects.bulk_create(fault(site, n) for n in range(12))
    rows = FAULTS.rows(HOUSE)
    capped = counting.count(totals.Kept(FAULTS, HOUSE), lambda: rows, None)
    assert (capped.text, capped.capped) == ("10+", True)
    assert counting.count(totals.Kept(FAULTS, HOUSE), lambda: rows, None, exact=True) == counting.Count(12)
    assert counting.Count(1234567).text == "1,234,567"


def _write(seed: int, site_id: int, wrong: list[int | None]) -> None:
    """Random inserts, updates, removals and rollbacks on a connection of its own."""
    chance = random.Random(seed)
    try:
        for step in range(40):
            mine = FAULTS.rows(HOUSE).filter(number__startswith=f"T{seed}0")
            try:
                with transaction.atomic():
                    match chance.randint(0, 3):
                        case 0:
                            Fault.objects.bulk_create(
                                fault(Site(pk=site_id), int(f"{seed}0{step}{n}")) for n in range(5)
                            )
                        case 1:
                            mine.filter(level="ordinary").update(state=chance.choice(Fault.State.values))
                        case 2:
                            mine.filter(pk__in=list(mine.values_list("pk", flat=True)[:3])).delete()
                        case _:
                            fault(Site(pk=site_id), int(f"{seed}0{step}9")).save()
                    if chance.random() < 0.2:
                        raise InterruptedError
            except InterruptedError:
                pass
            if step % 7 == seed % 7:
                totals.fold()
            seen = Total.objects.filter(ledger="faults").aggregate(n=Sum("n"))["n"]
            if seen is not None and seen < 0:
                wrong.append(seen)
    except Exception:
        wrong.append(None)
        raise
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_many_writers_at_once_leave_the_real_counts() -> None:
    site_id, wrong = make_row(Site).pk, []  # type: ignore[var-annotated]
    threads = [threading.Thread(target=_write, args=(seed, site_id, wrong)) for seed in range(1, 6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not wrong
    assert cells() == truth() != {}
    totals.fold()
    assert cells() == truth()
