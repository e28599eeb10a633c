"""Writing a batch once, giving back what is wrong, and taking the batch back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from anlan.kernel import registry
from anlan.kernel.exchange import batches
from anlan.kernel.exchange.tests.conftest import HEAD, HERE, line
from anlan.kernel.models import AuditEntry, ImportBatch, ImportMapping
from anlan.kernel.testing import make_row
from anlan.kernel.writing import Refused, write
from tests.example.models import Fault

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> None:
    settings.FILES = tmp_path / "files"


def taken(actor: Any, path: Path) -> ImportBatch:
    upload = SimpleUploadedFile("鄱阳县2023年5月隐患台账.xlsx", path.read_bytes())
    return batches.take_in(actor, registry.ledger("faults"), upload)


def all_faults() -> Any:
    return Fault.objects.unscoped("test")


def entries(**more: Any) -> Any:
    return AuditEntry.objects.unscoped("test").filter(**more)


def test_good_rows_are_written_and_recorded_wrong_ones_returned(officer, site, book):
    make_row(Fault, number="YH00003", site=site, region_path=HERE, description="旧")
    batch = taken(officer, book(["台账"], HEAD, line(1), line(2, 级别="较重"), line(3)))
    plan = batches.trial(officer, batch)
    assert plan.counts()["created"] == 1 and all_faults().count() == 1
    batch = batches.commit(officer, batch.pk)
    assert batch.state == "committed" and batch.counts["wrong"] == 1
    assert sorted(all_faults().values_list("number", "description", "version")) == [
        ("YH00001", "配电箱1未上锁", 1),
        ("YH00003", "配电箱3未上锁", 1),
    ]
    added = entries(act="add", batch=batch.key).get()
    assert (
        added.subject == "问题 YH00001" and added.region_path == HERE and added.person_id == officer.person_id
    )
    assert added.differences["description"] == [None, "配电箱1未上锁"]
    assert added.differences["cost"] == [None, "1200.00"]
    changed = entries(act="change", batch=batch.key).get()
    assert changed.differences["description"] == ["旧", "配电箱3未上锁"]
    assert entries(act="import", batch=batch.key).get().note == "新增 1 行，更新 1 行，退回 1 行"


def test_bulk_and_single_writing_leave_the_same_record(officer, site, book):
    batch = taken(officer, book(HEAD, line(1)))
    batches.commit(officer, batch.pk)
    bulk = all_faults().get()
    values = {
        one.name: getattr(bulk, one.name)
        for one in bulk._meta.concrete_fields
        if one.name not in {"id", "version"}
    }
    single = write(officer, Fault(), {**values, "number": "YH2"}, "add").row
    found = {entry.subject_id: entry for entry in entries(act="add", ledger="faults")}
    one, many = found[single.pk].differences, found[bulk.pk].differences
    assert {**one, "number": None} == {**many, "number": None}
    assert found[single.pk].actor == found[bulk.pk].actor


def test_the_returned_file_can_be_mended_and_sent_again(officer, site, book, tmp_path):
    import openpyxl

    batch = taken(officer, book(["台账"], HEAD, line(1), line(2, 级别="较重", 完成时间="2023-02-30")))
    batches.commit(officer, batch.pk)
    returned = batches.wrong_file(batch)
    workbook = openpyxl.load_workbook(returned)
    rows = list(workbook.active.iter_rows(values_only=True))
    assert rows[0][0] == "台账" and list(rows[1][: len(HEAD)]) == HEAD
    assert len(rows) == 3 and rows[2][1] == "YH00002"
    assert "级别：只能是“一般”或“重大”。" in rows[2][len(HEAD)] and "2 月没有 30 日" in rows[2][len(HEAD)]
    workbook.active["G3"], workbook.active["I3"] = "重大", "2023-6-30"
    workbook.save(tmp_path / "mended.xlsx")
    again = taken(officer, tmp_path / "mended.xlsx")
    assert batches.commit(officer, again.pk).counts["created"] == 1
    assert batches.wrong_file(again) is None
    assert all_faults().count() == 2


def test_a_second_commit_of_the_same_batch_writes_nothing(officer, site, book):
    batch = taken(officer, book(HEAD, line(1)))
    first = batches.commit(officer, batch.pk)
    second = batches.commit(officer, batch.pk)
    assert all_faults().count() == 1 and entries(act="add").count() == 1
    assert first.committed_at == second.committed_at


def test_a_crash_in_the_middle_leaves_nothing(officer, site, book, monkeypatch):
    from anlan.kernel import writing_many

    batch = taken(officer, book(HEAD, line(1), line(2)))

    def crash(*_: Any) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(writing_many.ManyRows, "_record", crash)
    with pytest.raises(RuntimeError):
        batches.commit(officer, batch.pk)
    assert all_faults().count() == 0
    batch.refresh_from_db(from_queryset=ImportBatch.objects.unscoped("test"))
    assert batch.state == "draft"


def test_undo_removes_new_rows_and_restores_changed_ones(officer, site, book):
    old = make_row(
        Fault, number="YH00002", site=site, region_path=HERE, description="旧", mender="王五", verifier="钱七"
    )
    batch = taken(officer, book(HEAD, line(1), line(2)))
    batches.commit(officer, batch.pk)
    undone = batches.undo(officer, batch.pk)
    assert (undone.removed, undone.restored, undone.kept) == (1, 1, [])
    row = all_faults().get()
    assert (row.pk, row.description, row.mender, row.cost) == (old.pk, "旧", "王五", None)
    assert row.version == 2
    assert entries(act="remove", batch=batch.key).get().differences["number"] == ["YH00001", None]
    assert entries(act="undo", batch=batch.key, subject_id=old.pk).get().differences["mender"] == [
        "张三",
        "王五",
    ]
    with pytest.raises(Refused, match="已经撤销"):
        batches.undo(officer, batch.pk)


def test_undo_keeps_and_names_rows_changed_since(officer, site, book):
    batch = taken(officer, book(HEAD, line(1), line(2)))
    batches.commit(officer, batch.pk)
    write(officer, all_faults().get(number="YH00001"), {"mender": "王五"}, "change")
    undone = batches.undo(officer, batch.pk)
    assert undone.removed == 1 and undone.kept == ["问题 YH00001：导入后被改过，没有撤去"]
    assert all_faults().get().mender == "王五"


def test_undo_keeps_rows_that_others_use(officer, book):
    sites = registry.ledger("sites")
    path = book(
        ["编号", "名称", "区划", "行业"], ["S1", "甲", "鄱阳县", "化工"], ["S2", "乙", "鄱阳县", "化工"]
    )
    batch = batches.take_in(officer, sites, SimpleUploadedFile("sites.xlsx", path.read_bytes()))
    batches.commit(officer, batch.pk)
    from tests.example.models import Site

    make_row(Fault, site=Site.objects.unscoped("test").get(code="S1"), region_path=HERE)
    undone = batches.undo(officer, batch.pk)
    assert undone.removed == 1 and undone.kept == ["场所 甲：已有问题用到它，没有撤去"]


def test_undo_ends_after_thirty_days(officer, site, book):
    batch = taken(officer, book(HEAD, line(1)))
    batches.commit(officer, batch.pk)
    rows = ImportBatch.objects.unscoped("test")
    rows.update(committed_at=timezone.now() - timedelta(days=31))
    with pytest.raises(Refused, match="30 天"):
        batches.undo(officer, batch.pk)
    assert all_faults().count() == 1


def test_a_batch_belongs_to_whoever_brought_it(officer, stranger, site, book):
    batch = taken(officer, book(HEAD, line(1)))
    for act in (batches.commit, batches.undo):
        with pytest.raises(ImportBatch.DoesNotExist):
            act(stranger, batch.pk)


def test_a_mapping_is_remembered_for_the_unit(officer, site, book):
    head = [*HEAD[:10], "责任人甲", "验收人"]
    batch = taken(officer, book(head, line(1)))
    plan = batches.trial(officer, batch)
    chosen = {str(one.column): one.field for one in plan.layout.headings}
    texts = {str(one.column): one.text for one in plan.layout.headings}
    batches.map_columns(batch, texts, {**chosen, "10": "mender", "11": ""})
    batches.trial(officer, batch)
    later = batches.trial(officer, taken(officer, book(head, line(2))))
    assert later.layout.columns["mender"] == 10 and "verifier" not in later.layout.columns
    assert ImportMapping.objects.get(heading="责任人甲").unit_id == 11


def test_a_constraint_that_only_the_database_knows_names_its_row(officer, site, book):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE UNIQUE INDEX only_here ON example_fault (lower(description))")
    make_row(Fault, number="OLD", site=site, region_path=HERE, description="abc")
    rows = [line(n) for n in range(1, 8)]
    rows[4][HEAD.index("隐患内容")] = "ABC"
    batch = taken(officer, book(HEAD, *rows))
    batch = batches.commit(officer, batch.pk)
    assert batch.counts["created"] == 6
    assert [(one.line, one.reason) for one in batches.findings(batch)["wrong"]] == [
        (6, "与台账的约束冲突。请核对这一行。")
    ]


def test_hooks_of_a_ledger_run_for_each_row(officer, site, book, monkeypatch):
    seen: list[Any] = []

    def prepare(actor: Any, row: Any) -> None:
        row.mender = row.mender or "值班员"

    def follow(actor: Any, row: Any, differences: Any) -> None:
        seen.append((row.pk, row.number, differences["mender"]))

    faults = registry.ledger("faults")
    monkeypatch.setitem(faults.__dict__, "prepare", prepare)
    monkeypatch.setitem(faults.__dict__, "follow", follow)
    batch = taken(officer, book(HEAD, line(1, 整改人=""), line(2)))
    batches.commit(officer, batch.pk)
    assert [one[1:] for one in seen] == [("YH00001", [None, "值班员"]), ("YH00002", [None, "张三"])]
    assert all_faults().get(number="YH00001").mender == "值班员"


def test_deadlines_of_a_row_move_with_it_and_end_with_it(officer, site, book):
    from anlan.kernel import deadline, due
    from anlan.kernel.models import Deadline

    term = due.Term(3, due.Unit.DAYS)
    old = make_row(Fault, number="YH00001", site=site, region_path="360000/361100/")
    deadline.start(old, "mend", "整改", term, timezone.now())
    batch = taken(officer, book(HEAD, line(1), line(2)))
    batches.commit(officer, batch.pk)
    new = all_faults().get(number="YH00002")
    deadline.start(new, "mend", "整改", term, timezone.now())
    terms = Deadline.objects.unscoped("test")
    assert terms.get(subject_id=old.pk).region_path == HERE
    batches.undo(officer, batch.pk)
    assert terms.get(subject_id=old.pk).region_path == "360000/361100/"
    assert terms.get(subject_id=new.pk).state == Deadline.State.CANCELLED


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_write_once(officer, site, book):
    from threading import Barrier, Thread

    from django.db import connection

    batch, gate, states = taken(officer, book(HEAD, line(1), line(2))), Barrier(2), []

    def click() -> None:
        gate.wait()
        states.append(batches.commit(officer, batch.pk).state)
        connection.close()

    clicks = [Thread(target=click) for _ in range(2)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert states == ["committed", "committed"]
    assert all_faults().count() == 2 and entries(act="import").count() == 1
