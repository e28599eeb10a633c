"""How far the programme is by section and unit, what is due on which day, and the monthly warning day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from anlan.kernel import cells, clock
from anlan.kernel.due import add_months
from anlan.kernel.requests import ActorRequest
from anlan.kernel.shell import under
from anlan.programmes import reads_boards, run_post
from anlan.programmes.actions.run_judging import last_run
from anlan.programmes.models import Occurrence
from anlan.programmes.pages.run_boards import WORDS, others
from anlan.programmes.pages.run_receipt import programme_of, without_programme
from anlan.programmes.reads_boards import Tally
from anlan.programmes.reads_units import units_of

ONE_DAY = timedelta(days=1)
WEEKDAYS = "一二三四五六日"
NAMED = 2
LIVE = ",".join(reads_boards.LIVE)
SHORT = {"r": "逾期", "y": "临期", "g": "按期", "o": "未到期"}


@require_GET
def progress(request: ActorRequest, pk: int = 0) -> HttpResponse:
    """The leader's page: figures by section and by unit, worst first, each number opening its rows."""
    if not request.actor.may_read("duties.view"):
        raise Http404
    try:
        programme = programme_of(request, pk or None)
    except Http404:
        if pk:
            raise
        return without_programme(request, "落实情况")
    under(request, "progress")
    parts = reads_boards.by_section(request.actor, programme)
    units = reads_boards.by_unit(request.actor, programme)
    duties = reverse("ledger-list", args=["duties"])
    matrix = reverse("programme-matrix", args=[programme.pk])
    g, y, r, o, unsigned = (
        sum(getattr(one, key) for one in parts) for key in ("g", "y", "r", "o", "unsigned")
    )
    whole = Tally("全部", "", g, y, r, o, unsigned)
    own = f"{duties}?programme={programme.pk}"
    live = f"{own}&state={LIVE}"
    page = {
        "title": f"{programme.title}　落实情况",
        "programme": programme,
        "programmes": others(request, programme),
        "judged": last_run(),
        "figs": [
            {"label": "按期率", "value": whole.share, "unit": "%", "none": "—",
             "note": f"已到期或临期 {whole.due} 项，按期 {whole.g} 项"},
            {"label": "逾期", "value": whole.r, "unit": "项", "url": f"{live}&light=r", "red": whole.r > 0},
            {"label": "临期或落后", "value": whole.y, "unit": "项", "url": f"{live}&light=y"},
            {"label": "未到期", "value": whole.o, "unit": "项", "url": f"{live}&light=o"},
            {"label": "待签收", "value": whole.unsigned, "unit": "项", "url": f"{own}&state=issued"},
        ],
        "sections": [
            _row(one, f"{matrix}?{_query(section=one.label)}", f"{own}&item__section={part}")
            for one in parts
            for part in [quote(one.query or "-")]
        ],
        "units": [_row(one, f"{own}&unit={one.query}", f"{own}&unit={one.query}") for one in units],
        "letters": run_post.letters_board(request.actor, programme),
        "rounds": run_post.reports_board(request.actor, programme),
    }  # fmt: skip
    return render(request, "programmes/progress.html", {"page": page})


@require_GET
def calendar(request: ActorRequest) -> HttpResponse:
    """What is due on each day of a month: of the post's own units, or of all that it sees."""
    if not request.actor.may_read("occurrences.view"):
        raise Http404
    today = clock.today()
    first = _month(request.GET.get("month", ""), today)
    after = add_months(first, 1)
    own = units_of(request.actor)
    everybody = request.GET.get("all") == "1" or not own
    start, end = first - timedelta(days=first.weekday()), after + timedelta(days=(7 - after.weekday()) % 7)
    found = reads_boards.due_days(request.actor, start, end, None if everybody else own)
    days = [start + timedelta(days=n) for n in range((end - start).days)]
    few = [day for day, lights in found.items() if sum(lights.values()) <= NAMED]
    named = {} if everybody else reads_boards.due_in(request.actor, start, end, own, few)
    inside = {day: lights for day, lights in found.items() if first <= day < after}
    total = sum(sum(lights.values()) for lights in inside.values())
    ahead = None if total else reads_boards.next_due(request.actor, after, None if everybody else own)
    more = "&all=1" if everybody and own else ""
    page = {
        "title": f"到期日历　{first.year} 年 {first.month} 月",
        "weekdays": WEEKDAYS,
        "weeks": [
            [_day(one, found.get(one, {}), named.get(one, []), first.month, today) for one in days[n : n + 7]]
            for n in range(0, len(days), 7)
        ],
        "before": f"?month={add_months(first, -1):%Y-%m}{more}",
        "after": f"?month={after:%Y-%m}{more}",
        "everybody": everybody,
        "total": total,
        "red": sum(lights.get("r", 0) for lights in inside.values()),
        "ahead": ahead,
        "ahead_url": f"?month={ahead:%Y-%m}{more}" if ahead else "",
        "own": bool(own),
        "swap": f"?month={first:%Y-%m}{'' if everybody else '&all=1'}",
        "legend": [(cells.light(key), WORDS[key]) for key in "gyro"],
    }
    return render(request, "programmes/calendar.html", {"page": page})


