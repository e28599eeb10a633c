"""The unified social credit code (GB 32100-2015) and the organisation code in it (GB 11714-1997).

The arithmetic of GB 32100 is python-stdnum's; what a person reads about a wrong code is ours: which place is
wrong and what would stand there. Two check characters sit in a code, at place 17 (over places 9–16) and at
place 18 (over all), so that a fault is narrowed down to a part.
"""

from __future__ import annotations

import re
import unicodedata

from stdnum.cn import uscc as standard

LENGTH = 18
ALPHABET = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")
# Letters that never stand in a code, with the character that they are often mistaken for.
MISTAKEN = {"I": "1", "O": "0", "S": "5", "Z": "2", "V": "U"}
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_MARKS = re.compile(r"[\s\-‐‑–—−_·'’`]+")


def tidy(text: str) -> str:
    """The code without blanks, hyphens and a leading apostrophe, in half width and capitals.

    Nothing else is changed: an I is not made a 1 (domain rule: only hinted at).
    """
    return _MARKS.sub("", unicodedata.normalize("NFKC", text)).upper()


def check_character(code: str) -> str:
    """The 18th character that the first 17 ask for (GB 32100-2015, modulus 31)."""
    return standard.calc_check_digit(code[: LENGTH - 1])


def organisation_check(body: str) -> str:
    """The 9th character of an organisation code, from its first eight (GB 11714-1997, modulus 11).

    Letters count 10 (A) to 35 (Z) here: not as in GB 32100.
    """
    rest = (
        11 - sum(int(one, 36) * weight for one, weight in zip(body, ORGANISATION_WEIGHTS, strict=True)) % 11
    )
    return {10: "X", 11: "0"}.get(rest, str(rest))


def organisation_fault(text: str) -> str:
    """What is wrong with an organisation code such as MA35TE5T-2, or ""."""
    code = tidy(text)
    if not re.fullmatch(r"[0-9A-Z]{8}[0-9X]", code):
        return "组织机构代码是 8 位数字或大写字母加 1 位校验码，如 MA35TE5T-2。请核对。"
    due = organisation_check(code[:8])
    return (
        "" if code[8] == due else f"第 9 位校验码应为 {due}，现在是 {code[8]}。请对照证书核对前 8 位和末位。"
    )


def fault(code: str) -> str:
    """What is wrong with a tidied code, in words that name the place, or ""."""
    if len(code) != LENGTH:
        return (
            f"统一社会信用代码应为 {LENGTH} 位，现在是 {len(code)} 位。请对照营业执照补全或删去多余的字符。"
        )
    for place, one in enumerate(code, 1):
        if one not in ALPHABET:
            return _unknown(place, one)
    if not code[2:8].isdigit():
        place = next(n for n in range(3, 9) if not code[n - 1].isdigit())
        return f"第 {place} 位是 {code[place - 1]}，第 3—8 位（登记机关区划）应为数字。请对照营业执照核对。"
    return _checks(code)


def _unknown(place: int, one: str) -> str:
    meant = MISTAKEN.get(one)
    hint = f"（可能是 {meant}）" if meant else ""
    return f"第 {place} 位的 {one} 不会出现在信用代码里{hint}。请对照营业执照核对。"


def _checks(code: str) -> str:
    inner, outer = organisation_check(code[8:16]), check_character(code)
    if code[16] != inner:
        return (
            f"第 9—17 位（主体标识码）对不上：按第 9—16 位，第 17 位应为 {inner}，现在是 {code[16]}。"
            "请对照营业执照核对这九位。"
        )
    if code[17] != outer:
        return (
            f"第 18 位校验码应为 {outer}，现在是 {code[17]}；第 9—17 位自身无误。"
            "请对照营业执照核对第 1—8 位和第 18 位。"
        )
    return ""
