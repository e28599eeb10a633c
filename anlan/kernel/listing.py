"""Reading a ledger: the filter line, views, columns and one page of rows for one actor.

Everything that a list shows, counts, exports or selects goes through one `Listing`, made from the
ledger, the actor and the query of the address bar: what is exported is exactly what is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.html import escape
from django.utils.safestring import SafeString

from anlan.kernel import counting, keyset, search, totals
from anlan.kernel.due import start_of
from anlan.kernel.ledger import Column, Filter, Ledger, kind_of
from anlan.kernel.requests import whole
from anlan.kernel.scope import Actor, under

PAGE = 50
# A day is the moments before the next one begins; what is due on it is due when the next one begins.
ENDS = {("moment", "_to"): "__lt", ("due", "_from"): "__gt"}
RESERVED = frozenset({"q", "after", "before", "view", "columns", "count"})


@dataclass(frozen=True)
class Problem:
    """A filter value that cannot be read: which filter, and what to write instead."""

    name: str
    label: str
    message: str


class Listing:
    """One ledger as one actor sees it under one filter line."""

    def __init__(
        self,
        ledger: Ledger,
        actor: Actor,
        query: QueryDict | Mapping[str, str],
        kept: totals.Kept | None = None,
    ) -> None:
        self.kept = kept or totals.Kept(ledger, actor)
        self.ledger = ledger
        self.actor = actor
        self.query: dict[str, str] = {key: str(query[key]).strip() for key in query}
        self.problems: list[Problem] = []

    @cached_property
    def conditions(self) -> dict[str, Q]:
        """{filter field: condition} for every filter that is set and readable."""
        found: dict[str, Q] = {}
        set_ones = {name.removesuffix("_from").removesuffix("_to") for name in self.query} | self.query.keys()
        for one in self.ledger.filters:
            if one.field not in set_ones:
                continue
            condition = self._condition(one)
            if condition is not None:
                found[one.field] = condition
        return found

    @cached_property
    def text(self) -> str:
        """What is searched for."""
        return self.query.get("q", "")[:80]

    @cached_property
    def filtered(self) -> QuerySet[Any]:
        """All rows that match, unordered."""
        return self._matching(PAGE + 1)

    def _matching(self, wanted: int) -> QuerySet[Any]:
        rows = self.ledger.rows(self.actor)
        for condition in self.conditions.values():
            rows = rows.filter(condition)
        if self.text:
            filters = self._plain_filters()
            rows = rows.filter(search.condition(self.ledger, self.text, self.kept, filters, wanted=wanted))
        return rows

    def queryset(self) -> QuerySet[Any]:
        """All rows that match, in the ledger's order, with what the columns need joined and no more."""
        found = self.filtered.order_by(*self.ledger.order).select_related(*self.ledger.joined(self._chosen))
        return found.only(*self._read) if self._read else found

    @cached_property
    def _read(self) -> tuple[str, ...]:
        """What is read of a row, where the columns declare it; else nothing, which stands for all."""
        drawn = [one for one in self._chosen if one.cell or one.value]
        if not drawn or not all(one.reads for one in drawn):
            return ()
        named = [name for one in self._chosen for name in (one.field, *one.reads)]
        named += [name.lstrip("-") for name in self.ledger.order]
        named += [name for name in (self.ledger.title, self.ledger.kept_in) if name]
        return tuple(dict.fromkeys(name for name in named if name not in self.ledger.extra))

    @cached_property
    def page(self) -> keyset.Page:
        """The page at the address bar's cursor."""
        return keyset.page(
            self.queryset(),
            self.ledger.order,
            PAGE,
            after=self.query.get("after"),
            before=self.query.get("before"),
        )

    @cached_property
    def count(self) -> counting.Count:
        """How many rows match: exact from kept totals or on demand, else capped."""
        shown = self.__dict__.get("page")
        if shown is not None and not (shown.next or shown.previous):
            return counting.Count(len(shown.rows))
        exact = self.query.get("count") == "exact"
        filters = None if self.text else self._plain_filters()
        cap = counting.TEXT_CAP if self.text else counting.CAP
        return counting.count(self.kept, lambda: self._matching(cap + 1), filters, exact=exact, cap=cap)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The chosen columns in the chosen order, personal data masked; the link column always stays."""
        hidden = self.ledger.hidden_from(self.actor)
        return tuple(_masked(one, hidden[one.field]) if one.field in hidden else one for one in self._chosen)

    @cached_property
    def _chosen(self) -> tuple[Column, ...]:
        chosen = [name for name in self.query.get("columns", "").split(",") if name]
        if not chosen:
            return tuple(column for column in self.ledger.columns if column.shown)
        by_name = {column.field: column for column in self.ledger.columns}
        found = [by_name[name] for name in chosen if name in by_name]
        missing = [column for column in self.ledger.columns if column.link and column not in found]
        return tuple(missing + found)

    def _plain_filters(self) -> dict[str, str] | None:
        """Filters as kept totals understand them, or None where they do not suffice."""
        return (
            {name: self.query[name] for name in self.conditions if name in self.query}
            if all(name in self.query for name in self.conditions)
            else None
        )

    def _condition(self, one: Filter) -> Q | None:
        value = self.query.get(one.field, "")
        if one.apply is not None:
            return one.apply(value) if value else None
        if one.asks is not None:
            return one.asks(self.actor, value) if value else None
        kind = filter_kind(self.ledger, one)
        if kind in {"date", "moment", "due", "integer", "decimal"}:
            return self._range(one, kind)
        if not value:
            return None
        match kind:
            case "region":
                return under(one.field, (value if value.endswith("/") else value + "/",))
            case "flag":
                return Q(**{one.field: value == "1"})
            case "reference":
                return self._reference(one, value)
            case "choice":
                return (
                    Q(**{f"{one.field}__in": value.split(",")}) if "," in value else Q(**{one.field: value})
                )
            case "exact":
                return Q(**{one.field: value})
            case _:
                return Q(**{f"{one.field}__icontains": value})

    def _reference(self, one: Filter, value: str) -> Q | None:
        numbers = [whole(part) for part in value.split(",")]
        if None not in numbers:
            return Q(**{f"{one.field}__in": numbers}) if len(numbers) > 1 else Q(**{one.field: numbers[0]})
        self._wrong(one, "请从列表中选。")
        return None

    def _range(self, one: Filter, kind: str) -> Q | None:
        """`name` alone, or `name_from` and `name_to`; both ends are inside the range."""
        condition: Q | None = None
        for suffix, lookup in (("", ""), ("_from", "__gte"), ("_to", "__lte")):
            raw = self.query.get(one.field + suffix, "")
            if not raw:
                continue
            try:
                value: Any = _read(kind, raw)
            except ValueError:
                what = "日期，如 2023-06-20" if kind in {"date", "moment", "due"} else "数字"
                self._wrong(one, f"“{raw}”不是{what}。请改写或清空。")
                continue
            if kind in {"moment", "due"}:
                value = start_of(value + timedelta(days=suffix == "_to"))
                lookup = ENDS.get((kind, suffix), lookup)
            part = Q(**{one.field + lookup: value})
            condition = part if condition is None else condition & part
        return condition

    def _wrong(self, one: Filter, message: str) -> None:
        self.problems.append(Problem(one.field, filter_label(self.ledger, one), message))


def _masked(column: Column, mask: Callable[[Any], str]) -> Column:
    """The column as those see it who do not read it in full; exports are masked alike."""
    return replace(
        column,
        cell=lambda row: SafeString(escape(mask(getattr(row, column.field)))),
        value=lambda row: mask(getattr(row, column.field)),
    )


def _read(kind: str, raw: str) -> Any:
    if kind in {"date", "moment", "due"}:
        return date.fromisoformat(raw)
    try:
        return Decimal(raw.replace(",", ""))
    except InvalidOperation as error:
        raise ValueError(raw) from error


def filter_kind(ledger: Ledger, one: Filter) -> str:
    """The filter's own kind, else what its field is."""
    if one.kind:
        return one.kind
    try:
        kind = kind_of(ledger.field(one.field))
    except FieldDoesNotExist:
        return "text"
    return "exact" if kind == "text" and one.options is not None else kind


def filter_label(ledger: Ledger, one: Filter) -> str:
    """The filter's own label, else its field's name."""
    return one.label or ledger.label_of(one.field)
