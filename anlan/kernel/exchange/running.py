"""The long acts of exchange as jobs: reading, writing, taking back, exporting."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from procrastinate.contrib.django import app

from anlan.kernel import audit, jobs, registry
from anlan.kernel.exchange import batches, export
from anlan.kernel.exchange.reading import Unreadable
from anlan.kernel.jobs import Progress, Unfit, handler
from anlan.kernel.listing import Listing
from anlan.kernel.models import ImportBatch
from anlan.kernel.scope import Actor
from anlan.kernel.writing import require


@handler("import-trial")
def trial(actor: Actor, progress: Progress, batch: int) -> str:
    """Read a large file; the batch's page shows what was found."""
    progress(0, message="正在试读")
    progress.leads_to(reverse("import-batch", args=[batch]))
    try:
        plan = batches.trial(actor, batches.own(actor, batch))
    except Unreadable as error:
        raise Unfit(str(error)) from error
    return f"读到 {len(plan.places)} 行。"


@handler("import-commit")
def commit(actor: Actor, progress: Progress, batch: int) -> str:
    """Write a batch."""
    progress(0, message="正在核对")
    progress.leads_to(reverse("import-batch", args=[batch]))
    try:
        done = batches.commit(actor, batch, tick=progress)
    except Unreadable as error:
        raise Unfit(str(error)) from error
    except ImportBatch.DoesNotExist as error:
        raise Unfit("没有这一批，或者不是您导入的。") from error
    found = done.counts
    return f"新增 {found['created']} 行，更新 {found['updated']} 行，有错 {found['wrong']} 行。"


@handler("import-undo")
def undo(actor: Actor, progress: Progress, batch: int) -> str:
    """Take a batch back."""
    progress(0, message="正在撤销")
    progress.leads_to(reverse("import-batch", args=[batch]))
    done = batches.undo(actor, batch)
    return f"撤去 {done.removed} 行，恢复 {done.restored} 行，保留 {len(done.kept)} 行。"


@handler("export")
def export_rows(actor: Actor, progress: Progress, key: str, query: dict[str, str], form: str) -> str:
    """Write a large list to a file."""
    found = registry.ledger(key)
    require(actor, found.permission("export"))
    listing = Listing(found, actor, query)
    progress(0, message="正在导出")
    path = progress.result(export.file_name(found, form))
    count = write_file(listing, path, form, progress)
    record(actor, listing, count)
    return f"{count:,} 行，保留 {jobs.KEPT_DAYS} 天。"


def write_file(listing: Listing, path: Any, form: str, tick: Any = None) -> int:
    """Write the listing's rows to `path` as xlsx or csv; how many."""
    ledger, rows, columns = listing.ledger, listing.queryset()[: export.MOST_ROWS], listing.columns
    if form == "csv":
        count = 0

        def counted(done: int) -> None:
            nonlocal count
            count = done
            if tick:
                tick(done)

        with path.open("w", encoding="utf-8", newline="") as stream:
            stream.writelines(export.csv_lines(ledger, rows, columns, counted))
        return count
    return export.write_xlsx(path, ledger, rows, columns, title=ledger.label, tick=tick)


def record(actor: Actor, listing: Listing, count: int) -> None:
    """Who took how many rows out, under which filter."""
    shown = "&".join(f"{key}={value}" for key, value in listing.query.items() if value and key != "format")
    note = f"{count} 行；筛选：{shown or '无'}"
    audit.record(actor, "export", None, note=note, ledger=listing.ledger.key, subject=listing.ledger.label)


@app.periodic(cron="17 3 * * *", periodic_id="clear")
@app.task(name="kernel.clear_files", queue="periodic", queueing_lock="kernel.clear_files", pass_context=False)
def clear_files(timestamp: int) -> int:
    """Results and uploaded sheets do not stay for ever."""
    return jobs.clear_old() + batches.clear_old()
