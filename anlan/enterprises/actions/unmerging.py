"""Undoing a merging: what went over goes back, the closed record lives again, the kept one gets its values.

Like the merging one documented bulk act: both firms locked, every row that goes back recorded, all in one
transaction. What was registered after the merging stays with the kept firm; what has gone on to a third firm
or was removed stays where it is.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import F

from anlan.enterprises.actions import firms, following
from anlan.enterprises.actions.merging import PERMISSION
from anlan.enterprises.models import Enterprise, Merger
from anlan.kernel import audit, audit_many, clock, registry
from anlan.kernel.models.placed import Placed, place_of
from anlan.kernel.scope import Actor, ScopedModel
from anlan.kernel.writing import Refused, require


def undo(actor: Actor, record: Merger, reason: str) -> Merger:
    """Take the merging of `record` back. Raises Refused; then nothing has changed."""
    require(actor, PERMISSION)
    if not reason.strip():
        raise Refused("请写明为什么撤销，如“核对执照，是两家企业”。")
    with transaction.atomic():
        record = _locked(actor, record)
        kept, gone = record.kept, record.gone
        batch, note = f"unmerge-{secrets.token_hex(6)}", f"撤销“{gone}”并入“{kept}”。{reason}"
        was = following.Was.of(kept)
        _give_back(actor, record, kept, note, batch)
        _live_again(actor, record, gone, note, batch)
        for table, column, ids in record.rows:
            _back(actor, apps.get_model(table), column, ids, record, note, batch)
        for firm in (kept, gone):
            following.follow(actor, firm, was)
            firms.keep_nearest(firm.pk)
        record.undone_at, record.undone_by = clock.now(), actor.label[:120]
        record.undone_reason = reason.strip()[:200]
        record.version += 1
        record.save()
        audit.record(actor, "unmerge", record, {}, note=note, batch=batch)
    return record


def _locked(actor: Actor, record: Merger) -> Merger:
    found: Merger | None = (
        Merger.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=record.pk).first()
    )
    if found is None:
        raise Refused("没有这条合并记录，或者不在您的职责范围内。")
    if found.undone_at is not None:
        raise Refused("这次合并已经撤销过。")
    ids = {found.kept_id, found.gone_id}
    rows = Enterprise.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk__in=ids)
    firms_found = {one.pk: one for one in rows.order_by("pk")}
    if len(firms_found) < 2:
        raise Refused("两家都在您的职责范围内才能撤销合并。请由上级办理。")
    found.kept, found.gone = firms_found[found.kept_id], firms_found[found.gone_id]
    if found.kept.merged_into_id is not None:
        raise Refused(f"“{found.kept}”后来又并入了别的企业。请先撤销那一次合并。")
    if found.gone.merged_into_id != found.kept_id:
        raise Refused(f"“{found.gone}”现在没有并入“{found.kept}”，不用撤销。")
    return found


def _give_back(actor: Actor, record: Merger, kept: Enterprise, note: str, batch: str) -> None:
    """The kept record with its own values again, where nobody has changed them since."""
    before, other = record.before["kept"], record.before["gone"]
    stored = {one.attname: audit.plain(getattr(kept, one.attname)) for one in kept._meta.concrete_fields}
    back = [name for name in record.taken if stored[name] == other[name]]
    if "code" in back:
        back.append("code_override_reason")
    if before.get("parent_id") == record.gone_id and kept.parent_id is None:
        back.append("parent_id")
    if not back:
        return
    for name in back:
        setattr(kept, name, kept._meta.get_field(name).to_python(before[name]))  # type: ignore[union-attr]
    kept.version += 1
    kept.save()
    changed = {name: [stored[name], before[name]] for name in back}
    audit.record(actor, "unmerge", kept, changed, note=note, batch=batch)


def _live_again(actor: Actor, record: Merger, gone: Enterprise, note: str, batch: str) -> None:
    status = record.before["gone"]["status"]
    changed = {"merged_into_id": [record.kept_id, None], "status": [gone.status, status]}
    gone.merged_into, gone.status = None, status
    gone.version += 1
    gone.save(update_fields=["merged_into", "status", "version"])
    audit.record(actor, "unmerge", gone, changed, note=note, batch=batch)


def _back(
    actor: Actor, model: Any, column: str, ids: list[int], record: Merger, note: str, batch: str
) -> None:
    """Rows of one table that still point at the kept firm point at the other one again."""
    if not column:
        place = place_of(record.gone)
        copies = {name: place[name] for name in ("region_path", "industry", "enterprise_id")}
        model._base_manager.filter(pk__in=ids, subject_id=record.kept_id).update(
            subject_id=record.gone_id, **copies
        )
        return
    rows = model._base_manager.filter(pk__in=ids, **{column: record.kept_id})
    found = list(rows.order_by("pk"))
    values: dict[str, Any] = {column: record.gone_id}
    if issubclass(model, ScopedModel) and model.version is not None:
        values["version"] = F("version") + 1
    ledger = registry.ledger_of(model)
    if ledger is not None and not issubclass(model, Placed) and found:
        region = model.scope.region or ""
        change = {column: [record.kept_id, record.gone_id]}
        acts = [
            ("unmerge", one.pk, ledger.subject(one), str(getattr(one, region, "") or ""), change)
            for one in found
        ]
        audit_many.record_many(actor, ledger, acts, note=note, batch=batch)
    model._base_manager.filter(pk__in=[one.pk for one in found]).update(**values)
