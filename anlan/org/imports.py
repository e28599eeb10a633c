"""From the words of a sheet to regions, units and people: as they are written in real registers.

A place is a name, a short name, an alias, a code, or a chain (江西省上饶市婺源县); a former name is answered
with the name of today. An office is a name, short name or alias, or a form with the letter of its level
(县应急局) in the actor's own region. Everything is looked for among what the actor may see.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import Any

from django.db.models import Q

from anlan.kernel import clock
from anlan.kernel.exchange import resolve
from anlan.kernel.exchange.resolve import Tidied, Wrong
from anlan.kernel.scope import Actor
from anlan.org import reads
from anlan.org.models import Person, Region, Unit
from anlan.org.models.dated import on_day
from anlan.org.rules.names import LEVEL_LETTERS, normal, placed_name

LONGEST = 20
SHOWN = 3


def register() -> None:
    """Called once from the app's ready()."""
    resolve.register("region", partial(regions, value=lambda one: one.path))
    resolve.register("org.region", partial(regions, value=lambda one: one.pk))
    resolve.register("org.unit", units)
    resolve.register("org.person", people)


# Regions --------------------------------------------------------------------------------------------


def regions(actor: Actor, texts: Collection[str], *, value: Callable[[Region], Any]) -> Mapping[str, Any]:
    """{text: value of the region, Tidied, or Wrong} for the texts that name one or several."""
    written = {text: _place(text) for text in texts}
    tails = {tail for text in written.values() for tail in _tails(text)}
    rows = Region.objects.visible_to(actor).select_related("successor")
    found = list(
        rows.filter(
            Q(name__in=tails) | Q(short_name__in=tails) | Q(aliases__overlap=list(tails)) | Q(code__in=tails)
        )
    )
    names = _names_above(found)
    today = clock.today()
    answers: dict[str, Any] = {}
    for text, place in written.items():
        fitting = [one for one in found if _fits(place, one, names)]
        current = _best(place, [one for one in fitting if one.valid_on(today)])
        if len(current) == 1:
            answers[text] = _understood(text, current[0], value)
        elif current:
            answers[text] = _many(current, names)
        elif fitting:
            answers[text] = _former(fitting[0])
    return answers


def _place(text: str) -> str:
    return normal(text).replace("/", "").replace("-", "").replace("·", "")


def _tails(text: str) -> list[str]:
    """Every end of the text that may be a name."""
    return [text[start:] for start in range(max(0, len(text) - LONGEST), max(1, len(text) - 1))]


def _names_above(found: Iterable[Region]) -> dict[str, tuple[str, str]]:
    """{path: (name, short name)} of all places above those found."""
    paths: set[str] = set()
    for one in found:
        codes = one.path.split("/")[:-1]
        paths.update("/".join(codes[: i + 1]) + "/" for i in range(len(codes)))
    rows = Region.objects.unscoped(
        "names above a place that the actor may see, to compare with what was typed"
    )
    return {
        path: (name, short)
        for path, name, short in rows.filter(path__in=paths).values_list("path", "name", "short_name")
    }


def _fits(place: str, region: Region, names: Mapping[str, tuple[str, str]]) -> bool:
    """Whether the text is the region's name after the names of places above it, some or none."""
    for own in (region.name, region.short_name, region.code, *region.aliases):
        if place == own or (place.endswith(own) and _above_fits(place[: -len(own)], region.path, names)):
            return True
    return False


def _above_fits(rest: str, path: str, names: Mapping[str, tuple[str, str]]) -> bool:
    codes = path.split("/")[:-1]
    for depth in range(len(codes) - 1, 0, -1):
        above = "/".join(codes[:depth]) + "/"
        for own in names.get(above, ()):
            if rest.endswith(own):
                rest = rest[: -len(own)]
                break
    return not rest


def _best(place: str, fitting: list[Region]) -> list[Region]:
    """Full names before short ones: 上饶市 is the city, even where a town is called so for short."""
    exact = [one for one in fitting if place.endswith(one.name) or place == one.code]
    return exact or fitting


def _understood(text: str, region: Region, value: Callable[[Region], Any]) -> Any:
    known = value(region)
    return known if text in (region.name, region.code) else Tidied(known, f"{text} → {region.name}")


def _many(found: list[Region], names: Mapping[str, tuple[str, str]]) -> Wrong:
    full = [_chain(one, names) for one in found[:SHOWN]]
    return Wrong(f"有 {len(found)} 个同名的：{'、'.join(full)}。请写出上级。", full[0])


def _chain(region: Region, names: Mapping[str, tuple[str, str]]) -> str:
    above = region.path.rstrip("/").rpartition("/")[0] + "/"
    return names.get(above, ("", ""))[0] + region.name


def _former(region: Region) -> Wrong:
    heir = region.successor
    if heir is None:
        return Wrong(f"{region.name}已于 {region.valid_to} 撤销。请改写现在的区划。")
    return Wrong(f"{region.name}已于 {region.valid_to} 撤销，由{heir.name}承接。", heir.name)


# Units and people -------------------------------------------------------------------------------------


def units(actor: Actor, texts: Collection[str]) -> Mapping[str, Any]:
    """{text: the unit's number, Tidied, or Wrong} for the texts that name one or several."""
    own = _own_region(actor)
    spellings = {text: {normal(text), *_placed(normal(text), own)} for text in texts}
    wanted = {one for many in spellings.values() for one in many}
    rows = Unit.objects.visible_to(actor).filter(on_day(clock.today()))
    found = list(
        rows.filter(Q(name__in=wanted) | Q(short_name__in=wanted) | Q(aliases__overlap=list(wanted)))
    )
    answers: dict[str, Any] = {}
    for text, many in spellings.items():
        exact = [one for one in found if one.name in many]
        fitting = exact or [one for one in found if one.short_name in many or many & set(one.aliases)]
        if len(fitting) == 1:
            unit = fitting[0]
            answers[text] = unit.pk if unit.name == text else Tidied(unit.pk, f"{text} → {unit.name}")
        elif fitting:
            shown = "、".join(one.name for one in fitting[:SHOWN])
            answers[text] = Wrong(f"有 {len(fitting)} 个单位叫这个名称：{shown}。请写全称。", fitting[0].name)
    return answers


def _own_region(actor: Actor) -> Region | None:
    path = actor.seat.region_paths[0] if actor.seat and actor.seat.region_paths else ""
    if not path:
        return None
    code = path.rstrip("/").rpartition("/")[2]
    return reads.region_at(code)


def _placed(text: str, own: Region | None) -> list[str]:
    """县应急局 in the actor's own county."""
    if own is None or own.level not in LEVEL_LETTERS:
        return []
    name = placed_name(text, own.level, own.name)
    return [name] if name else []


def people(actor: Actor, texts: Collection[str]) -> Mapping[str, Any]:
    """{text: the person's number or Wrong}, by user name or by a name that only one visible person bears."""
    rows = Person.objects.visible_to(actor).filter(is_active=True)
    found = list(rows.filter(Q(username__in=texts) | Q(name__in=texts)).values_list("pk", "username", "name"))
    answers: dict[str, Any] = {}
    for text in texts:
        fitting = [pk for pk, username, _ in found if username == text] or [
            pk for pk, _, name in found if name == text
        ]
        if len(fitting) == 1:
            answers[text] = fitting[0]
        elif fitting:
            answers[text] = Wrong(f"有 {len(fitting)} 人叫“{text}”。请改写登录名。")
    return answers
