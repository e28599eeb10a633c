"""Filled sheets back in: kept, read for trial, merged row by row, written as progress and declarations.

A trial does everything and takes it back, so that it says exactly what the writing will say. The writing
takes the good rows in one transaction; rows that are wrong are named and left alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from anlan.kernel import audit, clock, moves
from anlan.kernel.exchange import batches
from anlan.kernel.exchange.cells import Tidied, Wrong, parse_choice, parse_date, parse_decimal, parse_text
from anlan.kernel.exchange.reading import Book, Sheet, Unreadable
from anlan.kernel.models import ImportBatch
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused
from anlan.programmes.actions import chase_fill_back, run_occurrences
from anlan.programmes.actions.chase_fill_out import BASE, FILLED, KEY, KIND
from anlan.programmes.models import Occurrence, Programme
from anlan.programmes.reads_units import units_of
from anlan.programmes.rules import fill_in
from anlan.programmes.rules.fill_in import Change, Fault, Filled, Merged, Standing

LEDGER: Final = "fill-in"
HEAD_WITHIN: Final = 12
LONGEST: Final = 2000
WRONG: Final = "wrong.xlsx"
State = ImportBatch.State
NOT_OURS: Final = "这不是从本系统导出的填报表（缺少“{}”列）。请重新下载填报表，把填好的内容复制进去。"


@dataclass(frozen=True)
class Outcome:
    """What a file does or did: rows by kind, how many ask for nothing, whether it came before.

    held: {occurrence: what it held before the row was written}.
    """

    changes: tuple[Change, ...] = ()
    clashes: tuple[Change, ...] = ()
    faults: tuple[Fault, ...] = ()
    unchanged: int = 0
    before: ImportBatch | None = None
    occurrences: Mapping[int, Occurrence] = field(default_factory=dict)
    held: Mapping[int, dict[str, Any]] = field(default_factory=dict)


class _Undo(Exception):
    """Ends a trial."""


def take_in(actor: Actor, programme: Programme, upload: UploadedFile[Any]) -> ImportBatch:
    """Keep an uploaded sheet. Raises Refused, or Unreadable when it is too large or no filled sheet."""
    _actor_for(actor, programme)
    if (upload.size or 0) > settings.ANLAN_UPLOAD_LIMIT:
        raise Unreadable(batches.too_large(upload.size or 0))
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    seat = actor.seat
    with transaction.atomic():
        batch = ImportBatch.objects.create(
            ledger=LEDGER, person_id=actor.person_id, seat_id=seat.id if seat else None,
            unit_id=seat.unit_id if seat else None, file_name=Path(upload.name or "").name[:200],
            digest=digest.hexdigest(), size=upload.size or 0, mapping={"programme": programme.pk},
        )  # fmt: skip
        home = batches.folder(batch)
        home.mkdir(parents=True, exist_ok=True)
        with (home / "source").open("wb") as target:
            for chunk in upload.chunks():
                target.write(chunk)
        _read(home / "source", programme)
    return batch


def trial(actor: Actor, batch: ImportBatch, programme: Programme) -> Outcome:
    """What the file would do now; writes nothing. Raises Refused or Unreadable."""
    found: Outcome | None = None
    try:
        with transaction.atomic():
            found = _apply(actor, batch, programme, {})
            raise _Undo
    except _Undo:
        pass
    assert found is not None
    return found


def commit(actor: Actor, batch_pk: int, programme: Programme, choices: Mapping[int, str]) -> Outcome:
    """Write the good rows. choices: {occurrence: mine or theirs} for rows that others changed meanwhile.

    A batch that is written already stays as it is. Raises Refused when rows clash that were not chosen.
    """
    with transaction.atomic():
        batch = batches.own(actor, batch_pk, lock=True)
        if batch.state != State.DRAFT:
            raise Refused("这份填报表已经写入过，没有重复写入。")
        found = _apply(actor, batch, programme, choices)
        if found.clashes:
            raise Refused(f"有 {len(found.clashes)} 行在填报期间被他人改过，请逐行选定以哪个为准。")
        batch.state, batch.committed_at = State.COMMITTED, clock.now()
        batch.counts = {
            "written": len(found.changes), "wrong": len(found.faults), "unchanged": found.unchanged
        }  # fmt: skip
        batch.notes = [_words(one) for one in found.faults][:500]
        batch.save(update_fields=["state", "committed_at", "counts", "notes"])
        chase_fill_back.keep(batch, found.held)
        if found.faults:
            _return(batch, found.faults)
        note = f"填报表 {batch.file_name}：写入 {len(found.changes)} 行，有错 {len(found.faults)} 行"
        audit.record(actor, "fill-in", programme, note=note, batch=batch.key)
    return found


def undo(actor: Actor, batch_pk: int, programme: Programme) -> int:
    """Take a written sheet back as a whole; gives how many rows. Raises Refused, naming what hangs on it."""
    return chase_fill_back.undo(actor, _actor_for(actor, programme), batch_pk, programme)


def wrong_file(actor: Actor, batch: ImportBatch, programme: Programme) -> Path | None:
    """The wrong rows with their reasons: as they were when the sheet was written, before that as they are.

    None where none is wrong. Raises Refused or Unreadable.
    """
    if batch.state == State.DRAFT:
        faults = trial(actor, batch, programme).faults
        return _return(batch, faults) if faults else None
    place = batches.folder(batch) / WRONG
    return place if place.exists() else None


def _return(batch: ImportBatch, faults: Iterable[Fault]) -> Path:
    place = batches.folder(batch) / WRONG
    chase_fill_back.write_wrong(batches.folder(batch) / "source", faults, place)
    return place


def programme_of_batch(actor: Actor, batch: ImportBatch) -> Programme:
    """The programme that a batch was uploaded for; raises Programme.DoesNotExist."""
    rows = Programme.objects.visible_to(actor).select_related("issuer")
    found: Programme = rows.get(pk=batch.mapping.get("programme", 0))
    return found


def recent(actor: Actor, programme: Programme) -> list[ImportBatch]:
    """The person's last sheets for a programme."""
    rows = ImportBatch.objects.unscoped("a person's own batches").filter(
        person_id=actor.person_id, ledger=LEDGER, mapping__programme=programme.pk
    )
    return list(rows.order_by("-id")[:5])


