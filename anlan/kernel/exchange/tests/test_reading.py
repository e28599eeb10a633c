"""Files as they come: by content and not by name, bounded, and refused with a remedy."""

from __future__ import annotations

import struct
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import xlwt

from anlan.kernel.exchange import reading
from anlan.kernel.exchange.reading import Book, Unreadable

ROWS = [["编号", "描述"], ["YH1", "配电箱未上锁"]]


def rows_of(path: Path) -> list[list[Any]]:
    book = Book(path)
    return book.sheet(book.names[0]).rows


def refused(path: Path) -> str:
    with pytest.raises(Unreadable) as error:
        rows_of(path)
    return str(error.value)


def old_book(path: Path) -> Path:
    """A BIFF file such as WPS and old Excel write."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("台账")
    for r, row in enumerate(ROWS):
        for c, cell in enumerate(row):
            sheet.write(r, c, cell)
    sheet.write(2, 0, 45107)
    sheet.write(2, 1, date(2023, 6, 30), xlwt.easyxf(num_format_str="YYYY-MM-DD"))
    sheet.write_merge(3, 4, 0, 0, "合并")
    book.save(str(path))
    return path


@pytest.mark.parametrize("name", ["台账.xls", "台账.et", "台账.xlsx", "台账"])
def test_an_old_book_is_read_whatever_it_is_called(tmp_path, name):
    book = Book(old_book(tmp_path / name))
    sheet = book.sheet("台账")
    assert book.kind == "xls" and sheet.rows[:2] == ROWS
    assert sheet.rows[2] == [45107, date(2023, 6, 30)] and sheet.merges == [((3, 0), (4, 0))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_in_every_usual_encoding(tmp_path, encoding, delimiter):
    path = tmp_path / "x.csv"
    path.write_bytes("\n".join(delimiter.join(row) for row in ROWS).encode(encoding))
    assert rows_of(path) == ROWS


def test_wrong_encodings_are_told(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(bytes([0x81, 0xFF, 0xFE, 0x9C]) * 100)
    assert "编码认不出来" in refused(path)


def test_ragged_csv_rows_become_equally_wide(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("a,b,c\n1\n2,3\n")
    assert rows_of(path) == [["a", "b", "c"], ["1", "", ""], ["2", "3", ""]]


def test_a_password_is_told(tmp_path):
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"))
    assert "取消密码" in refused(path)


def test_an_old_book_with_a_password_is_told(tmp_path):
    path = old_book(tmp_path / "x.xls")
    raw = bytearray(path.read_bytes())
    # BIFF8: the record after BOF becomes FILEPASS, which is what an encrypted stream begins with.
    at = raw.index(struct.pack("<HH", 0x0809, 16)) + 20
    raw[at : at + 2] = struct.pack("<H", 0x002F)
    path.write_bytes(raw)
    assert "密码" in refused(path) or "读不出来" in refused(path)


def test_word_documents_and_other_zips_are_told(tmp_path):
    for member, word in (("word/document.xml", "Word"), ("x.txt", "xlsx 以外")):
        path = tmp_path / "x.xlsx"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(member, "x")
        assert word in refused(path)


def test_a_broken_archive_is_told(tmp_path):
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        workbook.add_worksheet().write(0, 0, "x")
    path.write_bytes(path.read_bytes()[:-300])
    assert "可能已损坏" in refused(path)


def test_a_zip_bomb_is_refused_by_what_it_says_of_itself(tmp_path):
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (64 * 1024 * 1024))
    assert path.stat().st_size < 200_000
    assert "压缩率异常" in refused(path)


def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path):
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        for n in range(3000):
            sheet.write_row(n, 0, [f"值{n}"] * 5)
    raw = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        real = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    assert raw.count(struct.pack("<I", real)) >= 1
    path.write_bytes(bytes(raw).replace(struct.pack("<I", real), struct.pack("<I", 1000)))
    assert "可能已损坏" in refused(path)


@pytest.mark.parametrize("place", [(1_048_575, 16_383), (900_000, 20)])
def test_one_cell_far_away_does_not_fill_the_memory(tmp_path, place):
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write(0, 0, "编号")
        sheet.write(*place, "x")
    assert "删去表格下方和右侧的空行空列" in refused(path)


def test_formatted_but_empty_cells_far_down_are_harmless(tmp_path):
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet, form = workbook.add_worksheet(), workbook.add_format({"bold": True})
        sheet.write_row(0, 0, ROWS[0])
        sheet.write_blank(1_000_000, 30, None, form)
    assert rows_of(path)[0][:2] == ROWS[0]


def test_hidden_sheets_are_left_and_hidden_rows_counted(tmp_path):
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("明")
        workbook.add_worksheet("暗").hide()
        for r, row in enumerate(ROWS):
            sheet.write_row(r, 0, row)
        sheet.set_row(1, None, None, {"hidden": True})
        sheet.set_column(1, 2, None, None, {"hidden": True})
    book = Book(path)
    sheet_read = book.sheet("明")
    assert book.names == ["明"] and book.hidden == ["暗"]
    assert (sheet_read.hidden_rows, sheet_read.hidden_columns) == (1, 2)


def test_formulas_without_a_value_are_found(tmp_path):
    import openpyxl

    path = tmp_path / "x.xlsx"
    workbook = openpyxl.Workbook()
    workbook.active.append(["编号", "=1+1", "好"])
    workbook.save(path)
    book = Book(path)
    assert book.sheet(book.names[0]).faults == {(0, 1): "没有算出值的公式"}


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_column_letters_both_ways(index, letters):
    assert reading.column_letters(index) == letters
    assert reading.column_number(letters.encode()) == index + 1
