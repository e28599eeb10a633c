"""Figures of a programme by name: duties given, what is due and done, reports owed and come.

An area's topics are items for duties and what is due, programmes for reports.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import F, Q, QuerySet

from anlan.kernel import clock
from anlan.kernel.measure import Measure
from anlan.programmes.models import Duty, Occurrence, ProgressReport

REASON = "a measure counts all rows; evidence asks the actor"
SENT = Q(state__in=("submitted", "accepted"), filled__gt=0)


def _duties() -> QuerySet[Any]:
    gone = (Duty.State.REASSIGNED, Duty.State.ENDED)
    return Duty.objects.unscoped(REASON).exclude(state__in=gone)


def _due() -> QuerySet[Any]:
    return Occurrence.objects.unscoped(REASON).exclude(state=Occurrence.State.CANCELLED)


def _met() -> QuerySet[Any]:
    return _due().filter(state=Occurrence.State.MET)


def _overdue() -> QuerySet[Any]:
    return _due().exclude(state=Occurrence.State.MET).filter(due_on__lt=clock.today())


def _reports() -> QuerySet[Any]:
    there = Q(unit__valid_to=None) | Q(unit__valid_to__gt=F("due_on"))
    return ProgressReport.objects.unscoped(REASON).filter(there)


def _count(
    key: str, label: str, unit: str, rows: Callable[[], QuerySet[Any]], basis: str, date: str = "due_on",
    topic: str = "item_id", better: Any = "",
) -> Measure:  # fmt: skip
    return Measure(
        key=f"programmes-{key}", label=label, unit=unit, rows=rows, date=date, basis=basis, better=better,
        of_unit="unit_id", topic=topic,
    )  # fmt: skip


DUTIES = _count("duties", "分解职责", "项", _duties, "期间内下达、没有改派或终止的职责。", date="issued_at")
DUE = _count("due", "应办事项", "项", _due, "到期日在期间内的应办事项；已取消的不计。")
MET = _count("met", "已完成事项", "项", _met, "到期日在期间内、经测得或审核认定完成的应办事项。", better="up")
ON_TIME = _count(
    "on-time", "按期完成事项", "项", lambda: _met().filter(met_on__lte=F("due_on")),
    "到期日在期间内、在到期日当天或以前完成的应办事项。", better="up",
)  # fmt: skip
OVERDUE = _count(
    "overdue", "逾期未完成事项", "项", _overdue,
    "到期日在期间内、已过到期日、没有完成的应办事项；已取消的不计。", better="down",
)  # fmt: skip
EXPECTED = _count(
    "expected", "应报告单位", "家", _reports, "截止日在期间内、应交报告的单位：截止日存续且负有职责的。",
    topic="programme_id",
)  # fmt: skip
REPORTED = _count(
    "reported", "已报告单位", "家", lambda: _reports().filter(SENT),
    "截止日在期间内、已提交且至少一条写了内容的报告；空表不计，退回未补正的不计。", topic="programme_id",
    better="up",
)  # fmt: skip
REPORTED_ON_TIME = _count(
    "reported-on-time", "按时报告单位", "家",
    lambda: _reports().filter(SENT, reported_on__lte=F("timely_on")),
    "已报告单位中，有内容的报告在按时截至日当天或以前首次提交的。", topic="programme_id", better="up",
)  # fmt: skip
MEASURES = (DUTIES, DUE, MET, ON_TIME, OVERDUE, EXPECTED, REPORTED, REPORTED_ON_TIME)
