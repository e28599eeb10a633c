"""Names of units and groups, and what they resolve to.

A name is known by its function, not by its place: 省应急管理厅, 萍乡市应急局 and 某县应急管理局 are one
family. The place in front is recognised by its ending (省、市、县、区…), so other provinces need no table.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources.abc import Traversable
from pathlib import Path

from anlan.programmes.compiler import vocabulary
from anlan.programmes.compiler.errors import UnreadableFile

_LETTERS = {"省": 0, "市": 1, "州": 1, "盟": 1, "县": 2, "区": 2, "旗": 2, "镇": 2, "乡": 2}
_PLACE_ENDS = {
    "自治区": 0, "省": 0, "自治州": 1, "地区": 1, "市": 1, "州": 1, "盟": 1, "自治县": 2, "自治旗": 2,
    "新区": 2, "林区": 2, "开发区": 2, "县": 2, "区": 2, "旗": 2, "镇": 2, "乡": 2,
}  # fmt: skip
_BRACKET_TAIL = re.compile(r"（[^（）]*）$")
_LONGEST_PLACE = 12
_STATED = ("省", "市", "县")
_NO_PLACE = re.compile(r"[局厅委部办院和及与、，会]")
"""No place name holds one of these, so what stands before them is another body."""

_MERGED_PART = re.compile(vocabulary.one_of("merged_units"))
_MERGED_PARTS = re.compile(rf"(?:{_MERGED_PART.pattern}(?:和|与|、)?){{2,5}}(?:管理|监督管理|事业发展|发展)?")
_MERGED_END = re.compile(r"(?:委员会|局|委|厅|办|办公室|部门)$")


def _regular(name: str) -> str:
    return re.sub(r"[\s*“”\"]", "", name).replace("(", "（").replace(")", "）")


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One function of government with its canonical and short names at province, city and county level."""

    unit_id: str
    canonical: tuple[str, str, str]
    short: tuple[str, str, str]
    aliases: tuple[str, ...]
    typos: tuple[str, ...]
    cores: tuple[str, ...] = ()
    """Its other names without place and level letter."""

    def at(self, level: int, letter: str | None) -> str:
        """The canonical name at a level (0 province, 1 city, 2 county), its first letter as in `letter`."""
        for column in (level, 1, 2, 0):
            name = self.canonical[column]
            if name:
                break
        if letter and name[:1] in _STATED:
            return letter + name[1:]
        return name


@dataclass(frozen=True, slots=True)
class Match:
    """A resolved unit: its row, its canonical name, and whether the spelling is a known misprint."""

    row: UnitRow
    canonical: str
    typo: bool = False


class Gazetteer:
    """Resolves names. Build it with `load_gazetteer`; it never changes afterwards."""

    def __init__(self, units: Iterable[UnitRow], groups: dict[str, str], families: dict[str, str]) -> None:
        self._rows = {row.unit_id: row for row in units}
        self._forms: dict[str, tuple[UnitRow, int | None, bool]] = {}
        self._cores: dict[str, UnitRow] = {}
        self._groups = {_regular(name): pattern for name, pattern in groups.items()}
        self._patterns = set(groups.values())
        for row in self._rows.values():
            self._index(row)
        for core, unit_id in families.items():
            if unit_id in self._rows:
                self._cores.setdefault(core, self._rows[unit_id])

    def _index(self, row: UnitRow) -> None:
        for names in (row.canonical, row.short):
            for level, name in enumerate(names):
                if name:
                    self._forms.setdefault(_regular(name), (row, level, False))
                    if name[0] in _STATED:
                        self._cores.setdefault(_core(name), row)
        for core in row.cores:
            self._cores.setdefault(core, row)
        for alias in row.aliases:
            self._forms.setdefault(_regular(alias), (row, _LETTERS.get(alias[:1]), False))
            if alias[:1] in _LETTERS:
                self._cores.setdefault(_core(alias), row)
        for typo in row.typos:
            self._forms.setdefault(_regular(typo), (row, _LETTERS.get(typo[:1]), True))

    def unit(self, name: str, home: int | None = None) -> Match | None:
        """The unit behind a name, or None. `home` is the level of the issuer, for names without a level."""
        plain = _regular(name)
        return self._unit(plain, home) or self._unit(_BRACKET_TAIL.sub("", plain), home)

    def _unit(self, plain: str, home: int | None) -> Match | None:
        if plain in self._forms:
            row, level, typo = self._forms[plain]
            return Match(row, row.at(level, None) if level is not None else _first(row, home), typo)
        for cut in self._place_cuts(plain):
            rest, letter = plain[cut:], plain[cut - 1]
            found = self._cores.get(rest) or (self._forms[rest][0] if rest in self._forms else None)
            if found is not None:
                level = next(v for k, v in _PLACE_ENDS.items() if plain[:cut].endswith(k))
                shown = "自治区" if plain[:cut].endswith("自治区") else letter
                return Match(found, found.at(level, shown))
        merged = self._merged(plain)
        if merged is not None:
            return Match(merged, plain)
        for family, unit_id in _unit_families():
            if family.search(plain) and unit_id in self._rows:
                return Match(self._rows[unit_id], plain)
        bare = self._cores.get(plain)
        if bare is not None:
            return Match(bare, bare.at(home if home is not None else 1, None))
        return None

    def _merged(self, plain: str) -> UnitRow | None:
        """Departments that a place has merged (工信和科技局): the row of the one named first."""
        for cut in (0, *self._place_cuts(plain)):
            ended = _MERGED_END.search(plain, cut)
            if ended is None or (cut == 0 and plain[0] in _LETTERS):
                continue
            parts = _MERGED_PARTS.fullmatch(plain, cut, ended.start())
            if parts:
                first = _MERGED_PART.match(plain, cut)
                return self._rows.get(_merged_units()[first.group()]) if first else None
        return None

    @staticmethod
    def _place_cuts(plain: str) -> list[int]:
        """Where the place may end. A function may hold place letters itself (市场监管), so all are tried."""
        stop = _NO_PLACE.search(plain)
        head = plain[: min(_LONGEST_PLACE + 3, stop.start() if stop else len(plain))]
        return sorted({i + 1 for i, letter in enumerate(head) if letter in _LETTERS})

    def group(self, name: str) -> str | None:
        """The pattern of a generic group, or None: its own spelling, or one of a family of spellings."""
        plain = _regular(name)
        if plain in self._groups:
            return self._groups[plain]
        return next((p for family, p in _families() if p in self._patterns and family.search(plain)), None)

    def bare(self, name: str) -> bool:
        """Is it a department word that stands for a unit (公安, 住建)?"""
        return name in self._cores


