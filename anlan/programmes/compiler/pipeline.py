"""From text to compiled document: the stages in order."""

from __future__ import annotations

import hashlib
import re

from anlan.programmes.compiler.assemble import Context, assemble
from anlan.programmes.compiler.document import CompiledDocument, Source
from anlan.programmes.compiler.errors import EmptyDocument, NotChinese, TooLarge
from anlan.programmes.compiler.gazetteer import Gazetteer, load_gazetteer
from anlan.programmes.compiler.mapped import Quoter
from anlan.programmes.compiler.outline import outline
from anlan.programmes.compiler.paragraphs import Paragraph, paragraphs
from anlan.programmes.compiler.repair import pair, repair
from anlan.programmes.compiler.tables import fold_cells
from anlan.programmes.compiler.traditional import spelling

LONGEST = 2 * 1024 * 1024
"""The most characters that are compiled; the longest real document known has thirty thousand."""
_HAN = re.compile(r"[\u3400-\u9fff]")
_FEWEST_HAN = 10
_LEAST_SHARE = 0.1
_SAMPLE = 200_000


def compile(
    text: str, gazetteer: Gazetteer | None = None, *, name: str = "", media_type: str = "text/plain"
) -> CompiledDocument:
    """Compile a Chinese key-points document.

    text: the source as read, kept untouched; every offset of the result is a character of it. gazetteer:
    where names are looked up, by default the one shipped with the product. Raises EmptyDocument, NotChinese,
    TooLarge. Deterministic; the time grows with the length of the text.
    """
    _check(text)
    gazetteer = gazetteer or load_gazetteer()
    repaired = repair(text)
    quoter = Quoter(text, repaired.noise)
    found, findings = paragraphs(fold_cells(repaired.lines))
    paired = []
    for paragraph in found:
        body, unpaired = pair(paragraph.body, text)
        paired.append(Paragraph(body, paragraph.marker, paragraph.level, paragraph.row))
        findings = (*findings, *unpaired)
    source = Source(name, media_type, _digest(text), len(text))
    return assemble(
        outline(tuple(paired)),
        repaired.metadata,
        source,
        Context(quoter, gazetteer, findings, spelling(text)),
    )


def _check(text: str) -> None:
    if len(text) > LONGEST:
        raise TooLarge(f"文本有 {len(text)} 个字符，超过上限 {LONGEST}。请拆分后再编译。")
    if not text.strip():
        raise EmptyDocument("文件里没有文字。如果是扫描件，请安装文字识别组件后重试。")
    sample = text[:_SAMPLE]
    han = len(_HAN.findall(sample))
    if han < _FEWEST_HAN or han < _LEAST_SHARE * len(re.sub(r"\s", "", sample)):
        raise NotChinese(
            "文件里几乎没有汉字，不是中文公文；也可能是编码没有识别出来，请另存为 UTF-8 后重试。"
        )


def _digest(text: str) -> str:
    return hashlib.new("sm3", text.encode("utf-8", "surrogatepass")).hexdigest()
