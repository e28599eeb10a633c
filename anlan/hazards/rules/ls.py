"""LS: R = L × S on a five by five matrix. Pure.

Seen in public pages is the formula alone (P). The bounds of the standard scheme follow the family of local
rules on double prevention (M-高); those of the two variants and the criteria in words are met in practice
(M). Which scheme a firm uses is kept with each grading.
"""

from __future__ import annotations

from dataclasses import dataclass

from anlan.hazards.rules.risk import Colour

LIKELIHOOD = {
    5: "没有防范、检测和控制，或经常发生",
    4: "危害不易发现，没有检测，或曾经发生",
    3: "没有保护措施或没有严格执行，或发生过类似情况",
    2: "危害能及时发现，有防范措施，偶尔发生",
    1: "防范、监测充分有效，人员安全意识高",
}
SEVERITY = {
    5: "死亡；损失 100 万元以上；两套以上装置停工",
    4: "丧失劳动能力；损失 50 万元以上；两套装置停工",
    3: "截肢、骨折、听力丧失、慢性病；损失 1 万元以上；一套装置停工",
    2: "轻微受伤、间歇不适；损失不到 1 万元；受影响不停工",
    1: "没有伤亡、损失和停工",
}


@dataclass(frozen=True, slots=True)
class Scheme:
    """Least R of red, orange and yellow; below is blue. All of them are to be checked (M)."""

    label: str
    red: int
    orange: int
    yellow: int


SCHEMES = {
    "standard": Scheme("通行五级并四色（20、15、9）", 20, 15, 9),
    "variant-1": Scheme("变体一（17、13、8）", 17, 13, 8),
    "variant-2": Scheme("变体二（15、10、5）", 15, 10, 5),
}
WORDS = (
    (20, "极其危险"),
    (15, "高度危险"),
    (9, "显著危险"),
    (4, "轻度危险"),
    (1, "稍有危险"),
)


@dataclass(frozen=True, slots=True)
class Grade:
    """A score with its band in words and its colour."""

    score: int
    band: str
    colour: Colour


def score(likelihood: int, severity: int) -> int:
    """R. Raises ValueError outside 1..5."""
    for name, value in (("L", likelihood), ("S", severity)):
        if value not in LIKELIHOOD:
            raise ValueError(f"{name} 只能取 1 到 5 的整数，收到 {value}")
    return likelihood * severity


def grade(found: int, scheme: str = "standard") -> Grade:
    """Colour by the scheme; the words are those of the five classes of the standard scheme and stand only
    there, since the variants name none."""
    bounds = SCHEMES[scheme]
    ladder = ((bounds.red, Colour.RED), (bounds.orange, Colour.ORANGE), (bounds.yellow, Colour.YELLOW))
    colour = next((one for least, one in ladder if found >= least), Colour.BLUE)
    words = next(text for least, text in WORDS if found >= least) if scheme == "standard" else ""
    return Grade(found, words, colour)
