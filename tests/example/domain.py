"""The example domain's declarations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anlan.kernel.ledger import Blank, Column, Filter, Importing, Ledger, Section, View
from anlan.kernel.shell import Group
from tests.example.flow import MEASURES, WORKFLOWS
from tests.example.models import Fault, Site


def check_fault(values: Mapping[str, Any]) -> dict[str, str]:
    """Who verifies is not who mended."""
    if values.get("verifier") and values.get("verifier") == values.get("mender"):
        return {"verifier": "验收人与整改人不能是同一人。请换一位。"}
    return {}


SITES = Ledger(
    key="sites",
    model=Site,
    label="场所台账",
    noun="场所",
    title="name",
    menu="example",
    icon="building",
    columns=(Column("code"), Column("name", link=True), Column("region_path"), Column("industry")),
    filters=(Filter("industry", kind="exact"),),
    search=("name",),
    form=(Section("基本情况", ("code", "name", "region_path", "industry")),),
    importing=Importing(key=("code",), synonyms={"name": ("企业名称", "单位名称", "受检单位")}),
)

FAULTS = Ledger(
    key="faults",
    model=Fault,
    label="问题台账",
    noun="问题",
    title="number",
    menu="example",
    icon="alert-triangle",
    columns=(
        Column("number", css="tn mid c-no"),
        Column("description", link=True, css="c-t"),
        Column("site__name", label="企业", css="c-f"),
        Column("region_path", css="c-r"),
        Column("industry", css="mid c-k"),
        Column("level", css="c-l"),
        Column("state", css="c-s"),
        Column("found_on"),
        Column("due_on", css="c-due"),
        Column("closed_on"),
        Column("cost", unit="元", shown=False),
        Column("mender", shown=False),
        Column("verifier", shown=False),
    ),
    filters=(
        Filter("region_path", kind="region"),
        Filter("industry", kind="exact"),
        Filter("level"),
        Filter("state"),
        Filter("due_on", more=True),
        Filter("found_on", more=True),
        Filter("cost", more=True),
    ),
    search=("description",),
    search_hint="描述",
    order=("-found_on", "-id"),
    order_label="按发现日期从新到旧",
    views=(
        View("open", "整改中", {"state": "mending"}),
        View("major", "重大", {"level": "major"}),
    ),
    form=(
        Section(
            "发现",
            ("number", "site", "region_path", "industry", "description", "level", "found_on", "due_on"),
        ),
        Section("整改与验收", ("state", "cost", "mender", "verifier", "closed_on")),
    ),
    importing=Importing(
        key=("number",),
        synonyms={
            "description": ("隐患内容", "问题描述", "隐患描述", "存在问题"),
            "site": ("受检单位", "企业名称", "单位名称"),
            "due_on": ("完成时间", "整改时限", "限期"),
            "found_on": ("检查日期", "排查日期", "发现时间"),
        },
        fill_down=("site", "region_path"),
        check=check_fault,
    ),
    totals=("state", "level"),
    blank=Blank("还没有登记过问题。", "检查、自查、举报发现的问题都登记在这里。", "登记问题"),
    acts=frozenset({"add", "change", "remove", "import", "export", "refer", "extend"}),
)

LEDGERS = (SITES, FAULTS)

MENU = (Group("example", "样例", "box", position=90),)

__all__ = ["LEDGERS", "MEASURES", "MENU", "WORKFLOWS"]
