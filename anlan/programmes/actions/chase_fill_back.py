"""After a filled sheet was written: its wrong rows as a file to mend and send again, and taking it all back.

Taking back is one bulk act in one transaction, past the moves: every row gets the values it held before the
sheet, or none does. Rows on which something hangs by now (decided, declared anew, a proof added) refuse it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import xlsxwriter
from django.db import transaction

from anlan.kernel import audit, clock
from anlan.kernel.exchange import batches
from anlan.kernel.exchange.headings import REASON
from anlan.kernel.exchange.reading import Book
from anlan.kernel.models import ImportBatch
from anlan.kernel.models.imports import ImportedUpdate
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused
from anlan.programmes.actions import run_judging
from anlan.programmes.actions.chase_fill_out import BASE, FILLED, KEY, WIDTHS, drop_downs, styles_of
from anlan.programmes.models import Evidence, Occurrence, Programme
from anlan.programmes.rules.fill_in import Fault

# What filling in changes of an occurrence; judging makes light and reason anew.
KEPT: Final = (
    "state", "claimed", "statement", "done_on", "declared_by", "declared_at", "value", "proof", "met_on",
)  # fmt: skip
NAMED: Final = 5
State = ImportBatch.State


def held(row: Occurrence) -> dict[str, Any]:
    """What an occurrence holds now, as it can be put back."""
    return {name: audit.plain(getattr(row, name)) for name in KEPT}


def keep(batch: ImportBatch, before: Mapping[int, dict[str, Any]]) -> None:
    """Keep what the written rows held before, and the version that the sheet left them in."""
    rows = Occurrence.objects.unscoped("the rows that a sheet has just written").filter(pk__in=before)
    ImportedUpdate.objects.bulk_create(
        ImportedUpdate(batch=batch, subject_id=pk, left_version=version, previous=before[pk])
        for pk, version in rows.values_list("pk", "version")
    )


def undo(actor: Actor, doer: Actor, batch_pk: int, programme: Programme) -> int:
    """Take a written sheet back as a whole; gives how many rows. Raises Refused, naming what hangs on it."""
    with transaction.atomic():
        batch = batches.own(actor, batch_pk, lock=True)
        if batch.state != State.COMMITTED:
            raise Refused("这份填报表没有写入，或者已经撤销。")
        if not batches.may_undo(batch):
            raise Refused("写入的时间太久，不能整份撤销。请逐项更正。")
        updates = {one.subject_id: one for one in batch.updates.all()}
        rows = list(
            Occurrence.objects.visible_to(actor)
            .filter(pk__in=updates, programme_id=programme.pk)
            .select_for_update(of=("self",))
            .select_related("duty__obligation", "duty__unit")
            .order_by("pk")
        )
        hangs = _hangs(batch, rows, updates)
        if hangs or len(rows) != len(updates):
            named = "；".join(hangs[:NAMED]) or "有任务已不在职责范围内"
            more = f"；等 {len(hangs)} 项" if len(hangs) > NAMED else ""
            raise Refused(f"写入以后又有了新的办理，没有撤销：{named}{more}。请逐项更正。")
        for row in rows:
            _put_back(doer, batch, row, updates[row.pk].previous)
        run_judging.refresh(sorted({row.duty_id for row in rows}))
        batch.state, batch.undone_at = State.UNDONE, clock.now()
        batch.counts = {**batch.counts, "restored": len(rows)}
        batch.save(update_fields=["state", "undone_at", "counts"])
        note = f"撤销填报表 {batch.file_name}：恢复 {len(rows)} 行"
        audit.record(actor, "undo", programme, note=note, batch=batch.key)
    return len(rows)


def _hangs(batch: ImportBatch, rows: list[Occurrence], updates: Mapping[int, ImportedUpdate]) -> list[str]:
    later = Evidence.objects.unscoped("whether a proof was given since").filter(
        occurrences__in=[row.pk for row in rows], provided_at__gt=batch.committed_at
    )
    proven = set(later.values_list("occurrences", flat=True))
    found = []
    for row in rows:
        name = f"“{row.duty.obligation.quote[:20]}”"
        if row.version != updates[row.pk].left_version:
            found.append(f"{name}现在是“{row.get_state_display()}”，写入后又办理过")
        elif row.pk in proven:
            found.append(f"{name}写入后添了佐证")
    return found


def _put_back(doer: Actor, batch: ImportBatch, row: Occurrence, previous: Mapping[str, Any]) -> None:
    before = held(row)
    for name in KEPT:
        field: Any = Occurrence._meta.get_field(name)
        setattr(row, name, field.to_python(previous[name]))
    row.version += 1
    row.save(update_fields=[*KEPT, "version"])
    changed = {name: [before[name], previous[name]] for name in KEPT if before[name] != previous[name]}
    audit.record(doer, "undo", row, changed, note=f"撤销填报表 {batch.file_name}", batch=batch.key)


# The wrong rows -------------------------------------------------------------------------------------


def write_wrong(source: Path, faults: Iterable[Fault], target: Path) -> None:
    """Write the wrong rows of a filled sheet to `target`, with a column that says what is wrong with each.

    It keeps the hidden column and the hidden sheet, so that it is mended and sent again like the first one.
    """
    wrong: dict[str, dict[int, list[Fault]]] = defaultdict(lambda: defaultdict(list))
    for fault in faults:
        wrong[fault.sheet][fault.line].append(fault)
    book = Book(source)
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False}) as made:
        styles = styles_of(made)
        styles["reason"] = made.add_format(
            {"font_name": "宋体", "font_size": 10.5, "font_color": "#B71C1C", "text_wrap": True, "border": 1}
        )
        for name in book.names:
            if name in wrong:
                _wrong_sheet(made.add_worksheet(name), styles, book.sheet(name).rows, wrong[name])
        if BASE in book.hidden:
            sheet = made.add_worksheet(BASE)
            for at, row in enumerate(book.sheet(BASE).rows):
                for column, cell in enumerate(row):
                    sheet.write_string(at, column, str(cell or ""))
            sheet.very_hidden()


def _wrong_sheet(
    sheet: Any, styles: dict[str, Any], rows: list[list[Any]], wrong: Mapping[int, list[Fault]]
) -> None:
    top = next(at for at, row in enumerate(rows) if KEY in [str(cell or "").strip() for cell in row])
    heads = [str(cell or "").strip() for cell in rows[top]]
    old = next((n for n, head in enumerate(heads) if head.startswith(REASON[:4])), None)
    reason = old if old is not None else len(heads)
    fill = {head for head, _ in FILLED}
    for n, head in enumerate(heads):
        hidden = {"hidden": True} if head == KEY else {}
        sheet.set_column(n, n, WIDTHS.get(head, 10) or 10, None, hidden)
        sheet.write_string(0, n, head, styles["fill-head" if head in fill else "head"])
    sheet.set_column(reason, reason, 50)
    sheet.write_string(0, reason, REASON, styles["head"])
    for at, line in enumerate(sorted(wrong), 1):
        for n, cell in enumerate(rows[line - 1]):
            if n != reason and cell not in ("", None):
                _cell(sheet, at, n, cell, styles["text" if n < len(heads) and heads[n] in fill else "still"])
        words = "\n".join(f"{one.column}：{one.reason}" for one in wrong[line])
        sheet.write_string(at, reason, words, styles["reason"])
    drop_downs(sheet, 1, len(wrong), heads.index("完成情况"), heads.index("完成数"))
    sheet.freeze_panes(1, 0)


def _cell(sheet: Any, at: int, column: int, cell: Any, style: Any) -> None:
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        sheet.write_string(at, column, str(cell)[:32_767], style)
    else:
        sheet.write_number(at, column, cell, style)
