"""Last stage: everything that was read becomes one compiled document, and every character gets its class."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from anlan.programmes.compiler import vocabulary
from anlan.programmes.compiler.document import (
    CompiledDocument,
    Duty,
    Finding,
    Head,
    Item,
    Section,
    Source,
    Target,
)
from anlan.programmes.compiler.duty import FIRST_LEADS, DutyReader, settle
from anlan.programmes.compiler.findings import find
from anlan.programmes.compiler.gazetteer import Gazetteer
from anlan.programmes.compiler.head import HeadText, read_head
from anlan.programmes.compiler.items import ItemDraft, Structure, structure
from anlan.programmes.compiler.mapped import Mapped, Quoter
from anlan.programmes.compiler.obligations import ItemReader, ReadSentence
from anlan.programmes.compiler.outline import Outline
from anlan.programmes.compiler.sentences import Classed, cover
from anlan.programmes.compiler.targets import read_targets

_PLAN = re.compile(vocabulary.one_of("head.plan_words"))
_LEVEL = re.compile(r"(?P<province>省|自治区)|(?P<city>市|自治州|州|盟|地区)|(?P<county>县|区|旗|镇|乡)")
_PIECE = re.compile(r"[^。；！？\n]+[。；！？\n]*")


@dataclass(frozen=True, slots=True)
class Context:
    """What every part needs: how to quote the source, where names resolve, what repair has found."""

    quoter: Quoter
    gazetteer: Gazetteer
    findings: tuple[Finding, ...]
    spelling: dict[int, str]

    def written(self, text: str) -> str:
        """A name in the script of the source (repair reads traditional characters as simplified ones)."""
        return text.translate(self.spelling) if self.spelling else text


def assemble(
    outline: Outline, metadata: tuple[str, ...], source: Source, context: Context
) -> CompiledDocument:
    """The compiled document of an outline."""
    text = HeadText(tuple(p.body for p in outline.front), tuple(p.body for p in outline.tail), metadata)
    head = read_head(text, (), context.quoter)
    home = level_of(head.issuer or head.title)
    first_leads = bool(FIRST_LEADS.search(text.lines.replace("\n", "")))
    drafts = structure(outline, DutyReader(context.gazetteer, head.year, home, first_leads))
    if not head.report_deadlines:
        bodies = [draft.pieces.text for draft in drafts.items] + [general.text for general in drafts.general]
        head = read_head(text, bodies, context.quoter)
    reader = ItemReader(context.quoter, head.year)
    read = [(draft, reader.read(draft)) for draft in drafts.items]
    items = tuple(_item(draft, sentences, reader, context) for draft, sentences in read)
    aims = [*(p.body for p in outline.front if not p.row), *drafts.general]
    targets = read_targets(aims, context.quoter, home)
    marks = [
        *_front_marks(outline, drafts, targets),
        *_body_marks(drafts, read, targets),
        *_tail_marks(outline),
    ]
    findings = sorted(
        [*context.findings, *find(drafts.items, items, context.gazetteer)], key=lambda f: f.span
    )
    return CompiledDocument(
        source=source,
        document=_in_script(head, context),
        targets=targets,
        sections=tuple(
            Section(s.no, context.quoter.quote(_span(s.title)).strip(), s.level, _span(s.whole))
            for s in drafts.sections
        ),
        items=items,
        sentences=cover(marks, source.length),
        findings=tuple(findings),
    )


def level_of(issuer: str | None) -> int | None:
    """The level of an issuer by its name: 0 province, 1 city, 2 county and below; None if it does not say."""
    found = _LEVEL.search(issuer or "")
    if not found:
        return None
    return ("province", "city", "county").index(found.lastgroup or "")


def _in_script(head: Head, context: Context) -> Head:
    """The names of the head as the source writes them."""
    if not context.spelling:
        return head
    return replace(
        head,
        issuer=head.issuer and context.written(head.issuer),
        title=head.title and context.written(head.title),
        recipients=tuple(context.written(name) for name in head.recipients),
        copy_to=tuple(context.written(name) for name in head.copy_to),
    )


def _span(text: Mapped) -> tuple[int, int]:
    return text.span(0, len(text))


def _item(
    draft: ItemDraft, sentences: tuple[ReadSentence, ...], reader: ItemReader, context: Context
) -> Item:
    opening = reader.title_obligation(draft)
    return Item(
        no=draft.no,
        section=draft.section,
        title=context.quoter.quote(_span(draft.title)).strip(" 　*"),
        span=_item_span(draft),
        duty=_duty(draft, context),
        obligations=(*((opening,) if opening else ()), *(o for s in sentences for o in s.obligations)),
    )


def _item_span(draft: ItemDraft) -> tuple[int, int]:
    parts = [draft.whole, draft.pieces, *(clause for clause, _ in draft.duties)]
    spans = [_span(part) for part in parts if len(part)]
    return (min(s for s, _ in spans), max(e for _, e in spans)) if spans else (0, 0)


def _duty(draft: ItemDraft, context: Context) -> Duty | None:
    parsed = draft.parsed
    if parsed is None or not parsed.roles:
        return None
    clauses = [clause for clause, read in draft.duties if read.roles or read.explicit] or [
        clause for clause, _ in draft.duties
    ]
    roles = tuple(replace(role, name=context.written(role.name)) for role in parsed.roles)
    spans = [_span(clause) for clause in clauses]
    if not spans:
        return Duty("", (0, 0), parsed.open_list, settle(roles))
    quote = "；".join(context.quoter.quote(span) for span in spans)
    return Duty(quote, (min(s for s, _ in spans), max(e for _, e in spans)), parsed.open_list, roles)


def _class_of(span: tuple[int, int], targets: tuple[Target, ...]) -> str:
    return "target" if any(t.span[0] < span[1] and span[0] < t.span[1] for t in targets) else "guiding"


def _prose(body: Mapped, targets: tuple[Target, ...]) -> list[Classed]:
    out = []
    for piece in _PIECE.finditer(body.text):
        span = body.span(*piece.span())
        out.append(Classed(span[0], None, _class_of(span, targets)))
    return out


def _front_marks(outline: Outline, drafts: Structure, targets: tuple[Target, ...]) -> list[Classed]:
    used = {draft.whole.origin[0] for draft in drafts.items if len(draft.whole)}
    out: list[Classed] = []
    for paragraph in outline.front:
        body = paragraph.body
        if not len(body) or body.origin[0] in used:
            continue
        if "。" in body.text or len(body) > 60:
            out += _prose(body, targets)
        else:
            heading = bool(_PLAN.search(body.text)) and "：" not in body.text
            out.append(Classed(body.origin[0], None, "heading" if heading else "imprint"))
    return out


def _body_marks(
    drafts: Structure, read: list[tuple[ItemDraft, tuple[ReadSentence, ...]]], targets: tuple[Target, ...]
) -> list[Classed]:
    out = [Classed(s.whole.origin[0], None, "heading") for s in drafts.sections if len(s.whole)]
    for general in drafts.general:
        out += _prose(general, targets)
    for draft, sentences in read:
        if len(draft.whole):
            out.append(Classed(draft.whole.origin[0], draft.no, "heading"))
        for sentence in sentences:
            start = draft.pieces.span(sentence.sentence.start, sentence.sentence.end)[0]
            out.append(Classed(start, draft.no, _sentence_class(sentence)))
        out += [Classed(_span(clause)[0], draft.no, "duty") for clause, _ in draft.duties if len(clause)]
    return out


def _sentence_class(sentence: ReadSentence) -> str:
    if not sentence.obligations:
        return "guiding" if sentence.sentence.groups else "fact"
    return "target" if all(o.kind == "target" for o in sentence.obligations) else "obligation"


def _tail_marks(outline: Outline) -> list[Classed]:
    return [Classed(p.body.origin[0], None, "imprint") for p in outline.tail if len(p.body)]
