"""The cascade: the document above at the left, one's own at the right, confirmed sentence by sentence."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.kernel import cells
from anlan.kernel.once import new_key, once
from anlan.kernel.requests import ActorRequest
from anlan.kernel.writing import Refused
from anlan.programmes import reads_cascade as reads
from anlan.programmes.actions import chase_cascade, chase_proof
from anlan.programmes.models import Alignment, Obligation, Programme
from anlan.programmes.pages.run_receipt import programme_of

ROWS = 60
Relation = Alignment.Relation
LIGHTS = {"covered": "g", "partly": "y", "missing": "r", "new": "o"}
STATES = (("", "全部"), ("open", "待确认"), ("confirmed", "已确认"))


def programme_for(request: ActorRequest, pk: int, permission: str = "alignments.view") -> Programme:
    """The programme if the actor sees it and may do this with its alignment; else 404."""
    may = request.actor.may_read if permission == "alignments.view" else request.actor.may
    if not may(permission):
        raise Http404
    rows = Programme.objects.visible_to(request.actor).select_related("issuer", "upper__issuer")
    found: Programme = get_object_or_404(rows, pk=pk)
    return found


@require_GET
def cascade(request: ActorRequest, pk: int) -> HttpResponse:
    """Two columns, filtered by relation, state and words."""
    programme = programme_for(request, pk)
    relation, state = request.GET.get("relation", ""), request.GET.get("state", "")
    text = request.GET.get("q", "").strip()[:60]
    start = int(request.GET["from"]) if request.GET.get("from", "").isdigit() else 0
    start = min(start, 1_000_000)
    rows = reads.rows_of(request.actor, programme, relation, state, text)
    shown = list(rows[start : start + ROWS + 1])
    more, shown = len(shown) > ROWS, shown[:ROWS]
    query = {"relation": relation, "state": state, "q": text}
    own = request.actor.seat is not None and programme.region_path in request.actor.seat.region_paths
    may = own and request.actor.may("alignments.confirm")
    waiting = [row.pk for row in shown if row.confirmed_at is None]
    found, open_rows = reads.counts(request.actor, programme)
    page = {
        "title": "上下级对应",
        "crumbs": [
            {"label": "工作要点", "url": reverse("ledger-list", args=["programmes"])},
            {"label": programme.number or programme.title,
             "url": reverse("ledger-row", args=["programmes", programme.pk])},
            {"label": "上下级对应"},
        ],
        "facts": _facts(programme),
        "acts": _acts(request, programme, bool(found), own),
        "programme": programme,
        "figs": _figs(programme, found, open_rows),
        "groups": [_group(one) for one in reads.grouped(shown)],
        "query": {**query, "relations": Relation.choices, "states": STATES},
        "filtered": any(query.values()),
        "back": urlencode({**{k: v for k, v in query.items() if v}, **({"from": start} if start else {})}),
        "waiting": waiting,
        "may": may,
        "key": new_key(),
        "previous": _address(programme, **query, **{"from": max(start - ROWS, 0)}) if start else "",
        "next": _address(programme, **query, **{"from": start + ROWS}) if more else "",
        "uppers": reads.above_of(request.actor, programme) if own and not found else [],
        "may_propose": own and request.actor.may("alignments.propose"),
        "count": sum(found.values()),
    }  # fmt: skip
    return render(request, "programmes/cascade.html", {"page": page})


@require_GET
def home(request: ActorRequest) -> HttpResponse:
    """The alignment of the newest document of the actor's own level."""
    if not request.actor.may_read("alignments.view"):
        raise Http404
    try:
        programme = programme_of(request)
    except Http404:
        return render(request, "programmes/cascade_none.html", {"page": {"title": "上下级对应"}})
    return HttpResponseRedirect(reverse("cascade", args=[programme.pk]))


@require_POST
def propose(request: ActorRequest, pk: int) -> HttpResponse:
    """Align, or align again."""
    programme = programme_for(request, pk, "alignments.propose")
    chosen = request.POST.get("upper", "")
    rows = Programme.objects.visible_to(request.actor)
    upper = get_object_or_404(rows, pk=int(chosen)) if chosen.isdigit() and len(chosen) < 18 else None
    try:
        made, fresh = once(
            request.actor,
            request.POST.get("idempotency_key", ""),
            lambda: vars(chase_cascade.propose(request.actor, programme, upper)),
        )
    except Refused as error:
        messages.warning(request, str(error))
    else:
        if fresh:
            messages.success(
                request,
                f"已对照：已承接 {made['covered']}，部分承接 {made['partly']}，未承接 {made['missing']}，"
                f"本级新增 {made['new']}。请逐条确认。",
            )
    return HttpResponseRedirect(reverse("cascade", args=[pk]))


