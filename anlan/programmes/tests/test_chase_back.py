"""What a filled sheet leaves: the day of completion, a file of wrong rows, and a way back."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from anlan.kernel import clock, moves
from anlan.kernel.exchange.headings import REASON
from anlan.kernel.models import AuditEntry
from anlan.kernel.writing import Refused
from anlan.programmes.actions import chase_fill_in, run_occurrences
from anlan.programmes.models import Evidence
from anlan.programmes.tests.running import Running
from anlan.programmes.tests.test_chase_sheets import (
    CASES,
    QUOTA,
    STATE,
    SURVEY,
    back,
    filled,
    first,
    housing,
    out,
    running,
    say,
)

__all__ = ["running"]
pytestmark = pytest.mark.django_db


def wrong() -> Any:
    """A day of completion that has not come."""
    return say(SURVEY, "已完成", "", "2023-7-1", "完成排查")


def both(*fills: Any) -> Any:
    def fill(row: list[Any]) -> None:
        for one in fills:
            one(row)

    return fill


def written(running: Running, *fills: Any) -> Any:
    """A sheet filled and written; gives the batch."""
    batch = back(running, filled(out(running), both(*fills)))
    chase_fill_in.commit(housing(running), batch.pk, running.programme, {})
    batch.refresh_from_db()
    return batch


def browse(running: Running, member: str = "department_officer") -> Client:
    client = Client()
    client.force_login(running.world.person(member), "allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_the_day_of_completion_becomes_the_day_on_which_it_was_met(running: Running) -> None:
    written(running, say(CASES, "已完成", 3, "2023-3-30", "三个案例见通报"))
    row = first(running, CASES)
    assert (row.state, row.done_on, row.met_on) == ("declared", date(2023, 3, 30), None)
    met = moves.perform(running.world.actor("city_officer"), row, "accept").row
    assert met.met_on == date(2023, 3, 30) and met.reason.startswith("按期完成")


def test_without_a_day_it_is_met_on_the_day_of_the_declaration(running: Running) -> None:
    written(running, say(CASES, "已完成", 3, "", "三个案例见通报"))
    met = moves.perform(running.world.actor("city_officer"), first(running, CASES), "accept").row
    assert met.met_on == date(2023, 6, 20) and "逾期" in met.reason


def test_a_declared_day_goes_out_again_and_comes_back_unchanged(running: Running) -> None:
    written(running, say(CASES, "已完成", 3, "2023-3-30", "三个案例见通报"))
    found = chase_fill_in.trial(housing(running), back(running, out(running)), running.programme)
    assert (found.changes, found.clashes, found.faults) == ((), (), ())


def test_wrong_rows_come_back_in_a_file_with_reasons_that_is_mended_and_sent_again(running: Running) -> None:
    batch = written(running, say(QUOTA, "正在办理", 20, "", "已改造20栋"), wrong())
    client = browse(running)
    page = client.get(reverse("fill-in", args=[batch.pk])).content.decode()
    assert reverse("fill-in-wrong", args=[batch.pk]) in page
    answer = client.get(reverse("fill-in-wrong", args=[batch.pk]))
    data = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert len(rows) == 2 and rows[0][-1] == REASON
    assert rows[1][0] == f"A{first(running, SURVEY).pk}" and "晚于今天" in str(rows[1][-1])
    upload = SimpleUploadedFile("改好.xlsx", filled(data, say(SURVEY, "已完成", "", "2023-6-1", "完成排查")))
    again = chase_fill_in.take_in(housing(running), running.programme, upload)
    chase_fill_in.commit(housing(running), again.pk, running.programme, {})
    assert first(running, SURVEY).done_on == date(2023, 6, 1)
    assert browse(running, "stranger").get(reverse("fill-in-wrong", args=[batch.pk])).status_code == 404


def test_wrong_rows_are_had_before_anything_is_written(running: Running) -> None:
    batch = back(running, filled(out(running), wrong()))
    answer = browse(running).get(reverse("fill-in-wrong", args=[batch.pk]))
    assert answer.status_code == 200 and first(running, SURVEY).state == "open"
    clean = back(running, filled(out(running), say(QUOTA, "正在办理", 20, "", "已改造20栋")))
    assert browse(running).get(reverse("fill-in-wrong", args=[clean.pk])).status_code == 404


def test_a_row_that_is_no_task_comes_back_too(running: Running) -> None:
    def invent(row: list[Any]) -> None:
        if row[3] == QUOTA:
            row[0] = "A编造"
            row[STATE : STATE + 4] = ["正在办理", 5, "", "在办"]

    batch = back(running, filled(out(running), invent))
    answer = browse(running).get(reverse("fill-in-wrong", args=[batch.pk]))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert "没有系统编号" in str(rows.get_sheet_by_index(0).to_python()[1][-1])


def test_a_whole_sheet_is_taken_back(running: Running) -> None:
    run_occurrences.report_progress(housing(running), first(running, QUOTA), D(12), "已改造12栋")
    was = [(row.state, row.claimed, row.statement, row.value) for row in
           (first(running, QUOTA), first(running, CASES))]  # fmt: skip
    batch = written(
        running,
        say(QUOTA, "正在办理", 20, "", "已改造20栋"),
        say(CASES, "已完成", 3, "2023-3-30", "三个案例"),
    )
    client, url = browse(running), reverse("fill-in", args=[batch.pk])
    assert "整份撤销" in client.get(url).content.decode()
    assert browse(running, "stranger").post(url, {"undo": "1"}).status_code == 404
    page = client.post(url, {"undo": "1"}, follow=True).content.decode()
    assert "恢复 2 行" in page and "整份撤销" not in page
    now = [(row.state, row.claimed, row.statement, row.value) for row in
           (first(running, QUOTA), first(running, CASES))]  # fmt: skip
    assert now == was and first(running, CASES).done_on is None
    acts = AuditEntry.objects.unscoped("test").filter(act="undo", batch=batch.key)
    assert acts.filter(ledger="occurrences").count() == 2 and acts.count() == 3
    with pytest.raises(Refused, match="已经撤销"):
        chase_fill_in.undo(housing(running), batch.pk, running.programme)


def test_what_was_decided_since_keeps_the_whole_sheet(running: Running) -> None:
    batch = written(
        running, say(QUOTA, "正在办理", 20, "", "已改造20栋"), say(CASES, "已完成", 3, "", "三个案例")
    )
    moves.perform(running.world.actor("city_officer"), first(running, CASES), "accept")
    with pytest.raises(Refused, match="写入后又办理过"):
        chase_fill_in.undo(housing(running), batch.pk, running.programme)
    assert first(running, QUOTA).claimed == 20 and first(running, CASES).state == "met"


def test_a_proof_given_since_keeps_the_whole_sheet(running: Running) -> None:
    batch = written(running, say(QUOTA, "正在办理", 20, "", "已改造20栋"))
    row = first(running, QUOTA)
    proof = Evidence(
        unit=row.duty.unit, kind="link", title="改造台账", effective_on=date(2023, 6, 20),
        link="https://example.org/a", provided_at=clock.now(), region_path=row.region_path,
    )  # fmt: skip
    proof.save()
    proof.occurrences.add(row)
    with pytest.raises(Refused, match="添了佐证"):
        chase_fill_in.undo(housing(running), batch.pk, running.programme)
    assert first(running, QUOTA).claimed == 20
