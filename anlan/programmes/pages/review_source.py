"""The source of one item as the review draws it: every character once, marked by what it was read as."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

INKS = {
    "cadence": "k-frq", "deadline": "k-due", "quota": "k-num", "coverage": "k-cov", "limit": "k-lim",
    "delay": "k-due", "build": "k-bld", "regulation": "k-frq", "campaign": "k-act", "standing": "k-std",
    "target": "k-num",
}  # fmt: skip
_BREAKS = re.compile(r"[\r\n\f]+[ \t　]*")
_PARAGRAPH = 1


def source(text: str, body: Mapping[str, Any], doubts: Iterable[Sequence[int]]) -> SafeString:
    """The item's words as HTML: obligations numbered in the ink of their kind, the duty, the rest grey.

    Each run carries `data-at`, the place of its first character in the source, so that a cursor in it is a
    place to cut. `doubts` are spans underlined with a wave.
    """
    start, end = body["span"]
    waves = sorted((one[0], one[1]) for one in doubts)
    out: list[str] = []
    at = start
    for left, right, attributes, label in _marks(body):
        left = max(left, at)
        if right <= left or left >= end:
            continue
        out.append(_run(text, at, left, waves, "no-ob"))
        inner = _run(text, left, min(right, end), waves, "")
        out.append(f'<mark {attributes}><span class="vh">{label}</span>{inner}</mark>')
        at = min(right, end)
    out.append(_run(text, at, end, waves, "no-ob"))
    return mark_safe("".join(out))


def _marks(body: Mapping[str, Any]) -> list[tuple[int, int, str, str]]:
    """(start, end, attributes, words for a screen reader) in the order of the text."""
    found = []
    for n, one in enumerate(body["obligations"], 1):
        ink = INKS.get(one["kind"], "k-std")
        gone = " off" if one["state"] == "dismissed" else ""
        place = f'class="h {ink}{gone}" data-n="{n}" data-ob="{one["id"]}"'
        found.append((one["span"][0], one["span"][1], place, f"任务{n}："))
    duty = body["duty"]
    if duty and duty["span"][1] > duty["span"][0]:
        found.append((duty["span"][0], duty["span"][1], 'class="h resp" data-n="责"', "责任单位："))
    return sorted(found)


def _run(text: str, start: int, end: int, waves: Sequence[tuple[int, int]], css: str) -> str:
    """One run, cut where a doubt begins or ends."""
    out: list[str] = []
    at = start
    for left, right in waves:
        left, right = max(left, at), min(right, end)
        if left >= right:
            continue
        out.append(_words(text, at, left, css))
        out.append(f"<u>{_words(text, left, right, css)}</u>")
        at = right
    out.append(_words(text, at, end, css))
    return "".join(out)


def plain(text: str, start: int, end: int) -> SafeString:
    """Words between the items: heads, sections, the imprint."""
    return mark_safe(_words(text, start, end, "no-ob"))


def _words(text: str, start: int, end: int, css: str) -> str:
    """Words with their place; line breaks of the file are kept and take no room."""
    if start >= end:
        return ""
    out: list[str] = []
    at = start
    for found in _BREAKS.finditer(text, start, end):
        out.append(escape(text[at : found.start()]))
        out.append(f'<i class="brk">{escape(found.group())}</i>')
        at = found.end()
    out.append(escape(text[at:end]))
    return f'<span class="run {css}" data-at="{start}">{"".join(out)}</span>'


def cuts(text: str, span: Sequence[int]) -> list[tuple[int, str]]:
    """Where an obligation may be cut without a cursor: after each comma, with the words that follow."""
    found = []
    for mark in re.finditer(r"[，、；,;和并]", text[span[0] : span[1]]):
        at = span[0] + mark.start() + (0 if mark.group() in "和并" else 1)
        rest = re.sub(r"\s+", "", text[at : span[1]])
        if at > span[0] + _PARAGRAPH and len(rest) > _PARAGRAPH:
            found.append((at, rest[:14]))
    return found
