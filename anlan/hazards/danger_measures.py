"""Figures over hidden dangers, by name: what documents ask of 隐患 is judged by these."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import F, Q, QuerySet

from anlan.enterprises.models import Enterprise
from anlan.hazards.models import DangerListing, HiddenDanger
from anlan.kernel.measure import Count, Coverage, Mean, Measure, Ratio, Sum

REASON = "a measure counts all rows; evidence asks the actor"
Rows = Callable[[], QuerySet[Any]]


def dangers(**more: Any) -> QuerySet[Any]:
    """Dangers that count: void ones do not."""
    return HiddenDanger.objects.unscoped(REASON).exclude(state="void").filter(**more)


def working_firms() -> QuerySet[Any]:
    """Firms that are at work, and so have to look for dangers."""
    return Enterprise.objects.unscoped(REASON).filter(status__in=("operating", "trial"))


def listings() -> QuerySet[Any]:
    """Listings that were not revoked."""
    return DangerListing.objects.unscoped(REASON).exclude(state="revoked")


def measure(key: str, label: str, unit: str, rows: Rows, date: str, basis: str, **more: Any) -> Measure:
    """A measure over dangers: all of them group by region, regulator and industry."""
    more.setdefault("of_unit", "regulator_id")
    return Measure(key, label, unit, rows, date, basis, industry="industry", **more)


major = partial(dangers, level="major")
MEASURES = (
    measure("dangers-found", "排查发现隐患数", "条", dangers, "found_on",
            "发现日期在期间内的隐患，各来源合计；作废的不计。"),
    measure("dangers-self-found", "企业自查隐患数", "条", partial(dangers, source="self"), "found_on",
            "来源为企业自查、发现日期在期间内的隐患。"),
    measure("dangers-major-found", "排查重大隐患数", "条", major, "found_on",
            "判定为重大、发现日期在期间内的隐患。"),
    measure("dangers-closed", "隐患整改销号数", "条", dangers, "closed_on",
            "销号日期在期间内的隐患，不论何时发现。", better="up"),
    measure("dangers-closing-rate", "隐患整改率", "%", dangers, "found_on",
            "期间内发现的隐患中，至今已销号的所占百分比。", amount=Ratio(top=Q(state="closed")), better="up"),
    measure("dangers-major-closing-rate", "重大隐患整改率", "%", major, "found_on",
            "期间内发现的重大隐患中，至今已销号的所占百分比。", amount=Ratio(top=Q(state="closed")),
            better="up"),
    measure("dangers-on-time-rate", "隐患按期整改率", "%", partial(dangers, due_on__isnull=False), "due_on",
            "整改期限在期间内的隐患中，在期限当天或以前整改完成的所占百分比。",
            amount=Ratio(top=Q(rectified_on__lte=F("due_on"))), better="up"),
    measure("dangers-open", "未销号隐患", "条", dangers, "found_on", "期末已发现而未销号的隐患。",
            kind="stock", until="closed_on", better="down"),
    measure("dangers-major-open", "未销号重大隐患", "条", major, "found_on", "期末已发现而未销号的重大隐患。",
            kind="stock", until="closed_on", better="down"),
    measure("dangers-major-overdue", "重大隐患逾期未整改数", "条",
            partial(major, late_from__isnull=False), "due_on",
            "期末整改期限已过、至今没有报验也没有销号的重大隐患。", kind="stock", until="closed_on",
            better="down"),
    measure("dangers-overdue", "隐患逾期未整改数", "条", partial(dangers, late_from__isnull=False),
            "due_on", "期末整改期限已过、至今没有报验也没有销号的隐患。", kind="stock", until="closed_on",
            better="down"),
    measure("dangers-days", "隐患平均整改天数", "天", partial(dangers, days_open__isnull=False), "closed_on",
            "销号日期在期间内的隐患，从发现到销号的平均天数。", amount=Mean("days_open"), better="down"),
    measure("dangers-funds", "隐患整改资金", "元", dangers, "closed_on",
            "销号日期在期间内的隐患的整改资金之和；没有填的不计为零。", amount=Sum("funds")),
    measure("dangers-copied-photos", "照片疑似重复的隐患数", "条",
            partial(dangers, copied__isnull=False), "found_on",
            "发现日期在期间内、有照片与此前别处的照片（或整改后与整改前）相同或近似的隐患；是提示，须人工核对。",
            better="down"),
    measure("dangers-dual-reported", "重大隐患双报告率", "%", major, "found_on",
            "期间内发现的重大隐患中，监管部门和职工大会（职代会）都报告过的所占百分比。",
            amount=Ratio(top=Q(regulator_told_on__isnull=False, congress_told_on__isnull=False)),
            better="up"),
    Measure("dangers-self-coverage", "企业隐患自查覆盖率", "%", partial(dangers, source="self"), "found_on",
            "期间内登记过自查隐患的企业，占在产和试生产企业的百分比。",
            Coverage(working_firms, "enterprise"), better="up", industry="industry", of_unit="regulator_id"),
    Measure("dangers-inspected-coverage", "企业隐患排查覆盖率", "%", dangers, "found_on",
            "期间内登记过隐患（任何来源）的企业，占在产和试生产企业的百分比。",
            Coverage(working_firms, "enterprise"), better="up", industry="industry", of_unit="regulator_id"),
    Measure("dangers-listed", "重大隐患挂牌督办数", "项", listings, "listed_on",
            "挂牌日期在期间内的重大隐患；撤销的不计。", Count(), industry="industry"),
    Measure("dangers-delisted-rate", "挂牌督办重大隐患摘牌率", "%", listings, "listed_on",
            "期间内挂牌的重大隐患中，至今已摘牌的所占百分比。",
            Ratio(top=Q(state="delisted")), better="up", industry="industry"),
)  # fmt: skip
