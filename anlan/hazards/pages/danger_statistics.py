"""Statistics of dangers with charts and their tables; firms that are silent or close at once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from anlan.hazards import danger_cells
from anlan.hazards import reads_danger_statistics as reads
from anlan.hazards.models import HiddenDanger
from anlan.hazards.models.dangers import OPEN_STATES
from anlan.hazards.reads_danger_statistics import Chosen, Statistics
from anlan.kernel import cells, clock, parameters, places
from anlan.kernel.due import add_months
from anlan.kernel.requests import ActorRequest

SPANS = (("year", "本年"), ("last", "去年"), ("12", "近 12 个月"), ("24", "近 24 个月"), ("36", "近 36 个月"))
MOST_LINES = 40
SHOWN = 100
COUNTED = ",".join(one for one in HiddenDanger.State.values if one != "void")


@require_GET
def statistics(request: ActorRequest) -> HttpResponse:
    """The figures of a window; every one opens its rows."""
    if not request.actor.may_read("dangers.view"):
        raise Http404
    chosen, span = chosen_of(request)
    depth = (chosen.region.count("/") if chosen.region else _own_depth(request)) + 1
    made = reads.statistics(request.actor, chosen, min(depth, 4))
    page = {
        "title": "隐患统计",
        "filters": filters(request, chosen, span),
        "clear_url": reverse("danger-statistics") if request.GET else "",
        "window": (chosen.start, min(chosen.end - timedelta(days=1), clock.today())),
        "figs": figs(chosen, made),
        "nothing": not made.whole[0] and not made.closed_in,
        "may_add": request.actor.may("dangers.add"),
        "months": month_lines(chosen, made),
        "month_chart": month_chart(chosen, made),
        "tables": [
            table(chosen, "region", "按区划", "区划", region_lines(made)),
            table(chosen, "industry", "按行业", "行业", industry_lines(made)),
            table(chosen, "level", "按级别", "级别", choice_lines(made, "level", HiddenDanger.Grade.choices)),
            table(
                chosen, "source", "按来源", "来源", choice_lines(made, "source", HiddenDanger.Source.choices)
            ),
        ],
    }
    return render(request, "hazards/danger_statistics.html", {"page": page})


def chosen_of(request: ActorRequest) -> tuple[Chosen, str]:
    """The filter line as the address bar has it; unknown values count as none."""
    get, today = request.GET, clock.today()
    span = get.get("span", "year")
    this_month = today.replace(day=1)
    match span:
        case "last":
            start, end = date(today.year - 1, 1, 1), date(today.year, 1, 1)
        case "12" | "24" | "36":
            start, end = add_months(this_month, 1 - int(span)), add_months(this_month, 1)
        case _:
            span, start, end = "year", date(today.year, 1, 1), add_months(this_month, 1)
    region = get.get("region_path", "").replace("\0", "")[:80]
    levels, sources = HiddenDanger.Grade.values, HiddenDanger.Source.values
    return Chosen(
        start, end, region if not region or region.endswith("/") else f"{region}/",
        get.get("industry", "") if get.get("industry") in dict(danger_cells.industry_choices()) else "",
        get.get("level", "") if get.get("level") in levels else "",
        get.get("source", "") if get.get("source") in sources else "",
    ), span  # fmt: skip


def filters(request: ActorRequest, chosen: Chosen, span: str) -> dict[str, Any]:
    """What the filter line offers."""
    return {
        "spans": [(key, label, key == span) for key, label in SPANS],
        "region": chosen.region,
        "region_label": places.labels({chosen.region}).get(chosen.region, "") if chosen.region else "",
        "industries": [
            (key, label, key == chosen.industry) for key, label in danger_cells.industry_choices()
        ],
        "levels": [(key, label, key == chosen.level) for key, label in HiddenDanger.Grade.choices],
        "sources": [(key, label, key == chosen.source) for key, label in HiddenDanger.Source.choices],
    }


def _own_depth(request: ActorRequest) -> int:
    paths = [path for seat in request.actor.seats for path in seat.region_paths]
    return min((path.count("/") for path in paths), default=1)


def rows_url(chosen: Chosen, **more: str) -> str:
    """The list of the rows behind a figure of this window."""
    query = {
        "found_on_from": chosen.start.isoformat(), "found_on_to": (chosen.end - timedelta(1)).isoformat(),
        "region_path": chosen.region, "industry": chosen.industry, "level": chosen.level,
        "source": chosen.source, "state": COUNTED, "count": "exact", **more,
    }  # fmt: skip
    kept = {name: value for name, value in query.items() if value}
    return f"{reverse('ledger-list', args=['dangers'])}?{urlencode(kept)}"


def figs(chosen: Chosen, made: Statistics) -> list[dict[str, Any]]:
    """The tiles."""
    found, closed, major = made.whole
    ended = sum(n for n, _ in made.closed_in.values())
    days = sum(n * (mean or 0) for n, mean in made.closed_in.values())
    closed_url = rows_url(chosen, found_on_from="", found_on_to="", state="closed",
                          closed_on_from=chosen.start.isoformat(),
                          closed_on_to=(chosen.end - timedelta(1)).isoformat())  # fmt: skip
    return [
        {"label": "发现", "value": found, "unit": "条", "url": rows_url(chosen)},
        {"label": "其中已销号", "value": closed, "unit": "条", "url": rows_url(chosen, state="closed"),
         "note": f"整改率 {rate(closed, found)}"},
        {"label": "其中未销号", "value": found - closed, "unit": "条",
         "url": rows_url(chosen, state=",".join(OPEN_STATES))},
        {"label": "其中重大", "value": major, "unit": "条", "url": rows_url(chosen, level="major"),
         "red": major > 0},
        {"label": "期间销号", "value": ended, "unit": "条", "url": closed_url,
         "note": f"平均 {days / ended:.1f} 天" if ended else "不论何时发现"},
    ]  # fmt: skip


def rate(part: int, whole: int) -> str:
    """86.3%（44/51）; nothing found has no rate."""
    return f"{part * 100 / whole:.1f}%（{cells.number(part)}/{cells.number(whole)}）" if whole else "—"


def month_lines(chosen: Chosen, made: Statistics) -> list[dict[str, Any]]:
    """The table under the chart of months."""
    found = []
    for first in reads.months(chosen):
        n, closed, major = made.found["month"].get(first, (0, 0, 0))
        ended, days = made.closed_in.get(first, (0, None))
        last = (add_months(first, 1) - timedelta(1)).isoformat()
        span = {"found_on_from": first.isoformat(), "found_on_to": last}
        shut = {"found_on_from": "", "found_on_to": "", "state": "closed",
                "closed_on_from": first.isoformat(), "closed_on_to": last}  # fmt: skip
        found.append(
            {
                "label": month_name(first),
                "found": cells.fx(n, rows_url(chosen, **span)),
                "major": cells.fx(major, rows_url(chosen, **span, level="major")),
                "closed": cells.fx(ended, rows_url(chosen, **shut)),
                "rate": rate(closed, n),
                "days": "—" if days is None else f"{days:.1f}",
            }
        )
    return found


def month_name(first: date) -> str:
    """2023-06; of the month that still runs only what there is: 2023-07 至今."""
    return f"{first:%Y-%m}{' 至今' if first == clock.today().replace(day=1) else ''}"


def month_chart(chosen: Chosen, made: Statistics) -> dict[str, Any]:
    """Found and closed by month."""
    firsts = reads.months(chosen)
    return {
        "kind": "line", "unit": "条", "whole": True, "x": [month_name(one) for one in firsts],
        "series": [
            {"name": "发现", "tone": "blue",
             "data": [made.found["month"].get(one, (0, 0, 0))[0] for one in firsts]},
            {"name": "销号", "tone": "green", "dashed": True,
             "data": [made.closed_in.get(one, (0, None))[0] for one in firsts]},
        ],
    }  # fmt: skip


Line = tuple[str, int, int, int, dict[str, str]]


def region_lines(made: Statistics) -> list[Line]:
    """One line for each territory."""
    names = places.labels(set(made.found["region"]))
    return [
        (names.get(path, path), *cell, {"region_path": path}) for path, cell in made.found["region"].items()
    ]


def industry_lines(made: Statistics) -> list[Line]:
    """One line for each industry."""
    return [
        (danger_cells.industry_name(slug) or "没有写明", *cell, {"industry": slug})
        for slug, cell in made.found["industry"].items()
    ]


def choice_lines(made: Statistics, name: str, choices: Any) -> list[Line]:
    """One line for each choice of a column."""
    return [(str(label), *made.found[name].get(key, (0, 0, 0)), {name: key}) for key, label in choices]


def table(chosen: Chosen, key: str, title: str, head: str, lines: list[Line]) -> dict[str, Any]:
    """A chart and its table: the most first; beyond forty the rest stays in the ledger."""
    ordered = sorted(lines, key=lambda one: (-one[1], one[0]))
    shown = ordered[:MOST_LINES]
    chart = {
        "kind": "bar", "unit": "条", "whole": True, "x": [one[0] for one in shown[:12]],
        "series": [
            {"name": "发现", "tone": "blue", "data": [one[1] for one in shown[:12]]},
            {"name": "未销号", "tone": "orange", "data": [one[1] - one[2] for one in shown[:12]]},
        ],
    }  # fmt: skip
    rows = [
        {
            "label": label,
            "found": cells.fx(found, rows_url(chosen, **where)),
            "major": cells.fx(major, rows_url(chosen, **{"level": "major", **where}))
            if where.get("level") != "ordinary" else "0",
            "open": cells.fx(found - closed, rows_url(chosen, **where, state=",".join(OPEN_STATES))),
            "rate": rate(closed, found),
        }
        for label, found, closed, major, where in shown
    ]  # fmt: skip
    return {
        "key": key, "script": f"chart-{key}", "title": title, "head": head, "chart": chart,
        "rows": rows, "lines": bool(shown), "more": len(ordered) - len(shown),
    }  # fmt: skip


@require_GET
def silent(request: ActorRequest) -> HttpResponse:
    """Firms that found nothing by themselves for long, close within minutes, or use a photo twice."""
    actor, today = request.actor, clock.today()
    if not (actor.may_read("enterprises.view") and actor.may_read("dangers.view")):
        raise Http404
    days, minutes = (int(parameters.value(f"dangers.{key}")) for key in ("silent_days", "quick_minutes"))
    region = request.GET.get("region_path", "").replace("\0", "")[:80]
    industry = request.GET.get("industry", "")[:60]
    rows = reads.silent_firms(actor, today, days, region, industry)
    firms = list(rows[: SHOWN + 1])
    last = reads.last_found([one.pk for one in firms])
    names = places.labels({one.region_path for one in firms[:SHOWN]})
    base = reverse("ledger-list", args=["dangers"])
    since = today - timedelta(days=365)
    page = {
        "title": "沉默企业",
        "days": days, "minutes": minutes, "more": len(firms) > SHOWN, "shown": SHOWN,
        "count": rows.count() if len(firms) > SHOWN else len(firms),
        "filters": {"region": region, "region_label": places.labels({region}).get(region, ""),
                    "industries": [(k, v, k == industry) for k, v in danger_cells.industry_choices()]},
        "firms": sorted(
            (
                {"firm": one, "last": last.get(one.pk), "industry": danger_cells.industry(one),
                 "place": names.get(one.region_path, ""),
                 "silent": (gone := (today - last[one.pk]).days if one.pk in last else None),
                 "said": f"{gone} 天",
                 "url": f"{base}?enterprise={one.pk}"}
                for one in firms[:SHOWN]
            ),
            key=lambda one: (one["silent"] is not None, -(one["silent"] or 0)),
        ),
        "quick": [
            {**one, "url": f"{base}?enterprise={one['enterprise_id']}&quick=1&closed_on_from={since}"}
            for one in reads.firms_closing_at_once(actor, minutes, since)
        ],
        "copied": [
            {**one, "url": f"{base}?enterprise={one['enterprise_id']}&copied=1&found_on_from={since}"}
            for one in reads.firms_copying_photos(actor, since)
        ],
    }  # fmt: skip
    return render(request, "hazards/danger_silent.html", {"page": page})
