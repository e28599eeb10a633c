"""Questions about reports: how each stands, who is expected, what the system knows for each item."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet

from anlan.kernel import clock, places
from anlan.kernel.due import local_day
from anlan.kernel.scope import Actor
from anlan.org.models import Unit
from anlan.programmes.models import (
    Duty,
    LockException,
    Occurrence,
    Programme,
    ProgressReport,
    ReportEntry,
    ReportRound,
)
from anlan.programmes.models.texts import ancestors
from anlan.programmes.reads_units import acting_units
from anlan.programmes.rules import completeness, report_lock
from anlan.programmes.rules.completeness import Figures, Holding, Return, Standing, Tenure

LIVE = Q(state__in=("issued", "signed", "objected"))
SENT = Q(state__in=("submitted", "accepted"))
MEASURED_SHOWN = 4


@dataclass(frozen=True)
class Line:
    """One report of a round, with how it stands."""

    row: ProgressReport
    standing: Standing
    unit: str
    place: str
    own_level: bool
    region: str
    exceptions: tuple[date, ...]


@dataclass(frozen=True)
class Level:
    """The five measures of one place."""

    label: str
    path: str
    own: bool
    figures: Figures


# Expected -------------------------------------------------------------------------------------------


def spans_of(programme: Programme) -> list[report_lock.Span]:
    """What the programme's own report days ask for."""
    days = [date.fromisoformat(one["due"]) for one in programme.report_days if one.get("due")]
    return report_lock.spans(programme.year, days)


def expected(programme: Programme, start: date, end: date, due: date) -> frozenset[int]:
    """Ids of the units that owe a report on this window."""
    duties = Duty.objects.unscoped("who owes a report of a programme the actor collects for").filter(
        LIVE, programme=programme
    )
    held = [
        Holding(unit, local_day(at)) for unit, at in duties.values_list("unit_id", "issued_at").distinct()
    ]
    units = Unit.objects.unscoped("opening and closing days of units with duties")
    days = units.filter(pk__in={one.unit for one in held}).values_list("pk", "valid_from", "valid_to")
    tenures = {pk: Tenure(opened, closed) for pk, opened, closed in days}
    return completeness.expected_units(held, tenures, start, end, due)


def items_of(programme: Programme, units: Collection[int], end: date) -> dict[int, list[int]]:
    """{unit: its items in the order of the document} as far as duties were given before `end`."""
    rows = (
        Duty.objects.unscoped("the items that a unit reports on")
        .filter(LIVE, programme=programme, unit_id__in=units)
        .order_by("item__position")
        .values_list("unit_id", "item_id", "issued_at")
    )
    found: dict[int, dict[int, None]] = defaultdict(dict)
    for unit, item, issued in rows:
        if local_day(issued) < end:
            found[unit][item] = None
    return {unit: list(items) for unit, items in found.items()}


# Figures of an entry --------------------------------------------------------------------------------


def prefill(report: ProgressReport) -> dict[int, list[dict[str, Any]]]:
    """{item: figures} of a report, as the ledgers have them now: duties, due, done, overdue, measured values.

    A figure is {"key", "label", "value", "unit"}; measured ones add "need" and "light". Three queries.
    """
    today = clock.today()
    reason = "the figures of a report that the caller has found visible"
    given = (
        Duty.objects.unscoped(reason)
        .filter(LIVE, programme_id=report.programme_id, unit_id=report.unit_id)
        .values_list("item_id")
        .annotate(Count("pk"))
        .order_by()
    )
    inside = (
        Occurrence.objects.unscoped(reason)
        .filter(programme_id=report.programme_id, unit_id=report.unit_id)
        .filter(due_on__gte=report.starts_on, due_on__lt=report.ends_on)
        .exclude(state=Occurrence.State.CANCELLED)
    )
    late = Count("pk", filter=Q(due_on__lt=today) & ~Q(state="met"))
    counts = inside.values("item_id").annotate(
        due=Count("pk"), met=Count("pk", filter=Q(state="met")), overdue=late
    )
    counted = {row["item_id"]: (row["due"], row["met"], row["overdue"]) for row in counts.order_by()}
    measured = _measured(inside)
    found = {}
    for item, duties in given:
        due, met, overdue = counted.get(item, (0, 0, 0))
        numbers = (
            ("duties", "职责", duties),
            ("due", "应办", due),
            ("met", "已办", met),
            ("overdue", "逾期", overdue),
        )
        plain = [{"key": key, "label": label, "value": value, "unit": "项"} for key, label, value in numbers]
        found[item] = [*plain, *measured.get(item, [])]
    return found


def _measured(rows: QuerySet[Any]) -> dict[int, list[dict[str, Any]]]:
    """The last measured value of each duty, the newest first; a duty never measured says nothing."""
    seen: set[int] = set()
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    wanted = rows.exclude(value=None).exclude(proof="").select_related("duty__obligation")
    for one in wanted.filter(starts_on__lte=clock.today()).order_by("duty_id", "-due_on"):
        if one.duty_id in seen:
            continue
        seen.add(one.duty_id)
        asked = one.duty.obligation
        found[one.item_id].append(
            {
                "key": f"duty-{one.duty_id}", "label": asked.quote[:40], "value": short(one.value),
                "need": short(one.need), "unit": asked.unit, "light": one.light,
                "proof": one.get_proof_display(),
            }
        )  # fmt: skip
    return {item: lines[:MEASURED_SHOWN] for item, lines in found.items()}


def short(value: Decimal | None) -> str | None:
    """A number without idle zeros, as text."""
    return None if value is None else f"{value.normalize():f}"


