"""The demonstration's risks: believable, marked, made once, and right by the house's own rules."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from anlan.enterprises.testing import make_firm
from anlan.hazards import risk_demo
from anlan.hazards.models import GuarantorDuty, MajorHazardInstallation, RiskPoint, ShiftLeader, SitePlan
from anlan.hazards.rules import lec
from anlan.hazards.tests.risk_case import Case, case

__all__ = ["case"]
LOOK = "a test looks"


def fill(case: Case) -> list[str]:
    """A few firms marked as demonstration, and what the step says."""
    case.firm.demo = True
    case.firm.save()
    for n, industry in enumerate(
        ("hazchem", "hazchem", "hazchem", "noncoal-mine", "urban-gas", "fire"), start=10
    ):
        make_firm(case.world, n, industry=industry, demo=True)
    said: list[str] = []
    risk_demo.prepare(True, said.append)
    return said


def test_every_template_is_graded_by_the_tables_and_its_controls_help() -> None:
    for one in risk_demo.templates():
        point = RiskPoint()
        risk_demo._grade(point, one)
        first, second = point.grade("inherent"), point.grade("residual")
        assert first and second and second.score <= first.score, one["name"]
        assert one["hazard"] and one["emergency"] and one["job"], one["name"]
    assert {one["industry"] for one in risk_demo.templates()} >= {"", "hazchem", "fireworks", "urban-gas"}


def test_it_fills_everything_once_with_human_habits(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(risk_demo, "SINCE", date(2023, 6, 5))
    said: list[Any] = []
    risk_demo.prepare(False, said.append)
    assert not RiskPoint.objects.unscoped(LOOK).exists(), "nothing outside a demonstration"
    said = fill(case)
    points = RiskPoint.objects.unscoped(LOOK)
    assert len(said) == 1 and points.filter(state="lowering").count() == 1
    assert all(one.demo for one in points)
    for one in points.exclude(residual_colour=""):
        assert one.residual_score <= one.inherent_score
        assert one.residual_colour == lec.grade(one.residual_score).colour
    assert SitePlan.objects.unscoped(LOOK).get().points.unscoped(LOOK).count() >= 4
    levels = Counter(MajorHazardInstallation.objects.unscoped(LOOK).values_list("level", flat=True))
    assert levels and set(levels) <= {"1", "2", "3", "4"}
    states = Counter(GuarantorDuty.objects.unscoped(LOOK).values_list("state", flat=True))
    assert states["done"] > states["missed"] > 0
    assert ShiftLeader.objects.unscoped(LOOK).exists()
    before = points.count()
    risk_demo.prepare(True, said.append)
    assert len(said) == 1 and points.count() == before, "the second start does nothing"
