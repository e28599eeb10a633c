"""The tables of GB 18218-2018 as data: substances (tables 1 and 3), categories (2 and 4), α, levels. Pure.

Figures and how sure they are: `data/README.md`. Quantities are tonnes, as Decimal.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from types import MappingProxyType

STANDARD = "GB 18218-2018"


@dataclass(frozen=True, slots=True)
class Substance:
    """A row of table 1. `beta` is that of table 3 for toxic gases by name, else None."""

    number: int
    name: str
    cas: tuple[str, ...]
    threshold: Decimal
    beta: Decimal | None


@dataclass(frozen=True, slots=True)
class Category:
    """A row of table 2 with the β of table 4. `confidence` M: to be checked, `note` says what."""

    symbol: str
    label: str
    threshold: Decimal
    beta: Decimal
    confidence: str
    note: str


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files("anlan.hazards").joinpath("data", name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def _substances() -> Mapping[int, Substance]:
    found = [
        Substance(
            int(row["number"]),
            row["name"],
            tuple(filter(None, row["cas"].split(";"))),
            Decimal(row["threshold_t"]),
            Decimal(row["beta"]) if row["beta"] else None,
        )
        for row in _rows("gb18218-substances.csv")
    ]
    return MappingProxyType({one.number: one for one in found})


def _categories() -> Mapping[str, Category]:
    found = [
        Category(
            row["symbol"],
            row["label"],
            Decimal(row["threshold_t"]),
            Decimal(row["beta"]),
            row["confidence"],
            row["note"],
        )
        for row in _rows("gb18218-categories.csv")
    ]
    return MappingProxyType({one.symbol: one for one in found})


SUBSTANCES = _substances()
CATEGORIES = _categories()

# Table 5: people living within 500 m outside the border of the plant, least number of each row.
ALPHA = (
    (100, Decimal("2.0"), "100 人以上"),
    (50, Decimal("1.5"), "50–99 人"),
    (30, Decimal("1.2"), "30–49 人"),
    (1, Decimal("1.0"), "1–29 人"),
    (0, Decimal("0.5"), "0 人"),
)
# Table 6: least R of each level.
LEVELS = ((100, 1, "R ≥ 100"), (50, 2, "50 ≤ R < 100"), (10, 3, "10 ≤ R < 50"), (0, 4, "R < 10"))
LEVEL_WORDS = {0: "不构成重大危险源", 1: "一级", 2: "二级", 3: "三级", 4: "四级"}


def cas_is_sound(number: str) -> bool:
    """Whether the check digit of a CAS number fits: digits from the right, times 1, 2, 3 …, modulo 10."""
    body, _, check = number.rpartition("-")
    digits = body.replace("-", "")
    if not (digits.isascii() and digits.isdigit() and check.isascii() and check.isdigit()):
        return False
    return sum(int(one) * place for place, one in enumerate(reversed(digits), 1)) % 10 == int(check)
