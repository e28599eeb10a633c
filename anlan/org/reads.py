"""Questions that several domains ask the organisation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Length

from anlan.kernel import clock
from anlan.kernel.scope import NOBODY, Actor, Reach, under
from anlan.org.models import GroupMember, Industry, Person, Post, Region, Unit, UnitFamily, UnitGroup
from anlan.org.models.dated import on_day
from anlan.org.rules import groups
from anlan.org.rules.names import bigrams

LAST = "\U0010ffff"


def path_labels(paths: Collection[str]) -> Mapping[str, str]:
    """{path: short name} of the regions known among `paths`; of a renamed one the latest name."""
    rows = Region.objects.unscoped("names of places on rows the reader may see").filter(path__in=paths)
    ordered = sorted(rows.values_list("path", "short_name", "valid_to"), key=lambda row: row[2] or date.max)
    return {path: name for path, name, _ in ordered}


def region_at(code: str, day: date | None = None) -> Region | None:
    """The region of that code on a day (today), or None."""
    rows = Region.objects.unscoped("a region by its code")
    return rows.filter(on_day(day or clock.today()), code=code).order_by("-valid_from").first()


def unit_of(family: str, region: Region, day: date | None = None) -> Unit | None:
    """The office of a family in a region on a day (today), or None."""
    rows = Unit.objects.unscoped("an office by its place in the org chart")
    return (
        rows.filter(on_day(day or clock.today()), family__key=family, region=region)
        .select_related("region", "family")
        .order_by("id")
        .first()
    )


def holders(unit: Unit, day: date | None = None) -> list[Person]:
    """The active people who hold a post in a unit on a day (today): whom a notice to it goes to."""
    posts = Post.objects.unscoped("the holders of a unit's posts").filter(
        on_day(day or clock.today()), unit=unit, person__is_active=True
    )
    return list(
        Person.objects.unscoped("the holders of a unit's posts")
        .filter(pk__in=posts.values("person_id"))
        .order_by("id")
    )


# Groups ---------------------------------------------------------------------------------------------


def org_chart(issuer: Region) -> groups.OrgChart:
    """The chart of everything at and below the issuer, of all days: 6 queries, reusable for many groups."""
    reason = "the org chart that resolves a document's groups"
    inside = under("path", issuer.all_paths)
    places = (
        Region.objects.unscoped(reason)
        .filter(inside)
        .values_list("code", "name", "short_name", "level", "parent__code", "valid_from", "valid_to")
    )
    offices = (
        Unit.objects.unscoped(reason)
        .filter(under("region_path", issuer.all_paths))
        .values_list(
            "id", "name", "family__key", "kind", "region__code", "industries", "valid_from", "valid_to"
        )
    )
    topics = Industry.objects.unscoped(reason).values_list(
        "slug", "name", "lead_family", "assist_families", "special_committee"
    )
    families = UnitFamily.objects.unscoped(reason)
    return groups.OrgChart(
        tuple(
            groups.Place(code, name, short, level, parent or "", start, end)
            for code, name, short, level, parent, start, end in places
        ),
        tuple(
            groups.Office(row[0], row[1], row[2] or "", row[3], row[4], tuple(row[5]), *row[6:])
            for row in offices
        ),
        {row[0]: groups.Topic(row[0], row[1], row[2], tuple(row[3]), row[4]) for row in topics},
        {one.key: str(one) for one in families},
    )


def known_groups() -> list[groups.Group]:
    """All generic groups with their spellings."""
    rows = UnitGroup.objects.unscoped("reading a document's groups")
    return [groups.Group(one.key, one.pattern, tuple(one.aliases)) for one in rows]


def resolve_group(
    phrase: str,
    issuer: Region,
    day: date,
    *,
    industries: Sequence[str] = (),
    named: Sequence[int] = (),
    chart: groups.OrgChart | None = None,
    known: Sequence[groups.Group] | None = None,
) -> groups.Resolution | None:
    """What a phrase in a document of `issuer` stands for on `day`; None if it is no known group.

    `industries` are the topics of the item, `named` the units that stand in the same bracket.
    Who asks often gives the `chart` and the `known` groups, made once.
    """
    group = groups.match(phrase, known_groups() if known is None else known)
    if group is None:
        return None
    listed = (
        GroupMember.objects.unscoped("the list that the office keeps for a group")
        .filter(on_day(day), group__key=group.key, region__code=issuer.code)
        .values_list("unit_id", flat=True)
    )
    question = groups.Question(
        group.key, phrase, issuer.code, day, tuple(industries), tuple(named), tuple(listed)
    )
    return groups.resolve(chart or org_chart(issuer), question)


# Searching by name ----------------------------------------------------------------------------------


def root_regions(actor: Actor, day: date) -> QuerySet[Region]:
    """The tops of the tree as the actor sees it: the provinces, or the actor's own territories."""
    rows = Region.objects.visible_to(actor).filter(on_day(day))
    reaching = [seat for seat in actor.seats if seat.may(Region.scope.view)]
    if actor.system or any(seat.reach == Reach.ALL for seat in reaching):
        return rows.filter(parent=None)
    paths = {path for seat in reaching for path in seat.region_paths}
    tops = {path for path in paths if not any(path != one and path.startswith(one) for one in paths)}
    return rows.filter(path__in=tops)


