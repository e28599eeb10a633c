"""Figures of risks and installations by name."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db.models import F, Q, QuerySet

from anlan.enterprises.models import Enterprise
from anlan.hazards.models import Guarantor, GuarantorDuty, MajorHazardInstallation, RiskPoint, ShiftLeader
from anlan.hazards.models.installation import MAJOR, OWED, Grade
from anlan.hazards.rules.risk import Colour
from anlan.kernel import clock
from anlan.kernel.measure import Coverage, Measure, Ratio

REASON = "a measure counts all rows; evidence asks the actor"
LEVELS = {"first": Grade.FIRST, "second": Grade.SECOND, "third": Grade.THIRD, "fourth": Grade.FOURTH}


def _points(**which: Any) -> QuerySet[Any]:
    return RiskPoint.objects.unscoped(REASON).filter(**which)


def _units(**which: Any) -> QuerySet[Any]:
    return MajorHazardInstallation.objects.unscoped(REASON).filter(**which)


def _duties(**which: Any) -> QuerySet[Any]:
    return GuarantorDuty.objects.unscoped(REASON).filter(**which)


def _not_reviewed() -> QuerySet[Any]:
    return _points(retired_on__isnull=True).filter(review_due_on__lt=clock.today())


def _by_colour(colour: Colour) -> Measure:
    return Measure(
        key=f"risk-points-{colour.value}",
        label=f"{colour.label}点（{colour.letter}）",
        unit="个",
        rows=partial(_points, residual_colour=colour.value),
        date="registered_on",
        until="retired_on",
        kind="stock",
        basis=f"期末在管的风险点中，现状风险为{colour.label}的个数；按现在的颜色计。",
        better="down" if colour in (Colour.RED, Colour.ORANGE) else "",
        industry="industry",
    )


def _by_level(key: str, level: Grade) -> Measure:
    return Measure(
        key=f"installations-{key}",
        label=f"{level.label}重大危险源",
        unit="处",
        rows=partial(_units, level=level.value),
        date="registered_on",
        until="removed_on",
        kind="stock",
        basis=f"期末未核销的单元中，按 GB 18218-2018 算得{level.label}的个数；按现在的级别计。",
        industry="industry",
    )


POINTS = Measure(
    key="risk-points",
    label="在管风险点",
    unit="个",
    rows="risks",
    date="registered_on",
    until="retired_on",
    kind="stock",
    basis="期末在管（未消除）的风险点，含未评估的。",
    industry="industry",
)
NOT_REVIEWED = Measure(
    key="risk-points-not-reviewed",
    label="逾期未复核风险点",
    unit="个",
    rows=_not_reviewed,
    date="review_due_on",
    basis="复核到期日在期间内、至今没有复核的在管风险点。",
    better="down",
    industry="industry",
)
FIRMS_WITH_POINTS = Measure(
    key="risk-points-coverage",
    label="开展风险分级的企业占比",
    unit="%",
    rows=partial(_points, retired_on__isnull=True),
    date="registered_on",
    amount=Coverage(lambda: Enterprise.objects.unscoped(REASON), "enterprise"),
    basis="期间内登记过风险点的企业，占企业台账全部企业的百分比。",
    better="up",
    industry="industry",
)
INSTALLATIONS = Measure(
    key="installations",
    label="重大危险源",
    unit="处",
    rows=partial(_units, level__in=[one.value for one in MAJOR]),
    date="registered_on",
    until="removed_on",
    kind="stock",
    basis="期末未核销、按 GB 18218-2018 构成重大危险源且已定级的单元。",
    industry="industry",
)
ONLINE = Measure(
    key="installations-online",
    label="重大危险源接入监测预警率",
    unit="%",
    rows=partial(_units, level__in=[one.value for one in MAJOR]),
    date="registered_on",
    until="removed_on",
    kind="stock",
    amount=Ratio(top=Q(online=True)),
    basis="期末未核销、已定级的重大危险源中，已接入监测预警系统的所占百分比。",
    better="up",
    industry="industry",
)
FILED = Measure(
    key="installations-filed",
    label="重大危险源备案率",
    unit="%",
    rows=partial(_units, level__in=[one.value for one in MAJOR]),
    date="registered_on",
    until="removed_on",
    kind="stock",
    amount=Ratio(top=Q(state="filed")),
    basis="期末未核销、已定级的重大危险源中，已备案的所占百分比。",
    better="up",
    industry="industry",
)
GUARANTEED = Measure(
    key="installations-guaranteed",
    label="重大危险源包保责任人配齐率",
    unit="%",
    rows=partial(_units, level__in=[one.value for one in MAJOR]),
    date="registered_on",
    until="removed_on",
    kind="stock",
    amount=Ratio(top=Q(in_charge=OWED)),
    basis="期末未核销、已定级的重大危险源中，主要、技术、操作负责人都有人在任的所占百分比；按现在在任的计。",
    better="up",
    industry="industry",
)
DUTIES_DONE = Measure(
    key="guarantor-duties-on-time",
    label="包保责任人按期履职率",
    unit="%",
    rows=partial(_duties, state__in=("done", "missed")),
    date="due_on",
    amount=Ratio(top=Q(state="done", done_on__lte=F("due_on"))),
    basis="最后一天在期间内、已经履职或已计为未履职的周期中，在周期内履职的所占百分比；补登的不计为按期。",
    better="up",
    industry="industry",
)
DUTIES_MISSED = Measure(
    key="guarantor-duties-missed",
    label="包保责任人未履职次数",
    unit="次",
    rows=partial(_duties, state="missed"),
    date="due_on",
    basis="最后一天在期间内、至今没有履职记录的周期。",
    better="down",
    industry="industry",
)
PONDS = Measure(
    key="tailings-ponds-guaranteed",
    label="尾矿库包保责任人",
    unit="人",
    rows=lambda: Guarantor.objects.unscoped(REASON).filter(subject_kind="tailings-pond"),
    date="since",
    until="until",
    kind="stock",
    basis="期末在任的尾矿库包保责任人。",
    industry="industry",
)
SHIFTS = Measure(
    key="shift-leaders",
    label="矿领导带班次数",
    unit="班",
    rows=lambda: ShiftLeader.objects.unscoped(REASON),
    date="on_day",
    basis="带班台账中日期在期间内的班次。",
    better="up",
    industry="industry",
)
MEASURES = (
    POINTS, *(_by_colour(one) for one in Colour), NOT_REVIEWED, FIRMS_WITH_POINTS, INSTALLATIONS,
    *(_by_level(key, level) for key, level in LEVELS.items()), ONLINE, FILED, GUARANTEED,
    DUTIES_DONE, DUTIES_MISSED, PONDS, SHIFTS,
)  # fmt: skip
