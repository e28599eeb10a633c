"""What the pickers ask: regions, units, industries and people as the actor may see and choose them.

`?q=` searches, `?under=` lists the children of one entry (without it: the top). The answer is
`[{id, label, note, leaf}]`. `?value=path` (regions) and `?value=slug` (industries) make that column the
id; `?level=city,county` and `?region=<path>` narrow; `?day=2023-06-30` asks for another day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.http import require_GET

from anlan.kernel import clock
from anlan.kernel.requests import ActorRequest, whole
from anlan.org import reads
from anlan.org.models import Industry, Person, Region, Unit, UnitFamily
from anlan.org.models.dated import on_day

LIMIT = 30
CHILDREN = 500
Entry = Mapping[str, str | bool]


def _entry(key: Any, label: str, note: str = "", leaf: bool = True) -> Entry:
    return {"id": str(key), "label": label, "note": note, "leaf": leaf}


def _answer(entries: Iterable[Entry]) -> JsonResponse:
    return JsonResponse(list(entries), safe=False)


def _text(request: HttpRequest) -> str:
    return _asked(request, "q").strip()[:40]


def _asked(request: HttpRequest, name: str) -> str:
    """A word of the address without the null characters that no text column holds."""
    return request.GET.get(name, "").replace("\0", "")


def _day(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return clock.today()


@require_GET
def pick_region(request: ActorRequest) -> JsonResponse:
    """Regions the actor reaches, valid on the day; by its path or its number."""
    day, text = _day(request), _text(request)
    by_path = request.GET.get("value") == "path"
    levels = [one for one in request.GET.get("level", "").split(",") if one]
    if text:
        found = reads.search_regions(request.actor, text, day, LIMIT, levels)
        parents = _visible_parents(request, found)
    else:
        found = list(_child_regions(request, day, by_path))
        parents = {}
    branches = _with_children(found, day)
    return _answer(
        _entry(
            one.path if by_path else one.pk,
            one.name,
            " / ".join(parents[path] for path in _above(one.path) if path in parents),
            one.pk not in branches,
        )
        for one in found
    )


def _child_regions(request: ActorRequest, day: date, by_path: bool) -> QuerySet[Region]:
    above = _asked(request, "under")
    if not above:
        rows = reads.root_regions(request.actor, day)
    elif by_path:
        rows = Region.objects.visible_to(request.actor).filter(on_day(day), parent__path=above)
    else:
        rows = Region.objects.visible_to(request.actor).filter(on_day(day), parent_id=whole(above) or 0)
    return rows.order_by("code", "id")[:CHILDREN]


def _with_children(found: list[Region], day: date) -> set[int]:
    rows = Region.objects.unscoped("whether a visible region has branches; what lies there is asked anew")
    return set(
        rows.filter(on_day(day), parent_id__in=[one.pk for one in found]).values_list("parent_id", flat=True)
    )


def _above(path: str) -> list[str]:
    """The paths above a path, from the root."""
    codes = path.split("/")[:-2]
    return ["/".join(codes[: i + 1]) + "/" for i in range(len(codes))]


def _visible_parents(request: ActorRequest, found: list[Region]) -> dict[str, str]:
    """Short names of those ancestors that the actor may see."""
    wanted = {above for one in found for above in _above(one.path)}
    rows = Region.objects.visible_to(request.actor).filter(path__in=wanted)
    return dict(rows.values_list("path", "short_name"))


@require_GET
def pick_unit(request: ActorRequest) -> JsonResponse:
    """Units the actor may see; without a search those of the actor's own regions, or below a unit."""
    day, text = _day(request), _text(request)
    more: dict[str, Any] = {}
    if kind := _asked(request, "kind"):
        more["kind__in"] = kind.split(",")
    if text:
        rows: Iterable[Unit] = reads.search_units(request.actor, text, day, LIMIT, **more)
        return _answer(_entry(one.pk, one.name, one.region.short_name) for one in rows)
    visible = Unit.objects.visible_to(request.actor).filter(on_day(day), **more)
    if above := _asked(request, "under"):
        visible = visible.filter(parent_id=whole(above) or 0)
    elif place := _asked(request, "region"):
        visible = visible.filter(region_path=place)
    else:
        paths = list(reads.root_regions(request.actor, day).values_list("path", flat=True)[:CHILDREN])
        visible = visible.filter(region_path__in=paths) if paths else visible
    below = Unit.objects.unscoped("whether a visible unit has branches").filter(
        on_day(day), parent_id=OuterRef("pk")
    )
    found = visible.select_related("region").annotate(branch=Exists(below))
    return _answer(
        _entry(one.pk, one.name, one.region.short_name, not one.branch)
        for one in found.order_by("region_path", "family__position", "id")[:CHILDREN]
    )


@require_GET
def pick_receiver(request: ActorRequest) -> JsonResponse:
    """Offices that a matter may be handed to, by name: any of the province, also outside the actor's scope.

    Without a search those the actor sees; of the others nothing but the name and its region is told.
    """
    text = _text(request)
    if not text:
        return pick_unit(request)
    found = reads.search_receivers(request.actor, text, _day(request), LIMIT)
    return _answer(_entry(one.pk, one.name, one.region.short_name) for one in found)


@require_GET
def pick_industry(request: ActorRequest) -> JsonResponse:
    """Industries: the tree, or by name."""
    by_slug = request.GET.get("value") == "slug"
    text = _text(request)
    rows = Industry.objects.visible_to(request.actor)
    if text:
        found = reads.search_industries(text, LIMIT) if request.actor.person_id else []
    else:
        above = _asked(request, "under")
        below = {"parent__slug": above} if by_slug else {"parent_id": whole(above) or 0}
        found = list(rows.filter(**below) if above else rows.filter(parent=None))
    branches = set(rows.filter(parent__in=[one.pk for one in found]).values_list("parent_id", flat=True))
    return _answer(
        _entry(one.slug if by_slug else one.pk, one.name, "", one.pk not in branches) for one in found
    )


@require_GET
def pick_family(request: ActorRequest) -> JsonResponse:
    """Kinds of office, such as 应急局: a list of about eighty, or by a part of a name."""
    rows = UnitFamily.objects.visible_to(request.actor).order_by("position", "key")
    text = _text(request).lower()
    return _answer(_entry(one.pk, str(one), one.get_kind_display()) for one in rows if text in one.searched)


@require_GET
def pick_person(request: ActorRequest) -> JsonResponse:
    """People the actor may see; without a search those of one unit or of the actor's own."""
    text = _text(request)
    if text:
        found: Iterable[Person] = reads.search_people(request.actor, text, LIMIT)
    else:
        rows = Person.objects.visible_to(request.actor).filter(is_active=True).select_related("unit")
        if unit := whole(request.GET.get("unit")):
            rows = rows.filter(unit_id=unit)
        elif request.actor.seat and request.actor.seat.unit_id:
            rows = rows.filter(unit_id=request.actor.seat.unit_id)
        found = rows.order_by("name", "id")[:CHILDREN]
    return _answer(_entry(one.pk, one.name, one.unit.short_name if one.unit else "") for one in found)


urlpatterns = [
    path("pick/region", pick_region, name="pick-region"),
    path("pick/unit", pick_unit, name="pick-unit"),
    path("pick/receiver", pick_receiver, name="pick-receiver"),
    path("pick/industry", pick_industry, name="pick-industry"),
    path("pick/family", pick_family, name="pick-family"),
    path("pick/person", pick_person, name="pick-person"),
]
