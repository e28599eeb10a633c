"""Opening a sheet whatever its name says: xlsx, xls (also from WPS) and csv, told apart by content.

Everything that could fill memory is refused before it is unpacked; every refusal says what to do.
"""

from __future__ import annotations

import csv
import html
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

MOST_CELLS = 8_000_000
MOST_ROWS = 200_000
MOST_UNPACKED = 800 * 1024 * 1024
MOST_RATIO = 150
MOST_SHEETS = 12
CHUNK = 1 << 20
SAVE_AS = "请用 Excel 或 WPS 打开后另存为 xlsx 再传。"

_OTHERS = {b"%PDF": "PDF", b"\x89PNG": "图片", b"\xff\xd8\xff": "图片", b"Rar!": "压缩包"}

Merge = tuple[tuple[int, int], tuple[int, int]]


class Unreadable(Exception):
    """The file cannot be taken; the message tells the person why and what to do."""


@dataclass
class Sheet:
    """One sheet from A1 on: `rows[r][c]`, all rows equally wide; "" where a cell is empty.

    `faults` are formula cells without a usable value, `(row, column) -> what stands there`, from 0.
    """

    name: str
    rows: list[list[Any]]
    merges: list[Merge] = field(default_factory=list)
    faults: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: int = 0
    hidden_columns: int = 0


class Book:
    """A file with its visible sheets. Raises Unreadable when it is none, or too much."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as stream:
            head = stream.read(4096)
        if not head.strip(b"\0 \r\n\t"):
            raise Unreadable("这个文件是空的。请核对后再传。")
        self.kind = _kind(path, head)
        self.hidden: list[str] = []
        self._parts: dict[str, str] = {}
        if self.kind == "csv":
            self.names = [path.stem]
            return
        if self.kind == "xlsx":
            self._parts = _guard_zip(path)
        self._workbook = _load(path)
        self.names = []
        for one in self._workbook.sheets_metadata:
            if one.typ == SheetTypeEnum.WorkSheet:
                (self.names if one.visible == SheetVisibleEnum.Visible else self.hidden).append(one.name)
        if not self.names:
            raise Unreadable("文件里没有可见的工作表。请取消隐藏后再传。")
        if len(self.names) > MOST_SHEETS:
            raise Unreadable(f"有 {len(self.names)} 张工作表，最多读 {MOST_SHEETS} 张。请只留要导入的再传。")

    def sheet(self, name: str) -> Sheet:
        """One sheet by name, read whole."""
        if self.kind == "csv":
            return Sheet(name, _square(_read_csv(self.path)))
        found = Sheet(name, [])
        if self.kind == "xlsx" and name in self._parts:
            _Scan(self.path, self._parts[name], found).run()
        try:
            raw = self._workbook.get_sheet_by_name(name)
            if raw.end is not None:
                _check_size(raw.end[0] + 1, raw.end[1] + 1)
            found.rows = raw.to_python(skip_empty_area=False) if raw.end is not None else []
        except (CalamineError, ValueError) as error:
            raise Unreadable(f"工作表“{name}”读不出来，文件可能已损坏。{SAVE_AS}") from error
        found.merges = list(raw.merged_cell_ranges or [])
        return found


def _kind(path: Path, head: bytes) -> str:
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        whole = path.read_bytes()
        if "EncryptedPackage".encode("utf-16-le") in whole:
            raise Unreadable("文件设了打开密码，读不出来。请取消密码后再传。")
        if "WordDocument".encode("utf-16-le") in whole:
            raise Unreadable("这是 Word 文档，不是表格。请把表格复制到 Excel 里再传。")
        return "xls"
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")[:512].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml", b"<head", b"<meta")):
        raise Unreadable(f"这个文件其实是网页或 XML，只是改了扩展名。{SAVE_AS}")
    for magic, what in _OTHERS.items():
        if head.startswith(magic):
            raise Unreadable(f"这是{what}，不是表格。请传 xlsx、xls 或 csv 文件。")
    return "csv"


def _load(path: Path) -> CalamineWorkbook:
    try:
        with path.open("rb") as stream:
            # A path would be judged by its extension, a stream is judged by its content.
            return CalamineWorkbook.from_filelike(stream)
    except PasswordError as error:
        raise Unreadable("文件设了打开密码，读不出来。请取消密码后再传。") from error
    except (CalamineError, OSError, ValueError) as error:
        raise Unreadable(f"这个表格文件读不出来，可能已损坏或没有传完整。{SAVE_AS}") from error


def _guard_zip(path: Path) -> dict[str, str]:
    """Refuse bombs by what the archive says of itself; returns {sheet name: part}."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            unpacked = sum(one.file_size for one in members)
            if len(members) > 5000 or unpacked > MOST_UNPACKED:
                raise Unreadable(f"文件解开后有 {unpacked // 1048576} MB，太大。请删去图片、拆成几个再传。")
            for one in members:
                if one.file_size > 20 * 1048576 and one.file_size > MOST_RATIO * max(one.compress_size, 1):
                    raise Unreadable("压缩率异常，可能是恶意文件，没有读取。请新建一个表，粘贴内容后再传。")
            names = {one.filename for one in members}
            if any(one.flag_bits & 1 for one in members):
                raise Unreadable("文件设了打开密码，读不出来。请取消密码后再传。")
            if "xl/workbook.xml" not in names:
                what = "Word 文档" if "word/document.xml" in names else "xlsx 以外的格式"
                raise Unreadable(f"这是{what}。{SAVE_AS}")
            return _sheet_parts(archive, names)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError) as error:
        raise Unreadable(f"这个表格文件读不出来，可能已损坏或没有传完整。{SAVE_AS}") from error