def _actor_for(actor: Actor, programme: Programme) -> Actor:
    """Who declares: the unit itself; the issuing office for its units, recorded as such."""
    seat = actor.seat
    if seat and programme.region_path in seat.region_paths and actor.may("occurrences.accept"):
        # The record keeps the person, and says that the office wrote down what units sent in.
        return Actor(
            actor.person_id,
            f"{actor.name}（代录填报表）",
            actor.seats,
            seat,
            system=True,
            address=actor.address,
        )
    if not actor.may("occurrences.declare"):
        raise Refused("当前岗位不能填报任务完成情况。如有多个岗位，请在页首换岗位。")
    return actor


def _apply(actor: Actor, batch: ImportBatch, programme: Programme, choices: Mapping[int, str]) -> Outcome:
    """Merge and write inside the caller's transaction."""
    source = batches.folder(batch) / "source"
    if not source.exists():
        raise Unreadable("这份文件已经清理。请重新上传。")
    rows, sent, faults = _read(source, programme)
    doer = _actor_for(actor, programme)
    theirs = _occurrences(actor, doer, programme, {row.key for row in rows})
    now = {pk: Standing(one.state, one.claimed, one.statement, one.done_on) for pk, one in theirs.items()}
    merged: Merged = fill_in.merge(rows, sent, now, clock.today())
    written: list[Change] = []
    clashes: list[Change] = []
    held: dict[int, dict[str, Any]] = {}
    kept = 0
    wrong = [*faults, *merged.faults]
    for change in merged.changes:
        choice = choices.get(change.row.key, "") if change.clash else "mine"
        if choice == "theirs":
            kept += 1
            continue
        if choice != "mine":
            clashes.append(change)
            continue
        before = chase_fill_back.held(theirs[change.row.key])
        fault = _write(doer, theirs[change.row.key], change)
        if fault:
            wrong.append(fault)
        else:
            written.append(change)
            held[change.row.key] = before
    wrong.sort(key=lambda one: (one.sheet, one.line))
    return Outcome(
        tuple(written), tuple(clashes), tuple(wrong), merged.unchanged + kept, _before(batch), theirs, held
    )


def _occurrences(actor: Actor, doer: Actor, programme: Programme, keys: set[int]) -> dict[int, Occurrence]:
    rows = Occurrence.objects.visible_to(actor).filter(programme_id=programme.pk, pk__in=keys)
    if not doer.system:
        rows = rows.filter(unit_id__in=units_of(actor))
    return {
        one.pk: one
        for one in rows.select_related("duty__unit__family", "duty__obligation", "duty__programme")
    }


def _write(doer: Actor, row: Occurrence, change: Change) -> Fault | None:
    """One row, whole or not at all."""
    try:
        with transaction.atomic():
            if change.act == "declare":
                values = {
                    "claimed": change.claimed, "done_on": change.row.done_on, "statement": change.statement
                }  # fmt: skip
                moves.perform(doer, row, "declare", {k: v for k, v in values.items() if v is not None})
            else:
                run_occurrences.report_progress(doer, row, change.claimed or Decimal(0), change.statement)
    except Refused as error:
        return Fault(change.row.sheet, change.row.line, "完成情况", str(error))
    except ValidationError as error:
        column = "完成日期" if "done_on" in getattr(error, "message_dict", {}) else "完成数"
        return Fault(change.row.sheet, change.row.line, column, "；".join(error.messages))
    return None


