"""The curve of an item: done against where it should be; reports and proofs beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal as D

import pytest
from django.test import Client

from anlan.programmes import reads_curve, reads_item
from anlan.programmes.actions import report as reporting
from anlan.programmes.actions import run, run_judging, run_occurrences
from anlan.programmes.models import ProgressReport, ReportEntry
from anlan.programmes.rules import report_lock
from anlan.programmes.rules.curve import counted, paced, still_needed
from anlan.programmes.tests.running import GRANTS, Running, make_programme, make_world

pytestmark = pytest.mark.django_db
QUOTA, CASES = "全年改造老旧房屋50栋以上", "每季度至少公布3个案例"
HOUSING = "housing"
SignIn = Callable[[str], Client]
JULY = date(2023, 7, 5)


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Running:
    """The city's programme, with the department's progress in March, May and June 2023."""
    monkeypatch.setenv("ANLAN_TODAY", "2023-03-01")
    grants = {**GRANTS, "committee-officer": [*GRANTS["committee-officer"], "reports.*", "report-rounds.*"]}
    grants["department-officer"] = [*GRANTS["department-officer"], "reports.view", "reports.fill"]
    made = make_programme(make_world(grants))
    run.dispatch(made.world.actor("city_officer"), made.programme)
    department = made.world.actor("department_officer")
    for day, done in (("2023-03-31", 9), ("2023-05-20", 21), ("2023-06-30", 22)):
        monkeypatch.setenv("ANLAN_TODAY", day)
        due = made.due(made.duty(QUOTA, HOUSING, "361100"))[0]
        run_occurrences.report_progress(department, due, D(done))
    monkeypatch.setenv("ANLAN_TODAY", JULY.isoformat())
    run_judging.judge()
    return made


@pytest.fixture
def signed_in(running: Running) -> SignIn:
    """A client in which a member of the cast is signed in."""

    def enter(member: str) -> Client:
        client = Client()
        backend = "allauth.account.auth_backends.AuthenticationBackend"
        client.force_login(running.world.person(member), backend=backend)
        return client

    return enter


def test_counted_matters_rise_with_their_days_and_stop_today() -> None:
    quarters = [(date(2023, 3, 31), date(2023, 4, 9)), (date(2023, 6, 30), date(2023, 6, 1))]
    points = counted([*quarters, (date(2023, 9, 30), None)], 2023, JULY)
    assert [int(one.should or 0) for one in points] == [0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3]
    assert [one.done for one in points] == [0, 0, 0, 1, 1, 2, 2, None, None, None, None, None]


def test_late_returns_of_january_count_for_the_year_that_is_over() -> None:
    points = counted([(date(2022, 12, 31), date(2023, 1, 20))], 2022, JULY)
    assert (points[10].done, points[11].done) == (0, 1)


@pytest.mark.parametrize(("join", "done"), [("sum", D(7)), ("most", D(5)), ("mean", D("2.3"))])
def test_the_figures_of_units_are_joined_as_they_are_meant(join: str, done: D) -> None:
    stories = {1: [(date(2023, 1, 9), D(2))], 2: [(date(2023, 1, 20), D(5))], 3: []}
    points = paced(stories, {date(2023, 1, 31): D(4)}, join, JULY)  # type: ignore[arg-type]
    assert [one.done for one in points] == [done]


@pytest.mark.parametrize(
    ("done", "day", "left", "each"),
    [
        (D(19), date(2023, 6, 20), D(31), D("4.9")),
        (D(50), JULY, D(0), None),
        (D(9), date(2024, 1, 1), D(41), None),
    ],
)  # fmt: skip
def test_what_is_left_is_spread_over_the_months_that_are_left(
    done: D, day: date, left: D, each: D | None
) -> None:
    assert still_needed(D(50), done, day, date(2023, 12, 31)) == (left, each)


def test_the_items_curve_shows_what_was_known_at_each_months_end(running: Running) -> None:
    found = reads_curve.curve_of(running.world.actor("city_officer"), running.obligations[QUOTA], 2023, JULY)
    assert found is not None and not found.counts
    done = [one.done for one in found.points]
    assert done == [None, None, 9, 9, 21, 22, 22, None, None, None, None, None]
    assert found.points[5].should == 24 and found.points[11].should == 50


def test_the_page_draws_the_curve_with_its_table_and_says_what_is_left(
    running: Running, signed_in: SignIn
) -> None:
    item = running.obligations[QUOTA].item_id
    text = signed_in("city_officer").get(f"/running/item/{item}/").content.decode()
    assert 'data-chart="curve-data"' in text and "全年 50 栋，还差 28，此后每月要完成" in text
    assert '<th scope="row">已达</th>' in text and '<td class="n">21</td>' in text
    other = running.obligations[CASES]
    text = signed_in("city_officer").get(f"/running/item/{item}/?chart={other.pk}").content.decode()
    assert "全年 4 项次" in text
    assert signed_in("city_officer").get(f"/running/item/{item}/?chart=x").status_code == 200


def test_a_reader_without_the_units_has_no_curve(running: Running) -> None:
    obligation = running.obligations[QUOTA]
    assert reads_curve.curve_of(running.world.actor("stranger"), obligation, 2023, JULY) is None


def test_the_item_lists_what_units_reported_on_it_once_handed_in(running: Running) -> None:
    office = running.world.actor("city_officer")
    span = report_lock.spans(2023, [date(2023, 6, 30)])[0]
    reporting.open_round(office, running.programme, span)
    item = running.obligations[QUOTA].item
    housing = running.world.unit(HOUSING, "361100")
    report = ProgressReport.objects.unscoped("test").get(unit=housing)
    ReportEntry.objects.filter(report=report, item=item).update(narrative="已改造 22 栋，下半年集中推进。")
    department = running.world.actor("department_officer")
    assert [one.report.unit for one in reads_item.reports_on(department, item)] == [housing], "one's own"
    assert reads_item.reports_on(office, item) == [], "a draft is nobody else's"
    ProgressReport.objects.unscoped("test").filter(pk=report.pk).update(state="submitted")
    assert [one.words for one in reads_item.reports_on(office, item)] == ["已改造 22 栋，下半年集中推进。"]
    assert reads_item.reports_on(running.world.actor("stranger"), item) == []
