"""Risk points as firms and officers live with them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from anlan.hazards import reads_risk
from anlan.hazards.actions import risk as grading
from anlan.hazards.models import RiskPoint, SitePlan
from anlan.hazards.tests.risk_case import (
    BLUE,
    ORANGE,
    RED,
    TODAY,
    Case,
    case,
    factors,
    fresh,
    picture,
)
from anlan.kernel import audit, clock, deadline, moves, parameters
from anlan.kernel.models import Deadline
from anlan.kernel.scope import system_actor
from anlan.kernel.sniff import BadFile
from anlan.kernel.writing import Refused, Stale, write

__all__ = ["case"]


def residual(values: tuple[str, ...]) -> dict[str, Any]:
    return factors("residual", values)


def test_a_new_point_gets_scores_colours_level_place_and_a_review_clock(case: Case) -> None:
    row = case.point()
    assert (row.inherent_score, row.inherent_colour) == (270, "orange")
    assert (row.residual_score, row.residual_colour) == (126, "yellow")
    assert (row.responsible_level, row.region_path) == ("workshop", case.firm.region_path)
    assert (row.review_due_on, row.registered_on) == (date(2024, 7, 5), TODAY)
    running = deadline.of_row(row).get()
    assert (running.key, running.last_day) == ("review", date(2024, 7, 5))


def test_a_point_may_be_listed_before_it_is_graded(case: Case) -> None:
    row = grading.save(
        case.user, RiskPoint(),
        {"enterprise": case.firm, "name": "未评估点", "hazard": "高处坠落", "reviewed_on": TODAY}, "add",
    )[0]  # fmt: skip
    assert not row.is_graded and row.residual_score is None


def test_raising_holds_at_once(case: Case) -> None:
    row = case.point()
    saved, change = grading.save(case.user, row, residual(ORANGE), "change")
    assert change == "raise"
    assert fresh(saved).residual_colour == "orange" and fresh(saved).state == "in-force"


def test_lowering_waits_for_another_person_and_holds_once_approved(case: Case) -> None:
    row = case.point()
    saved, change = grading.save(
        case.user, row, {**residual(BLUE), "ppe": "防化服"}, "change", reason="加装喷淋"
    )
    assert (change, saved.state, saved.residual_colour, saved.ppe) == (
        "lower",
        "lowering",
        "yellow",
        "防化服",
    )
    assert fresh(saved).proposal["colours"] == ["orange", "blue"]
    with pytest.raises(Refused, match="不能是同一人"):
        moves.perform(case.user, saved, "approve")
    done = moves.perform(case.second, saved, "approve").row
    assert (done.state, done.residual_colour, done.residual_score, done.proposal) == (
        "in-force",
        "blue",
        42,
        None,
    )
    assert [one.state for one in deadline.of_row(done).order_by("id")] == ["met", "running"]


def test_lowering_needs_a_reason_and_without_one_nothing_is_saved(case: Case) -> None:
    row = case.point()
    with pytest.raises(ValidationError, match="降级要说明理由"):
        grading.save(case.user, row, {**residual(BLUE), "ppe": "防化服"}, "change")
    assert (fresh(row).state, fresh(row).ppe) == ("in-force", "")


def test_a_refused_proposal_leaves_the_colour_and_its_reason_on_record(case: Case) -> None:
    row = case.point()
    grading.save(case.user, row, residual(BLUE), "change", reason="加装喷淋")
    with pytest.raises(ValidationError):
        moves.perform(case.second, row, "refuse")
    done = moves.perform(case.second, row, "refuse", note="喷淋未验收").row
    assert (done.state, done.residual_colour, done.proposal) == ("in-force", "yellow", None)
    assert audit.history(done, 1)[0].note == "喷淋未验收"


def test_the_asker_may_take_a_proposal_back(case: Case) -> None:
    row = case.point()
    grading.save(case.user, row, residual(BLUE), "change", reason="加装喷淋")
    assert fresh(row).proposed == "固有 较大风险（270），现状 低风险（42）"
    done = moves.perform(case.user, row, "refuse", note="写错了").row
    assert (done.state, done.proposed) == ("in-force", "")


def test_no_door_lowers_a_colour_without_approval(case: Case) -> None:
    """Neither the officer's form, nor the house itself, nor an import."""
    row = case.point()
    for actor in (case.user, case.county, system_actor("导入")):
        with pytest.raises(ValidationError, match="降级须经批准"):
            write(actor, fresh(row), residual(BLUE), "change", permission="risks.change")
    assert fresh(row).residual_colour == "yellow"


