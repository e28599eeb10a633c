"""The invented province: the same for a seed, right by the house's own rules, with habits that show."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import islice

import pytest

from anlan.enterprises.models import ClosurePlan, Enterprise, KeyPerson, Licence
from anlan.enterprises.models.facilities import Facility
from anlan.enterprises.rules import uscc
from anlan.hazards.demo import closures, findings, shots
from anlan.hazards.demo.findings import Phrase, World
from anlan.hazards.demo.firms import County, firms
from anlan.hazards.demo.loading import Scale, load
from anlan.hazards.demo.spots import inside
from anlan.hazards.demo.trades import TRADES
from anlan.hazards.models import CopiedPhoto, HiddenDanger
from anlan.kernel.measure import Window, compute, measure_of
from anlan.kernel.models import AuditEntry
from anlan.org.testing import make_world

TODAY, SINCE = date(2023, 7, 5), date(2022, 1, 1)
COUNTIES = [
    County(f"360000/36{city:02d}00/36{city:02d}{n}/", f"县{city}{n}")
    for city in range(1, 12)
    for n in (21, 22)
]


def made(number: int, seed: int = 1) -> list:
    return list(firms(number, COUNTIES, TODAY, lambda chance, path: (117.0, 29.0), seed=seed))


def found(number: int, seed: int = 1) -> list[findings.Danger]:
    phrases = {"": [Phrase("未接地"), Phrase("通道堵塞")]}
    world = World(phrases, {"hazchem": [Phrase("特种作业无证", 7)]}, {}, {}, TODAY, SINCE)
    return list(findings.dangers(number, made(300, seed), world, seed))


def test_firms_are_the_same_for_a_seed_and_their_codes_pass():
    some = made(400)
    assert some == made(400) and some != made(400, seed=2)
    assert all(uscc.fault(firm.code) == "" for firm in some)
    assert len({firm.code for firm in some}) == 400
    assert all(firm.name.endswith("（演示）") for firm in some)


def test_trades_that_have_their_places_lie_there():
    fireworks = [firm for firm in made(5000) if firm.trade.industry == "fireworks"]
    there = sum(firm.path[7:11] in {"3603", "3609"} for firm in fireworks)
    assert fireworks and there / len(fireworks) > 0.8
    assert abs(sum(one.share for one in TRADES) - 1) < 0.05


def test_a_danger_goes_its_way_in_order_and_not_past_today():
    for one in found(3000):
        days = [one.found_on, one.graded_on, one.rectified_on, one.verified_on, one.closed_on]
        passed = [day for day in days if day]
        assert passed == sorted(passed) and passed[-1] <= TODAY
        assert (one.state == "closed") == (one.closed_on is not None)
        assert one.attention_on == (None if one.state == "closed" else one.due_on or one.found_on)
        assert one.closed_at is None or one.closed_at > one.reported_at


def test_people_have_habits():
    some = found(6000)
    months = Counter(one.found_on.month for one in some if one.found_on.year == 2022)
    assert months[6] > months[2] * 1.5
    assert Counter(one.found_on.weekday() for one in some)[6] < len(some) / 14
    late = [one for one in some if one.due_on and one.rectified_on and one.rectified_on > one.due_on]
    assert 0.05 < len(late) / len(some) < 0.3
    assert any(one.closed_at and (one.closed_at - one.reported_at).seconds < 600 for one in some)
    silent = {firm.id for firm in made(300) if firm.silent}
    assert silent and not any(one.source == "self" for one in some if one.enterprise_id in silent)


def test_major_ones_name_their_criterion_or_ask_for_a_stop():
    majors = [one for one in found(6000) if one.level == "major"]
    assert majors
    assert all((one.criterion_id is not None) != one.needs_stop for one in majors)


def test_points_lie_in_their_county():
    ring = [[0, 0], [4, 0], [4, 4], [2, 1], [0, 4]]
    assert inside(1, 1, ring) and inside(3.5, 3, ring)
    assert not inside(2, 2, ring) and not inside(5, 1, ring)


@pytest.mark.django_db
def test_the_province_is_loaded_whole_and_stands_by_the_houses_rules(settings, tmp_path):
    settings.FILES = tmp_path
    make_world()
    said: list[str] = []
    load(Scale(120, 240, 600), TODAY, said.append)
    rows = Enterprise.objects.unscoped("test")
    assert rows.count() == 120 and rows.filter(demo=True).count() == 120
    assert HiddenDanger.objects.unscoped("test").count() == 600
    assert Licence.objects.unscoped("test").count() == 0 or rows.filter(papers_until__isnull=False).exists()
    assert KeyPerson.objects.unscoped("test").filter(role="principal").count() == 120
    assert Facility.objects.unscoped("test").filter(demo=False).count() == 0
    for model in (Enterprise, HiddenDanger, Facility):
        for row in islice(model.objects.unscoped("test").order_by("id"), 40):
            kept = {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields}
            row.derive()
            assert kept == {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields}
            row.clean()
    for _ in range(2):
        closures.prepare(True, said.append)
    assert sum("处关闭退出" in one for one in said) == 1
    past = {one.industry: one for one in ClosurePlan.objects.unscoped("test").filter(year=2022)}
    assert {key: (one.number, one.named, one.done) for key, one in past.items()} == {
        "noncoal-mine": (50, 53, 51), "tailings": (15, 15, 15),
    }  # fmt: skip
    year = Window.of("year", 2022)
    found = [compute(measure_of(key), year)[()].number for key in ("noncoal-mines-closed", "closures-done")]
    assert found == [51, 51 + 14]  # one pond was late
    entry = AuditEntry.objects.unscoped("test").get(act="demo", ledger="enterprises")
    assert "120 家企业" in entry.note
    for _ in range(2):
        shots.prepare(True, said.append)
    assert sum("张照片" in one for one in said) == 1
    shown = HiddenDanger.objects.unscoped("test").filter(photos__gt=0)
    assert shown.count() > 10 and set(shown.values_list("state", flat=True)) > {"closed"}
    assert 1 <= CopiedPhoto.objects.count() <= 4


@pytest.mark.django_db
def test_nothing_is_left_when_it_breaks_on_the_way(monkeypatch):
    make_world()
    monkeypatch.setattr("anlan.hazards.demo.loading._dangers", lambda *given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        load(Scale(20, 40, 60), TODAY, lambda text: None)
    assert not Enterprise.objects.unscoped("test").exists()
