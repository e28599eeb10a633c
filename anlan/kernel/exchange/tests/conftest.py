"""Sheets made on the spot, and the cast that brings them in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from anlan.kernel import registry
from anlan.kernel.exchange import resolve
from anlan.kernel.exchange.cells import Wrong
from anlan.kernel.ledger import Ledger
from anlan.kernel.scope import Actor, Reach, Seat
from anlan.kernel.testing import make_row

HERE, THERE = "360000/361100/361128/", "360000/360400/360428/"
PLACES = {"鄱阳县": HERE, "都昌县": THERE, "上饶市": "360000/361100/"}
HEAD = [
    "序号",
    "编号",
    "受检单位",
    "县区",
    "行业",
    "隐患内容",
    "级别",
    "检查日期",
    "完成时间",
    "整改资金",
    "整改人",
    "验收人",
]


def line(number: int, **cells: Any) -> list[Any]:
    """A good row under HEAD; keywords replace cells by heading."""
    row = [number, f"YH{number:05}", "甲公司", "鄱阳县", "化工", f"配电箱{number}未上锁", "一般",
           date(2023, 5, 3), "2023.6.30", 1200, "张三", "李四"]  # fmt: skip
    for heading, value in cells.items():
        row[HEAD.index(heading)] = value
    return row


def regions(actor: Actor, texts: Any) -> dict[str, Any]:
    """A small gazetteer with one renamed county."""
    found: dict[str, Any] = {text: PLACES[text] for text in texts if text in PLACES}
    found.update({"波阳县": Wrong("旧称。选“鄱阳县”后可写入。", "鄱阳县")} if "波阳县" in texts else {})
    return found


@pytest.fixture(autouse=True)
def gazetteer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's own regions, whatever the organisation has registered."""
    monkeypatch.setitem(resolve._resolvers, "region", regions)


@pytest.fixture
def faults() -> Ledger:
    """The example ledger."""
    return registry.ledger("faults")


@pytest.fixture
def officer(db: None) -> Actor:
    """The city's officer: may everything in faults and sites below 上饶市."""
    return _person("officer", "faults.*", "sites.*", path="360000/361100/")


@pytest.fixture
def stranger(db: None) -> Actor:
    """The other city's officer."""
    return _person("stranger", "faults.*", "sites.*", path="360000/360400/")


@pytest.fixture
def reader(db: None) -> Actor:
    """May look and bring in, but not change what is there."""
    return _person(
        "reader", "faults.view", "faults.import", "faults.add", "sites.view", path="360000/361100/"
    )


def _person(username: str, *permissions: str, path: str) -> Actor:
    from django.contrib.auth import get_user_model

    person = get_user_model().objects.create_user(username=username, password=None, name=username)
    seat = Seat(id=7, label="岗位", person_id=person.pk, region_paths=(path,), reach=Reach.SUBTREE,
                unit_id=11, permissions=frozenset(permissions))  # fmt: skip
    return Actor(person.pk, username, (seat,), seat)


@pytest.fixture
def site(db: None) -> Any:
    """甲公司 in 鄱阳县."""
    from tests.example.models import Site

    return make_row(Site, code="S1", name="甲公司", region_path=HERE, industry="化工")


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Make an xlsx of rows; dates become date cells, texts stay texts."""
    made = 0

    def make(*rows: Sequence[Any], merges: Sequence[tuple[int, int, int, int]] = (), name: str = "") -> Path:
        nonlocal made
        made += 1
        path = tmp_path / (name or f"book{made}.xlsx")
        with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as workbook:
            sheet = workbook.add_worksheet("台账")
            day = workbook.add_format({"num_format": "yyyy-mm-dd"})
            for top, left, bottom, right in merges:
                sheet.merge_range(top, left, bottom, right, "")
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    if isinstance(cell, date | datetime):
                        sheet.write_datetime(r, c, cell, day)
                    elif cell not in ("", None):
                        sheet.write(r, c, cell)
        return path

    yield make