@cache
def _merged_units() -> dict[str, str]:
    found: dict[str, str] = vocabulary.table("merged_units")
    return found


@cache
def _unit_families() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(family), unit_id) for family, unit_id in vocabulary.table("unit_families").items()
    )


@cache
def _families() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(family), pattern) for family, pattern in vocabulary.table("group_families").items()
    )


def _first(row: UnitRow, home: int | None) -> str:
    return row.at(home if home is not None else 0, None)


def _core(name: str) -> str:
    plain = _regular(name)
    return plain[1:] if plain[:1] in _STATED else plain


def load_gazetteer(directory: Path | None = None) -> Gazetteer:
    """The gazetteer in a directory (`units.csv`, `groups.csv`), or the one shipped with the product.

    Raises UnreadableFile when a table is missing or lacks a column.
    """
    return _shipped() if directory is None else _read(directory)


@cache
def _shipped() -> Gazetteer:
    return _read(vocabulary.DATA)


def _read(directory: Path | Traversable) -> Gazetteer:
    try:
        units = [_unit_row(row) for row in _rows(directory, "units.csv")]
        units += [_common_row(row) for row in _rows(vocabulary.DATA, "more_units.csv")]
        groups = {
            name: row["pattern"]
            for row in _rows(directory, "groups.csv")
            for name in (row["pattern"], *_listed(row["aliases"]))
        }
    except (KeyError, OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(
            f"单位名录无法读取：{directory}（{error}）。请检查 units.csv 与 groups.csv。"
        ) from error
    families = {row["core"]: row["unit_id"] for row in _rows(vocabulary.DATA, "families.csv")}
    return Gazetteer(units, groups, families)


def _rows(directory: Path | Traversable, name: str) -> list[dict[str, str]]:
    with (directory / name).open("r", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _unit_row(row: dict[str, str]) -> UnitRow:
    listed = _listed(row["aliases"])
    return UnitRow(
        unit_id=row["unit_id"],
        canonical=(row["canonical_name_province"], row["canonical_name_city"], row["canonical_name_county"]),
        short=(row["short_province"], row["short_city"], row["short_county"]),
        aliases=tuple(a for a in listed if not a.startswith("typo:")),
        typos=tuple(a.removeprefix("typo:").strip() for a in listed if a.startswith("typo:")),
    )


def _common_row(row: dict[str, str]) -> UnitRow:
    """A body that most places have and the table of functions does not name; its aliases bear no level."""
    names = (row["canonical_name_province"], row["canonical_name_city"], row["canonical_name_county"])
    return UnitRow(row["unit_id"], names, ("", "", ""), (), (), tuple(_listed(row["aliases"])))


def _listed(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]
