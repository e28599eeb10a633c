"""Dividing a document's number among units: prefilled, summed against the document, kept with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from anlan.kernel import cells
from anlan.kernel.once import new_key, once
from anlan.kernel.requests import ActorRequest
from anlan.kernel.shell import under
from anlan.kernel.writing import Refused
from anlan.programmes import reads_shares
from anlan.programmes.actions import run_shares
from anlan.programmes.models import Duty, Obligation
from anlan.programmes.rules import shares as rules
from anlan.programmes.rules.judging import plain

GROUPS = {"next": "下一级属地", "further": "再下一级属地", "departments": "部门"}
FILLS = {"equal": "平均分", "base": "按去年比例分"}
LARGEST = Decimal(10) ** 12


def shares(request: ActorRequest, pk: int) -> HttpResponse:
    """The parts of one obligation's number; sent back, they are kept as one decision."""
    obligation = _obligation(request, pk)
    duties = reads_shares.duties_of(request.actor, obligation)
    groups = _groups(obligation, duties)
    group = request.GET.get("group", "")
    group = group if group in groups else next(iter(groups), "")
    shown = groups.get(group, [])
    given: Mapping[int, str] = {one.pk: "" if one.share is None else plain(one.share) for one in shown}
    errors: list[str] = []
    if request.method == "POST":
        given = {one.pk: request.POST.get(f"share-{one.pk}", "").strip() for one in shown}
        answer, errors = _keep(request, obligation, given)
        if answer is not None:
            return answer
    base = reads_shares.base_of(obligation, duties)
    fill = request.GET.get("fill", "")
    if fill in FILLS and request.method == "GET":
        given = _filled(obligation, duties, shown, base, fill)
    page = _page(request, obligation, duties, shown, base, given)
    page |= {
        "group": group,
        "groups": [(key, GROUPS[key], len(rows)) for key, rows in groups.items()],
        "fills": [(key, label) for key, label in FILLS.items() if key != "base" or base.figures],
        "filled": FILLS.get(fill, ""),
        "errors": errors,
        "reason": request.POST.get("reason", ""),
        "key": request.POST.get("idempotency_key") or new_key(),
    }
    return render(request, "programmes/shares.html", {"page": page}, status=422 if errors else 200)


def _obligation(request: ActorRequest, pk: int) -> Obligation:
    """The obligation, for the office of the level that issued its document; 404 for everybody else."""
    rows = Obligation.objects.visible_to(request.actor).select_related("item__programme__issuer")
    found: Obligation = get_object_or_404(rows, pk=pk, ended=None)
    if not may_divide(request, found):
        raise Http404
    under(request, "matrix")
    return found


def may_divide(request: ActorRequest, obligation: Obligation) -> bool:
    """Whether the post divides the number of this obligation."""
    paths = request.actor.seat.region_paths if request.actor.seat else ()
    own = obligation.item.programme.region_path in paths and request.actor.may("duties.decide")
    return own and reads_shares.divisible(obligation)


def _groups(obligation: Obligation, duties: list[Duty]) -> dict[str, list[Duty]]:
    found: dict[str, list[Duty]] = {}
    for one in duties:
        found.setdefault(reads_shares.group_of(one, obligation.item.programme), []).append(one)
    return {key: found[key] for key in GROUPS if key in found}


def _filled(
    obligation: Obligation, duties: list[Duty], shown: list[Duty], base: reads_shares.Base, fill: str
) -> dict[int, str]:
    """The parts that a prefilling proposes for what is left beside the other groups."""
    ids = {one.pk for one in shown}
    elsewhere = sum((one.share for one in duties if one.pk not in ids and one.share), Decimal(0))
    left = max((obligation.value or Decimal(0)) - elsewhere, Decimal(0))
    if fill == "base":
        parts = rules.by_base(left, [base.figures.get(one.unit_id, Decimal(0)) for one in shown])
    else:
        parts = rules.equally(left, len(shown))
    return {one.pk: plain(part) for one, part in zip(shown, parts, strict=True)}


def _keep(
    request: ActorRequest, obligation: Obligation, given: Mapping[int, str]
) -> tuple[HttpResponse | None, list[str]]:
    parts: dict[int, Decimal | None] = {}
    errors = []
    for duty, text in given.items():
        try:
            parts[duty] = _number(text)
        except ValueError:
            errors.append(f"“{text[:20]}”不是可用的数。请填 0 以上的数字，不分给该单位的留空。")
    if errors:
        return None, errors
    key, reason = request.POST.get("idempotency_key", ""), request.POST.get("reason", "")
    try:
        changed, fresh = once(
            request.actor, key, lambda: run_shares.divide(request.actor, obligation, parts, reason)
        )
    except Refused as error:
        return None, [str(error)]
    except ValidationError as error:
        return None, list(error.messages)
    if fresh:
        words = f"已分解到单位，{changed} 家有变化，已通知。" if changed else "与原来一致，没有变化。"
        messages.success(request, words)
    return HttpResponseRedirect(reverse("programme-item", args=[obligation.item_id])), []


def _number(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        found = Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation:
        raise ValueError(text) from None
    if not found.is_finite() or found < 0 or found > LARGEST or found != round(found, 4):
        raise ValueError(text)
    return found


def _page(
    request: ActorRequest,
    obligation: Obligation,
    duties: list[Duty],
    shown: list[Duty],
    base: reads_shares.Base,
    given: Mapping[int, str],
) -> dict[str, Any]:
    ids = {one.pk for one in shown}
    elsewhere = sum((one.share for one in duties if one.pk not in ids and one.share), Decimal(0))
    parts = [part for text in given.values() if (part := _safe(text)) is not None]
    total = obligation.value or Decimal(0)
    found = rules.summed(total, obligation.comparator, [*parts, elsewhere], obligation.unit)
    return {
        "title": f"分解数量：{plain(total)} {obligation.unit}".strip(),
        "obligation": obligation,
        "item": obligation.item,
        "total": plain(total),
        "elsewhere": plain(elsewhere) if elsewhere else "",
        "sum": found,
        "base_words": base.words,
        "rows": [
            {
                "duty": one,
                "name": one.unit.short_name or one.unit.name,
                "base": plain(base.figures[one.unit_id]) if one.unit_id in base.figures else "",
                "now": "" if one.share is None else plain(one.share),
                "share": given.get(one.pk, ""),
                "light": cells.light(one.light, one.light_reason or one.get_light_display()),
            }
            for one in shown
        ],
        "story": reads_shares.story(obligation),
        "back_url": reverse("programme-item", args=[obligation.item_id]),
    }


def _safe(text: str) -> Decimal | None:
    try:
        return _number(text)
    except ValueError:
        return None
