"""What differs between two states of an item under review, in words: for the colleague who came second."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anlan.programmes.rules.review import (
    COMPARATORS,
    FIELDS,
    KINDS,
    PERIODS,
    ROLES,
    STATES,
    Body,
    ruling_words,
)
from anlan.programmes.rules.roles import roles

_SHOWN = 24
_STATES_OF_ROLE = {"open": "待定", "resolved": "已定", "waived": "不派"}
_WORDS: dict[str, Mapping[str, str]] = {"kind": KINDS, "comparator": COMPARATORS, "period": PERIODS}


def changes(before: Body, after: Body) -> list[str]:
    """One line for each obligation or role that was changed, in order; empty where nothing was."""
    old = {one["id"]: one for one in before["obligations"]}
    new = {one["id"]: one for one in after["obligations"]}
    found = [f"“{_short(old[key]['quote'])}”并入了前一项" for key in old if key not in new]
    for key, one in new.items():
        if key not in old:
            found.append(f"多了一项“{_short(one['quote'])}”")
        else:
            found += _obligation(old[key], one)
    return found + _roles(before, after)


def _obligation(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    said = []
    if old["quote"] != new["quote"]:
        said.append("起止改了")
    for name, label in FIELDS.items():
        if old[name] != new[name]:
            said.append(f"{label}由{_value(name, old[name])}改为{_value(name, new[name])}")
    if old["ruling"] != new["ruling"]:
        said.append(ruling_words(new["ruling"]) if new["ruling"] else "撤回了裁定")
    if old["measure"] != new["measure"]:
        said.append("指标改了")
    if old["state"] != new["state"]:
        said.append(STATES[new["state"]])
    return [f"“{_short(new['quote'])}”：{'，'.join(said)}"] if said else []


def _roles(before: Body, after: Body) -> list[str]:
    old, new = roles(before), roles(after)
    found = []
    for place, one in enumerate(new):
        if place >= len(old):
            found.append(f"补列了{ROLES[one['role']]}单位“{one['name']}”")
            continue
        other = old[place]
        said = []
        if other["role"] != one["role"]:
            said.append(f"由{ROLES[other['role']]}改为{ROLES[one['role']]}")
        if other["units"] != one["units"] or other["state"] != one["state"]:
            said.append(f"{_STATES_OF_ROLE[one['state']]}，{len(one['units'])} 个单位")
        if said:
            found.append(f"“{one['name']}”：{'，'.join(said)}")
    if len(new) < len(old):
        found.append("去掉了补列的单位")
    return found


def _value(name: str, value: Any) -> str:
    if value in (None, ""):
        return "空"
    return f"“{_WORDS[name].get(value, value) if name in _WORDS else value}”"


def _short(words: str) -> str:
    return words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…"
