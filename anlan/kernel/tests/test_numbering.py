"""Numbers: no gap, no double, by unit, kind and year; void ones stay."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from anlan.kernel.models import AuditEntry
from anlan.kernel.numbering import document_number, register, serial, take, void
from anlan.kernel.tests.mechanisms import at, county, fault
from anlan.kernel.writing import Refused

NOW = at("2023-06-20 09:00")
LETTER = document_number("饶安")


def next_text(unit: int = 11, kind: str = "letter", now: str = "2023-06-20 09:00") -> str:
    """The next number's text."""
    return take(county(), kind, LETTER, unit_id=unit, now=at(now)).text


@pytest.mark.django_db
def test_each_unit_kind_and_year_counts_for_itself() -> None:
    assert [next_text(), next_text(), next_text(unit=12), next_text(kind="order")] == [
        "饶安〔2023〕1号",
        "饶安〔2023〕2号",
        "饶安〔2023〕1号",
        "饶安〔2023〕1号",
    ]
    assert next_text(now="2024-01-01 00:00") == "饶安〔2024〕1号"
    assert next_text(now="2023-12-31 23:59") == "饶安〔2023〕3号"


@pytest.mark.django_db
def test_a_serial_has_leading_zeros_and_knows_its_row() -> None:
    row = fault()
    number = take(county(), "danger", serial("ZD"), row=row, now=NOW)
    assert (number.text, number.ledger, number.subject_id) == ("ZD-2023-0001", "faults", row.pk)
    assert serial("ZD")(2023, 12345) == "ZD-2023-12345"


@pytest.mark.django_db
def test_an_act_that_fails_gives_its_number_back() -> None:
    next_text()
    with pytest.raises(RuntimeError), transaction.atomic():
        next_text()
        raise RuntimeError("the paper was not saved")
    assert next_text() == "饶安〔2023〕2号"


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_no_number_is_given() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        next_text()


@pytest.mark.django_db(transaction=True)
def test_many_at_once_leave_no_gap() -> None:
    taken: list[str] = []

    def work() -> None:
        try:
            for _ in range(5):
                with transaction.atomic():
                    taken.append(next_text())
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(taken) == sorted(f"饶安〔2023〕{n}号" for n in range(1, 21))


@pytest.mark.django_db
def test_a_void_number_stays_with_its_reason_and_is_not_given_again() -> None:
    number = take(county(), "letter", LETTER, unit_id=11, now=NOW)
    with pytest.raises(Refused, match="原因"):
        void(county(), number, " ")
    void(county(), number, "发文撤回")
    with pytest.raises(Refused, match="已经作废"):
        void(county(), number, "再作废")
    assert next_text() == "饶安〔2023〕2号"
    assert [(one.n, one.void_reason) for one in register("letter", 2023, 11)] == [(1, "发文撤回"), (2, "")]
    last = AuditEntry.objects.unscoped("a test").order_by("-id")[0]
    assert (last.act, last.note, last.subject) == ("void", "发文撤回", "饶安〔2023〕1号")
