"""What people and other domains do with papers. Each act is one function; pages and jobs call these.

Other domains draft with `draft` (or `draft_reminder`, `draft_erratum`) and leave signing to people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from anlan.kernel import clock, files, moves, registry
from anlan.kernel.files import Upload
from anlan.kernel.scope import Actor, ScopedModel
from anlan.kernel.writing import Refused, ledger_key, remove, require, write
from anlan.org.models import Unit
from anlan.papers import reads
from anlan.papers.models import Paper, Receipt
from anlan.papers.rules import wording
from anlan.papers.rules.blocks import BadBlock, Block, clean
from anlan.papers.rules.wording import Matter

ONLY_DRAFTS = "只有草稿可以这样办理。已送签的请先退回修改；已签发的请起草更正说明或办理作废。"
ENCLOSED = "enclosure"
ANSWERED = "answer"


def draft(
    actor: Actor,
    kind: str,
    unit: Unit,
    title: str,
    recipients: Sequence[Unit],
    blocks: Sequence[Block],
    *,
    code: str = "",
    issuer: str = "",
    signature: str = "",
    recipients_text: str = "",
    copy_to: str = "",
    enclosures: Sequence[str] = (),
    contact: str = "",
    answer_by: date | None = None,
    matters: Mapping[int, Sequence[Mapping[str, Any]]] | None = None,
    disclosure: str = Paper.Disclosure.ON_REQUEST,
    corrects: Paper | None = None,
    source: ScopedModel | None = None,
    demo: bool = False,
) -> Paper:
    """A new draft of `unit`. Needs papers.add and sight of the unit; the recipients may be any units.

    code: 机关代字 (default: the one the unit used last for this kind). matters: {unit id: what it is
    reminded of}, plain JSON. source: the row it is drafted from. Raises Refused or ValidationError.
    """
    paper = Paper(**_source(source), demo=demo)
    change: dict[str, Any] = {
        "unit": unit,
        "kind": kind,
        "title": title.strip(),
        "code": code or reads.last_code(unit.pk, kind),
        "issuer": issuer,
        "signature": signature,
        "recipients": list(dict.fromkeys(one.pk for one in recipients)),
        "recipients_text": recipients_text,
        "copy_to": copy_to,
        "body": _body(blocks),
        "enclosures": [one for one in enclosures if one.strip()],
        "contact": contact,
        "answer_by": answer_by,
        "matters": {str(key): list(found) for key, found in (matters or {}).items()},
        "disclosure": disclosure,
        "corrects": corrects,
    }
    write(actor, paper, change, "add")
    return paper


def revise(actor: Actor, paper: Paper, change: Mapping[str, Any], seen: int | None = None) -> Paper:
    """Change a draft. `seen` is the version the person looked at. Raises Refused, Stale, ValidationError."""
    with transaction.atomic():
        _require_draft(actor, paper)
        if "body" in change:
            change = {**change, "body": _body(change["body"])}
        return write(actor, paper, change, "change", seen=seen).row  # type: ignore[no-any-return]


def discard(actor: Actor, paper: Paper) -> None:
    """Remove a draft; it never had a number."""
    with transaction.atomic():
        _require_draft(actor, paper)
        remove(actor, paper)


def enclose(actor: Actor, paper: Paper, upload: Upload) -> Any:
    """Put a file with a draft. Raises Refused or BadFile."""
    _require_draft(actor, paper)
    return files.attach(actor, paper, upload, kind=ENCLOSED)


def submit(actor: Actor, paper: Paper, *, key: str = "") -> Paper:
    """Send a draft for signature; those who may sign are told."""
    return _moved(actor, paper, "submit", key=key)


def give_back(actor: Actor, paper: Paper, reason: str, *, key: str = "") -> Paper:
    """Back to the drafter, with a reason."""
    return _moved(actor, paper, "return", key=key, note=reason)


def sign(actor: Actor, paper: Paper, *, key: str = "") -> Paper:
    """Sign: the next number of unit, code and year without gaps, today's date, the digest."""
    return _moved(actor, paper, "sign", key=key)


def send(actor: Actor, paper: Paper, *, key: str = "") -> Paper:
    """Send a signed paper to its units: receipts, deadlines, notices."""
    return _moved(actor, paper, "send", key=key)


def void(actor: Actor, paper: Paper, reason: str, *, key: str = "") -> Paper:
    """Make a signed or sent paper void; its number stays with the reason, open receipts are withdrawn."""
    return _moved(actor, paper, "void", key=key, note=reason)


def issue(actor: Actor, paper: Paper) -> Paper:
    """Submit, sign and send in one go, where one person may do all three; one transaction."""
    with transaction.atomic():
        paper = submit(actor, paper)
        return send(actor, sign(actor, paper))


