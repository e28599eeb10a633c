"""What hazards declare, part by part: hidden dangers; risk grading, major hazard installations; the map."""

from __future__ import annotations

from anlan.enterprises import folder
from anlan.hazards import (
    danger_domain,
    demo,
    firm_follows,
    firm_parts,
    map_domain,
    risk_demo,
    risk_domain,
    work_demo,
    work_domain,
)
from anlan.hazards.demo import handling, shots
from anlan.hazards.reads_item import part_of_item
from anlan.kernel.shell import Group

firm_follows.declare()
for _part in firm_parts.PARTS:
    folder.register(_part)

PARTS = (danger_domain, risk_domain, work_domain, map_domain)
LEDGERS = tuple(ledger for part in PARTS for ledger in part.LEDGERS)
WORKFLOWS = tuple(one for part in PARTS for one in part.WORKFLOWS)
MEASURES = tuple(one for part in PARTS for one in part.MEASURES)
PARAMETERS = tuple(one for part in PARTS for one in part.PARAMETERS)
ACTS = (("demo", "载入演示数据"), *(one for part in PARTS for one in getattr(part, "ACTS", ())))
HOME_PANELS = tuple(one for part in PARTS for one in getattr(part, "HOME_PANELS", ()))
TALLIES = danger_domain.TALLIES
SETUP = tuple(one for part in PARTS for one in getattr(part, "SETUP", ()))
FINISH = (danger_domain.tie_items,)
ITEM_PARTS = (part_of_item,)
# The later one runs first: risks and photographs need firms and dangers, confirmations need risks.
DEMO = (handling.prepare, work_demo.prepare, shots.prepare, risk_demo.prepare, demo.prepare)
ORDER = (
    *("dangers", "danger-phone", "danger-statistics", "hazard-map", "danger-listings", "risks"),
    *("installations", "guarantor-grid"),
    # Behind 更多.
    *("danger-requests", "danger-silent", "site-plans", "risk-jobs", "work-confirmations"),
    *("guarantors", "guarantor-duties"),
    *("shift-leaders", "gb18218"),
)
# An inspector's menu begins with what is done in the field.
FIELD_MENU = (
    Group("field-find", "报隐患", "camera", position=5, whose="inspector", order=("danger-phone",)),
    Group("field-check", "复查验收", "checks", position=6, whose="inspector",
          order=("dangers", "danger-requests", "danger-listings")),
)  # fmt: skip
MENU = (
    *FIELD_MENU,
    Group("hazards", "风险隐患", "alert-triangle", position=30, order=ORDER),
    *(one for part in PARTS for one in part.MENU),
)
