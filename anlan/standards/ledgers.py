"""The ledgers of standards: criteria, laws, checklists, packs, and the kinds that packs bring."""

from __future__ import annotations

from functools import partial
from typing import Any

from anlan.kernel.ledger import Blank, Column, Filter, Importing, Ledger, Panel, Section, View
from anlan.standards import fields, panels, writing
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
OWN = frozenset({"add", "import", "export"})
FROM_PACKS = "全国的由行业包带来，随版本更新；省、市另有规定的，由省、市安委办登记。失效的按日期保留。"
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
ORIGIN = Filter(
    "origin", label="来历", kind="choice", options=panels.origins, apply=panels.of_origin, more=True
)
LOCAL_VIEW = (View("local", "省、市登记的", {"origin": "local"}),)
PLACE = Column(
    "region_path", label="适用地区", cell=fields.place_cell, value=fields.place_words, css="mid c-r"
)
IN_PLACE = Filter("region_path", label="适用于", kind="region", apply=fields.in_place)
BASED = Section("依据", ("standard", "article", "confidence", "source"))
DAYS = Section("有效期", ("valid_from", "valid_to"))
NAMES = {
    "key": ("编号", "序号代码", "条目代码"),
    "text": ("情形", "判定标准", "重大隐患情形", "检查内容及要求", "检查要点"),
    "group": ("类别", "分类", "检查类别"),
    "phrase": ("隐患描述", "标准隐患描述", "问题描述"),
    "industry": ("行业领域", "所属行业"),
    "kinds": ("适用设施", "设施类别名称"),
    "standard": ("依据文件", "法规标准", "标准名称", "文件名称"),
    "article": ("条款号", "条文"),
    "source": ("来源",),
    "valid_from": ("施行日期", "实施日期", "执行日期"),
    "valid_to": ("废止日期",),
    "title": ("标准名称", "文件名称"),
    "number": ("文号", "标准号"),
}


def importing(form: tuple[Section, ...], example: dict[str, str]) -> Importing:
    """A sheet of local rows: every line a new one, named as such papers name their columns."""
    fields_of = tuple(name for section in form for name in section.fields)
    return Importing(
        synonyms={name: words for name, words in NAMES.items() if name in fields_of}, example=example
    )


def written(form: tuple[Section, ...], model: Any, example: dict[str, str]) -> dict[str, Any]:
    """What a ledger has that offices of provinces and cities write in: form, sheet, and who may."""
    return {
        "form": form,
        "importing": importing(form, example),
        "defaults": partial(writing.first_values, model),
        "prepare": writing.prepare,
        "writers": writing.may_write,
        "acts": OWN,
    }


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
        PLACE,
        Column("valid_from", shown=False),
        STATE,
        SURENESS,
        Column("source", shown=False),
    ),
    filters=(industry_filter(Criterion), IN_PLACE, STANDING, ON_DAY, SURE, OF_PACK, ORIGIN),
    search=("text", "key", "group", "words"),
    search_hint="情形、代码、类别、现场说法",
    views=LOCAL_VIEW,
    order=("key", "id"),
    order_label="按代码",
    detail=(
        Section("判定情形", ("key", "text", "group", "words", "note")),
        BASED,
        Section("有效期", ("valid_from", "valid_to", "withdrawn_on", "region_path", "pack")),
    ),
    panels=(
        Panel("据此判定的隐患", "standards/panels/citing.html", panels.citing),
        Panel("对应检查项", "standards/panels/checks.html", panels.checks_of),
        VERSIONS,
    ),
    select=("standard",),
    blank=Blank("还没有判定标准。", FROM_PACKS),
    **written(
        (
            Section("判定情形", ("key", "text", "group", "industry", "kinds", "words", "note")),
            BASED,
            DAYS,
        ),
        Criterion,
        {"key": "DF361100-01", "text": "旅游旺季玻璃栈道未限流", "group": "限流", "industry": "旅游",
         "standard": "某市景区安全管理办法", "article": "第5条", "confidence": "原文核对",
         "source": "市政府公报", "valid_from": "2023-06-01"},
    ),
)  # fmt: skip

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
        PLACE,
        Column("valid_from", css="c-r"),
        STATE,
        Column("replaced_by__title", label="被替代", shown=False),
        SURENESS,
    ),
    filters=(Filter("kind"), IN_PLACE, STANDING, ON_DAY, SURE, ORIGIN),
    search=("title", "number"),
    search_hint="名称、编号",
    views=LOCAL_VIEW,
    order=("kind", "title", "id"),
    order_label="按种类和名称",
    detail=(
        Section("法规标准", ("title", "number", "kind", "issuer", "note")),
        Section("有效期", ("valid_from", "valid_to", "region_path", "replaced_by", "confidence", "source")),
    ),
    panels=(Panel("据此的判定标准和检查项", "standards/panels/cited.html", panels.cited_by), VERSIONS),
    blank=Blank("还没有法规标准。", FROM_PACKS),
    **written(
        (
            Section("法规标准", ("key", "title", "number", "issuer", "kind", "note")),
            Section("核对", ("confidence", "source")),
            DAYS,
        ),
        Standard,
        {"key": "DF361100-01", "title": "某市景区安全管理办法", "number": "某府发〔2023〕5号",
         "issuer": "某市人民政府", "kind": "规范性文件", "confidence": "原文核对", "source": "市政府公报",
         "valid_from": "2023-06-01"},
    ),
)  # fmt: skip

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
        PLACE,
        STATE,
        SURENESS,
    ),
    filters=(industry_filter(ChecklistItem), IN_PLACE, STANDING, ON_DAY, SURE, OF_PACK, ORIGIN),
    search=("text", "phrase", "group"),
    search_hint="检查项、问题表述",
    views=LOCAL_VIEW,
    order=("key", "id"),
    order_label="按代码",
    detail=(
        Section("检查项", ("key", "group", "text", "phrase", "criterion_key")),
        BASED,
        Section("有效期", ("valid_from", "valid_to", "region_path", "pack")),
    ),
    panels=(VERSIONS,),
    select=("standard",),
    blank=Blank("还没有检查项。", FROM_PACKS),
    **written(
        (
            Section("检查项", ("key", "group", "text", "phrase", "industry", "kinds", "criterion_key")),
            BASED,
            DAYS,
        ),
        ChecklistItem,
        {"key": "DF361100-01", "group": "限流", "text": "旺季是否按核定人数限流", "phrase": "旅游旺季未限流",
         "industry": "旅游", "kinds": "玻璃栈道", "standard": "某市景区安全管理办法", "article": "第5条",
         "confidence": "原文核对", "source": "市政府公报", "valid_from": "2023-06-01"},
    ),
)  # fmt: skip

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
        PLACE,
        Column("loaded_at"),
        Column("brought_by", shown=False),
        Column("ended_on", shown=False),
    ),
    search=("label",),
    order=("key", "id"),
    order_label="按标识",
    detail=(
        Section("行业包", ("label", "key", "edition", "region_path", "note")),
        Section("载入", ("loaded_at", "brought_by", "ended_on")),
    ),
    panels=(
        Panel("带来的内容", "standards/panels/pack.html", panels.pack_content),
        Panel("设施类别", "standards/panels/kinds.html", panels.pack_kinds),
        Panel("载入经过", "standards/panels/editions.html", panels.pack_editions, side=True),
    ),
    form=(Section("行业包", ("label", "note")),),  # the page of its own at packs/new/ takes its place
    add_label="上传本地行业包",
    blank=Blank("还没有行业包。", "行业包在安装目录的 packs 下，启动时载入。"),
    acts=frozenset({"add", "export"}),
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
