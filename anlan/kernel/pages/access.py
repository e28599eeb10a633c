"""Finding what an address names, for one actor: absent and forbidden look alike."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from anlan.kernel import registry, shell
from anlan.kernel.ledger import Ledger
from anlan.kernel.requests import ActorRequest

READING = frozenset({"view", "export"})


def ledger_for(request: ActorRequest, key: str, act: str = "view") -> Ledger:
    """The ledger at this address if the actor may do `act` there; otherwise 404.

    Reading asks every post of the person; everything else asks the post that is chosen.
    """
    try:
        ledger = registry.ledger(key)
    except KeyError:
        raise Http404 from None
    if act == "view":
        allowed = request.actor.may_read(ledger.permission("view")) or _open(ledger, request)
    else:
        allowed = may(request, ledger, act)
    if not allowed:
        raise Http404
    if ledger.base:
        request.menu_path = shell.address("ledger-list", ledger.base)  # type: ignore[attr-defined]
    return ledger


def may(request: ActorRequest, ledger: Ledger, act: str) -> bool:
    """Whether the ledger offers `act` and the chosen post holds it."""
    if act not in ledger.acts or not request.actor.may(ledger.permission(act)):
        return False
    return act in READING or ledger.writers is None or ledger.writers(request.actor)


def row_for(request: ActorRequest, ledger: Ledger, pk: int, *joined: str) -> Any:
    """The row if the actor may see it, else 404."""
    rows = ledger.rows(request.actor).filter(pk=pk)
    row = (rows.select_related(*joined) if joined else rows).first()
    if row is None:
        raise Http404
    return row


def _open(ledger: Ledger, request: ActorRequest) -> bool:
    scope = ledger.model.scope
    return scope.open_to_staff and request.actor.person_id is not None
