"""The ledgers of duties, of what is due, of proofs, activities and duty lists."""

from __future__ import annotations

from django.db.models import Q

from anlan.kernel.ledger import Blank, Column, Filter, Importing, Ledger, Panel, Section, View
from anlan.programmes import run_panels
from anlan.programmes.models import Activity, Duty, DutyList, Evidence, Occurrence

DUTIES = Ledger(
    key="duties",
    model=Duty,
    label="职责台账",
    noun="职责",
    menu="programmes",
    icon="checklist",
    columns=(
        Column("item__no", label="条", css="tn mid c-no", cell=run_panels.item_no),
        Column("obligation__quote", label="要求", link=True, css="c-t"),
        Column("unit", css="c-f", cell=run_panels.unit_name),
        Column("role"),
        Column(
            "light", label="进展", css="c-s", cell=run_panels.duty_light, value=lambda row: row.light_reason
        ),
        Column("state"),
        Column("source", shown=False),
        Column("signed_at", shown=False),
        Column("share", shown=False),
    ),
    filters=(
        Filter("state"),
        Filter("light", label="灯"),
        Filter("role"),
        Filter("obligation__kind", label="类别"),
        Filter("unit", more=True),
        Filter("programme", more=True),
        Filter("item", more=True),
        Filter(
            "item__section",
            label="章节（全称）",
            kind="text",
            more=True,
            apply=lambda value: Q(item__section="" if value == "-" else value),
        ),
        Filter("region_path", kind="region", more=True),
    ),
    search=("obligation__quote", "unit__name"),
    search_hint="要求、单位",
    order=("-id",),
    order_label="按下达从新到旧",
    views=(
        View("issued", "待签收", {"state": "issued"}),
        View("objected", "申请退回", {"state": "objected"}),
        View("red", "逾期", {"light": "r"}),
    ),
    detail=(
        Section("职责", ("programme", "item", "obligation", "unit", "role", "source", "share")),
        Section(
            "签收", ("state", "issued_at", "signed_at", "signed_by", "objection", "decision", "reassigned_to")
        ),
    ),
    panels=(Panel("应办事项", "programmes/panel_occurrences.html", run_panels.occurrences_of_duty),),
    select=("item", "unit", "obligation"),
    pickers={"unit": "/pick/unit", "reassigned_to": "/pick/unit"},
    blank=Blank("还没有下达职责。", "要点发布并下达后，各单位的职责列在这里。"),
    acts=frozenset({"export"}),
    in_menu=False,
)

OCCURRENCES = Ledger(
    key="occurrences",
    model=Occurrence,
    label="应办事项",
    noun="应办事项",
    menu="programmes",
    icon="calendar-due",
    columns=(
        Column("light", label="进度", css="c-due", cell=run_panels.light, value=lambda row: row.reason),
        Column("duty__obligation__quote", label="事项", link=True, css="c-t"),
        Column("duty__unit__name", label="单位", css="c-f", cell=run_panels.unit_of_duty),
        Column("due_on"),
        Column("need", cell=run_panels.needed, css="n"),
        Column("value", cell=run_panels.reached, css="n"),
        Column("proof"),
        Column("state", css="c-s"),
        Column("region_path", shown=False),
        Column("met_on", shown=False),
    ),
    filters=(
        Filter("state"),
        Filter("light", label="灯"),
        Filter("due_on", label="到期"),
        Filter("proof", label="来源", more=True),
        Filter("duty__obligation__kind", label="类别", more=True),
        Filter("duty__role", label="责任", more=True),
        Filter("duty__unit", label="单位", picker="/pick/unit", more=True),
        Filter("duty__programme", label="要点", more=True),
        Filter("duty__obligation", label="要求", more=True),
        Filter("region_path", kind="region", more=True),
    ),
    search=("duty__obligation__quote",),
    search_hint="要求原文",
    order=("due_on", "id"),
    order_label="按到期先后",
    views=(
        View("red", "逾期", {"light": "r"}),
        View("declared", "待审核", {"state": "declared"}),
        View("contradicted", "自报与测得不符", {"proof": "contradicted"}),
    ),
    detail=(
        Section("应办事项", ("duty", "starts_on", "due_on", "reason")),
        Section(
            "申报与审核",
            (
                "state",
                "statement",
                "done_on",
                "declared_by",
                "declared_at",
                "decided_by",
                "decision",
                "met_on",
            ),
        ),
    ),
    panels=(
        Panel("应达与已达", "programmes/panel_figures.html", run_panels.figures_of_occurrence),
        Panel("佐证", "programmes/panel_evidence.html", run_panels.evidence_of_occurrence),
        Panel("灯的经过", "programmes/panel_judgements.html", run_panels.judgements, side=True),
    ),
    select=("duty__unit", "duty__obligation"),
    blank=Blank("没有应办事项。", "要点下达后，按频次和期限生成的每一次应办都列在这里。"),
    acts=frozenset({"export", "refer"}),
)

