"""Files of reference data become rows: read, check every line, then save all or nothing."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from anlan.kernel.scope import Reach
from anlan.org.models import Industry, Region, Role, UnitFamily, UnitGroup
from anlan.org.models.groups import Layer, Resolver
from anlan.org.models.regions import Level
from anlan.org.models.units import UnitKind
from anlan.org.rules.names import short_name

DATA = Path(__file__).resolve().parent / "data"
BATCH = 2000
CODE = re.compile(r"[0-9]{6}(?:[0-9]{3}|Z[0-9]{2})?")
ORDER = {Level.PROVINCE: 0, Level.CITY: 1, Level.COUNTY: 2, Level.ZONE: 3, Level.TOWN: 4}
PARENTS = {
    Level.PROVINCE: frozenset[str](),
    Level.CITY: frozenset({Level.PROVINCE}),
    Level.COUNTY: frozenset({Level.CITY, Level.PROVINCE}),
    Level.ZONE: frozenset({Level.PROVINCE, Level.CITY, Level.COUNTY}),
    Level.TOWN: frozenset({Level.COUNTY, Level.CITY, Level.ZONE}),
}


class LoadFault(Exception):
    """A file cannot be loaded; `faults` says in which line what is wrong. Nothing was saved."""

    def __init__(self, path: Path, faults: Sequence[str]) -> None:
        shown = "\n".join(faults[:20])
        more = f"\n……另有 {len(faults) - 20} 处" if len(faults) > 20 else ""
        super().__init__(f"{path.name} 没有载入，什么也没有保存：\n{shown}{more}")
        self.faults = list(faults)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did."""

    added: int = 0
    changed: int = 0
    same: int = 0

    def __str__(self) -> str:
        return f"新增 {self.added}，更新 {self.changed}，未变 {self.same}"


@dataclass
class Sheet:
    """The rows of a file with their line numbers, and the faults found on the way."""

    path: Path
    rows: list[tuple[int, dict[str, str]]]
    faults: list[str] = field(default_factory=list)

    def fault(self, line: int, message: str) -> None:
        """Note what is wrong in a line."""
        self.faults.append(f"第 {line} 行：{message}")

    def settle(self) -> None:
        """Raise LoadFault if anything was wrong."""
        if self.faults:
            raise LoadFault(self.path, self.faults)


