"""The way of a paper and the way of a receipt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from anlan.kernel import clock, deadline, due, moves, notice, numbering
from anlan.kernel.due import Term
from anlan.kernel.models import GivenNumber
from anlan.kernel.parameters import Parameter
from anlan.kernel.parameters import value as parameter
from anlan.kernel.scope import Actor, system_actor
from anlan.kernel.workflow import Facts, Move, State, Workflow
from anlan.kernel.writing import write
from anlan.org.models import Person, Post
from anlan.org.models.dated import on_day
from anlan.org.reads import holders
from anlan.papers import reads
from anlan.papers.models import Paper, Receipt
from anlan.papers.rules import wording

SIGN, ANSWER = "sign-for", "answer"
SIGN_DAYS = Parameter(
    "papers.sign-days",
    "公文签收期限",
    3,
    group="公文",
    unit="天",
    note="收到后几天内应签收",
    least=1,
    most=30,
)
FIXED = {Paper.State.SIGNED, Paper.State.SENT, Paper.State.VOID}
FIXED_SAID = "已签发的公文不能再改。内容有误的，请起草更正说明；整件作废的，请办理作废。"


def keep_fixed(actor: Actor, row: Any) -> None:
    """Before a paper is saved: what was signed stays as it was signed."""
    if row.pk is None:
        row.drafted_by = actor.label[:120]
        return
    everyone = Paper.objects.unscoped("what stands there before it is saved")
    stored = everyone.filter(pk=row.pk).values("state", *Paper.CONTENT).first()
    if stored and stored["state"] in FIXED:
        changed = [name for name in Paper.CONTENT if getattr(row, name) != stored[name]]
        if changed:
            raise ValidationError(FIXED_SAID)


# Guards ---------------------------------------------------------------------------------------------


def whole(facts: Facts) -> str | None:
    """A paper that is sent for signature has a code, a body and somebody it goes to."""
    if fault := wording.code_fault(facts["code"]):
        return fault
    if not facts["body"]:
        return "正文还是空的"
    if not (facts["recipients"] or facts["recipients_text"]):
        return "还没有写主送单位"
    return None


def addressed(facts: Facts) -> str | None:
    """Sending needs units of the house."""
    return None if facts["recipients"] else "没有选收文单位，系统内无处可发；可下载后按原渠道印发"


def by_receiver(facts: Facts) -> str | None:
    """Only the people of the unit that a paper went to sign for it and answer it."""
    if facts["actor_is_house"] or facts["actor_unit_id"] == facts["unit_id"]:
        return None
    return "要由收文单位的人员办理"


def asked_for_answer(facts: Facts) -> str | None:
    """A paper that asks for none is not answered."""
    return None if facts["answer_by"] else "这件公文没有要求答复"


def by_house(facts: Facts) -> str | None:
    """Receipts are withdrawn by the house, when their paper is made void."""
    return None if facts["actor_is_house"] else "收文只随公文作废一并撤回"


# What moves do --------------------------------------------------------------------------------------


def tell_signers(actor: Actor, row: Any, values: Mapping[str, Any]) -> None:
    """A paper waits: tell those of the unit, and the leaders of its region, who may sign it."""
    posts = Post.objects.unscoped("who may sign a unit's papers").filter(
        on_day(clock.today()),
        region_path=row.region_path,
        person__is_active=True,
        role__permissions__overlap=["papers.sign", "papers.*"],
    )
    people = {one.person_id for one in posts if one.unit_id == row.unit_id or (one.role_id and _leads(one))}
    people.discard(actor.person_id)
    text = f"《{row.title}》已送签，请审阅签发。"
    notice.notify(people, f"papers:{row.pk}:signing:{row.version}", text, link=address(row), row=row)


def _leads(post: Post) -> bool:
    return bool(post.role.key == "leader")


def signed(actor: Actor, row: Any, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The number is taken, the day set, the names frozen as they are today, and the whole sealed."""
    now = clock.now()
    number = numbering.take(
        actor,
        f"papers:{row.code}",
        lambda year, n: wording.document_number(row.code, year, n),
        unit_id=row.unit_id,
        row=row,
        now=now,
    )
    change: dict[str, Any] = {
        "number": number.text,
        "dated": due.local_day(now),
        "issuer": row.issuer or row.unit.name,
        "signature": row.signature or row.unit.name,
        "recipients_text": row.recipients_text or "、".join(reads.names(reads.addressed(row))),
        "signed_at": now,
        "signed_by": actor.label[:120],
    }
    for name, value in change.items():
        setattr(row, name, value)
    return {**change, "digest": reads.digest_of(row)}


