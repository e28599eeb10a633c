"""What the register of firms declares."""

from __future__ import annotations

from anlan.enterprises import (
    closures_flow,
    closures_ledgers,
    closures_measures,
    closures_panels,
    firm_parts,
    folder,
    home,
    rechecks_ledgers,
)
from anlan.enterprises.ledgers import LEDGERS as REGISTER
from anlan.enterprises.measures import MEASURES as OF_FIRMS
from anlan.enterprises.reads import NOTICE_KEY
from anlan.kernel.ledger import Ledger
from anlan.kernel.parameters import Parameter
from anlan.kernel.shell import FIRM, Entry, Group

__all__ = ["ACTS", "HOME_PANELS", "LEDGERS", "MEASURES", "MENU", "PARAMETERS", "WORKFLOWS"]

for _part in (*firm_parts.PARTS, *closures_panels.PARTS):
    folder.register(_part)

LEDGERS: tuple[Ledger, ...] = (*REGISTER, *closures_ledgers.LEDGERS, *rechecks_ledgers.LEDGERS)
WORKFLOWS = closures_flow.WORKFLOWS
MEASURES = (*OF_FIRMS, *closures_measures.MEASURES, *rechecks_ledgers.MEASURES)
HOME_PANELS = (*home.HOME_PANELS, *closures_panels.HOME_PANELS)
PARAMETERS = (
    Parameter(
        key=NOTICE_KEY, label="证照到期前多少天转黄", default=60, group="企业档案", unit="天",
        note="企业证照、人员证书在有效期最后一天以前这么多天转黄", least=1, most=365,
    ),
)  # fmt: skip
ACTS = (
    *(("merge", "合并档案"), ("merge-into", "并入"), ("unmerge", "撤销合并"), ("follow", "随企业变更")),
    *(("tell-apart", "认定为不同企业"), ("close", "关闭"), ("draw", "抽中"), ("advance", "登记关闭进度")),
)
ORDER = (
    *("own-firm", "enterprises", "facilities", "facility-overview", "enterprise-sites", "licences"),
    *("key-people", "certificates", "closure-plans", "closures", "duplicates"),
    # Behind 更多.
    *("licence-checks", "licence-draws", "enterprise-mergers"),
)
# A firm's own menu, by its tasks; the entries are those of the offices, named by key.
FIRM_MENU = (
    Group("firm-find", "自查隐患", "search", position=11, whose=FIRM,
          order=("danger-phone", "danger-statistics", "hazard-map")),
    Group("firm-mend", "整改回复", "tool", position=12, whose=FIRM,
          order=("dangers", "danger-requests", "danger-listings")),
    Group("firm-risks", "风险与告知", "alert-triangle", position=13, whose=FIRM,
          order=("risks", "risk-jobs", "work-confirmations", "site-plans", "installations", "guarantor-grid",
                 "guarantors", "guarantor-duties", "shift-leaders", "gb18218")),
    Group("firm-papers", "证照与人员", "id-badge-2", position=14, whose=FIRM,
          order=("own-firm", "licences", "key-people", "certificates", "licence-checks", "enterprise-sites",
                 "facilities", "facility-overview", "closures", "enterprises")),
)  # fmt: skip
# In the field, firms come right after what is found and looked at again.
FIELD_MENU = (Group("field-firms", "企业档案", "building", position=7, whose="inspector", order=ORDER),)
MENU = (
    *FIRM_MENU,
    *FIELD_MENU,
    Group("enterprises", "企业档案", "building", position=45, order=ORDER),
    Entry("enterprises", "own-firm", "本企业", "own-firm", "own-firm.fill"),
    Entry("enterprises", "duplicates", "疑似重复", "enterprise-duplicates", "enterprises.merge", icon="copy"),
)
