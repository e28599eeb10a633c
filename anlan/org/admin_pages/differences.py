"""A recorded act in words: what was done, to what, and each changed value old → new."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anlan.kernel import acts, drawing, parameters, registry
from anlan.kernel.pages.rows import field_label, shown
from anlan.kernel.scope import Actor

PLACES = {"people": "人员", "posts": "岗位", "jobs": "作业", "parameters": "参数", "audit": "操作日志"}


def act_label(act: str) -> str:
    """The act in words; an unknown one as it is."""
    return acts.word(act)


def ledger_label(key: str) -> str:
    """The ledger's name."""
    try:
        return registry.ledger(key).label
    except KeyError:
        return PLACES.get(key, key)


def subject_label(entry: Any) -> str:
    """What the act was about; a parameter by its name."""
    if entry.ledger == "parameters":
        found = parameters.declared().get(entry.subject)
        return found.label if found else entry.subject
    return str(entry.subject)


def difference_rows(actor: Actor, entry: Any) -> Mapping[str, Any]:
    """What the panel of one entry shows: the act, its ledger, and [(label, old, new)]."""
    names = drawing.Names()
    try:
        ledger = registry.ledger(entry.ledger)
    except KeyError:
        ledger = None
    changes = []
    for name, values in entry.differences.items():
        old, new = values if isinstance(values, list) and len(values) == 2 else (None, values)
        if ledger is None:
            changes.append((WORDS.get(name, name), old, new))
            continue
        changes.append(
            (
                field_label(ledger, name),
                shown(ledger, name, old, names),
                shown(ledger, name, new, names),
            )
        )
    place, what = ledger_label(entry.ledger), subject_label(entry)
    what = what if what.startswith(place) else f"{place} {what}"
    return {
        "changes": changes,
        "words": act_label(entry.act),
        "what": what,
    }


WORDS = {"post": "岗位", "value": "值", "key": "键"}
