"""The doubts of a whole edition as a checklist: those of no item first, then item by item."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from anlan.kernel import cells, clock
from anlan.kernel.requests import ActorRequest
from anlan.programmes.models import DraftItem, Edition, Finding
from anlan.programmes.pages.review import HINTS, edition_for
from anlan.programmes.reads_review import drafts_of, findings_of

AROUND = 24


@require_GET
def doubts(request: ActorRequest, pk: int) -> HttpResponse:
    """Every doubt with the words it stands at and how it was settled; open ones can be settled here."""
    edition = edition_for(request, pk)
    findings = findings_of(edition)
    whole = [_line(edition, one) for one in findings if one.draft_item_id is None]
    items = [
        {"draft": draft, "url": f"{reverse('review', args=[pk])}?item={n}", "lines": lines,
         "left": sum(1 for line in lines if not line["row"].settled_by)}
        for n, draft in enumerate(drafts_of(edition))
        if (lines := [_line(edition, one, draft) for one in findings if one.draft_item_id == draft.pk])
    ]  # fmt: skip
    left = sum(1 for one in findings if not one.settled_by)
    programme = edition.programme
    page = {
        "title": f"{programme.title}　疑点",
        "crumbs": [
            {"label": "工作要点", "url": reverse("ledger-list", args=["programmes"])},
            {"label": programme.title, "url": reverse("ledger-row", args=["programmes", programme.pk])},
            {"label": "审读", "url": reverse("review", args=[pk])},
            {"label": "疑点"},
        ],
        "facts": [f"全文 {len(findings)} 处", f"还有 {left} 处没有处理", "处理完才能发布"],
        "edition": edition,
        "whole": whole,
        "items": items,
        "may": request.actor.may("findings.change") and edition.state == Edition.State.REVIEWING,
    }
    return render(request, "programmes/review_doubts.html", {"page": page})


def _line(edition: Edition, one: Finding, draft: DraftItem | None = None) -> dict[str, Any]:
    """A doubt with the words around it."""
    assert edition.text is not None
    text = edition.text.text
    # A doubt of a place and not of words is shown by what begins there; one of the whole text by nothing.
    end = one.end if one.end > one.start else one.start + AROUND * bool(one.start)
    words = re.sub(r"\s+", "", text[one.start : end])
    return {
        "row": one,
        "words": f"{words[: 2 * AROUND]}…" if len(words) > 2 * AROUND else words,
        "hint": HINTS.get(one.kind, "已核对原文"),
        "when": cells.recent(one.settled_at, clock.today()) if one.settled_at else "",
        "rule": one.kind == "vague_word" and draft is not None,
    }
