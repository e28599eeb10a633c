"""Taking an imported batch back: its new rows go, its changed rows get their old values."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy as copy_of
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, transaction

from anlan.kernel import audit, audit_many, clock, drawing
from anlan.kernel.ledger import Ledger
from anlan.kernel.models import Deadline, ImportBatch, placed
from anlan.kernel.scope import Actor
from anlan.kernel.shadow import Shadow, expect_many, run
from anlan.kernel.writing import Refused

STEP = 20_000


@dataclass
class Undone:
    """How many rows went, how many got their old values, and which stayed and why."""

    removed: int = 0
    restored: int = 0
    kept: list[str] = field(default_factory=list)


def take_back(actor: Actor, ledger: Ledger, batch: ImportBatch) -> Undone:
    """Undo in the current transaction, under the batch's lock."""
    undone = Undone()
    expect_many(audit_many.TABLE)
    ids = [pk for first, last in batch.created for pk in range(first, last + 1)]
    for start in range(0, len(ids), STEP):
        _remove(actor, ledger, batch, ids[start : start + STEP], undone)
    _restore(actor, ledger, batch, undone)
    return undone


def _remove(actor: Actor, ledger: Ledger, batch: ImportBatch, ids: list[int], undone: Undone) -> None:
    model = ledger.model
    names = [one.attname for one in model._meta.concrete_fields]
    rows = model.objects.visible_to(actor).filter(pk__in=ids).order_by("pk")
    found = {row.pk: row for row in _locked(model, rows)}
    used = _used(ledger, ids)
    gone = []
    for pk, row in found.items():
        if row.version != 1 or pk in used:
            undone.kept.append(f"{ledger.subject(row)}：{used.get(pk, '导入后被改过')}，没有撤去")
        else:
            gone.append(pk)
    told = [name for name in names if name != "id" and name not in audit.SKIPPED]

    def entries() -> Iterator[tuple[str, Any, dict[str, Any]]]:
        for pk in gone:
            values = found[pk].__dict__
            yield "remove", found[pk], {name: [audit.plain(values[name]), None] for name in told}

    _record(actor, ledger, batch, entries())
    terms = Deadline.objects.unscoped("the rows go").filter(
        ledger=ledger.key, subject_id__in=gone, ended_at=None
    )
    terms.update(state=Deadline.State.CANCELLED, ended_at=clock.now())
    run(f'DELETE FROM "{model._meta.db_table}" WHERE id = ANY(%s)', [gone])
    undone.removed += len(gone)


def _locked(model: Any, rows: Any) -> Any:
    return rows.select_for_update(of=("self",))


def _used(ledger: Ledger, ids: list[int]) -> dict[int, str]:
    """{id: what uses it} of rows that others refer to by now."""
    used: dict[int, str] = {}
    for relation in ledger.model._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one):
            other, column = relation.related_model._meta, relation.field.column  # type: ignore[union-attr]
            query = f'SELECT DISTINCT "{column}" FROM "{other.db_table}" WHERE "{column}" = ANY(%s)'
            used.update({pk: f"已有{other.verbose_name}用到它" for (pk,) in run(query, [ids])})
    for model in apps.get_models():
        if issubclass(model, placed.Placed) and model is not Deadline:
            rows = model._base_manager.filter(ledger=ledger.key, subject_id__in=ids)
            label = str(model._meta.verbose_name)
            used.update({pk: f"已有{label}" for pk in rows.values_list("subject_id", flat=True)})
    return used


def _restore(actor: Actor, ledger: Ledger, batch: ImportBatch, undone: Undone) -> None:
    """Put old values back where the row still stands as the batch left it."""
    updates = {one.subject_id: one for one in batch.updates.all()}
    if not updates:
        return
    model = ledger.model
    fields: list[Any] = [one for one in model._meta.concrete_fields if not one.generated]
    by_name = {one.attname: one for one in fields}
    rows = model.objects.visible_to(actor).filter(pk__in=list(updates)).order_by("pk")
    changed: list[tuple[Any, dict[str, Any]]] = []
    for row in _locked(model, rows):
        update = updates[row.pk]
        if row.version != update.left_version:
            undone.kept.append(f"{ledger.subject(row)}：导入后又被改过，没有恢复")
            continue
        before = copy_of(row)
        for name, value in update.previous.items():
            setattr(row, name, by_name[name].to_python(value))
        row.version += 1
        changed.append((row, audit.differences(before, row)))
    if not changed:
        return
    shadow = Shadow(model)
    columns = [one.column for one in fields]
    shadow.fill(
        columns,
        ([n, False, *(one.get_db_prep_save(getattr(row, one.attname), connection) for one in fields)]
         for n, (row, _) in enumerate(changed)),
    )  # fmt: skip
    try:
        with transaction.atomic():
            shadow.update([name for name in columns if name != "id"])
    except IntegrityError as error:
        raise Refused("恢复原来的值会与现在台账里的行冲突，没有撤销。请先处理重复的行。") from error
    shadow.drop()
    for row, differences in changed:
        placed.follow(row, differences)
    _record(actor, ledger, batch, (("undo", row, differences) for row, differences in changed))
    undone.restored = len(changed)


def _record(actor: Actor, ledger: Ledger, batch: ImportBatch, acts: Iterator[tuple[str, Any, Any]]) -> None:
    """Entries for many rows of which the ORM holds instances."""

    lookup = ledger.model.scope.region

    def told() -> Iterator[audit_many.Act]:
        for act, row, differences in acts:
            region = str(drawing.value_at(row, lookup) or "") if lookup else ""
            yield act, row.pk, ledger.subject(row), region, differences

    audit_many.record_many(actor, ledger, told(), note="撤销导入", batch=batch.key)
