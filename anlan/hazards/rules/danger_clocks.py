"""By when a danger is looked at again, filed, published: lengths of time with their article.

Days that a city set for itself are passed in as settings; here stands only what an article says and how a
length follows from it. Confidence: V read in the statute, P seen on a public page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

WORKING = "working_days"
DAYS = "days"


@dataclass(frozen=True, slots=True)
class Length:
    """So many days or working days, and on what ground."""

    amount: int
    unit: str
    article: str


def review(industry: str, level: str, needs_stop: bool, order_16_days: int) -> Length | None:
    """By when the office reviews a danger that was reported as put right; None where no law sets a day.

    order_16_days: the ten days of 总局令第16号 art. 23 as the setting has them (P). A coal mine under a stop
    has 20 days (煤矿安全生产条例 2024 art. 48, V), special equipment ten working days (特种设备安全监督检查
    办法 art. 29, V).
    """
    if industry == "coal-mine" and needs_stop:
        return Length(20, DAYS, "煤矿安全生产条例（2024）第48条")
    if industry == "special-equipment":
        return Length(10, WORKING, "特种设备安全监督检查办法第29条")
    if level == "major":
        return Length(order_16_days, DAYS, "总局令第16号第23条（待核）")
    return None


def longest(listed_on: date, months: int) -> date:
    """The last day that a listing may be given: `months` (local, 12 as a rule of thumb) after it begins."""
    year, month = divmod(listed_on.year * 12 + listed_on.month - 1 + months, 12)
    first_after = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last_of_month = (first_after - timedelta(days=1)).day
    return date(year, month + 1, min(listed_on.day, last_of_month))
