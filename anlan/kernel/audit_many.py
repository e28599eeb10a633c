"""Recording many acts at once: one actor, one ledger, one batch, copied into the record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from psycopg import sql

from anlan.kernel import audit
from anlan.kernel.ledger import Ledger
from anlan.kernel.models import AuditEntry
from anlan.kernel.scope import Actor
from anlan.kernel.shadow import copy

TABLE = AuditEntry._meta.db_table
COLUMNS = (
    "act", "subject_id", "subject", "region_path", "differences",
    "person_id", "actor", "seat_id", "ledger", "note", "batch", "address",
)  # fmt: skip
Act = tuple[str, int, str, str, dict[str, Any]]


def record_many(actor: Actor, ledger: Ledger, acts: Iterable[Act], *, note: str, batch: str) -> None:
    """Write an entry for each (act, id, subject, region path, differences) in the current transaction.

    Days and Decimals among the differences become text as `audit.plain` makes them.
    """
    one = audit.entry(actor, "", None, note=note, batch=batch, ledger=ledger.key)
    same = (one.person_id, one.actor, one.seat_id, ledger.key, one.note, batch, one.address)
    told = audit.moment()
    when, names = ((told,), (*COLUMNS, "at")) if told else ((), COLUMNS)
    encode = msgspec.json.encode

    def lines() -> Iterator[tuple[Any, ...]]:
        for act, pk, subject, region, differences in acts:
            yield (act, pk, subject[:200], region, encode(differences).decode(), *same, *when)

    copy(sql.Identifier(TABLE), names, lines())
