"""How alike two firms' names are: what is left of a name when region and legal form are taken off."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

ALIKE = 0.75
FORMS = (
    "股份有限责任公司", "有限责任公司", "股份有限公司", "集团有限公司", "有限公司", "分公司", "总公司",
    "集团", "公司", "个体工商户", "总厂", "厂", "部", "店",
)  # fmt: skip
PLACE_ENDS = ("省", "市", "县", "区")
_MARKS = re.compile(r"[\s·・.,，。、\-—_/\\“”\"'’]+|[（(][^（）()]*[）)]")


def core(name: str, places: Iterable[str] = ()) -> str:
    """江西省上饶市鑫源化工有限公司 → 鑫源化工; `places` are names and short names of the regions above it.

    What would leave fewer than two characters is left on.
    """
    text = _MARKS.sub("", unicodedata.normalize("NFKC", name)) or name
    for form in FORMS:
        if text.endswith(form) and len(text) - len(form) >= 2:
            text = text[: -len(form)]
            break
    known = sorted({one for one in places if one}, key=len, reverse=True)
    while True:
        place = next((one for one in known if text.startswith(one) and len(text) - len(one) >= 2), None)
        if place is None:
            return text
        text = text[len(place) :]
        if text[0] in PLACE_ENDS and len(text) > 2:
            text = text[1:]


def placed_apart(one: str, place: str, other: str, its_place: str) -> bool:
    """Whether two names each say their own place, and the places differ: 横峰赣安建筑 and 余干赣安建筑.

    `place` and `its_place` are short names of the counties; a name that says no place may be either's.
    """
    if not place or not its_place or place == its_place:
        return False
    return place in one and its_place in other


def likeness(one: str, other: str) -> float:
    """0 to 1: the share of neighbouring pairs that two cores have in common (Dice)."""
    if one == other:
        return 1.0
    mine, theirs = _pairs(one), _pairs(other)
    if not mine or not theirs:
        return 0.0
    return 2 * len(mine & theirs) / (len(mine) + len(theirs))


def _pairs(text: str) -> set[str]:
    return {text[n : n + 2] for n in range(len(text) - 1)}
