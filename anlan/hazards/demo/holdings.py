"""What invented firms own and hold: facilities with attributes of their kind, licences, people in key posts.

Pure, and the same for the same seed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from anlan.hazards.demo.firms import Firm, person
from anlan.standards.rules.pack import Attribute

# What a number of this unit usually lies between, where the pack sets no bounds.
USUAL = {
    "层": (1, 6), "人": (1, 120), "台": (1, 12), "个": (1, 12), "年": (5, 30), "m": (3, 60), "km": (1, 40),
    "m²": (60, 4000), "m³": (20, 3000), "t": (1, 500), "kg": (5, 800), "MPa": (0.4, 4), "℃": (5, 80),
    "kW": (5, 400), "座": (1, 60), "客位": (8, 90), "h": (1, 24), "%": (0, 100), "户": (1, 800),
    "mm": (50, 1200), "ppm": (1, 50), "万m³": (10, 900), "万t/年": (3, 120), "m³/h": (10, 500),
    "人次": (10, 900),
}  # fmt: skip
LOOKED_AT = ("检", "测", "审", "评", "演练", "校验", "维保")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of facility as the generator needs it: its key, label, version and attributes."""

    key: str
    label: str
    version: int
    industry: str
    attributes: tuple[Attribute, ...]


@dataclass(frozen=True, slots=True)
class Holding:
    """One facility of a firm."""

    firm: Firm
    kind: Kind
    name: str
    number: str
    state: str
    opened_on: date
    attributes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Paper:
    """One licence of a firm."""

    firm: Firm
    kind: str
    number: str
    issuer: str
    issued_on: date
    expires_on: date


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody in a key post, with a certificate or without."""

    firm: Firm
    role: str
    name: str
    kind: str
    number: str
    issued_on: date | None
    expires_on: date | None


def facilities(
    number: int, firms: Sequence[Firm], kinds: Mapping[str, Sequence[Kind]], today: date, seed: int = 1
) -> Iterator[Holding]:
    """About `number` facilities: more for larger firms, of the kinds of their industry."""
    chance = random.Random(seed * 7919 + 2)
    able = [firm for firm in firms if kinds.get(firm.trade.industry)]
    if not able:
        return
    weights = [1 + firm.employees**0.5 / 4 for firm in able]
    counts: dict[tuple[int, str], int] = {}
    for firm in sorted(chance.choices(able, weights, k=number), key=lambda one: one.id):
        kind = chance.choice(kinds[firm.trade.industry])
        key = (firm.id, kind.key)
        counts[key] = n = counts.get(key, 0) + 1
        opened = min(firm.opened_on + timedelta(days=int(chance.random() * 900)), today)
        draw = chance.random()
        state = "closed" if firm.status == "closed" else "in-use" if draw < 0.9 else "stopped"
        yield Holding(
            firm, kind, f"{n} 号{kind.label}", f"YS{firm.id:06d}-{n:02d}", state, opened,
            attributes(chance, kind, opened, today),
        )  # fmt: skip


def attributes(chance: random.Random, kind: Kind, opened: date, today: date) -> dict[str, Any]:
    """Values that the kind lets pass; what is neither asked for nor filtered is left empty now and then."""
    found: dict[str, Any] = {}
    for one in kind.attributes:
        if not one.required and chance.random() < 0.25:
            continue
        value = _value(chance, one, opened, today)
        if value is not None:
            found[one.key] = value
    return found


def _value(chance: random.Random, one: Attribute, opened: date, today: date) -> Any:
    match one.type:
        case "choice":
            keys = list(one.choices)
            return chance.choices(keys, [len(keys) - n for n in range(len(keys))])[0]
        case "flag":
            return chance.random() < 0.35
        case "integer" | "number":
            usual = USUAL.get(one.unit, (1, 40))
            least = float(one.least) if one.least else usual[0]
            most = float(one.most) if one.most is not None else max(usual[1], least * 3)
            value = least + (most - least) * chance.random() ** 2
            return int(value) if one.type == "integer" else float(round(Decimal(value), min(one.decimals, 1)))
        case "date" if any(word in one.label for word in LOOKED_AT):
            return (max(opened, today - timedelta(days=int(chance.random() * 420)))).isoformat()
        case "date":
            return (opened + timedelta(days=int(chance.random() * max((today - opened).days, 1)))).isoformat()
        case _:
            return "演示" if one.required else None


def papers(
    firms: Sequence[Firm], kinds: Mapping[str, Sequence[tuple[str, str, int]]], today: date, seed: int = 1
) -> Iterator[Paper]:
    """Licences by industry: {industry: [(label, issuer, months)]}; some have run out, some will soon."""
    chance = random.Random(seed * 7919 + 3)
    for firm in firms:
        for label, issuer, months in kinds.get(firm.trade.industry, ())[:3]:
            if chance.random() < 0.12:
                continue
            term = (months or 36) * 30
            left = -int(chance.random() * 120) if chance.random() < 0.05 else int(chance.random() * term)
            expires = today + timedelta(days=left)
            number = f"演示-{firm.id:06d}-{chance.randrange(1000, 9999)}"
            yield Paper(firm, label, number, issuer, expires - timedelta(days=term), expires)


def people(firms: Sequence[Firm], today: date, seed: int = 1) -> Iterator[Holder]:
    """The principal, the safety manager, and special operators by size; three years a certificate."""
    chance = random.Random(seed * 7919 + 4)
    for firm in firms:
        posts = [("principal", firm.principal, "主要负责人安全合格证"),
                 ("safety-manager", firm.manager, "安全生产管理人员合格证")]  # fmt: skip
        operators = min(int(firm.employees**0.5 / 4), 4) if firm.trade.risk >= 1 else 0
        posts += [("special-operator", person(chance), "特种作业操作证")] * operators
        for role, name, kind in posts:
            held = chance.random() < (0.93 if role != "special-operator" else 0.97)
            term = 2190 if role == "special-operator" else 1095
            left = -int(chance.random() * 200) if chance.random() < 0.06 else int(chance.random() * term)
            expires = today + timedelta(days=left)
            number = f"演示-{chance.randrange(10**7, 10**8)}"
            yield Holder(
                firm, role, name, kind if held else "", number if held else "",
                expires - timedelta(days=term) if held else None, expires if held else None,
            )  # fmt: skip
