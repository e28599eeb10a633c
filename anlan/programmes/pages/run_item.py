"""The page of one item: the sentence, its obligations with figures, who answers, proofs, what happened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from html import escape
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from anlan.kernel import cells, clock, registry
from anlan.kernel.requests import ActorRequest
from anlan.kernel.shell import under
from anlan.programmes import reads_chase, reads_curve, reads_item, reads_shares
from anlan.programmes.actions.run_judging import last_run
from anlan.programmes.models import Duty, Item, Obligation
from anlan.programmes.pages.run_boards import COMPARATORS, WORDS
from anlan.programmes.pages.run_shares import may_divide
from anlan.programmes.reads_units import units_of
from anlan.programmes.rules import curve as rules
from anlan.programmes.rules.judging import plain, worst
from anlan.programmes.rules.measures_proposed import NUMBERLESS
from anlan.programmes.run_measures import measure_words

ACTS = {
    "sign": "签收", "object": "申请退回", "keep": "维持原派", "reassign": "改派", "end": "终止",
    "declare": "申报完成", "accept": "审核通过", "return": "退回申报", "miss": "认定未完成", "cancel": "取消",
    "progress": "登记进度", "reschedule": "改期", "trigger": "事件触发", "allot": "分配数量",
}  # fmt: skip
MANY = 20
# Who answers for a matter; supporting and overseeing units are not counted in a line.
ANSWERING = ("lead", "joint", "implementing")
MOST_SHARES = 130


@require_GET
def item(request: ActorRequest, pk: int) -> HttpResponse:
    """One item as it runs."""
    rows = Item.objects.visible_to(request.actor).select_related("programme", "edition")
    found: Item = get_object_or_404(rows, pk=pk)
    under(request, "matrix")
    view = reads_item.item_view(request.actor, found, clock.today())
    light = worst(key for key, count in view.lights.items() if count)
    run = last_run()
    around = Item.objects.visible_to(request.actor).filter(programme=found.programme, ended=None)
    page = {
        "title": f"第{found.no}条　{found.title}".strip(),
        "item": found,
        "light": cells.light(light, WORDS[light]),
        "count": sum(view.lights.values()),
        "counts": [(cells.light(key), WORDS[key], view.lights[key]) for key in "gyro" if view.lights[key]],
        "quote": marked(found.text, [(one.obligation.kind, one.obligation.quote) for one in view.lines]),
        "lines": [_line(request, one, found) for one in view.lines],
        "shares": _shares(request, view),
        "roles": [(role, name, _listed(units)) for role, name, units in view.roles],
        **charted(request, view),
        "reports": reads_item.reports_on(request.actor, found),
        "evidence": view.evidence,
        "evidence_count": view.evidence_count,
        "evidence_more": view.evidence_count - len(view.evidence),
        "parts": [one for part in registry.declared("ITEM_PARTS") if (one := part(request.actor, found))],
        "letters": reads_chase.letters_of(found, request.actor)[:MANY],
        "timeline": _timeline(request, found),
        "judged": run,
        "before": around.filter(position__lt=found.position).order_by("-position").first(),
        "after": around.filter(position__gt=found.position).order_by("position").first(),
        "mine": Duty.objects.visible_to(request.actor)
        .filter(item=found, unit_id__in=units_of(request.actor), state__in=("issued", "signed", "objected"))
        .select_related("obligation")
        .order_by("obligation__position"),
    }
    return render(request, "programmes/item.html", {"page": page})


def marked(text: str, quotes: list[tuple[str, str]]) -> SafeString:
    """The item's text with its obligations underlined in the ink of their kind; the text itself unchanged."""
    spans = sorted(
        (at, at + len(quote), kind) for kind, quote in quotes if (at := text.find(quote)) >= 0 and quote
    )
    out, place = [], 0
    for start, end, kind in spans:
        if start < place:
            continue
        out.append(escape(text[place:start]))
        out.append(f'<b class="hl hl-{escape(kind)}">{escape(text[start:end])}</b>')
        place = end
    out.append(escape(text[place:]))
    return mark_safe("".join(out))


def charted(request: ActorRequest, view: reads_item.ItemView) -> dict[str, Any]:
    """The curve of one obligation of the item: the one asked for, else the first with a figure, else the
    first that has come due; with the choice of the others."""
    lines = [one for one in view.lines if one.running]
    asked = request.GET.get("chart", "")
    chosen = next((one for one in lines if str(one.obligation.pk) == asked), None)
    chosen = chosen or next((one for one in lines if one.value is not None), lines[0] if lines else None)
    if chosen is None:
        return {"chart": None, "charts": []}
    year, today = view.item.programme.year, clock.today()
    curve = reads_curve.curve_of(request.actor, chosen.obligation, year, today)
    if curve is None:
        return {"chart": None, "charts": []}
    return {
        "charts": [(one.obligation, f"?chart={one.obligation.pk}#curve") for one in lines],
        "chart": {
            "obligation": chosen.obligation,
            "unit": curve.unit,
            "words": _curve_words(curve, today),
            "months": [one.month.month for one in curve.points],
            "should": [_shown(one.should) for one in curve.points],
            "done": [_shown(one.done, ahead=one.month > today) for one in curve.points],
            "data": {
                "kind": "line",
                "unit": curve.unit,
                "x": [f"{one.month.month}月" for one in curve.points],
                "series": [
                    {"name": "应达", "data": _floats(one.should for one in curve.points), "tone": "grey",
                     "dashed": True},
                    {"name": "已达", "data": _floats(one.done for one in curve.points), "tone": "blue",
                     "area": True},
                ],
            },
        },
    }  # fmt: skip


