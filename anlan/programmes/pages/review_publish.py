"""From reviewed to published: what still hinders, the comparison of editions, withdrawal."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from anlan.kernel.once import new_key, once
from anlan.kernel.requests import ActorRequest
from anlan.kernel.writing import Refused, require
from anlan.programmes.actions.publish import publish
from anlan.programmes.actions.reviewing import withdraw
from anlan.programmes.models import Edition, Finding, Sentence
from anlan.programmes.pages.review import edition_for
from anlan.programmes.reads_review import comparison, drafts_of, what_hinders
from anlan.programmes.rules.editions_diff import counts

LABELS = {"heading": "标题", "duty": "责任单位", "obligation": "任务", "target": "总目标",
          "guiding": "指导性表述", "fact": "事实陈述", "imprint": "版头版记"}  # fmt: skip
NOBODY = ("guiding", "fact")
KINDS = {"unchanged": "没变", "changed": "改动", "new": "新增", "gone": "删去"}


def publish_page(request: ActorRequest, pk: int) -> HttpResponse:
    """The overview; a POST signs off and publishes."""
    edition = edition_for(request, pk)
    error = ""
    if request.method == "POST":
        require(request.actor, "editions.publish")
        try:
            return _publish(request, edition)
        except Refused as refusal:
            error = str(refusal)
            edition = edition_for(request, pk)
    status = 422 if error else 200
    return render(
        request, "programmes/publish.html", {"page": _overview(request, edition, error)}, status=status
    )


def _publish(request: ActorRequest, edition: Edition) -> HttpResponse:
    post = request.POST
    _, fresh = once(
        request.actor,
        post.get("idempotency_key", ""),
        lambda: (
            publish(
                request.actor,
                edition,
                post.get("signed_by", ""),
                code=post.get("code", ""),
                issued_on=_day(post.get("issued_on", "")),
            ).pk
        ),
    )
    if fresh:
        messages.success(request, f"已发布《{edition.programme.title}》第 {edition.no} 版，任务已下达。")
    return HttpResponseRedirect(reverse("ledger-row", args=["programmes", edition.programme_id]))


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise Refused("成文日期请写成 2023-02-10 的样子。") from None


def _overview(request: ActorRequest, edition: Edition, error: str) -> dict[str, Any]:
    drafts = drafts_of(edition)
    assert edition.text is not None
    text = edition.text.text
    rows = list(Sentence.objects.filter(edition=edition).order_by("start"))
    classes = [(LABELS.get(key, key), sum(1 for one in rows if one.label == key)) for key in LABELS]
    nobody = [
        (one.item_no, re.sub(r"\s+", "", text[one.start : one.end])) for one in rows if one.label in NOBODY
    ]
    open_findings = Finding.objects.visible_to(request.actor).filter(edition=edition, settled_by="")
    doubts: dict[int | None, int] = {}
    for holder in open_findings.values_list("draft_item_id", flat=True):
        doubts[holder] = doubts.get(holder, 0) + 1
    reviewing = edition.state == Edition.State.REVIEWING
    base = reverse("review", args=[edition.pk])
    return {
        "title": f"{edition.programme.title}　{'发布' if reviewing else '第 ' + str(edition.no) + ' 版'}",
        "crumbs": [
            {"label": "工作要点", "url": reverse("ledger-list", args=["programmes"])},
            {
                "label": edition.programme.title,
                "url": reverse("ledger-row", args=["programmes", edition.programme_id]),
            },
            {"label": "审读", "url": base},
            {"label": "发布"},
        ],
        "edition": edition,
        "error": error,
        "reasons": what_hinders(edition) if reviewing else [],
        "may": reviewing and request.actor.may("editions.publish"),
        "number": edition.compiled.get("document", {}).get("number") or edition.programme.number,
        "idempotency": new_key(),
        "items": [(one, f"{base}?item={n}", doubts.get(one.pk, 0)) for n, one in enumerate(drafts)],
        "classes": classes,
        "total": len(rows),
        "nobody": [(no, words) for no, words in nobody if words],
        "diff_url": reverse("review-diff", args=[edition.pk]) if edition.no > 1 else "",
    }


@require_GET
def diff(request: ActorRequest, pk: int) -> HttpResponse:
    """The sentences of this edition beside those of the one before, and what hangs on them."""
    edition = edition_for(request, pk)
    before, changes, hanging = comparison(edition)
    if before is None:
        raise Http404
    number = counts(changes)
    rows = [
        {
            "kind": one.kind,
            "label": KINDS[one.kind],
            "old": _words(one.old.words) if one.old else "",
            "new": _words(one.new.words) if one.new else "",
            "hanging": hanging.get(one.old.start, "") if one.old else "",
        }
        for one in changes
        if one.kind != "unchanged"
    ]
    page = {
        "title": f"{edition.programme.title}　第 {before.no} 版与第 {edition.no} 版",
        "crumbs": [
            {"label": "工作要点", "url": reverse("ledger-list", args=["programmes"])},
            {
                "label": edition.programme.title,
                "url": reverse("ledger-row", args=["programmes", edition.programme_id]),
            },
            {"label": "比对"},
        ],
        "facts": [f"{KINDS[key]} {count} 句" for key, count in number.items()],
        "acts": [{"label": "去审读", "url": reverse("review", args=[edition.pk]), "primary": True}],
        "rows": rows,
        "before": before,
        "edition": edition,
    }
    return render(request, "programmes/diff.html", {"page": page})


def _words(words: str) -> str:
    return re.sub(r"\s*\n\s*", "", words).strip()


def withdraw_page(request: ActorRequest, pk: int) -> HttpResponse:
    """Take an edition away that was never published."""
    rows = Edition.objects.visible_to(request.actor).select_related("programme")
    edition = rows.filter(pk=pk).first()
    if edition is None or not request.actor.may_read("editions.remove"):
        raise Http404
    error = ""
    if request.method == "POST":
        try:
            withdraw(request.actor, edition, request.POST.get("why", ""))
            messages.success(
                request, f"已撤下《{edition.programme.title}》第 {edition.no} 版，记录中仍可查到。"
            )
            return HttpResponseRedirect(reverse("ledger-list", args=["programmes"]))
        except Refused as refusal:
            error = str(refusal)
    page = {
        "title": f"撤下《{edition.programme.title}》第 {edition.no} 版",
        "crumbs": [
            {"label": "工作要点", "url": reverse("ledger-list", args=["programmes"])},
            {"label": "撤下"},
        ],
        "error": error,
        "back_url": reverse("ledger-row", args=["editions", edition.pk]),
    }
    return render(request, "programmes/withdraw.html", {"page": page}, status=422 if error else 200)
