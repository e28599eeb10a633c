"""Scanned pages and pictures, through the optional part `rapidocr`."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import pypdfium2

from anlan.programmes.compiler.errors import MissingPart, UnreadableFile

_SCALE = 2.5
"""180 dots an inch: enough for body text of 16 points."""


def read_page(pdf: bytes, number: int) -> list[str]:
    """The lines of one page (from 0) of a scanned PDF."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        picture = document[number].render(scale=_SCALE).to_pil()
    finally:
        document.close()
    return _lines(picture)


def read_image(data: bytes) -> list[str]:
    """The lines of a picture. Raises UnreadableFile for a damaged one, MissingPart without the OCR part."""
    from PIL import Image, UnidentifiedImageError

    try:
        picture = Image.open(io.BytesIO(data)).convert("RGB")
    except (UnidentifiedImageError, OSError) as error:
        raise UnreadableFile("图片已损坏，无法打开。") from error
    return _lines(picture)


@cache
def _engine() -> Any:
    try:
        from rapidocr import RapidOCR
    except ImportError as error:
        raise MissingPart(
            "这是扫描件，本机没有装文字识别组件。请系统管理员执行 pip install 'anlan[ocr]'，"
            "或改传 docx、带文字的 PDF。"
        ) from error
    return RapidOCR()


def _lines(picture: Any) -> list[str]:
    engine = _engine()
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    found = engine(buffer.getvalue())
    if found.txts is None:
        return []
    return in_lines([(box.tolist(), text) for box, text in zip(found.boxes, found.txts, strict=True)])


def in_lines(found: list[tuple[list[list[float]], str]]) -> list[str]:
    """Recognised boxes (four corners each) as lines, top to bottom and left to right."""
    boxes = sorted(
        (min(p[1] for p in box), max(p[1] for p in box), min(p[0] for p in box), text) for box, text in found
    )
    rows: list[list[tuple[float, float, float, str]]] = []
    for box in boxes:
        top, bottom = box[0], box[1]
        if rows and (top + bottom) / 2 < rows[-1][0][1]:
            rows[-1].append(box)
        else:
            rows.append([box])
    return ["".join(text for *_, text in sorted(row, key=lambda b: b[2])) for row in rows]
