"""Export and import of 100,000 rows: seconds and memory, on the measured ledger.

`python -m benchmarks.exchange export|import` prints one JSON line; each runs in a process of its own, so
that its peak memory is its own.
"""

from __future__ import annotations

import json
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks import ledger

ROWS, BAD = 100_000, 900
HEAD = "编号 企业 县区 行业 描述 级别 发现日期 整改期限 整改资金 整改人".split()  # noqa: SIM905
COLUMNS = "number,description,site__name,region_path,industry,level,state,found_on,due_on,cost"


def rows(seed: int = 7, number: int = ROWS, bad: int = BAD, sites: int = ledger.SITES) -> Iterator[list[Any]]:
    """`number` sheet rows under HEAD, `bad` of them wrong in one of six ways, evenly spread."""
    step = number // bad if bad else number + 1
    for n, fault in enumerate(ledger.faults(seed, number, sites)):
        _, _, site, path, industry, level, _, text, cost, found, due, _, mender, _, _ = fault
        assert isinstance(found, date) and isinstance(due, date)
        row: list[Any] = [
            f"N{seed}-{n:08d}", f"P{site:08d}", str(path), industry, text,
            "重大" if level == "major" else "一般", found, due.strftime("%Y.%m.%d"), float(str(cost)), mender,
        ]  # fmt: skip
        if bad and n % step == step - 1 and n // step < bad:
            place, wrong = random.Random(n).choice(
                [(5, "较重"), (6, "2023-02-30"), (1, "P999"), (4, ""), (8, "3万"), (7, "2001.1.1")]
            )
            row[place] = wrong
        yield row


def make_file(path: Path, number: int, bad: int, seed: int, sites: int) -> Path:
    """The sheet as xlsx, with a title row above the header."""
    from rustpy_xlsxwriter import Format, write_worksheet

    records = (dict(zip(HEAD, row, strict=True)) for row in rows(seed, number, bad, sites))
    formats = {"发现日期": Format().set_num_format("yyyy-mm-dd")}
    title = [(0, 0, 0, len(HEAD) - 1, "隐患台账")]
    write_worksheet(records, str(path), header_row=1, merge_ranges=title, column_formats=formats)
    return path


def officer() -> Any:
    """The province's officer: the widest scope that is still a scope."""
    from anlan.kernel.scope import Actor, Reach, Seat

    seat = Seat(1, "省级", region_paths=(ledger.PROVINCE,), reach=Reach.SUBTREE,
                permissions=frozenset({"faults.*", "sites.*"}))  # fmt: skip
    return Actor(None, "测量", (seat,), seat)


def measure_import(number: int = ROWS, bad: int = BAD, seed: int = 7) -> dict[str, Any]:
    """Upload, trial, write and undo one sheet; the database is as before."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from anlan.kernel import registry
    from anlan.kernel.exchange import batches, resolve
    from tests.example.models import Site

    sites = Site.objects.unscoped("the places of the measured ledger").count()
    resolve.register("region", lambda actor, texts: {text: text for text in texts})
    with tempfile.TemporaryDirectory() as folder:
        content = make_file(Path(folder) / "in.xlsx", number, bad, seed, sites).read_bytes()
    before, found = peak(), {}
    actor = officer()
    batch = batches.take_in(actor, registry.ledger("faults"), SimpleUploadedFile("台账.xlsx", content))
    del content
    for name, act in (("trial", batches.trial), ("write", batches.commit), ("undo", batches.undo)):
        begun = time.monotonic()
        act(actor, batch if name == "trial" else batch.pk)  # type: ignore[arg-type]
        found[f"{name}_s"] = round(time.monotonic() - begun, 2)
        if name == "write":
            batch = batches.own(actor, batch.pk)
            found.update(written=batch.counts["created"], returned=batch.counts["wrong"])
    found["peak_mib"] = peak()
    found["peak_before_mib"] = before
    batches.clear_old(days=-1)
    return found


def measure_export(number: int = ROWS) -> dict[str, Any]:
    """The newest `number` rows by ten columns into an xlsx file."""
    from anlan.kernel import registry
    from anlan.kernel.exchange import export
    from anlan.kernel.listing import Listing

    listing = Listing(registry.ledger("faults"), officer(), {"columns": COLUMNS})
    rows = listing.queryset()[:number]
    found: dict[str, Any] = {"before_mib": peak()}
    with tempfile.TemporaryDirectory() as folder:
        begun = time.monotonic()
        written = export.write_xlsx(Path(folder) / "out.xlsx", listing.ledger, rows, listing.columns)
        found.update(seconds=round(time.monotonic() - begun, 2), rows=written, peak_mib=peak())
        found["file_mib"] = round((Path(folder) / "out.xlsx").stat().st_size / 1048576, 1)
    return found


def peak() -> float:
    """The most memory this process has had, MiB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    print(json.dumps({"export": measure_export, "import": measure_import}[sys.argv[1]]()))
