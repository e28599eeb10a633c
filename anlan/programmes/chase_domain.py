"""Declarations of reminders, sheets for filling in, and the cascade of two documents."""

from __future__ import annotations

from typing import Any

from anlan.kernel.ledger import Ledger

LEDGERS: tuple[Ledger, ...] = ()
WORKFLOWS: tuple[Any, ...] = ()
MEASURES: tuple[Any, ...] = ()
PARAMETERS: tuple[Any, ...] = ()
MENU: tuple[Any, ...] = ()
