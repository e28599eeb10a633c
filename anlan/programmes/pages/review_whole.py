"""The whole document read through: the source on the left, what was read of it on the right, side by side."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from anlan.kernel.requests import ActorRequest
from anlan.org.models import Unit
from anlan.programmes.models import DraftItem, Edition, Finding
from anlan.programmes.pages.review import amount, edition_for
from anlan.programmes.pages.review_source import INKS, plain, source
from anlan.programmes.reads_review import drafts_of, findings_of
from anlan.programmes.rules import review, roles

NAMED = 3


@require_GET
def whole(request: ActorRequest, pk: int) -> HttpResponse:
    """Every word of the text in its order, each item beside its tree; both sides scroll together."""
    edition = edition_for(request, pk)
    assert edition.text is not None
    findings = [one for one in findings_of(edition) if not one.settled_by]
    drafts = drafts_of(edition)
    programme = edition.programme
    page = {
        "title": f"{programme.title}　通读",
        "crumbs": [
            {"label": "工作要点", "url": reverse("ledger-list", args=["programmes"])},
            {"label": programme.number or programme.title,
             "url": reverse("ledger-row", args=["programmes", programme.pk])},
            {"label": "审读", "url": reverse("review", args=[pk])},
            {"label": "通读"},
        ],
        "facts": [
            f"{len(drafts)} 条",
            f"任务 {sum(len(one.body['obligations']) for one in drafts)} 项",
            f"已确认 {sum(bool(one.confirmed_by) for one in drafts)} 条",
            f"疑点 {len(findings)} 处",
        ],
        "edition": edition,
        "parts": _parts(edition, drafts, findings),
        "doubts_url": reverse("review-doubts", args=[pk]),
    }  # fmt: skip
    return render(request, "programmes/review_whole.html", {"page": page})


def _parts(edition: Edition, drafts: list[DraftItem], findings: list[Finding]) -> list[dict[str, Any]]:
    """The text cut into items and what stands between them, in order; nothing is left out."""
    assert edition.text is not None
    text = edition.text.text
    names = _names(drafts)
    found: list[dict[str, Any]] = []
    at = 0
    for n, draft in enumerate(drafts):
        start, end = draft.body["span"]
        if start > at and text[at:start].strip():
            found.append({"between": plain(text, at, start)})
        here = [one for one in findings if one.draft_item_id == draft.pk]
        found.append(
            {
                "draft": draft,
                "url": f"{reverse('review', args=[edition.pk])}?item={n}",
                "source": source(text, draft.body, [(one.start, one.end) for one in here]),
                "roles": [
                    {"label": review.ROLES[one["role"]], "name": one["name"], "state": one["state"],
                     "units": _shown([names.get(unit, "") for unit in one["units"]], one["name"])}
                    for one in roles.roles(draft.body)
                ],
                "obligations": [
                    {**one, "n": m, "ink": INKS.get(one["kind"], "k-std"), "amount": amount(one)}
                    for m, one in enumerate(draft.body["obligations"], 1)
                ],
                "doubts": len(here),
            }
        )  # fmt: skip
        at = max(at, end)
    if text[at:].strip():
        found.append({"between": plain(text, at, len(text))})
    return found


def _shown(units: list[str], name: str) -> str:
    if units == [name]:
        return ""
    return "、".join(units[:NAMED]) + (f" 等 {len(units)} 个单位" if len(units) > NAMED else "")


def _names(drafts: list[DraftItem]) -> dict[int, str]:
    ids = {unit for draft in drafts for one in roles.roles(draft.body) for unit in one["units"]}
    rows = Unit.objects.unscoped("names of the offices that a document charges").filter(pk__in=ids)
    return dict(rows.values_list("pk", "name"))