def _before(batch: ImportBatch) -> ImportBatch | None:
    """The same file, written before, by whomever."""
    rows = ImportBatch.objects.unscoped("whether the same file came before")
    same = rows.filter(ledger=LEDGER, digest=batch.digest, state=State.COMMITTED, mapping=batch.mapping)
    return same.exclude(pk=batch.pk).select_related("person").order_by("-id").first()


def _words(one: Fault) -> str:
    return f"“{one.sheet}”第 {one.line} 行 {one.column}：{one.reason}"


# Reading --------------------------------------------------------------------------------------------


def _read(path: Path, programme: Programme) -> tuple[tuple[Filled, ...], dict[int, Standing], list[Fault]]:
    """(filled rows, how they stood when the sheet went out, cells that cannot be read)."""
    book = Book(path)
    sent = _sent(book, programme)
    rows: list[Filled] = []
    faults: list[Fault] = []
    for name in book.names:
        sheet = book.sheet(name)
        if not any(cell not in ("", None) for row in sheet.rows for cell in row):
            continue
        _sheet(sheet, programme, rows, faults)
    if not rows and not faults:
        raise Unreadable("没有读到填报的行。请确认上传的是填好的那一份。")
    return tuple(rows), sent, faults


def _sent(book: Book, programme: Programme) -> dict[int, Standing]:
    if BASE not in book.hidden:
        return {}
    rows = book.sheet(BASE).rows
    if not rows or len(rows[0]) < 2 or str(rows[0][0]) != KIND:
        return {}
    if str(rows[0][1]) != str(programme.pk):
        raise Unreadable("这份填报表是另一份要点的。请到那份要点的“表格收发”里上传。")
    found: dict[int, Standing] = {}
    for row in rows[1:]:
        key, state, claimed, statement, done = [*row, "", "", "", "", ""][:5]
        pk = _key(key)
        if pk is not None:
            found[pk] = Standing(str(state), _decimal(claimed), str(statement or ""), _day(done))
    return found


def _decimal(cell: Any) -> Decimal | None:
    try:
        return Decimal(str(cell)) if cell not in ("", None) else None
    except InvalidOperation:
        return None


def _day(cell: Any) -> date | None:
    try:
        return date.fromisoformat(str(cell)[:10]) if cell not in ("", None) else None
    except ValueError:
        return None


def _key(cell: Any) -> int | None:
    text = str(cell or "").strip()
    return int(text[1:]) if text[:1] == "A" and text[1:].isdigit() and len(text) < 19 else None


def _sheet(sheet: Sheet, programme: Programme, rows: list[Filled], faults: list[Fault]) -> None:
    top, places = _head(sheet)
    parsers = {
        "完成情况": parse_choice((one, one) for one in fill_in.STATES),
        "完成数": parse_decimal(4, 16),
        "完成日期": parse_date(programme.year, "要点的年度"),
        "佐证说明": parse_text(LONGEST, lines=True),
    }
    for at in range(top + 1, len(sheet.rows)):
        cells = sheet.rows[at]
        values: dict[str, Any] = {}
        wrong = False
        for head, _ in FILLED:
            column = places[head]
            value: Any = parsers[head](cells[column] if column < len(cells) else "")
            if (at, column) in sheet.faults:
                value = Wrong(f"是公式且没有算出值（{sheet.faults[at, column]}）。请改成填写的内容。")
            if isinstance(value, Wrong):
                faults.append(Fault(sheet.name, at + 1, head, value.message))
                wrong = True
            values[head] = value.value if isinstance(value, Tidied) else value
        key = _key(cells[places[KEY]] if places[KEY] < len(cells) else "")
        if wrong or (key is None and all(value is None for value in values.values())):
            continue
        if key is None:
            reason = "这一行没有系统编号，不是导出时的任务。请把内容填到对应任务的行里。"
            faults.append(Fault(sheet.name, at + 1, KEY, reason))
            continue
        rows.append(
            Filled(
                sheet.name, at + 1, key, values["完成情况"] or "", values["完成数"], values["完成日期"],
                values["佐证说明"] or "",
            )
        )  # fmt: skip


def _head(sheet: Sheet) -> tuple[int, dict[str, int]]:
    """(the row of the headings, {heading: column}); columns may have been moved."""
    wanted = [KEY, *(head for head, _ in FILLED)]
    for at, row in enumerate(sheet.rows[:HEAD_WITHIN]):
        texts = [str(cell or "").strip() for cell in row]
        if "完成情况" in texts or KEY in texts:
            places = {head: texts.index(head) for head in wanted if head in texts}
            missing = [head for head in wanted if head not in places]
            if missing:
                raise Unreadable(NOT_OURS.format("、".join(missing)))
            return at, places
    raise Unreadable(f"工作表“{sheet.name}”里" + NOT_OURS.format("、".join(wanted)))
