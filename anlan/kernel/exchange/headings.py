"""Where the table begins in a sheet, and which heading means which field: pure functions over rows.

Real sheets open with a merged title, a line with 填报单位 and date, a header of one to three rows, a
line of units or of column numbers; they end with totals and signatures.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from datetime import date, datetime
from difflib import SequenceMatcher
from typing import Any

from anlan.kernel.exchange.cells import narrow
from anlan.kernel.exchange.reading import Merge, column_letters

REASON = "错误原因（导入时忽略）"
LEFT_OUT = "-"
LOOK_AT = 40
LIKELY = 0.6
NUMBERING = {"序号", "编次", "行号", "no", "no."}
SCALES = {"万元": 10_000, "千元": 1_000, "亿元": 100_000_000}
_UNIT = re.compile(r"[（(\[【]\s*(?:单位[:：])?\s*([^（()）\]】]{1,12})\s*[）)\]】]")
_TOTAL = re.compile(
    r"(?:本[页月季年]|累计|全[市县区省])?(?:合计|小计|总计|共计)[:：]?(?:\d+[家项处条个起]?)?"
)
_FOOT = re.compile(
    r"(?:填报?单?位?人|填表人?|填报人|制表人?|审核人?|审批人?|(?:单位|分管|主要)?负责人|联系电话|填[报表]日期|说明|注|备注)[:：]"
)
_YEAR = re.compile(r"((?:19|20)\d{2})\s*(?:年|[-./]\d{1,2}|(?=\D|$))")


@dataclass
class Heading:
    """One column of the sheet: its heading, what it becomes, and how sure that is.

    `sure` is "sure" (label, synonym or remembered), "likely" (similar, to be confirmed) or "" (left out).
    """

    column: int
    text: str
    field: str = ""
    sure: str = ""
    scale: int = 1
    samples: list[str] = made(default_factory=list)


@dataclass
class Layout:
    """Where the table lies: header rows `[top, body)`, its headings, the year its title speaks of."""

    top: int
    body: int
    headings: list[Heading]
    score: float
    notes: list[str] = made(default_factory=list)
    year: int | None = None
    year_from: str = ""

    @property
    def columns(self) -> dict[str, int]:
        """{field: column} for what is taken in."""
        return {one.field: one.column for one in self.headings if one.field}


def normal(text: Any) -> str:
    """A heading without spaces, units in brackets, and marks that it must be filled."""
    plain = re.sub(r"\s+", "", narrow(str(text)))
    bare = _UNIT.sub("", plain).strip("*＊:：、.。★☆")
    return (bare or plain).lower()


def known_headings(labels: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """{normal heading: field} from {field: labels and synonyms}; the first field to claim one keeps it."""
    known: dict[str, str] = {}
    for position in range(max(map(len, labels.values()), default=0)):
        for name, texts in labels.items():
            if position < len(texts):
                known.setdefault(normal(texts[position]), name)
    return known


def find(
    rows: Sequence[Sequence[Any]],
    merges: Sequence[Merge],
    labels: Mapping[str, Sequence[str]],
    remembered: Mapping[str, str] | None = None,
) -> Layout | None:
    """The layout whose header speaks most of the wanted fields; None where no row could be a header."""
    known = known_headings(labels)
    for heading, name in (remembered or {}).items():
        known[normal(heading)] = name or LEFT_OUT
    head = _spread([list(row) for row in rows[:LOOK_AT]], merges)
    best: tuple[float, int, int, list[str]] | None = None
    for top in range(len(head)):
        for depth in (1, 2, 3):
            if top + depth > len(head):
                break
            texts = _joined(head[top : top + depth], known)
            score = _score(texts, known) - 0.6 * (depth - 1) - 0.01 * top
            if best is None or score > best[0]:
                best = (score, top, depth, texts)
    if best is None or best[0] < 1.5:
        return None
    score, top, depth, texts = best
    while any(upper < top <= lower for (upper, _), (lower, _) in merges if lower - upper < 3):
        top, depth = top - 1, depth + 1
    body = _after_units(rows, top + depth)
    layout = Layout(top, body, _headings(texts, known, rows[body : body + 3]), score)
    _guess(layout.headings, labels)
    _year_of(rows[:top], layout)
    if top:
        layout.notes.append(f"跳过表头以上 {top} 行标题")
    if body > top + depth:
        layout.notes.append(f"跳过单位或列号 {body - top - depth} 行")
    return layout


def _spread(head: list[list[Any]], merges: Sequence[Merge]) -> list[list[Any]]:
    """A merged cell's text in each of its columns (not its rows), as a group heading reads."""
    for (top, left), (bottom, right) in merges:
        if top < len(head) and right > left and right - left + 1 < len(head[top]):
            for column in range(left + 1, min(right + 1, len(head[top]))):
                if head[top][column] == "":
                    head[top][column] = head[top][left]
        if top < len(head) and bottom > top:
            for row in range(top + 1, min(bottom + 1, len(head))):
                for column in range(left, min(right + 1, len(head[row]))):
                    head[row][column] = head[row][column] or head[top][left]
    return head


