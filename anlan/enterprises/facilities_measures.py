"""Figures of facilities by name: closures and elimination quotas, overhead ponds, what is watched online."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db.models import Q, QuerySet

from anlan.enterprises.models import Facility
from anlan.kernel.measure import Measure, Ratio

REASON = "a measure counts all rows; evidence asks the actor"
MINES = ("underground-mine", "open-pit-mine")
PONDS = ("tailings-pond",)
COAL = ("coal-mine",)


def _of(kinds: tuple[str, ...], **more: Any) -> QuerySet[Any]:
    return Facility.objects.unscoped(REASON).filter(kind__in=kinds, **more)


def _closed(kinds: tuple[str, ...]) -> QuerySet[Any]:
    return _of(kinds, state=Facility.State.CLOSED)


OPENED = "期末在册的按投用日期计，未填投用日期的不计"
MEASURES = (
    Measure(
        key="noncoal-mines-closed", label="关闭非煤矿山", unit="座", rows=partial(_closed, MINES),
        date="closed_on", better="up", industry="industry",
        basis="关闭日期在期间内、状态为关闭或拆除的地下矿山和露天矿山。",
    ),
    Measure(
        key="tailings-ponds-delisted", label="减少尾矿库（闭库销号）", unit="座",
        rows=partial(_closed, PONDS), date="closed_on", better="up", industry="industry",
        basis="关闭日期在期间内、状态为关闭或拆除的尾矿库。",
    ),
    Measure(
        key="tailings-ponds", label="在册尾矿库", unit="座", rows=partial(_of, PONDS), date="opened_on",
        kind="stock", until="closed_on", better="down", industry="industry", basis=f"{OPENED}。",
    ),
    Measure(
        key="overhead-ponds-online", label="头顶库在线监测联网率", unit="%",
        rows=partial(_of, PONDS), date="opened_on", kind="stock", until="closed_on", better="up",
        amount=Ratio(top=Q(attributes__overhead=True, attributes__monitored=True),
                     bottom=Q(attributes__overhead=True)),
        industry="industry", basis=f"头顶库中在线监测已联网的所占百分比；{OPENED}。",
    ),
    Measure(
        key="coal-mines-sealed", label="煤矿电子封条联网率", unit="%", rows=partial(_of, COAL),
        date="opened_on", kind="stock", until="closed_on",
        amount=Ratio(top=Q(attributes__sealed=True)), better="up", industry="industry",
        basis=f"煤矿中电子封条已联网的所占百分比；{OPENED}。",
    ),
    Measure(
        key="underground-mines-below-500", label="地下矿山单班 500 人以下占比", unit="%",
        rows=partial(_of, MINES[:1]), date="opened_on", kind="stock", until="closed_on", better="up",
        amount=Ratio(top=Q(attributes__shift_people__lt=500),
                     bottom=Q(attributes__shift_people__isnull=False)),
        industry="industry",
        basis=f"填了单班下井人数的非煤地下矿山中低于 500 人的所占百分比；{OPENED}。",
    ),
)  # fmt: skip
