"""Who answers for an item under review: the roles of its duty clause. A body in, a new body out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from anlan.programmes.rules.review import ROLES, BadValue, Body, NoSuchPart

ADDED = "由安委办补列"


def roles(body: Body) -> list[Body]:
    """The roles of the item, none where it has no duty clause."""
    return body["duty"]["roles"] if body["duty"] else []


def open_roles(body: Body) -> list[Body]:
    """The roles that nobody has settled."""
    return [one for one in roles(body) if one["state"] == "open"]


def change_role(body: Body, place: int, role: str) -> Body:
    """Give a party another way of answering (of ROLES)."""
    if role not in ROLES:
        raise BadValue("请选牵头、配合、分工负责、督促或落实。")
    return _with(body, place, role=role)


def choose(body: Body, place: int, units: Sequence[int], who: str, note: str = "") -> Body:
    """The party stands for these units: the office's tick. `units` are ids that the caller found visible."""
    if not units:
        raise BadValue("请至少选一个单位；确实不派的，选“不派”并写明理由。")
    return _with(body, place, units=sorted(set(units)), state="resolved", who=who, note=note.strip()[:200])


def waive(body: Body, place: int, why: str, who: str) -> Body:
    """Nothing is sent to this party, for a reason that stands in the record."""
    if not why.strip():
        raise BadValue("不派要写明理由，例如“不在本系统内，另行函告”。")
    return _with(body, place, units=[], state="waived", who=who, note=why.strip()[:200])


def add_role(body: Body, role: str, unit: int, name: str, who: str) -> Body:
    """A party that the document does not name: an open list (等), or an item without any."""
    if role not in ROLES:
        raise BadValue("请选牵头、配合、分工负责、督促或落实。")
    new = deepcopy(body)
    if new["duty"] is None:
        new["duty"] = {"quote": "", "span": [new["span"][1], new["span"][1]], "open_list": False, "roles": []}
    if any(unit in one["units"] and one["role"] == role for one in new["duty"]["roles"]):
        raise BadValue(f"{name}已经在“{ROLES[role]}”里了。")
    added = {
        "role": role, "name": name, "kind": "unit", "resolved": name, "group": "", "units": [unit],
        "candidates": [], "decisions": [], "problems": [], "state": "resolved", "who": who, "note": ADDED,
    }  # fmt: skip
    new["duty"]["roles"].append(added)
    return new


def remove_role(body: Body, place: int) -> Body:
    """Take off a party that was added in the review; what the document names can only be waived."""
    new = deepcopy(body)
    found = _role(new, place)
    if found["note"] != ADDED:
        raise BadValue("原文写明的责任单位不能去掉。确实不派的，选“不派”并写明理由。")
    new["duty"]["roles"].pop(place)
    return new


def _role(body: Body, place: int) -> Body:
    found = roles(body)
    if not 0 <= place < len(found):
        raise NoSuchPart("本条没有这个责任单位，可能刚被改过。请刷新后再看。")
    return found[place]


def _with(body: Body, place: int, **changes: Any) -> Body:
    new = deepcopy(body)
    _role(new, place).update(changes)
    return new


def fresh_role(compiled: Mapping[str, Any], **settled: Any) -> Body:
    """A compiled role as the review keeps it, with what resolving has found."""
    return {
        **compiled, "group": "", "units": [], "candidates": [], "decisions": [], "problems": [],
        "state": "open", "who": "", "note": "", **settled,
    }  # fmt: skip