def sign_for(actor: Actor, receipt: Receipt, *, key: str = "") -> Receipt:
    """Sign for a paper, by the people of the unit it went to."""
    done = moves.perform(actor, receipt, "sign-for", key=key)
    return done.row  # type: ignore[no-any-return]


def answer(
    actor: Actor, receipt: Receipt, text: str, uploads: Iterable[Upload] = (), *, key: str = ""
) -> Receipt:
    """Answer a paper, with files if there are any; whoever answers has signed for it too.

    Raises Refused, ValidationError or BadFile; then nothing is kept.
    """
    require(actor, "receipts.answer")
    with transaction.atomic():
        done = moves.perform(actor, receipt, "answer", {"answer": text.strip()}, key=key)
        if not done.repeated:
            for upload in uploads:
                files.attach(actor, receipt, upload, kind=ANSWERED, permission="receipts.answer")
    return done.row  # type: ignore[no-any-return]


def draft_reminder(
    actor: Actor,
    unit: Unit,
    recipient: Unit,
    document: str,
    matters: Sequence[Matter],
    *,
    answer_by: date,
    code: str = "",
    title: str = "",
    contact: str = "",
    copy_to: str = "",
    source: ScopedModel | None = None,
    demo: bool = False,
) -> Paper:
    """A reminder letter (提醒函) of `unit` to `recipient` about its overdue matters.

    document: 《…》（文号） that sets the duties. The wording is `rules.wording.reminder`.
    """
    told = wording.reminder(document, matters, today=clock.today(), answer_by=answer_by, title=title)
    kept = [
        {"item": m.item, "requirement": m.requirement, "due": m.due.isoformat(), "standing": m.standing}
        for m in matters
    ]
    return draft(
        actor,
        Paper.Kind.REMINDER,
        unit,
        told.title,
        [recipient],
        told.blocks,
        code=code,
        enclosures=told.enclosures,
        contact=contact,
        copy_to=copy_to,
        answer_by=answer_by,
        matters={recipient.pk: kept},
        source=source,
        demo=demo,
    )


def draft_erratum(actor: Actor, paper: Paper, blocks: Sequence[Block] = ()) -> Paper:
    """A new paper that corrects a signed one, to the same units; the old one stays as it is."""
    if paper.state not in {Paper.State.SIGNED, Paper.State.SENT}:
        raise Refused("只有已签发或已发出的公文才需要更正说明；草稿直接修改即可。")
    recipients = reads.addressed(paper)
    body = list(blocks) or [
        {"kind": "paragraph", "text": f"我单位印发的{paper.full_name}，部分内容有误，现更正如下："},
        {"kind": "paragraph", "text": "原文“　　”，更正为“　　”。"},
        {"kind": "paragraph", "text": "特此说明。"},
    ]
    return draft(
        actor,
        Paper.Kind.ERRATUM,
        paper.unit,
        f"关于更正《{paper.title}》有关内容的说明"[:200],
        recipients,
        body,
        code=paper.code,
        issuer=paper.issuer,
        signature=paper.signature,
        recipients_text=paper.recipients_text,
        copy_to=paper.copy_to,
        contact=paper.contact,
        disclosure=paper.disclosure,
        corrects=paper,
        demo=paper.demo,
    )


def source_of(actor: Actor, paper: Paper) -> Any:
    """The row a paper was drafted from, as far as the actor sees it; else None."""
    try:
        rows = registry.ledger(paper.ledger).rows(actor)
    except KeyError:
        return None
    return rows.filter(pk=paper.subject_id).first()


def _moved(actor: Actor, paper: Paper, move: str, *, key: str = "", note: str = "") -> Paper:
    return moves.perform(actor, paper, move, key=key, note=note).row  # type: ignore[no-any-return]


def _require_draft(actor: Actor, paper: Paper) -> None:
    """Lock the paper as far as the actor sees it, and refuse unless it is a draft."""
    with transaction.atomic():
        rows = Paper.objects.visible_to(actor).select_for_update(of=("self",))
        state = rows.filter(pk=paper.pk).values_list("state", flat=True).first()
    if state is None:
        raise Refused("没有这件公文，或者不在您的职责范围内。")
    if state != Paper.State.DRAFT:
        raise Refused(ONLY_DRAFTS)


def _source(row: ScopedModel | None) -> dict[str, Any]:
    return {"ledger": ledger_key(type(row)), "subject_id": row.pk} if row is not None else {}


def _body(blocks: Sequence[Block]) -> list[Block]:
    try:
        return clean(blocks)
    except BadBlock as error:
        raise ValidationError({"body": str(error)}) from error
