"""What the kernel itself declares: the deadlines of all ledgers, slips between them, chat robots."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from anlan.kernel import cells, clock, deadline, referral
from anlan.kernel.ledger import Blank, Column, Filter, Ledger, Section, View
from anlan.kernel.models import Deadline, Referral, Robot
from anlan.kernel.shell import Group

READ_ONLY = frozenset({"export"})


def _light(row: Any) -> SafeString:
    return cells.light(*deadline.light(row, clock.now()))


def _subject(row: Any) -> SafeString:
    from anlan.kernel.pages.house import row_url

    url = row_url(row.ledger, row.subject_id)
    return cells.link(row.subject, url) if url else conditional_escape(row.subject)


def _last_day(row: Any) -> SafeString:
    return conditional_escape(cells.day(row.last_day))


def _late(value: str) -> Q:
    """Running and past its last day."""
    gone = Q(state=Deadline.State.RUNNING, due_at__lte=clock.now())
    return gone if value == "1" else ~gone


DEADLINES = Ledger(
    key="deadlines",
    model=Deadline,
    label="期限",
    noun="期限",
    title="label",
    menu="matters",
    icon="clock",
    columns=(
        Column("due_at", label="进度", cell=_light, value=lambda row: deadline.light(row, clock.now()).word),
        Column("label", link=True, css="c-t"),
        Column("subject", css="c-f", cell=_subject),
        Column("region_path", css="c-r"),
        Column("started_at", label="起算"),
        Column("warn_at", label="最后一天", cell=_last_day, value=lambda row: row.last_day),
        Column("state", css="c-s"),
    ),
    filters=(
        Filter("state"),
        Filter("region_path", kind="region"),
        Filter("due_at", label="最后一天", kind="due", more=True),
        Filter("label", label="事项（全称）", kind="text", more=True, apply=lambda value: Q(label=value)),
        Filter("late", label="已逾期", kind="flag", more=True, apply=_late),
    ),
    search=("subject", "label"),
    search_hint="对象、事项",
    order=("due_at", "id"),
    order_label="按到期先后",
    views=(
        View("late", "已逾期", {"late": "1"}),
        View("running", "计时中", {"state": "running"}),
        View("paused", "已中止", {"state": "paused"}),
    ),
    detail=(Section("期限", ("label", "subject", "started_at", "due_at", "ended_at", "state")),),
    blank=Blank("没有期限。", "各台账里有时限的事项在这里汇总。"),
    acts=READ_ONLY,
)

REFERRALS = Ledger(
    key="referrals",
    model=Referral,
    label="移送交办单",
    noun="移送交办单",
    title="number",
    menu="matters",
    icon="send",
    columns=(
        Column("number", css="tn mid c-no"),
        Column("from_subject", link=True, css="c-t"),
        Column("reason", css="c-f"),
        Column("to_region_path", css="c-r"),
        Column("sent_at"),
        Column("state", css="c-s"),
    ),
    filters=(Filter("state"), Filter("sent_at", more=True)),
    search=("from_subject", "reason", "reply"),
    search_hint="事项、事由、结果",
    order=("-sent_at", "-id"),
    order_label="按移送时间从新到旧",
    views=(View("sent", "待接收", {"state": "sent"}), View("accepted", "办理中", {"state": "accepted"})),
    detail=(Section("移送交办", ("number", "from_subject", "reason", "sent_at", "state", "reply")),),
    blank=Blank("没有移送交办单。", "在事项页面移送给别的单位时，这里登记去向和答复。"),
    acts=READ_ONLY | {"extend"},
)

ROBOTS = Ledger(
    key="robots",
    model=Robot,
    label="群机器人",
    noun="群机器人",
    title="label",
    menu="system",
    icon="message-circle",
    columns=(
        Column("label", link=True, css="c-t"),
        Column("kind"),
        Column("unit_id"),
        Column("region_path"),
        Column("active"),
    ),
    filters=(Filter("kind"), Filter("active")),
    search=("label",),
    order=("label", "id"),
    order_label="按名称",
    form=(Section("群机器人", ("label", "kind", "url", "secret", "unit_id", "region_path", "active")),),
    detail=(Section("群机器人", ("label", "kind", "unit_id", "region_path", "active")),),
    blank=Blank("没有群机器人。", "登记后，通知可发到企业微信、钉钉群。", "登记群机器人"),
    acts=frozenset({"add", "change", "remove"}),
)

LEDGERS = (DEADLINES, REFERRALS, ROBOTS)
WORKFLOWS = (referral.FLOW,)
MENU = (Group("matters", "期限与交办", "clock-exclamation", position=20),)
