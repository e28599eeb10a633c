"""What sign-in and the administrators declare: ledgers, pages in the menu, parameters."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from anlan.kernel import cells
from anlan.kernel.ledger import Blank, Column, Filter, Importing, Ledger, Panel, Section, View
from anlan.kernel.models import AuditEntry, DictEntry, Holiday
from anlan.kernel.parameters import Parameter
from anlan.kernel.shell import Entry, Group
from anlan.org.admin_pages.differences import act_label, difference_rows, ledger_label, subject_label
from anlan.org.models.announcements import Announcement
from anlan.org.models.security import LoginRecord

READ_ONLY = frozenset({"export"})


def _result(row: Any) -> SafeString:
    light = {"done": "g", "left": "o", "failed": "y", "locked": "r", "refused": "r"}[row.result]
    return cells.light(light, row.get_result_display())


def _active(row: Any) -> SafeString:
    return cells.light("g" if row.active else "o", "启用" if row.active else "停用")


LEDGERS = (
    Ledger(
        key="dictionaries",
        model=DictEntry,
        label="字典",
        noun="字典项",
        menu="system",
        icon="book",
        title="label",
        columns=(
            Column("label", link=True, css="c-t"),
            Column("dictionary"),
            Column("key"),
            Column("position"),
            Column("active", cell=_active),
        ),
        filters=(Filter("dictionary", options=lambda: _dictionaries()), Filter("active")),
        search=("label", "key"),
        order=("dictionary", "position", "id"),
        order_label="按字典和次序",
        form=(Section("字典项", ("dictionary", "key", "label", "position", "active")),),
        importing=Importing(key=("dictionary", "key")),
        blank=Blank("还没有字典项。", "字典给各台账的下拉框提供选项。", "登记字典项"),
    ),
    Ledger(
        key="holidays",
        model=Holiday,
        label="节假日",
        noun="节假日",
        menu="system",
        icon="calendar-event",
        title="name",
        columns=(
            Column("day", link=True, css="c-t"),
            Column("kind"),
            Column("name"),
            Column("source"),
        ),
        filters=(Filter("day"), Filter("kind")),
        search=("name",),
        order=("-day", "-id"),
        order_label="按日期从新到旧",
        form=(Section("节假日", ("day", "kind", "name", "source")),),
        importing=Importing(key=("day",), synonyms={"day": ("放假日期",), "kind": ("类型", "休班")}),
        blank=Blank(
            "没有登记过节假日。",
            "国务院办公厅公布的放假调休已内置；这里登记后来的变动和尚未公布年份的安排，以这里为准。",
            "登记节假日",
        ),
    ),
    Ledger(
        key="announcements",
        model=Announcement,
        label="公告",
        noun="公告",
        menu="system",
        icon="speakerphone",
        title="title",
        columns=(
            Column("title", link=True, css="c-t"),
            Column("first_day"),
            Column("last_day"),
            Column("pinned"),
        ),
        filters=(Filter("first_day"), Filter("pinned")),
        search=("title", "body"),
        search_hint="标题、内容",
        order=("-pinned", "-first_day", "-id"),
        order_label="置顶在前，按开始日期从新到旧",
        form=(Section("公告", ("title", "body", "first_day", "last_day", "pinned")),),
        blank=Blank("还没有发过公告。", "公告给所有能登录的人看，如停机维护、新功能。", "登记公告"),
    ),
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
        search=("subject", "note"),
        search_hint="对象、说明",
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

MENU = (
    Group("system", "系统管理", "settings", position=90),
    Group("security", "安全管理", "shield-lock", position=91),
    Group("audit", "审计", "file-search", position=92),
    Entry("system", "parameters", "参数", "admin-parameters", "parameters.view", "adjustments"),
    Entry("system", "queue", "作业监视", "admin-queue", "jobs.monitor", "list-check"),
    Entry("system", "health", "运行状况", "admin-health", "health.view", "heartbeat"),
    Entry("security", "roles-admin", "角色与数据范围", "admin-roles", "roles.change", "users-group"),
    Entry("security", "locks", "锁定的账号", "admin-locks", "locks.release", "lock"),
    Entry("security", "online", "在线人员", "admin-online", "online.view", "device-desktop"),
    Entry("audit", "verify", "核验操作日志", "admin-verify", "audit.verify", "certificate"),
)

PARAMETERS = (
    Parameter(
        "signin.idle_minutes",
        "无操作自动退出",
        30,
        "登录与密码",
        "分钟",
        "超过这么久没有操作就退出登录；0 表示不退出。",
        0,
        480,
    ),
    Parameter(
        "signin.failures",
        "锁定前允许失败",
        5,
        "登录与密码",
        "次",
        "密码或动态验证码连续失败达到次数，账号锁定。",
        3,
        20,
    ),
    Parameter(
        "signin.lock_minutes",
        "锁定时长",
        15,
        "登录与密码",
        "分钟",
        "失败只在这段时间内累计，锁定后也是过这么久自动解除。",
        1,
        1440,
    ),
    Parameter(
        "signin.password_days",
        "密码有效期",
        90,
        "登录与密码",
        "天",
        "到期后登录须先改密码；0 表示不到期。",
        0,
        730,
    ),
    Parameter(
        "signin.password_history",
        "不能重复的密码",
        5,
        "登录与密码",
        "次",
        "新密码不得与最近几次用过的相同。",
        0,
        24,
    ),
    Parameter(
        "signin.first_password_days",
        "初始密码有效期",
        7,
        "登录与密码",
        "天",
        "管理员发的初始密码过期未用，须重新发；0 表示不过期。",
        0,
        90,
    ),
)


def _dictionaries() -> list[tuple[str, str]]:
    rows = DictEntry.objects.unscoped("the names of the dictionaries")
    return [
        (name, name) for name in rows.order_by("dictionary").values_list("dictionary", flat=True).distinct()
    ]


def _ledgers() -> list[tuple[str, str]]:
    from anlan.kernel import registry

    return [(one.key, one.label) for one in registry.ledgers()]


def _acts() -> list[tuple[str, str]]:
    from anlan.org.admin_pages.differences import ACTS

    return list(ACTS.items())
