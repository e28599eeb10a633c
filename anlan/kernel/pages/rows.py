"""One row of a ledger: its page, its history, and the pickers that find it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from anlan.kernel import acts, audit, cells, clock, drawing, extra, referral, registry
from anlan.kernel.ledger import Ledger, Panel, Section, kind_of
from anlan.kernel.models import AuditEntry
from anlan.kernel.pages import hanging, moves
from anlan.kernel.pages.access import ledger_for, may, row_for
from anlan.kernel.pages.lists import Act
from anlan.kernel.requests import ActorRequest

PICK = 30


class RowPage:
    """What `kernel/detail.html` and `kernel/print.html` read."""

    def __init__(self, request: ActorRequest, ledger: Ledger, row: Any) -> None:
        self.request, self.ledger, self.row = request, ledger, row
        self.names = drawing.Names()
        self.base = f"{reverse('ledger-list', args=[ledger.key])}{row.pk}/"
        self.back_url = self.base
        self.printed_at = cells.moment(clock.now())
        self.printed_by = request.actor.label

    @property
    def title(self) -> str:
        """The row's own words."""
        return self.ledger.words(self.row)

    @property
    def crumbs(self) -> list[dict[str, str]]:
        """Back to the list."""
        return [
            {"label": self.ledger.label, "url": reverse("ledger-list", args=[self.ledger.key])},
            {"label": str(self.row)},
        ]

    @cached_property
    def way(self) -> list[moves.MoveButton]:
        """The row's moves."""
        return moves.buttons(self.request, self.ledger, self.row)

    @property
    def notes(self) -> list[dict[str, str]]:
        """Why a move is closed, in words on the page: not everybody points at a button."""
        closed = [f"不能{one.label}：{one.reason}。" for one in self.way if one.reason]
        return [{"tone": "", "text": "".join(closed)}] if closed else []

    @cached_property
    def acts(self) -> list[Act | moves.MoveButton]:
        """Print, and what the chosen post may do."""
        found: list[Act | moves.MoveButton] = [Act("打印", f"{self.base}print/", "printer", office_only=True)]
        if self.ledger.form and may(self.request, self.ledger, "change"):
            found.append(Act(f"修改{self.ledger.noun}", f"{self.base}edit/", "edit", primary=not self.way))
        if may(self.request, self.ledger, "refer"):
            found.append(Act("移送交办", f"{self.base}refer/", "send", office_only=True))
        return [*found, *self.way]

    @cached_property
    def sections(self) -> list[dict[str, Any]]:
        """The fields, then the panels of the main column."""
        shown = (
            self.ledger.detail
            or self.ledger.form
            or (Section("基本情况", tuple(one.field for one in self.ledger.columns)),)
        )
        found = [
            {"title": one.label, "kind": "kv", "rows": [self._pair(name) for name in one.fields]}
            for one in shown
        ]
        return found + self._panels(side=False)

    @cached_property
    def side(self) -> list[dict[str, Any]]:
        """The panels of the side column."""
        hung = moves.side_sections(
            self.row,
            extend=hanging.may_extend(self.request, self.ledger, self.row),
            detach=may(self.request, self.ledger, "change"),
        )
        return [*hung, *self._slips(), *self._panels(side=True)]

    def _slips(self) -> list[dict[str, Any]]:
        """Where the row's matter was handed to, and how far it is there."""
        if not self.request.actor.may_read("referrals.view"):
            return []
        rows = [
            (
                cells.link(slip.number, f"{reverse('ledger-list', args=['referrals'])}{slip.pk}/"),
                slip.get_state_display(),
            )
            for slip in referral.of_row(self.request.actor, self.row)[:10]
        ]
        return [{"title": "移送交办", "kind": "kv", "rows": rows}] if rows else []

    def _panels(self, side: bool) -> list[dict[str, Any]]:
        found = (self._panel(one) for one in self.ledger.panels if one.side == side)
        return [one for one in found if one]

    def _panel(self, one: Panel) -> dict[str, Any] | None:
        from django.template.loader import render_to_string

        rows = one.rows(self.request.actor, self.row)
        if rows is None:
            return None
        context = {"row": self.row, **rows}
        return {
            "title": one.label,
            "kind": "html",
            "html": render_to_string(one.template, context, request=self.request),
        }

    def _pair(self, name: str) -> tuple[str, Any]:
        label = self.ledger.label_of(name)
        mask = self.ledger.hidden_from(self.request.actor).get(name)
        if mask is not None:
            return label, mask(getattr(self.row, name))
        value = drawing.plain(self.ledger, name, self.names)(self.row)
        unit = next((one.unit for one in self.ledger.columns if one.field == name), "")
        if unit and value not in (None, ""):
            return label, f"{value} {unit}"
        is_reference = kind_of(self.ledger.field(name)) == "reference"
        target: Any = getattr(self.row, name, None) if is_reference else None
        other = registry.ledger_of(type(target)) if target is not None else None
        if target and other and other.rows(self.request.actor).filter(pk=target.pk).exists():
            return label, cells.link(str(target), f"{reverse('ledger-list', args=[other.key])}{target.pk}/")
        return label, value

    @cached_property
    def timeline(self) -> list[dict[str, Any]]:
        """The last acts on this row."""
        return [event(self.ledger, entry, self.names) for entry in audit.history(self.row, 12)]

    @property
    def timeline_url(self) -> str:
        """All of them."""
        return f"{self.base}history/" if len(self.timeline) == 12 else ""