def _sheet_parts(archive: zipfile.ZipFile, names: set[str]) -> dict[str, str]:
    book = archive.read("xl/workbook.xml")[:4_000_000].decode("utf-8", "replace")
    rels_name = "xl/_rels/workbook.xml.rels"
    rels = archive.read(rels_name)[:4_000_000].decode("utf-8", "replace") if rels_name in names else ""
    targets = {}
    for tag in re.findall(r"<Relationship\b[^>]*>", rels):
        found = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        target = found.get("Target", "")
        targets[found.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    parts = {}
    for tag in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", book):
        name, link = re.search(r'\bname="([^"]*)"', tag), re.search(r'\b\w+:id="([^"]*)"', tag)
        if name and link and targets.get(link[1]) in names:
            parts[html.unescape(name[1])] = targets[link[1]]
    return parts


def _check_size(rows: int, columns: int) -> None:
    if rows * columns > MOST_CELLS or rows > MOST_ROWS + 1000:
        raise Unreadable(
            f"表格有 {rows:,} 行、{columns:,} 列，一次最多读 {MOST_ROWS:,} 行。"
            "请删去表格下方和右侧的空行空列，或拆成几个文件再传。"
        )


# Plain searches first: they run at memory speed, and few chunks of a common sheet match.
_WIDE, _DEEP = re.compile(rb'r="[A-Z][A-Z]'), re.compile(rb'r="[A-Z]?\d{6}')
_FAR = re.compile(rb'\br="([A-Z]{2,3})(\d{1,7})"|\br="([A-Z]?)(\d{6,7})"')
_VALUED = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*(?<!/)>')
_ERROR = re.compile(rb'<c\b(?=[^>]*\bt="e")[^>]*?\br="([A-Z]+)(\d+)"[^>]*>.*?<v>([^<]*)</v>', re.S)
_UNCOUNTED = re.compile(
    rb'<c\b(?![^>]*\bt="str")[^>]*?\br="([A-Z]+)(\d+)"[^>]*>\s*<f\b[^>]*(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>'
)
_HIDDEN_ROW = re.compile(rb'<row\b[^>]*\bhidden="(?:1|true)"')
_HIDDEN_COLUMN = re.compile(rb'<col\b(?=[^>]*\bhidden="(?:1|true)")[^>]*?\bmin="(\d+)"[^>]*?\bmax="(\d+)"')


class _Scan:
    """One pass over a sheet's XML for what the reader does not tell: far cells, errors, what is hidden."""

    def __init__(self, path: Path, part: str, sheet: Sheet) -> None:
        self.path, self.part, self.sheet = path, part, sheet

    def run(self) -> None:
        rows, columns = 99_999, 26
        for chunk in self._chunks():
            if _WIDE.search(chunk) or _DEEP.search(chunk):
                for match in _FAR.finditer(chunk):
                    columns = max(columns, column_number(match[1] or match[3]))
                    rows = max(rows, int(match[2] or match[4]))
            if b't="e"' in chunk:
                self._faults(_ERROR, chunk)
            if b"<f" in chunk:
                self._faults(_UNCOUNTED, chunk)
            if b'hidden="' in chunk:
                self.sheet.hidden_rows += len(_HIDDEN_ROW.findall(chunk))
                spans = (int(last) - int(first) + 1 for first, last in _HIDDEN_COLUMN.findall(chunk))
                self.sheet.hidden_columns += sum(span for span in spans if span < 1000)
        if rows * columns > MOST_CELLS or rows > MOST_ROWS:
            self._measure_valued()

    def _faults(self, pattern: re.Pattern[bytes], chunk: bytes) -> None:
        for match in pattern.finditer(chunk):
            text = match[3].decode("utf-8", "replace") if pattern is _ERROR else "没有算出值的公式"
            self.sheet.faults[int(match[2]) - 1, column_number(match[1]) - 1] = text

    def _measure_valued(self) -> None:
        """Formatted but empty cells far down are common and harmless: measure those that hold something."""
        rows = columns = 0
        for chunk in self._chunks():
            for match in _VALUED.finditer(chunk):
                rows, columns = max(rows, int(match[2])), max(columns, column_number(match[1]))
        _check_size(rows, columns)

    def _chunks(self) -> Iterator[bytes]:
        """Pieces that end before a row begins, so that no cell is cut in two."""
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(self.part) as stream:
                rest = b""
                while piece := stream.read(CHUNK):
                    piece = rest + piece
                    cut = piece.rfind(b"<row")
                    cut = cut if cut > 0 or len(piece) < 8 * CHUNK else len(piece)
                    rest = piece[max(cut, 0) :]
                    yield piece[: max(cut, 0)]
                yield rest
        except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError) as error:
            raise Unreadable(f"这个表格文件读不出来，可能已损坏或没有传完整。{SAVE_AS}") from error