@require_GET
def warning_days(request: ActorRequest) -> HttpResponse:
    """Units × months of the warning day on the 16th: who held it, and on which days."""
    if not request.actor.may_read("activities.view"):
        raise Http404
    raw = request.GET.get("year", "")
    year = int(raw) if raw.isdigit() and 2000 <= int(raw) <= 2100 else clock.today().year
    rows = reads_boards.warning_days(request.actor, year)
    held = [_tally([row.months[n] for row in rows], year, n + 1) for n in range(12)]
    page = {
        "title": f"警示日月历　{year} 年",
        "year": year,
        "months": range(1, 13),
        "rows": [
            {
                "unit": row.unit,
                "cells": [_held(one, row.unit, n, year) for n, one in enumerate(row.months, 1)],
            }
            for row in rows
        ],
        "held": held,
        "count": len(rows),
        "before": f"?year={year - 1}",
        "after": f"?year={year + 1}",
        "new_url": reverse("ledger-new", args=["activities"]) if request.actor.may("activities.add") else "",
        "legend": [(cells.light(key), WORDS[key]) for key in "gyro"],
    }
    return render(request, "programmes/warning_days.html", {"page": page})


def _row(one: Tally, url: str, rows: str) -> dict[str, Any]:
    """A line of a table of tallies; `rows` is the ledger's address that each light narrows."""
    return {
        "label": one.label,
        "url": url,
        "share": one.share,
        "bar": "" if one.share is None else cells.bar(one.share),
        "due": one.due,
        "cells": [
            (key, getattr(one, key), f"{rows}&state={LIVE}&light={key}", SHORT[key])
            for key in ("r", "y", "g", "o")
        ],
    }  # fmt: skip


def _query(**values: str) -> str:
    return urlencode({key: "" if value == "（无章节）" else value for key, value in values.items()})


def _month(text: str, today: date) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)


def _day(
    day: date, lights: dict[str, int], named: list[Occurrence], month: int, today: date
) -> dict[str, Any]:
    base = f"{reverse('ledger-list', args=['occurrences'])}?due_on_from={day}&due_on_to={day}"
    return {
        "day": day,
        "other": day.month != month,
        "today": day == today,
        "named": [
            {
                "light": cells.light(one.light),
                "quote": one.duty.obligation.quote,
                "url": reverse("ledger-row", args=["occurrences", one.pk]),
            }
            for one in named
        ],
        "lights": []
        if named
        else [
            (cells.light(key), WORDS[key], lights[key], f"{base}&light={key}")
            for key in "ryog"
            if lights.get(key)
        ],
    }


def _tally(column: list[tuple[str, str, int | None]], year: int, month: int) -> str:
    """Held of owed in a month; only held where nothing was owed, nothing for what lies ahead."""
    held, owed = sum(bool(days) for _, days, _ in column), sum(bool(light) for light, _, _ in column)
    if date(year, month, 1) > clock.today() and not held:
        return ""
    return f"{held}/{owed}" if owed else str(held)


def _held(one: tuple[str, str, int | None], unit: Any, month: int, year: int) -> dict[str, Any]:
    light, days, pk = one
    url = reverse("ledger-row", args=["occurrences", pk]) if pk else ""
    if not url and days:
        base = reverse("ledger-list", args=["activities"])
        url = f"{base}?kind=warning_day&unit={unit.pk}&held_on_from={year}-{month:02d}-01"
    words = f"{month} 月：{WORDS.get(light, '')}{'，' + days + ' 日举办' if days else ''}"
    return {"light": cells.light(light) if light else "", "days": days, "url": url, "words": words}
