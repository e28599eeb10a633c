"""The two logs as ledgers: what was done, and who came and went."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from anlan.kernel import acts, cells, registry
from anlan.kernel.ledger import Blank, Column, Filter, Ledger, Panel, Section, View
from anlan.kernel.models import AuditEntry
from anlan.org.admin_pages.differences import act_label, difference_rows, ledger_label, subject_label
from anlan.org.models.security import LoginRecord

READ_ONLY = frozenset({"export"})


def _result(row: Any) -> SafeString:
    light = {"done": "g", "left": "o", "failed": "y", "locked": "r", "refused": "r"}[row.result]
    return cells.light(light, row.get_result_display())


LEDGERS = (
    Ledger(
        key="audit",
        model=AuditEntry,
        label="操作日志",
        noun="操作记录",
        menu="audit",
        icon="file-search",
        title="subject",
        columns=(
            Column("at", link=True, css="c-t"),
            Column("actor"),
            Column(
                "act",
                cell=lambda row: format_html("{}", act_label(row.act)),
                value=lambda row: act_label(row.act),
            ),
            Column(
                "ledger",
                cell=lambda row: format_html("{}", ledger_label(row.ledger)),
                value=lambda row: ledger_label(row.ledger),
            ),
            Column(
                "subject",
                cell=lambda row: format_html("{}", subject_label(row)),
                value=lambda row: subject_label(row),
            ),
            Column("note"),
            Column("address"),
            Column("batch", shown=False),
        ),
        filters=(
            Filter("at"),
            Filter("ledger", options=lambda: _ledgers()),
            Filter("act", options=lambda: _acts()),
            Filter("actor"),
            Filter("address", more=True),
            Filter("batch", more=True),
            Filter("region_path", more=True),
        ),
        search=("subject",),
        search_hint="对象",
        order=("-id",),
        order_label="按时间从新到旧",
        detail=(Section("操作", ("at", "actor", "subject", "note", "batch", "address")),),
        panels=(Panel("变动", "org/admin/differences.html", difference_rows),),
        acts=READ_ONLY,
        blank=Blank("还没有操作记录。", "每一次登记、修改、删除和办理都会记在这里，不能修改。"),
    ),
    Ledger(
        key="logins",
        model=LoginRecord,
        label="登录日志",
        noun="登录记录",
        menu="audit",
        icon="login",
        title="account",
        columns=(
            Column("at", link=True, css="c-t"),
            Column("account"),
            Column("person"),
            Column("method"),
            Column("result", cell=_result, value=lambda row: row.get_result_display()),
            Column("reason"),
            Column("address"),
            Column("agent", shown=False),
        ),
        filters=(
            Filter("at"),
            Filter("result"),
            Filter("method"),
            Filter("address", more=True),
        ),
        search=("account", "person__name"),
        search_hint="账号、姓名",
        order=("-id",),
        order_label="按时间从新到旧",
        views=(
            View("failed", "失败", {"result": "failed"}),
            View("locked", "锁定", {"result": "locked"}),
            View("refused", "拒绝", {"result": "refused"}),
        ),
        acts=READ_ONLY,
        blank=Blank("还没有登录记录。"),
    ),
)


def _ledgers() -> list[tuple[str, str]]:
    return [(one.key, one.label) for one in registry.ledgers()]


def _acts() -> list[tuple[str, str]]:
    return list(acts.words().items())
