"""What an office does with its own standards beyond registering them: a further version, the end."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from anlan.kernel import clock
from anlan.kernel.forms import DATE_FORMATS, form_class
from anlan.kernel.ledger import Ledger
from anlan.kernel.once import new_key, once
from anlan.kernel.pages.access import ledger_for, may, row_for
from anlan.kernel.pages.edit import picker_urls
from anlan.kernel.pages.lists import Act
from anlan.kernel.pages.moves import MoveButton
from anlan.kernel.pages.rows import RowPage
from anlan.kernel.requests import ActorRequest
from anlan.kernel.writing import Refused, Stale
from anlan.standards import writing
from anlan.standards.panels import NOW, state_of
from anlan.standards.reads import kinds

LEDGERS = ("criteria", "standards", "checklists")


class LocalPage(RowPage):
    """A row's page with what its own office can do."""

    @cached_property
    def acts(self) -> list[Act | MoveButton]:
        """Print; a further version and the end where the row is the office's own."""
        found = super().acts
        if _own(self.request, self.ledger, self.row):
            found = [
                *found,
                Act("出新版", f"{self.base}renew/", "file-plus", primary=True),
                Act(f"废止本{self.ledger.noun}", f"{self.base}end/", "ban", office_only=True),
            ]
        return found

    @property
    def notes(self) -> list[dict[str, str]]:
        """That a version is no longer the one in force."""
        if state_of(self.row) == NOW:
            return []
        told = "这一版现在不适用。据它作出的判定仍按它保留；现行的一版见“各版本”。"
        return [{"tone": "", "text": told}]


def _own(request: ActorRequest, ledger: Ledger, row: Any) -> bool:
    """Whether the chosen post may follow this row by another, or end it."""
    return (
        may(request, ledger, "add")
        and row.local
        and row.withdrawn_on is None
        and (row.valid_to is None or row.valid_to > clock.today())
        and row.region_path == writing.home(request.actor)
    )


@require_GET
def show(request: ActorRequest, pk: int, key: str) -> HttpResponse:
    """The page of one row."""
    ledger = ledger_for(request, key)
    row = row_for(request, ledger, pk, *ledger.related)
    return render(request, "kernel/detail.html", {"page": LocalPage(request, ledger, row)})


def renew(request: ActorRequest, pk: int, key: str) -> HttpResponse:
    """The form of a new row, filled with the old version; its days are asked anew."""
    ledger, row = _row(request, pk, key)
    sections = tuple(
        replace(one, fields=tuple(name for name in one.fields if name != "key")) for one in ledger.form
    )
    asked = replace(ledger, form=sections)
    fresh = type(row)()
    form = form_class(asked, request.actor, picker_urls(asked))(
        request.POST or None, instance=fresh, initial=_before(asked, row)
    )
    if request.method == "POST" and form.is_valid():
        try:
            pk, new = once(
                request.actor, request.POST.get("idempotency_key", ""),
                lambda: int(writing.renew(request.actor, row, form.cleaned_data).pk),
            )  # fmt: skip
        except (Refused, Stale, ValidationError) as error:
            _explain(form, error)
        else:
            if new:
                messages.success(request, f"已出{ledger.noun} {row.key} 的新版，旧版保留。")
            return HttpResponseRedirect(reverse("ledger-row", args=[key, pk]))
    page = _page(request, ledger, row, f"出新版：{row}", "出新版")
    page["sections"] = [
        {"title": one.label, "fields": [form[name] for name in one.fields]} for one in sections
    ]
    page["save_label"] = "存为新版"
    page["facts"] = [_told(row)]
    return _answer(request, form, page)


def _before(ledger: Ledger, row: Any) -> dict[str, Any]:
    """The old version as the form shows it: kinds by their labels, the beginning empty."""
    found = {name: getattr(row, name) for name in ledger.form_fields}
    if found.get("kinds"):
        known = kinds()
        found["kinds"] = [known[one].label if one in known else one for one in found["kinds"]]
    return {**found, "valid_from": None, "valid_to": None}


def _told(row: Any) -> str:
    start = f"（{row.valid_from} 起）" if row.valid_from else ""
    return (
        f"新版从它的生效日期起代替现行的一版{start}，旧版同日失效并保留；据旧版作出的判定不变。"
        "生效日期填成与旧版相同或更早，就作为更正：旧版标明“已更正”。"
    )


def end(request: ActorRequest, pk: int, key: str) -> HttpResponse:
    """The day of the end and why; what rests on a standard ends with it."""
    ledger, row = _row(request, pk, key)
    form = EndForm(request.POST or None, initial={"day": clock.today()})
    if request.method == "POST" and form.is_valid():
        day, reason = form.cleaned_data["day"], form.cleaned_data["reason"]
        try:
            count, new = once(
                request.actor, request.POST.get("idempotency_key", ""),
                lambda: writing.end(request.actor, row, day, reason),
            )  # fmt: skip
        except (Refused, Stale, ValidationError) as error:
            _explain(form, error)
        else:
            if new:
                also = f"，同时废止据此的 {count - 1} 条" if count > 1 else ""
                messages.success(request, f"{ledger.noun}自 {day} 起失效{also}。")
            return HttpResponseRedirect(reverse("ledger-row", args=[key, pk]))
    page = _page(request, ledger, row, f"废止：{row}", "废止")
    rest = len(writing.resting(row))
    told = f"据此登记的 {rest} 条判定标准、检查项同日一并废止。" if rest else ""
    page |= {
        "section_title": "废止",
        "save_label": f"废止本{ledger.noun}",
        "facts": [f"废止后检索和检查表不再提供它；已经据它作出的判定不变。{told}"],
    }
    return _answer(request, form, page)


class EndForm(forms.Form):
    """When and why."""

    day = forms.DateField(
        label="失效日期", help_text="当日起失效", input_formats=DATE_FORMATS,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填失效日期。", "invalid": "读不出日期。请写成 2023-06-20。"},
    )  # fmt: skip
    reason = forms.CharField(
        label="依据或原因", max_length=200, help_text="如 被某文件替代，写明文号",
        error_messages={"required": "请写依据或原因。"},
    )  # fmt: skip


def _row(request: ActorRequest, pk: int, key: str) -> tuple[Ledger, Any]:
    """The ledger and the row where it is this post's own; else 404."""
    ledger = ledger_for(request, key, "add")
    row = row_for(request, ledger, pk)
    if not _own(request, ledger, row):
        raise Http404
    return ledger, row


def _explain(form: Any, error: Exception) -> None:
    """Put what went wrong where the person sees it."""
    if not isinstance(error, ValidationError):
        form.add_error(None, str(error))
        return
    named = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    for name, found in named.items():
        form.add_error(name if name in form.fields else None, found)


def _page(request: ActorRequest, ledger: Ledger, row: Any, title: str, step: str) -> dict[str, Any]:
    back = reverse("ledger-row", args=[ledger.key, row.pk])
    return {
        "title": title,
        "crumbs": [
            {"label": ledger.label, "url": reverse("ledger-list", args=[ledger.key])},
            {"label": str(row), "url": back},
            {"label": step},
        ],
        "action": request.path,
        "idempotency": request.POST.get("idempotency_key") or new_key(),
        "cancel_url": back,
    }


def _answer(request: ActorRequest, form: Any, page: dict[str, Any]) -> HttpResponse:
    return render(
        request, "kernel/form.html", {"form": form, "page": page}, status=422 if form.is_bound else 200
    )
