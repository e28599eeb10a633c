"""Declarations of progress reports and the office's report."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from anlan.kernel import cells, clock
from anlan.kernel.ledger import Blank, Column, Filter, Ledger, Section, View
from anlan.kernel.pages.lists import Act
from anlan.kernel.parameters import Parameter
from anlan.kernel.scope import Actor
from anlan.kernel.shell import Entry
from anlan.papers.models import Paper
from anlan.papers.rules.blocks import all_runs
from anlan.programmes import reads_report
from anlan.programmes.models import ProgressReport, ReportRound
from anlan.programmes.report_flows import WORKFLOWS as FLOWS
from anlan.programmes.report_measures import MEASURES as FIGURES
from anlan.programmes.report_measures import SENT
from anlan.programmes.rules.completeness import Standing, standing

STANDINGS = (
    ("reported", "已报"),
    ("timely", "按时"),
    ("late", "迟报"),
    ("missing", "未报"),
    ("empty", "交了空表"),
    ("waiting", "待审核"),
    ("locked", "已锁定"),
    ("excepted", "准予补报"),
    ("objected", "对数字有异议"),
)


def _standing(value: str) -> Q:
    there = Q(unit__valid_to=None) | Q(unit__valid_to__gt=F("due_on"))
    match value:
        case "reported":
            return there & SENT
        case "timely":
            return there & SENT & Q(reported_on__lte=F("timely_on"))
        case "late":
            return there & SENT & Q(reported_on__gt=F("timely_on"))
        case "missing":
            return there & ~SENT
        case "empty":
            return Q(state__in=("submitted", "accepted"), filled=0)
        case "waiting":
            return Q(state="submitted", filled__gt=0)
        case "locked":
            shut = Q(open_until=None) | Q(open_until__lt=clock.today())
            return there & ~SENT & Q(locks_on__lt=clock.today()) & shut
        case "excepted":
            return Q(open_until__isnull=False)
        case "objected":
            return Q(objected__gt=0)
    return Q()


def _stands(row: ProgressReport) -> Standing:
    """As the collection shows it, with the lock and with the exception that runs beyond it."""
    exceptions = (row.open_until,) if row.open_until else ()
    return standing(reads_report.as_return(row, exceptions), clock.today(), row.due_on)


def _light(row: ProgressReport) -> SafeString:
    found = _stands(row)
    return cells.light(found.light, found.word)


def _word(row: ProgressReport) -> str:
    return _stands(row).word


def _unit(row: ProgressReport) -> SafeString:
    return conditional_escape(row.unit.short_name or row.unit.name)


def _filled(row: ProgressReport) -> SafeString:
    return conditional_escape(f"{row.filled}/{row.expected}")


def _filled_text(row: ProgressReport) -> str:
    return f"{row.filled}/{row.expected}"


def _entry_word(row: ProgressReport) -> str:
    """Until when the unit can enter: through the lock, through its exception, or no more."""
    until = row.open_until or row.locks_on
    if row.state in ("submitted", "accepted"):
        return f"准予补报至 {until.isoformat()}" if row.open_until else ""
    if clock.today() > until:
        return "已锁定"
    return f"{'准予补报至' if row.open_until else '可填至'} {until.isoformat()}"


def _entry(row: ProgressReport) -> SafeString:
    return conditional_escape(_entry_word(row))


def _objected_text(row: ProgressReport) -> str:
    return f"{row.objected} 处" if row.objected else ""


def _objected(row: ProgressReport) -> SafeString:
    return conditional_escape(_objected_text(row))


REPORTS = Ledger(
    key="reports",
    model=ProgressReport,
    label="完成情况报告",
    noun="报告",
    menu="programmes",
    icon="report",
    columns=(
        Column("state", label="报告", css="c-due", cell=_light, value=_word),
        Column("unit__name", label="单位", link=True, css="c-t", cell=_unit),
        Column("label", label="期别"),
        Column("programme__title", label="要点", css="c-f"),
        Column("filled", label="已填", css="tn", cell=_filled, value=_filled_text),
        Column("due_on"),
        Column("reported_on"),
        Column("open_until", label="锁定", css="tn", cell=_entry, value=_entry_word),
        Column("objected", label="异议", css="tn", cell=_objected, value=_objected_text),
        Column("locks_on", shown=False),
        Column("region_path", shown=False),
        Column("submitted_by", shown=False),
    ),
    filters=(
        Filter("state", label="办理"),
        Filter("filled", label="报告", kind="choice", options=lambda: STANDINGS, apply=_standing),
        Filter("due_on", label="截止"),
        Filter("round", more=True),
        Filter("programme", more=True),
        Filter("unit", more=True),
        Filter("region_path", kind="region", more=True),
    ),
    search=("unit__name", "programme__title"),
    search_hint="单位、要点",
    order=("-due_on", "id"),
    order_label="按截止从新到旧",
    views=(
        View("missing", "未报", {"filled": "missing"}),
        View("waiting", "待审核", {"filled": "waiting"}),
        View("returned", "已退回", {"state": "returned"}),
        View("locked", "已锁定", {"filled": "locked"}),
        View("objected", "对数字有异议", {"filled": "objected"}),
    ),
    detail=(
        Section(
            "报告",
            (
                "programme",
                "unit",
                "label",
                "due_on",
                "timely_on",
                "locks_on",
                "open_until",
                "filled",
                "expected",
            ),
        ),
        Section("办理", ("state", "reported_on", "submitted_at", "submitted_by", "decided_by", "decision")),
    ),
    select=("unit", "programme"),
    pickers={"unit": "/pick/unit"},
    blank=Blank("还没有报告。", "安委办开放一期报告后，各单位的报告列在这里，点单位名称填报。"),
    acts=frozenset({"export"}),
)

ROUNDS = Ledger(
    key="report-rounds",
    model=ReportRound,
    label="报告批次",
    noun="批次",
    menu="programmes",
    columns=(
        Column("label", link=True, css="c-t"),
        Column("programme", css="c-f"),
        Column("due_on"),
        Column("timely_on"),
        Column("locks_on"),
        Column("opened_by", shown=False),
    ),
    filters=(Filter("due_on"), Filter("programme", more=True)),
    order=("-due_on", "-id"),
    order_label="按截止从新到旧",
    select=("programme",),
    detail=(
        Section(
            "批次",
            ("programme", "label", "starts_on", "due_on", "timely_on", "locks_on", "opened_at", "opened_by"),
        ),
    ),
    blank=Blank("还没有开放过报告。", "在“报告汇总”中按要点的报告时限开放。"),
    acts=frozenset({"export"}),
    in_menu=False,
)


def _recheck(actor: Actor, paper: Paper) -> list[Act]:
    """A paper with frozen figures leads to their re-check, wherever it is opened from."""
    if not any(run.get("figure") for run in all_runs(paper.body)):
        return []
    return [Act("数字复核", reverse("report-recheck", args=[paper.pk]), "refresh", office_only=True)]


PAPER_ACTS = (_recheck,)
LEDGERS: tuple[Ledger, ...] = (REPORTS, ROUNDS)
WORKFLOWS: tuple[Any, ...] = FLOWS
MEASURES: tuple[Any, ...] = FIGURES
PARAMETERS: tuple[Any, ...] = (
    Parameter(
        "reports.timely-days", "截止日后几天内仍算按时", 0, group="完成情况报告", unit="天", least=0, most=60,
        note="只影响及时率；开放时定下，之后改动不影响已开放的报告",
    ),
    Parameter(
        "reports.lock-days", "截止日后几天锁定填报", 10, group="完成情况报告", unit="天", least=0, most=180,
        note="锁定后只有获得补报许可的单位能填；不少于按时天数",
    ),
    Parameter(
        "reports.notice-days", "截止日前几天提醒", 7, group="完成情况报告", unit="天", least=0, most=60,
        note="开放时定下：到了这一天亮黄灯并通知未报单位",
    ),
)  # fmt: skip
MENU: tuple[Any, ...] = (
    Entry(
        "programmes", "report-collection", "报告汇总", "report-home", "report-rounds.view", icon="chart-bar"
    ),
)
