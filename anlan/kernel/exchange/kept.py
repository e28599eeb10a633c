"""What the trial has read, kept beside the uploaded file until the batch is written.

What the person was shown is then what is written, and the file need not be read twice. Whatever may have
changed since (stored rows, scope, what else is in the sheet's way) the door judges anew; if the mapping, a
correction or the ledger's fields differ, or a row referred to is no longer in sight, the file is read again.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from anlan.kernel.exchange.plan import Plan, many_rows
from anlan.kernel.ledger import Ledger, kind_of
from anlan.kernel.models import ImportBatch
from anlan.kernel.scope import Actor, ScopedModel
from anlan.kernel.writing_many import ManyRows, Outcome

STEP = 20_000
TYPES: dict[str, Any] = {"date": date, "moment": datetime, "decimal": Decimal, "integer": int, "flag": bool}


class Kept(msgspec.Struct):
    """The rows of a reading: `places` in the sheet, `wrong` ones by the reading, `refused` by the trial."""

    stamp: str
    places: list[int]
    wrong: list[int]
    refused: list[int]
    columns: dict[str, msgspec.Raw]

    def many(self, actor: Actor, ledger: Ledger) -> ManyRows | None:
        """The rows on their way through the door; None where a row they refer to is not in sight now."""
        columns = {name: _decoded(ledger, name, raw) for name, raw in self.columns.items()}
        if not all(_in_sight(actor, ledger.field(name), values) for name, values in columns.items()):
            return None
        return many_rows(actor, ledger, columns, self.places, set(self.wrong))

    def foretold(self, outcome: Outcome) -> bool:
        """Whether the door refused just the rows that it refused at the trial."""
        return set(outcome.refused) == set(self.refused)


def keep(home: Path, batch: ImportBatch, plan: Plan, wrong: list[int]) -> None:
    """Keep a judged plan; `wrong` are the places that the reading alone had refused."""
    columns = {name: msgspec.Raw(msgspec.msgpack.encode(values)) for name, values in plan.columns.items()}
    kept = Kept(_stamp(batch, plan.ledger), plan.places, wrong, list(plan.outcome.refused), columns)
    _path(home).write_bytes(msgspec.msgpack.encode(kept))


def load(home: Path, batch: ImportBatch, ledger: Ledger) -> Kept | None:
    """What was kept, if the batch would still be read in the same way."""
    try:
        kept = msgspec.msgpack.decode(_path(home).read_bytes(), type=Kept)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return kept if kept.stamp == _stamp(batch, ledger) else None


def drop(home: Path) -> None:
    """Away with it."""
    _path(home).unlink(missing_ok=True)


def _path(home: Path) -> Path:
    return home / "rows"


def _stamp(batch: ImportBatch, ledger: Ledger) -> str:
    fields = [(name, str(ledger.field(name).deconstruct()[1:])) for name in ledger.import_fields]
    told = msgspec.json.encode((batch.digest, batch.mapping, batch.corrections, fields))
    return hashlib.sha256(told).hexdigest()


def _decoded(ledger: Ledger, name: str, raw: msgspec.Raw) -> list[Any]:
    one = TYPES.get(kind_of(ledger.field(name)), str | int)
    return msgspec.msgpack.decode(raw, type=list[one | None])  # type: ignore[valid-type]


def _in_sight(actor: Actor, field: Any, values: list[Any]) -> bool:
    if not field.is_relation:
        return True
    target, ids = field.related_model, sorted({value for value in values if value is not None})
    rows = target.objects.visible_to(actor) if issubclass(target, ScopedModel) else target.objects.all()
    return all(
        rows.filter(pk__in=ids[start : start + STEP]).count() == len(ids[start : start + STEP])
        for start in range(0, len(ids), STEP)
    )