def _curve_words(curve: reads_curve.Curve, today: date) -> str:
    """What is left, and how much of it a month."""
    done = curve.now
    if curve.obligation.kind in ("limit", "target") and not curve.counts:
        return f"要求 {curve.obligation.comparator or '≤'} {plain(curve.total)} {curve.unit}".rstrip()
    if done is None:
        return "还没有报数"
    left, each = rules.still_needed(curve.total, done, today, curve.due)
    if not left:
        return f"已达全年的 {plain(curve.total)} {curve.unit}"
    rest = f"全年 {plain(curve.total)} {curve.unit}，还差 {plain(left)}"
    return rest if each is None else f"{rest}，此后每月要完成 {plain(each)}"


def _floats(values: Iterable[Decimal | None]) -> list[float | None]:
    return [None if one is None else float(one) for one in values]


def _shown(value: Decimal | None, ahead: bool = False) -> str:
    if value is None:
        return "" if ahead else "未报"
    return plain(value)


def _shares(request: ActorRequest, view: reads_item.ItemView) -> list[dict[str, Any]]:
    """Of each obligation whose number is shared: the parts of the units that the reader sees."""
    parts = reads_shares.of_item(request.actor, view.item)
    return [
        {
            "obligation": line.obligation,
            "total": plain(line.obligation.value or Decimal(0)),
            "given": plain(sum((one.duty.share or Decimal(0) for one in rows), Decimal(0))),
            "count": len(rows),
            "rows": [
                {
                    "name": one.duty.unit.short_name or one.duty.unit.name,
                    "url": reverse("ledger-row", args=["occurrences", one.pk]),
                    "share": plain(one.duty.share or Decimal(0)),
                    "value": "未报" if one.value is None else plain(one.value),
                    "bar": cells.bar(
                        float(one.value or 0) / float(one.duty.share) * 100 if one.duty.share else 100,
                        None,
                        one.light if one.light != "o" else "",
                    ),
                    "light": cells.light(one.light, one.reason or WORDS[one.light]),
                }
                for one in rows[:MOST_SHARES]
            ],
        }
        for line in view.lines
        if (rows := parts.get(line.obligation.pk))
    ]


def _line(request: ActorRequest, line: reads_item.Line, found: Item) -> dict[str, Any]:
    one = line.obligation
    one.item = found
    counted = line.need is not None
    done, whole = (line.value, line.need) if counted else (line.met, line.running)
    percent = float(done or 0) / float(whole) * 100 if whole else 0.0
    tick = float(line.expected) / float(line.need) * 100 if line.expected is not None and line.need else None
    need = COMPARATORS.get(one.comparator, "") + plain(line.need) if line.need is not None else ""
    return {
        "seal": cells.seal(one.kind) if one.kind != "target" else "",
        "kind": one.get_kind_display(),
        "quote": one.quote,
        "unit": ("%" if one.kind == "coverage" else one.unit) if counted else "项次",
        "done": "未报" if done is None else plain(done) if isinstance(done, Decimal) else str(done),
        "reported": done is not None,
        "need": need or (str(line.running) if line.running else ""),
        "running": line.running,
        "expected": "" if line.expected is None else plain(line.expected),
        "bar": cells.bar(percent, tick, line.light if line.light != "o" else "") if whole else "",
        "light": cells.light(line.light, line.reason or WORDS[line.light]),
        "measure": measure_words(one.measure, counted or one.kind not in NUMBERLESS),
        "figure": _figure(one, found) if one.measure else None,
        "ruling": one.ruling,
        "counted": counted,
        **_rows(one, line),
        "shared": line.shared,
        "events_url": reverse("obligation-events", args=[one.pk]) if one.kind == "delay" else "",
        "divide_url": reverse("obligation-shares", args=[one.pk]) if may_divide(request, one) else "",
    }


def _rows(one: Obligation, line: reads_item.Line) -> dict[str, str]:
    """The matters behind the line, and those that are met, as the ledger's filter line asks for them."""
    span = {"due_on_from": line.due_on, "due_on_to": line.due_on or clock.today()}
    asked = {"duty__obligation": one.pk, "duty__role": ",".join(ANSWERING), **span}
    base = reverse("ledger-list", args=["occurrences"])
    rows = f"{base}?{urlencode({name: value for name, value in asked.items() if value})}"
    return {"url": f"{rows}&state=open,declared,returned,met,missed", "met_url": f"{rows}&state=met"}


def _figure(one: Obligation, found: Item) -> dict[str, str]:
    """Where the figure of a bound measure is shown: of the document's year, as far as it has run."""
    year = found.programme.year
    span = urlencode({"from": f"{year}-01-01", "to": min(clock.today(), date(year, 12, 31))})
    url, value = (f"{reverse(name, args=[one.measure])}?{span}" for name in ("measure", "measure-value"))
    return {"url": url, "value_url": value}


def _listed(units: list[str]) -> str:
    shown = "、".join(units[:MANY])
    return f"{shown} 等 {len(units)} 家" if len(units) > MANY else shown


def _timeline(request: ActorRequest, found: Item) -> list[dict[str, Any]]:
    today = clock.today()
    acts = [
        {
            "at": at,
            "time": cells.recent(at, today),
            "text": f"{ACTS.get(act, act)}：{subject}"[:90],
            "who": who,
            "kind": "",
        }
        for at, act, subject, who in reads_item.events(request.actor, found)
    ]
    reds = [
        {
            "time": cells.day(one.day, short=one.day.year == today.year),
            "text": f"{one.occurrence.duty.unit}转红灯：{one.reason}",
            "kind": "bad",
        }
        for one in reads_item.red_days(request.actor, found)
    ]
    return [*acts, *reds][:14]