@require_POST
def confirm(request: ActorRequest, pk: int) -> HttpResponse:
    """Agree with the rows named."""
    programme = programme_for(request, pk, "alignments.confirm")
    ids = [int(one) for one in request.POST.getlist("row") if one.isdigit() and len(one) < 18][:ROWS]
    rows = list(Alignment.objects.visible_to(request.actor).filter(programme=programme, pk__in=ids))
    if len(rows) < len(ids):
        messages.warning(request, "有的对应已被他人改过。请看最新结果后再确认。")
    count = chase_cascade.confirm_many(request.actor, rows)
    if count:
        messages.success(request, f"已确认 {count} 条对应。")
    back = request.POST.get("back", "")[:500]
    return HttpResponseRedirect(f"{reverse('cascade', args=[pk])}?{back}")


@require_http_methods(["GET", "POST"])
def decide(request: ActorRequest, pk: int, upper: int) -> HttpResponse:
    """What takes up one sentence of the document above."""
    programme = programme_for(request, pk, "alignments.confirm")
    above = reads.obligations([upper]).get(upper)
    if above is None or programme.upper is None or above.item.programme_id != programme.upper_id:
        raise Http404
    text = request.GET.get("q", "").strip()[:60]
    error = ""
    if request.method == "POST":
        choices = {
            int(name[3:]): str(value)
            for name, value in request.POST.items()
            if name.startswith("of-") and name[3:].isdigit() and value
        }
        try:
            _decided(request, programme, above, choices)
            return HttpResponseRedirect(
                f"{reverse('cascade', args=[pk])}?{urlencode({'q': above.quote[:12]})}"
            )
        except Refused as refused:
            error = str(refused)
    given = request.GET.get("with", "")
    extra = [int(given)] if given.isdigit() and len(given) < 18 else []
    page = {
        "title": "上级这一句由哪几句承接",
        "crumbs": [
            {"label": "上下级对应", "url": reverse("cascade", args=[pk])},
            {"label": f"上级第{above.item.no}条"},
        ],
        "programme": programme, "upper": above, "seal": _seal(above), "error": error, "text": text,
        "rows": _choices(request, programme, above, text, extra), "key": new_key(),
        "found_none": bool(text) and not reads.search(programme, text),
    }  # fmt: skip
    return render(request, "programmes/cascade_decide.html", {"page": page}, status=422 if error else 200)


@require_GET
def find(request: ActorRequest, pk: int, lower: int) -> HttpResponse:
    """Which sentences above one of the document's own may take up."""
    programme = programme_for(request, pk, "alignments.confirm")
    mine = reads.obligations([lower]).get(lower)
    if mine is None or mine.item.programme_id != programme.pk or programme.upper is None:
        raise Http404
    rows = [
        {"row": one, "seal": _seal(one), "score": f"{score:.2f}",
         "url": f"{reverse('cascade-decide', args=[pk, one.pk])}?{urlencode({'with': lower})}"}
        for one, score in reads.above(programme, mine)
    ]  # fmt: skip
    page = {
        "title": "这一句承接上级的哪一句",
        "crumbs": [
            {"label": "上下级对应", "url": reverse("cascade", args=[pk])},
            {"label": f"本级第{mine.item.no}条"},
        ],
        "lower": mine, "seal": _seal(mine), "rows": rows, "programme": programme,
    }  # fmt: skip
    return render(request, "programmes/cascade_find.html", {"page": page})


@require_http_methods(["GET", "POST"])
def proofs(request: ActorRequest, pk: int) -> HttpResponse:
    """Accepted proofs that may serve the document above as well."""
    programme = programme_for(request, pk)
    if not request.actor.may("evidence.add"):
        raise Http404
    if request.method == "POST":
        evidence, occurrence = request.POST.get("evidence", ""), request.POST.get("occurrence", "")
        if not (evidence.isdigit() and occurrence.isdigit() and len(evidence + occurrence) < 36):
            raise Http404
        served = chase_proof.serve(request.actor, programme, int(evidence), int(occurrence))
        if served:
            messages.success(request, "这件佐证已同时用于上级要求，由上级安委办审核。")
        else:
            messages.warning(request, "这件佐证已经用上，或不再适用。请看最新结果。")
        return HttpResponseRedirect(reverse("cascade-proofs", args=[pk]))
    page = {
        "title": "一证两用",
        "crumbs": [
            {"label": "上下级对应", "url": reverse("cascade", args=[pk])}, {"label": "一证两用"},
        ],
        "facts": ["本级已采信的佐证，可以同时说明上级要点的对应事项；佐证说明的那一天要在上级事项的期间内"],
        "rows": [
            {"offer": one, "relation": Relation(one.relation).label,
             "evidence_url": reverse("ledger-row", args=["evidence", one.evidence.pk]),
             "upper_url": reverse("ledger-row", args=["occurrences", one.upper.pk])}
            for one in chase_proof.offers(request.actor, programme)
        ],
    }  # fmt: skip
    return render(request, "programmes/cascade_proofs.html", {"page": page})