def _joined(lines: list[list[Any]], known: Mapping[str, str]) -> list[str]:
    """One heading a column: the lowest text that is known, else the texts from above to below."""
    texts = []
    for column in range(len(lines[0])):
        parts = list(
            dict.fromkeys(str(line[column]).strip() for line in lines if line[column] not in ("", None))
        )
        whole = "".join(parts)
        chosen = next((part for part in reversed(parts) if normal(part) in known), parts[-1] if parts else "")
        texts.append(whole if normal(whole) in known else chosen)
    return texts


def _score(texts: Sequence[str], known: Mapping[str, str]) -> float:
    fields = {known[normal(text)] for text in texts if text and normal(text) in known}
    words = sum(
        1 for text in texts if text and len(text) <= 20 and not re.fullmatch(r"[\d.\-/年月日]+", text)
    )
    numbering = any(normal(text) in NUMBERING for text in texts if text)
    return 1.5 * len(fields) + min(words, 8) * 0.1 + numbering * 0.5


def _after_units(rows: Sequence[Sequence[Any]], body: int) -> int:
    """Past lines that hold only units (元、人) or column numbers (1 2 3, 甲 乙)."""
    while body < len(rows):
        filled = [narrow(str(cell)) for cell in rows[body] if cell not in ("", None)]
        units = all(
            re.fullmatch(r"[（(]?(?:万元|千元|亿元|元|人|个|项|处|次|家|%|天|吨)[)）]?", text)
            for text in filled
        )
        numbers = [text.removesuffix(".0") for text in filled]
        counted = len(filled) > 2 and all(re.fullmatch(r"[甲乙丙丁戊]|\d{1,2}", text) for text in numbers)
        ordered = [int(text) for text in numbers if text.isdigit()]
        counted = counted and ordered == list(range(1, len(ordered) + 1))
        if not filled or not (units or counted):
            return body
        body += 1
    return body


def _headings(
    texts: Sequence[str], known: Mapping[str, str], below: Sequence[Sequence[Any]]
) -> list[Heading]:
    found, taken = [], set()
    for column, text in enumerate(texts):
        samples = [as_written(row[column])[:40] for row in below if row[column] not in ("", None)]
        if not text and not samples:
            continue
        heading = Heading(
            column, re.sub(r"\s+", " ", text) or f"（{column_letters(column)} 列，无表头）", samples=samples
        )
        unit = _UNIT.search(narrow(text))
        heading.scale = SCALES.get(unit[1].strip(), 1) if unit else 1
        name = known.get(normal(text), "") if text else ""
        if name and name != LEFT_OUT and name not in taken:
            heading.field, heading.sure = name, "sure"
            taken.add(name)
        elif not text or normal(text) in NUMBERING or normal(text) == normal(REASON) or name:
            heading.sure = "ignored"
        found.append(heading)
    return found


def as_written(cell: Any) -> str:
    """A cell as the person wrote it: 12, not 12.0."""
    return f"{cell:.15g}" if isinstance(cell, float) else "" if cell is None else str(cell)


def _guess(headings: Sequence[Heading], labels: Mapping[str, Sequence[str]]) -> None:
    """Give what is left over to the most similar field, to be confirmed by the person."""
    taken = {one.field for one in headings if one.field}
    free = {name: [normal(text) for text in texts] for name, texts in labels.items() if name not in taken}
    pairs = [
        (max(_likeness(normal(one.text), text) for text in texts), index, name)
        for index, one in enumerate(headings)
        if not one.field and one.sure != "ignored"
        for name, texts in free.items()
    ]
    for likeness, index, name in sorted(pairs, key=lambda pair: -pair[0]):
        if likeness >= LIKELY and not headings[index].field and name not in taken:
            headings[index].field, headings[index].sure = name, "likely"
            taken.add(name)
    for one in headings:
        one.sure = "" if one.sure == "ignored" else one.sure


def _likeness(text: str, label: str) -> float:
    if len(label) >= 2 and (label in text or text in label) and len(text) >= 2:
        return 0.7 + 0.2 * min(len(text), len(label)) / max(len(text), len(label))
    return SequenceMatcher(None, text, label).ratio()


def _year_of(above: Sequence[Sequence[Any]], layout: Layout) -> None:
    """The year that the title or the date line speaks of."""
    for row in above:
        for cell in row:
            if isinstance(cell, date | datetime):
                layout.year, layout.year_from = cell.year, "表头上方的日期"
                return
            match = _YEAR.search(narrow(str(cell))) if isinstance(cell, str) else None
            if match:
                layout.year, layout.year_from = int(match[1]), "标题"
                return


def kind_of_row(row: Sequence[Any]) -> str:
    """ "blank", "total", "foot" (signatures and notes below the table) or "data"."""
    filled = [(place, cell) for place, cell in enumerate(row) if cell is not None and cell != ""]
    if not filled:
        return "blank"
    for place, cell in filled[:2]:
        if isinstance(cell, str) and place < 4:
            text = re.sub(r"\s+", "", narrow(cell))
            if not text:
                continue
            if _TOTAL.fullmatch(text):
                return "total"
            if _FOOT.match(text) and len(filled) <= max(3, len(row) // 3):
                return "foot"
            break
    return "blank" if all(isinstance(cell, str) and not narrow(cell) for _, cell in filled) else "data"