def column_number(letters: bytes) -> int:
    """A → 1, AA → 27; no letters → 0."""
    number = 0
    for letter in letters or b"":
        number = number * 26 + letter - 64
    return number


def column_letters(index: int) -> str:
    """0 → A, 26 → AA."""
    text, number = "", index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def _read_csv(path: Path) -> list[list[Any]]:
    text = _decode(path.read_bytes())
    first = text[:8192]
    delimiter = max(",\t;", key=first.count)
    csv.field_size_limit(1_000_000)
    try:
        rows: list[list[Any]] = []
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append(list(row))
            if len(rows) > MOST_ROWS:
                _check_size(MOST_ROWS + 1001, len(row))
        return rows
    except csv.Error as error:
        raise Unreadable(f"csv 文件第 {len(rows) + 1} 行读不出来（引号或换行不成对）。{SAVE_AS}") from error


def _decode(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        tries = ["utf-16"]
    elif b"\0" in raw[:4000]:
        tries = ["utf-16-le" if raw[1:4000:2].count(0) > raw[0:4000:2].count(0) else "utf-16-be"]
    else:
        tries = ["utf-8-sig", "gb18030"]
    for encoding in tries:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Unreadable(f"文件的文字编码认不出来（不是 UTF-8、GB18030、UTF-16），也不是表格文件。{SAVE_AS}")


def _square(rows: list[list[Any]]) -> list[list[Any]]:
    width = max(map(len, rows), default=0)
    _check_size(len(rows), width)
    for row in rows:
        row.extend([""] * (width - len(row)))
    return rows