def read_sheet(path: Path, required: Iterable[str]) -> Sheet:
    """Read a UTF-8 csv with a header line; blanks around cells fall away."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise LoadFault(path, [f"没有这个文件：{path}"]) from error
    except UnicodeDecodeError as error:
        raise LoadFault(path, ["文件不是 UTF-8 编码，请在电子表格软件里另存为“CSV UTF-8”"]) from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [name for name in required if name not in (reader.fieldnames or ())]
    if missing:
        raise LoadFault(path, [f"第 1 行：缺少列 {'、'.join(missing)}"])
    rows = [
        (reader.line_num, {key: (value or "").strip() for key, value in row.items() if isinstance(key, str)})
        for row in reader
    ]
    sheet = Sheet(path, rows)
    if not rows:
        sheet.faults.append("文件里没有数据行")
    return sheet


def items(cell: str) -> list[str]:
    """The entries of a cell parted by ";"."""
    return [part.strip() for part in cell.split(";") if part.strip()]


def save_rows(
    model: type[Any],
    wanted: Iterable[Any],
    existing: dict[Any, Any],
    key: Callable[[Any], Any],
    columns: Sequence[str],
    update: bool,
) -> tuple[dict[Any, Any], Loaded]:
    """Add the rows that are missing and, if `update`, bring the others up to date.

    Returns all rows by key and what was done. Unsaved rows in `wanted` must be complete.
    """
    new, changed, same = [], [], 0
    for row in wanted:
        old = existing.get(key(row))
        if old is None:
            new.append(row)
        elif update and any(getattr(old, name) != getattr(row, name) for name in columns):
            for name in columns:
                setattr(old, name, getattr(row, name))
            old.version += 1
            changed.append(old)
        else:
            same += 1
    manager = model.objects.unscoped("loading reference data")
    manager.bulk_create(new, batch_size=BATCH)
    if changed:
        manager.bulk_update(changed, [*columns, "version"], batch_size=BATCH)
    existing.update({key(row): row for row in new})
    return existing, Loaded(len(new), len(changed), same)


# Regions --------------------------------------------------------------------------------------------

REGION_COLUMNS = ("name", "short_name", "level", "parent_id", "path", "valid_to", "source", "aliases",
                  "pinyin", "initials", "grams")  # fmt: skip


@dataclass
class _Line:
    number: int
    region: Region
    parent: str
    successor: str

    @property
    def key(self) -> tuple[str, date | None]:
        return self.region.code, self.region.valid_from


def load_regions(path: Path, *, update: bool = True) -> Loaded:
    """Load the regions of a province (columns: see data/README.md). Raises LoadFault.

    A row is recognised by code and valid_from. Where a code recurs, parents and successors are the
    latest row of that code. What the file does not mention stays as it is.
    """
    sheet = read_sheet(path, ("code", "name", "level", "parent_code", "valid_from", "valid_to"))
    lines = _region_lines(sheet)
    sheet.settle()
    with transaction.atomic():
        existing = {
            (one.code, one.valid_from): one
            for one in Region.objects.unscoped("loading reference data").select_for_update()
        }
        latest = _latest(existing.values())
        levels = {line.region.code: line.region.get_level_display() for line in lines}
        done = Loaded()
        for level in sorted(ORDER, key=lambda one: ORDER[one]):
            part = [line for line in lines if line.region.level == level]
            for line in part:
                _hang(sheet, line, latest, levels)
            sheet.settle()
            existing, step = save_rows(
                Region,
                [line.region for line in part],
                existing,
                lambda row: (row.code, row.valid_from),
                REGION_COLUMNS,
                update,
            )
            done = Loaded(done.added + step.added, done.changed + step.changed, done.same + step.same)
            latest = _latest(existing.values())
        _link_successors(sheet, lines, existing, latest)
        sheet.settle()
        merge_paths()
    return done


def _region_lines(sheet: Sheet) -> list[_Line]:
    lines: list[_Line] = []
    seen: dict[tuple[str, date | None], int] = {}
    for number, cells in sheet.rows:
        if not CODE.fullmatch(cells["code"]):
            sheet.fault(
                number, f"代码“{cells['code']}”应为 6 位或 9 位数字，功能区为 6 位数字加 Z 和 2 位序号"
            )
        if cells["level"] not in Level.values:
            sheet.fault(number, f"层级“{cells['level']}”应为 {'、'.join(Level.values)} 之一")
            continue
        if not cells["name"]:
            sheet.fault(number, "名称不能为空")
        region = Region(
            code=cells["code"],
            name=cells["name"],
            short_name=cells.get("short_name") or short_name(cells["name"], cells["level"]),
            level=cells["level"],
            valid_from=_day(sheet, number, cells["valid_from"]),
            valid_to=_day(sheet, number, cells["valid_to"]),
            source=cells.get("source", ""),
            aliases=items(cells.get("aliases", "")),
        )
        if region.valid_from and region.valid_to and region.valid_to <= region.valid_from:
            sheet.fault(number, "失效日期应晚于生效日期")
        region.spell_names()
        line = _Line(number, region, cells["parent_code"], cells.get("successor_code", ""))
        if line.key in seen:
            sheet.fault(number, f"与第 {seen[line.key]} 行的代码和生效日期相同")
        seen[line.key] = number
        lines.append(line)
    return lines


def _day(sheet: Sheet, number: int, cell: str) -> date | None:
    if not cell:
        return None
    try:
        return date.fromisoformat(cell)
    except ValueError:
        sheet.fault(number, f"日期“{cell}”应写作 2020-06-30")
        return None


def _latest(regions: Iterable[Region]) -> dict[str, Region]:
    """The last row of each code: the open one, else the one that ended last."""
    found: dict[str, Region] = {}
    for one in regions:
        old = found.get(one.code)
        if old is None or (one.valid_to or date.max) > (old.valid_to or date.max):
            found[one.code] = one
    return found


def _hang(sheet: Sheet, line: _Line, latest: dict[str, Region], levels: dict[str, str]) -> None:
    """Give a region its parent and path."""
    region = line.region
    allowed = PARENTS[Level(region.level)]
    if not allowed:
        if line.parent:
            sheet.fault(line.number, "省级没有上级，parent_code 应为空")
        region.path = f"{region.code}/"
        return
    parent = latest.get(line.parent)
    if parent is None and line.parent in levels:
        sheet.fault(line.number, f"上级“{line.parent}”是{levels[line.parent]}，层级不对")
    elif parent is None:
        sheet.fault(line.number, f"上级“{line.parent}”既不在文件里，也没有载入过")
    elif parent.level not in allowed:
        sheet.fault(line.number, f"上级“{parent.name}”是{parent.get_level_display()}，层级不对")
    else:
        region.parent = parent
        region.path = f"{parent.path}{region.code}/"


def _link_successors(
    sheet: Sheet, lines: Sequence[_Line], stored: dict[Any, Region], latest: dict[str, Region]
) -> None:
    changed = []
    for line in lines:
        if not line.successor:
            continue
        heir = latest.get(line.successor)
        row = stored[line.key]
        if heir is None or heir.pk == row.pk:
            sheet.fault(line.number, f"承接区划“{line.successor}”找不到，或就是本行自己")
        elif row.valid_to is None:
            sheet.fault(line.number, "有承接区划的，须填失效日期")
        elif row.successor_id != heir.pk:
            row.successor = heir
            changed.append(row)
    if changed:
        Region.objects.unscoped("loading reference data").bulk_update(
            changed, ["successor"], batch_size=BATCH
        )


def merge_paths() -> None:
    """Bring `merged_paths` of all regions up to date with the successors."""
    rows = Region.objects.unscoped("successor chains run across regions")
    ended = {one.pk: one for one in rows.exclude(successor=None)}
    wanted: dict[int, set[str]] = {}
    for one in ended.values():
        heir, walked = one.successor_id, {one.pk}
        while heir is not None and heir not in walked:
            wanted.setdefault(heir, set()).add(one.path)
            walked.add(heir)
            heir = ended[heir].successor_id if heir in ended else None
    for row in rows.filter(pk__in=wanted).union(rows.exclude(merged_paths=[])):
        paths = sorted(wanted.get(row.pk, set()))
        if row.merged_paths != paths:
            rows.filter(pk=row.pk).update(merged_paths=paths)


# Industries, families, groups, roles ------------------------------------------------------------------


def load_industries(path: Path = DATA / "industries.csv", *, update: bool = True) -> Loaded:
    """Load industries; parents may stand in any order. Raises LoadFault."""
    sheet = read_sheet(path, ("slug", "name_zh", "parent", "lead_unit", "assist_units"))
    known = {cells["slug"] for _, cells in sheet.rows}
    for number, cells in sheet.rows:
        if cells["parent"] and cells["parent"] not in known:
            sheet.fault(number, f"上级行业“{cells['parent']}”不在文件里")
    sheet.settle()
    columns = (
        *("name", "lead_family", "lead_name", "assist_families", "special_committee", "codes"),
        *("code_confidence", "note", "pinyin", "initials", "position"),
    )
    with transaction.atomic():
        rows = Industry.objects.unscoped("loading reference data")
        existing = {one.slug: one for one in rows}
        wanted = [_industry(cells, place) for place, (_, cells) in enumerate(sheet.rows)]
        stored, done = save_rows(Industry, wanted, existing, lambda row: row.slug, columns, update)
        for _, cells in sheet.rows:
            parent = stored[cells["parent"]].pk if cells["parent"] else None
            if stored[cells["slug"]].parent_id != parent and (update or done.added):
                rows.filter(slug=cells["slug"]).update(parent=parent)
    return done


def _industry(cells: dict[str, str], place: int) -> Industry:
    row = Industry(
        slug=cells["slug"],
        name=cells["name_zh"],
        lead_family=cells["lead_unit"],
        lead_name=cells.get("lead_unit_name", ""),
        assist_families=items(cells["assist_units"]),
        special_committee=cells.get("special_committee", ""),
        codes=cells.get("gbt4754_2017", ""),
        code_confidence=cells.get("gbt4754_confidence", ""),
        note=cells.get("note", ""),
        position=place,
    )
    row.spell_names()
    return row


def load_families(path: Path = DATA / "units.csv", *, update: bool = True) -> Loaded:
    """Load the families of units. Raises LoadFault."""
    sheet = read_sheet(path, ("unit_id", "kind", "canonical_name_province", "canonical_name_city"))
    for number, cells in sheet.rows:
        if cells["kind"] not in UnitKind.values:
            sheet.fault(number, f"类别“{cells['kind']}”应为 {'、'.join(UnitKind.values)} 之一")
    sheet.settle()
    columns = (
        "kind",
        *(f"{part}_{level}" for level in ("province", "city", "county") for part in ("name", "short")),
        *("industries", "industries_assist", "aliases", "unsure", "note", "position"),
    )
    with transaction.atomic():
        existing = {one.key: one for one in UnitFamily.objects.unscoped("loading reference data")}
        wanted = [_family(cells, place) for place, (_, cells) in enumerate(sheet.rows)]
        return save_rows(UnitFamily, wanted, existing, lambda row: row.key, columns, update)[1]


def _family(cells: dict[str, str], place: int) -> UnitFamily:
    return UnitFamily(
        key=cells["unit_id"],
        kind=cells["kind"],
        **{
            f"name_{level}": cells.get(f"canonical_name_{level}", "")
            for level in ("province", "city", "county")
        },
        **{f"short_{level}": cells.get(f"short_{level}", "") for level in ("province", "city", "county")},
        industries=items(cells.get("industries", "")),
        industries_assist=items(cells.get("industries_assist", "")),
        aliases=items(cells.get("aliases", "")),
        unsure="待核" in cells.get("note", ""),
        note=cells.get("note", ""),
        position=place,
    )


def load_groups(path: Path = DATA / "groups.csv", *, update: bool = True) -> Loaded:
    """Load the generic groups. Raises LoadFault."""
    sheet = read_sheet(path, ("key", "pattern", "aliases", "layer", "resolves_by", "rule"))
    for number, cells in sheet.rows:
        if cells["layer"] not in Layer.values or cells["resolves_by"] not in Resolver.values:
            sheet.fault(number, f"layer“{cells['layer']}”或 resolves_by“{cells['resolves_by']}”不认识")
    sheet.settle()
    columns = ("pattern", "aliases", "layer", "resolves_by", "rule", "office_decides", "example", "position")
    with transaction.atomic():
        existing = {one.key: one for one in UnitGroup.objects.unscoped("loading reference data")}
        wanted = [
            UnitGroup(
                key=cells["key"], pattern=cells["pattern"], aliases=items(cells["aliases"]),
                layer=cells["layer"], resolves_by=cells["resolves_by"], rule=cells["rule"],
                office_decides=cells.get("office_decides", ""), example=cells.get("example", ""),
                position=place,
            )
            for place, (_, cells) in enumerate(sheet.rows)
        ]  # fmt: skip
        return save_rows(UnitGroup, wanted, existing, lambda row: row.key, columns, update)[1]


def load_roles(path: Path = DATA / "roles.csv", *, update: bool = False) -> Loaded:
    """Load the roles an installation begins with; what administrators changed stays unless `update`."""
    sheet = read_sheet(path, ("key", "label", "reach", "industry_bound", "exclusive_group", "permissions"))
    for number, cells in sheet.rows:
        if cells["reach"] not in Reach.values:
            sheet.fault(number, f"数据范围“{cells['reach']}”应为 {'、'.join(Reach.values)} 之一")
    sheet.settle()
    columns = ("label", "reach", "industry_bound", "exclusive_group", "permissions", "shipped", "built_in",
               "position")  # fmt: skip
    with transaction.atomic():
        existing = {one.key: one for one in Role.objects.unscoped("loading reference data")}
        wanted = [
            Role(
                key=cells["key"], label=cells["label"], reach=cells["reach"],
                industry_bound=cells["industry_bound"] == "1", exclusive_group=cells["exclusive_group"],
                permissions=items(cells["permissions"]), shipped=items(cells["permissions"]),
                built_in=True, position=place,
            )
            for place, (_, cells) in enumerate(sheet.rows)
        ]  # fmt: skip
        return save_rows(Role, wanted, existing, lambda row: row.key, columns, update)[1]
