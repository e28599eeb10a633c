"""Rules of hidden dangers by table, both sides of every bound."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from anlan.hazards.rules import danger_clocks, danger_grading, danger_listing, danger_remedy, danger_watch

TODAY = date(2023, 7, 5)


@pytest.mark.parametrize(
    ("given", "level", "ground"),
    [
        pytest.param({}, "ordinary", "ordinary", id="16-3 put right at once is ordinary"),
        pytest.param({"needs_stop": True}, "major", "definition", id="16-3 a stop and some time is major"),
        pytest.param({"beyond_own": True}, "major", "definition", id="16-3 beyond the unit's means is major"),
        pytest.param({"criterion": "HC05"}, "major", "criterion", id="a criterion met is major at once"),
        pytest.param(
            {"criterion": "HC05", "needs_stop": True},
            "major",
            "criterion",
            id="a criterion comes before the definition",
        ),
    ],
)
def test_the_level_follows_from_the_grounds(given: dict[str, Any], level: str, ground: str) -> None:
    verdict = danger_grading.grade(given.pop("criterion", ""), **given)
    assert (verdict.level, verdict.ground) == (level, ground) and verdict.reason


WHOLE = {"responsible": "王某", "measures": "更换", "funds": 0, "due_on": TODAY, "contingency": "停用"}


@pytest.mark.parametrize("name", list(WHOLE))
def test_five_elements_are_settled_one_by_one(name: str) -> None:
    assert danger_remedy.five_settled(WHOLE) is None
    label = dict(danger_remedy.ELEMENTS)[name]
    assert danger_remedy.five_settled({**WHOLE, name: None}) == f"五落实还缺{label}"


SIX = {name: "写明" for name, _ in danger_remedy.PLAN}


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        pytest.param({"level": "ordinary", "plan": None}, None, id="16-15 an ordinary one needs no plan"),
        pytest.param(
            {"level": "major", "plan": None}, "重大隐患还没有治理方案", id="16-15 a major one needs a plan"
        ),
        pytest.param({"level": "major", "plan": SIX}, None, id="16-15 six elements are whole"),
        pytest.param(
            {"level": "major", "plan": {**SIX, "safety": ""}},
            "治理方案还缺安全措施和应急预案",
            id="16-15 five of six are not",
        ),
    ],
)
def test_a_major_danger_has_a_plan(facts: dict[str, Any], reason: str | None) -> None:
    assert danger_remedy.plan_made(facts) == reason


@pytest.mark.parametrize(
    ("regulator", "congress", "reason"),
    [
        (None, None, "重大隐患还没有报告监管部门、职工大会或职代会"),
        (TODAY, None, "重大隐患还没有报告职工大会或职代会"),
        (None, TODAY, "重大隐患还没有报告监管部门"),
        (TODAY, TODAY, None),
    ],
)
def test_both_reports_of_article_41(regulator: Any, congress: Any, reason: str | None) -> None:
    facts = {"level": "major", "regulator_told_on": regulator, "congress_told_on": congress}
    assert danger_remedy.dual_reported(facts) == reason
    assert danger_remedy.dual_reported({**facts, "level": "ordinary"}) is None


PERSON = {"actor_is_house": False, "actor_person_id": 7, "actor_unit_id": None, "rectifier_id": None,
          "level": "ordinary", "source": "inspection"}  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "facts", "open_"),
    [
        (danger_remedy.verified_by_another, {"rectifier_id": 7}, False),
        (danger_remedy.verified_by_another, {"rectifier_id": 8}, True),
        (danger_remedy.verified_by_another, {"rectifier_id": None}, True),
        (danger_remedy.verified_by_another, {"rectifier_id": 7, "actor_is_house": True}, True),
        (danger_remedy.regulator_verifies, {"level": "major"}, False),
        (danger_remedy.regulator_verifies, {"level": "major", "actor_unit_id": 3}, True),
        (danger_remedy.regulator_verifies, {"level": "ordinary"}, True),
        (danger_remedy.found_by_office, {"source": "inspection"}, False),
        (danger_remedy.found_by_office, {"source": "self"}, True),
        (danger_remedy.found_by_office, {"source": "tipoff", "actor_unit_id": 3}, True),
        (danger_remedy.off_the_list, {"listed": True}, False),
        (danger_remedy.off_the_list, {"listed": False}, True),
        (danger_remedy.settled_before, {"pending": True}, False),
        (danger_remedy.settled_before, {"pending": False}, True),
        (danger_remedy.photographed_after, {"after_photos": 0}, False),
        (danger_remedy.photographed_after, {"after_photos": 1}, True),
    ],
)
def test_a_guard_opens_or_gives_its_reason(rule: Any, facts: dict[str, Any], open_: bool) -> None:
    said = rule({**PERSON, **facts})
    assert (said is None) == open_ and (open_ or not said.endswith("。"))


@pytest.mark.parametrize(("due", "open_"), [(TODAY - timedelta(1), False), (TODAY, True), (None, True)])
def test_an_order_is_due_today_or_later(due: date | None, open_: bool) -> None:
    assert (danger_remedy.due_after(due, TODAY) is None) == open_


@pytest.mark.parametrize(
    ("old", "new", "open_"),
    [
        (TODAY, TODAY, False),
        (TODAY, TODAY + timedelta(1), True),
        (None, TODAY, True),
        (date(2023, 1, 1), TODAY - timedelta(1), False),
    ],
)
def test_an_extension_ends_later(old: date | None, new: date, open_: bool) -> None:
    assert (danger_remedy.longer(old, new, TODAY) is None) == open_


@pytest.mark.parametrize(
    ("industry", "level", "stop", "length"),
    [
        pytest.param("fire", "major", False, (10, "days"), id="16-23 a major one within ten days"),
        pytest.param("fire", "ordinary", False, None, id="an ordinary one has no day in law"),
        pytest.param(
            "coal-mine", "major", True, (20, "days"), id="coal-48 a stopped coal mine within twenty"
        ),
        pytest.param("coal-mine", "major", False, (10, "days"), id="coal-48 holds only under a stop"),
        pytest.param(
            "special-equipment", "ordinary", False, (10, "working_days"), id="special-29 ten working days"
        ),
    ],
)
def test_the_office_looks_again_in_time(industry: str, level: str, stop: bool, length: Any) -> None:
    found = danger_clocks.review(industry, level, stop, 10)
    assert (found and (found.amount, found.unit)) == length


@pytest.mark.parametrize(
    ("begin", "months", "last"),
    [
        (date(2023, 7, 5), 12, date(2024, 7, 5)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2022, 12, 31), 2, date(2023, 2, 28)),
        (date(2023, 12, 1), 1, date(2024, 1, 1)),
        (date(2023, 11, 30), 1, date(2023, 12, 30)),
    ],
)
def test_the_longest_term_of_a_listing(begin: date, months: int, last: date) -> None:
    assert danger_clocks.longest(begin, months) == last
    assert danger_listing.within(begin, last, months) is None
    assert danger_listing.within(begin, last + timedelta(1), months) is not None


@pytest.mark.parametrize(("today", "open_"), [(TODAY, True), (TODAY + timedelta(1), False)])
def test_more_time_for_a_listing_is_asked_in_time(today: date, open_: bool) -> None:
    assert (danger_listing.asked_in_time(today, TODAY, 20) is None) == open_


@pytest.mark.parametrize(
    ("last", "opened", "silent"),
    [
        (TODAY - timedelta(30), None, False),
        (TODAY - timedelta(31), None, True),
        (None, TODAY - timedelta(30), False),
        (None, TODAY - timedelta(31), True),
        (None, None, True),
    ],
)
def test_a_firm_is_silent_after_so_many_days(last: date | None, opened: date | None, silent: bool) -> None:
    assert danger_watch.silence(last, opened, TODAY, 30).silent == silent


@pytest.mark.parametrize(("minutes", "at_once"), [(0, True), (9.99, True), (10, False), (-1, False)])
def test_closed_within_minutes(minutes: float, at_once: bool) -> None:
    begin = datetime(2023, 7, 5, 1, tzinfo=timezone.utc)  # noqa: UP017
    assert danger_watch.closed_at_once(begin, begin + timedelta(minutes=minutes), 10) == at_once
    assert not danger_watch.closed_at_once(None, begin, 10)
