"""What the house knows of standards: ledgers of laws, criteria, checklists and packs, and their loading."""

from __future__ import annotations

from anlan.kernel.shell import Entry, Group
from anlan.standards import loading
from anlan.standards.ledgers import LEDGERS

__all__ = ["ACTS", "LEDGERS", "MENU", "SETUP"]

SETUP = (loading.set_up,)
ACTS = (
    ("succeed", "由新版接续"),
    ("correct", "更正"),
    ("end", "废止"),
    ("load", "载入行业包"),
    ("withdraw", "撤下行业包"),
)
LAW = ("law-find", "criteria", "standards", "checklists", "checklist-sheet", "packs")
MENU = (
    # In the field, what a finding rests on stands beside finding.
    Group("field-law", "查依据", "scale", position=8, whose="inspector", order=LAW),
    Group("law", "法规与判定标准", "scale", position=80, foot=True, order=LAW),
    Entry("law", "law-find", "查依据", "law-find", "criteria.view", icon="search"),
    Entry("law", "checklist-sheet", "检查表打印", "checklist-sheet", "checklists.view", icon="printer"),
)  # fmt: skip
