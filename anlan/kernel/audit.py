"""Recording acts, sealing the record, proving it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models

from anlan.kernel import clock, registry
from anlan.kernel.models import AuditEntry
from anlan.kernel.scope import Actor, ScopedModel

HIDDEN = frozenset({"password", "secret", "token"})
SKIPPED = frozenset({"version"})


def plain(value: Any) -> Any:
    """A value as JSON keeps it: dates in ISO form, Decimal as text, everything else as it is."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, str | int | float | bool | type(None)):
        return value
    return json.loads(json.dumps(value, default=str))


def differences(before: Any, row: models.Model, whole: bool = False) -> dict[str, list[Any]]:
    """{field: [old, new]} for every stored field that differs; secrets only say that they changed.

    For a new row the empty fields are left out; `whole` takes `row` itself as the old side.
    """
    found: dict[str, list[Any]] = {}
    for model_field in row._meta.concrete_fields:
        name = model_field.attname
        if model_field.primary_key or name in SKIPPED or name in getattr(row, "derived", ()):
            continue
        new = model_field.to_python(getattr(row, name))
        old = new if whole else getattr(before, name) if before is not None else None
        if (old != new or whole) and not (before is None and new in (None, "", [], {})):
            hidden = any(word in name for word in HIDDEN)
            found[name] = ["•", "•"] if hidden else [plain(old), plain(new)]
    return found


def record(
    actor: Actor,
    act: str,
    row: models.Model | None,
    changed: Mapping[str, Any] | None = None,
    *,
    note: str = "",
    batch: str = "",
    subject_id: int | None = None,
    subject: str = "",
    ledger: str = "",
) -> None:
    """Write one entry in the current transaction."""
    entry(
        actor,
        act,
        row,
        changed,
        note=note,
        batch=batch,
        subject_id=subject_id,
        subject=subject,
        ledger=ledger,
    ).save(force_insert=True)


def entry(
    actor: Actor,
    act: str,
    row: models.Model | None,
    changed: Mapping[str, Any] | None = None,
    *,
    note: str = "",
    batch: str = "",
    subject_id: int | None = None,
    subject: str = "",
    ledger: str = "",
) -> AuditEntry:
    """The entry, not saved: bulk writers collect these and copy them in."""
    declared = registry.ledger_of(type(row)) if row is not None else None
    path = ""
    if isinstance(row, ScopedModel):
        ledger = ledger or type(row).scope.view.partition(".")[0]
        region = type(row).scope.region
        path = _follow(row, region) if region else ""
    return AuditEntry(
        person_id=actor.person_id,
        actor=actor.label[:120],
        seat_id=actor.seat.id if actor.seat else None,
        act=act,
        ledger=ledger,
        subject_id=subject_id if subject_id is not None else getattr(row, "pk", None),
        subject=(subject or (declared.subject(row) if declared else str(row or "")))[:200],
        region_path=path,
        differences=dict(changed or {}),
        note=note[:500],
        batch=batch,
        address=actor.address,
        **({"at": told} if (told := moment()) else {}),
    )


def moment() -> datetime | None:
    """When an act is said to have been done: None leaves it to the database, whose clock nobody here sets.

    In a demonstration that stands on a day of its own the record follows that day, as the rows do. Ids and
    seals go on in the order of writing, and a seal bears the real time.
    """
    return clock.now() if settings.DEMO and clock.set_day() else None


def history(row: ScopedModel, limit: int = 50) -> Iterable[AuditEntry]:
    """The acts on one row, newest first. Whoever may see the row may see how it came to be so."""
    key = type(row).scope.view.partition(".")[0]
    return (
        AuditEntry.objects.unscoped("the history of a row that the caller has found visible")
        .filter(ledger=key, subject_id=row.pk)
        .order_by("-id")[:limit]
    )


def _follow(row: Any, lookup: str) -> str:
    for part in lookup.split("__"):
        row = getattr(row, part, None)
        if row is None:
            return ""
    return str(row)
