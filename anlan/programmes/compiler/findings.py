"""What a person should look at: unknown names, probable misprints, vague words, duties without an owner."""

from __future__ import annotations

import re
from collections.abc import Iterable

from anlan.programmes.compiler import vocabulary
from anlan.programmes.compiler.document import Finding, Item
from anlan.programmes.compiler.gazetteer import Gazetteer
from anlan.programmes.compiler.items import ItemDraft
from anlan.programmes.compiler.mapped import Mapped

_VAGUE = re.compile(vocabulary.one_of("kinds.vague"))
_ADVICE = "由安委会办公室裁定频次或期限"
_OFFICE_MISPRINT = re.compile(r"(?<![\u4e00-\u9fff])[省市县区旗]委会办公室|(?<=，)[省市县区旗]委会办公室")
_DOUBLED = re.compile(r"[、，。；]{2,}|的的|了了")
_EXCERPT = 12


def find(drafts: Iterable[ItemDraft], items: Iterable[Item], gazetteer: Gazetteer) -> list[Finding]:
    """Findings of the items, in the order of the text."""
    out: list[Finding] = []
    for draft, item in zip(drafts, items, strict=True):
        out += _duty(draft, item, gazetteer)
        out += _vague(draft.pieces)
        out += _misprints(draft.pieces)
    return out


def _duty(draft: ItemDraft, item: Item, gazetteer: Gazetteer) -> list[Finding]:
    if item.duty is None:
        message = f"第{item.no}条“{draft.title.text[:_EXCERPT]}”没有写责任单位，无人可派"
        return (
            [Finding("binds_nobody", draft.title.span(0, len(draft.title)), message)]
            if item.obligations
            else []
        )
    out = []
    for role in item.duty.roles:
        if role.resolved is None:
            kind = "unresolved_unit" if role.kind == "unit" else "unresolved_group"
            what = "单位名录" if role.kind == "unit" else "泛指责任主体表"
            out.append(Finding(kind, item.duty.span, f"“{role.name}”不在{what}中，请确认是哪个单位"))
        elif role.kind == "unit":
            match = gazetteer.unit(role.name)
            if match and match.typo:
                out.append(
                    Finding("probable_typo", item.duty.span, f"“{role.name}”疑为“{role.resolved}”之误")
                )
    parsed = draft.parsed
    for word in parsed.rest if parsed else ():
        out.append(Finding("unresolved_unit", item.duty.span, f"责任栏中的“{word}”看不出是哪个单位"))
    for words in parsed.typos if parsed else ():
        out.append(
            Finding("probable_typo", item.duty.span, f"“{words}”疑有多字或漏字（如“会同”漏“会”、顿号多余）")
        )
    return out


def _vague(body: Mapped) -> list[Finding]:
    return [
        Finding("vague_word", body.span(*m.span()), f"“{m.group()}”没有写明频次或期限，请{_ADVICE}")
        for m in _VAGUE.finditer(body.text)
    ]


def _misprints(body: Mapped) -> list[Finding]:
    out = [
        Finding(
            "probable_typo",
            body.span(*m.span()),
            f"“{m.group()}”疑漏“安”字，应为“{m.group()[0]}安委会办公室”",
        )
        for m in _OFFICE_MISPRINT.finditer(body.text)
    ]
    out += [
        Finding("probable_typo", body.span(*m.span()), f"“{m.group()}”疑为多字")
        for m in _DOUBLED.finditer(body.text)
    ]
    return out