def test_another_method_does_not_lower_a_colour_by_the_back_door(case: Case) -> None:
    row = case.point()
    by_matrix = {"method": "ls", "variant": "standard", "inherent_l": Decimal(3), "inherent_c": Decimal(5),
                 "residual_l": Decimal(2), "residual_c": Decimal(2)}  # fmt: skip
    with pytest.raises(ValidationError, match="降级须经批准"):
        write(case.user, row, by_matrix, "change")


def test_a_rise_and_a_fall_are_two_acts(case: Case) -> None:
    row = case.point()
    with pytest.raises(ValidationError, match="一升一降"):
        grading.save(case.user, row, {**factors("inherent", RED), **residual(BLUE)}, "change", reason="x")


def test_a_graded_point_does_not_become_ungraded(case: Case) -> None:
    row = case.point()
    empty = {f"{side}_{name}": None for side in ("inherent", "residual") for name in "lec"}
    with pytest.raises(ValidationError, match="不能退回未评估"):
        write(case.user, row, empty, "change")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"residual_l": Decimal(6), "residual_c": Decimal(15)}, "高于固有风险"),
        ({"inherent_e": None}, "没有填全"),
        ({"inherent_l": None, "inherent_e": None, "inherent_c": None}, "一起评估"),
        ({"inherent_l": Decimal(4)}, "没有 4 这一档"),
        ({"variant": "variant-1"}, "另一种评估方法"),
        ({"method": "ls", "variant": "standard"}, "1 到 5"),
    ],
)
def test_gradings_that_cannot_stand_are_refused_with_reason(
    case: Case, values: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValidationError, match=words):
        case.point(**values)
    assert RiskPoint.objects.unscoped("a test looks").count() == 0


def test_70_follows_the_parameter_of_its_own_day(case: Case) -> None:
    before = case.point(("10", "1", "7"), ("10", "1", "7"), name="甲")
    parameters.put(system_actor("测试"), "risks.seventy_is_yellow", True)
    after = case.point(("10", "1", "7"), ("10", "1", "7"), name="乙")
    assert (before.residual_colour, after.residual_colour) == ("blue", "yellow")
    write(case.user, before, {"ppe": "手套"}, "change")
    assert fresh(before).residual_colour == "blue"


