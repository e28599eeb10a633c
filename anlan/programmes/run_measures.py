"""Figures over activities and over what is due, by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import F, Q, QuerySet

from anlan.kernel import registry
from anlan.kernel.measure import Measure, Ratio
from anlan.programmes.models import Activity, Occurrence

REASON = "a measure counts all rows; evidence asks the actor"


def _activities(kind: str) -> QuerySet[Any]:
    return Activity.objects.unscoped(REASON).filter(kind=kind)


def _due() -> QuerySet[Any]:
    return Occurrence.objects.unscoped(REASON).exclude(state=Occurrence.State.CANCELLED)


def activity_key(kind: str) -> str:
    """The measure of an activity's kind: activities-warning-day for warning_day."""
    return f"activities-{kind.replace('_', '-')}"


def _measure(kind: str, label: str) -> Measure:
    rows: Callable[[], QuerySet[Any]] = partial(_activities, kind)
    return Measure(
        key=activity_key(kind),
        label=f"{label}次数",
        unit="次",
        rows=rows,
        date="held_on",
        basis=f"活动台账中类别为“{label}”的活动，按举办日期计；政府和功能区按辖区内所有单位计。",
        better="up",
        of_unit="unit_id",
    )


ON_TIME = Measure(
    key="occurrences-on-time",
    label="应办事项按期完成率",
    unit="%",
    rows=_due,
    date="due_on",
    basis="到期日在期间内的应办事项中，在到期日当天或以前完成的所占百分比；已取消的不计。",
    amount=Ratio(top=Q(state="met", met_on__lte=F("due_on"))),
    better="up",
    of_unit="unit_id",
)
OVERDUE = Measure(
    key="occurrences-not-met",
    label="到期未完成事项",
    unit="项",
    rows=lambda: _due().exclude(state=Occurrence.State.MET),
    date="due_on",
    basis="到期日在期间内、至今没有完成的应办事项；已取消的不计。",
    better="down",
    of_unit="unit_id",
)
MEASURES = (*(_measure(key, label) for key, label in Activity.Kind.choices), ON_TIME, OVERDUE)


def measure_words(key: str, judges: bool = True) -> str:
    """What a figure bound to this measure is: its name and 口径; empty for no measure.

    judges: False where the requirement has no number, so that the figure only stands beside it.
    """
    if not key:
        return ""
    found = next((one for one in registry.declared("MEASURES") if one.key == key), None)
    if found is None:
        return "绑定的指标已停用，由单位自报"
    if not judges:
        return f"由单位申报，台账中对应的数是“{found.label}”：{found.basis}"
    return f"按“{found.label}”自动取数：{found.basis}"
