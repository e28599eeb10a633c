"""How alike two firms' names are: what is left of a name when region and legal form are taken off."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

ALIKE = 0.7
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


def likeness(one: str, other: str, weights: Mapping[str, float] | None = None) -> float:
    """0 to 1: the share of neighbouring pairs that two cores have in common (Dice).

    `weights` says how much a pair tells; without it all tell alike. Pairs that many firms of a place have
    (房地产开发) tell little, those of the firm's own word tell most.
    """
    if one == other:
        return 1.0
    mine, theirs = pairs(one), pairs(other)
    whole = sum(_weight(pair, weights) for names in (mine, theirs) for pair in names)
    return 2 * sum(_weight(pair, weights) for pair in mine & theirs) / whole if whole else 0.0


def pairs(text: str) -> set[str]:
    """The pairs of neighbouring characters."""
    return {text[n : n + 2] for n in range(len(text) - 1)}


def _weight(pair: str, weights: Mapping[str, float] | None) -> float:
    return 1.0 if weights is None else weights.get(pair, 1.0)
