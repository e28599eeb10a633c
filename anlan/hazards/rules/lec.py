"""LEC: D = L × E × C, how dangerous a piece of work is (Graham and Kinney's method). Pure.

Values of L, E, C and the bands of D are read in public pages (confidence P). No page says to which band
the bounds themselves belong; of the 252 products of table values only 70 and 20 are ever hit exactly, so
`inclusive_70` decides the one case that changes a colour. Everything is Decimal: 0.1 × 0.5 × 1 is 0.05.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from anlan.hazards.rules.risk import Colour


@dataclass(frozen=True, slots=True)
class Factor:
    """One row of a table: its value and the words for it. `confidence`: P public page, M to be checked."""

    value: Decimal
    label: str
    confidence: str = "P"


def _table(*rows: tuple[str, str] | tuple[str, str, str]) -> tuple[Factor, ...]:
    return tuple(Factor(Decimal(value), label, *rest) for value, label, *rest in rows)


LIKELIHOOD = _table(
    ("10", "完全可以预料"),
    ("6", "相当可能"),
    ("3", "可能，但不经常"),
    ("1", "可能性小，完全意外"),
    ("0.5", "很不可能，可以设想"),
    ("0.2", "极不可能"),
    ("0.1", "实际不可能"),
)
EXPOSURE = _table(
    ("10", "连续暴露"),
    ("6", "每天工作时间内暴露"),
    ("3", "每周一次或偶然暴露"),
    ("2", "每月一次暴露"),
    ("1", "每年几次暴露"),
    ("0.5", "非常罕见的暴露"),
)
CONSEQUENCES = {
    "classic": _table(
        ("100", "大灾难，许多人死亡"),
        ("40", "灾难，数人死亡"),
        ("15", "非常严重，一人死亡"),
        ("7", "严重，重伤"),
        ("3", "重大，致残"),
        ("1", "引人注目，需要救护"),
    ),
    # By the levels of accidents: the upper two rows agree with a published guide.
    "accident": _table(
        ("100", "死亡 30 人以上，或重伤 100 人以上，或损失 1 亿元以上"),
        ("40", "死亡 10–29 人，或重伤 50–99 人，或损失 5000 万–1 亿元"),
        ("15", "死亡 3–9 人", "M"),
        ("7", "死亡 1–2 人", "M"),
        ("3", "重伤", "M"),
        ("1", "轻伤", "M"),
    ),
    "loss": _table(
        ("100", "损失 2000 万元以上，或死亡 3 人以上"),
        ("40", "损失 1000 万–2000 万元，或死亡 2–3 人"),
        ("15", "损失 300 万–1000 万元，或死亡 1 人，或重伤 3 人以上"),
        ("7", "损失 150 万–300 万元"),
        ("3", "损失 70 万–150 万元"),
        ("1", "损失 1 万–70 万元"),
    ),
}
VARIANTS = {"classic": "经典口径", "accident": "事故等级口径", "loss": "损失口径"}
BANDS = (
    (Decimal(320), "极其危险，停止作业", Colour.RED),
    (Decimal(160), "高度危险，立即整改", Colour.ORANGE),
    (Decimal(70), "显著危险，需要整改", Colour.YELLOW),
    (Decimal(20), "可能危险，需要注意", Colour.BLUE),
)
LOWEST = "稍有危险，可以接受"


@dataclass(frozen=True, slots=True)
class Grade:
    """A score with its band in words and its colour."""

    score: Decimal
    band: str
    colour: Colour


def score(likelihood: Decimal, exposure: Decimal, consequence: Decimal, variant: str = "classic") -> Decimal:
    """D. Raises ValueError where a value is none of its table's."""
    for value, table, name in (
        (likelihood, LIKELIHOOD, "L"),
        (exposure, EXPOSURE, "E"),
        (consequence, CONSEQUENCES[variant], "C"),
    ):
        if value not in {one.value for one in table}:
            raise ValueError(
                f"{name} 没有 {value:f} 这一档，只能取 {'、'.join(f'{o.value:f}' for o in table)}"
            )
    return likelihood * exposure * consequence


def grade(found: Decimal, *, inclusive_70: bool = False) -> Grade:
    """The band of D: D > 320 red, (160, 320] orange, (70, 160] yellow, else blue; 70 itself is yellow
    where `inclusive_70` says so. Of D ≤ 70 the part above 20 has words of its own."""
    for bound, words, colour in BANDS:
        if found > bound or (inclusive_70 and bound == found == 70):
            return Grade(found, words, colour)
    return Grade(found, LOWEST, Colour.BLUE)


def products(variant: str = "classic") -> list[Decimal]:
    """D of every combination of table values."""
    tables = (LIKELIHOOD, EXPOSURE, CONSEQUENCES[variant])
    return [a.value * b.value * c.value for a, b, c in product(*tables)]
