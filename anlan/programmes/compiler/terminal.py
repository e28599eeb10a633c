"""The compiled document as a table for a terminal, where a Chinese character is two columns wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from anlan.programmes.compiler.document import CompiledDocument, Head
from anlan.programmes.compiler.tasks import task_rows

_HEADINGS = ("序号", "条目", "任务", "类别", "牵头", "配合", "时限/频次/量化")
_WIDTHS = (4, 18, 44, 10, 22, 22, 16)


def to_table(document: CompiledDocument) -> str:
    """Facts of the document, the task table, the targets, and a count of findings."""
    lines = [*_head(document.document), "", *_table(document), ""]
    for target in document.targets:
        shown = "" if target.value is None else f"（{target.comparator}{target.value}{target.unit or ''}）"
        lines.append(f"目标：{target.quote}{shown}")
    counts: dict[str, int] = {}
    for finding in document.findings:
        counts[finding.kind] = counts.get(finding.kind, 0) + 1
    summary = "，".join(f"{kind} {count}" for kind, count in sorted(counts.items()))
    tasks = sum(len(item.obligations) for item in document.items)
    lines.append(f"条目 {len(document.items)}，任务 {tasks}；待核：{summary or '无'}")
    return "\n".join(lines) + "\n"


def _head(head: Head) -> Iterator[str]:
    yield f"标题：{head.title or '（未读出）'}"
    facts = (("发文机关", head.issuer), ("文号", head.number), ("成文日期", head.issued_on))
    yield "　".join(f"{name}：{value or '（未读出）'}" for name, value in facts)
    for deadline in head.report_deadlines:
        yield f"报送：{deadline.due} 前报送{deadline.what}"


def _table(document: CompiledDocument) -> Iterator[str]:
    yield _line(_HEADINGS)
    yield "-" * (sum(_WIDTHS) + 2 * len(_WIDTHS))
    for row in task_rows(document):
        figures = " ".join(part for part in (row.due, row.cadence, row.quantity) if part)
        cells = (str(row.number), row.item, row.task, row.kind, row.lead, row.supporting, figures)
        folded = [_fold(cell, width) for cell, width in zip(cells, _WIDTHS, strict=True)]
        for i in range(max(len(parts) for parts in folded)):
            yield _line(tuple(parts[i] if i < len(parts) else "" for parts in folded))


def _line(cells: tuple[str, ...]) -> str:
    return "  ".join(
        cell + " " * (width - _columns(cell)) for cell, width in zip(cells, _WIDTHS, strict=True)
    ).rstrip()


def _columns(text: str) -> int:
    return sum(_wide(c) for c in text)


def _wide(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WFA" else 1


def _fold(text: str, width: int) -> list[str]:
    """The text in pieces that fit the width."""
    pieces, piece, used = [], "", 0
    for c in text:
        if used + _wide(c) > width:
            pieces.append(piece)
            piece, used = "", 0
        piece += c
        used += _wide(c)
    return [*pieces, piece]
