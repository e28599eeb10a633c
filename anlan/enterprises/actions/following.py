"""What goes along when a firm moves or changes its industry, and what stays as history.

Tables keep copies of their firm's place and industry, because a row's own columns decide who may see it. A
domain says of each of its tables with such copies which rows follow (`follows`) or why none does (`stays`); a
test finds a table that says neither. What is going on follows: the new county has to see it. What has
happened stays: a county's figures of last year do not change because a firm has moved away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import F, OuterRef, Q, Subquery

from anlan.enterprises.models import (
    Certificate,
    Closure,
    Enterprise,
    Facility,
    KeyPerson,
    Licence,
    LicenceCheck,
    Site,
)
from anlan.kernel import audit
from anlan.kernel.ledger import DeclarationError
from anlan.kernel.models import placed
from anlan.kernel.models.placed import Placed
from anlan.kernel.scope import Actor, ScopedModel
from anlan.org.models import Person, Post

COPIES = ("region_path", "industry")
WORDS = {"region_path": "区划", "industry": "行业", "regulator_id": "监管部门"}


@dataclass(frozen=True)
class Was:
    """What the firm was before."""

    region_path: str
    industry: str
    regulator_id: int | None

    @classmethod
    def of(cls, firm: Enterprise) -> Was:
        """As the firm stands now, to be kept while it is changed."""
        return cls(firm.region_path, firm.industry, firm.regulator_id)


@dataclass(frozen=True)
class Follows:
    """How one table follows.

    living: the rows that follow; the rest stays. copies: its columns that hold what the firm's hold. owner:
    the relation to the row that it lies with, where that is not the firm itself. typed: people fill the
    columns, so that only rows which were where the firm was go along. at_site: a row at a site lies there.
    """

    model: type[ScopedModel]
    living: Q = field(default_factory=Q)
    copies: tuple[str, ...] = COPIES
    owner: str = ""
    typed: bool = False
    at_site: bool = False


_follows: dict[type[ScopedModel], Follows] = {}
_stays: dict[type[ScopedModel], str] = {}


def follows(model: type[ScopedModel], living: Q | None = None, **more: Any) -> None:
    """Declare a table whose living rows follow their firm. Owners are declared before what hangs on them."""
    owner = more.get("owner")
    if owner and model._meta.get_field(owner).related_model not in _follows:
        raise DeclarationError(f"{model.__name__} lies with its {owner}, which does not follow")
    _follows[model] = Follows(model, living if living is not None else Q(), **more)


def stays(model: type[ScopedModel], reason: str) -> None:
    """Declare a table whose rows stay where they were, and why."""
    _stays[model] = reason


def follow(actor: Actor, firm: Enterprise, *before: Was) -> dict[str, int]:
    """Bring along what follows, in the caller's transaction: {label of the table: rows}; recorded once.

    before: what the firm was, or what the firms were that have become this one. A few statements a table,
    however many rows there are; what hangs on the rows (deadlines, attachments) comes with them.
    """
    moved: dict[type[ScopedModel], list[int]] = {}
    for one in _follows.values():
        if one.owner:
            ids = _with_owner(one, moved)
        else:
            ids = _typed(one, firm, before) if one.typed else _derived(one, firm)
        if ids:
            moved[one.model] = ids
            placed.follow_many(one.model, ids)
    counts = {str(model._meta.verbose_name): len(ids) for model, ids in moved.items()}
    if counts:
        told = "、".join(f"{label} {number}" for label, number in counts.items())
        audit.record(actor, "follow", firm, {}, note=f"{_what(firm, before)}变更，随之变更的：{told}")
    return counts


def _what(firm: Enterprise, before: tuple[Was, ...]) -> str:
    changed = [
        word
        for name, word in WORDS.items()
        if any(getattr(one, name) != getattr(firm, name) for one in before)
    ]
    return "、".join(changed) or "所属企业"


def _rows(one: Follows, firm: Enterprise) -> Any:
    rows: Any = one.model._base_manager
    return rows.filter(one.living, enterprise=firm)


def _derived(one: Follows, firm: Enterprise) -> list[int]:
    """Copies that nobody types: every living row gets the firm's, or the place of its own site."""
    rows, values = _rows(one, firm), {name: getattr(firm, name) for name in one.copies}
    parts: list[tuple[Any, dict[str, Any], dict[str, Any]]] = [(rows, values, values)]
    if one.at_site:
        there = {**values, "region_path": F("site__region_path")}
        parts = [
            (rows.filter(site=None), values, values),
            (rows.exclude(site=None), there, {**values, "region_path": _place_of_site()}),
        ]
    ids: list[int] = []
    for part, same, new in parts:
        found = list(part.exclude(**same).values_list("pk", flat=True))
        if found:
            one.model._base_manager.filter(pk__in=found).update(**new)
        ids += found
    return ids


def _place_of_site() -> Subquery:
    return Subquery(Site._base_manager.filter(pk=OuterRef("site_id")).values("region_path")[:1])


def _typed(one: Follows, firm: Enterprise, before: tuple[Was, ...]) -> list[int]:
    """Copies that people type: each column goes along where it was the firm's."""
    ids: set[int] = set()
    for was in before:
        for name in one.copies:
            old, new = getattr(was, name), getattr(firm, name)
            if old in (None, "") or old == new:
                continue
            rows = _rows(one, firm).filter(**{name: old})
            if one.at_site and name == "region_path":
                rows = rows.exclude(site__region_path=old)
            found = list(rows.values_list("pk", flat=True))
            one.model._base_manager.filter(pk__in=found).update(**{name: new, "version": F("version") + 1})
            ids.update(found)
    return sorted(ids)


def _with_owner(one: Follows, moved: Mapping[type[ScopedModel], list[int]]) -> list[int]:
    """What hangs on rows that have just moved."""
    owner: Any = one.model._meta.get_field(one.owner).related_model
    if owner not in moved:
        return []
    rows = one.model._base_manager.filter(one.living, **{f"{one.owner}__in": moved[owner]})
    ids = list(rows.values_list("pk", flat=True))
    above = owner._base_manager.filter(pk=OuterRef(f"{one.owner}_id"))
    new = {name: Subquery(above.values(name)[:1]) for name in one.copies}
    one.model._base_manager.filter(pk__in=ids).update(**new)
    return ids


def untold() -> list[str]:
    """Tables of the house that point at a firm and keep copies of its place or industry, and say nothing."""
    found = []
    for model in apps.get_models():
        names = {one.attname for one in model._meta.concrete_fields}
        hangs = not issubclass(model, ScopedModel) or issubclass(model, Placed)
        if (
            "enterprise_id" in names
            and names & set(COPIES)
            and not hangs
            and model not in {*_follows, *_stays}
        ):
            found.append(model.__name__)
    return sorted(found)


# Sites first: what lies at a site lies where the site does. A site or facility with an address or coordinates
# of its own lies there, whatever the firm does.
UNPLACED = Q(address="", longitude=None)
follows(Site, UNPLACED, copies=("region_path",), typed=True)
follows(KeyPerson)
follows(Licence)
follows(Certificate)
follows(Facility, UNPLACED, copies=("region_path",), typed=True, at_site=True)
stays(Closure, "counts in the plan of the region that named it")
stays(LicenceCheck, "drawn by lot from the licences of one region")
stays(Person, "acts for the firm wherever it is")
stays(Post, "a seat says itself where it is")
