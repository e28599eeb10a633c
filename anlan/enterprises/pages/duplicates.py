"""Firms that may be one: the list of suspicions, the page where two records are compared and merged."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from anlan.enterprises import reads
from anlan.enterprises.actions import merging, unmerging
from anlan.enterprises.models import Enterprise, Merger
from anlan.kernel import cells, drawing, places, registry
from anlan.kernel.forms import PickerInput
from anlan.kernel.once import new_key, once
from anlan.kernel.pages.rows import field_label, shown
from anlan.kernel.requests import ActorRequest, whole
from anlan.kernel.shell import under
from anlan.kernel.writing import Refused
from anlan.org.pages import act_page

KEY = "enterprises"
PICK = "/pick/enterprise"


class MergeForm(forms.Form):
    """Which of two records stays, and why; the fields to take over are tick marks of the table."""

    reason = forms.CharField(
        label="合并理由", max_length=200, widget=forms.Textarea({"rows": 2}),
        help_text="如“同一企业，旧档案按曾用名登记”",
        error_messages={"required": "请写明合并理由，如“同一企业，旧档案按曾用名登记”。"},
    )  # fmt: skip


@require_GET
def duplicates(request: ActorRequest) -> HttpResponse:
    """Pairs that may be one firm, the likeliest first."""
    _require(request)
    path = request.GET.get("region_path", "").replace("\0", "")[:80]
    path = path if not path or path.endswith("/") else path + "/"
    found = reads.suspicions(request.actor, path)
    names = places.labels({one.region_path for pair in found.pairs for one in (pair.one, pair.other)})
    page = {
        "title": "疑似重复",
        "path": path,
        "place": places.labels({path}).get(path, "") if path else "",
        "pairs": [_pair(pair, names) for pair in found.pairs],
        "full": len(found.pairs) == reads.MOST_GROUPS,
        "narrow": found.narrow,
        "compared": cells.number(found.compared),
        "most": cells.number(reads.MOST_COMPARED),
    }
    return render(request, "enterprises/duplicates.html", {"page": page})


def _pair(pair: reads.Pair, names: Any) -> dict[str, Any]:
    firms = [
        {
            "firm": one,
            "url": reverse("ledger-row", args=[KEY, one.pk]),
            "region": names.get(one.region_path, ""),
            "regulator": (one.regulator.short_name or one.regulator.name) if one.regulator else "",
        }
        for one in (pair.one, pair.other)
    ]
    url = f"{reverse('enterprise-merge')}?kept={pair.one.pk}&gone={pair.other.pk}"
    return {
        "firms": firms,
        "why": pair.why,
        "url": url,
        "key": new_key(),
        "ids": (pair.one.pk, pair.other.pk),
    }


@require_POST
def tell_apart(request: ActorRequest) -> HttpResponse:
    """Two firms that look alike are two."""
    _require(request)
    one, other = _firm(request, request.POST.get("one")), _firm(request, request.POST.get("other"))
    if one is None or other is None or one.pk == other.pk:
        raise Http404
    merging.tell_apart(request.actor, one, other)
    messages.success(request, f"已认定“{one}”与“{other}”是不同企业，不再提示。")
    return HttpResponseRedirect(reverse("enterprise-duplicates"))


def merge(request: ActorRequest) -> HttpResponse:
    """Two records side by side: which stays, which values stay, what moves over; then the merging."""
    _require(request)
    under(request, "enterprise-duplicates")
    data = request.POST if request.method == "POST" else request.GET
    kept, gone = _firm(request, data.get("kept")), _firm(request, data.get("gone"))
    if kept is None or (data.get("gone") and gone is None):
        raise Http404
    if gone is None or gone.pk == kept.pk:
        return render(request, "enterprises/merge_pick.html", {"page": _pick_page(request, kept)})
    form = MergeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return _merge(request, kept, gone, form)
        except Refused as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            form.add_error(None, "；".join(error.messages))
    status = 422 if request.method == "POST" else 200
    page = _merge_page(request, kept, gone)
    return render(request, "enterprises/merge.html", {"page": page, "form": form}, status=status)


def _merge(request: ActorRequest, kept: Enterprise, gone: Enterprise, form: MergeForm) -> HttpResponse:
    take = [name for name in merging.FIELDS if request.POST.get(f"take_{name}") == "gone"]

    def run() -> int:
        done = merging.merge(request.actor, kept, gone, take=take, reason=form.cleaned_data["reason"])
        return int(done.kept_id)

    pk, fresh = once(request.actor, request.POST.get("idempotency_key", ""), run)
    if fresh:
        messages.success(request, f"已把“{gone}”的档案并入“{kept}”，合并前的两份留在合并记录里。")
    return HttpResponseRedirect(reverse("ledger-row", args=[KEY, pk]))


def _pick_page(request: ActorRequest, kept: Enterprise) -> dict[str, Any]:
    widget = PickerInput(PICK)
    return {
        "title": "合并重复档案",
        "crumbs": [
            {"label": str(kept), "url": reverse("ledger-row", args=[KEY, kept.pk])},
            {"label": "合并"},
        ],
        "kept": kept,
        "picker": widget.render("gone", "", {"id": "gone", "class": "in"}),
        "like": reads.like(request.actor, kept),
    }


def _merge_page(request: ActorRequest, kept: Enterprise, gone: Enterprise) -> dict[str, Any]:
    ledger, names = registry.ledger(KEY), drawing.Names()
    fields = []
    for name in merging.FIELDS:
        column = ledger.field(name).attname
        mine, theirs = getattr(kept, column), getattr(gone, column)
        if mine in (None, "") and theirs in (None, ""):
            continue
        asked = request.POST.get(f"take_{name}") if request.method == "POST" else None
        fields.append(
            {
                "name": name,
                "label": field_label(ledger, column),
                "kept": shown(ledger, column, mine, names),
                "gone": shown(ledger, column, theirs, names),
                "same": mine == theirs,
                "take": asked == "gone" if asked else mine in (None, "") and theirs not in (None, ""),
            }
        )
    moved: dict[str, int] = {}
    for pointer in merging.pointers():
        if pointer.model is not Enterprise and (count := pointer.rows(gone.pk).count()):
            moved[pointer.label] = moved.get(pointer.label, 0) + count
    swap = f"{reverse('enterprise-merge')}?kept={gone.pk}&gone={kept.pk}"
    return {
        "title": "合并重复档案",
        "crumbs": [
            {"label": "疑似重复", "url": reverse("enterprise-duplicates")},
            {"label": "合并"},
        ],
        "kept": kept,
        "gone": gone,
        "fields": fields,
        "moved": list(moved.items()),
        "clashes": merging.clashes(kept, gone),
        "swap_url": swap,
        "cancel_url": reverse("enterprise-duplicates"),
        "idempotency": request.POST.get("idempotency_key") or new_key(),
    }


class UnmergeForm(forms.Form):
    """Why a merging was wrong."""

    reason = forms.CharField(
        label="撤销理由", max_length=200, widget=forms.Textarea({"rows": 2}),
        help_text="当时移交的记录回到原档案；合并以后新登记的留在保留企业",
        error_messages={"required": "请写明为什么撤销，如“核对执照，是两家企业”。"},
    )  # fmt: skip


def unmerge(request: ActorRequest, pk: int) -> HttpResponse:
    """Undo a merging: what went over goes back."""
    _require(request)
    under(request, "enterprise-duplicates")
    row = Merger.objects.visible_to(request.actor).select_related("kept", "gone").filter(pk=pk).first()
    if row is None:
        raise Http404
    form = UnmergeForm(request.POST if request.method == "POST" else None)

    def run() -> str:
        try:
            unmerging.undo(request.actor, row, form.cleaned_data["reason"])
        except Refused as error:
            raise ValidationError(str(error)) from error
        return f"已撤销合并，“{row.gone}”恢复为单独的档案。"

    page = {
        "title": f"撤销合并：{row}",
        "crumbs": [{"label": "合并记录", "url": reverse("ledger-list", args=["enterprise-mergers"])},
                   {"label": "撤销合并"}],
        "section_title": "撤销合并",
        "save_label": "撤销这次合并",
    }  # fmt: skip
    return act_page(request, form, page, run, reverse("ledger-row", args=["enterprise-mergers", pk]))


def _require(request: ActorRequest) -> None:
    if not request.actor.may(merging.PERMISSION):
        raise Http404


def _firm(request: ActorRequest, raw: str | None) -> Enterprise | None:
    number = whole(raw)
    if number is None:
        return None
    found: Enterprise | None = reads.live(request.actor).filter(pk=number).first()
    return found
