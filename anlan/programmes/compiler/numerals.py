"""Numbers as Chinese official prose writes them."""

from __future__ import annotations

import re

from anlan.programmes.compiler.document import Number

HAN_DIGITS = "零〇一二三四五六七八九十百千两"
_DIGIT = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_UNIT = {"十": 10, "百": 100, "千": 1000}
NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|[{HAN_DIGITS}]{{1,7}})"
"""A regular expression of a number, in Arabic or Chinese digits."""


def number(text: str) -> Number | None:
    """`三十五` → 35, `1,200` → 1200, `99.5` → 99.5; None where it is no number."""
    plain = text.replace(",", "")
    if re.fullmatch(r"\d+", plain):
        return int(plain)
    if re.fullmatch(r"\d+\.\d+", plain):
        return float(plain)
    return han(text)


def han(text: str) -> int | None:
    """A number below ten thousand in Chinese digits; also digit by digit (二〇二二)."""
    if not text or any(c not in HAN_DIGITS for c in text):
        return None
    if not any(c in _UNIT for c in text):
        return int("".join(str(_DIGIT[c]) for c in text))
    total, digit = 0, None
    for c in text:
        if c in _UNIT:
            total += (1 if digit is None else digit) * _UNIT[c]
            digit = None
        else:
            digit = _DIGIT[c]
    return total + (digit or 0)
