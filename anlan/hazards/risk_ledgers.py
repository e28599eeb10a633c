"""The ledgers of risk points, plans, installations, guarantors and their duties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from anlan.enterprises.located import FIRM_PLACE
from anlan.hazards import reads_risk
from anlan.hazards import risk_cells as drawn
from anlan.hazards import risk_panels as panels
from anlan.hazards.actions import installation as installations
from anlan.hazards.actions import risk as grading
from anlan.hazards.models import (
    Guarantor,
    GuarantorDuty,
    InstallationAssessment,
    MajorHazardInstallation,
    RiskPoint,
    ShiftLeader,
    SitePlan,
)
from anlan.hazards.models.installation import OWED
from anlan.kernel import clock
from anlan.kernel.ledger import Blank, Column, Filter, Importing, Ledger, Panel, Section, View
from anlan.kernel.scope import Actor
from anlan.org.offers import industries

IN_CHARGE = "in_charge"
LATE, NEAR, LACKING, WHOLE = "late", "near", "lacking", "whole"
SIDES = tuple(f"{side}_{name}" for side in ("inherent", "residual") for name in "lec")
FIRM = ("企业名称", "单位名称", "生产经营单位")
CONTROLS = ("engineering", "management", "training", "ppe", "emergency")
WHERE = (
    Filter("enterprise", more=True),
    Filter("industry", kind="choice", options=industries, more=True),
    Filter("region_path", kind="region", more=True),
)


def own_firm(actor: Actor) -> Mapping[str, Any]:
    """A firm's user registers for the firm."""
    firm = actor.seat.enterprise_id if actor.seat else None
    return {"enterprise_id": firm} if firm else {}


def own_firm_today(actor: Actor) -> Mapping[str, Any]:
    """As `own_firm`, graded today."""
    return {**own_firm(actor), "reviewed_on": clock.today()}


def _in_charge(value: str) -> Q:
    return reads_risk.lacking() if value == LACKING else Q(in_charge=OWED)


def _review(value: str) -> Q:
    live = ~Q(state=RiskPoint.State.RETIRED)
    if value == LATE:
        return live & Q(review_due_on__lt=clock.today())
    return live & Q(review_due_on__range=(clock.today(), clock.today() + drawn.NEAR))


RISKS = Ledger(
    key="risks",
    model=RiskPoint,
    label="风险点台账",
    noun="风险点",
    title="name",
    menu="hazards",
    icon="alert-octagon",
    columns=(
        Column("name", link=True, css="c-t"),
        Column("enterprise", css="c-f"),
        Column("place", shown=False),
        Column("job"),
        Column("hazard", shown=False),
        Column("accident"),
        Column("inherent_colour", cell=drawn.inherent, value=lambda row: row.get_inherent_colour_display()),
        Column(
            "residual_colour",
            cell=drawn.residual,
            value=lambda row: row.get_residual_colour_display(),
            css="c-l",
        ),
        Column("responsible_level"),
        Column("responsible", shown=False),
        Column(
            "review_due_on", label="复核", cell=drawn.review, value=lambda row: row.review_due_on, css="c-due"
        ),
        Column("state", shown=False),
        Column("region_path", shown=False, css="c-r"),
    ),
    filters=(
        Filter("residual_colour"),
        Filter("inherent_colour"),
        Filter("state"),
        Filter(
            "review_due_on",
            label="复核",
            kind="choice",
            options=lambda: ((LATE, "逾期未复核"), (NEAR, "30 天内到期")),
            apply=_review,
        ),
        Filter("responsible_level", more=True),
        Filter("job", more=True),
        Filter("plan", more=True),
        *WHERE,
    ),
    search=("name", "hazard", "accident", "job"),
    search_hint="风险点、危险因素、岗位",
    views=(
        View("red", "重大", {"residual_colour": "red"}),
        View("orange", "较大", {"residual_colour": "orange"}),
        View("lowering", "待批降级", {"state": "lowering"}),
        View("late", "逾期未复核", {"review_due_on": LATE}),
    ),
    form=(
        Section(
            "风险点",
            (
                "enterprise",
                "site",
                "name",
                "place",
                "facility",
                "equipment",
                "job",
                "activity",
                "hazard",
                "accident",
            ),
        ),
        Section("评估", ("method", "variant", *SIDES, "reviewed_on", "review_months")),
        Section("管控", (*CONTROLS, "responsible_level", "responsible", "phone")),
    ),
    detail=(
        Section(
            "风险点",
            (
                "enterprise",
                "site",
                "name",
                "place",
                "facility",
                "equipment",
                "job",
                "activity",
                "hazard",
                "accident",
            ),
        ),
        Section("管控措施", (*CONTROLS, "responsible_level", "responsible", "phone")),
    ),
    panels=(
        Panel("评估", "hazards/risk_panel_grading.html", panels.grading),
        Panel("告知与公示", "hazards/risk_panel_cards.html", panels.cards, side=True),
    ),
    importing=Importing(
        key=("enterprise", "name"),
        synonyms={
            "enterprise": FIRM,
            "name": ("风险点名称", "风险点（部位）"),
            "hazard": ("主要危险有害因素", "风险描述"),
            "accident": ("易发生事故类型", "事故类型"),
            "responsible": ("管控责任人",),
            "responsible_level": ("管控级别",),
        },
        fill_down=("enterprise",),
    ),
    totals=("residual_colour", "state"),
    select=("enterprise",),
    defaults=own_firm_today,
    prepare=grading.prepare,
    follow=grading.follow,
    blank=Blank(
        "还没有登记风险点。",
        "企业按岗位和作业活动辨识危险因素，评估后四色管理，并向从业人员告知。",
        "登记风险点",
    ),
)

