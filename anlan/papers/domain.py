"""What the house knows of papers: the ledgers of sent and of received ones, their ways, their places."""

from __future__ import annotations

from django.db.models import Q
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from anlan.kernel import cells, clock
from anlan.kernel.ledger import Blank, Column, Filter, Ledger, Section, View
from anlan.kernel.scope import Actor
from anlan.kernel.shell import Entry, Group, HomePanel
from anlan.papers import flow, home, reads
from anlan.papers.models import Paper, Receipt

TO_ANSWER, LATE = "answer", "late"


def _back_words(row: Paper) -> str:
    """How many of the units have signed for it, and answered."""
    if row.state != Paper.State.SENT:
        return ""
    told = f"签收 {row.signed_for}/{row.asked}"
    return f"{told}，答复 {row.answered}/{row.asked}" if row.answer_by else told


def _back(row: Paper) -> SafeString:
    words = _back_words(row)
    return format_html('<span class="tn">{}</span>', words) if words else cells.DASH


def _light(row: Receipt) -> SafeString:
    return cells.light(*reads.light(row, clock.now()))


def _sent_at(row: Receipt) -> SafeString:
    return conditional_escape(cells.day(row.received_at))


def _standing(value: str) -> Q:
    open_ones = Q(state=Receipt.State.SIGNED, answer_by__isnull=False)
    if value == TO_ANSWER:
        return open_ones
    return (open_ones | Q(state=Receipt.State.WAITING)) & Q(answer_by__lt=clock.today())


def _count_waiting(actor: Actor) -> int:
    if not actor.seat or not actor.seat.unit_id:
        return 0
    rows = Receipt.objects.visible_to(actor).filter(unit_id=actor.seat.unit_id, state=Receipt.State.WAITING)
    return rows.count()


PAPERS = Ledger(
    key="papers",
    model=Paper,
    label="发文",
    noun="公文",
    add_label="起草公文",
    title="title",
    menu="press",
    icon="file-text",
    columns=(
        Column("number", css="tn c-no"),
        Column("title", link=True, css="c-t"),
        Column("kind", css="mid c-k"),
        Column("unit__name", label="制发单位", css="c-r", shown=False),
        Column("recipients_text", css="c-f"),
        Column("dated"),
        Column("state", css="c-s"),
        Column("asked", label="签收答复", cell=_back, value=_back_words, css="c-due"),
        Column("answer_by"),
        Column("drafted_by", shown=False),
        Column("signed_by", shown=False),
    ),
    filters=(
        Filter("kind"),
        Filter("state"),
        Filter("dated"),
        Filter("unit", more=True, picker="/pick/unit"),
        Filter("region_path", kind="region", more=True),
    ),
    search=("title", "number", "recipients_text"),
    search_hint="标题、文号、主送",
    order_label="按拟稿从新到旧",
    views=(
        View("draft", "草稿", {"state": "draft"}),
        View("signing", "待签发", {"state": "signing"}),
        View("signed", "待发出", {"state": "signed"}),
        View("sent", "已发出", {"state": "sent"}, count=False),
    ),
    form=(Section("公文", ("kind", "title")),),
    detail=(Section("公文", ("number", "title", "kind", "recipients_text", "dated", "state", "answer_by")),),
    pickers={"unit": "/pick/unit"},
    prepare=flow.keep_fixed,
    blank=Blank(
        "还没有发过公文。", "提醒函、通知、报告在这里起草、签发、发出，并跟踪签收和答复。", "起草公文"
    ),
    acts=frozenset({"add", "change", "export"}),
)

RECEIPTS = Ledger(
    key="receipts",
    model=Receipt,
    label="收文",
    noun="收文",
    menu="press",
    icon="mail",
    columns=(
        Column("paper__number", label="文号", css="tn c-no"),
        Column("paper__title", label="标题", link=True, css="c-t"),
        Column("paper__signature", label="来文单位", css="c-f"),
        Column("received_at", label="收到", cell=_sent_at),
        Column("answer_by"),
        Column(
            "state",
            label="办理",
            cell=_light,
            value=lambda row: reads.light(row, clock.now()).word,
            css="c-s",
        ),
        Column("signed_by", shown=False),
        Column("answered_at", shown=False),
        Column("answered_by", shown=False),
    ),
    filters=(
        Filter("state"),
        Filter(
            "answer_by",
            label="答复",
            kind="choice",
            options=lambda: ((TO_ANSWER, "待答复"), (LATE, "逾期")),
            apply=_standing,
        ),
        Filter("paper__kind", label="种类"),
        Filter("received_at", label="收到", more=True),
        Filter("unit", label="收文单位", more=True, picker="/pick/unit"),
    ),
    search=("paper__title", "paper__number"),
    search_hint="标题、文号",
    order_label="按收到从新到旧",
    views=(
        View("waiting", "待签收", {"state": "waiting"}),
        View("to-answer", "待答复", {"answer_by": TO_ANSWER}),
        View("late", "逾期", {"answer_by": LATE}),
    ),
    detail=(Section("收文", ("paper", "state", "signed_at", "signed_by", "answered_at", "answered_by")),),
    select=("paper", "unit"),
    blank=Blank("还没有收到公文。", "上级和其他单位发来的公文在这里签收、答复。"),
    acts=frozenset({"export"}),
)

LEDGERS = (PAPERS, RECEIPTS)
WORKFLOWS = (flow.PAPER_FLOW, flow.RECEIPT_FLOW)
PARAMETERS = (flow.SIGN_DAYS,)
HOME_PANELS = (HomePanel("papers-waiting", "papers/home.html", home.waiting, position=5, side=True),)
MENU = (
    Group("press", "督办考核", "mail-forward", position=30, count=_count_waiting),
    Entry("press", "papers-chase", "签收答复催办", "paper-chase", "papers.view", icon="bell"),
)
