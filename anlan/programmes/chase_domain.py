"""Declarations of reminders, sheets for filling in, and the cascade of two documents."""

from __future__ import annotations

from typing import Any

from anlan.kernel.ledger import Ledger
from anlan.kernel.parameters import Parameter
from anlan.kernel.shell import Entry

LEDGERS: tuple[Ledger, ...] = ()
WORKFLOWS: tuple[Any, ...] = ()
MEASURES: tuple[Any, ...] = ()
PARAMETERS: tuple[Any, ...] = (
    Parameter(
        key="chase-days-before", label="到期前几天催办", default=3, group="要点落实", unit="天",
        note="应办事项到期前这么多天，通知经办人、负责人和安委办；0 为不催办", least=0, most=30,
    ),
    Parameter(
        key="chase-answer-days", label="提醒函的答复期限", default=7, group="要点落实", unit="天",
        note="起草提醒函时预填的答复期限，自起草当天算起", least=1, most=60,
    ),
)  # fmt: skip
MENU: tuple[Any, ...] = (
    Entry("programmes", "chase", "催办", "chase", "occurrences.view", icon="bell"),
    Entry("programmes", "cascade", "上下级对应", "cascade-home", "alignments.view", icon="arrows-exchange"),
)
