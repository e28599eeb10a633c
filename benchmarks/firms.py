"""A province of firms, facilities and hidden dangers: lists, a firm's page, statistics, an import.

    python -m benchmarks.firms [--firms 100000 --facilities 300000 --dangers 1000000]

The rows come from the product's own generator (`anlan manage synthesise`), in a database of its own that
stands for the next run. Pages are asked through Django's test client as officers of the city and of the
province: sign-in, session and templates are in, the network is not. Goals: firm's page 60 ms, statistics
200 ms at the 95th percentile, import of 20,000 dangers with 900 bad rows 10 s.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks import house
from benchmarks.client import HTMX

DAY = date(2023, 7, 5)
IMPORTED, BAD = 20_000, 900


def main() -> None:
    """Make the database unless it stands, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--firms", type=int, default=100_000)
    parser.add_argument("--facilities", type=int, default=300_000)
    parser.add_argument("--dangers", type=int, default=1_000_000)
    options = parser.parse_args()
    wanted = f"{options.firms} {options.facilities} {options.dangers}"
    with house.kept(DAY, "anlan_firms", wanted, lambda: _fill(options)):
        _pages()
        _import()


def _fill(options: argparse.Namespace) -> None:
    from anlan.hazards.demo.loading import Scale, load
    from anlan.kernel import registry
    from anlan.org import opening

    for _ in opening.prepare_data():
        pass
    opening.enrol_cast("Ceshi-2023-Anlan")
    for step in registry.declared("SETUP"):
        step(False, lambda text: None)
    began = time.monotonic()
    load(Scale(options.firms, options.facilities, options.dangers), DAY, print)
    print(f"rows generated and written    {time.monotonic() - began:7.1f} s")
    began = time.monotonic()
    _settle()
    print(f"text indexes filed, analysed  {time.monotonic() - began:7.1f} s", flush=True)


def _settle() -> None:
    """What the worker and the database do by themselves after a bulk insert."""
    from django.db import connection

    from anlan.kernel import shadow, totals

    shadow.file_gathered(("hazards_hiddendanger", "enterprises_enterprise", "enterprises_facility"))
    totals.fold()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _pages() -> None:
    from django.urls import reverse

    from anlan.enterprises.models import Enterprise
    from anlan.kernel.places import labels
    from anlan.org.models import Person

    chance = random.Random(3)
    rows = Enterprise.objects.unscoped("benchmark").filter(region_path__startswith="360000/361100/")
    ids = list(rows.values_list("id", flat=True)[:5000])
    paths = sorted(set(rows.values_list("region_path", flat=True)))
    busy = [chance.choice(ids) for _ in range(house.ROUNDS + house.WARM_UP)]
    labels(paths)
    for username in ("sheng", "shi", "xian"):
        browser = house.signed_in(Person.objects.get(username=username))
        print(f"— {username}")
        dangers, firms = (
            reverse("ledger-list", args=["dangers"]),
            reverse("ledger-list", args=["enterprises"]),
        )
        _measure("dangers, first page", browser, [dangers], 10)
        _measure("dangers, table only", browser, [dangers], 5, part=True)
        filters = [
            f"{dangers}?region_path={chance.choice(paths)}&state=closed&industry={chance.choice(INDUSTRIES)}"
            for _ in range(house.ROUNDS + house.WARM_UP)
        ]
        _measure("dangers, county+state+industry", browser, filters, 5, part=True)
        _measure("dangers, 灭火器", browser, [f"{dangers}?q=灭火器"], 6, part=True)
        _measure("enterprises, first page", browser, [firms], 10)
        _measure("enterprises, 鑫源", browser, [f"{firms}?q=鑫源"], 6, part=True)
        _measure("facilities, first page", browser, [reverse("ledger-list", args=["facilities"])], 10)
        _measure("statistics", browser, ["/dangers/statistics/"], 200)
        if username != "xian":
            _measure("a firm's page", browser, [f"{firms}{pk}/" for pk in busy], 60)


INDUSTRIES = ("commerce", "fire", "hazchem", "construction-housing", "noncoal-mine", "machinery")


def _measure(label: str, browser: Any, paths: list[str], goal: int, part: bool = False) -> None:
    headers = HTMX if part else {}
    house.timed(label, lambda n: browser.get(paths[n % len(paths)], headers=headers), goal)


def _sheet() -> Iterator[list[Any]]:
    """20,000 rows of a danger ledger as a county sends it, 900 of them wrong."""
    from anlan.enterprises.models import Enterprise

    chance = random.Random(11)
    firms = Enterprise.objects.unscoped("benchmark").filter(region_path__startswith="360000/361100/")
    names = list(firms.values_list("code", flat=True)[:4000])
    step = IMPORTED // BAD
    for n in range(IMPORTED):
        found = date(2023, 1, 1) + timedelta(days=n % 170)
        text = f"{n % 40} 号车间配电箱第 {n} 处接线松动、无人签字确认"
        due = (found + timedelta(days=15)).strftime("%Y.%m.%d")
        row: list[Any] = [n + 1, chance.choice(names), text, found.isoformat(), "一般", "整改中", "王某"]
        row += ["重新接线并测试", 800, due, "断电挂牌"]
        if n % step == step - 1 and n // step < BAD:
            place, wrong = chance.choice(
                [(1, "没有这家企业"), (3, "2023-02-30"), (4, "较重"), (8, "三万"), (2, "")]
            )
            row[place] = wrong
        yield row


HEAD = ["序号", "企业", "隐患内容", "发现日期", "级别", "状态", "整改责任人"]
HEAD += ["整改措施", "整改资金", "整改期限", "应急预案与防范措施"]


def _import() -> None:
    import xlsxwriter
    from django.core.files.uploadedfile import SimpleUploadedFile

    from anlan.kernel import registry
    from anlan.kernel.exchange import batches
    from anlan.org.actors import actor_for
    from anlan.org.models import Person

    actor = actor_for(Person.objects.get(username="shi"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "in.xlsx"
        with xlsxwriter.Workbook(path, {"constant_memory": True}) as workbook:
            sheet = workbook.add_worksheet("隐患台账")
            for r, row in enumerate([HEAD, *_sheet()]):
                sheet.write_row(r, 0, row)
        content = path.read_bytes()
    batch = batches.take_in(actor, registry.ledger("dangers"), SimpleUploadedFile("台账.xlsx", content))
    began = time.monotonic()
    plan = batches.trial(actor, batch)
    trial = time.monotonic() - began
    began = time.monotonic()
    done = batches.commit(actor, batch.pk)
    written = time.monotonic() - began
    print(f"import of {IMPORTED:,}: trial {trial:.1f} s, writing {written:.1f} s, goal 10 s together")
    print(json.dumps({"trial": plan.counts(), "written": done.counts}, ensure_ascii=False))
    began = time.monotonic()
    undone = batches.undo(actor, batch.pk)
    print(f"taking the batch back: {undone.removed:,} rows in {time.monotonic() - began:.1f} s")
    # As it stood, for the next run.
    _settle()


if __name__ == "__main__":
    main()