# How a round stands ---------------------------------------------------------------------------------


def exceptions_of(reports: Iterable[int]) -> dict[int, tuple[date, ...]]:
    """{report: ends of its exceptions}."""
    rows = LockException.objects.unscoped("exceptions of reports the caller has found visible")
    found: dict[int, list[date]] = defaultdict(list)
    for report, until in rows.filter(report_id__in=list(reports)).values_list("report_id", "until"):
        found[report].append(until)
    return {report: tuple(days) for report, days in found.items()}


def as_return(row: ProgressReport, exceptions: tuple[date, ...] = ()) -> Return:
    """What the rules see of a report."""
    return Return(
        row.unit_id, row.state, row.filled, row.reported_on, row.timely_on, row.locks_on, exceptions
    )


def standing_of(row: ProgressReport) -> Standing:
    """How one report stands today."""
    exceptions = exceptions_of([row.pk]).get(row.pk, ())
    return completeness.standing(as_return(row, exceptions), clock.today(), row.due_on)


def lines_of(actor: Actor, round_: ReportRound) -> list[Line]:
    """The reports of a round that the actor sees, in the order of the org chart: three queries."""
    rows = list(
        ProgressReport.objects.visible_to(actor)
        .filter(round=round_)
        .select_related("unit")
        .order_by("region_path", "unit__family__position", "unit_id")
    )
    allowed = exceptions_of(one.pk for one in rows)
    names = places.labels({one.region_path for one in rows})
    today = clock.today()
    return [
        Line(
            one,
            completeness.standing(as_return(one, allowed.get(one.pk, ())), today, one.due_on),
            one.unit.short_name or one.unit.name,
            names.get(one.region_path, ""),
            one.region_path == round_.region_path,
            one.region_path,
            allowed.get(one.pk, ()),
        )
        for one in rows
    ]


def still_expected(lines: Iterable[Line]) -> frozenset[int]:
    """The units that exist on the due day: one closed since the round was opened is no longer expected."""
    rows = [one.row for one in lines]
    return frozenset(
        row.unit_id for row in rows if Tenure(row.unit.valid_from, row.unit.valid_to).on(row.due_on)
    )


def figures_of(lines: Iterable[Line], owing: Collection[int]) -> Figures:
    """The five measures over these lines."""
    lines = list(lines)
    inside = {one.row.unit_id for one in lines} & set(owing)
    return completeness.figures(inside, (as_return(one.row, one.exceptions) for one in lines))


def levels_of(lines: Sequence[Line], owing: Collection[int], round_: ReportRound) -> list[Level]:
    """The round by place: the issuer's own units, then each place one step below with all that lies in it."""
    depth = round_.region_path.count("/") + 1
    groups: dict[str, list[Line]] = defaultdict(list)
    for one in lines:
        groups["/".join(one.region.split("/")[:depth]).rstrip("/") + "/"].append(one)
    names = places.labels(set(groups))
    own = round_.region_path
    ordered = sorted(groups, key=lambda path: (path != own, path))
    return [
        Level(
            "本级单位" if path == own else names.get(path, path),
            path,
            path == own,
            figures_of(groups[path], owing),
        )
        for path in ordered
    ]


def lower_rounds(actor: Actor, round_: ReportRound) -> list[tuple[ReportRound, Figures]]:
    """The same window's rounds of the programmes below, rolled up from the counties."""
    rows = (
        ReportRound.objects.visible_to(actor)
        .filter(programme__upper=round_.programme, starts_on=round_.starts_on, ends_on=round_.ends_on)
        .select_related("programme__issuer")
        .order_by("region_path")
    )
    found = []
    for one in rows:
        lines = lines_of(actor, one)
        found.append((one, figures_of(lines, still_expected(lines))))
    return found


def waiting_below(report: ProgressReport) -> int:
    """Reports sent within the unit's own territory, on the programme below, that nobody has decided on.

    A level's report is accepted when those below it are.
    """
    if report.region_path == report.programme.region_path:
        return 0
    rows = ProgressReport.objects.unscoped("approval goes up the tree").filter(
        programme__upper_id=report.programme_id, region_path__startswith=report.region_path,
        starts_on=report.starts_on, ends_on=report.ends_on, state="submitted", filled__gt=0,
    )  # fmt: skip
    return rows.count()


def rounds_for(actor: Actor) -> list[ReportRound]:
    """The rounds that the actor sees, the newest first."""
    rows = ReportRound.objects.visible_to(actor).select_related("programme__issuer")
    return list(rows.order_by("-due_on", "-id")[:40])


def report_facts(row: ProgressReport) -> dict[str, Any]:
    """What the guards of the way look at."""
    own = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}
    exceptions = exceptions_of([row.pk]).get(row.pk, ())
    unsaid = []
    if row.state in ("open", "returned"):
        entries = ReportEntry.objects.filter(report=row).order_by("item__position")
        for no, narrative in entries.values_list("item__no", "narrative"):
            if not completeness.says_something(narrative):
                unsaid.append(no)
    return {
        **own,
        "acting_units": acting_units(row.unit),
        "issuer_path": row.programme.region_path,
        "open_today": report_lock.entry_open(clock.today(), row.locks_on, exceptions),
        "last_day": report_lock.last_entry_day(row.locks_on, exceptions),
        "unsaid": tuple(unsaid),
        "waiting_below": waiting_below(row) if row.state == "submitted" else 0,
    }


def upper_region(path: str) -> str:
    """The path one step above; empty at the top."""
    above = ancestors(path)[1:]
    return above[0] if above else ""
