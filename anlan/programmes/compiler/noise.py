"""Lines and marks that belong to a page, not to the document: page numbers, web furniture, mark-up."""

from __future__ import annotations

import re

from anlan.programmes.compiler import vocabulary

_PAGE_LINE = re.compile(vocabulary.table("noise.page_lines"))
_WEB_LINE = re.compile("^[\\s•·|>*-]*" + vocabulary.one_of("noise.line_starts"))
_DATED_LINE = re.compile(r"^20\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?\s+\S")
"""A line that begins with a date and goes on (a time, a source, a counter) stands under a web headline."""
_BREADCRUMB = re.compile(r"^[\s>]*(?:您?(?:的|当前|现在|所在)+(?:的|所在)*位置|首页)[\s：:]*.*[>»›/|\\]")
_METADATA = re.compile(
    f"{vocabulary.one_of('noise.metadata_words')}[:：]?|{vocabulary.one_of('noise.metadata_labels')}[:：]"
)
_RULE = re.compile(r"^[\s|:：=＝_—–\-─━*·•●◆~]+$")
_FURNITURE_LENGTH = 60
_LONGEST_BREADCRUMB = 200
_ONE_STYLE = str.maketrans({":": "：", "[": "【", "]": "】", "(": "（", ")": "）"})
"""A line of web furniture is short; a longer line that begins alike is text."""

INLINE = re.compile(
    r"<!--.{0,400}?-->|</?[A-Za-z][^<>\n]{0,200}>|&(?:nbsp|ensp|emsp|amp|lt|gt|quot|#\d{1,6});"
    r"|[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\ufffc\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1b\x7f]"
    r"|\*{2,}|_{2,}|~~"
    r"|(?<=[\u4e00-\u9fff])[(（][a-z]*[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ][a-zāáǎàēéěèīíǐìōóǒòūúǔù]*[)）]"
)
"""Mark-up, invisible characters, emphasis marks, and readings that some pages put behind a character."""

HEADING_MARK = re.compile(r"^\s{0,3}(?:#{1,6}\s+|>\s+|[•●◆■▪★☆▲△※➢]\s*)")
"""Markdown's heading and quotation marks, and bullets, at the start of a line."""


def is_page_line(line: str) -> bool:
    """Is the line a page number or a drawn rule and nothing else?"""
    return bool(line.strip()) and bool(_PAGE_LINE.match(line.strip()) or _RULE.match(line))


def is_web_furniture(line: str) -> bool:
    """Is the line navigation, a tool bar or a footer of a web page?"""
    if _BREADCRUMB.match(line) and len(line) <= _LONGEST_BREADCRUMB:
        return True
    plain = re.sub(r"[\s　]", "", line).translate(_ONE_STYLE)
    if len(line) > _FURNITURE_LENGTH:
        return False
    return bool(_WEB_LINE.match(plain) or (_DATED_LINE.match(line) and "印发" not in line))


def is_metadata(line: str) -> bool:
    """Is the line a row of the metadata table that government web sites put above a document?"""
    plain = re.sub(r"[\s　|]", "", line)
    first = _METADATA.match(plain)
    return bool(first) and first is not None and len(plain) < 400


def is_open_field(line: str) -> bool:
    """Is the line the name of a field whose value stands on the next line (索引号：)?"""
    return line.strip().endswith((":", "：")) and is_metadata(line)


def is_value(line: str) -> bool:
    """May the line be the value of the field named on the line before?"""
    return 0 < len(line.strip()) <= _FURNITURE_LENGTH and not line.strip().endswith((":", "："))
