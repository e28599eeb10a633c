"""Numbers without gaps, per unit, kind and year; taken inside the transaction that uses them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from anlan.kernel import audit, clock
from anlan.kernel.due import local_day
from anlan.kernel.models import GivenNumber, NumberSeries
from anlan.kernel.scope import Actor, ScopedModel
from anlan.kernel.writing import Refused, ledger_key

Form = Callable[[int, int], str]


def document_number(code: str) -> Form:
    """饶安〔2023〕1号: six-cornered brackets, no leading zero (GB/T 9704-2012, 7.2.5)."""
    return lambda year, n: f"{code}〔{year}〕{n}号"


def serial(prefix: str, width: int = 4) -> Form:
    """ZD-2023-0059."""
    return lambda year, n: f"{prefix}-{year}-{n:0{width}d}"


def take(
    actor: Actor,
    kind: str,
    form: Form,
    *,
    unit_id: int | None = None,
    row: ScopedModel | None = None,
    now: datetime | None = None,
) -> GivenNumber:
    """The next number of this unit, kind and year (of `now` in Shanghai; unit None: the whole house).

    The series' row stays locked until the caller's transaction ends; if that fails, the number is
    free again. Raises RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a number is taken inside the transaction that uses it")
    now = now or clock.now()
    key = {"unit_id": unit_id or 0, "kind": kind, "year": local_day(now).year}
    NumberSeries.objects.bulk_create([NumberSeries(**key)], ignore_conflicts=True)
    series = NumberSeries.objects.select_for_update().get(**key)
    series.last += 1
    series.save(update_fields=["last"])
    return GivenNumber.objects.create(
        series=series,
        n=series.last,
        text=form(series.year, series.last),
        ledger=ledger_key(type(row)) if row is not None else "",
        subject_id=row.pk if row is not None else None,
        taken_at=now,
        taken_by=actor.label[:120],
    )


def void(actor: Actor, number: GivenNumber, reason: str, now: datetime | None = None) -> None:
    """Mark a number as void; it is never given again and stands in the register with its reason."""
    if not reason.strip():
        raise Refused("作废编号要写明原因。")
    done = GivenNumber.objects.filter(pk=number.pk, void_at=None).update(
        void_at=now or clock.now(), void_reason=reason[:200]
    )
    if not done:
        raise Refused(f"{number.text} 已经作废。")
    audit.record(
        actor, "void", None, note=reason, ledger="numbers", subject_id=number.pk, subject=number.text
    )


def register(kind: str, year: int, unit_id: int | None = None) -> QuerySet[GivenNumber]:
    """All numbers of a series in order, void ones included."""
    found = GivenNumber.objects.filter(series__kind=kind, series__year=year, series__unit_id=unit_id or 0)
    return found.order_by("n")
