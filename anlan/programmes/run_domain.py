"""Declarations of duties, occurrences, evidence and activities."""

from __future__ import annotations

from typing import Any

from anlan.kernel.ledger import Ledger

LEDGERS: tuple[Ledger, ...] = ()
WORKFLOWS: tuple[Any, ...] = ()
MEASURES: tuple[Any, ...] = ()
PARAMETERS: tuple[Any, ...] = ()
MENU: tuple[Any, ...] = ()
