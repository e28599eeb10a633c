"""How bad a hidden danger is: the definition of the order, and criteria that decide by themselves.

安全生产事故隐患排查治理暂行规定 (总局令第16号) art. 3: ordinary is what can be put right at once; major is
what is hard to put right, needs a full or partial stop and some time, or what the unit cannot remove by
itself because of outside influence. A criterion of an industry's list that is met makes it major at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

ORDER_16 = "安全生产事故隐患排查治理暂行规定（总局令第16号）第3条"


class Level(StrEnum):
    """The two levels of the order."""

    ORDINARY = "ordinary"
    MAJOR = "major"


class Ground(StrEnum):
    """Why this level."""

    CRITERION = "criterion"
    DEFINITION = "definition"
    ORDINARY = "ordinary"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A level, its ground, and the ground in words."""

    level: Level
    ground: Ground
    reason: str


def grade(criterion: str = "", *, needs_stop: bool = False, beyond_own: bool = False) -> Verdict:
    """The level that follows. criterion: the label of the criterion met, "" for none."""
    if criterion:
        return Verdict(Level.MAJOR, Ground.CRITERION, f"命中判定标准：{criterion}")
    if needs_stop:
        return Verdict(Level.MAJOR, Ground.DEFINITION, f"须停产停业并经一定时间治理，{ORDER_16}")
    if beyond_own:
        return Verdict(Level.MAJOR, Ground.DEFINITION, f"因外部因素单位自身难以排除，{ORDER_16}")
    return Verdict(Level.ORDINARY, Ground.ORDINARY, f"危害和整改难度较小，能立即整改排除，{ORDER_16}")
