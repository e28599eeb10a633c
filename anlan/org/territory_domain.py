"""Ledgers of territory and offices: regions, units, industries, groups and their lists."""

from __future__ import annotations

from anlan.kernel.ledger import Blank, Column, Filter, Importing, Ledger, Panel, Section, View
from anlan.org import actions, panels
from anlan.org.models import GroupMember, Industry, Region, Unit, UnitGroup

PICK_REGION = "/pick/region"
PICK_UNIT = "/pick/unit"
PICK_FAMILY = "/pick/family"
KEPT = frozenset({"add", "change", "import", "export"})
DATES = Section("有效期", ("valid_from", "valid_to"))

REGIONS = Ledger(
    key="regions",
    model=Region,
    label="行政区划",
    noun="区划",
    title="name",
    menu="organisation",
    icon="map-2",
    columns=(
        Column("code", css="tn"),
        Column("name", link=True, css="c-t"),
        Column("level", css="c-l"),
        Column("parent__name", label="上级", css="c-r"),
        Column("valid_from"),
        Column("valid_to"),
        Column("successor__name", label="承接区划", shown=False),
        Column("aliases", shown=False),
        Column("source", shown=False),
    ),
    filters=(Filter("level"), Filter("path", label="范围", kind="region"), Filter("valid_to", more=True)),
    search=("name",),
    search_hint="名称",
    order=("path", "id"),
    order_label="按区划层级",
    views=(View("zones", "功能区", {"level": "zone"}),),
    form=(Section("区划", ("code", "name", "short_name", "level", "parent", "aliases")), DATES),
    detail=(
        Section("区划", ("code", "name", "short_name", "level", "parent", "aliases", "source")),
        Section("有效期", ("valid_from", "valid_to", "successor")),
    ),
    panels=(
        Panel("本级单位", "org/panels/units.html", panels.units_of_region),
        Panel("办理", "org/panels/acts.html", panels.acts_on_region, side=True),
    ),
    pickers={"parent": PICK_REGION},
    prepare=actions.check_region,
    acts=frozenset({"add", "change", "export"}),
    blank=Blank("还没有区划。", "区划由省级数据文件载入，功能区由各市登记。", "登记区划"),
)

UNITS = Ledger(
    key="units",
    model=Unit,
    label="单位",
    noun="单位",
    title="name",
    menu="organisation",
    icon="building-community",
    columns=(
        Column("name", link=True, css="c-t"),
        Column("short_name", css="c-f"),
        Column("kind", css="c-k"),
        Column("region_path", label="区划", css="c-r"),
        Column("parent__name", label="上级单位", shown=False),
        Column("email", shown=False),
        Column("valid_from", shown=False),
        Column("valid_to"),
        Column("note", shown=False),
    ),
    filters=(
        Filter("region_path", label="区划", kind="region"),
        Filter("kind"),
        Filter("valid_to", more=True),
    ),
    search=("name",),
    search_hint="名称",
    order=("region_path", "id"),
    order_label="按区划层级",
    views=(
        View("offices", "安委办", {"kind": "committee_office"}),
        View("committees", "专委会", {"kind": "special_committee"}),
    ),
    form=(
        Section("单位", ("name", "short_name", "kind", "family", "region", "parent", "aliases")),
        Section("职责", ("industries", "industries_assist", "email", "note")),
        DATES,
    ),
    prepare=actions.check_unit,
    panels=(Panel("岗位", "org/panels/posts.html", panels.posts_of_unit),),
    pickers={"family": PICK_FAMILY, "region": PICK_REGION, "parent": PICK_UNIT},
    importing=Importing(
        fields=("name", "short_name", "kind", "region", "email"),
        key=("region", "name"),
        synonyms={"name": ("单位名称", "部门名称"), "region": ("所在地", "区划", "地区")},
    ),
    acts=KEPT,
    blank=Blank("还没有单位。", "单位按省、市、县三级的机构名单生成。", "登记单位"),
)

INDUSTRIES = Ledger(
    key="industries",
    model=Industry,
    label="行业领域",
    noun="行业",
    title="name",
    menu="organisation",
    icon="category",
    columns=(
        Column("name", link=True, css="c-t"),
        Column("parent__name", label="上级行业", css="c-f"),
        Column("lead_name", css="c-k"),
        Column("codes", shown=False),
        Column("code_confidence", shown=False),
        Column("note", shown=False),
    ),
    search=("name",),
    order=("position", "id"),
    order_label="按次序",
    form=(Section("行业", ("slug", "name", "parent", "codes", "note", "position")),),
    pickers={"parent": "/pick/industry"},
    acts=frozenset({"add", "change", "export"}),
)

GROUPS = Ledger(
    key="unit-groups",
    model=UnitGroup,
    label="责任主体组",
    noun="责任主体组",
    title="pattern",
    menu="organisation",
    icon="users-group",
    columns=(
        Column("pattern", link=True, css="c-t"),
        Column("layer", css="c-l"),
        Column("resolves_by", css="c-k"),
        Column("office_decides"),
        Column("aliases", shown=False),
    ),
    filters=(Filter("layer"), Filter("resolves_by")),
    search=("pattern",),
    order=("position", "id"),
    order_label="按次序",
    form=(Section("责任主体组", ("aliases", "office_decides")),),
    detail=(
        Section("责任主体组", ("pattern", "aliases", "layer", "resolves_by")),
        Section("怎样确定", ("rule", "office_decides", "example")),
    ),
    panels=(Panel("今日解析", "org/panels/group.html", panels.resolution_today),),
    acts=frozenset({"change", "export"}),
)

MEMBERS = Ledger(
    key="group-members",
    model=GroupMember,
    label="成员名单",
    noun="成员",
    menu="organisation",
    icon="list-check",
    columns=(
        Column("unit__name", label="单位", link=True, css="c-t"),
        Column("group__pattern", label="责任主体组", css="c-f"),
        Column("region_path", label="区划", css="c-r"),
        Column("valid_from"),
        Column("valid_to"),
        Column("reason", shown=False),
    ),
    filters=(Filter("group"), Filter("region_path", label="区划", kind="region")),
    search=("unit__name",),
    order=("group", "region_path", "id"),
    order_label="按责任主体组",
    form=(Section("成员", ("group", "region", "unit", "reason")), DATES),
    pickers={"region": PICK_REGION, "unit": PICK_UNIT},
    importing=Importing(fields=("group", "region", "unit", "valid_from"), key=("group", "region", "unit")),
    blank=Blank("名单还没有登记。", "成员单位、牵头单位等名单由安委办维护，带起止日期。", "登记成员"),
)

LEDGERS = (REGIONS, UNITS, INDUSTRIES, GROUPS, MEMBERS)
