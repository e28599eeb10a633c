"""Figures of closing by name: planned, struck off, share, late, come back."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from anlan.enterprises.models import Closure
from anlan.kernel.measure import Measure, Ratio

REASON = "a measure counts all rows; evidence asks the actor"


def _cases(**more: Any) -> QuerySet[Any]:
    return Closure.objects.unscoped(REASON).filter(**more)


def _kept() -> QuerySet[Any]:
    return _cases().exclude(state=Closure.State.WITHDRAWN)


def _done() -> QuerySet[Any]:
    return _cases(state=Closure.State.DELISTED)


MEASURES = (
    Measure(
        key="closures-planned", label="计划关闭退出", unit="处", rows=_kept, date="planned_on",
        industry="industry", basis="计划完成日在期间内、没有调出计划的关闭退出对象。",
    ),
    Measure(
        key="closures-done", label="完成关闭退出", unit="处", rows=_done, date="accepted_on", better="up",
        industry="industry",
        basis="验收销号日期在期间内、现在进度为已验收销号的关闭退出对象；死灰复燃的不计。",
    ),
    Measure(
        key="closures-done-share", label="关闭退出计划完成率", unit="%", rows=_kept, date="planned_on",
        better="up", industry="industry", amount=Ratio(top=Q(state=Closure.State.DELISTED)),
        basis="计划完成日在期间内的关闭退出对象中，已验收销号的所占百分比；调出计划的不计。",
    ),
    Measure(
        key="closures-overdue", label="关闭退出逾期未完成", unit="处", rows=_kept, date="planned_on",
        kind="stock", until="accepted_on", better="down", industry="industry",
        basis="期末计划完成日已到、还没有验收销号的关闭退出对象；调出计划的不计。",
    ),
    Measure(
        key="closures-revived", label="关闭后死灰复燃", unit="处", date="revived_on", better="down",
        rows=lambda: _cases(revived_on__isnull=False), industry="industry",
        basis="发现日期在期间内的死灰复燃；再次取缔的仍计。",
    ),
)  # fmt: skip
