"""The ledgers of closing: plans of a year, and the cases in them."""

from __future__ import annotations

from django.db.models import Q

from anlan.enterprises import closures_cells as drawn
from anlan.enterprises import closures_panels as panels
from anlan.enterprises.actions import closures as acts
from anlan.enterprises.models import Closure, ClosurePlan
from anlan.enterprises.models.fields import industries
from anlan.enterprises.rules import closing
from anlan.kernel import clock
from anlan.kernel.ledger import Blank, Column, Filter, Importing, Ledger, Panel, Section, View

MENU = "enterprises"
PICK_FIRM, PICK_UNIT = "/pick/enterprise", "/pick/unit"
OPEN = ",".join(closing.OPEN)


def late(value: str) -> Q:
    """Open and past the planned day."""
    gone = Q(planned_on__lt=clock.today(), state__in=closing.OPEN)
    return gone if value == "1" else ~gone


def of_year(value: str) -> Q:
    """Cases of the plans of a year."""
    return Q(plan__year=int(value)) if value.isdigit() and len(value) == 4 else Q(pk__in=())


PLANS = Ledger(
    key="closure-plans",
    model=ClosurePlan,
    label="关闭退出计划",
    noun="关闭退出计划",
    title="title",
    menu=MENU,
    icon="list-check",
    columns=(
        Column("year", css="tn c-no", cell=lambda row: str(row.year)),  # type: ignore[arg-type, return-value]
        Column("title", link=True, css="c-t"),
        Column("region_path", css="c-r", shown=False),
        Column("industry", css="c-k", shown=False),
        Column("aim", css="c-k", shown=False),
        Column("number"),
        Column("counter", shown=False),
        Column("named", css="n", cell=drawn.named, value=lambda row: row.named),
        Column("done", css="n", cell=drawn.done, value=lambda row: row.done),
        Column("id", label="进度", css="c-due", cell=drawn.pace, value=drawn.pace_words),
        Column("unit__short_name", label="牵头单位", css="c-f"),
        Column("document", shown=False),
        Column("sentence", shown=False),
        Column("demo", shown=False),
    ),
    filters=(
        Filter("year", kind="choice", options=lambda: [(str(y), f"{y} 年") for y in _years()]),
        Filter("region_path", kind="region"),
        Filter("industry", kind="choice", options=industries),
        Filter("aim"),
        Filter("unit", label="牵头单位", more=True, picker=PICK_UNIT),
        Filter("demo", more=True),
    ),
    search=("title", "sentence"),
    search_hint="计划名称、依据原句",
    order=("-year", "region_path", "id"),
    order_label="按年度从新到旧、按区划",
    form=(
        Section("计划", ("year", "region_path", "industry", "aim", "number", "counter", "unit")),
        Section("依据", ("obligation", "document", "sentence")),
    ),
    detail=(Section("依据", ("document", "sentence", "unit")),),
    panels=(Panel("进展", "enterprises/closure_plan.html", panels.progress),),
    importing=Importing(
        fields=(
            "year",
            "region_path",
            "industry",
            "aim",
            "number",
            "counter",
            "unit",
            "document",
            "sentence",
        ),
        key=("region_path", "year", "industry", "aim"),
        synonyms={
            "year": ("年份", "计划年度"),
            "region_path": ("地区", "市县", "属地"),
            "industry": ("行业", "关闭对象", "类别"),
            "number": ("计划关闭数", "任务数", "目标数", "关闭数量"),
            "counter": ("单位（座/家）", "计量"),
            "unit": ("责任单位", "牵头部门"),
            "document": ("依据", "文件"),
        },
        example={"year": "2023", "industry": "非煤矿山", "aim": "关闭退出", "number": "8", "counter": "座"},
    ),
    pickers={"unit": PICK_UNIT, "obligation": "/pick/obligation"},
    defaults=acts.plan_defaults,
    prepare=acts.check_plan,
    blank=Blank(
        "还没有关闭退出计划。",
        "要点里“关闭多少座、减少多少座”的任务，先在这里立年度计划，再逐座逐家列名。",
        "登记关闭退出计划",
    ),
    acts=frozenset({"add", "change", "remove", "import", "export"}),
)

