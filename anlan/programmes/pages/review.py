"""The review screen: one item at a time, its source on the left, what was read of it on the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from anlan.kernel import cells, clock, files
from anlan.kernel.requests import ActorRequest
from anlan.org.models import Unit
from anlan.programmes.models import DraftItem, Edition, Finding, Sentence, SourceText
from anlan.programmes.pages.review_source import INKS, cuts, source
from anlan.programmes.reads_review import drafts_of, findings_of, known_measures
from anlan.programmes.rules import review, roles
from anlan.programmes.rules.publishing import lacks_period

STANDINGS = {"ruled": "按规则", "named": "点名", "presumed": "推定", "suggested": "建议"}
HINTS = {
    "vague_word": "裁定", "open_list": "就这些", "probable_typo": "原文如此",
    "unbalanced_bracket": "按一对处理",
    "binds_nobody": "由安委办统筹，不另派单位", "unresolved_unit": "已在责任单位中处理",
    "unresolved_group": "已在责任单位中处理", "issuer_mismatch": "核对无误",
    "recognised": "已对照原件核对",
}  # fmt: skip
SHOWN_UNITS = 6


def edition_for(request: ActorRequest, pk: int) -> Edition:
    """An edition that the actor sees and whose file was read, else 404."""
    rows = Edition.objects.visible_to(request.actor).select_related("programme__issuer", "text")
    rows = rows.defer("compiled")
    found: Edition | None = rows.filter(pk=pk).first()
    if found is None or found.text is None or not request.actor.may_read("drafts.view"):
        raise Http404
    return found


@require_GET
def screen(request: ActorRequest, pk: int) -> HttpResponse:
    """The page, or for htmx the part that changes with the item."""
    edition = edition_for(request, pk)
    wanted = request.GET.get("item", "")
    return draw(request, edition, int(wanted) if wanted.isdigit() else None)


def draw(
    request: ActorRequest,
    edition: Edition,
    place: int | None = None,
    *,
    note: dict[str, Any] | None = None,
    current: str = "",
    status: int = 200,
) -> HttpResponse:
    """The screen at an item; without one at the first that is not confirmed. `current` is an obligation."""
    drafts = drafts_of(edition)
    if not drafts:
        raise Http404
    if place is None or not 0 <= place < len(drafts):
        place = next((n for n, one in enumerate(drafts) if not one.confirmed_by), 0)
    htmx = bool(getattr(request, "htmx", False))
    template = "programmes/review_body.html" if htmx else "programmes/review.html"
    page = _page(request, edition, drafts, place, note, current)
    return render(request, template, {"page": page}, status=status)


def _page(
    request: ActorRequest,
    edition: Edition,
    drafts: list[DraftItem],
    place: int,
    note: dict[str, Any] | None,
    current: str,
) -> dict[str, Any]:
    draft = drafts[place]
    findings = findings_of(edition)
    here = [one for one in findings if one.draft_item_id == draft.pk]
    base = reverse("review", args=[edition.pk])
    confirmed = sum(1 for one in drafts if one.confirmed_by)
    assert edition.text is not None
    return {
        "title": f"{edition.programme.title}　第{draft.no}条",
        "edition": edition,
        "draft": draft,
        "crumbs": [
            {"label": "工作要点", "url": reverse("ledger-list", args=["programmes"])},
            {"label": edition.programme.number or edition.programme.title, "url": reverse(
                "ledger-row", args=["programmes", edition.programme_id])},
            {"label": draft.body["section_title"] or f"第 {edition.no} 版"},
        ],
        "may": request.actor.may("drafts.change") and edition.state == Edition.State.REVIEWING,
        "note": note,
        "source": source(edition.text.text, draft.body, [(f.start, f.end) for f in here if not f.settled_by]),
        "obligations": _obligations(edition, draft, here, current),
        "roles": _roles(draft),
        "role_options": list(review.ROLES.items()),
        "findings": [_finding(one, draft) for one in here],
        "left": sum(1 for one in findings if not one.settled_by),
        "left_here": sum(1 for one in here if not one.settled_by),
        "next_doubt": _next_doubt(findings, drafts, place, edition),
        "homeless": sum(1 for one in findings if one.draft_item_id is None and not one.settled_by),
        **_ways(request, edition, draft),
        "coverage": _coverage(edition, draft, confirmed, len(drafts)),
        "before_url": f"{base}?item={place - 1}" if place else "",
        "after_url": f"{base}?item={place + 1}" if place + 1 < len(drafts) else "",
        "place": place,
        "items": [(n, one, n == place) for n, one in enumerate(drafts)],
        "publish_url": reverse("review-publish", args=[edition.pk]),
        "diff_url": reverse("review-diff", args=[edition.pk]) if edition.no > 1 else "",
        "kinds": [(key, label, n % 10) for n, (key, label) in enumerate(review.KINDS.items(), 1)],
        "periods": list(review.PERIODS.items()),
        "comparators": list(review.COMPARATORS.items()),
        "rulings": list(review.RULINGS.items()),
        "measures": known_measures(),
    }  # fmt: skip


def _ways(request: ActorRequest, edition: Edition, draft: DraftItem) -> dict[str, Any]:
    """Where else one may go from the item, and whether its words are to be checked against the paper."""
    assert edition.text is not None
    return {
        "doubts_url": reverse("review-doubts", args=[edition.pk]),
        "whole_url": f"{reverse('review-whole', args=[edition.pk])}#i{draft.pk}",
        "recognised": recognised(edition.text, draft.body["span"]),
        "original_url": original(edition),
        "may_register": request.actor.may("units.add"),
        "may_alias": request.actor.may("units.change"),
    }


def _coverage(edition: Edition, draft: DraftItem, confirmed: int, total: int) -> dict[str, Any]:
    """How many sentences are classed (all, or the compiler broke its word) and how many items confirmed."""
    rows = list(Sentence.objects.filter(edition=edition).values_list("item_no", "label"))
    classed = sum(1 for _, label in rows if label)
    return {
        "here": sum(1 for no, _ in rows if no == draft.no),
        "classed": classed,
        "all": len(rows),
        "confirmed": confirmed,
        "items": total,
        "bar": cells.bar(100 * confirmed / total if total else 0),
    }


def _obligations(
    edition: Edition, draft: DraftItem, findings: list[Finding], current: str
) -> list[dict[str, Any]]:
    labels = dict(known_measures())
    assert edition.text is not None
    text = edition.text.text
    found = []
    for n, one in enumerate(draft.body["obligations"], 1):
        vague = [
            text[f.start : f.end]
            for f in findings
            if f.kind == "vague_word" and not f.settled_by
            and one["span"][0] <= f.start and f.end <= one["span"][1]
        ]  # fmt: skip
        found.append(
            {
                **one,
                "n": n,
                "ink": INKS.get(one["kind"], "k-std"),
                "light": _light(one, vague),
                "amount": amount(one),
                "kind_label": review.KINDS[one["kind"]],
                "period_label": review.PERIODS.get(one["period"] or "", ""),
                "ruled": review.ruling_words(one["ruling"]) if one["ruling"] else "",
                "vague": "、".join(dict.fromkeys(vague)),
                "ask_ruling": bool(vague) or lacks_period(one),
                "cuts": cuts(text, one["span"]),
                "measure_label": labels.get(one["measure"], ""),
                "proposals": [(key, labels[key]) for key in one["proposed"] if key in labels],
                "on": one["id"] == current or (not current and n == _first_open(draft)),
            }
        )
    return found


def _first_open(draft: DraftItem) -> int:
    rows = draft.body["obligations"]
    return next((n for n, one in enumerate(rows, 1) if one["state"] == "open"), 1)


def _light(one: dict[str, Any], vague: list[str]) -> tuple[str, str]:
    if one["state"] == "dismissed":
        return "o", "不作为任务"
    if vague:
        return "y", f"“{vague[0]}”待裁定"
    if lacks_period(one):
        return "y", "没有周期"
    return ("g", "已确认") if one["state"] == "accepted" else ("o", "待确认")


def amount(one: dict[str, Any]) -> str:
    """The number in force in short: ≥ 50 座, 每半年 ≥ 1 次."""
    force = review.in_force(one)
    signs = {">=": "≥ ", ">": "> ", "=": "", "<": "< ", "<=": "≤ "}
    parts = [review.PERIODS.get(force["period"] or "", "")]
    if force["value"] is not None:
        parts.append(
            f"{signs.get(force['comparator'] or '', '')}{force['value']} {force['unit'] or ''}".strip()
        )
    if force["by"]:
        parts.append(f"{force['by']} 前")
    return " ".join(part for part in parts if part)


def _roles(draft: DraftItem) -> list[dict[str, Any]]:
    ids = {unit for one in roles.roles(draft.body) for unit in one["units"]}
    rows = Unit.objects.unscoped("names of the offices that a document charges").filter(pk__in=ids)
    names = dict(rows.values_list("pk", "name"))
    found = []
    for place, one in enumerate(roles.roles(draft.body)):
        chosen = [names.get(unit, "") for unit in one["units"]]
        shown = "、".join(chosen[:SHOWN_UNITS]) + (
            f" 等 {len(chosen)} 个单位" if len(chosen) > SHOWN_UNITS else ""
        )
        listed = {pick["unit"] for pick in one["candidates"]}
        candidates = [
            {**pick, "standing": STANDINGS.get(pick["standing"], ""), "on": pick["unit"] in one["units"]}
            for pick in one["candidates"]
        ]
        if one["kind"] == "group":
            # A further unit is added to those chosen, whether or not a rule had thought of them.
            candidates += [
                {
                    "unit": unit,
                    "name": names.get(unit, ""),
                    "standing": "另选",
                    "reason": one["who"],
                    "on": True,
                }
                for unit in one["units"]
                if unit not in listed
            ]
        found.append(
            {
                **one,
                "place": place,
                "role_label": review.ROLES[one["role"]],
                "shown": "" if chosen == [one["name"]] else shown,
                "candidates": candidates,
                "added": one["note"] == roles.ADDED,
            }
        )
    return found


def _finding(one: Finding, draft: DraftItem) -> dict[str, Any]:
    holder = next(
        (o["id"] for o in draft.body["obligations"] if o["span"][0] <= one.start and one.end <= o["span"][1]),
        "",
    )
    return {"row": one, "hint": HINTS.get(one.kind, "已核对原文"), "ob": holder,
            "when": cells.recent(one.settled_at, clock.today()) if one.settled_at else ""}  # fmt: skip


def _next_doubt(findings: list[Finding], drafts: list[DraftItem], place: int, edition: Edition) -> str:
    """The item of the next open doubt after this one, round the end; then those of no item."""
    at = {one.pk: n for n, one in enumerate(drafts)}
    waiting = [one for one in findings if not one.settled_by]
    found = sorted({at[one.draft_item_id] for one in waiting if one.draft_item_id in at} - {place})
    later = [n for n in found if n > place] or found
    if later:
        return f"{reverse('review', args=[edition.pk])}?item={later[0]}"
    homeless = any(one.draft_item_id is None for one in waiting)
    return reverse("review-doubts", args=[edition.pk]) if homeless else ""


def recognised(text: SourceText, span: Sequence[int]) -> list[int]:
    """The pages of a span whose words were recognised in a scan, and are to be checked against the paper."""
    marks = text.marks
    ends = [*(mark[0] for mark in marks[1:]), len(text.text)]
    return sorted(
        {mark[1] for mark, end in zip(marks, ends, strict=True)
         if len(mark) > 3 and mark[3] and mark[0] < span[1] and end > span[0]}
    )  # fmt: skip


def original(edition: Edition) -> str:
    """Where the file is fetched as it came in; empty where it is gone."""
    found = files.attached(edition).order_by("id").first()
    return reverse("file", args=[found.pk]) if found else ""
