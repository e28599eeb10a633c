"""Moves: scope, permission, guards, values, record, deadlines; twice by one, at once by two."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from anlan.kernel import deadline, registry
from anlan.kernel.due import Term
from anlan.kernel.models import AuditEntry, Deadline
from anlan.kernel.moves import Outcome, offers, perform
from anlan.kernel.testing import actor, seat
from anlan.kernel.tests.mechanisms import CITY, COUNTY, SECOND, at, city, county, fault, fresh, stranger
from anlan.kernel.workflow import faults
from anlan.kernel.writing import Refused, Stale, write
from anlan.kernel.writing_many import ManyRows
from tests.example.domain import FAULTS
from tests.example.models import Fault


def acts(row: Fault) -> list[str]:
    """The acts on record for a row, oldest first."""
    found = AuditEntry.objects.unscoped("a test reads the record").filter(ledger="faults", subject_id=row.pk)
    return list(found.order_by("id").values_list("act", flat=True))


def terms(row: Fault) -> list[tuple[str, str]]:
    """(key, state) of a row's deadlines."""
    return [(one.key, one.state) for one in deadline.of_row(row)]


def test_every_declared_workflow_is_sound() -> None:
    assert [fault for one in registry.declared("WORKFLOWS") for fault in faults(one)] == []


@pytest.mark.django_db
def test_a_fault_goes_its_whole_way() -> None:
    row = fault(level="ordinary")
    for move, values, note, moment in (
        ("order", {"mender": "李工"}, "", "2023-06-20 09:00"),
        ("start", {}, "", "2023-06-20 10:00"),
        ("report", {}, "", "2023-06-26 10:00"),
        ("return", {}, "照片不清", "2023-06-28 10:00"),
        ("report", {}, "", "2023-06-29 10:00"),
        ("close", {"verifier": "周敏"}, "", "2023-06-30 10:00"),
    ):
        done = perform(county(), row, move, values, note=note, now=at(moment))
    assert (done.state, fresh(row).state, fresh(row).mender) == ("closed", "closed", "李工")
    assert fresh(row).closed_on is not None
    assert acts(row)[-1] == "close" and acts(row).count("report") == 2
    assert terms(row) == [("mend", "met")]


@pytest.mark.django_db
def test_a_move_starts_its_deadline_by_the_facts_of_the_row() -> None:
    ordinary, major = fault(state="ordered", mender="李"), fault(state="ordered", mender="李", level="major")
    for row in (ordinary, major):
        perform(county(), row, "start", now=at("2023-06-20 10:00"))
    ends = [deadline.of_row(row).get().last_day.isoformat() for row in (ordinary, major)]
    assert ends == ["2023-07-12", "2023-07-20"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "mender", "move", "values", "message"),
    [
        ("ordered", "", "start", {}, "不能开始整改：还没有写明整改人。"),
        ("found", "", "close", {"verifier": "周"}, "现在是“已发现”，不能销号"),
        ("found", "", "vanish", {}, "没有这一步"),
    ],
)
def test_a_closed_way_says_why(
    state: str, mender: str, move: str, values: dict[str, Any], message: str
) -> None:
    row = fault(state=state, mender=mender)
    with pytest.raises(Refused, match=message):
        perform(county(), row, move, values)
    assert (fresh(row).state, acts(row)) == (state, [])


@pytest.mark.django_db
def test_guards_see_the_row_and_the_page_shows_their_reason() -> None:
    row = fault(state="ordered", mender="")
    shown = {one.move.key: one.reason for one in offers(county(), row)}
    assert shown == {"start": "还没有写明整改人"}


@pytest.mark.django_db
def test_guards_see_what_the_move_brings() -> None:
    row = fault(state="verifying", mender="李工")
    assert [one.reason for one in offers(county(), row) if one.move.key == "close"] == [""]
    with pytest.raises(Refused, match="不能销号：验收人与整改人不能是同一人。"):
        perform(county(), row, "close", {"verifier": "李工"})
    assert fresh(row).state == "verifying"


@pytest.mark.django_db
def test_without_permission_the_move_is_refused_and_absent_rows_look_absent() -> None:
    row = fault()
    with pytest.raises(Refused, match="权限"):
        perform(city(), row, "order", {"mender": "李工"})
    with pytest.raises(Refused, match="没有这一行"):
        perform(stranger(), row, "order", {"mender": "李工"})
    assert fresh(row).state == "found"


