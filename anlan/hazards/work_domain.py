"""What safe-work confirmations declare: their ledger, way, figures, panels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from anlan.hazards import risk_cells
from anlan.hazards.actions import work as acts
from anlan.hazards.models import RiskPoint, WorkConfirmation
from anlan.hazards.pages.work import people_of
from anlan.hazards.risk_ledgers import WHERE
from anlan.hazards.rules import work
from anlan.hazards.rules.risk import Colour
from anlan.kernel import cells, clock
from anlan.kernel.ledger import Blank, Column, Filter, Ledger, Panel, Section, View
from anlan.kernel.measure import Coverage, Measure
from anlan.kernel.scope import Actor
from anlan.kernel.workflow import Move, State, Workflow

REASON = "a measure counts all rows; evidence asks the actor"
HIGH = (Colour.RED.value, Colour.ORANGE.value)


def checks(actor: Actor, row: WorkConfirmation) -> Mapping[str, Any]:
    """The measures, to be ticked while nobody has signed."""
    still = row.state == WorkConfirmation.State.OPEN and len(row.unsigned) == len(row.people)
    lines = [
        {"n": n, "kind": one["kind"], "text": one["text"], "ticked": one["ticked"]}
        for n, one in enumerate(row.checks)
    ]
    return {
        "lines": lines,
        "left": len(work.unticked(row.checks)),
        "may": still and actor.may(acts.ADD),
        "action": reverse("work-tick", args=[row.pk]),
        "signed": len(row.unsigned) < len(row.people),
    }


def people(actor: Actor, row: WorkConfirmation) -> Mapping[str, Any]:
    """Who signs, and who has."""
    still = row.state == WorkConfirmation.State.OPEN
    return {
        "people": people_of(row),
        "may": still and actor.may(acts.ADD) and not row.open_checks,
        "wait": still and bool(row.open_checks),
        "sheet": row,
    }


def standing(row: WorkConfirmation) -> SafeString:
    """Confirmed, waiting, or no longer to be confirmed because the day is over."""
    if row.state == WorkConfirmation.State.CONFIRMED:
        return cells.light("g", "已确认")
    if row.state == WorkConfirmation.State.VOID:
        return format_html('<span class="mid">{}</span>', row.get_state_display())
    return cells.light("r", "过期未确认") if row.on_day < clock.today() else cells.light("o", "待确认")


def signed(row: WorkConfirmation) -> str:
    """Everybody's signature in words: 作业人张某（手写，2023-07-05 08:10）；…"""
    done = (one for one in people_of(row) if one["at"])
    return "；".join(f"{one['said']}{one['name']}（{one['how']}，{one['at']}）" for one in done)


LEDGER = Ledger(
    key="work-confirmations",
    model=WorkConfirmation,
    label="安全作业确认",
    noun="作业确认单",
    add_label="选岗位做确认",
    menu="hazards",
    icon="clipboard-check",
    columns=(
        Column("job", link=True, css="c-t"),
        Column("enterprise", css="c-f"),
        Column("colour", cell=lambda row: risk_cells.colour(row.colour), css="c-l",
               value=lambda row: row.get_colour_display()),
        Column("place"),
        Column("on_day", css="c-due"),
        Column("shift"),
        Column("workers"),
        Column("guardian"),
        Column("state", cell=standing, value=lambda row: row.get_state_display(), css="c-r"),
        Column("confirmed_at", shown=False),
        Column("activity", shown=False),
        Column("signatures", shown=False, cell=lambda row: conditional_escape(signed(row)), value=signed),
        Column("open_checks", shown=False),
        Column("region_path", shown=False, css="c-r"),
    ),
    filters=(
        Filter("state"),
        Filter("colour"),
        Filter("on_day", label="作业日期"),
        Filter("shift", more=True),
        Filter("job", more=True),
        *WHERE,
    ),
    search=("job", "place", "workers", "guardian"),
    search_hint="岗位、地点、姓名",
    order=("-on_day", "-id"),
    order_label="按作业日期从新到旧",
    views=(
        View("open", "待确认", {"state": "open"}),
        View("confirmed", "已确认", {"state": "confirmed"}),
    ),
    form=(Section("作业", ("job", "place", "activity", "on_day", "shift", "workers", "guardian")),),
    detail=(
        Section("作业", ("enterprise", "site", "job", "activity", "place", "on_day", "shift")),
        Section("办理", ("state", "made_by", "made_at", "confirmed_by", "confirmed_at")),
    ),
    panels=(
        Panel("逐项确认措施", "hazards/work_checks.html", checks),
        Panel("签字", "hazards/work_people.html", people),
    ),
    select=("enterprise",),
    totals=("state",),
    blank=Blank(
        "还没有安全作业确认。",
        "作业前逐项确认管控措施，作业人和监护人签字后再开工。措施来自岗位的风险点。",
        "选岗位做确认",
    ),
    acts=frozenset({"add", "export"}),
)  # fmt: skip

WAY = Workflow(
    key="work-confirmations",
    ledger="work-confirmations",
    label="安全作业确认",
    states=(
        State("open", "待确认"),
        State("confirmed", "已确认"),
        State("void", "已作废", final=True),
    ),
    moves=(
        Move("confirm", "确认可以作业", ("open",), "confirmed", guards=(acts.whole,), action=acts.confirmed,
             confirm="确认后措施和签字不能再改。"),
        Move("annul", "作废", ("open", "confirmed"), "void", note="作废理由（作业取消、填错、情况有变等）"),
    ),
)  # fmt: skip


def _confirmed() -> QuerySet[Any]:
    return WorkConfirmation.objects.unscoped(REASON).filter(state=WorkConfirmation.State.CONFIRMED)


def _high_risk_jobs() -> QuerySet[Any]:
    """One risk point for each job of a firm that has high risks: the oldest red or orange one in force."""
    high = RiskPoint.objects.unscoped(REASON).filter(residual_colour__in=HIGH, retired_on__isnull=True)
    older = high.filter(enterprise=OuterRef("enterprise"), job=OuterRef("job"), pk__lt=OuterRef("pk"))
    return high.filter(~Q(job="") & ~Exists(older))


MEASURES = (
    Measure(
        key="work-confirmations",
        label="安全作业确认",
        unit="张",
        rows=_confirmed,
        date="on_day",
        basis="作业日期在期间内、措施全部勾选、作业人和监护人都已签字并确认的作业确认单；作废的不计。",
        better="up",
        industry="industry",
    ),
    Measure(
        key="high-risk-jobs-confirmed",
        label="较大以上风险岗位作业确认率",
        unit="%",
        rows=_confirmed,
        date="on_day",
        amount=Coverage(_high_risk_jobs, "points"),
        basis="现有在管的重大、较大风险点所在岗位中，期间内至少确认过一次作业的所占百分比；没有填岗位的风险点不计。",
        better="up",
        industry="industry",
    ),
)
LEDGERS = (LEDGER,)
WORKFLOWS = (WAY,)
PARAMETERS = ()
ACTS = (("tick", "勾选措施"), ("sign", "签字"))
MENU = ()
