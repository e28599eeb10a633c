"""Recorded acts in words. Domains declare the words of their own acts as ACTS: ((key, label), …)."""

from __future__ import annotations

from anlan.kernel import registry
from anlan.kernel.ledger import Ledger

COMMON = {
    "add": "登记",
    "change": "修改",
    "remove": "删除",
    "import": "导入",
    "undo": "撤销导入",
    "export": "导出",
    "load": "载入",
    "attach": "上传附件",
    "detach": "移除附件",
    "extend": "延期",
    "pause": "中止期限",
    "resume": "恢复期限",
    "send": "移送交办",
}


def words(ledger: Ledger | None = None) -> dict[str, str]:
    """{act: word}: common ones, those of the domains, and the moves of the ledger's own workflow."""
    found = {**COMMON, **dict(registry.declared("ACTS"))}
    for flow in registry.declared("WORKFLOWS"):
        if ledger is None or flow.ledger == ledger.key:
            found.update({move.key: move.label for move in flow.moves if ledger or move.key not in found})
    return found


def word(act: str, ledger: Ledger | None = None) -> str:
    """The act in words; an undeclared one as it is recorded."""
    return words(ledger).get(act, act)
