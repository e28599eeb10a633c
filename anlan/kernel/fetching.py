"""The rows of a page by their ids: the statement around the ids is written once for each ledger and order.

Django compiles the fetching query and starts every row through its constructor for each page anew, which
costs as much as the rest of the page. Here the compiled statement and the way from a database row to model
instances are kept; what comes out is the same as from the query set. Anything unusual goes Django's way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.expressions import RawSQL
from django.db.models.signals import post_init, pre_init

from anlan.kernel.scope import ScopedQuerySet

MARK = "anlan_ids"
_plans: dict[tuple[object, ...], _Plan | None] = {}


def fetch(rows: QuerySet[Any], ids: QuerySet[Any], order: Sequence[str]) -> list[Any]:
    """The rows whose ids `ids` gives, in `order`, with what `rows` joins."""
    plan = _plan_of(rows, order)
    if plan is None:
        return list(rows.filter(pk__in=ids).order_by(*order))
    if isinstance(ids, ScopedQuerySet):
        ids._require_asked()
    try:
        inner, parameters = ids.query.get_compiler(connection.alias).as_sql()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"{plan.before}{inner}{plan.after}", parameters)
        found, alias = cursor.fetchall(), connection.alias
    return [plan.row(values, alias) for values in found]


@dataclass(frozen=True)
class _Part:
    """One model in the database row: where its columns stand, what hangs on it."""

    model: type[Model]
    names: tuple[str, ...]
    values: Callable[[Sequence[Any]], Any]
    key: int
    children: tuple[tuple[Callable[[Any, Any], None], Callable[[Any, Any], None], _Part], ...]

    def instance(self, values: Sequence[Any], alias: str) -> Any:
        """As `Model.from_db`, with the related rows in their places; None where a join found nothing."""
        made: Any = self.model.__new__(self.model)
        state = made.__dict__["_state"] = ModelState()
        state.adding, state.db = False, alias
        made.__dict__.update(zip(self.names, self.values(values), strict=True))
        for put, put_back, part in self.children:
            other = part.instance(values, alias) if values[part.key] is not None else None
            put(made, other)
            if other is not None:
                put_back(other, made)
        return made


@dataclass(frozen=True)
class _Plan:
    before: str
    after: str
    root: _Part
    converters: tuple[tuple[int, Any, Sequence[Callable[..., Any]]], ...]

    def row(self, values: Sequence[Any], alias: str) -> Any:
        """One row of the database as an instance."""
        if self.converters:
            values = list(values)
            for place, expression, every in self.converters:
                for convert in every:
                    values[place] = convert(values[place], expression, connection)
        return self.root.instance(values, alias)


def _plan_of(rows: QuerySet[Any], order: Sequence[str]) -> _Plan | None:
    query: Any = rows.query
    unusual = (
        query.annotations or query.extra or query.distinct or query.combinator or query.values_select
        or query.select_for_update or query.select_related is True
        or rows._prefetch_related_lookups  # type: ignore[attr-defined]
    )  # fmt: skip
    if unusual:
        return None
    names, others = query.deferred_loading
    key = (rows.model, tuple(order), repr(query.select_related), frozenset(names), others)
    if key not in _plans:
        _plans[key] = _planned(rows.model, order, query)
    return _plans[key]


def _planned(model: type[Model], order: Sequence[str], query: Any) -> _Plan | None:
    outer = model._base_manager.filter(pk__in=RawSQL(MARK, ())).order_by(*order)
    outer.query.select_related, outer.query.deferred_loading = query.select_related, query.deferred_loading
    compiler: Any = outer.query.get_compiler(connection.alias)
    text, parameters = compiler.as_sql()
    before, found, after = text.partition(MARK)
    root = _part(compiler.klass_info, compiler.select)
    if not found or parameters or root is None or MARK in after:
        return None
    converters = compiler.get_converters([one[0] for one in compiler.select])
    kept = tuple((place, expression, every) for place, (every, expression) in converters.items())
    return _Plan(before, after, root, kept)


def _part(info: Any, select: Sequence[Any]) -> _Part | None:
    model, places = info["model"], info["select_fields"]
    own = [one for one in (pre_init, post_init) if one.has_listeners(model)]
    overridden = {
        name for one in model.__mro__ if issubclass(one, Model) and one is not Model for name in vars(one)
    }
    made_by_itself = overridden.isdisjoint({"from_db", "__init__"})
    if own or not made_by_itself or len(places) < 2 or model._meta.proxy or model._meta.parents:
        return None
    fields = [select[place][0].target for place in places]
    names = tuple(one.attname for one in fields)
    children = []
    for child in info.get("related_klass_infos", ()):
        part = _part(child, select)
        if part is None or child["from_parent"]:
            return None
        children.append((child["local_setter"], child["remote_setter"], part))
    key = places[names.index(model._meta.pk.attname)]
    return _Part(model, names, itemgetter(*places), key, tuple(children))
