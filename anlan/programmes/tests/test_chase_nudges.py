"""Three days before due everybody hears of it: handler, head and office; once, and in one word a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from anlan.kernel import parameters
from anlan.kernel.models import Notice, ParameterValue
from anlan.programmes.actions import run, run_occurrences
from anlan.programmes.actions.chase_nudges import Nudged, nudge
from anlan.programmes.models import Occurrence
from anlan.programmes.tests.running import Running, running_world

pytestmark = pytest.mark.django_db
JUNE = date(2023, 6, 30)


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Running:
    """Dispatched on 1 March 2023."""
    monkeypatch.setenv("ANLAN_TODAY", "2023-03-01")
    made = running_world()
    run.dispatch(made.world.actor("city_officer"), made.programme)
    Notice.objects.unscoped("test").delete()
    parameters.forget()
    return made


def notices(running: Running, member: str) -> list[Any]:
    rows = Notice.objects.unscoped("test").filter(person=running.world.person(member))
    return list(rows.filter(key__startswith="chase:").order_by("id"))


def test_three_days_before_due_the_unit_and_the_office_hear_of_it_and_nobody_else(running: Running) -> None:
    assert nudge(JUNE - timedelta(days=4)) == Nudged(0, 0)
    made = nudge(JUNE - timedelta(days=3))
    due = Occurrence.objects.unscoped("test").filter(due_on=JUNE)
    assert made.occurrences == due.count() > 0
    (mine,) = notices(running, "department_officer")
    assert "还剩 3 天" in mine.text and "06-30" in mine.text
    (office,) = notices(running, "city_officer")
    assert "等 5 家单位" in office.text and "《上饶市2023年安全生产工作要点》" in office.text
    assert notices(running, "stranger") == []
    assert notices(running, "enterprise_user") == []


def test_a_government_hears_through_the_committee_office_of_its_region(running: Running) -> None:
    nudge(date(2023, 3, 13))
    (mine,) = notices(running, "county_officer")
    assert "03-16" in mine.text and "警示日" in mine.text


def test_the_same_matter_is_told_once(running: Running) -> None:
    first = nudge(JUNE - timedelta(days=3))
    assert first.occurrences
    assert nudge(JUNE - timedelta(days=3)) == Nudged(0, 0)
    assert nudge(JUNE - timedelta(days=1)) == Nudged(0, 0)
    assert len(notices(running, "department_officer")) == 1


def test_several_matters_are_one_word_a_person(running: Running) -> None:
    nudge(JUNE - timedelta(days=3))
    (mine,) = notices(running, "department_officer")
    count = Occurrence.objects.unscoped("test").filter(
        due_on=JUNE, unit_id=running.world.unit("housing", "361100").pk
    )
    assert mine.text.startswith(f"{count.count()} 项任务")


def test_a_moved_day_is_told_again(running: Running) -> None:
    nudge(JUNE - timedelta(days=3))
    row = Occurrence.objects.unscoped("test").get(duty__obligation__kind="deadline", duty__role="lead")
    run_occurrences.reschedule(running.world.actor("city_officer"), row, date(2023, 9, 30), "会议纪要")
    made = nudge(date(2023, 9, 28))
    assert made.occurrences >= 1
    row.refresh_from_db(from_queryset=Occurrence.objects.unscoped("test"))
    assert row.nudged_on == date(2023, 9, 28)


def test_what_is_done_or_declared_is_not_told(running: Running) -> None:
    rows = Occurrence.objects.unscoped("test").filter(due_on=JUNE)
    rows.update(state="met")
    rows.filter(duty__role="lead").update(state="declared")
    assert nudge(JUNE - timedelta(days=2)) == Nudged(0, 0)


def test_the_days_are_a_parameter_and_zero_is_silence(running: Running) -> None:
    ParameterValue.objects.create(key="chase-days-before", value=10)
    parameters.forget()
    assert nudge(JUNE - timedelta(days=10)).occurrences > 0
    ParameterValue.objects.unscoped("test").filter(key="chase-days-before").update(value=0)
    parameters.forget()
    assert nudge(date(2023, 9, 29)) == Nudged(0, 0)
    ParameterValue.objects.unscoped("test").delete()
    parameters.forget()
