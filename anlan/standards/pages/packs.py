"""A pack of one's own: uploaded, checked with every fault in its line, looked at, loaded; taken off again."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from anlan.kernel.exchange import uploading
from anlan.kernel.once import new_key, once
from anlan.kernel.pages.access import ledger_for, may, row_for
from anlan.kernel.pages.lists import Act
from anlan.kernel.pages.moves import MoveButton
from anlan.kernel.pages.rows import RowPage
from anlan.kernel.requests import ActorRequest
from anlan.kernel.writing import Refused
from anlan.standards import loading
from anlan.standards.command import TITLES
from anlan.standards.fields import EVERYWHERE, industry_label
from anlan.standards.models import Pack
from anlan.standards.rules.pack import SECTIONS
from anlan.standards.rules.pack import Pack as Content
from anlan.standards.rules.pack_archive import BadArchive, line_of, unpack

WHOSE = "这个标识是随附的行业包。请给本地的包另起一个 key，如 shangrao-tourism。"


class PackPage(RowPage):
    """A pack with what can be done with one that was brought by page."""

    @cached_property
    def acts(self) -> list[Act | MoveButton]:
        """Print; take off."""
        found = super().acts
        if self.row.local and self.row.ended_on is None and may(self.request, self.ledger, "add"):
            found = [*found, Act("撤下行业包", f"{self.base}withdraw/", "ban", office_only=True)]
        return found


@require_GET
def show(request: ActorRequest, pk: int) -> HttpResponse:
    """The page of one pack."""
    ledger = ledger_for(request, "packs")
    return render(
        request, "kernel/detail.html", {"page": PackPage(request, ledger, row_for(request, ledger, pk))}
    )


def bring(request: ActorRequest) -> HttpResponse:
    """Upload → faults line by line, or what loading would do → load: only the last step writes."""
    ledger_for(request, "packs", "add")
    state: dict[str, Any] = {}
    if request.method == "POST":
        state = _checked(request)
        if "load" in request.POST and state.get("pack") and not state.get("error"):
            try:
                return _load(request, state)
            except (loading.PackRefused, Refused) as refused:
                state["error"] = str(refused)
    page = {
        "title": "上传本地行业包",
        "crumbs": [{"label": "行业包", "url": reverse("ledger-list", args=["packs"])}, {"label": "上传"}],
        "facts": ["先核对，再载入；有一处错误就不写入任何内容。"],
    }
    wrong = bool(state.get("error") or state.get("faults"))
    context = {"page": page, **state, "key": new_key()}
    return render(request, "standards/pack_bring.html", context, status=422 if wrong else 200)


def _checked(request: ActorRequest) -> dict[str, Any]:
    """What was uploaded (or handed on by the page before), read against all packs of the house."""
    try:
        folder, files = _given(request)
    except BadArchive as error:
        return {"error": str(error)}
    if folder in loading.house():
        return {"error": WHOSE}
    found = loading.read(brought={folder: files}).only(folder)
    if not found.sound:
        told = [
            {"file": one.file.rpartition("/")[2], "line": one.line, "message": one.message,
             "text": line_of(files, one.file, one.line)}
            for one in found.faults
        ]  # fmt: skip
        return {"faults": told}
    pack = found.packs[0]
    state: dict[str, Any] = {
        "pack": pack, "files": files, "content": _packed(folder, files), "sections": _sections(pack),
        "industries": "、".join(industry_label(one) for one in pack.industries) or "各行业通用",
        "place": _place(pack.region),
    }  # fmt: skip
    try:
        _, state["added"], state["ended"], state["kept"] = _tried(request, pack, files)
    except loading.PackRefused as refused:
        state["error"] = str(refused)
    return state


def _given(request: ActorRequest) -> tuple[str, dict[str, bytes]]:
    if request.META.get(uploading.OVERSIZE):
        raise BadArchive("文件太大。行业包只放文字，不超过 1 MB。")
    if handed := request.POST.get("content"):
        try:
            told = json.loads(handed)
            return str(told["folder"]), {
                str(name): str(text).encode() for name, text in told["files"].items()
            }
        except (ValueError, KeyError, TypeError, AttributeError):
            raise BadArchive("页面内容不完整。请重新选择文件。") from None
    file = request.FILES.get("file")
    if file is None:
        raise BadArchive("没有选文件。请选一个 .yaml 文件，或行业包目录压成的 zip。")
    return unpack(file.name or "", file.read())


def _packed(folder: str, files: dict[str, bytes]) -> str:
    texts = {name: content.decode("utf-8-sig") for name, content in files.items()}
    return json.dumps({"folder": folder, "files": texts}, ensure_ascii=False)


def _place(code: str) -> str:
    from anlan.kernel import places

    path = loading.known_regions().get(code, "")
    return places.labels({path})[path] if path else EVERYWHERE


def _sections(pack: Content) -> list[dict[str, Any]]:
    """How much each section brings, with the first few in words."""
    found = []
    for name in SECTIONS:
        entries = getattr(pack, name)
        if entries:
            words = [
                getattr(one, "label", "") or getattr(one, "text", "") or getattr(one, "item", "")
                or getattr(one, "title", "") for one in entries
            ]  # fmt: skip
            found.append({"label": TITLES[name], "count": len(entries), "words": "；".join(words[:6])})
    return found


def _tried(request: ActorRequest, pack: Content, files: dict[str, bytes]) -> tuple[str, int, int, int]:
    """What loading would do: done and taken back."""
    with transaction.atomic():
        counted = loading.bring(request.actor, pack, files)
        transaction.set_rollback(True)
    return counted


def _load(request: ActorRequest, state: dict[str, Any]) -> HttpResponse:
    pack: Content = state["pack"]

    def run() -> int:
        loading.bring(request.actor, pack, state["files"])
        return int(Pack.objects.visible_to(request.actor).get(key=pack.key).pk)

    pk, fresh = once(request.actor, request.POST.get("idempotency_key", ""), run)
    if fresh:
        messages.success(request, f"已载入{pack.label}第 {pack.version} 版。")
    return HttpResponseRedirect(reverse("ledger-row", args=["packs", pk]))


class WithdrawForm(forms.Form):
    """Why a pack is taken off."""

    reason = forms.CharField(
        label="原因", max_length=200, error_messages={"required": "请写撤下的原因。"},
        help_text="撤下后不再提供检索和登记；已经引用它的隐患、设施不变",
    )  # fmt: skip


def withdraw(request: ActorRequest, pk: int) -> HttpResponse:
    """Take off a pack that was brought by page."""
    ledger = ledger_for(request, "packs", "add")
    row = row_for(request, ledger, pk)
    if not row.local or row.ended_on is not None:
        raise Http404
    back = reverse("ledger-row", args=["packs", pk])
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        loading.withdraw(request.actor, pk, form.cleaned_data["reason"])
        messages.success(request, f"已撤下行业包“{row.label}”。")
        return HttpResponseRedirect(back)
    page = {
        "title": f"撤下行业包“{row.label}”",
        "crumbs": [
            {"label": "行业包", "url": reverse("ledger-list", args=["packs"])},
            {"label": row.label, "url": back},
            {"label": "撤下"},
        ],
        "action": request.path, "section_title": "撤下", "save_label": "撤下行业包", "cancel_url": back,
        "idempotency": new_key(),
    }  # fmt: skip
    return render(
        request, "kernel/form.html", {"form": form, "page": page}, status=422 if form.is_bound else 200
    )
