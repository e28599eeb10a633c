"""The list of a ledger: views, filter line, rows, pager."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET

from anlan.kernel import drawing, lookup, places, registry
from anlan.kernel.ledger import Filter, Ledger, View
from anlan.kernel.listing import RESERVED, Listing, filter_kind, filter_label
from anlan.kernel.models import ColumnChoice, SavedView
from anlan.kernel.pages.access import ledger_for, may
from anlan.kernel.requests import ActorRequest, whole
from anlan.kernel.scope import Actor
from anlan.kernel.shell import address


@dataclass(frozen=True)
class Act:
    """A button of the page head or the bulk bar."""

    label: str
    url: str
    icon: str = ""
    primary: bool = False
    office_only: bool = False


@dataclass
class Shown:
    """One filter as the template draws it."""

    name: str
    label: str
    kind: str
    value: str = ""
    value_label: str = ""
    value_from: str = ""
    value_to: str = ""
    url: str = ""
    options: list[tuple[str, str, bool]] = field(default_factory=list)
    hidden_more: bool = False
    by_view: bool = False
    on_phone: bool = False


class ListPage:
    """What `kernel/list.html` reads. Every part is made once, and only when it is drawn."""

    def __init__(self, request: ActorRequest, ledger: Ledger) -> None:
        self.request = request
        self.ledger = ledger
        self.own = Own.of(request.actor, ledger)
        self.listing = Listing(ledger, request.actor, query_of(request, ledger, self.own))
        self.url = address("ledger-list", ledger.key)
        self.title = ledger.label
        above = registry.ledger(ledger.base) if ledger.base else None
        self.crumbs = (
            [{"label": above.label, "url": address("ledger-list", above.key)}, {"label": ledger.label}]
            if above
            else []
        )

    @cached_property
    def query(self) -> dict[str, str]:
        """The address bar without the cursor."""
        return {
            key: value
            for key, value in self.listing.query.items()
            if value and key not in {"after", "before", "count"}
        }

    @cached_property
    def acts(self) -> list[Act]:
        """Import, export, new: those that the chosen post may do."""
        key, found = self.ledger.key, []
        if self.ledger.importing and may(self.request, self.ledger, "import"):
            found.append(Act("导入", address("ledger-import", key), "upload", office_only=True))
        if may(self.request, self.ledger, "export"):
            found.append(
                Act(
                    "导出",
                    f"{address('ledger-export', key)}?{urlencode(self.query)}",
                    "download",
                    office_only=True,
                )
            )
        if self.ledger.form and may(self.request, self.ledger, "add"):
            found.append(Act(self.ledger.add_words, address("ledger-new", key), "plus", primary=True))
        return found

    @cached_property
    def facts(self) -> list[str]:
        """What else the reader must know: filters that could not be read."""
        return [f"筛选“{one.label}”没有生效：{one.message}" for one in self.listing.problems]

    @cached_property
    def views(self) -> list[dict[str, Any]]:
        """Everybody's views and one's own, with capped counts."""
        found = [self._view(View("all", "全部", {}, count=False))]
        found += [self._view(one) for one in self.ledger.views]
        for label, query in self.own.views:
            current = dict(parse_qsl(query)) == self.query
            found.append({"label": label, "url": f"{self.url}?{query}", "current": current})
        return found if len(found) > 1 or self.query else []

    def _view(self, view: View) -> dict[str, Any]:
        query = {key: str(value) for key, value in view.query.items()}
        shown: dict[str, Any] = {
            "label": view.label,
            "url": f"{self.url}?{urlencode(query)}" if query else self.url,
            "current": query == {key: value for key, value in self.query.items() if key != "columns"},
        }
        if view.count:
            shown["count"] = Listing(self.ledger, self.request.actor, query, self.listing.kept).count.text
        return shown

    @cached_property
    def save_view_url(self) -> str:
        """Where the present filter line can be kept under a name; nothing to keep without filters."""
        if not set(self.query) - {"columns"}:
            return ""
        return f"{address('ledger-save-view', self.ledger.key)}?{urlencode(self.query)}"

    @cached_property
    def filters(self) -> list[Shown]:
        """The filter line."""
        found = []
        if self.ledger.search:
            hint = self.ledger.search_hint or "、".join(
                self.ledger.label_of(name) for name in self.ledger.search
            )
            found.append(Shown("q", hint, "text", self.listing.text, on_phone=True))
        found += [self._filter(one) for one in self.ledger.filters]
        asked = {key: value for key, value in self.query.items() if key != "columns"}
        # What a view above the list has set opens no further filters.
        by_view = any(asked == dict(view.query) for view in self.ledger.views)
        return [replace(one, by_view=by_view) for one in found]

    @cached_property
    def said(self) -> str:
        """The filter line in words, for paper, which shows no filter line."""
        found = []
        for one in self.filters:
            keys = one.value.split(",")
            named = "、".join(label for key, label, _ in one.options if key and key in keys)
            span = f"{one.value_from}—{one.value_to}" if one.value_from or one.value_to else ""
            if words := named or one.value_label or one.value or span:
                found.append(f"{one.label}：{words}")
        return "；".join(found)

    def _filter(self, one: Filter) -> Shown:
        kind, query = filter_kind(self.ledger, one), self.listing.query
        value = query.get(one.field, "")
        shown = Shown(one.field, filter_label(self.ledger, one), "text", value, hidden_more=one.more)
        shown.on_phone = one.field in {"state", "level"} or not one.more
        if one.options or kind in {"choice", "flag"}:
            pairs = list(one.options()) if one.options else self._choices(one, kind)
            shown.kind, shown.options = (
                "choice",
                [(str(key), label, str(key) == value) for key, label in pairs],
            )
        elif kind in {"region", "reference"}:
            shown.kind, shown.url = "picker", one.picker or self._picker(one, kind)
            shown.value_label = self._picked(one, kind, value)
        elif kind in {"date", "moment", "due", "integer", "decimal"}:
            shown.kind = "date" if kind in {"date", "moment", "due"} else "range"
            shown.value_from, shown.value_to = (
                query.get(f"{one.field}_from", ""),
                query.get(f"{one.field}_to", ""),
            )
        elif kind == "exact":
            shown.kind, shown.options = (
                "choice",
                [(key, key, key == value) for key in self._distinct(one.field)],
            )
        return shown

    def _choices(self, one: Filter, kind: str) -> list[tuple[str, str]]:
        if kind == "flag":
            return [("1", "是"), ("0", "否")]
        return [(str(key), str(label)) for key, label in self.ledger.field(one.field).flatchoices]

    def _distinct(self, name: str) -> list[str]:
        from anlan.kernel import search

        return search.distinct_values(self.ledger, name, self.request.actor)

    def _picker(self, one: Filter, kind: str) -> str:
        return (
            picker_url(self.ledger, one.field)
            if kind == "reference"
            else address("pick-region") + "?value=path"
        )

    def _picked(self, one: Filter, kind: str, value: str) -> str:
        if not value:
            return ""
        if kind == "region":
            return places.labels({value})[value]
        target: Any = self.ledger.field(one.field).related_model
        row = target.objects.visible_to(self.request.actor).filter(pk=whole(value)).first()
        return str(row or "")

    @property
    def clear_url(self) -> str:
        """The list without filters."""
        return self.url if set(self.query) - {"columns"} else ""

    @cached_property
    def columns(self) -> list[drawing.DrawnColumn]:
        """The heads."""
        return drawing.heads(self.ledger, self.listing.columns)

    @property
    def columns_url(self) -> str:
        """Where columns are chosen."""
        return f"{address('ledger-columns', self.ledger.key)}?{urlencode(self.query)}"

    @property
    def column_note(self) -> str:
        """列 10/16."""
        return f"列 {len(self.listing.columns)}/{len(self.ledger.columns)}"

    @cached_property
    def rows(self) -> list[drawing.DrawnRow]:
        """One page, drawn."""
        found = self.listing.page.rows
        names = drawing.Names()
        names.fill(self.listing.columns, self.ledger, found)
        base = self.url

        def url(row: Any) -> str:
            return f"{base}{row.pk}/"

        draws = [drawing.drawer(self.ledger, one, names, url) for one in self.listing.columns]
        return [
            drawing.DrawnRow(row.pk, url(row), [draw(row) for draw in draws], name=str(row)) for row in found
        ]

    @cached_property
    def pager(self) -> dict[str, Any]:
        """Before, after, and how many."""
        page, count = self.listing.page, self.listing.count
        return {
            "first": 1,
            "shown": len(page.rows),
            "total_text": count.text,
            "capped": count.capped,
            "count_url": self._url(count="exact") if count.capped else "",
            "prev_url": self._url(before=page.previous) if page.previous else "",
            "next_url": self._url(after=page.next) if page.next else "",
            "order_label": self.ledger.order_label,
        }

    def _url(self, **more: str) -> str:
        return f"{self.url}?{urlencode({**self.query, **more})}"

    @cached_property
    def empty(self) -> dict[str, Any]:
        """What an empty page says, and what to do next."""
        if set(self.query) - {"columns"}:
            return {
                "state": f"没有符合条件的{self.ledger.noun}。",
                "basis": "条件写在上面一行。",
                "next": "",
                "act": Act("清除条件", self.url),
            }
        blank = self.ledger.blank
        act = (
            Act(
                blank.act if blank and blank.act else self.ledger.add_words,
                address("ledger-new", self.ledger.key),
            )
            if any(one.primary for one in self.acts)
            else None
        )
        return {
            "state": blank.state if blank else f"还没有{self.ledger.noun}。",
            "basis": blank.basis if blank else "",
            "next": "",
            "act": act,
        }


@dataclass(frozen=True)
class Own:
    """What one person keeps for a ledger: columns in order, and (label, query) of the views."""

    columns: Sequence[str] = ()
    views: Sequence[tuple[str, str]] = ()

    @classmethod
    def of(cls, actor: Actor, ledger: Ledger) -> Own:
        """Both by one statement: every list page asks for them."""
        if not actor.person_id:
            return cls()
        text = lookup.value(
            "SELECT jsonb_build_array("
            "(SELECT columns FROM kernel_columnchoice WHERE ledger = %s AND person_id = %s), "
            "(SELECT jsonb_agg(jsonb_build_array(label, query) ORDER BY id)"
            " FROM kernel_savedview WHERE ledger = %s AND person_id = %s))::text",
            *(ledger.key, actor.person_id) * 2,
        )
        columns, views = json.loads(text)
        return cls(columns or (), [tuple(one) for one in views or ()])


def query_of(request: ActorRequest, ledger: Ledger, own: Own | None = None) -> Mapping[str, str]:
    """The address bar; without a choice of columns in it, the one this person made."""
    query = request.GET.dict()
    if "columns" not in query:
        chosen = (own or Own.of(request.actor, ledger)).columns
        if chosen:
            query["columns"] = ",".join(chosen)
    return query


def picker_url(ledger: Ledger, name: str) -> str:
    """The picker of a relation: declared, or that of the ledger it points to."""
    declared = ledger.pickers.get(name)
    if declared:
        return declared
    target: Any = ledger.field(name).related_model
    other = registry.ledger_of(target)
    return address("ledger-pick", other.key) if other else ""


@require_GET
def ledger_list(request: ActorRequest, key: str) -> HttpResponse:
    """The list; for htmx only its body, when only the body changes."""
    page = ListPage(request, ledger_for(request, key))
    htmx = getattr(request, "htmx", None)
    template = "kernel/list_body.html" if htmx and htmx.target == "list-body" else "kernel/list.html"
    return render(request, template, {"page": page})


def columns(request: ActorRequest, key: str) -> HttpResponse:
    """Choose columns: GET draws the drawer, POST keeps the choice."""
    ledger = ledger_for(request, key)
    if request.method != "POST":
        listing = Listing(ledger, request.actor, query_of(request, ledger))
        shown = [one.field for one in listing.columns]
        ordered = [*listing.columns, *(one for one in ledger.columns if one.field not in shown)]
        options = [
            {
                "key": one.field,
                "label": one.label or ledger.label_of(one.field),
                "on": one.field in shown,
                "locked": one.link,
            }
            for one in ordered
        ]
        next_url = f"{address('ledger-list', key)}?{request.GET.urlencode()}"
        drawn = {"options": options, "url": request.path, "next": next_url}
        return render(request, "kernel/columns.html", {"columns": drawn, "page": {"title": ledger.label}})
    chosen = ColumnChoice.objects.filter(ledger=key, person_id=request.actor.key)
    names = [
        name for name in request.POST.getlist("columns") if name in {one.field for one in ledger.columns}
    ]
    if "reset" in request.POST or not names:
        chosen.delete()
    else:
        ColumnChoice.objects.update_or_create(
            ledger=key, person_id=request.actor.key, defaults={"columns": names}
        )
    return HttpResponseRedirect(safe_next(request, address("ledger-list", key)))


def save_view(request: ActorRequest, key: str) -> HttpResponse:
    """Keep the present filter line under a name, or forget one: GET draws the drawer."""
    ledger = ledger_for(request, key)
    own = SavedView.objects.filter(ledger=key, person_id=request.actor.key)
    if request.method != "POST":
        query = urlencode({name: value for name, value in request.GET.items() if value})
        view = {
            "url": request.path,
            "query": query,
            "own": own.values_list("label", flat=True),
            "next": f"{address('ledger-list', key)}?{query}",
        }
        return render(request, "kernel/save_view.html", {"view": view, "page": {"title": ledger.label}})
    back = safe_next(request, address("ledger-list", ledger.key))
    forget = request.POST.get("forget", "")
    if forget:
        own.filter(label=forget).delete()
        messages.success(request, f"已移除视图“{forget}”。")
        return HttpResponseRedirect(back)
    label = request.POST.get("label", "").strip()[:40]
    query = request.POST.get("query", "").lstrip("?")[:2000]
    kept = [
        part for part in query.split("&") if "=" in part and part.partition("=")[0] not in RESERVED - {"q"}
    ]
    if not label or not kept:
        messages.error(request, "没有存为视图：请先选筛选条件，再写名称。")
        return HttpResponseRedirect(back)
    SavedView.objects.update_or_create(
        ledger=key, person_id=request.actor.key, label=label, defaults={"query": "&".join(kept)}
    )
    messages.success(request, f"已存为视图“{label}”。")
    return HttpResponseRedirect(back)


def safe_next(request: ActorRequest, fallback: str) -> str:
    """Where to go back to: only an address of our own."""
    wanted = request.POST.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else fallback