def _decided(request: ActorRequest, programme: Programme, above: Obligation, choices: dict[int, str]) -> None:
    def act() -> dict[str, Any]:
        chase_cascade.decide(request.actor, programme, above, choices, request.POST.get("note", ""))
        return {"upper": above.pk}

    _, fresh = once(request.actor, request.POST.get("idempotency_key", ""), act)
    if fresh:
        messages.success(request, "已确认对应。" if choices else "已确认为未承接。")


def _choices(
    request: ActorRequest, programme: Programme, above: Obligation, text: str, extra: list[int]
) -> list[dict[str, Any]]:
    rows = Alignment.objects.visible_to(request.actor).filter(programme=programme, upper=above)
    now = {row.lower_id: row.relation for row in rows if row.lower_id}
    scores = reads.candidates(programme, above)
    ids = list(dict.fromkeys([*now, *extra, *(reads.search(programme, text) if text else ()), *scores]))
    found = reads.obligations(ids)
    return [
        {"row": found[pk], "seal": _seal(found[pk]), "score": f"{scores[pk]:.2f}" if pk in scores else "",
         "relation": now.get(pk, "")}
        for pk in ids
        if pk in found and found[pk].item.programme_id == programme.pk
    ]  # fmt: skip


def _facts(programme: Programme) -> list[str]:
    if programme.upper is None:
        return ["还没有选定上级要点"]
    return [
        f"左：《{programme.upper.title}》{programme.upper.number}",
        f"右：《{programme.title}》{programme.number}",
    ]


def _acts(request: ActorRequest, programme: Programme, aligned: bool, own: bool) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if aligned and request.actor.may("evidence.add"):
        url = reverse("cascade-proofs", args=[programme.pk])
        found.append({"label": "一证两用", "url": url, "icon": "paperclip"})
    if aligned and own and request.actor.may("alignments.propose"):
        ask = "重新对照会更新还没有确认的对应；已确认的保持不变。"
        found.append(
            {"label": "重新对照", "url": reverse("cascade-propose", args=[programme.pk]), "icon": "refresh",
             "post": True, "ask": ask, "key": new_key(), "office_only": True}
        )  # fmt: skip
    return found


def _figs(programme: Programme, found: Any, waiting: int) -> list[dict[str, Any]]:
    notes = {
        "covered": "上级要求在本级要点里写明", "partly": "写到了，但不完整",
        "missing": "本级要点没有写到", "new": "上级要点里没有的本级要求",
    }  # fmt: skip
    tiles = [
        {"label": Relation(key).label, "value": found[key], "unit": "条", "note": notes[key],
         "red": key == "missing", "url": _address(programme, relation=key) if found[key] else ""}
        for key in ("covered", "partly", "missing", "new")
    ]  # fmt: skip
    return [
        *tiles,
        {"label": "待确认", "value": waiting, "unit": "条", "note": "由系统提出，还没有人确认",
         "url": _address(programme, state="open") if waiting else ""},
    ]  # fmt: skip


def _group(group: reads.Group) -> dict[str, Any]:
    return {"label": group.label, "own": group.own, "rows": [_row(row) for row in group.rows]}


def _row(row: Alignment) -> dict[str, Any]:
    return {
        "row": row,
        "light": cells.light(LIGHTS[row.relation], row.get_relation_display()),
        "upper_seal": _seal(row.upper) if row.upper else "",
        "lower_seal": _seal(row.lower) if row.lower else "",
        "score": f"{row.score:.2f}" if row.score else "",
        "url": reverse("cascade-decide", args=[row.programme_id, row.upper_id])
        if row.upper_id
        else reverse("cascade-find", args=[row.programme_id, row.lower_id]),
    }


def _seal(one: Obligation) -> Any:
    return cells.seal(one.kind) if one.kind != "target" else ""


def _address(programme: Programme, **query: Any) -> str:
    told = urlencode({key: value for key, value in query.items() if value})
    return f"{reverse('cascade', args=[programme.pk])}{'?' if told else ''}{told}"
