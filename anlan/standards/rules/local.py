"""What a place may add to the law of the country: its own standard, criterion or check, with its days.

A local text never takes the place of a national one and is never overwritten: a change is a further version
that begins on its own day, a mistake a correction that is kept as well. (标准化法 第13条: a province, or a
city divided into districts, issues local standards.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from anlan.org.rules.dates import overlap

CODE = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,39}")
LEVELS = ("province", "city")


class Dated(Protocol):
    """A version: `[valid_from, valid_to)`, withdrawn or not."""

    valid_from: date | None
    valid_to: date | None
    withdrawn_on: date | None


@dataclass(frozen=True)
class Change:
    """What a new version does to the one before it: ends it on a day, or takes its place altogether."""

    ends_on: date | None
    corrects: bool


def next_code(prefix: str, taken: Iterable[str]) -> str:
    """`DF361100-07` after `DF361100-06`: the first number of this place that nobody has."""
    used = {int(found[1]) for one in taken if (found := re.fullmatch(re.escape(prefix) + r"-(\d{1,6})", one))}
    return f"{prefix}-{max(used, default=0) + 1:02d}"


def faults(
    key: str, start: date | None, end: date | None, confidence: str, source: str, basis: bool
) -> dict[str, str]:
    """{field: what is wrong and how to mend it} of a local text by itself."""
    wrong: dict[str, str] = {}
    if not CODE.fullmatch(key):
        wrong["key"] = "代码应以英文字母开头，只用字母、数字和连字符，如 DF361100-01。"
    if start is None:
        wrong["valid_from"] = "没有写生效日期。请填文件的施行日期。"
    elif end is not None and end <= start:
        wrong["valid_to"] = f"失效日期应晚于生效日期（{start}）。"
    if confidence in {"V", "P"} and not source:
        wrong["source"] = "“原文核对”“公开资料”要写出处。请填文件名和文号，或把“把握”改为“待核”。"
    if not basis:
        wrong["standard"] = "没有依据。请选一项法规标准；本地文件先在“法规标准”登记。"
    return wrong


def succeed(old: Dated, start: date) -> Change:
    """A version from `start` on ends the one before on that day; one that begins no later corrects it."""
    if old.valid_from is not None and start <= old.valid_from:
        return Change(None, corrects=True)
    ends = start if old.valid_to is None or old.valid_to > start else None
    return Change(ends, corrects=False)


def clashing(others: Iterable[Dated], start: date | None, end: date | None) -> Dated | None:
    """The first live version whose days meet `[start, end)`."""
    live = (one for one in others if one.withdrawn_on is None)
    return next((one for one in live if overlap(one.valid_from, one.valid_to, start, end)), None)


def may_end(row: Dated, day: date, today: date) -> str:
    """Why the row cannot end on `day`, "" where it can. What is past stays as it was."""
    if row.withdrawn_on is not None:
        return "这一版已更正，不再适用。"
    if row.valid_to is not None and row.valid_to <= today:
        return f"它已于 {row.valid_to} 失效。"
    if row.valid_from is not None and day <= row.valid_from:
        return f"失效日期应晚于生效日期（{row.valid_from}）。请改日期。"
    return ""


def places_of(path: str) -> tuple[str, ...]:
    """The places whose texts hold at `path`: the country (""), and each place on the way down to it."""
    parts = path.strip("/").split("/") if path.strip("/") else []
    return ("", *("/".join(parts[: n + 1]) + "/" for n in range(len(parts))))


__all__ = ["LEVELS", "Change", "clashing", "faults", "may_end", "next_code", "places_of", "succeed"]