def test_a_review_starts_the_next_cycle(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    row = case.point(review_months=3)
    assert row.review_due_on == date(2023, 10, 5)
    monkeypatch.setenv("ANLAN_TODAY", "2023-09-20")
    done = moves.perform(case.user, row, "review", note="措施有效，无变化").row
    assert (done.reviewed_on, done.review_due_on) == (date(2023, 9, 20), date(2023, 12, 20))
    states = {(one.state, one.last_day) for one in deadline.of_row(done)}
    assert states == {("met", date(2023, 10, 5)), ("running", date(2023, 12, 20))}


def test_a_review_not_made_in_time_is_overdue_everywhere(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    row = case.point(review_months=1)
    monkeypatch.setenv("ANLAN_TODAY", "2023-08-06")
    assert reads_risk.summary_of(case.firm, case.user).not_reviewed == 1
    assert [one.subject_id for one in deadline.overdue(case.county, clock.now())] == [row.pk]
    assert not deadline.overdue(case.stranger, clock.now()).exists()


def test_a_retired_point_leaves_the_figures_and_stops_its_clock(case: Case) -> None:
    row = case.point()
    moves.perform(case.second, row, "retire", note="储罐已拆除")
    assert reads_risk.summary_of(case.firm, case.user).points == 0
    assert deadline.of_row(row).get().state == Deadline.State.CANCELLED


def test_a_site_of_another_firm_is_not_taken(case: Case) -> None:
    from anlan.enterprises.models import Site

    site = Site(enterprise=case.other, name="别家厂区", region_path=case.other.region_path)
    site.save()
    with pytest.raises(ValidationError):
        case.point(site=site)


def test_the_stranger_sees_nothing_and_the_firm_only_its_own(case: Case) -> None:
    row = case.point()
    assert not RiskPoint.objects.visible_to(case.stranger).exists()
    assert RiskPoint.objects.visible_to(case.county).get().pk == row.pk
    with pytest.raises((Refused, ValidationError)):
        values = {"enterprise": case.other, "name": "x", "hazard": "x", "reviewed_on": TODAY}
        write(case.user, RiskPoint(), values, "add")


def test_whoever_was_slower_is_told(case: Case) -> None:
    row = case.point()
    write(case.second, fresh(row), {"ppe": "手套"}, "change")
    with pytest.raises(Stale):
        grading.save(case.user, fresh(row), {"ppe": "靴子"}, "change", seen=row.version)


def test_a_plan_keeps_its_picture_and_points_relative_places(case: Case) -> None:
    plan = grading.new_plan(case.user, {"enterprise": case.firm, "name": "厂区总图"}, picture())
    row = grading.place(case.user, plan, case.point(), (355, 1000))
    assert (plan.width, plan.height, row.plan_id, row.plan_x, row.plan_y) == (800, 500, plan.pk, 355, 1000)
    again = grading.put_picture(case.user, fresh(plan), picture(1600, 900))
    assert (again.width, again.height, fresh(row).plan_x) == (1600, 900, 355)
    assert fresh(grading.place(case.user, plan, fresh(row), None)).plan_id is None


def test_a_place_outside_the_plan_or_on_another_firms_plan_is_refused(case: Case) -> None:
    plan = grading.new_plan(case.user, {"enterprise": case.firm, "name": "厂区总图"}, picture())
    with pytest.raises(ValidationError, match="图外"):
        grading.place(case.user, plan, case.point(), (1001, 0))
    alien = SitePlan(enterprise=case.other, name="别家")
    alien.save()
    with pytest.raises(Refused, match="另一家企业"):
        grading.place(case.user, alien, fresh(RiskPoint.objects.unscoped("a test looks").get()), (0, 0))


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (lambda: picture(150, 150), "太小"),
        (lambda: _named("note.txt", b"hello, this is a text"), "只收"),
        (lambda: _named("broken.png", b"\x89PNG\r\n\x1a\n" + b"0" * 400), "读不出"),
    ],
)
def test_what_is_no_plan_is_refused_and_nothing_is_kept(case: Case, upload: Any, words: str) -> None:
    with pytest.raises(BadFile, match=words):
        grading.new_plan(case.user, {"enterprise": case.firm, "name": "厂区总图"}, upload())
    assert not SitePlan.objects.unscoped("a test looks").exists()


def _named(name: str, content: bytes) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, content)


def test_the_firms_page_gets_its_figures(case: Case) -> None:
    case.point(RED, RED, name="甲")
    case.point(name="乙")
    found = reads_risk.summary_of(case.firm, case.user)
    assert found.colours == {"red": 1, "orange": 0, "yellow": 1, "blue": 0, "": 0}
    assert (found.highest, found.points, found.installations, found.duties_due) == ("red", 2, 0, 0)
    assert reads_risk.summary_of(case.firm, case.stranger).points == 0