CASES = Ledger(
    key="closures",
    model=Closure,
    label="关闭退出台账",
    noun="关闭退出对象",
    title="name",
    menu=MENU,
    icon="circle-off",
    columns=(
        Column("planned_on", css="tn c-no"),
        Column("name", link=True, css="c-t"),
        Column("enterprise__name", label="企业", css="c-f"),
        Column("region_path", css="c-r"),
        Column("industry", css="mid c-k"),
        Column("reason", shown=False),
        Column("state", css="c-s"),
        Column("id", label="剩余", css="c-due", cell=drawn.light, value=drawn.words),
        Column("plan", shown=False),
        Column("unit__short_name", label="责任单位", css="c-f"),
        Column("announced_on", shown=False),
        Column("announcement", shown=False),
        Column("stopped_on", shown=False),
        Column("dismantled_on", shown=False),
        Column("licences_ended_on", shown=False),
        Column("accepted_on", shown=False),
        Column("acceptor", shown=False),
        Column("proof_number", shown=False),
        Column("revived_on", shown=False),
        Column("demo", shown=False),
    ),
    filters=(
        Filter("region_path", kind="region"),
        Filter("industry", kind="choice", options=industries),
        Filter("state"),
        Filter("plan_year", label="计划年度", kind="choice", apply=of_year,
               options=lambda: [(str(y), f"{y} 年") for y in _years()]),
        Filter("reason", more=True),
        Filter("planned_on", more=True),
        Filter("accepted_on", more=True),
        Filter("enterprise", more=True, picker=PICK_FIRM),
        Filter("unit", label="责任单位", more=True, picker=PICK_UNIT),
        Filter("plan", more=True, picker="/closure-plans/pick/"),
        Filter("late", label="已逾期", kind="flag", more=True, apply=late),
        Filter("demo", more=True),
    ),
    search=("name", "proof_number"),
    search_hint="对象名称、销号文号",
    order=("-planned_on", "-id"),
    order_label="按计划完成日从晚到早",
    views=(
        View("open", "在办", {"state": OPEN}),
        View("late", "已逾期", {"late": "1"}),
        View("delisted", "已销号", {"state": "delisted"}),
        View("revived", "死灰复燃", {"state": "revived"}),
    ),
    form=(
        Section("对象", ("plan", "enterprise", "facility", "name", "region_path")),
        Section("怎么关", ("reason", "planned_on", "unit")),
    ),
    detail=(
        Section("对象", ("plan", "enterprise", "facility", "region_path", "reason", "planned_on", "unit")),
    ),
    panels=(Panel("进展", "enterprises/closure_steps.html", panels.steps),),
    importing=Importing(
        fields=(
            "name", "plan", "enterprise", "facility", "region_path", "reason", "planned_on", "unit", "state",
            "announced_on", "announcement", "stopped_on", "dismantled_on", "licences_ended_on", "accepted_on",
            "acceptor", "proof_number",
        ),
        key=("plan", "name"),
        synonyms={
            "plan": ("所属计划", "年度计划"),
            "name": ("对象", "矿山名称", "尾矿库名称", "设施名称", "关闭对象", "名称"),
            "enterprise": ("企业名称", "单位名称", "生产经营单位"),
            "reason": ("原因", "关闭理由"),
            "planned_on": ("计划完成时间", "计划关闭时间", "完成时限", "时限"),
            "unit": ("责任部门", "牵头单位"),
            "state": ("进展", "工作进展", "完成情况"),
            "accepted_on": ("销号日期", "验收日期", "验收时间"),
            "proof_number": ("销号文号", "验收文号", "文号"),
            "acceptor": ("验收部门",),
        },
        fill_down=("plan",),
        example={"name": "某石料厂", "reason": "不具备安全生产条件", "planned_on": "2023-11-30",
                 "state": "已列入"},
    ),
    totals=("state",),
    select=("plan",),
    pickers={
        "plan": "/closure-plans/pick/", "enterprise": PICK_FIRM, "facility": "/facilities/pick/",
        "unit": PICK_UNIT,
    },
    prepare=acts.check_case,
    follow=acts.follow_case,
    blank=Blank(
        "还没有列名的关闭退出对象。",
        "年度计划里的每一座、每一家都在这里列名，登记公告、停产、拆除或闭库、注销证照、验收销号。",
        "登记关闭退出对象",
    ),
    acts=frozenset({"add", "change", "remove", "import", "export", "extend", "advance", "accept"}),
)  # fmt: skip


def _years() -> list[int]:
    today = clock.today().year
    return list(range(today + 1, today - 6, -1))


LEDGERS = (PLANS, CASES)
