"""What the organisation declares: the ledgers of territory and people. Sign-in and the administrators'
pages are declared in `admin_domain`."""

from __future__ import annotations

from anlan.kernel.shell import FIRM, Group
from anlan.org import staff_domain, territory_domain

LEDGERS = (*territory_domain.LEDGERS, *staff_domain.LEDGERS)

ACTS = (("end", "结束"), ("close", "撤销"), ("hand-over", "交出"), ("take-over", "接任"))
MENU = (
    Group("home", "我的办公桌", "inbox", position=0, url="home", called={FIRM: "待办"}),
    Group("organisation", "组织机构", "sitemap", position=80, foot=True),
)
