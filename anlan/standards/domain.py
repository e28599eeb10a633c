"""What the house knows of standards: ledgers of laws, criteria, checklists and packs, and their loading."""

from __future__ import annotations

from anlan.kernel.ledger import Blank, Column, Filter, Ledger, Panel, Section
from anlan.kernel.shell import Entry, Group
from anlan.standards import fields, loading, panels
from anlan.standards.models import (
    ChecklistItem,
    Criterion,
    FacilityKind,
    LicenceKind,
    Pack,
    SensorKind,
    Standard,
)

READ_ONLY = frozenset({"export"})
FROM_PACKS = "内容由行业包带来，随版本更新；终止的按日期保留。"
STANDING = Filter("valid_to", label="效力", kind="choice", options=panels.standings, apply=panels.standing)
ON_DAY = Filter("withdrawn_on", label="适用日期，如 2023-07-05", kind="text", apply=panels.on_day_typed)
OF_PACK = Filter("pack", label="行业包", more=True)
SURE = Filter("confidence", label="把握", more=True)
# A column of its own: the dates stand on the page under their own names.
STATE = Column("digest", label="效力", cell=panels.state_cell, value=panels.state_words, css="c-s")
SURENESS = Column("confidence", label="把握", cell=fields.sure_cell, value=fields.unsure_words, css="c-l")
BASIS = Column("standard", label="依据", cell=panels.basis_cell, value=panels.basis_words, css="c-f c-w")
INDUSTRY = Column(
    "industry", label="行业", cell=fields.industry_cell,
    value=lambda row: fields.industry_label(row.industry), css="mid c-r",
)  # fmt: skip
VERSIONS = Panel("各版本", "standards/panels/versions.html", panels.versions, side=True)


def industry_filter(offered: type[Criterion] | type[ChecklistItem] | type[FacilityKind]) -> Filter:
    """A choice among the industries for which there are rows."""
    return Filter("industry", label="行业", kind="choice", options=lambda: panels.industries_of(offered))


CRITERIA = Ledger(
    key="criteria",
    model=Criterion,
    label="重大隐患判定标准",
    noun="判定标准",
    title="text",
    menu="law",
    icon="gavel",
    columns=(
        Column("key", label="代码", css="tn mid c-no"),
        Column("text", link=True, css="c-t"),
        Column("group", label="类别", css="c-k"),
        INDUSTRY,
        BASIS,
        Column("valid_from", shown=False),
        STATE,
        SURENESS,
        Column("source", shown=False),
    ),
    filters=(industry_filter(Criterion), STANDING, ON_DAY, SURE, OF_PACK),
    search=("text", "key", "group"),
    search_hint="情形、代码、类别",
    order=("key", "id"),
    order_label="按代码",
    detail=(
        Section("判定情形", ("key", "text", "group", "note")),
        Section("依据", ("standard", "article", "confidence", "source")),
        Section("有效期", ("valid_from", "valid_to", "withdrawn_on", "pack")),
    ),
    panels=(Panel("对应检查项", "standards/panels/checks.html", panels.checks_of), VERSIONS),
    select=("standard",),
    blank=Blank("还没有判定标准。", FROM_PACKS),
    acts=READ_ONLY,
)

STANDARDS = Ledger(
    key="standards",
    model=Standard,
    label="法规标准",
    noun="法规标准",
    title="title",
    menu="law",
    icon="book",
    columns=(
        Column("number", css="tn c-no"),
        Column("title", link=True, css="c-t"),
        Column("kind", css="mid c-k"),
        Column("issuer", css="c-f"),
        Column("valid_from", css="c-r"),
        STATE,
        Column("replaced_by__title", label="被替代", shown=False),
        SURENESS,
    ),
    filters=(Filter("kind"), STANDING, ON_DAY, SURE),
    search=("title", "number"),
    search_hint="名称、编号",
    order=("kind", "title", "id"),
    order_label="按种类和名称",
    detail=(
        Section("法规标准", ("title", "number", "kind", "issuer", "note")),
        Section("有效期", ("valid_from", "valid_to", "replaced_by", "confidence", "source")),
    ),
    panels=(Panel("据此的判定标准和检查项", "standards/panels/cited.html", panels.cited_by),),
    blank=Blank("还没有法规标准。", FROM_PACKS),
    acts=READ_ONLY,
)

