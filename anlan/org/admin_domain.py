"""What sign-in and the administrators declare: ledgers, pages in the menu, parameters."""

from __future__ import annotations

from typing import Any

from django.utils.safestring import SafeString

from anlan.kernel import cells, dictionary
from anlan.kernel.ledger import Blank, Column, Filter, Importing, Ledger, Section
from anlan.kernel.models import DictEntry, Holiday
from anlan.kernel.shell import Entry, Group, HomePanel
from anlan.org import audit_domain, panels, signin_domain
from anlan.org.models.announcements import Announcement

PARAMETERS = signin_domain.PARAMETERS
HOME_PANELS = (
    HomePanel("people-start", "kernel/home_start.html", panels.people_to_add, position=1),
    HomePanel(
        "announcements", "org/panels/announcements.html", panels.announcements_today, position=5, side=True
    ),
)


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
        filters=(Filter("dictionary", options=dictionary.names), Filter("active")),
        search=("label", "key"),
        order=("dictionary", "position", "id"),
        order_label="按字典和次序",
        form=(Section("字典项", ("dictionary", "key", "label", "position", "active")),),
        importing=Importing(key=("dictionary", "key")),
        defaults=lambda actor: {"dictionary": dictionary.names()[0][0]},
        prepare=dictionary.check_entry,
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
    *audit_domain.LEDGERS,
)

ACTS = (
    ("reset_password", "发初始密码"),
    ("change_password", "改密码"),
    ("disable_account", "停用账号"),
    ("enable_account", "启用账号"),
    ("unlock", "解锁账号"),
    ("force_off", "强制下线"),
    ("leave_elsewhere", "退出其他设备"),
    ("choose_post", "换岗位"),
    ("bind_authenticator", "绑定动态验证码"),
    ("unbind_authenticator", "解除动态验证码"),
    ("unlink_identity", "解除统一身份绑定"),
    ("retry_job", "重做作业"),
    ("verify_audit", "核验操作日志"),
)
MENU = (
    Group("system", "系统管理", "settings", position=90, foot=True),
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
