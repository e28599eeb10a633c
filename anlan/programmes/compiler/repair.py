"""First stage: the source text, line by line, made regular without losing the way back.

1. cut into lines, put page numbers, web furniture and rules aside;
2. drop mark-up and invisible characters, close gaps between Chinese characters;
3. one width, one script, one bracket: every bracket that may hold a duty clause becomes （）;
4. pair brackets and quotation marks; give a lost opening quotation mark back, report what does not pair.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from anlan.programmes.compiler import noise, vocabulary
from anlan.programmes.compiler.document import Finding, Span
from anlan.programmes.compiler.mapped import Edit, Mapped
from anlan.programmes.compiler.traditional import simplified

_LINE = re.compile(r"[^\n\r\f\v\x1c-\x1e\x85\u2028\u2029]+")
_INDENTS = ("\u3000", "  ", "\t")
_CELL_LINES = re.compile(r"^\s*序\s*号\s*$", re.MULTILINE)
"""A table pasted with one cell a line: there, a bare number is a row's number and no page number."""
_CJK = "\u3007\u3400-\u9fff"

_WIDTH = {
    code: chr(code - 0xFEE0)
    for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_MARKS: dict[str, str] = vocabulary.table("marks")

_SPACES = re.compile(r" +")
_BODY = r"[\u4e00-\u9fff（）]{1,15}(?:[局办站所队科镇乡委会厅处室院]|街道|公司|中心|园区|部门|单位|政府)"
_LISTED = re.compile(rf"(?<=[\t：:]) *{_BODY}(?: +{_BODY})+ *(?=\t|$|[；;，,）])")
"""Bodies with only a space between them, in a cell or behind a label."""
_COMMA = re.compile(rf"(?<=[{_CJK}）”》%]),|,(?=[{_CJK}（“《])")
_COLON = re.compile(rf"(?<=[{_CJK}）”》]):")
_FULL_STOP = re.compile(rf"(?<=[{_CJK}）”》])\.(?=$|[\s{_CJK}（])")
_MATCHING = {"（": "）", "《": "》", "“": "”"}
_BRACKET = re.compile(r"[（）《》]")
_QUOTE = re.compile(r"[“”\"]")
_WORD_START = re.compile(r"[，。；：、！？（）《》\n和及]")
_PAIR_REACH = 600
"""Brackets further apart than this do not belong together (a document-wide search would be quadratic)."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the document after repair; `indented` where the source indents it like a paragraph."""

    body: Mapped
    indented: bool

    @property
    def text(self) -> str:
        return self.body.text


@dataclass(frozen=True, slots=True)
class Repaired:
    """Lines in order, the ranges of the source put aside as noise, and the metadata lines of a web page."""

    lines: tuple[Line, ...]
    noise: tuple[Span, ...]
    metadata: tuple[str, ...]


def repair(source: str) -> Repaired:
    """Regular lines of `source`, each with its way back."""
    table = {**_WIDTH, **str.maketrans(_MARKS), **simplified()}
    lines: list[Line] = []
    aside: list[Span] = []
    metadata: list[str] = []
    open_field = False
    cells = bool(_CELL_LINES.search(source))
    for found in _LINE.finditer(source):
        raw = found.group()
        if (noise.is_page_line(raw) and not (cells and raw.strip().isdecimal())) or noise.is_web_furniture(
            raw.strip()
        ):
            aside.append(found.span())
        elif noise.is_metadata(raw) or (metadata and open_field and noise.is_value(raw)):
            metadata = (
                [*metadata[:-1], metadata[-1] + raw.strip()] if open_field else [*metadata, raw.strip()]
            )
            open_field = noise.is_open_field(raw)
            aside.append(found.span())
        else:
            body = _regular(Mapped(raw, list(range(*found.span()))), table)
            if body.text:
                lines.append(Line(body, raw.startswith(_INDENTS)))
    return Repaired(tuple(lines), tuple(aside), tuple(metadata))


def _regular(line: Mapped, table: dict[int, str]) -> Mapped:
    """One line in one width, one script and one style of brackets, without mark-up and idle spaces."""
    if noise.HEADING_MARK.match(line.text):
        mark = noise.HEADING_MARK.match(line.text)
        assert mark is not None
        line = line.cut(mark.end(), len(line))
    line = line.edited([(*m.span(), "") for m in noise.INLINE.finditer(line.text)])
    line = _cells(line)
    line = line.translated(table).stripped()
    line = line.edited(_idle_spaces(line.text))
    text = _FULL_STOP.sub("。", _COLON.sub("：", _COMMA.sub("，", line.text)))
    return Mapped(text, line.origin)


def _cells(line: Mapped) -> Mapped:
    """Markdown's table row (`| a | b |`) as cells separated by tabs."""
    text = line.text.strip()
    if not (text.count("|") >= 2 and (text.startswith("|") or " | " in text)):
        return line
    line = line.stripped()
    if line.text.startswith("|"):
        line = line.cut(1, len(line))
    if line.text.endswith("|"):
        line = line.cut(0, len(line) - 1)
    return Mapped(line.text.replace("|", "\t"), line.origin)


def _idle_spaces(text: str) -> list[Edit]:
    """Spaces between Latin words stay, those between listed bodies are 、; all others only fill a line."""
    edits: list[Edit] = []
    listed = _between_bodies(text) if "\t" in text or "单位" in text else frozenset()
    for gap in _SPACES.finditer(text):
        if gap.start() in listed:
            edits.append((*gap.span(), "、"))
            continue
        left, right = text[gap.start() - 1 : gap.start()], text[gap.end() : gap.end() + 1]
        if not (left.isascii() and left.isalpha() and right.isascii() and right.isalpha()):
            edits.append((*gap.span(), ""))
    return edits


def _between_bodies(text: str) -> frozenset[int]:
    """Where the spaces begin that stand between two listed bodies."""
    return frozenset(
        gap.start()
        for found in _LISTED.finditer(text)
        for gap in _SPACES.finditer(text, *found.span())
        if found.start() < gap.start() and gap.end() < found.end()
    )


def pair(text: Mapped, kind_of: str) -> tuple[Mapped, list[Finding]]:
    """Pair the brackets and quotation marks of joined text.

    `kind_of` is the source, asked for the style of a bracket as written. A closing quotation mark without an
    opening one gets it back at the start of its word; the rest is reported.
    """
    text, findings = _pair_quotes(text)
    opened: list[int] = []
    for found in _BRACKET.finditer(text.text):
        mark, at = found.group(), found.start()
        if mark in _MATCHING:
            opened.append(at)
            continue
        while opened and at - opened[-1] > _PAIR_REACH:
            findings.append(_unbalanced(text, opened.pop(), kind_of))
        match = next(
            (
                i
                for i in range(len(opened) - 1, max(-1, len(opened) - 5), -1)
                if _MATCHING[text.text[opened[i]]] == mark
            ),
            None,
        )
        if match is None:
            findings.append(_unbalanced(text, at, kind_of))
            continue
        for lost in opened[match + 1 :]:
            findings.append(_unbalanced(text, lost, kind_of))
        findings += _mixed(text, opened[match], at, kind_of)
        del opened[match:]
    findings += [_unbalanced(text, at, kind_of) for at in opened]
    return text, findings


def _pair_quotes(text: Mapped) -> tuple[Mapped, list[Finding]]:
    edits: list[Edit] = []
    findings: list[Finding] = []
    opened: int | None = None
    last_end = 0
    for found in _QUOTE.finditer(text.text):
        mark, at = found.group(), found.start()
        if mark == '"':
            mark = "“" if opened is None else "”"
            edits.append((at, at + 1, mark))
        if mark == "“":
            if opened is not None and _is_word(text.text, opened, at):
                edits.append((at, at + 1, "”"))
                findings.append(Finding("probable_typo", text.span(at, at + 1), "左引号疑为右引号之误"))
                opened, last_end = None, at + 1
                continue
            if opened is not None:
                findings.append(
                    Finding("unbalanced_bracket", text.span(opened, opened + 1), "左引号没有对应的右引号")
                )
            opened = at
        elif opened is not None and at - opened <= _PAIR_REACH:
            opened, last_end = None, at + 1
        else:
            opened = None
            start = _word_start(text.text, last_end, at)
            if start is not None:
                edits.append((start, start, "“"))
            findings.append(
                Finding("unbalanced_bracket", text.span(at, at + 1), "右引号缺少左引号，请核对原件")
            )
            last_end = at + 1
    return text.edited(sorted(edits)), findings


def _is_word(text: str, opened: int, at: int) -> bool:
    """Do two opening marks enclose a quoted word, so that the second was meant to close it?"""
    return 1 < at - opened <= 20 and not _WORD_START.search(text, opened, at)


def _word_start(text: str, floor: int, at: int) -> int | None:
    """Where the word that ends at `at` begins, or None where it is too long for a quoted word."""
    window = max(floor, at - 20)
    marks = [m.end() for m in _WORD_START.finditer(text, window, at)]
    if marks:
        return marks[-1] if marks[-1] < at else None
    return window if window == floor and window < at else None


def _unbalanced(text: Mapped, at: int, source: str) -> Finding:
    mark = source[text.origin[at]]
    return Finding("unbalanced_bracket", text.span(at, at + 1), f"括号“{mark}”没有配对，请核对原件")


def _mixed(text: Mapped, left: int, right: int, source: str) -> list[Finding]:
    """A pair that opens in one style and closes in another (half and full width count as one style)."""
    pairs = {"[": "]", "〔": "〕", "【": "】", "(": ")", "（": "）", "［": "］", "《": "》", "〈": "〉"}
    same = {"(": "（", ")": "）", "［": "[", "］": "]"}
    opening, closing = source[text.origin[left]], source[text.origin[right]]
    expected = pairs.get(opening)
    if expected is None or same.get(expected, expected) == same.get(closing, closing):
        return []
    span = (text.origin[left], text.origin[right] + 1)
    return [Finding("unbalanced_bracket", span, f"括号以“{opening}”开始、以“{closing}”结束，按一对处理")]
