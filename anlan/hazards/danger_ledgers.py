"""The ledgers of hidden dangers, their plans, requests and listings."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.db.models.lookups import GreaterThanOrEqual, LessThan

from anlan.enterprises.located import THING_PLACE
from anlan.hazards import danger_cells, danger_panels
from anlan.hazards.actions import danger as act
from anlan.hazards.models import DangerListing, DangerPlan, DangerRequest, HiddenDanger
from anlan.hazards.models.dangers import OPEN_STATES, TOOK
from anlan.kernel import clock, parameters
from anlan.kernel.ledger import Blank, Column, Filter, Importing, Ledger, Panel, Section, View
from anlan.kernel.scope import Actor

OPEN = ",".join(OPEN_STATES)


def late(value: str) -> Q:
    """Past its day and not reported as put right."""
    gone = Q(late_from__lte=clock.today())
    return gone if value == "1" else Q(late_from__isnull=True) | Q(late_from__gt=clock.today())


def quick(value: str) -> Q:
    """Closed within minutes after it was entered."""
    most = timedelta(minutes=int(parameters.value("dangers.quick_minutes")))
    if value == "1":
        return Q(LessThan(TOOK, most), closed_on__isnull=False)
    return Q(closed_at__isnull=True) | Q(reported_at__isnull=True) | Q(GreaterThanOrEqual(TOOK, most))


def copied(value: str) -> Q:
    """Shows a photo that hung elsewhere before, or the same one before and after."""
    return Q(copied__isnull=value != "1")


def mine(actor: Actor, value: str) -> Q:
    """Assigned to who asks."""
    assigned = Q(assigned_to_id=actor.person_id or 0)
    return assigned if value == "1" else ~assigned


DANGERS = Ledger(
    key="dangers",
    model=HiddenDanger,
    label="隐患治理",
    noun="隐患",
    title="description",
    menu="hazards",
    icon="alert-triangle",
    columns=(
        Column("attention_on", label="期限", css="c-due", cell=danger_cells.due, value=lambda row: row.due_on,
               reads=("state", "due_on", "found_on", "rectified_on", "closed_on")),
        Column("photos", css="c-pic", cell=danger_cells.thumb, reads=("photos",)),
        Column("id", label="编号", css="tn mid c-no", cell=danger_cells.number,
               value=lambda row: row.number, reads=("id",)),
        Column("description", label="隐患", link=True, css="c-t c-w"),
        Column("enterprise__name", label="企业", css="c-f", cell=danger_cells.firm,
               value=lambda row: row.enterprise.name if row.enterprise else row.place,
               reads=("place", "enterprise__short_name")),
        Column("region_path", css="c-r"),
        Column("industry", css="mid c-k", cell=danger_cells.industry,
               value=lambda row: danger_cells.industry_name(row.industry), reads=("industry",)),
        Column("level", css="c-l", cell=danger_cells.level, value=lambda row: row.get_level_display(),
               reads=("state", "suspected")),
        Column("state", css="c-s"),
        Column("source", shown=False),
        Column("found_on", shown=False),
        Column("finder", shown=False),
        Column("responsible", shown=False),
        Column("measures", shown=False),
        Column("funds", unit="元", shown=False),
        Column("due_on", shown=False),
        Column("contingency", shown=False),
        Column("rectified_on", shown=False),
        Column("assigned_to", shown=False),
        Column("verifier", shown=False),
        Column("closed_on", shown=False),
        Column("days_open", unit="天", shown=False),
        Column("own_number", shown=False),
        Column("regulator", shown=False),
    ),
    filters=(
        Filter("region_path", kind="region"),
        Filter("industry", kind="choice", options=danger_cells.industry_choices),
        Filter("level"),
        Filter("state"),
        Filter("source"),
        Filter("due_on", label="期限", more=True),
        Filter("found_on", label="发现", more=True),
        Filter("closed_on", label="销号", more=True),
        Filter("enterprise", more=True),
        Filter("regulator", picker="/pick/unit", more=True),
        Filter("category", more=True),
        Filter("item", picker="/dangers/items/", more=True),
        Filter("criterion", more=True),
        Filter("late", label="已逾期", kind="flag", more=True, apply=late),
        Filter("listed", more=True),
        Filter("repeated", more=True),
        Filter("mine", label="指派我验收", kind="flag", more=True, asks=mine),
        Filter("quick", label="几分钟内销号", kind="flag", more=True, apply=quick),
        Filter("copied", label="照片疑似重复", kind="flag", more=True, apply=copied),
        *THING_PLACE.filters(),
    ),
    search=("description",),
    serial="YH",
    search_hint="隐患内容、编号",
    order=("attention_on", "id"),
    order_label="未销号在前，按期限从近到远",
    views=(
        View("open", "未销号", {"state": OPEN}),
        View("major", "重大", {"state": OPEN, "level": "major"}),
        View("late", "已逾期", {"late": "1"}),
        View("mine", "等我验收", {"state": "checking", "mine": "1"}),
        View("checking", "待验收", {"state": "checking"}),
        View("listed", "挂牌督办", {"listed": "1"}),
        View("repeated", "反复出现", {"repeated": "1"}),
    ),
    form=(
        Section("发现", ("enterprise", "site", "place", "region_path", "industry", "source", "category",
                       "description", "suspected", "found_on", "finder", "own_number")),
        Section("五落实", ("responsible", "measures", "funds", "due_on", "contingency")),
    ),
    importing=Importing(
        fields=(
            "own_number", "enterprise", "place", "region_path", "industry", "source", "category",
            "description", "found_on", "finder", "level", "state", "responsible", "measures", "funds",
            "due_on", "contingency", "rectification", "rectified_on", "verifier", "verified_on", "closed_on",
        ),
        key=("enterprise", "found_on", "description"),
        synonyms={
            "own_number": ("编号", "隐患编号", "台账编号"),
            "enterprise": ("企业名称", "单位名称", "受检单位", "被检查单位", "生产经营单位"),
            "place": ("隐患部位", "所在位置", "部位", "地点", "隐患地点"),
            "description": ("隐患描述", "问题描述", "存在问题", "隐患情况", "事故隐患", "存在的问题和隐患"),
            "found_on": ("检查日期", "排查日期", "发现时间", "排查时间", "检查时间"),
            "finder": ("检查人", "排查人", "检查人员", "排查人员"),
            "level": ("隐患级别", "隐患等级", "隐患类别"),
            "state": ("整改状态", "是否整改", "办理状态"),
            "responsible": ("责任人", "整改责任", "责任", "整改负责人", "责任落实"),
            "measures": ("措施", "整改措施落实", "治理措施", "措施落实"),
            "funds": ("资金", "整改资金落实", "投入资金", "资金落实", "整改经费"),
            "due_on": ("时限", "整改时限", "完成时限", "限期", "时限落实", "计划完成时间"),
            "contingency": ("预案", "应急预案", "预案落实", "防范措施", "应急措施"),
            "rectification": ("整改结果", "整改完成情况", "整改落实情况"),
            "rectified_on": ("整改完成时间", "实际完成时间", "完成日期"),
            "verifier": ("复查人", "验收人员", "复查人员"),
            "verified_on": ("复查日期", "验收时间", "复查时间"),
            "closed_on": ("销号时间", "闭环时间"),
        },
        fill_down=("enterprise",),
        check=act.check_sheet,
        example={
            "enterprise": "（企业名录中的名称）", "description": "配电箱未接地", "found_on": "2023-06-01",
            "level": "一般", "state": "整改中", "responsible": "王某", "measures": "重新接地并测试",
            "funds": "800", "due_on": "2023-06-15", "contingency": "整改期间断电挂牌",
        },
    ),
    totals=("state", "level", "listed", "repeated"),
    pickers={"regulator": "/pick/unit", "to_unit": "/pick/unit"},
    select=("enterprise",),
    defaults=act.defaults,
    prepare=act.prepare,
    blank=Blank(
        "还没有登记隐患。",
        "企业自查、监管检查、明查暗访、群众举报、监测预警发现的隐患都登记在这里。",
        "登记隐患",
    ),
    acts=frozenset({"add", "change", "import", "export", "assign"}),
)  # fmt: skip

REQUESTS = Ledger(
    key="danger-requests",
    model=DangerRequest,
    label="隐患申请",
    noun="申请",
    menu="hazards",
    icon="file-description",
    columns=(
        Column("asked_on", css="tn mid c-no"),
        Column("reason", link=True, css="c-t c-w"),
        Column("kind"),
        Column("danger__description", label="隐患", css="c-f"),
        Column("region_path", css="c-r"),
        Column("asked_by", shown=False),
        Column("old_due_on", shown=False),
        Column("new_due_on"),
        Column("state", css="c-s"),
        Column("decided_by", shown=False),
        Column("decided_on", shown=False),
    ),
    filters=(
        Filter("kind"),
        Filter("state"),
        Filter("region_path", kind="region"),
        Filter("asked_on", more=True),
    ),
    search=("reason",),
    search_hint="申请理由",
    views=(View("asked", "待审核", {"state": "asked"}),),
    detail=(
        Section("申请", ("danger", "kind", "reason", "interim", "old_due_on", "new_due_on", "to_unit",
                       "asked_by", "asked_on")),
        Section("审核", ("state", "decision", "decided_by", "decided_on")),
    ),
    select=("danger",),
    blank=Blank("没有申请。", "延期、降级、移送都要申请，由另一人审核，留有记录。在隐患的页面上提出。"),
    acts=frozenset({"export"}),
)  # fmt: skip

LISTINGS = Ledger(
    key="danger-listings",
    model=DangerListing,
    label="挂牌督办",
    noun="挂牌督办",
    title="number",
    menu="hazards",
    icon="pin",
    columns=(
        Column("number", link=True, css="c-t"),
        Column("danger__description", label="隐患", css="c-f c-w"),
        Column("tier"),
        Column("region_path", css="c-r"),
        Column("supervising_unit"),
        Column("treating_unit", shown=False),
        Column("listed_on"),
        Column("due_on", css="c-due", cell=danger_panels.listing_due, value=lambda row: row.due_on),
        Column("published_on", shown=False),
        Column("state", css="c-s"),
        Column("delisted_on", shown=False),
    ),
    filters=(
        Filter("tier"),
        Filter("state"),
        Filter("region_path", kind="region"),
        Filter("due_on", label="期限", more=True),
    ),
    search=("number", "treating_unit"),
    search_hint="文号、责任单位",
    views=(View("on", "督办中", {"state": "listed,applied"}),),
    detail=(
        Section("督办", ("danger", "tier", "number", "listed_on", "supervising_unit", "treating_unit",
                       "cause", "harm", "due_on", "state")),
        Section("备案与公示", ("filed_on", "published_on", "published_at_url")),
        Section("摘牌", ("applied_on", "opinion", "delisted_on", "end_published_on", "end_published_at_url")),
    ),
    panels=(Panel("各时限的依据", "hazards/danger_terms.html", danger_panels.terms),),
    select=("danger", "supervising_unit"),
    pickers={"supervising_unit": "/pick/unit"},
    blank=Blank("没有挂牌督办的隐患。", "重大隐患由安委会办公室挂牌督办。在重大隐患的页面上办理。"),
    acts=frozenset({"export"}),
)  # fmt: skip

PLANS = Ledger(
    key="danger-plans",
    model=DangerPlan,
    label="治理方案",
    noun="治理方案",
    menu="hazards",
    columns=(
        Column("danger__description", label="隐患", link=True, css="c-t"),
        Column("principal"),
        Column("approved_on"),
        Column("region_path", css="c-r"),
    ),
    filters=(Filter("region_path", kind="region"), Filter("approved_on", more=True)),
    search=("goal",),
    detail=(
        Section("治理方案", ("danger", "goal", "methods", "resources", "organisation", "schedule", "safety",
                         "principal", "approved_on")),
    ),
    select=("danger",),
    blank=Blank("还没有治理方案。", "重大隐患由主要负责人组织制定并实施治理方案，六项齐全。"),
    acts=frozenset({"export"}),
    in_menu=False,
)  # fmt: skip

LEDGERS = (DANGERS, REQUESTS, LISTINGS, PLANS)
