"""Exactly the rows seen, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from anlan.kernel import places
from anlan.kernel.exchange import export, plan, template
from anlan.kernel.exchange.reading import Book
from anlan.kernel.exchange.tests.conftest import HERE, THERE
from anlan.kernel.listing import Listing
from anlan.kernel.testing import make_row
from tests.example.models import Fault

pytestmark = pytest.mark.django_db
COLUMNS = "number,description,site__name,region_path,level,found_on,cost"


@pytest.fixture(autouse=True)
def named(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {HERE: "鄱阳县", THERE: "都昌县"}
    monkeypatch.setattr(
        places, "_labeller", [lambda paths: {one: known[one] for one in paths if one in known}]
    )


@pytest.fixture
def rows(site: Any) -> list[Any]:
    common = {"site": site, "region_path": HERE, "found_on": date(2023, 6, 30)}
    return [
        make_row(
            Fault, number="001122334455667788", description="=HYPERLINK(1)", cost=Decimal("12.50"), **common
        ),
        make_row(Fault, number="YH2", description="-5℃以下", level="major", **common),
        make_row(Fault, number="YH3", description="在别处", **{**common, "region_path": THERE}),
    ]


def listed(faults: Any, actor: Any, **query: str) -> Any:
    return Listing(faults, actor, {"columns": COLUMNS, **query})


def sheet_of(path: Any) -> list[list[Any]]:
    book = Book(path)
    return book.sheet(book.names[0]).rows


@pytest.mark.parametrize("small", [True, False])
def test_xlsx_holds_what_the_list_shows(faults, officer, rows, tmp_path, monkeypatch, small):
    monkeypatch.setattr(export, "SMALL", 2000 if small else 0)
    path = tmp_path / "out.xlsx"
    listing = listed(faults, officer)
    assert export.write_xlsx(path, faults, listing.queryset(), listing.columns, title="问题台账") == 2
    found = sheet_of(path)
    assert found[0][0] == "问题台账"
    assert found[1] == ["描述", "编号", "企业", "区划", "级别", "发现日期", "整改资金（元）"] or found[1][
        :2
    ] == ["编号", "描述"]
    by_number = {row[found[1].index("编号")]: dict(zip(found[1], row, strict=True)) for row in found[2:]}
    first = by_number["001122334455667788"]
    assert first["描述"] == "=HYPERLINK(1)" and first["区划"] == "鄱阳县" and first["企业"] == "甲公司"
    assert first["发现日期"] == date(2023, 6, 30) and first["整改资金（元）"] == 12.5
    assert by_number["YH2"]["级别"] == "重大" and by_number["YH2"]["整改资金（元）"] == ""
    for cell in openpyxl.load_workbook(path).active.iter_rows():
        for one in cell:
            assert one.data_type != "f", f"{one.coordinate} is a formula"


def test_filters_and_scope_decide_what_is_exported(faults, officer, stranger, rows, tmp_path):
    for actor, query, expected in ((officer, {"level": "major"}, 1), (stranger, {}, 1), (officer, {}, 2)):
        listing = listed(faults, actor, **query)
        assert export.write_xlsx(tmp_path / "x.xlsx", faults, listing.queryset(), listing.columns) == expected


def test_an_empty_export_has_its_heads(faults, officer, tmp_path, db):
    listing = listed(faults, officer)
    assert export.write_xlsx(tmp_path / "x.xlsx", faults, listing.queryset(), listing.columns) == 0
    assert "编号" in sheet_of(tmp_path / "x.xlsx")[0]


def test_csv_has_a_mark_and_neutralised_cells(faults, officer, rows):
    listing = listed(faults, officer)
    text = "".join(export.csv_lines(faults, listing.queryset(), listing.columns))
    assert text.startswith("\ufeff")
    found = list(csv.DictReader(io.StringIO(text[1:])))
    assert {row["描述"] for row in found} == {"'=HYPERLINK(1)", "'-5℃以下"}
    assert {row["编号"] for row in found} == {"001122334455667788", "YH2"}


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "＝1"])
def test_every_beginning_of_a_formula_is_neutralised(text):
    assert export.neutral(text) == "'" + text
    assert export.neutral("正常") == "正常" and export.neutral(Decimal("-1")) == Decimal("-1")


def test_an_export_comes_back_unchanged(faults, officer, rows, tmp_path):
    listing = listed(faults, officer)
    export.write_xlsx(tmp_path / "x.xlsx", faults, listing.queryset(), listing.columns, title="问题台账")
    found = plan.read(tmp_path / "x.xlsx", faults, officer)
    found.judge(officer)
    assert found.counts()["unchanged"] == 2 and found.counts()["wrong"] == 0


def test_the_template_is_read_back_and_offers_the_choices(faults, officer, site, tmp_path):
    path = tmp_path / "template.xlsx"
    template.write_template(faults, path)
    workbook = openpyxl.load_workbook(path)
    sheet = workbook.worksheets[0]
    heads = [cell.value for cell in sheet[2]]
    assert "编号*" in heads and "整改期限" in heads
    lists = [one.formula1 for one in sheet.data_validations.dataValidation]
    assert '"一般,重大"' in lists
    values = {"编号*": "T1", "企业*": "甲公司", "区划*": "鄱阳县", "行业*": "化工", "描述*": "x"}
    for name, value in {**values, "发现日期*": "2023-6-1"}.items():
        sheet.cell(3, heads.index(name) + 1).value = value
    workbook.save(path)
    found = plan.read(path, faults, officer)
    found.judge(officer)
    assert found.findings()["wrong"] == [] and found.counts()["created"] == 1
