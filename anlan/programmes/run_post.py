"""Letters and reports as rows of a desk or a board: what came, how far it is, where it opens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from django.urls import reverse

from anlan.kernel import cells, clock
from anlan.kernel.scope import Actor
from anlan.programmes import reads_chase, reads_report
from anlan.programmes.models import Programme, ProgressReport, ReportRound
from anlan.programmes.reads_chase import Letter
from anlan.programmes.reads_units import units_of
from anlan.programmes.rules import completeness

SHOWN = 6
WENT_OUT = ("sent", "void")


def letters_to(actor: Actor, units: Collection[int]) -> list[Letter]:
    """The letters that went out about matters of these units, what is not answered first."""
    wanted = set(units)
    found = [
        one
        for one in reads_chase.letters_about(actor, None)
        if one.paper.state in WENT_OUT and any(int(matter["unit_id"]) in wanted for matter in one.matters)
    ]
    return sorted(found, key=lambda one: not one.open)


def letter_rows(letters: list[Letter], shown: int = SHOWN) -> list[dict[str, Any]]:
    """The letters as a list draws them."""
    return [
        {
            "name": one.name,
            "url": one.url,
            "unit": (one.unit.short_name or one.unit.name) if one.unit else "",
            "count": len(one.matters),
            "light": cells.light(*one.light),
        }
        for one in letters[:shown]
    ]


def report_rows(actor: Actor, units: Collection[int], shown: int = SHOWN) -> list[dict[str, Any]]:
    """The reports that these units owe, the newest round first. Two statements."""
    rows = list(
        ProgressReport.objects.visible_to(actor)
        .filter(unit_id__in=list(units), programme__state=Programme.State.RUNNING)
        .select_related("unit", "programme")
        .order_by("-due_on", "-id")[:shown]
    )
    allowed = reads_report.exceptions_of(one.pk for one in rows)
    found = []
    for one in rows:
        given = reads_report.as_return(one, allowed.get(one.pk, ()))
        standing = completeness.standing(given, clock.today(), one.due_on)
        found.append(
            {
                "label": f"{one.programme.year} 年{one.label}报告",
                "url": reverse("report", args=[one.pk]),
                "unit": one.unit.short_name or one.unit.name,
                "due_on": one.due_on,
                "filled": f"{one.filled}/{one.expected} 条",
                "light": cells.light(standing.light, standing.word),
                "returned": one.decision if one.state == "returned" else "",
            }
        )
    return found


def post(actor: Actor) -> Mapping[str, Any] | None:
    """The letters and reports of the post's own units; nothing for a post that has neither."""
    units = units_of(actor)
    if not units:
        return None
    letters = letters_to(actor, units)
    reports = report_rows(actor, units) if actor.may_read("reports.view") else []
    if not letters and not reports:
        return None
    return {
        "letters": letter_rows(letters),
        "letters_open": sum(one.open for one in letters),
        "letters_more": max(len(letters) - SHOWN, 0),
        "reports": reports,
    }


def letters_board(actor: Actor, programme: Programme) -> dict[str, Any]:
    """The letters of a programme as a leader asks: how many, how many not answered, the open ones first."""
    letters = reads_chase.letters_about(actor, programme)
    states = Counter(one.state for one in letters)
    ordered = sorted(letters, key=lambda one: not one.open)
    return {
        "rows": letter_rows(ordered, 8),
        "count": len(letters),
        "open": sum(one.open for one in letters),
        "states": list(states.items()),
        "more": max(len(letters) - 8, 0),
    }


def reports_board(actor: Actor, programme: Programme) -> list[dict[str, Any]]:
    """The rounds of a programme with their completeness and timeliness."""
    if not actor.may_read("report-rounds.view"):
        return []
    rounds = ReportRound.objects.visible_to(actor).filter(programme=programme).order_by("-due_on", "-id")
    found = []
    for one in rounds[:4]:
        lines = reads_report.lines_of(actor, one)
        figures = reads_report.figures_of(lines, reads_report.still_expected(lines))
        found.append(
            {
                "label": one.label,
                "url": reverse("report-round", args=[one.pk]),
                "due_on": one.due_on,
                "expected": figures.expected,
                "actual": figures.actual,
                "on_time": figures.on_time,
                "completeness": figures.completeness.percent,
                "timeliness": figures.timeliness.percent,
            }
        )
    return found
