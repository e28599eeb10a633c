"""What risk grading, installations and guarantors declare."""

from __future__ import annotations

from anlan.hazards.actions.installation import FILING_DAYS
from anlan.hazards.models.installation import ASSESSMENT_YEARS, PRINCIPAL_CADENCE
from anlan.hazards.models.risk import BOUND_70, REVIEW_MONTHS
from anlan.hazards.risk_flows import WORKFLOWS
from anlan.hazards.risk_ledgers import LEDGERS
from anlan.hazards.risk_measures import MEASURES
from anlan.kernel.parameters import Parameter
from anlan.kernel.shell import Entry

__all__ = ["ACTS", "LEDGERS", "MEASURES", "MENU", "PARAMETERS", "WORKFLOWS"]

GROUP = "风险分级"
PARAMETERS = (
    Parameter(BOUND_70, "LEC 得分 70 计入黄色", False, GROUP,
              note="文献没有写明 70 归哪一档，待核；只影响改后新做的评估"),
    Parameter(REVIEW_MONTHS, "风险点复核周期", 12, GROUP, "个月", "本系统的默认，待核；风险点可各自另定",
              least=1, most=36),
    Parameter(FILING_DAYS, "重大危险源备案期限", 15, GROUP, "日", "安监总局令第40号，待核", least=1, most=90),
    Parameter(ASSESSMENT_YEARS, "重大危险源安全评估周期", 3, GROUP, "年", "安监总局令第40号，待核", least=1,
              most=5),
    Parameter(PRINCIPAL_CADENCE, "主要负责人包保排查频次", "quarter", GROUP,
              note="填 week、month 或 quarter（每周、每月、每季度）；应急厅〔2021〕12号没有定，待核"),
)  # fmt: skip
ACTS = (
    ("reckon", "计算级别"),
    ("place", "放上四色图"),
    ("picture", "更换底图"),
    ("demo", "载入演示数据"),
)
MENU = (
    Entry("hazards", "risk-jobs", "岗位风险告知", "risk-jobs", "risks.view", icon="id-badge-2"),
    Entry("hazards", "guarantor-grid", "包保履职一览", "guarantor-grid", "guarantors.view", icon="grid-dots"),
    Entry("hazards", "gb18218", "临界量查询", "gb18218", "installations.view", icon="list-search"),
)
