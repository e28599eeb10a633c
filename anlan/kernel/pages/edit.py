"""Registering, changing and removing a row through the ledger's form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anlan.kernel import audit, cells, drawing, extra
from anlan.kernel.forms import LedgerForm, editable_fields, form_class
from anlan.kernel.ledger import Ledger
from anlan.kernel.once import new_key, once
from anlan.kernel.pages.access import ledger_for, row_for
from anlan.kernel.pages.lists import picker_url
from anlan.kernel.pages.rows import field_label, shown
from anlan.kernel.requests import ActorRequest, whole
from anlan.kernel.scope import PathField, ScopedModel
from anlan.kernel.writing import Stale, remove, write


def new(request: ActorRequest, key: str) -> HttpResponse:
    """Register a row."""
    ledger = ledger_for(request, key, "add")
    row = ledger.model(**ledger.first_values(request.actor))
    return _form(request, ledger, row, "add", ledger.add_words)


def edit(request: ActorRequest, key: str, pk: int) -> HttpResponse:
    """Change a row; whoever was slower sees both versions."""
    ledger = ledger_for(request, key, "change")
    return _form(request, ledger, row_for(request, ledger, pk), "change", f"修改{ledger.noun}")


def delete(request: ActorRequest, key: str, pk: int) -> HttpResponse:
    """Remove a row after it was asked for twice; the record keeps it."""
    ledger = ledger_for(request, key, "remove")
    row = row_for(request, ledger, pk)
    if request.method == "POST":
        name = str(row)
        remove(request.actor, row, note=request.POST.get("reason", "").strip())
        messages.success(request, f"已删除{ledger.noun}“{name}”，记录中仍可查到。")
        return HttpResponseRedirect(reverse("ledger-list", args=[key]))
    back = f"{reverse('ledger-list', args=[key])}{pk}/"
    return render(
        request,
        "kernel/remove.html",
        {
            "page": {
                "title": f"删除{ledger.noun}“{row}”",
                "noun": ledger.noun,
                "back_url": back,
                "crumbs": [
                    {"label": ledger.label, "url": reverse("ledger-list", args=[key])},
                    {"label": str(row), "url": back},
                    {"label": "删除"},
                ],
            }
        },
    )


def _form(request: ActorRequest, ledger: Ledger, row: Any, act: str, title: str) -> HttpResponse:
    begin = extra.unfold(ledger, vars(row))
    if act == "add":
        begin |= _asked(request, ledger)
    made = form_class(ledger, request.actor, picker_urls(ledger))
    form = made(request.POST or None, instance=row, initial=begin)
    if request.method == "POST" and form.is_valid():
        try:
            return _save(request, ledger, row, form, act)
        except Stale as stale:
            return _conflict(request, ledger, form, stale)
        except ValidationError as error:
            _put_errors(form, error)
    status = 422 if request.method == "POST" else 200
    return render(
        request,
        "kernel/form.html",
        {"form": form, "page": _page(request, ledger, row, form, act, title)},
        status=status,
    )


def _asked(request: ActorRequest, ledger: Ledger) -> dict[str, str]:
    """What a link to the form of a new row already says: …/new/?enterprise=7. It only fills boxes."""
    found = {name: request.GET.get(name, "").replace("\0", "")[:200] for name in ledger.form_fields}
    return {name: text for name, text in found.items() if text}


def _save(
    request: ActorRequest, ledger: Ledger, row: ScopedModel, form: LedgerForm, act: str
) -> HttpResponse:
    def run() -> int:
        change = extra.fold(ledger, form.cleaned_data)
        written = write(request.actor, row, change, act, seen=whole(request.POST.get("version")))
        return int(written.row.pk)

    pk, fresh = once(request.actor, request.POST.get("idempotency_key", ""), run)
    if fresh:
        messages.success(request, f"已保存{ledger.noun}。")
    return HttpResponseRedirect(f"{reverse('ledger-list', args=[ledger.key])}{pk}/")


def _put_errors(form: LedgerForm, error: ValidationError) -> None:
    """Show each message at its field; what belongs to no shown field stands at the top."""
    for name, found in (
        error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    ).items():
        known = name in form.fields
        for message in found:
            form.add_error(
                name if known else None,
                message
                if known or name == NON_FIELD_ERRORS
                else f"{form.instance._meta.get_field(name).verbose_name}：{message}",
            )


def _page(
    request: ActorRequest, ledger: Ledger, row: Any, form: LedgerForm, act: str, title: str
) -> dict[str, Any]:
    back = reverse("ledger-list", args=[ledger.key])
    crumbs = [{"label": ledger.label, "url": back}]
    if row.pk:
        back = f"{back}{row.pk}/"
        crumbs.append({"label": str(row), "url": back})
    return {
        "title": title,
        "crumbs": [*crumbs, {"label": "登记" if act == "add" else "修改"}],
        "action": request.path,
        "idempotency": request.POST.get("idempotency_key") or new_key(),
        "version": row.version if row.pk else None,
        "sections": [
            {"title": one.label, "fields": [form[name] for name in one.fields if name in form.fields]}
            for one in ledger.form
        ],
        "cancel_url": back,
        "save_label": f"保存{ledger.noun}",
    }


def _conflict(request: ActorRequest, ledger: Ledger, form: LedgerForm, stale: Stale) -> HttpResponse:
    """Both versions, field by field; nothing was saved."""
    row: Any = stale.row
    names = drawing.Names()
    last = next(iter(audit.history(row, 1)), None)
    seen = whole(request.POST.get("version")) or 0
    earlier = _as_it_was(row, int(stale.theirs["version"]) - seen)
    fields, kept = [], []
    stored = {**stale.theirs, **extra.unfold(ledger, stale.theirs)}
    for name in editable_fields(ledger):
        attname = ledger.field(name).attname
        given = form.cleaned_data.get(name)
        mine, theirs = audit.plain(getattr(given, "pk", given)), audit.plain(stored.get(name))
        before = earlier.get(attname, theirs)
        kept += [(name, text) for text in request.POST.getlist(name)]
        if mine != theirs:
            kept += [(f"theirs_{name}", text) for text in _posted(form.fields[name], stored.get(name))]
            sides = (("mine", mine), ("theirs", theirs), ("before", before))
            fields.append(
                {
                    "name": name,
                    "label": field_label(ledger, name),
                    "same_as_before": mine == before,
                    **{side: shown(ledger, attname, value, names) for side, value in sides},
                }
            )
    url = f"{reverse('ledger-list', args=[ledger.key])}{row.pk}/"
    conflict = {
        "who": last.actor if last else "他人",
        "when": cells.moment(last.at) if last else "",
        "action": f"{url}settle/",
        "idempotency": new_key(),
        "version": stale.theirs["version"],
        "kept": kept,
        "fields": fields,
        "discard_url": url,
    }
    page = {
        "title": f"{ledger.noun}“{row}”有两份修改",
        "crumbs": [
            {"label": ledger.label, "url": reverse("ledger-list", args=[ledger.key])},
            {"label": str(row), "url": url},
        ],
    }
    return render(request, "kernel/conflict.html", {"conflict": conflict, "page": page}, status=409)


def settle(request: ActorRequest, key: str, pk: int) -> HttpResponse:
    """Save what was chosen on the page of the two versions."""
    ledger = ledger_for(request, key, "change")
    data = request.POST.copy()
    for name in editable_fields(ledger):
        if data.get(f"keep_{name}") == "theirs":
            data.setlist(name, data.getlist(f"theirs_{name}"))
    request.POST = data  # type: ignore[assignment]
    return _form(request, ledger, row_for(request, ledger, pk), "change", f"修改{ledger.noun}")


def _as_it_was(row: Any, changes: int) -> dict[str, Any]:
    """{column: value before the last `changes` changes}, of the columns that these touched."""
    found: dict[str, Any] = {}
    for entry in [one for one in audit.history(row) if one.differences][: max(changes, 0)]:
        found |= {name: old for name, (old, _new) in entry.differences.items()}
    return found


def _posted(field: Any, value: Any) -> list[str]:
    """What a browser would send for a stored value."""
    shown_as = field.prepare_value(value)
    if not isinstance(shown_as, bool):
        shown_as = field.widget.format_value(shown_as)
    many = shown_as if isinstance(shown_as, list | tuple | set) else [shown_as]
    return [str(one) for one in many if one is not None]


def picker_urls(ledger: Ledger) -> dict[str, str]:
    """{field: picker address} for the form's references and places."""
    found = {}
    for name in editable_fields(ledger):
        model_field = ledger.field(name)
        if isinstance(model_field, PathField):
            found[name] = ledger.pickers.get(name) or reverse("pick-region") + "?value=path"
        elif model_field.is_relation:
            found[name] = picker_url(ledger, name)
    return found
