"""All declarations of the house, gathered once from the modules that the settings name.

A module may hold `LEDGERS`, `MENU`, `WORKFLOWS`, `MEASURES`, `PARAMETERS`, `ACTS` (words of recorded acts),
`HOME_PANELS`, `FAMILIES` (functions `(key) -> Ledger | None`: ledgers made from data), `PAPER_ACTS`
(functions `(actor, paper) -> acts`: what else can be done with a paper), `TALLIES` (sums kept by month of a
ledger that keeps totals), `SETUP` and `DEMO`: functions
`(demo: bool, say: Callable[[str], None]) -> None` that bring the domain to its first usable state, and to
its demonstration, at every start and do only what is missing. `DEMO` runs after all `SETUP`, the higher
domains first: programmes stand low and measure what the others hold. `FINISH` runs last, as they do: what
ties together rows that others brought. `ITEM_PARTS` are functions `(actor, item) -> part | None`: what else
the page of an item of the key points shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db import models

from anlan.kernel.ledger import DeclarationError, Ledger

_ledgers: dict[str, Ledger] = {}
_by_model: dict[type[models.Model], Ledger] = {}
_gathered: dict[str, list[Any]] = {}
KINDS = (
    "MENU",
    "WORKFLOWS",
    "MEASURES",
    "PARAMETERS",
    "ACTS",
    "SETUP",
    "DEMO",
    "FINISH",
    "ITEM_PARTS",
    "HOME_PANELS",
    "PAPER_ACTS",
    "FAMILIES",
    "TALLIES",
)


def load() -> None:
    """Import every declared domain and keep what it declares; later calls change nothing."""
    if _gathered:
        return
    for kind in KINDS:
        _gathered[kind] = []
    for name in settings.ANLAN_DOMAINS:
        module = import_module(name)
        for ledger in getattr(module, "LEDGERS", ()):
            add(ledger)
        for kind in KINDS:
            _gathered[kind].extend(getattr(module, kind, ()))


def add(ledger: Ledger) -> None:
    """Take one ledger in; its key and its model must be new."""
    if ledger.key in _ledgers or ledger.model in _by_model:
        raise DeclarationError(
            f"{ledger.key}: the key or the model {ledger.model.__name__} is declared twice"
        )
    _ledgers[ledger.key] = ledger
    _by_model[ledger.model] = ledger


def ledgers() -> Iterable[Ledger]:
    """All ledgers in the order of their declaration."""
    return _ledgers.values()


def ledger(key: str) -> Ledger:
    """The ledger of that key; KeyError if there is none."""
    found = _ledgers.get(key)
    if found is None:
        found = next((made for family in declared("FAMILIES") if (made := family(key)) is not None), None)
    if found is None:
        raise KeyError(key)
    return found


def ledger_of(model: type[models.Model]) -> Ledger | None:
    """The ledger that shows this model, if one does."""
    return _by_model.get(model)


def declared(kind: str) -> list[Any]:
    """Everything declared under `kind` (one of KINDS)."""
    return _gathered.get(kind, [])
