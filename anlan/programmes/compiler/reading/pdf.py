"""PDF with text: lines in reading order, tables as rows, without page headers, footers and page numbers."""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pdfplumber
import pypdfium2

from anlan.programmes.compiler.errors import EncryptedFile, UnreadableFile
from anlan.programmes.compiler.reading import ocr
from anlan.programmes.compiler.reading.model import Block

_MARGIN = 0.12
"""Headers and footers stand in the upper and lower eighth of a page."""
_SAME_LINE = 3.0
_PAGE_NUMBER = re.compile(r"^[\s\-—–─·~第]*\d{1,4}[\s\-—–─·~页]*(?:[/共]\s*\d{1,4}\s*页?)?$")
_LEAST_TEXT = 4
"""A page with fewer characters than this is a picture."""


@dataclass(frozen=True, slots=True)
class _Line:
    top: float
    text: str
    margin: bool


def read_pdf(data: bytes) -> list[Block]:
    """The blocks of a PDF. Raises EncryptedFile, UnreadableFile; MissingPart when a scan needs OCR."""
    scanned = _scanned_pages(data)
    blocks: list[Block] = []
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        pages = [[] if number in scanned else _page(page) for number, page in enumerate(pdf.pages)]
    repeated = _repeated(pages)
    for number, lines in enumerate(pages):
        if number in scanned:
            blocks += [Block(text, number + 1, recognised=True) for text in ocr.read_page(data, number)]
        blocks += [
            Block(line.text, number + 1)
            for line in lines
            if not (line.margin and (_PAGE_NUMBER.match(line.text) or _plain(line.text) in repeated))
        ]
    return blocks


def _scanned_pages(data: bytes) -> set[int]:
    """The pages (from 0) that hold no text."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise EncryptedFile("PDF 设有密码。请解除密码后重试。") from error
        raise UnreadableFile("PDF 文件已损坏，无法打开。请重新导出后重试。") from error
    try:
        return {i for i in range(len(document)) if len(_text(document[i]).strip()) < _LEAST_TEXT}
    finally:
        document.close()


def _text(page: Any) -> str:
    text_page = page.get_textpage()
    try:
        return str(text_page.get_text_bounded())
    finally:
        text_page.close()


def _plain(text: str) -> str:
    return re.sub(r"\d+", "#", re.sub(r"\s", "", text))


def _repeated(pages: list[list[_Line]]) -> set[str]:
    """Texts that stand in the margin of most pages: running heads."""
    counts = Counter(
        plain for lines in pages for plain in {_plain(line.text) for line in lines if line.margin}
    )
    least = max(2, (len(pages) + 1) // 2)
    return {plain for plain, count in counts.items() if count >= least and len(pages) > 2}


def _page(page: Any) -> list[_Line]:
    tables = page.find_tables() if page.lines or page.rects else []
    tables = [table for table in tables if len(table.rows) > 1 or len(table.rows[0].cells) > 1]
    lines: list[_Line] = []
    for table in tables:
        lines += _rows(table)
    outside = page.filter(lambda obj: not any(_inside(obj, table.bbox) for table in tables))
    lines += _lines(outside)
    return sorted(lines, key=lambda line: line.top) if not _columns(outside) else lines


def _inside(obj: dict[str, Any], box: tuple[float, float, float, float]) -> bool:
    middle = (obj["top"] + obj["bottom"]) / 2
    return bool(box[0] - 1 <= obj["x0"] <= box[2] + 1) and box[1] - 1 <= middle <= box[3] + 1


def _rows(table: Any) -> list[_Line]:
    out: list[_Line] = []
    for row, cells in zip(table.rows, table.extract(), strict=True):
        texts = [re.sub(r"\s+", "", cell or "") for cell in cells]
        if any(texts):
            filled = [text for text in texts if text]
            out.append(_Line(row.bbox[1], "\t".join(texts) if len(filled) > 1 else filled[0], False))
    return out


def _lines(page: Any) -> list[_Line]:
    words = page.extract_words(x_tolerance=2, y_tolerance=3, keep_blank_chars=True)
    gutter = _columns(page)
    if gutter:
        left = [w for w in words if w["x1"] <= gutter]
        right = [w for w in words if w["x1"] > gutter]
        return [*_grouped(left, page), *_grouped(right, page)]
    return _grouped(words, page)


def _grouped(words: list[dict[str, Any]], page: Any) -> list[_Line]:
    rows: list[list[dict[str, Any]]] = []
    for word in sorted(words, key=lambda w: (w["top"], w["x0"])):
        if (
            rows
            and abs(rows[-1][0]["bottom"] - word["bottom"]) <= _SAME_LINE + (word["bottom"] - word["top"]) / 3
        ):
            rows[-1].append(word)
        else:
            rows.append([word])
    out = []
    for row in rows:
        row.sort(key=lambda w: w["x0"])
        top, bottom = row[0]["top"], row[0]["bottom"]
        margin = bottom < page.height * _MARGIN or top > page.height * (1 - _MARGIN)
        out.append(_Line(top, " ".join(w["text"] for w in row), margin))
    return out


def _columns(page: Any) -> float | None:
    """Where a gutter parts two columns of text, or None."""
    words = page.extract_words(x_tolerance=2, y_tolerance=3, keep_blank_chars=True)
    middle = page.width / 2
    if len(words) < 20:
        return None
    crossing = sum(1 for w in words if w["x0"] < middle - 5 and w["x1"] > middle + 5)
    left = sum(1 for w in words if w["x1"] <= middle)
    right = sum(1 for w in words if w["x0"] >= middle)
    return middle if crossing <= len(words) * 0.05 and min(left, right) > len(words) * 0.3 else None
