"""Confirming a job's measures before the work begins (安全作业确认). Pure.

江西省 2022 年工作要点第 6 条: 严格落实岗位风险告知和安全作业确认制. The document gives no form; what is
confirmed here are the measures that the firm itself has written down for the risks of the job.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

KNOWN = "我已知道本岗位的危险因素和可能发生的事故"
STOP = "发现异常立即停止作业并报告"
# In the order in which a worker meets them.
KINDS = {
    "training": "培训资格",
    "ppe": "防护用品",
    "engineering": "设备设施",
    "management": "规程手续",
    "emergency": "应急处置",
}
WORKER, GUARDIAN = "worker", "guardian"
ROLES = {WORKER: "作业人", GUARDIAN: "监护人"}
DRAWN, TYPED = "drawn", "typed"
WAYS = {DRAWN: "手写", TYPED: "键入姓名"}
MOST_WORKERS = 20
APART = re.compile(r"[、，,；;\s]+")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is confirmed: of which kind, in which words."""

    kind: str
    text: str

    @property
    def words(self) -> str:
        """As the sheet says it: 防护用品：防化服、空气呼吸器."""
        return f"{self.kind}：{self.text}" if self.kind else self.text


def checks_of(points: Iterable[Any]) -> list[Check]:
    """What is confirmed before a job: each measure of its risk points once, in a fixed order.

    points: objects with the texts training, ppe, engineering, management, emergency.
    """
    rows = list(points)
    found = [Check("", KNOWN)]
    for name, kind in KINDS.items():
        texts = (getattr(one, name).strip("。；; \n") for one in rows)
        found += [Check(kind, text) for text in dict.fromkeys(texts) if text]
    return [*found, Check("", STOP)]


def names_of(text: str) -> list[str]:
    """张三、李四 王五 → three names; a name given twice counts once."""
    return [one for one in dict.fromkeys(APART.split(text.strip())) if one]


def fault_of_people(workers: Sequence[str], guardian: str) -> str:
    """Why these people cannot stand on a sheet, or "": somebody works, and another person looks on."""
    if not workers:
        return "请填作业人，每人一个姓名，用顿号隔开。"
    if len(workers) > MOST_WORKERS:
        return f"一张确认单最多 {MOST_WORKERS} 名作业人（填了 {len(workers)} 名）。请分成几张。"
    if guardian in workers:
        return f"监护人“{guardian}”同时是作业人。监护人不能自己作业，请另填一人。"
    return ""


def unticked(checks: Sequence[Mapping[str, Any]]) -> list[str]:
    """The words of what nobody has ticked yet."""
    return [Check(one["kind"], one["text"]).words for one in checks if not one["ticked"]]


def unsigned(people: Sequence[Mapping[str, Any]]) -> list[str]:
    """Who has not signed yet."""
    return [one["name"] for one in people if not one["signed_at"]]


def reason_to_wait(
    checks: Sequence[Mapping[str, Any]], people: Sequence[Mapping[str, Any]], on_day: date, today: date
) -> str:
    """Why the work may not be confirmed yet, or "": all measures ticked, all have signed, not afterwards."""
    if on_day < today:
        return f"作业日期（{on_day}）已过，确认要在作业前做。请作废本单"
    open_ones = unticked(checks)
    if open_ones:
        return f"还有 {len(open_ones)} 项措施没有勾选（{'；'.join(open_ones)}）。没有落实的，先落实再作业"
    waiting = unsigned(people)
    if waiting:
        return f"{'、'.join(waiting)}还没有签字"
    return ""
