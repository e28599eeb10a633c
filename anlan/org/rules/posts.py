"""What holds about posts: roles that exclude each other, who may give which role, what may be lent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from anlan.org.rules.dates import overlap

REACH_ORDER = ("own", "unit", "region", "subtree", "all")


@dataclass(frozen=True, slots=True)
class Held:
    """A role that a person holds for some days."""

    role: str
    label: str
    group: str
    valid_from: date | None = None
    valid_to: date | None = None


def clashing(held: Iterable[Held], new: Held) -> Held | None:
    """The held role that excludes `new`: another role of the same group on a common day.

    System, security and audit administrators watch each other, so one person cannot be two of them.
    """
    if not new.group:
        return None
    for one in held:
        if (
            one.group == new.group
            and one.role != new.role
            and overlap(one.valid_from, one.valid_to, new.valid_from, new.valid_to)
        ):
            return one
    return None


def covers(own: Iterable[str], given: Iterable[str]) -> bool:
    """Whether the permissions `own` contain all of `given`; "x.*" contains every "x.…"."""
    mine = set(own)
    return all(one in mine or f"{one.partition('.')[0]}.*" in mine for one in given)


def may_give(
    giver_permissions: Iterable[str],
    giver_reach: str,
    role_permissions: Iterable[str],
    role_reach: str,
    role_group: str,
) -> str:
    """Why the giver may not put somebody into the role, or "".

    Who administers roles (`roles.change`) may give any role; everybody else only what they hold
    themselves, and never an administrator's role.
    """
    mine = list(giver_permissions)
    if covers(mine, ["roles.change"]):
        return ""
    if role_group:
        return "管理员角色只能由安全管理员授予。"
    if REACH_ORDER.index(role_reach) > REACH_ORDER.index(giver_reach):
        return "这个角色的数据范围比您自己的大，请找安全管理员授予。"
    if not covers(mine, role_permissions):
        return "这个角色有您自己没有的权限，请找安全管理员授予。"
    return ""


def hand_over_fault(valid_from: date | None, valid_to: date | None, day: date) -> str:
    """Why a post cannot be handed over on `day`, or ""."""
    if valid_to is not None and valid_to <= day:
        return f"这个岗位已于 {valid_to} 结束，不能再交接。"
    if valid_from is not None and day <= valid_from:
        return f"交接日期应晚于上岗日期 {valid_from}。"
    return ""


def delegation_fault(
    post_from: date | None, post_to: date | None, start: date, end: date, holder: int, delegate: int
) -> str:
    """Why a post cannot be lent for [start, end) to `delegate`, or ""."""
    if end <= start:
        return "委托的结束日期应晚于开始日期。"
    if holder == delegate:
        return "不能委托给本人。"
    if (post_from is not None and start < post_from) or (post_to is not None and end > post_to):
        return "委托日期超出了岗位的任期。"
    return ""
