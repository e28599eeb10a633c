"""指标: every registered figure, what it counts, which requirements it speaks of, and the rows behind it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, get_args
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from anlan.kernel import cells, clock, places, registry
from anlan.kernel.ledger import DeclarationError
from anlan.kernel.measure import Coverage, Mean, Measure, Part, Ratio, measure_of
from anlan.kernel.pages.house import row_url
from anlan.kernel.requests import ActorRequest
from anlan.programmes import reads_measures as reads
from anlan.programmes.reads_measures import Asked

SHOWN = 50
DAY = timedelta(days=1)
PARTS: dict[str, str] = {"all": "全部", "top": "计入", "rest": "未计入"}


@require_GET
def measures(request: ActorRequest) -> HttpResponse:
    """All of them by the ledger they count; each value is fetched when it comes into view."""
    _allow(request)
    found = reads.bound(request.actor)
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in reads.all_measures():
        line = {
            "label": one.label,
            "unit": one.unit,
            "basis": one.basis,
            "url": reverse("measure", args=[one.key]),
            "value_url": reverse("measure-value", args=[one.key]),
            "bound": found[one.key],
        }
        groups.setdefault(_source(request, one), []).append(line)
    today = clock.today()
    page = {"title": "指标", "groups": list(groups.items()), "window": (today.replace(month=1, day=1), today)}
    return render(request, "programmes/measures.html", {"page": page})


@require_GET
def value(request: ActorRequest, key: str) -> HttpResponse:
    """The figure alone, as a part of another page."""
    _allow(request)
    asked = _asked(request, key)
    found = reads.value(request.actor, asked)
    context = {"words": reads.words(asked.measure, found), "url": _url(asked)}
    return render(request, "programmes/measure_value.html", context)


@require_GET
def measure(request: ActorRequest, key: str) -> HttpResponse:
    """One figure: its value, by territory, the requirements, and its rows."""
    _allow(request)
    asked, actor = _asked(request, key), request.actor
    split = isinstance(asked.measure.amount, Ratio | Coverage)
    part = _part(request.GET.get("part", "")) if split else "all"
    found = reads.value(actor, asked)
    rows = reads.rows(actor, asked, part)
    before = request.GET.get("before", "")
    older = rows.filter(pk__lt=int(before)) if before.isdigit() and len(before) < 18 else rows
    shown = list(older[: SHOWN + 1])
    page = {
        "title": asked.measure.label,
        "measure": asked.measure,
        "source": _source(request, asked.measure),
        "asked": asked,
        "last": asked.end - DAY,
        "place": places.labels({asked.path}).get(asked.path, "") if asked.path else "您能看到的全部",
        "words": reads.words(asked.measure, found),
        "regions": _regions(request, asked),
        "requirements": [_requirement(one) for one in reads.requirements(actor, [key])],
        "parts": [(label, f"{_url(asked)}&part={one}", one == part) for one, label in PARTS.items()]
        if split else [],
        "count": rows.count(),
        "rows": [_row(asked.measure, one) for one in shown[:SHOWN]],
        "more_url": f"{_url(asked)}&part={part}&before={shown[SHOWN - 1].pk}" if len(shown) > SHOWN else "",
        "dated": not isinstance(asked.measure.amount, Coverage),
        "note": "平均数按有天数的记录计" if isinstance(asked.measure.amount, Mean) else "",
    }  # fmt: skip
    return render(request, "programmes/measure.html", {"page": page})


def _allow(request: ActorRequest) -> None:
    if not request.actor.may_read("duties.view"):
        raise Http404


def _asked(request: ActorRequest, key: str) -> Asked:
    """The address bar's window and territory; by default this year until today, and one's own territory."""
    try:
        found = measure_of(key)
    except DeclarationError:
        raise Http404 from None
    today = clock.today()
    start = _day(request.GET.get("from", "")) or today.replace(month=1, day=1)
    last = _day(request.GET.get("to", "")) or today
    path = request.GET.get("region_path", "").replace("\0", "")[:80]
    if "region_path" not in request.GET and request.actor.seat and len(request.actor.seat.region_paths) == 1:
        path = request.actor.seat.region_paths[0]
    end = max(last, start) + DAY
    return Asked(found, start, end, path if not path or path.endswith("/") else f"{path}/")


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1990 <= found.year <= 2200 else None


def _part(text: str) -> Part:
    return text if text in get_args(Part) else "all"  # type: ignore[return-value]


def _url(asked: Asked, path: str | None = None) -> str:
    query = {"from": asked.start, "to": asked.end - DAY, "region_path": asked.path if path is None else path}
    return f"{reverse('measure', args=[asked.measure.key])}?{urlencode(query)}"


def _source(request: ActorRequest, one: Measure) -> str:
    """The ledger whose rows it counts, as its reader knows it."""
    today = clock.today()
    model = reads.rows(request.actor, Asked(one, today, today + DAY)).model
    ledger = registry.ledger_of(model)
    return ledger.label if ledger else str(model._meta.verbose_name)


def _regions(request: ActorRequest, asked: Asked) -> list[dict[str, Any]]:
    seats = [path for seat in request.actor.seats for path in seat.region_paths]
    depth = asked.path.count("/") or min((path.count("/") for path in seats), default=0)
    found = reads.by_region(request.actor, asked, min(depth + 1, 5))
    names = places.labels({path for path, _ in found})
    return [
        {
            "label": names.get(path, path),
            "words": reads.words(asked.measure, one),
            "url": _url(asked, path) if path.count("/") > depth else "",
        }
        for path, one in found
    ]


def _requirement(one: Any) -> dict[str, Any]:
    return {
        "document": f"{one.item.programme.year} 年 第{one.item.no}条",
        "quote": one.quote,
        "url": reverse("programme-item", args=[one.item_id]),
    }


def _row(measure: Measure, row: Any) -> dict[str, Any]:
    ledger = registry.ledger_of(type(row))
    path = str(getattr(row, "region_path", "") or "")
    day = getattr(row, measure.date, None) if not isinstance(measure.amount, Coverage) else None
    return {
        "label": ledger.words(row) if ledger else str(row),
        "url": row_url(ledger.key, row.pk) if ledger else "",
        "place": places.labels({path}).get(path, "") if path else "",
        "day": cells.day(day) if isinstance(day, date) else "",
    }
