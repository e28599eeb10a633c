"""Deadlines of rows: one query for everything overdue, in scope; pause, extend, end."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.kernel import deadline
from anlan.kernel.due import Term, Unit
from anlan.kernel.models import AuditEntry, Deadline
from anlan.kernel.scope import PUBLIC, system_actor
from anlan.kernel.testing import actor, make_row, seat
from anlan.kernel.tests.mechanisms import (
    CITY,
    COUNTY,
    OTHER,
    SECOND,
    at,
    city,
    county,
    fault,
    only_own,
    stranger,
)
from anlan.kernel.writing import Refused, remove, write
from tests.example.models import Fault, Site

START, LATE = at("2023-06-01 09:00"), at("2023-06-20 09:00")
TEN = Term(10)


def running(row: Fault, key: str = "mend", term: Term = TEN) -> Deadline:
    """A running deadline of a row."""
    return deadline.start(row, key, "整改", term, START)


@pytest.mark.django_db
def test_everything_overdue_is_one_query_and_each_sees_their_own() -> None:
    here, there, mine = fault(), fault(OTHER), fault(finder_id=4)
    site = make_row(Site, region_path=COUNTY, industry="矿山")
    for row in (here, there, mine):
        running(row)
    deadline.start(site, "license", "换证", Term(5), START)
    running(fault(), term=Term(40))
    with CaptureQueriesContext(connection) as queries:
        found = [(one.ledger, one.subject_id) for one in deadline.overdue(county(), LATE)]
    assert len(queries) == 1
    assert found == [("sites", site.pk), ("faults", here.pk), ("faults", mine.pk)]
    assert [one.subject_id for one in deadline.overdue(stranger(), LATE)] == [there.pk]
    assert [one.subject_id for one in deadline.overdue(only_own(), LATE)] == [mine.pk]
    assert len(deadline.overdue(system_actor("夜间"), LATE)) == 4
    assert list(deadline.overdue(PUBLIC, LATE)) == []


@pytest.mark.django_db
def test_who_may_not_view_a_ledger_sees_none_of_its_deadlines() -> None:
    running(fault())
    sites_only = actor(seat("sites.view", path=CITY))
    other_trade = actor(seat("faults.view", path=CITY, industries=frozenset({"燃气"})))
    firm = actor(seat("faults.view", enterprise_id=999_999))
    assert [list(deadline.overdue(one, LATE)) for one in (sites_only, other_trade, firm)] == [[], [], []]
    assert len(deadline.overdue(city(), LATE)) == 1


@pytest.mark.django_db
def test_due_soon_is_the_yellow_time() -> None:
    one = running(fault())
    assert [list(deadline.due_soon(county(), at(f"2023-06-{day}"))) for day in ("07", "12")] == [[], []]
    assert list(deadline.due_soon(county(), at("2023-06-08"))) == [one]


@pytest.mark.django_db
def test_starting_again_renews_the_open_one() -> None:
    row = fault()
    first = running(row)
    second = deadline.start(row, "mend", "整改", Term(20), START)
    assert (first.pk, second.last_day.isoformat()) == (second.pk, "2023-06-21")


@pytest.mark.django_db
def test_a_pause_does_not_count_and_stands_on_record() -> None:
    row = fault()
    running(row)
    deadline.pause(county(), row, "mend", at("2023-06-05 09:00"), "等待鉴定")
    assert list(deadline.overdue(county(), LATE)) == []
    with pytest.raises(Refused):
        deadline.pause(county(), row, "mend", at("2023-06-06 09:00"), "再停")
    resumed = deadline.resume(county(), row, "mend", at("2023-06-15 09:00"))
    assert resumed.last_day.isoformat() == "2023-06-21"
    notes = AuditEntry.objects.unscoped("a test looks").values_list("act", "note")
    assert list(notes.order_by("id"))[-2:] == [("pause", "整改：等待鉴定"), ("resume", "整改：等待鉴定")]


@pytest.mark.django_db
def test_an_extension_needs_permission_and_decision_and_keeps_the_old_date() -> None:
    row = fault()
    old = running(row)
    until = at("2023-07-01 00:00")
    with pytest.raises(Refused, match="权限"):
        deadline.extend(city(), row, "mend", until, "饶安〔2023〕1号")
    with pytest.raises(Refused, match="依据"):
        deadline.extend(county(), row, "mend", until, " ")
    with pytest.raises(Refused, match="晚于"):
        deadline.extend(county(), row, "mend", at("2023-06-02"), "饶安〔2023〕1号")
    new = deadline.extend(county(), row, "mend", until, "饶安〔2023〕1号")
    kept = datetime.fromisoformat(new.extensions[0][0])
    assert (new.last_day.isoformat(), kept) == ("2023-06-30", old.due_at)
    deadline.pause(county(), row, "mend", at("2023-06-12"), "停")
    after = deadline.resume(county(), row, "mend", at("2023-06-14"))
    assert after.last_day.isoformat() == "2023-07-02"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("moment", "state", "light"),
    [
        ("2023-06-11 23:59", Deadline.State.MET, ("g", "按期完成")),
        ("2023-06-12 00:00", Deadline.State.MET, ("r", "逾期 1 天完成")),
        ("2023-06-20 00:00", Deadline.State.MISSED, ("r", "未完成")),
        ("2023-06-03 00:00", Deadline.State.CANCELLED, ("o", "已取消")),
    ],
)
def test_the_light_of_an_ended_term(moment: str, state: Deadline.State, light: tuple[str, str]) -> None:
    row = fault()
    running(row)
    assert deadline.end(row, ["mend"], at(moment), state) == 1
    assert deadline.light(deadline.of_row(row).get(), LATE) == light


@pytest.mark.django_db
def test_a_row_that_moves_takes_its_deadlines_along() -> None:
    row = fault()
    running(row)
    both = actor(seat("faults.*", "sites.*", path=CITY, id=1))
    write(both, row, {"region_path": SECOND}, "change")
    second = actor(seat("faults.view", path=SECOND))
    assert [len(deadline.overdue(one, LATE)) for one in (county(), second)] == [0, 1]
    write(both, row, {"description": "护栏已补"}, "change")
    assert len(deadline.overdue(second, LATE)) == 1


@pytest.mark.django_db
def test_a_row_that_goes_leaves_nothing_overdue() -> None:
    row = fault()
    running(row)
    remove(county(), row)
    assert len(deadline.overdue(system_actor("夜间"), LATE)) == 0


@pytest.mark.django_db
def test_hours() -> None:
    one = deadline.start(fault(), "report", "快报", Term(1, Unit.HOURS), START, warn=Term(0, Unit.HOURS))
    assert deadline.light(one, at("2023-06-01 09:30")) == ("o", "剩 30 分钟")
