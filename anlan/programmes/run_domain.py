"""Declarations of duties, occurrences, evidence and activities."""

from __future__ import annotations

from typing import Any

from anlan.kernel.ledger import Ledger
from anlan.kernel.shell import Entry
from anlan.programmes.run_flows import WORKFLOWS as FLOWS
from anlan.programmes.run_home import HOME_PANELS
from anlan.programmes.run_ledgers import ACTIVITIES, DUTIES, DUTY_LISTS, EVIDENCE, OCCURRENCES
from anlan.programmes.run_measures import MEASURES as FIGURES

__all__ = ["HOME_PANELS", "LEDGERS", "MEASURES", "MENU", "PARAMETERS", "WORKFLOWS"]

LEDGERS: tuple[Ledger, ...] = (DUTIES, OCCURRENCES, EVIDENCE, ACTIVITIES, DUTY_LISTS)
WORKFLOWS: tuple[Any, ...] = FLOWS
MEASURES: tuple[Any, ...] = FIGURES
PARAMETERS: tuple[Any, ...] = ()
MENU: tuple[Any, ...] = (
    Entry("programmes", "matrix", "任务总表", "matrix", "duties.view"),
    Entry("programmes", "progress", "落实情况", "progress", "duties.view"),
    Entry("programmes", "measures", "指标", "measures", "duties.view"),
    Entry("programmes", "goals", "目标与余量", "goals", "programmes.view"),
    Entry("programmes", "receipt", "职责签收", "duty-receipt", "duties.sign"),
    Entry("programmes", "due-calendar", "到期日历", "due-calendar", "occurrences.view"),
    Entry("programmes", "warning-days", "警示日月历", "warning-days", "activities.view"),
    Entry("programmes", "lists", "职责清单", "duty-lists-of-posts", "duty-lists.view"),
)