def sending(actor: Actor, row: Any, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The moment, and how many units it goes to."""
    return {"sent_at": clock.now(), "asked": len(row.recipients)}


def sent(actor: Actor, row: Any, values: Mapping[str, Any]) -> None:
    """A receipt for each unit, its deadlines, and a notice to the people of its posts."""
    now = clock.now()
    house = system_actor(f"公文分送（{actor.name}）")
    for unit in reads.addressed(row):
        receipt = Receipt(paper=row, unit=unit, matters=row.matters.get(str(unit.pk), []), received_at=now)
        write(house, receipt, {"answer_by": row.answer_by}, "add")
        days = int(parameter(SIGN_DAYS.key))
        deadline.start(receipt, SIGN, "公文签收", Term(days), now, unit_id=unit.pk)
        if row.answer_by:
            left = max(0, (row.answer_by - due.local_day(now)).days)
            deadline.start(receipt, ANSWER, "公文答复", Term(left), now, unit_id=unit.pk)
        told = f"请于{wording.date_words(row.answer_by)}前答复。" if row.answer_by else "请签收。"
        notice.notify(
            [one.pk for one in holders(unit)],
            f"papers:{row.pk}:sent:{unit.pk}",
            f"{row.signature}发来{row.full_name}，{told}",
            link=address(receipt),
            row=receipt,
            units=[unit.pk],
            now=now,
        )


def voided(actor: Actor, row: Any, values: Mapping[str, Any]) -> None:
    """The number is kept as void, the reason too; the units are told and need not answer."""
    reason = str(values.get("note", ""))
    Paper.objects.unscoped("the reason of the void").filter(pk=row.pk).update(void_reason=reason[:500])
    given = GivenNumber.objects.filter(ledger="papers", subject_id=row.pk, void_at=None).first()
    if given is not None:
        numbering.void(actor, given, reason)
    house = system_actor(f"公文作废（{actor.name}）")
    for receipt in reads.receipts_of(row).exclude(state=Receipt.State.WITHDRAWN):
        if receipt.state != Receipt.State.ANSWERED:
            moves.perform(house, receipt, "withdraw", note=reason)
        notice.notify(
            [one.pk for one in holders(receipt.unit)],
            f"papers:{row.pk}:void:{receipt.unit_id}",
            f"{row.signature}的{row.full_name}已作废：{reason}",
            link=address(receipt),
            row=receipt,
        )


def taken(actor: Actor, row: Any, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Who signed for it, and when."""
    return {"signed_at": clock.now(), "signed_by": actor.label[:120]}


def replied(actor: Actor, row: Any, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Who answered, and when; whoever answers has received it."""
    now = clock.now()
    found = {"answered_at": now, "answered_by": actor.label[:120]}
    return found if row.signed_at else {**found, "signed_at": now, "signed_by": actor.label[:120]}


def counted(actor: Actor, row: Any, values: Mapping[str, Any]) -> None:
    """The paper's counts are made anew from its receipts, under the paper's lock."""
    everyone = Paper.objects.unscoped("the counts of a paper whose receipt moves")
    paper = everyone.select_for_update().get(pk=row.paper_id)
    states = list(reads.receipts_of(paper).values_list("state", "signed_at"))
    everyone.filter(pk=paper.pk).update(
        signed_for=sum(at is not None for _, at in states),
        answered=sum(state == Receipt.State.ANSWERED for state, _ in states),
    )


def told_issuer(actor: Actor, row: Any, values: Mapping[str, Any]) -> None:
    """The issuing unit hears of an answer."""
    counted(actor, row, values)
    people: list[Person] = holders(row.paper.unit)
    notice.notify(
        [one.pk for one in people],
        f"papers:{row.paper_id}:answered:{row.unit_id}",
        f"{reads.short(row.unit)}已答复{row.paper.full_name}。",
        link=address(row.paper),
        row=row.paper,
    )


def address(row: Any) -> str:
    """The page of a paper or a receipt."""
    return f"/{'papers' if isinstance(row, Paper) else 'receipts'}/{row.pk}/"


PAPER_FLOW = Workflow(
    key="paper",
    ledger="papers",
    label="公文办理",
    states=(
        State("draft", "草稿"),
        State("signing", "送签"),
        State("signed", "已签发"),
        State("sent", "已发出"),
        State("void", "已作废", final=True),
    ),
    moves=(
        Move("submit", "送签", ("draft",), "signing", guards=(whole,), after=tell_signers),
        Move("return", "退回修改", ("signing",), "draft", note="退回理由"),
        Move(
            "sign",
            "签发",
            ("signing",),
            "signed",
            guards=(whole,),
            action=signed,
            confirm="签发后编文号、定成文日期，内容不能再改。确认签发？",
        ),
        Move(
            "send",
            "发出",
            ("signed",),
            "sent",
            guards=(addressed,),
            action=sending,
            after=sent,
            confirm="发出后各收文单位收到通知并开始计时。确认发出？",
        ),
        Move("void", "作废", ("signed", "sent"), "void", note="作废原因", after=voided),
    ),
)

RECEIPT_FLOW = Workflow(
    key="receipt",
    ledger="receipts",
    label="收文办理",
    states=(
        State("waiting", "待签收"),
        State("signed", "已签收"),
        State("answered", "已答复", final=True),
        State("withdrawn", "已撤回", final=True),
    ),
    moves=(
        Move(
            "sign-for",
            "签收",
            ("waiting",),
            "signed",
            permission="receipts.sign",
            guards=(by_receiver,),
            action=taken,
            after=counted,
            meets=(SIGN,),
        ),
        Move(
            "answer",
            "答复",
            ("waiting", "signed"),
            "answered",
            guards=(by_receiver, asked_for_answer),
            fields=("answer",),
            required=("answer",),
            action=replied,
            after=told_issuer,
            meets=(SIGN, ANSWER),
        ),
        Move("withdraw", "撤回", ("waiting", "signed"), "withdrawn", guards=(by_house,), note="撤回理由"),
    ),
)
