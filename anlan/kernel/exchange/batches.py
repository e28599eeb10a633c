"""A batch from upload to undo: taken in, read for trial, written once, and taken back whole."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from psycopg import sql

from anlan.kernel import audit, clock, registry
from anlan.kernel.exchange import headings, kept
from anlan.kernel.exchange.plan import Finding, Plan, figures_of, read
from anlan.kernel.exchange.reading import Unreadable
from anlan.kernel.exchange.returned import write_wrong
from anlan.kernel.exchange.undo import Undone, take_back
from anlan.kernel.ledger import Ledger
from anlan.kernel.models import ImportBatch, ImportedUpdate, ImportMapping
from anlan.kernel.scope import Actor
from anlan.kernel.shadow import copy
from anlan.kernel.writing import Refused, require
from anlan.kernel.writing_many import Outcome

UNDO_DAYS = 30
State = ImportBatch.State


def folder(batch: ImportBatch) -> Path:
    """Where the batch keeps its file, findings and returned rows."""
    return Path(settings.FILES) / "imports" / str(batch.pk)


def take_in(actor: Actor, ledger: Ledger, upload: UploadedFile[Any]) -> ImportBatch:
    """Keep an uploaded file as a draft. Raises Refused, or Unreadable when it is too large."""
    require(actor, ledger.permission("import"))
    limit = settings.ANLAN_UPLOAD_LIMIT
    if (upload.size or 0) > limit:
        raise Unreadable(too_large(upload.size or 0))
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    seat = actor.seat
    batch = ImportBatch.objects.create(
        ledger=ledger.key,
        person_id=actor.person_id,
        seat_id=seat.id if seat else None,
        unit_id=seat.unit_id if seat else None,
        file_name=Path(upload.name or "").name[:200],
        digest=digest.hexdigest(),
        size=upload.size or 0,
    )
    folder(batch).mkdir(parents=True, exist_ok=True)
    with (folder(batch) / "source").open("wb") as target:
        for chunk in upload.chunks():
            target.write(chunk)
    return batch


def too_large(size: int) -> str:
    """What a file above the limit is told."""
    limit = settings.ANLAN_UPLOAD_LIMIT // 1048576
    return f"文件有 {size // 1048576} MB，最多 {limit} MB。请删去图片，或拆成几个文件再传。"


def own(actor: Actor, pk: int, lock: bool = False) -> ImportBatch:
    """One of the actor's own batches; raises ImportBatch.DoesNotExist."""
    rows = ImportBatch.objects.unscoped("a person's own batches")
    rows = rows.select_for_update(of=("self",)) if lock else rows
    found: ImportBatch = rows.get(pk=pk, **({} if actor.system else {"person_id": actor.person_id}))
    return found


def recent(actor: Actor, ledger: Ledger) -> list[ImportBatch]:
    """The last five batches of this person for this ledger."""
    rows = ImportBatch.objects.unscoped("a person's own batches")
    return list(rows.filter(person_id=actor.person_id, ledger=ledger.key).order_by("-id")[:5])


def trial(actor: Actor, batch: ImportBatch) -> Plan:
    """Read the batch's file again and keep what was found. Raises Unreadable; writes no row."""
    plan = read_plan(actor, batch)
    wrong = list(plan.wrong)
    plan.judge(actor)
    _keep(batch, plan)
    kept.keep(folder(batch), batch, plan, wrong)
    return plan


def read_plan(actor: Actor, batch: ImportBatch) -> Plan:
    """The file under the mapping and corrections that the batch holds."""
    source = folder(batch) / "source"
    if not source.exists():
        raise Unreadable("这一批的文件已经清理。请重新上传。")
    ledger = registry.ledger(batch.ledger)
    return read(
        source,
        ledger,
        actor,
        file_name=batch.file_name,
        remembered=remembered(ledger, batch.unit_id),
        mapping=batch.mapping,
        corrections=batch.corrections,
    )


def commit(actor: Actor, pk: int, tick: Callable[[int], None] | None = None) -> ImportBatch:
    """Write the batch's good rows; a batch that is already written stays as it is.

    Whoever comes second waits for the first on the batch's row. Nothing is written if it fails.
    """
    with transaction.atomic():
        batch = own(actor, pk, lock=True)
        if batch.state != State.DRAFT:
            return batch
        outcome = _write(actor, batch, tick)
        batch.state, batch.committed_at = State.COMMITTED, clock.now()
        batch.created = _ranges(sorted(outcome.created.values()))
        updates = ((batch.pk, one.id, one.version, msgspec.json.encode(one.previous).decode())
                   for one in outcome.updated.values())  # fmt: skip
        table = sql.Identifier(ImportedUpdate._meta.db_table)
        copy(table, ("batch_id", "subject_id", "left_version", "previous"), updates)
        counts = batch.counts
        note = f"新增 {counts['created']} 行，更新 {counts['updated']} 行，退回 {counts['wrong']} 行"
        ledger = registry.ledger(batch.ledger)
        audit.record(actor, "import", None, note=note, batch=batch.key, ledger=ledger.key,
                     subject=f"{ledger.label} {batch.file_name}", subject_id=None)  # fmt: skip
        batch.save()
    kept.drop(folder(batch))
    return batch


