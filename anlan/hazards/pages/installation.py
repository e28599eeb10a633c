"""Pages of installations: reckon S and R, the public notice board, the grid of duties, the tables."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from anlan.hazards import reads_risk, risk_cells
from anlan.hazards.actions import installation as acts
from anlan.hazards.models import Guarantor, MajorHazardInstallation
from anlan.hazards.pages.risk_cards import sheet
from anlan.hazards.risk_ledgers import IN_CHARGE, LACKING
from anlan.hazards.rules import gb18218
from anlan.hazards.rules.gb18218 import Held
from anlan.hazards.rules.gb18218_tables import ALPHA, CATEGORIES, LEVEL_WORDS, LEVELS, STANDARD, SUBSTANCES
from anlan.kernel import clock
from anlan.kernel.once import new_key, once
from anlan.kernel.pages.access import ledger_for, row_for
from anlan.kernel.requests import ActorRequest, whole
from anlan.kernel.writing import Refused, Stale

SPARE, MOST_LINES, MOST_ROWS, COUNTED = 2, 60, 120, 1000
DUTIES = {
    Guarantor.Role.PRINCIPAL: (
        "组织建立安全包保责任制并指定技术、操作负责人；组织制定规章制度和操作规程；组织培训；"
        "保证安全投入；督促检查；组织编制应急预案；保证监测监控系统有效运行"
    ),
    Guarantor.Role.TECHNICAL: (
        "落实监测监控措施和档案管理；组织安全评估和定期检验；审查变更；组织专项、现场处置演练；"
        "每季度至少组织 1 次针对性排查，重大活动、重点时段和节假日前必须排查"
    ),
    Guarantor.Role.OPERATION: (
        "落实操作规程；管理特殊作业和检维修作业；每周至少组织 1 次排查；及时消除隐患；处置报警"
    ),
}


def reckon(request: ActorRequest, pk: int) -> HttpResponse:
    """What is in the unit and how much; shows the calculation, and saves it when asked to."""
    row = row_for(request, ledger_for(request, "installations", "change"), pk, "enterprise")
    lines = _posted_lines(request) if request.method == "POST" else _kept_lines(row)
    residents = request.POST.get("residents", "" if row.residents is None else str(row.residents))
    errors: list[str] = []
    if request.method == "POST" and "more" not in request.POST:
        holdings, errors = _holdings(lines)
        people = whole(residents)
        if people is None:
            errors.append("厂区边界外 500 米内常住人数：请填 0 或正整数。")
        if not errors and "look" not in request.POST:
            answer = _save(request, row, holdings, people or 0, errors)
            if answer is not None:
                return answer
    return _reckon_page(request, row, lines, residents, errors)


def _save(
    request: ActorRequest, row: MajorHazardInstallation, holdings: list[Held], people: int, errors: list[str]
) -> HttpResponse | None:
    def run() -> int:
        seen = whole(request.POST.get("version"))
        return int(
            acts.reckon(request.actor, row, holdings, people, request.POST.get("reason", ""), seen=seen).pk
        )

    try:
        _, fresh = once(request.actor, request.POST.get("idempotency_key", ""), run)
    except Stale:
        errors.append("这个单元刚被他人改过，没有保存。请打开新页面核对后再算，您填的内容还在本页。")
    except (Refused, ValidationError) as error:
        errors.extend(getattr(error, "messages", [str(error)]))
    else:
        if fresh:
            row.refresh_from_db()
            messages.success(request, f"已保存计算：{row.get_level_display()}。")
        return HttpResponseRedirect(reverse("ledger-row", args=["installations", row.pk]))
    return None


def _kept_lines(row: MajorHazardInstallation) -> list[dict[str, Any]]:
    last = reads_risk.reckonings(row).first()
    kept = last.holdings if last else []
    return [
        {
            "name": one["name"], "substance": str(one.get("substance") or ""), "quantity": one["quantity"],
            "categories": list(one.get("categories") or ()),
        }
        for one in kept
    ]  # fmt: skip


def _posted_lines(request: HttpRequest) -> list[dict[str, Any]]:
    count = min(whole(request.POST.get("lines")) or 0, MOST_LINES)
    found = []
    for n in range(count):
        line = {
            name: request.POST.get(f"{name}-{n}", "").strip() for name in ("name", "substance", "quantity")
        }
        chosen = [request.POST.get(f"category-{n}-{m}", "") for m in (1, 2)]
        if any(line.values()) or any(chosen):
            found.append({**line, "categories": [one for one in dict.fromkeys(chosen) if one]})
    return found


def _holdings(lines: list[dict[str, Any]]) -> tuple[list[Held], list[str]]:
    """The lines as holdings, and what is wrong with them, line by line."""
    found, errors = [], []
    for n, line in enumerate(lines, 1):
        number = whole(line["substance"])
        name = line["name"] or (
            SUBSTANCES[number].name if number is not None and number in SUBSTANCES else ""
        )
        if not name:
            errors.append(f"第 {n} 行：请选表 1 的物质，或填名称并选危险类别。")
            continue
        try:
            quantity = Decimal(line["quantity"].replace(",", ""))
        except InvalidOperation:
            errors.append(f"第 {n} 行 {name}：设计最大量读不懂。请填吨数，如 12.5。")
            continue
        held = Held(name[:60], quantity, number, tuple(line["categories"]))
        try:
            gb18218.part_of(held)
        except ValueError as error:
            errors.append(f"第 {n} 行 {error}。")
            continue
        found.append(held)
    return found, errors


def _reckon_page(
    request: ActorRequest,
    row: MajorHazardInstallation,
    lines: list[dict[str, Any]],
    residents: str,
    errors: list[str],
) -> HttpResponse:
    holdings, _ = _holdings(lines)
    people = whole(residents)
    outcome = gb18218.assess(holdings, people or 0) if holdings else None
    back = reverse("ledger-row", args=["installations", row.pk])
    blank = {"name": "", "substance": "", "quantity": "", "categories": []}
    shown = [*lines, *(dict(blank) for _ in range(SPARE))][:MOST_LINES]
    for line in shown:
        line["first"], line["second"] = [*line["categories"], "", ""][:2]
    page = {
        "title": f"计算 S、R 和级别：{row}",
        "crumbs": [
            {"label": "重大危险源", "url": reverse("ledger-list", args=["installations"])},
            {"label": str(row), "url": back},
            {"label": "计算"},
        ],
        "facts": [str(row.enterprise), row.get_kind_display(), STANDARD],
        "lines": shown,
        "count": len(shown),
        "residents": residents,
        "reason": request.POST.get("reason", ""),
        "errors": errors,
        "substances": [(str(one.number), f"{one.number} {one.name}") for one in SUBSTANCES.values()],
        "categories": [
            (one.symbol, f"{one.symbol} {one.label}" + ("（待核）" if one.confidence == "M" else ""))
            for one in CATEGORIES.values()
        ],
        "steps": gb18218.steps(outcome) if outcome else (),
        "outcome": outcome,
        "level": risk_cells.level_of(acts.grade_of(outcome)) if outcome else "",
        "mixture": gb18218.MIXTURE_NOTE,
        "idempotency": request.POST.get("idempotency_key") or new_key(),
        "version": request.POST.get("version") or row.version,
        "back": back,
    }
    return render(request, "hazards/installation_reckon.html", {"page": page}, status=422 if errors else 200)


@require_GET
def board(request: ActorRequest, pk: int) -> HttpResponse:
    """The public notice board of the guarantors (安全包保公示牌)."""
    row = row_for(request, ledger_for(request, "installations"), pk, "enterprise")
    today = clock.today()
    in_charge = row.guarantors.unscoped(
        "the board names the guarantors of an installation that is seen"
    ).filter(Q(until__isnull=True) | Q(until__gt=today), since__lte=today)
    by_role = {one.role: one for one in in_charge.order_by("since")}
    lines = [
        {"role": role.label, "person": by_role.get(role.value), "duty": words}
        for role, words in DUTIES.items()
    ]
    back = reverse("ledger-row", args=["installations", pk])
    page = sheet(
        request, "重大危险源安全包保公示牌", back, row=row, lines=lines, wide=True,
        basis="应急厅〔2021〕12号；主要负责人的排查频次由企业规定",
    )  # fmt: skip
    return render(request, "hazards/installation_board.html", {"page": page})


@require_GET
def guarantor_grid(request: ActorRequest) -> HttpResponse:
    """Guarantors × periods of a year: what was done, what is missing."""
    ledger_for(request, "guarantors")
    today = clock.today()
    year = whole(request.GET.get("year")) or today.year
    year = year if 2000 <= year <= today.year + 1 else today.year
    rows = Guarantor.objects.visible_to(request.actor).filter(since__year__lte=year)
    rows = rows.filter(Q(until__isnull=True) | Q(until__year__gte=year))
    for name in ("installation", "enterprise"):
        if chosen := whole(request.GET.get(name)):
            rows = rows.filter(**{f"{name}_id": chosen})
    kind = request.GET.get("kind", "")
    if kind in Guarantor.Subject.values:
        rows = rows.filter(subject_kind=kind)
    ordered = rows.select_related("installation", "enterprise").order_by(
        "enterprise_id", "installation_id", "role"
    )
    found = list(ordered[: MOST_ROWS + 1])
    grid = reads_risk.grid(found[:MOST_ROWS], year, today)
    groups = [
        {"cadence": words, "rows": [one for one in grid if one.cadence == words]}
        for words in dict.fromkeys(one.cadence for one in grid)
    ]
    page = {
        "title": f"{year} 年包保履职一览",
        "year": year,
        "before": year - 1,
        "after": year + 1 if year < today.year else None,
        "groups": groups,
        "more": len(found) > MOST_ROWS,
        **_lacking(request),
        "missed": sum(one.missed for one in grid),
        "owed": sum(one.owed for one in grid),
        "done": sum(one.done for one in grid),
    }
    return render(request, "hazards/installation_grid.html", {"page": page})


def _lacking(request: ActorRequest) -> dict[str, Any]:
    """How many installations lack a guarantor, counted to a bound, and the list of them."""
    rows = MajorHazardInstallation.objects.visible_to(request.actor).filter(reads_risk.lacking())
    count = len(rows.values_list("pk", flat=True)[: COUNTED + 1])
    words = f"{COUNTED:,}+" if count > COUNTED else count
    url = f"{reverse('ledger-list', args=['installations'])}?{IN_CHARGE}={LACKING}"
    return {"lacking": words, "lacking_url": url}


@require_GET
def tables(request: ActorRequest) -> HttpResponse:
    """The tables of the standard: substances, categories, α, levels; found by name or CAS number."""
    ledger_for(request, "installations")
    text = request.GET.get("q", "").strip()[:40]
    rows = [
        one for one in SUBSTANCES.values() if text.lower() in one.name.lower() or text in " ".join(one.cas)
    ]
    page = {
        "title": "临界量查询",
        "text": text,
        "standard": STANDARD,
        "substances": rows,
        "categories": CATEGORIES.values(),
        "alpha": ALPHA,
        "levels": [(words, LEVEL_WORDS[level]) for _, level, words in LEVELS],
        "mixture": gb18218.MIXTURE_NOTE,
    }
    return render(request, "hazards/installation_tables.html", {"page": page})