@pytest.mark.django_db
def test_what_a_move_asks_must_be_given_and_nothing_else() -> None:
    row = fault()
    with pytest.raises(ValidationError) as caught:
        perform(county(), row, "order", {"mender": "", "level": "major"})
    assert set(caught.value.message_dict) == {"mender", "level"}
    back = fault(state="verifying", mender="李")
    with pytest.raises(ValidationError, match="退回理由"):
        perform(county(), back, "return", note=" ")
    assert (fresh(row).state, fresh(back).state) == ("found", "verifying")


@pytest.mark.django_db
def test_a_row_that_somebody_else_changed_is_stale() -> None:
    row = fault()
    with pytest.raises(Stale):
        perform(county(), row, "order", {"mender": "李工"}, seen=row.version + 1)
    assert fresh(row).state == "found"


@pytest.mark.django_db
def test_a_double_click_gets_the_first_outcome() -> None:
    row = fault()
    first = perform(county(), row, "order", {"mender": "李工"}, key="k1")
    second = perform(county(), row, "order", {"mender": "王工"}, key="k1")
    assert (first.repeated, second.repeated) == (False, True)
    assert (second.state, second.version, fresh(row).mender) == (first.state, first.version, "李工")
    assert acts(row) == ["order"]


@pytest.mark.django_db
def test_a_key_serves_one_thing_only() -> None:
    row, second = fault(), fault()
    perform(county(), row, "order", {"mender": "李工"}, key="k1")
    with pytest.raises(Refused, match="办过另一件事"):
        perform(county(), second, "order", {"mender": "李工"}, key="k1")
    assert fresh(second).state == "found"


@pytest.mark.django_db
def test_a_failed_try_leaves_the_key_free() -> None:
    row = fault()
    with pytest.raises(ValidationError):
        perform(county(), row, "order", {}, key="k1")
    assert not perform(county(), row, "order", {"mender": "李工"}, key="k1").repeated


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_wins_and_the_other_is_told() -> None:
    row, gate = fault(), threading.Barrier(2)
    results: list[Outcome | str] = []

    def work(number: int) -> None:
        who = actor(seat("faults.*", path=COUNTY), person_id=number, name=f"{number}号")
        gate.wait()
        try:
            results.append(perform(who, row, "order", {"mender": f"{number}"}))
        except Refused as error:
            results.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in (1, 2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sum(isinstance(one, Outcome) for one in results) == 1
    assert any("已由他人先行办理" in one for one in results if isinstance(one, str))
    assert acts(row) == ["order"]


@pytest.mark.django_db
def test_a_failing_last_step_undoes_all(monkeypatch: pytest.MonkeyPatch) -> None:
    row = fault(state="ordered", mender="李")

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("disk")

    monkeypatch.setattr(deadline, "start", broken)
    with pytest.raises(RuntimeError):
        perform(county(), row, "start", key="k9")
    everything = Deadline.objects.unscoped("a test looks")
    assert (fresh(row).state, acts(row), everything.count()) == ("ordered", [], 0)


@pytest.mark.django_db
def test_no_form_jumps_over_the_way() -> None:
    row = fault()
    with pytest.raises(ValidationError) as caught:
        write(county(), row, {"state": "closed"}, "change")
    assert "state" in caught.value.message_dict
    values = {
        name: getattr(row, name) for name in ("site", "region_path", "industry", "description", "found_on")
    }
    with pytest.raises(ValidationError, match="一步步办理"):
        write(county(), Fault(), {**values, "number": "N1", "state": "closed"}, "add")
    assert fresh(row).state == "found"
    old = write(county(), Fault(), {**values, "number": "N2", "state": "closed"}, "import").row
    assert old.state == "closed"


@pytest.mark.django_db
def test_no_sheet_moves_a_stored_case_but_its_other_cells_are_taken() -> None:
    row, free = fault(number="N1"), fault(number="N2")
    deadline.start(free, "mend", "整改", Term(9), at("2023-06-01"))
    columns = {
        "number": ["N1", "N2"],
        "state": ["closed", "found"],
        "description": ["甲", "乙"],
        "region_path": [COUNTY, SECOND],
    }
    both = actor(seat("faults.*", "sites.*", path=CITY))
    outcome = ManyRows(both, FAULTS, columns, lines=[2, 3], key=("number",)).write()
    assert list(outcome.refused) == [0] and set(outcome.refused[0]) == {"state"}
    assert (fresh(row).state, fresh(row).description, fresh(free).description) == ("found", "护栏缺失", "乙")
    assert deadline.of_row(free).get().region_path == SECOND