def event(ledger: Ledger | None, entry: AuditEntry, names: drawing.Names) -> dict[str, Any]:
    """One act as the timeline draws it: when, what, who, and each changed field old → new."""
    changes = []
    columns = (
        {one.attname for one in ledger.model._meta.concrete_fields} | {*ledger.extra} if ledger else set()
    )
    for name, (before, after) in _unfolded(ledger, entry.differences):
        if ledger is None or entry.act in {"add", "import"} or name not in columns:
            continue
        changes.append(
            {
                "label": field_label(ledger, name),
                "before": shown(ledger, name, before, names),
                "after": shown(ledger, name, after, names),
            }
        )
    return {
        "time": cells.recent(entry.at, clock.today()),
        "text": acts.word(entry.act, ledger) + (f"：{entry.note}" if entry.note else ""),
        "who": entry.actor,
        "kind": "" if entry.person_id else "sys",
        "changes": changes,
    }


def _unfolded(ledger: Ledger | None, differences: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What changed, field by field; of a JSON column with declared fields only those that differ."""
    for name, sides in differences.items():
        if ledger is None or not ledger.extra or name != ledger.kept_in:
            yield name, sides
            continue
        before, after = (extra.unfold(ledger, {name: one}) for one in sides)
        yield from ((one, (before[one], after[one])) for one in before if before[one] != after[one])


def field_label(ledger: Ledger, name: str) -> str:
    """The Chinese name of a stored column."""
    if name in ledger.extra:
        return ledger.label_of(name)
    for model_field in ledger.model._meta.concrete_fields:
        if name in (model_field.attname, model_field.name):
            return ledger.label_of(model_field.name)
    return name


def shown(ledger: Ledger, name: str, value: Any, names: drawing.Names) -> Any:
    """A recorded value in words: labels for choices, names for places."""
    columns = (*ledger.extra.values(), *ledger.model._meta.concrete_fields)
    model_field = next((one for one in columns if one.attname == name), None)
    if model_field is None or value is None:
        return value
    if model_field.name in ledger.masked:
        return ledger.masked[model_field.name](value)
    if model_field.choices:
        return dict(model_field.flatchoices).get(value, value)
    if name == ledger.model.scope.region:
        return names.of(str(value))
    related: Any = model_field.related_model
    if related is not None and isinstance(value, int):
        return str(related._base_manager.filter(pk=value).first() or value)
    return {True: "是", False: "否"}.get(value, value) if isinstance(value, bool) else value


@require_GET
def ledger_row(request: ActorRequest, key: str, pk: int) -> HttpResponse:
    """The page of one row."""
    ledger = ledger_for(request, key)
    row = row_for(request, ledger, pk, *ledger.related)
    return render(request, "kernel/detail.html", {"page": RowPage(request, ledger, row)})


@require_GET
def print_row(request: ActorRequest, key: str, pk: int) -> HttpResponse:
    """The same for A4."""
    ledger = ledger_for(request, key)
    row = row_for(request, ledger, pk, *ledger.related)
    return render(request, "kernel/print.html", {"page": RowPage(request, ledger, row)})


@require_GET
def history(request: ActorRequest, key: str, pk: int) -> HttpResponse:
    """Every act on one row."""
    ledger = ledger_for(request, key)
    row = row_for(request, ledger, pk)
    names = drawing.Names()
    page = {
        "title": f"{row} 的全部记录",
        "crumbs": [
            {"label": ledger.label, "url": reverse("ledger-list", args=[key])},
            {"label": str(row), "url": f"{reverse('ledger-list', args=[key])}{pk}/"},
            {"label": "记录"},
        ],
        "timeline": [event(ledger, entry, names) for entry in audit.history(row, 500)],
    }
    return render(request, "kernel/detail.html", {"page": page})


@require_GET
def pick(request: ActorRequest, key: str) -> JsonResponse:
    """Rows of a ledger for a picker: at most 30 whose name or code holds what was typed."""
    ledger = ledger_for(request, key)
    text = request.GET.get("q", "").strip()[:40]
    rows = ledger.rows(request.actor)
    if text:
        condition = Q()
        for name in dict.fromkeys((*ledger.search, *((ledger.title,) if ledger.title else ()))):
            condition |= Q(**{f"{name}__icontains": text})
        rows = rows.filter(condition)
    found = [
        {"id": str(row.pk), "label": str(row), "note": "", "leaf": True} for row in rows.order_by("id")[:PICK]
    ]
    return JsonResponse(found, safe=False)
