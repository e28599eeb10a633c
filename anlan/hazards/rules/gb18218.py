"""GB 18218-2018: is a unit a major hazard installation, and of which level. Pure.

Policy of numbers: quantities come in as Decimal tonnes (never float); sums and comparisons are made in
exact fractions, so that 1/3 + 2/3 is 1 and the bounds S ≥ 1, R ≥ 10, 50, 100 never depend on rounding;
only what is shown is rounded, half up, to four places.

A unit is judged by itself: a production unit ends at its shut-off valves, a tank farm at its dike, a store
at its own building (clause 4.1; confidence M-高). q is the largest amount by design.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from anlan.hazards.rules.gb18218_tables import ALPHA, CATEGORIES, LEVEL_WORDS, LEVELS, STANDARD, SUBSTANCES

MOST = Decimal(10_000_000)
SHOWN = Decimal("0.0001")
BETA_DOUBT = "有多个危险类别时 β 取大者，取值规则待核"
MIXTURE_NOTE = (
    "混合物与其纯物质危险类别相同的，按纯物质计，量取混合物总量；类别不同的，按混合物的新类别定临界量。"
)


@dataclass(frozen=True, slots=True)
class Held:
    """A substance in a unit: tonnes, its number in table 1 or None, its categories of table 2.

    Categories are needed where table 1 has no such substance, and for β where table 3 has none.
    """

    name: str
    quantity: Decimal
    substance: int | None = None
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What one substance adds: q/Q and β·q/Q, each with the ground of its figures. β None: not known."""

    held: Held
    threshold: Decimal
    threshold_ground: str
    ratio: Fraction
    beta: Decimal | None
    beta_ground: str
    weighed: Fraction | None
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """The outcome. `level`: 0 no major hazard installation, 1 highest … 4; None: R cannot be had yet."""

    parts: tuple[Part, ...]
    s: Fraction
    residents: int
    alpha: Decimal
    alpha_ground: str
    r: Fraction | None
    level: int | None
    missing: tuple[str, ...]
    doubts: tuple[str, ...]

    @property
    def is_major(self) -> bool:
        """Whether the unit is a major hazard installation: S ≥ 1, the bound included."""
        return self.s >= 1

    @property
    def words(self) -> str:
        """The outcome in words."""
        if self.level is None:
            return "构成重大危险源，级别待定"
        return LEVEL_WORDS[self.level] + ("重大危险源" if self.level else "")


def assess(holdings: Sequence[Held], residents: int) -> Assessment:
    """S = Σ q/Q; R = α·Σ β·q/Q where S ≥ 1. Raises ValueError with what is wrong."""
    if not holdings:
        raise ValueError("单元内还没有登记危险化学品")
    if residents < 0:
        raise ValueError("人数不能小于 0")
    parts = tuple(part_of(one) for one in holdings)
    s = sum((one.ratio for one in parts), Fraction(0))
    alpha, ground = alpha_of(residents)
    missing = tuple(one.held.name for one in parts if one.beta is None)
    weighed = [one.weighed for one in parts if one.weighed is not None]
    r = Fraction(alpha) * sum(weighed, Fraction(0)) if s >= 1 and not missing else None
    level = 0 if s < 1 else None if r is None else level_of(r)
    doubts = tuple(dict.fromkeys(doubt for one in parts for doubt in one.doubts))
    return Assessment(parts, s, residents, alpha, ground, r, level, missing, doubts)


