"""How well a criterion answers what somebody typed: pairs of neighbouring characters that both have."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# Words that stand in nearly every finding and tell nothing.
COMMON = (
    "未按规定",
    "不符合",
    "要求",
    "存在",
    "现场",
    "有关",
    "进行",
    "以及",
    "没有",
    "未能",
    "情况",
    "问题",
)
ENOUGH = 0.25


def fold(text: str) -> str:
    """Half width, small letters, without blanks and punctuation."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower())


def pairs(text: str) -> frozenset[str]:
    """The pairs of a text after the common words are taken out; a single character stands for itself."""
    for word in COMMON:
        text = text.replace(word, " ")
    found: set[str] = set()
    for part in text.split():
        plain = fold(part)
        found |= {plain[n : n + 2] for n in range(len(plain) - 1)} or {plain}
    return frozenset(found - {""})


def score(asked: str, texts: Iterable[str]) -> float:
    """0 to 1: the share of the pairs asked for that stand in `texts` (the whole text counts fully)."""
    whole = "\n".join(texts)
    wanted = pairs(asked)
    if not wanted:
        return 0.0
    if fold(asked) and fold(asked) in fold(whole):
        return 1.0
    folded = fold(whole)
    return sum(1 for pair in wanted if pair in folded) / len(wanted)
