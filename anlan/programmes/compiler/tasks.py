"""The task sheet that clerks keep: one row an obligation, in the columns they use."""

from __future__ import annotations

from dataclasses import dataclass

from anlan.programmes.compiler.document import CompiledDocument, Duty, Item, Number, Obligation

COLUMNS = ("序号", "条目", "任务", "牵头", "配合", "完成时限", "频次", "量化要求")

KIND_NAMES = {
    "cadence": "频次类",
    "deadline": "期限类",
    "quota": "数量类",
    "coverage": "全覆盖类",
    "limit": "限值类",
    "delay": "延迟触发类",
    "build": "建设类",
    "regulation": "制度类",
    "campaign": "行动类",
    "standing": "常态类",
    "target": "目标类",
}
_PERIODS = {
    "day": "每日",
    "week": "每周",
    "month": "每月",
    "two_months": "每两个月",
    "quarter": "每季度",
    "half_year": "每半年",
    "year": "每年",
}
_COMPARATORS = {">=": "≥", ">": ">", "<=": "≤", "<": "<", "=": ""}


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One row of the sheet; `kind` is the Chinese name of the obligation's kind."""

    number: int
    item: str
    task: str
    lead: str
    supporting: str
    due: str
    cadence: str
    quantity: str
    kind: str

    def cells(self) -> tuple[int | str, ...]:
        """The row in the order of COLUMNS."""
        return (
            self.number,
            self.item,
            self.task,
            self.lead,
            self.supporting,
            self.due,
            self.cadence,
            self.quantity,
        )


def task_rows(document: CompiledDocument) -> list[TaskRow]:
    """The rows of a document in order; an item without obligations gives one row with its title."""
    rows: list[TaskRow] = []
    for item in document.items:
        lead, supporting = parties(item.duty)
        for obligation in item.obligations or (None,):
            rows.append(_row(len(rows) + 1, item, obligation, lead, supporting))
    return rows


def parties(duty: Duty | None) -> tuple[str, str]:
    """Who leads (or answers jointly), and all others, as lists with 、."""
    if duty is None:
        return "", ""
    leads = [r.name for r in duty.roles if r.role in ("lead", "joint")]
    others = [r.name for r in duty.roles if r.role not in ("lead", "joint")]
    return "、".join(leads), "、".join(others) + ("等" if duty.open_list and others else "")


def _row(number: int, item: Item, obligation: Obligation | None, lead: str, supporting: str) -> TaskRow:
    label = f"{item.no}. {item.title}"
    if obligation is None:
        return TaskRow(number, label, item.title, lead, supporting, "", "", "", "")
    return TaskRow(
        number=number,
        item=label,
        task=obligation.quote,
        lead=lead,
        supporting=supporting,
        due=obligation.by or "",
        cadence=_cadence(obligation),
        quantity=_quantity(obligation),
        kind=KIND_NAMES[obligation.kind],
    )


def _cadence(obligation: Obligation) -> str:
    if obligation.kind != "cadence":
        return ""
    if obligation.period is None:
        return "定期（待裁定）"
    return f"{_PERIODS[obligation.period]}{_amount(obligation)}"


def _quantity(obligation: Obligation) -> str:
    if obligation.kind == "coverage" or "coverage" in obligation.also:
        return "全部" if obligation.value is None else f"全部，{_amount(obligation)}"
    return "" if obligation.kind == "cadence" or obligation.value is None else _amount(obligation)


def _amount(obligation: Obligation) -> str:
    comparator = _COMPARATORS.get(obligation.comparator or "=", "")
    return f"{comparator}{_shown(obligation.value)}{obligation.unit or ''}"


def _shown(value: Number | None) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
