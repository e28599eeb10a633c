"""Families of units become offices in the regions: one row for each place that has the body."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from django.db import transaction

from anlan.org.loading import BATCH, Loaded
from anlan.org.models import Region, Unit, UnitFamily
from anlan.org.models.regions import Level
from anlan.org.models.units import UnitKind
from anlan.org.rules.names import LEVEL_LETTERS, placed_name

ZONE_CODE = re.compile(r"区域码 ?([0-9]{6}Z[0-9]{2})")
OFFICE = "safety-committee-office"


def staff_province(code: str, *, home: bool = True) -> Loaded:
    """Add the offices that the families give the province `code`, its cities and counties.

    Ended counties get offices with the county's days, so that a group can be resolved in the past.
    Forms that name one single body belong to the province for which the families were written
    (`home`). What exists is never changed: an office may have renamed its units.
    """
    with transaction.atomic():
        rows = Region.objects.unscoped("staffing a province")
        top = rows.get(code=code, level=Level.PROVINCE)
        regions = list(
            rows.filter(path__startswith=top.path).exclude(level=Level.TOWN).select_related("parent")
        )
        families = list(UnitFamily.objects.unscoped("staffing a province"))
        units = Unit.objects.unscoped("staffing a province")
        known = set(
            units.filter(region_path__startswith=top.path).values_list("region_id", "name", "valid_from")
        )
        wanted = list(_offices(regions, families, home))
        new = [unit for unit in wanted if (unit.region_id, unit.name, unit.valid_from) not in known]
        units.bulk_create(new, batch_size=BATCH)
    return Loaded(added=len(new), same=len(wanted) - len(new))


def staff_region(region: Region, families: Iterable[UnitFamily]) -> list[Unit]:
    """Add the offices that the families give one region; what exists is never changed."""
    units = Unit.objects.unscoped("staffing a region")
    known = set(units.filter(region=region).values_list("name", "valid_from"))
    wanted = [
        unit for unit in _offices([region], families, True) if (unit.name, unit.valid_from) not in known
    ]
    return list(units.bulk_create(wanted))


def _offices(regions: Iterable[Region], families: Iterable[UnitFamily], home: bool) -> Iterator[Unit]:
    places = list(regions)
    by_code = {region.code: region for region in places}
    for family in families:
        if family.kind == UnitKind.ZONE:
            yield from _zone_offices(family, by_code) if home else ()
            continue
        for region in places:
            if region.level in LEVEL_LETTERS:
                unit = _office(family, region, home)
                if unit is not None:
                    yield unit
    if home:
        yield from _zone_committee_offices(families, places)


def _office(family: UnitFamily, region: Region, home: bool) -> Unit | None:
    """The family's office in a region, or None where there is no such body."""
    form, short = getattr(family, f"name_{region.level}"), getattr(family, f"short_{region.level}")
    if not form:
        return None
    name = placed_name(form, region.level, region.name)
    if name is None:
        # One single body: a city's carries the city's name, a province's belongs to the home province.
        if not home or (region.level != Level.PROVINCE and region.short_name not in form):
            return None
        return _unit(family, region, form, short)
    return _unit(family, region, name, placed_name(short, region.level, region.name) or short)


def _zone_offices(family: UnitFamily, by_code: dict[str, Region]) -> Iterator[Unit]:
    found = ZONE_CODE.search(family.note)
    zone = by_code.get(found[1]) if found else None
    if zone is not None:
        name = family.name_province or family.name_city or family.name_county
        yield _unit(family, zone, name, family.short_province or family.short_city or family.short_county)


def _zone_committee_offices(families: Iterable[UnitFamily], places: Iterable[Region]) -> Iterator[Unit]:
    """City zones are copied in under their own committee office; nothing is known of other bodies there."""
    family = next((one for one in families if one.key == OFFICE), None)
    for zone in places:
        if (
            family is not None
            and zone.level == Level.ZONE
            and zone.parent
            and zone.parent.level == Level.CITY
        ):
            yield _unit(family, zone, f"{zone.name}安全生产委员会办公室", f"{zone.short_name}安委办")


def _unit(family: UnitFamily, region: Region, name: str, short: str) -> Unit:
    letter = LEVEL_LETTERS.get(region.level, "")
    aliases = [
        placed_name(alias, region.level, region.name) or ""
        for alias in family.aliases
        if letter and alias.startswith(letter) and not alias.startswith("typo:")
    ]
    unit = Unit(
        family=family,
        kind=family.kind,
        region=region,
        region_path=region.path,
        name=name,
        short_name=short,
        aliases=[alias for alias in dict.fromkeys(aliases) if alias and alias not in (name, short)],
        industries=family.industries,
        industries_assist=family.industries_assist,
        valid_from=region.valid_from,
        valid_to=region.valid_to,
        note="待核" if family.unsure else "",
    )
    unit.spell_names()
    return unit