CHECKLISTS = Ledger(
    key="checklists",
    model=ChecklistItem,
    label="检查表",
    noun="检查项",
    title="text",
    menu="law",
    icon="checklist",
    columns=(
        Column("key", label="代码", css="tn mid c-no"),
        Column("group", label="检查内容", css="mid c-k"),
        Column("text", link=True, css="c-t"),
        Column("phrase", css="c-f c-w"),
        INDUSTRY,
        BASIS,
        Column("criterion_key", label="判定标准", css="tn mid c-x"),
        STATE,
        SURENESS,
    ),
    filters=(industry_filter(ChecklistItem), STANDING, ON_DAY, SURE, OF_PACK),
    search=("text", "phrase", "group"),
    search_hint="检查项、问题表述",
    order=("key", "id"),
    order_label="按代码",
    detail=(
        Section("检查项", ("key", "group", "text", "phrase", "criterion_key")),
        Section("依据", ("standard", "article", "confidence", "source")),
        Section("有效期", ("valid_from", "valid_to", "pack")),
    ),
    panels=(VERSIONS,),
    select=("standard",),
    blank=Blank("还没有检查项。", FROM_PACKS),
    acts=READ_ONLY,
)

PACKS = Ledger(
    key="packs",
    model=Pack,
    label="行业包",
    noun="行业包",
    title="label",
    menu="law",
    icon="packages",
    columns=(
        Column("label", link=True, css="c-t"),
        Column("industries", label="行业", cell=panels.pack_industries, value=panels.pack_industry_words,
               css="c-f c-w"),
        Column("edition", css="tn c-r"),
        Column("loaded_at"),
        Column("ended_on", shown=False),
    ),
    search=("label",),
    order=("key", "id"),
    order_label="按标识",
    detail=(Section("行业包", ("label", "key", "edition", "note", "loaded_at", "ended_on")),),
    panels=(
        Panel("带来的内容", "standards/panels/pack.html", panels.pack_content),
        Panel("设施类别", "standards/panels/kinds.html", panels.pack_kinds),
        Panel("载入经过", "standards/panels/editions.html", panels.pack_editions, side=True),
    ),
    blank=Blank("还没有行业包。", "行业包在安装目录的 packs 下，启动时载入。"),
    acts=READ_ONLY,
)  # fmt: skip

FACILITY_KINDS = Ledger(
    key="facility-kinds",
    model=FacilityKind,
    label="设施类别",
    noun="设施类别",
    title="label",
    menu="law",
    in_menu=False,
    columns=(Column("label", link=True, css="c-t"), INDUSTRY, Column("unit"), STATE),
    filters=(industry_filter(FacilityKind), STANDING, ON_DAY, OF_PACK),
    search=("label",),
    order=("industry", "position", "id"),
    order_label="按行业",
    detail=(Section("设施类别", ("label", "key", "unit", "note", "valid_from", "valid_to", "pack")),),
    panels=(Panel("属性", "standards/panels/attributes.html", panels.kind_attributes), VERSIONS),
    acts=READ_ONLY,
)
LICENCE_KINDS = Ledger(
    key="licence-kinds",
    model=LicenceKind,
    label="证照种类",
    noun="证照种类",
    title="label",
    menu="law",
    in_menu=False,
    columns=(
        Column("label", link=True, css="c-t"),
        Column("issuer", css="c-f"),
        Column("months", css="tn c-r"),
        BASIS,
        STATE,
        SURENESS,
    ),
    filters=(STANDING, ON_DAY, SURE, OF_PACK),
    search=("label",),
    order=("label", "id"),
    order_label="按名称",
    detail=(
        Section("证照", ("label", "issuer", "months", "renew_days", "note")),
        Section("依据", ("standard", "article", "confidence", "source", "valid_from", "valid_to", "pack")),
    ),
    select=("standard",),
    acts=READ_ONLY,
)
SENSOR_KINDS = Ledger(
    key="sensor-kinds",
    model=SensorKind,
    label="传感器种类",
    noun="传感器种类",
    title="label",
    menu="law",
    in_menu=False,
    columns=(
        Column("label", link=True, css="c-t"),
        Column("unit"),
        Column(
            "thresholds", label="界限", cell=panels.threshold_cell, value=panels.threshold_words, css="c-f"
        ),
        BASIS,
        STATE,
        SURENESS,
    ),
    filters=(STANDING, ON_DAY, SURE, OF_PACK),
    search=("label",),
    order=("label", "id"),
    order_label="按名称",
    detail=(
        Section("传感器", ("label", "unit", "note")),
        Section("依据", ("standard", "article", "confidence", "source", "valid_from", "valid_to", "pack")),
    ),
    panels=(Panel("界限", "standards/panels/thresholds.html", panels.sensor_thresholds),),
    select=("standard",),
    acts=READ_ONLY,
)

LEDGERS = (CRITERIA, STANDARDS, CHECKLISTS, PACKS, FACILITY_KINDS, LICENCE_KINDS, SENSOR_KINDS)
SETUP = (loading.set_up,)
MENU = (
    Group(
        "law", "法规与判定标准", "scale", position=80, foot=True,
        order=("criteria", "standards", "checklists", "checklist-sheet", "packs"),
    ),
    Entry("law", "checklist-sheet", "检查表打印", "checklist-sheet", "checklists.view", icon="printer"),
)  # fmt: skip