def _write(actor: Actor, batch: ImportBatch, tick: Callable[[int], None] | None) -> Outcome:
    """Write what the trial has read, or read the file (again) where that does not hold; findings are kept."""
    ledger, home = registry.ledger(batch.ledger), folder(batch)
    before = kept.load(home, batch, ledger)
    many, plan = before.many(actor, ledger) if before else None, None
    if many is None:
        plan = read_plan(actor, batch)
        many = plan.many(actor)
    outcome = many.write(note="导入", batch=batch.key, tick=tick)
    if plan is None and before is not None and before.foretold(outcome):
        _keep_findings(home, {"wrong": findings(batch).get("wrong", [])})
        batch.counts = {**batch.counts, **figures_of(outcome)}
        return outcome
    plan = plan or read_plan(actor, batch)
    plan.take(outcome)
    _keep(batch, plan, written=True)
    return outcome


def undo(actor: Actor, pk: int) -> Undone:
    """Take a written batch back; rows that were changed or used since stay and are named. Raises Refused."""
    with transaction.atomic():
        batch = own(actor, pk, lock=True)
        ledger = registry.ledger(batch.ledger)
        require(actor, ledger.permission("import"))
        if batch.state != State.COMMITTED:
            raise Refused("这一批没有写入，或者已经撤销。")
        if not may_undo(batch):
            raise Refused(f"写入已超过 {UNDO_DAYS} 天，不能整批撤销。请在台账里逐行更正。")
        undone = take_back(actor, ledger, batch)
        batch.state, batch.undone_at = State.UNDONE, clock.now()
        batch.counts = {
            **batch.counts,
            "removed": undone.removed,
            "restored": undone.restored,
            "kept": len(undone.kept),
        }
        batch.notes = [*batch.notes, *undone.kept[:50]]
        batch.save()
        note = f"撤去 {undone.removed} 行，恢复 {undone.restored} 行，保留 {len(undone.kept)} 行"
        audit.record(actor, "undo", None, note=note, batch=batch.key, ledger=ledger.key,
                     subject=f"{ledger.label} {batch.file_name}")  # fmt: skip
    return undone


def may_undo(batch: ImportBatch) -> bool:
    """Whether the batch is written and young enough."""
    at = batch.committed_at
    return batch.state == State.COMMITTED and at is not None and clock.now() - at <= timedelta(days=UNDO_DAYS)


def undo_until(batch: ImportBatch) -> datetime | None:
    """When the undo ends."""
    return batch.committed_at + timedelta(days=UNDO_DAYS) if batch.committed_at else None


def remembered(ledger: Ledger, unit_id: int | None) -> dict[str, str]:
    """{heading: field} that this unit has said before; "" for a column to leave out."""
    return dict(
        ImportMapping.objects.filter(ledger=ledger.key, unit_id=unit_id).values_list("heading", "field")
    )


def map_columns(batch: ImportBatch, texts: Mapping[str, str], chosen: Mapping[str, str]) -> None:
    """Keep the mapping {column: field} for the batch and, by heading ({column: text}), for the unit."""
    batch.mapping = dict(chosen)
    batch.save(update_fields=["mapping"])
    for column, text in texts.items():
        ImportMapping.objects.update_or_create(
            ledger=batch.ledger,
            unit_id=batch.unit_id,
            heading=headings.normal(text)[:100],
            defaults={"field": chosen.get(column, "")},
        )


def correct(batch: ImportBatch, name: str, text: str, right: str) -> None:
    """Read `text` in column `name` as `right` from now on."""
    batch.corrections.setdefault(name, {})[text] = right
    batch.save(update_fields=["corrections"])


def findings(batch: ImportBatch) -> dict[str, list[Finding]]:
    """What the last reading found, by figure."""
    path = folder(batch) / "findings.json"
    return msgspec.json.decode(path.read_bytes(), type=dict[str, list[Finding]]) if path.exists() else {}


def layout_of(batch: ImportBatch) -> list[headings.Heading]:
    """The headings of the last reading."""
    path = folder(batch) / "headings.json"
    return msgspec.json.decode(path.read_bytes(), type=list[headings.Heading]) if path.exists() else []


def wrong_file(batch: ImportBatch) -> Path | None:
    """The returned rows, if there are any."""
    path = folder(batch) / "wrong.xlsx"
    return path if path.exists() else None


def clear_old(days: int = UNDO_DAYS) -> int:
    """Remove the files (not the rows) of batches older than `days`; how many."""
    rows = ImportBatch.objects.unscoped("old files go, whoever brought them")
    old = rows.filter(uploaded_at__lt=clock.now() - timedelta(days=days))
    gone = [batch for batch in old.order_by("-id")[:1000] if folder(batch).exists()]
    for batch in gone:
        shutil.rmtree(folder(batch), ignore_errors=True)
    return len(gone)


def _keep(batch: ImportBatch, plan: Plan, written: bool = False) -> None:
    home = folder(batch)
    home.mkdir(parents=True, exist_ok=True)
    _keep_findings(home, {"wrong": plan.wrong_findings()} if written else plan.findings())
    (home / "headings.json").write_bytes(msgspec.json.encode(plan.layout.headings))
    (home / "wrong.xlsx").unlink(missing_ok=True)
    if plan.wrong:
        write_wrong(plan, home / "wrong.xlsx")
    batch.sheet, batch.counts, batch.notes = plan.sheet.name[:100], plan.counts(), plan.notes
    batch.save()


def _keep_findings(home: Path, found: Mapping[str, list[Finding]]) -> None:
    (home / "findings.json").write_bytes(msgspec.json.encode(found))


def _ranges(ids: list[int]) -> list[list[int]]:
    found: list[list[int]] = []
    for pk in ids:
        if found and found[-1][1] == pk - 1:
            found[-1][1] = pk
        else:
            found.append([pk, pk])
    return found
