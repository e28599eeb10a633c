"""The parts of a firm's page (一企一档): each domain brings its own, and the page knows none of them.

A domain calls `register(Part(...))` in its `domain.py`. A part may say how much there is (`facts`: the
count of its tab, key figures, key dates), what the overview shows of it, and what its tab holds: rows of a
ledger as the ledger draws them, or a template of its own. It shows to whoever holds its permission.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from anlan.kernel import registry
from anlan.kernel.ledger import DeclarationError, Ledger
from anlan.kernel.scope import Actor


@dataclass(frozen=True)
class Figure:
    """One key figure. `value` is drawn as it is: a SafeString with links, or plain text."""

    label: str
    value: Any


@dataclass(frozen=True)
class KeyDate:
    """One day that matters to the firm; `late` says how late it is (过期 9 天) where it is past."""

    day: date
    label: str
    late: str = ""
    url: str = ""


@dataclass(frozen=True)
class Facts:
    """What a part knows of a firm in one or two statements. `wants` names what is missing, in words."""

    count: int | None = None
    figures: tuple[Figure, ...] = ()
    dates: tuple[KeyDate, ...] = ()
    wants: tuple[str, ...] = ()


Rows = Callable[[Actor, Any], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Part:
    """One part. `rows` and `tab_rows` give what the templates draw from (actor, firm).

    The page sets `template` under a heading (`title`, else the label) with a link to the tab; `rows` may give
    `head`, drawn beside that link, or None where the overview says nothing of this firm.
    `tab_template` is the whole tab.
    """

    key: str
    label: str
    permission: str
    position: int = 50
    facts: Callable[[Actor, Any], Facts] | None = None
    template: str = ""
    rows: Rows | None = None
    title: str = ""
    side: bool = False
    ledger: str = ""
    lookup: str = "enterprise"
    tab_template: str = ""
    tab_rows: Rows | None = None

    @property
    def has_tab(self) -> bool:
        """Whether there is more to see than the overview shows."""
        return bool(self.ledger or self.tab_template)

    def shows_to(self, actor: Actor) -> bool:
        """Whether the actor may see this part at all."""
        return actor.may_read(self.permission)

    def of_ledger(self) -> Ledger:
        """The ledger whose rows fill the tab."""
        return registry.ledger(self.ledger)


@dataclass
class _Parts:
    known: dict[str, Part] = field(default_factory=dict)


_parts = _Parts()


def register(part: Part) -> Part:
    """Take a part in; a key that another part has is refused."""
    if _parts.known.get(part.key, part) != part:
        raise DeclarationError(f"a firm's page has two parts called {part.key}")
    _parts.known[part.key] = part
    return part


def parts(actor: Actor) -> list[Part]:
    """The parts that the actor may see, in order."""
    found = [one for one in _parts.known.values() if one.shows_to(actor)]
    return sorted(found, key=lambda one: one.position)