EVIDENCE = Ledger(
    key="evidence",
    model=Evidence,
    label="佐证",
    noun="佐证",
    title="title",
    menu="programmes",
    icon="paperclip",
    columns=(
        Column("title", link=True, css="c-t"),
        Column("unit", css="c-f", cell=run_panels.unit_name),
        Column("kind"),
        Column("effective_on"),
        Column("state", css="c-s"),
        Column("provided_at", shown=False),
    ),
    filters=(Filter("state"), Filter("kind"), Filter("effective_on", more=True), Filter("unit", more=True)),
    search=("title",),
    search_hint="名称",
    order=("-effective_on", "-id"),
    order_label="按证明日期从新到旧",
    views=(View("waiting", "待审", {"state": "waiting"}),),
    detail=(
        Section("佐证", ("title", "unit", "kind", "effective_on", "link", "provided_by", "provided_at")),
        Section("审核", ("state", "decided_by", "decision")),
    ),
    panels=(
        Panel("说明的事项", "programmes/panel_served.html", run_panels.occurrences_of_evidence),
        Panel("同一份内容", "programmes/panel_twins.html", run_panels.twins, side=True),
    ),
    select=("unit",),
    pickers={"unit": "/pick/unit"},
    blank=Blank("还没有佐证。", "在应办事项的页面上传文件、填链接，或选一条台账记录、一次活动。"),
    acts=frozenset({"export"}),
    in_menu=False,
)

ACTIVITIES = Ledger(
    key="activities",
    model=Activity,
    label="活动台账",
    noun="活动",
    title="title",
    menu="programmes",
    icon="users",
    columns=(
        Column("held_on", css="tn mid c-no"),
        Column("title", link=True, css="c-t"),
        Column("kind"),
        Column("unit", css="c-f", cell=run_panels.unit_name),
        Column("region_path", css="c-r"),
        Column("attended", unit="人"),
        Column("expected", unit="人"),
        Column("place", shown=False),
    ),
    filters=(
        Filter("kind"),
        Filter("held_on", label="日期"),
        Filter("unit", more=True),
        Filter("region_path", kind="region", more=True),
    ),
    search=("title",),
    search_hint="名称",
    order=("-held_on", "-id"),
    order_label="按日期从新到旧",
    form=(
        Section("活动", ("unit", "kind", "title", "held_on", "place")),
        Section("参加", ("expected", "attended", "people", "content")),
    ),
    importing=Importing(
        key=("unit", "kind", "title", "held_on"),
        synonyms={
            "title": ("活动名称", "主题", "活动主题"),
            "held_on": ("时间", "活动时间", "举办日期"),
            "unit": ("单位", "组织单位", "主办单位"),
            "attended": ("参加人数", "人数"),
            "place": ("活动地点",),
        },
        fill_down=("unit",),
        example={"kind": "警示日活动", "title": "4 月安全防范警示日观影", "held_on": "2023-04-16"},
    ),
    pickers={"unit": "/pick/unit"},
    select=("unit",),
    defaults=run_panels.activity_defaults,
    prepare=run_panels.activity_place,
    follow=run_panels.activity_counts,
    blank=Blank(
        "还没有登记活动。", "学习研讨、培训、警示日、演练等活动登记后，按频次要求自动计数。", "登记活动"
    ),
)

DUTY_LISTS = Ledger(
    key="duty-lists",
    model=DutyList,
    label="职责清单",
    noun="职责清单",
    menu="programmes",
    icon="file-certificate",
    columns=(
        Column("post", link=True, css="c-t"),
        Column("person"),
        Column("unit", css="c-f", cell=run_panels.unit_name),
        Column("programme__year", label="年度"),
        Column("made_at"),
        Column("signed_at"),
    ),
    filters=(Filter("programme", more=True), Filter("unit", more=True)),
    order=("-id",),
    order_label="按生成从新到旧",
    detail=(
        Section("职责清单", ("post", "person", "unit", "programme", "made_at", "signed_at", "signed_by")),
    ),
    panels=(Panel("职责", "programmes/panel_list.html", run_panels.duties_of_list),),
    select=("post__unit", "post__role", "unit", "person", "programme"),
    blank=Blank("还没有职责清单。", "职责下达后，为各级领导岗位生成，由本人签字；交接后由接任人重签。"),
    acts=frozenset({"export"}),
    in_menu=False,
)