PLANS = Ledger(
    key="site-plans",
    model=SitePlan,
    label="四色分布图",
    noun="四色分布图",
    add_label="上传平面图",
    title="name",
    menu="hazards",
    icon="map-2",
    columns=(
        Column("name", link=True, css="c-t"),
        Column("enterprise", css="c-f"),
        Column("site"),
        Column("drawn_on"),
        Column("region_path", css="c-r", shown=False),
    ),
    filters=WHERE,
    search=("name",),
    form=(Section("图", ("enterprise", "site", "name")),),
    detail=(Section("图", ("enterprise", "site", "name", "drawn_on")),),
    select=("enterprise",),
    defaults=own_firm,
    blank=Blank("还没有四色分布图。", "上传厂区平面图，把风险点放上去，即可打印公示。", "上传平面图"),
    acts=frozenset({"add", "change", "export"}),
)

INSTALLATIONS = Ledger(
    key="installations",
    model=MajorHazardInstallation,
    label="重大危险源",
    noun="重大危险源",
    add_label="登记单元",
    title="name",
    menu="hazards",
    icon="flask",
    columns=(
        Column("name", link=True, css="c-t"),
        Column("enterprise", css="c-f"),
        Column("kind"),
        Column("substances"),
        Column("s_value", label="S、R", cell=drawn.figures, value=lambda row: row.s_value),
        Column("r_value", label="R", shown=False),
        Column("level", cell=drawn.level, value=lambda row: row.get_level_display(), css="c-l"),
        Column("state", cell=drawn.filing, value=lambda row: row.get_state_display()),
        Column("online", shown=False),
        Column("assessment_due_on", shown=False),
        Column("region_path", shown=False, css="c-r"),
    ),
    filters=(
        Filter("level"),
        Filter("state"),
        Filter("kind"),
        Filter("online", more=True),
        Filter("assessment_due_on", more=True),
        Filter(
            IN_CHARGE,
            label="包保责任人",
            kind="choice",
            options=lambda: ((LACKING, "缺责任人"), (WHOLE, "三人齐全")),
            apply=_in_charge,
            more=True,
        ),
        *WHERE,
        *FIRM_PLACE.filters(),
    ),
    search=("name", "substances"),
    search_hint="单元、物质",
    views=(
        View("first", "一级", {"level": "1"}),
        View("second", "二级", {"level": "2"}),
        View("unknown", "未计算", {"level": "unknown"}),
        View("unfiled", "未备案", {"state": "unfiled"}),
        View("lacking", "缺包保责任人", {IN_CHARGE: LACKING}, count=False),
    ),
    form=(
        Section(
            "单元", ("enterprise", "site", "name", "kind", "boundary", "facility", "place", "commissioned_on")
        ),
        Section("管理", ("assessed_on", "online")),
    ),
    detail=(
        Section(
            "单元", ("enterprise", "site", "name", "kind", "boundary", "facility", "place", "commissioned_on")
        ),
        Section(
            "备案与评估",
            ("state", "filed_on", "filing_number", "assessed_on", "assessment_due_on", "online"),
        ),
    ),
    panels=(
        Panel("辨识与分级", "hazards/installation_panel_steps.html", panels.steps),
        Panel("包保责任人", "hazards/installation_panel_people.html", panels.people),
        Panel("历次计算", "hazards/installation_panel_history.html", panels.reckonings, side=True),
    ),
    importing=Importing(
        key=("enterprise", "name"),
        synonyms={"enterprise": FIRM, "name": ("重大危险源名称", "单元"), "kind": ("类型",)},
        fill_down=("enterprise",),
    ),
    totals=("level", "state"),
    select=("enterprise",),
    defaults=own_firm,
    prepare=installations.prepare,
    follow=installations.follow,
    blank=Blank(
        "还没有登记单元。",
        "按 GB 18218-2018 逐个单元辨识：登记单元，填物质和量，系统算出 S、R 和级别。",
        "登记单元",
    ),
)

ASSESSMENTS = Ledger(
    key="installation-assessments",
    model=InstallationAssessment,
    label="重大危险源计算",
    noun="计算",
    menu="hazards",
    columns=(
        Column("installation", link=True, css="c-t"),
        Column("made_at"),
        Column("made_by"),
        Column("reason"),
        Column("s_value"),
        Column("r_value"),
        Column(
            "level", cell=lambda row: drawn.level_of(row.level), value=lambda row: row.get_level_display()
        ),
    ),
    filters=(Filter("level"), Filter("installation", more=True)),
    detail=(
        Section(
            "计算", ("installation", "made_at", "made_by", "reason", "s_value", "alpha", "r_value", "level")
        ),
    ),
    panels=(Panel("逐步计算", "hazards/installation_panel_steps.html", panels.steps_of_one),),
    select=("installation",),
    acts=frozenset({"export"}),
    in_menu=False,
)

