"""Invented firms, one after another, the same for the same seed. No real firm or person is named."""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from anlan.enterprises.rules import uscc
from anlan.hazards.demo.trades import BRANDS_FIRST, BRANDS_SECOND, SURNAMES, TRADES, Trade

MARK = "（演示）"
# Eight characters that begin so are given to no organisation; the check characters are right all the same.
BODY = "MADEM"
SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
OWN_COUNTY = "361130"
OWN_TRADE = next(one for one in TRADES if one.industry == "dust-explosion")
SHARES = {"operating": 0.86, "suspended": 0.05, "building": 0.035, "trial": 0.005, "closed": 0.05}


@dataclass(frozen=True, slots=True)
class County:
    """A county or zone: its path, its short name, and how many firms it has against the others."""

    path: str
    name: str
    weight: float = 1.0

    @property
    def code(self) -> str:
        """The six digits by which codes of firms begin."""
        return self.path.rstrip("/").rpartition("/")[2][:6]


@dataclass(frozen=True, slots=True)
class Firm:
    """One firm as it stands on the day of the demonstration.

    `silent` firms report nothing of their own; `hasty` ones close what they report within minutes.
    """

    id: int
    code: str
    name: str
    path: str
    trade: Trade
    status: str
    size: str
    employees: int
    longitude: float | None
    latitude: float | None
    opened_on: date
    closed_on: date | None
    principal: str
    manager: str
    silent: bool
    hasty: bool


Spot = Callable[[random.Random, str], tuple[float, float] | None]


def firms(
    number: int, counties: Sequence[County], today: date, spot: Spot, *, seed: int = 1, first: int = 1
) -> Iterator[Firm]:
    """`number` firms with ids from `first` on; `spot` gives a point inside a county, or None.

    The first is the one of which somebody of the cast is safety officer: it lies in the county of the
    cast's inspector and works.
    """
    chance = random.Random(seed)
    choose = _Places(counties)
    trades = list(accumulate(one.share for one in TRADES))
    statuses = list(accumulate(SHARES.values()))
    taken: dict[str, int] = {}
    for n in range(number):
        trade = TRADES[min(bisect(trades, chance.random() * trades[-1]), len(TRADES) - 1)]
        county = choose(chance, trade)
        if n == 0:
            trade, county = OWN_TRADE, next((one for one in counties if one.code == OWN_COUNTY), county)
        status = (
            "operating"
            if n == 0
            else list(SHARES)[min(bisect(statuses, chance.random() * statuses[-1]), len(SHARES) - 1)]
        )
        opened = today - timedelta(days=int(120 + chance.random() ** 2 * 9000))
        closed = today - timedelta(days=int(chance.random() * 400) + 1) if status == "closed" else None
        east, north = (spot(chance, county.path) if chance.random() < 0.94 else None) or (None, None)
        people = max(2, int(chance.lognormvariate(0, 0.8) * trade.people))
        yield Firm(
            first + n, _code(county.code, taken), _name(chance, county, trade), county.path, trade, status,
            _size(people), people, east, north, opened,
            max(closed, opened) if closed else None, person(chance), person(chance),
            chance.random() < 0.09 and n > 0, chance.random() < 0.04 and n > 0,
        )  # fmt: skip


class _Places:
    """Counties by weight; nine of ten firms of a trade that has its places lie there."""

    def __init__(self, counties: Sequence[County]) -> None:
        self.counties = counties
        self._kept: dict[tuple[str, ...], tuple[list[County], list[float]]] = {}

    def __call__(self, chance: random.Random, trade: Trade) -> County:
        near = trade.near if trade.near and chance.random() < 0.9 else ()
        if near not in self._kept:
            among = [one for one in self.counties if not near or one.code.startswith(near)]
            among = among or list(self.counties)
            self._kept[near] = among, list(accumulate(one.weight for one in among))
        among, weights = self._kept[near]
        return among[min(bisect(weights, chance.random() * weights[-1]), len(among) - 1)]


def _code(region: str, taken: dict[str, int]) -> str:
    """A code that passes both checks and that nobody bears."""
    while True:
        n = taken.get(region, 0)
        taken[region] = n + 1
        digits = "".join(SYMBOLS[n // 31**place % 31] for place in (2, 1, 0))
        body = BODY + digits
        code = f"91{region}{body}{uscc.organisation_check(body)}"
        if code[16] in SYMBOLS:
            return code + uscc.check_character(code + "0")


def _name(chance: random.Random, county: County, trade: Trade) -> str:
    brand = chance.choice(BRANDS_FIRST) + chance.choice(BRANDS_SECOND)
    return f"{county.name}{brand}{chance.choice(trade.works)}{chance.choice(trade.forms)}{MARK}"


def person(chance: random.Random) -> str:
    """An invented name: a surname and 某, or a letter of the old count."""
    return chance.choice(SURNAMES) + chance.choice("某某甲乙丙丁")


def _size(people: int) -> str:
    return "large" if people >= 1000 else "medium" if people >= 300 else "small" if people >= 20 else "micro"


def weighted(names: Mapping[str, str], home: str = "") -> list[County]:
    """{path: short name} as counties: cities' seats have more firms, those below `home` six times as many."""
    found = []
    for path, name in sorted(names.items()):
        weight = 1.6 if name.endswith("区") else 1.0
        found.append(County(path, name, weight * (6 if home and path.startswith(home) else 1)))
    return found
