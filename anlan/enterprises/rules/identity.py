"""The citizen's identity number (GB 11643-1999): checked, masked, never kept as it is."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from stdnum.cn import ric as standard

SHOWN_FIRST, SHOWN_LAST = 3, 4


def tidy(text: str) -> str:
    """The number without blanks and hyphens, in half width, the last x as X."""
    return re.sub(r"[\s\-'’`]+", "", unicodedata.normalize("NFKC", text)).upper()


def fault(number: str, today: date) -> str:
    """What is wrong with a tidied number, or "". `today` bounds the day of birth.

    Whether the first six digits ever were a region is not asked: only one province's history is at hand.
    """
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return "身份证号是 17 位数字加 1 位数字或 X。请对照证件核对。"
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return f"第 7—14 位 {number[6:14]} 不是一个日期。请对照证件核对出生日期。"
    if born > today:
        return f"第 7—14 位的出生日期 {born} 晚于今天。请对照证件核对。"
    due = standard.calc_check_digit(number)
    if number[17] != due:
        return f"第 18 位校验码应为 {due}，现在是 {number[17]}。请对照证件逐位核对。"
    return ""


def masked(number: str) -> str:
    """361***********0015: the first three and the last four."""
    hidden = len(number) - SHOWN_FIRST - SHOWN_LAST
    return f"{number[:SHOWN_FIRST]}{'*' * hidden}{number[-SHOWN_LAST:]}" if hidden > 0 else "*" * len(number)


def is_masked(text: str) -> bool:
    """Whether this is what `masked` gives: nothing new was typed."""
    return "*" in text