GUARANTORS = Ledger(
    key="guarantors",
    model=Guarantor,
    label="包保责任人",
    noun="包保责任人",
    title="name",
    menu="hazards",
    icon="user-shield",
    columns=(
        Column("name", link=True, css="c-t"),
        Column("role"),
        Column("installation", label="包保对象", cell=drawn.subject, value=lambda row: row.subject),
        Column("enterprise", css="c-f"),
        Column("title"),
        Column("subject_kind", shown=False),
        Column("cadence", cell=drawn.cadence, value=lambda row: row.get_cadence_display()),
        Column("since"),
        Column("until"),
    ),
    filters=(Filter("role"), Filter("subject_kind"), Filter("installation", more=True), *WHERE),
    search=("name",),
    form=(
        Section(
            "包保", ("enterprise", "subject_kind", "installation", "pond", "facility", "role", "cadence")
        ),
        Section("责任人", ("name", "title", "phone", "since", "until")),
    ),
    panels=(Panel("履职", "hazards/installation_panel_duties.html", panels.duties_of_one),),
    select=("enterprise", "installation"),
    defaults=own_firm,
    prepare=installations.answering,
    follow=installations.appointed,
    masked={
        "phone": lambda value: f"{value[:3]}****{value[-4:]}" if len(value) > 7 else "****" if value else ""
    },
    blank=Blank(
        "还没有登记包保责任人。", "应急厅〔2021〕12号：主要、技术、操作负责人各一人。", "登记包保责任人"
    ),
)

DUTIES = Ledger(
    key="guarantor-duties",
    model=GuarantorDuty,
    label="包保履职",
    noun="包保履职",
    menu="hazards",
    icon="clipboard-check",
    columns=(
        Column("guarantor", link=True, css="c-t"),
        Column("starts_on"),
        Column("due_on"),
        Column("state", cell=drawn.duty, value=lambda row: row.get_state_display(), css="c-due"),
        Column("done_on"),
        Column("dangers_found", unit="条"),
        Column("finding", shown=False),
        Column("recorded_by", shown=False),
        Column("region_path", shown=False, css="c-r"),
    ),
    filters=(
        Filter("state"),
        Filter("guarantor__role", label="角色"),
        Filter("due_on", label="周期最后一天", more=True),
        Filter("guarantor__installation", label="重大危险源", more=True),
        Filter("guarantor__enterprise", label="企业", more=True),
        Filter("region_path", kind="region", more=True),
    ),
    order=("-due_on", "-id"),
    order_label="按周期从新到旧",
    views=(View("open", "待履职", {"state": "open"}), View("missed", "未履职", {"state": "missed"})),
    detail=(
        Section(
            "履职",
            (
                "guarantor",
                "starts_on",
                "due_on",
                "state",
                "done_on",
                "finding",
                "dangers_found",
                "before_holiday",
                "recorded_by",
            ),
        ),
    ),
    select=("guarantor__installation",),
    totals=("state",),
    blank=Blank("还没有履职周期。", "登记包保责任人后，按频次每晚生成。"),
    acts=frozenset({"export"}),
    in_menu=False,
)

SHIFTS = Ledger(
    key="shift-leaders",
    model=ShiftLeader,
    label="矿领导带班",
    noun="带班记录",
    menu="hazards",
    icon="helmet",
    columns=(
        Column("mine", link=True, css="c-t"),
        Column("enterprise", css="c-f"),
        Column("on_day"),
        Column("shift"),
        Column("leader"),
        Column("went_in_at"),
        Column("came_out_at"),
        Column("region_path", shown=False, css="c-r"),
    ),
    filters=(Filter("on_day", label="日期"), Filter("shift"), *WHERE),
    search=("mine", "leader"),
    search_hint="矿山、带班领导",
    order=("-on_day", "-id"),
    order_label="按日期从新到旧",
    form=(
        Section("带班", ("enterprise", "mine", "on_day", "shift", "leader", "title")),
        Section("下井与升井", ("went_in_at", "came_out_at", "seen")),
    ),
    importing=Importing(
        key=("enterprise", "mine", "on_day", "shift"),
        synonyms={
            "enterprise": FIRM,
            "leader": ("带班人", "值班领导"),
            "went_in_at": ("下井时间",),
            "came_out_at": ("升井时间", "出井时间"),
        },
        fill_down=("enterprise", "mine"),
    ),
    select=("enterprise",),
    defaults=own_firm,
    blank=Blank("还没有带班记录。", "矿山企业领导轮流带班下井，时间和情况在这里登记。", "登记带班记录"),
)

LEDGERS = (RISKS, PLANS, INSTALLATIONS, ASSESSMENTS, GUARANTORS, DUTIES, SHIFTS)