def part_of(held: Held) -> Part:
    """Look up Q and β of one substance. Table 1 comes before table 2, table 3 before table 4; of several
    categories the least Q counts (clause 4.1.2; M-高) and the greatest β (to be checked)."""
    if not isinstance(held.quantity, Decimal) or not held.quantity.is_finite():
        raise ValueError(f"{held.name} 的量不是数")
    if not 0 < held.quantity <= MOST:
        raise ValueError(f"{held.name} 的量应大于 0、不超过 {MOST:,} 吨，现在是 {held.quantity:f}")
    if unknown := [one for one in held.categories if one not in CATEGORIES]:
        raise ValueError(f"表 2 没有类别 {'、'.join(unknown)}")
    chosen = [CATEGORIES[one] for one in held.categories]
    doubts = [f"{one.symbol}：{one.note}" for one in chosen if one.confidence == "M"]
    if held.substance is not None:
        if held.substance not in SUBSTANCES:
            raise ValueError(f"表 1 没有序号 {held.substance}")
        named = SUBSTANCES[held.substance]
        threshold, ground = named.threshold, f"表 1 第 {named.number} 号"
    elif chosen:
        least = min(chosen, key=lambda one: one.threshold)
        named, threshold, ground = None, least.threshold, f"表 2 {least.symbol}"
    else:
        raise ValueError(f"{held.name} 不在表 1 中，请选它的危险类别")
    ratio = Fraction(held.quantity) / Fraction(threshold)
    if named is not None and named.beta is not None:
        beta, beta_ground = named.beta, "表 3"
    elif chosen:
        greatest = max(chosen, key=lambda one: one.beta)
        beta, beta_ground = greatest.beta, f"表 4 {greatest.symbol}"
        doubts += [BETA_DOUBT] if len({one.beta for one in chosen}) > 1 else []
    else:
        beta, beta_ground = None, ""
    weighed = None if beta is None else Fraction(beta) * ratio
    return Part(held, threshold, ground, ratio, beta, beta_ground, weighed, tuple(doubts))


def alpha_of(residents: int) -> tuple[Decimal, str]:
    """α and its row: people living within 500 m outside the border (table 5)."""
    return next((alpha, words) for least, alpha, words in ALPHA if residents >= least)


def level_of(r: Fraction) -> int:
    """1 (highest) for R ≥ 100 down to 4 for R < 10 (table 6); each lower bound belongs to its level."""
    return next(level for least, level, _ in LEVELS if r >= least)


def shown(value: Fraction | Decimal | None) -> str:
    """A figure as the page prints it: four places, half up, without idle zeros; — where there is none."""
    if value is None:
        return "—"
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
    text = f"{value.quantize(SHOWN, ROUND_HALF_UP):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the calculation as the page shows it: what, how, result, on what ground."""

    label: str
    formula: str
    result: str
    ground: str


def steps(found: Assessment) -> list[Step]:
    """The calculation in lines, every figure with its ground."""
    lines = [
        Step(
            f"{one.held.name} q/Q",
            f"{shown(one.held.quantity)} ÷ {shown(one.threshold)}",
            shown(one.ratio),
            f"临界量 {shown(one.threshold)} 吨：{one.threshold_ground}",
        )
        for one in found.parts
    ]
    verdict = "≥ 1，构成重大危险源" if found.is_major else "< 1，不构成重大危险源"
    total = " + ".join(shown(one.ratio) for one in found.parts)
    lines.append(Step("S = Σ q/Q", total, shown(found.s), f"S {verdict}（{STANDARD} 辨识指标）"))
    if not found.is_major:
        return lines
    for one in found.parts:
        known = one.beta is not None
        lines.append(
            Step(
                f"{one.held.name} β·q/Q",
                f"{shown(one.beta)} × {shown(one.ratio)}",
                shown(one.weighed),
                f"β {shown(one.beta)}：{one.beta_ground}" if known else "β 未知：请选危险类别",
            )
        )
    lines.append(
        Step(
            "α",
            f"厂区边界外 500 米内常住 {found.residents} 人",
            shown(found.alpha),
            f"表 5：{found.alpha_ground}",
        )
    )
    weighed = " + ".join(shown(one.weighed) for one in found.parts)
    lines.append(
        Step("R = α·Σ β·q/Q", f"{shown(found.alpha)} ×（{weighed}）", shown(found.r), _level_ground(found))
    )
    return lines


def _level_ground(found: Assessment) -> str:
    if found.level is None:
        return f"{'、'.join(found.missing)} 的 β 未知，级别待定"
    row = next(words for _, level, words in LEVELS if level == found.level)
    return f"{row}：{LEVEL_WORDS[found.level]}（表 6）"