def starts(column: str, text: str) -> Q:
    """`column` begins with `text`, as a range that a btree with the collation "C" answers."""
    return Q(**{f"{column}__gte": text, f"{column}__lt": text + LAST})


def find(
    rows: QuerySet[Any], text: str, exact: Sequence[str], limit: int, order: Sequence[Any], grams: bool = True
) -> list[Any]:
    """Rows found by what was typed: exact first, then those that begin with it, then those that hold it.

    `exact` are the text columns; pinyin and initials are searched in any case. At most three queries,
    each answered by an index; later ones run only while there is room.
    """
    text = text.strip()
    low = text.lower()
    spelled = ("pinyin", "initials") if low.isascii() else ()
    found: dict[int, Any] = {}
    if grams:
        rows = rows.alias(
            alias_text=Func(F("aliases"), Value(" "), function="array_to_string", output_field=TextField())
        )
    for condition in (
        _any(*(Q(**{name: text}) for name in exact), *(Q(**{name: low}) for name in spelled)),
        _any(*(starts(name, text) for name in exact), *(starts(name, low) for name in spelled)),
        _inside(text, low, exact, grams),
    ):
        room = limit - len(found)
        if condition is None or room <= 0:
            continue
        for row in rows.filter(condition).exclude(pk__in=list(found)).order_by(*order)[:room]:
            found[row.pk] = row
    return list(found.values())


def _any(*parts: Q) -> Q:
    whole = NOBODY
    for part in parts:
        whole = part if whole is NOBODY else whole | part
    return whole


def _inside(text: str, low: str, exact: Iterable[str], grams: bool) -> Q | None:
    """Inside a name: all pairs of neighbouring characters by the GIN index, then the text itself."""
    if len(text) < 2:
        return None
    if not grams:
        return _any(*(Q(**{f"{name}__icontains": text}) for name in exact))
    if low.isascii():
        return Q(grams__contains=bigrams(low), initials__contains=low)
    held = _any(*(Q(**{f"{name}__contains": text}) for name in ("name", "short_name", "alias_text")))
    return Q(grams__contains=bigrams(text)) & held


def search_regions(
    actor: Actor, text: str, day: date, limit: int, levels: Sequence[str] = ()
) -> list[Region]:
    """Regions that the actor may see, by name, alias, pinyin, initials or the beginning of the code."""
    rows = Region.objects.visible_to(actor).filter(on_day(day))
    if levels:
        rows = rows.filter(level__in=levels)
    return find(rows, text, ("name", "short_name", "code"), limit, (Length("path"), "path", "id"))


def search_units(actor: Actor, text: str, day: date, limit: int, **more: Any) -> list[Unit]:
    """Units that the actor may see, by name, alias, pinyin or initials."""
    rows = Unit.objects.visible_to(actor).filter(on_day(day), **more).select_related("region")
    return find(rows, text, ("name", "short_name"), limit, (Length("region_path"), "region_path", "id"))


def receivers(actor: Actor, day: date) -> QuerySet[Unit]:
    """The offices that a matter may be handed to: all of the actor's province, whether seen otherwise or not.

    Which offices there are is public; nothing more of them is shown than the name.
    """
    seats = [actor.seat] if actor.seat else []
    tops = {path.split("/")[0] + "/" for seat in seats for path in seat.region_paths if path}
    rows = Unit.objects.unscoped("offices of government are public by name").filter(on_day(day))
    return rows.filter(under("region_path", sorted(tops))) if tops else rows.none()


def search_receivers(actor: Actor, text: str, day: date, limit: int) -> list[Unit]:
    """Receivers by name, alias, pinyin or initials; those of the upper levels first."""
    rows = receivers(actor, day).select_related("region")
    return find(rows, text, ("name", "short_name"), limit, (Length("region_path"), "region_path", "id"))


def search_people(actor: Actor, text: str, limit: int) -> list[Person]:
    """Active people whom the actor may see, by name, user name, pinyin or initials."""
    rows = Person.objects.visible_to(actor).filter(is_active=True).select_related("unit")
    return find(rows, text, ("name", "username"), limit, ("name", "id"), grams=False)


def search_industries(text: str, limit: int) -> list[Industry]:
    """Industries by name, key, pinyin or initials: 57 rows, no index needed."""
    rows = Industry.objects.unscoped("every signed-in person may choose an industry")
    return find(rows, text, ("name", "slug"), limit, ("position", "id"), grams=False)
