"""Nobody changes the record; whoever gets round the triggers is named by the proof."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from anlan.kernel import audit, clock, sealing
from anlan.kernel.models import AuditEntry, AuditSeal
from anlan.kernel.scope import system_actor
from anlan.kernel.sql import refuse_truncate

HOUSE = system_actor("测试")


def record(number: int) -> None:
    for n in range(number):
        audit.record(HOUSE, "change", None, {"名称": [n, {"新": "值"}]}, ledger="faults", subject=f"对象{n}")


def ids() -> list[int]:
    return list(AuditEntry.objects.unscoped("test").order_by("id").values_list("pk", flat=True))


@contextmanager
def without_triggers() -> Iterator[None]:
    """As somebody with the owner's rights would do it."""
    with connection.cursor() as cursor:
        for table in ("kernel_auditentry", "kernel_auditseal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in ("kernel_auditentry", "kernel_auditseal"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture
def sealed(db: None, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """25 entries in three seals of 10, 10 and 5."""
    monkeypatch.setattr(sealing, "BATCH", 10)
    record(25)
    assert sealing.seal() == 25
    return ids()


@pytest.mark.parametrize("table", ["kernel_auditentry", "kernel_auditseal"])
@pytest.mark.parametrize("act", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_database_refuses(db: None, table: str, act: str) -> None:
    record(1)
    with connection.cursor() as cursor:
        refuse_truncate(cursor, table)
        with pytest.raises(DatabaseError, match="只能追加"), transaction.atomic():
            cursor.execute(act.format(table))
    assert len(ids()) == 1


def test_an_untouched_record_holds(sealed: list[int]) -> None:
    verdict = sealing.verify()
    assert verdict.holds
    assert (verdict.seals, verdict.entries, verdict.unsealed) == (3, 25, 0)
    assert verdict.head == AuditSeal.objects.latest("last_id").digest
    record(2)
    assert sealing.verify().unsealed == 2
    assert sealing.seal() == 2 and sealing.seal() == 0
    assert sealing.verify().entries == 27


def test_a_changed_entry_is_named(sealed: list[int]) -> None:
    with without_triggers():
        AuditEntry.objects.unscoped("test").filter(pk=sealed[13]).update(actor="别人")
    problems = sealing.verify().problems
    seal = AuditSeal.objects.order_by("last_id")[1]
    assert [(one.seal, one.entry, one.message) for one in problems] == [(seal.pk, sealed[13], "被改动")]


@pytest.mark.parametrize(
    "column", ["at", "person_id", "act", "subject_id", "differences", "note", "address", "transaction"]
)
def test_every_column_is_under_the_seal(sealed: list[int], column: str) -> None:
    value = {"at": datetime(2020, 1, 1, tzinfo=UTC), "differences": {"a": [1, 2]}}.get(column, 7)
    with without_triggers():
        AuditEntry.objects.unscoped("test").filter(pk=sealed[0]).update(**{column: value})
    assert [one.entry for one in sealing.verify().problems] == [sealed[0]]


def test_removed_and_slipped_in_entries_are_named(sealed: list[int]) -> None:
    with without_triggers():
        AuditEntry.objects.unscoped("test").filter(pk=sealed[3]).delete()
        entry = audit.entry(HOUSE, "forged", None)
        entry.pk = sealed[3]
        AuditEntry.objects.unscoped("test").filter(pk=sealed[15]).delete()
        entry.save(force_insert=True)
    verdict = sealing.verify()
    assert [(one.entry, one.message) for one in verdict.problems] == [
        (sealed[3], "被改动"),
        (sealed[15], "被删去"),
    ]


def test_an_entry_put_before_the_first_seal_is_noticed(sealed: list[int]) -> None:
    entry = audit.entry(HOUSE, "forged", None)
    entry.pk = sealed[0] - 1
    if entry.pk < 1:
        pytest.skip("the sequence began with 1")
    entry.save(force_insert=True)
    assert [(one.entry, one.message) for one in sealing.verify().problems] == [
        (entry.pk, "是封印之后塞进来的")
    ]


def test_a_removed_or_changed_seal_is_named(sealed: list[int]) -> None:
    first, second, third = AuditSeal.objects.order_by("last_id")
    with without_triggers():
        AuditSeal.objects.filter(pk=third.pk).update(sealed_at=third.sealed_at + timedelta(seconds=1))
    assert [(one.seal, one.message) for one in sealing.verify().problems] == [(third.pk, "封印本身被改动")]
    with without_triggers():
        AuditSeal.objects.filter(pk=second.pk).delete()
    assert (third.pk, "与前一封印不相接：前面的封印被删去或改动") in [
        (one.seal, one.message) for one in sealing.verify().problems
    ]
    assert first.pk not in {one.seal for one in sealing.verify().problems}


def test_a_cut_off_end_shows_against_a_noted_head(sealed: list[int]) -> None:
    head = sealing.verify().head
    with without_triggers():
        last = AuditSeal.objects.latest("last_id")
        AuditEntry.objects.unscoped("test").filter(pk__gte=last.first_id).delete()
        last.delete()
    assert sealing.verify().holds
    assert "末尾的封印被删去" in sealing.verify(head).problems[0].message


def test_the_command_says_so_and_fails(sealed: list[int]) -> None:
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert "没有发现删改" in out.getvalue()
    with without_triggers():
        AuditEntry.objects.unscoped("test").filter(pk=sealed[20]).delete()
    out = StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_audit", stdout=out)
    seal = AuditSeal.objects.latest("last_id").pk
    assert stopped.value.code == 1
    assert f"最先出错之处：第 {seal} 批封印，第 {sealed[20]} 条操作日志被删去" in out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sealed_while_an_older_writer_is_open() -> None:
    """The open writer holds a smaller id than the newest visible one."""
    inside, done = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with transaction.atomic():
            record(1)
            inside.set()
            done.wait(20)
        connection.close()

    writer = threading.Thread(target=slow_writer)
    writer.start()
    assert inside.wait(20)
    try:
        record(3)
        assert sealing.seal(wait=0.2) == 0
    finally:
        done.set()
        writer.join()
    assert sealing.seal() == 4
    assert sealing.verify().holds
    with without_triggers(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE kernel_auditentry, kernel_auditseal")


@pytest.mark.parametrize(("demo", "real"), [(True, False), (False, True)])
def test_only_a_demonstration_dates_its_record_and_the_chain_holds_all_the_same(
    db: None, settings: Any, demo: bool, real: bool
) -> None:
    settings.DEMO = demo
    for day in (date(2023, 7, 5), date(2022, 1, 20)):
        with clock.standing_on(day):
            record(2)
    assert sealing.seal() == 4
    moments = AuditEntry.objects.unscoped("test").order_by("id").values_list("at", flat=True)
    days = [at.date() for at in moments]
    today = datetime.now(UTC).date()
    assert ({abs((one - today).days) <= 1 for one in days} == {True}) is real
    assert AuditSeal.objects.get().sealed_at.date() == today, "a seal bears the real time"
    verdict = sealing.verify()
    assert (verdict.holds, verdict.entries, verdict.late) == (True, 4, 0)
