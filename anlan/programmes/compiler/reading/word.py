"""Word documents (.docx): paragraphs and tables in order, with the numbers that Word generates."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn

from anlan.programmes.compiler.errors import UnreadableFile
from anlan.programmes.compiler.reading.model import Block
from anlan.programmes.compiler.reading.numbering import Numbering

_MC_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def read_docx(data: bytes) -> list[Block]:
    """The blocks of a .docx. Raises UnreadableFile when the package is damaged."""
    try:
        document = docx.Document(io.BytesIO(data))
    except (PackageNotFoundError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise UnreadableFile("Word 文件已损坏，无法打开。请用 Word 或 WPS 另存为 .docx 后重试。") from error
    numbering = Numbering.of(document)
    return list(_blocks(document.element.body, numbering))


def _blocks(parent: Any, numbering: Numbering) -> Iterator[Block]:
    for child in parent.iterchildren():
        if child.tag == qn("w:p"):
            yield from _paragraph(child, numbering)
        elif child.tag == qn("w:tbl"):
            yield from _table(child, numbering)
        elif child.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:smartTag")):
            yield from _blocks(child, numbering)


def _paragraph(element: Any, numbering: Numbering) -> Iterator[Block]:
    for box in _text_boxes(element):
        yield from _blocks(box, numbering)
    text = paragraph_text(element)
    if text.strip():
        label = numbering.label(element)
        for i, line in enumerate(text.split("\n")):
            if line.strip():
                yield Block((label if i == 0 else "") + line)


def paragraph_text(element: Any) -> str:
    """The visible text of a paragraph: insertions kept, deletions and text boxes left out."""
    parts: list[str] = []
    for node in element.iter():
        if node.tag == qn("w:t") and not _hidden(node, element):
            parts.append(node.text or "")
        elif node.tag in (qn("w:tab"), qn("w:ptab")) and node.getparent().tag == qn("w:r"):
            parts.append(" ")
        elif node.tag in (qn("w:br"), qn("w:cr")) and not _hidden(node, element):
            parts.append("\n")
        elif node.tag == qn("w:noBreakHyphen"):
            parts.append("-")
    return "".join(parts)


def _hidden(node: Any, paragraph: Any) -> bool:
    for above in node.iterancestors():
        if above is paragraph:
            return False
        if above.tag in (qn("w:del"), qn("w:moveFrom"), qn("w:txbxContent"), _MC_FALLBACK):
            return True
    return False


def _text_boxes(element: Any) -> Iterator[Any]:
    """Text boxes of a paragraph (red heads are often drawn as one); the fallback copy is left out."""
    for box in element.iter(qn("w:txbxContent")):
        if not any(above.tag == _MC_FALLBACK for above in box.iterancestors()):
            yield box


def _table(element: Any, numbering: Numbering) -> Iterator[Block]:
    above: dict[int, str] = {}
    for row in element.iterchildren(qn("w:tr")):
        cells: list[str] = []
        column = 0
        for cell in row.iter(qn("w:tc")):
            if next(cell.iterancestors(qn("w:tr"))) is not row:
                continue
            text = _cell(cell, numbering)
            if _continues(cell):
                text = above.get(column, "")
            above[column] = text
            cells.append(text)
            column += _width(cell)
        filled = [text for text in cells if text]
        if len(cells) > 1 and filled:
            yield Block("\t".join(cells))
        elif filled:
            yield Block(filled[0])


def _cell(cell: Any, numbering: Numbering) -> str:
    """The text of a cell in one line; its paragraphs are separated by a blank."""
    return " ".join(block.text.replace("\t", " ").strip() for block in _blocks(cell, numbering))


def _continues(cell: Any) -> bool:
    """Is the cell the lower part of a vertically merged one?"""
    merge = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
    return merge is not None and merge.get(qn("w:val")) in (None, "continue")


def _width(cell: Any) -> int:
    span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
    return int(span.get(qn("w:val"), "1")) if span is not None else 1
