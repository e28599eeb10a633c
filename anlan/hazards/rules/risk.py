"""The four colours of an enterprise's risks, and what grading may do with them. Pure.

红橙黄蓝 are the colours of risk points, installations and alarms; regions have others, 红橙黄绿.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Colour(StrEnum):
    """The level of a risk, highest first."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    BLUE = "blue"

    @property
    def rank(self) -> int:
        """4 for red down to 1 for blue."""
        return 4 - tuple(Colour).index(self)

    @property
    def label(self) -> str:
        """重大风险, 较大风险, 一般风险, 低风险."""
        return LABELS[self]

    @property
    def letter(self) -> str:
        """One character that tells the colour in black-and-white print."""
        return LETTERS[self]


LABELS = {
    Colour.RED: "重大风险",
    Colour.ORANGE: "较大风险",
    Colour.YELLOW: "一般风险",
    Colour.BLUE: "低风险",
}
LETTERS = {Colour.RED: "红", Colour.ORANGE: "橙", Colour.YELLOW: "黄", Colour.BLUE: "蓝"}
# Who answers for which colour: the higher the risk, the higher the level (practice of double prevention, M).
LEVELS = {
    Colour.RED: "company",
    Colour.ORANGE: "department",
    Colour.YELLOW: "workshop",
    Colour.BLUE: "team",
}
CONTROLS = ("engineering", "management", "training", "ppe", "emergency")


def residual_fault(
    inherent: Colour, residual: Colour, inherent_score: Decimal, residual_score: Decimal
) -> str:
    """Why a residual risk cannot stand beside the inherent one, or "": controls do not make things worse.

    Scores of the same method are compared as well, so that nobody hides a rise inside one colour.
    """
    if residual.rank > inherent.rank or residual_score > inherent_score:
        return (
            f"现状风险（{residual_score:f} {residual.label}）"
            f"高于固有风险（{inherent_score:f} {inherent.label}）。"
            "采取措施后的风险不应更高，请核对取值。"
        )
    return ""


def change(before: tuple[Colour, Colour], after: tuple[Colour, Colour]) -> str:
    """What a new grading does to (inherent, residual): same, raise, lower, or mixed.

    A rise holds at once, a fall waits for an approval. One that does both is two acts: the rise must not
    wait, and the fall must not slip through with it.
    """
    up = any(new.rank > old.rank for old, new in zip(before, after, strict=True))
    down = any(new.rank < old.rank for old, new in zip(before, after, strict=True))
    return "mixed" if up and down else "raise" if up else "lower" if down else "same"


def review_due(last: date, months: int) -> date:
    """The day by which a risk point is looked at again: the same day `months` later, or the month's last."""
    year, month = divmod(last.year * 12 + last.month - 1 + months, 12)
    return date(year, month + 1, min(last.day, monthrange(year, month + 1)[1]))
