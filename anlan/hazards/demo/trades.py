"""What kinds of firms the invented province has: how many, where, what they do, and where things go wrong.

Shares and factors are made up so that the whole looks like a province and not like a table of random
numbers: much trade and little mining, fireworks in few counties, chemistry along the river, more findings
in large and dangerous firms. Nothing here is a statistic.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Trade:
    """One kind of firm.

    `share` of all firms; `risk` findings against the mean; `near` code prefixes of the places in which
    nine of ten lie (everywhere if empty); `works` the middle of a name; `forms` its end; `spots` where
    findings are made; `people` the median number of employees.
    """

    industry: str
    share: float
    works: tuple[str, ...]
    spots: tuple[str, ...]
    risk: float = 1.0
    people: int = 30
    forms: tuple[str, ...] = ("有限公司",)
    near: tuple[str, ...] = ()


def _read() -> tuple[Trade, ...]:
    def words(text: str) -> tuple[str, ...]:
        return tuple(text.split(";"))

    with Path(__file__).with_name("trades.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Trade(
                row["industry"], float(row["share"]), words(row["works"]), words(row["spots"]),
                float(row["risk"]), int(row["people"]), words(row["forms"]),
                words(row["near"]) if row["near"] else (),
            )
            for row in csv.DictReader(file)
        )  # fmt: skip


TRADES = _read()

# How many findings a day of each month brings, against the mean: the safety month of June, the winter
# campaigns, the holidays of February.
MONTHS = (0.95, 0.55, 1.05, 1.10, 1.15, 1.55, 1.10, 1.00, 1.10, 0.85, 1.05, 1.15)
WEEKDAYS = (1.35, 1.20, 1.15, 1.10, 0.95, 0.30, 0.15)

SURNAMES = tuple("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧")
BRANDS_FIRST = tuple("鑫宏恒瑞泰盛华安丰源顺兴诚达晟铭信赣饶江锦亿")
BRANDS_SECOND = tuple("源达盛丰泰隆诚业安通鼎信腾创辉越昌旺美康升")
