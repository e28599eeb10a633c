"""Questions about risks and installations that cross tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Count, Q, QuerySet

from anlan.hazards.models import (
    Guarantor,
    GuarantorDuty,
    InstallationAssessment,
    MajorHazardInstallation,
    RiskPoint,
    SitePlan,
)
from anlan.hazards.models.installation import MAJOR, OWED, Grade
from anlan.hazards.rules import guarantors
from anlan.hazards.rules.risk import Colour
from anlan.kernel import clock
from anlan.kernel.scope import Actor

OWED_ROLES = (Guarantor.Role.PRINCIPAL, Guarantor.Role.TECHNICAL, Guarantor.Role.OPERATION)
GRID_STATES = {
    "done": ("g", "按期履职"),
    "late": ("y", "补登或迟"),
    "missed": ("r", "未履职"),
    "open": ("o", "待履职"),
    "later": ("", "未到"),
    "none": ("", "未包保"),
}


@dataclass(frozen=True, slots=True)
class Summary:
    """What a firm's page shows of its risks. Counts are of what the actor sees.

    colours: {red, orange, yellow, blue, "" (not graded): points in force}. levels: {"1".."4": installations}.
    highest: the worst colour of a point in force, or "". duties_done of duties_due: periods of this year that
    are over or done.
    """

    colours: dict[str, int]
    highest: str
    not_reviewed: int
    lowering: int
    plans: int
    levels: dict[str, int]
    unreckoned: int
    unfiled: int
    duties_due: int
    duties_done: int
    duties_missed: int

    @property
    def points(self) -> int:
        """All points in force."""
        return sum(self.colours.values())

    @property
    def installations(self) -> int:
        """All major hazard installations of a known level."""
        return sum(self.levels.values())


def summary_of(enterprise: Any, actor: Actor) -> Summary:
    """The firm's risks in figures, in four queries."""
    today = clock.today()
    live = RiskPoint.objects.visible_to(actor).filter(enterprise=enterprise).exclude(state="retired")
    colours = {key: 0 for key in (*(one.value for one in Colour), "")}
    late = lowering = 0
    groups = live.values("residual_colour").annotate(
        n=Count("pk"),
        late=Count("pk", filter=Q(review_due_on__lt=today)),
        lowering=Count("pk", filter=Q(state="lowering")),
    )
    for one in groups.order_by():
        colours[one["residual_colour"]] = one["n"]
        late, lowering = late + one["late"], lowering + one["lowering"]
    units = MajorHazardInstallation.objects.visible_to(actor).filter(enterprise=enterprise)
    levels: Counter[str] = Counter()
    unfiled = 0
    for level, state in units.exclude(state="removed").values_list("level", "state"):
        levels[level] += 1
        unfiled += level in MAJOR and state == "unfiled"
    duties = GuarantorDuty.objects.visible_to(actor).filter(
        enterprise_id=enterprise.pk, due_on__year=today.year
    )
    told = duties.aggregate(
        due=Count("pk", filter=Q(due_on__lt=today) | Q(state="done")),
        done=Count("pk", filter=Q(state="done")),
        missed=Count("pk", filter=Q(done_on=None, due_on__lt=today)),
    )
    return Summary(
        colours=colours,
        highest=next((one.value for one in Colour if colours[one.value]), ""),
        not_reviewed=late,
        lowering=lowering,
        plans=SitePlan.objects.visible_to(actor).filter(enterprise=enterprise).count(),
        levels={str(one.value): levels[one] for one in MAJOR},
        unreckoned=levels[Grade.UNKNOWN] + levels[Grade.PENDING],
        unfiled=unfiled,
        duties_due=told["due"],
        duties_done=told["done"],
        duties_missed=told["missed"],
    )


def reckonings(row: MajorHazardInstallation) -> QuerySet[Any]:
    """The reckonings of an installation that the caller has found visible, newest first."""
    return (
        InstallationAssessment.objects.unscoped("of an installation that the caller sees")
        .filter(installation=row)
        .order_by("-id")
    )


def points_of_job(actor: Actor, enterprise: int, job: str) -> list[RiskPoint]:
    """The points in force of one job of a firm, the highest risk first."""
    rank = {one.value: place for place, one in enumerate(Colour)}
    found = RiskPoint.objects.visible_to(actor).filter(enterprise_id=enterprise, job=job)
    rows = found.exclude(state="retired").select_related("enterprise", "site")
    return sorted(rows, key=lambda one: (rank.get(one.residual_colour, 9), one.pk))


def lacking() -> Q:
    """Installations of a known level, not written off, where one of the three roles has nobody today."""
    return Q(level__in=MAJOR, in_charge__lt=OWED) & ~Q(state="removed")


def roles_lacking(row: MajorHazardInstallation, year_rows: Iterable[Any], today: date) -> list[str]:
    """The roles that nobody holds on a day, in words; none for what is no installation of a known level."""
    if not row.is_major or row.state == MajorHazardInstallation.State.REMOVED:
        return []
    held = {one.role for one in year_rows if one.since <= today and (one.until is None or one.until > today)}
    return [str(Guarantor.Role(role).label) for role in OWED_ROLES if role not in held]


def by_role(rows: Iterable[Any]) -> list[Any]:
    """Guarantors as the document names them: principal, technical, operation; the latest first in each."""
    rank = {role: place for place, role in enumerate(Guarantor.Role.values)}
    return sorted(rows, key=lambda one: (rank[one.role], -one.since.toordinal()))


@dataclass(frozen=True, slots=True)
class GridCell:
    """One period of one guarantor: light, words, the duty's number where there is one."""

    state: str
    light: str
    words: str
    label: str
    head: str
    duty: int | None


@dataclass(frozen=True, slots=True)
class GridRow:
    """One guarantor's year."""

    guarantor: Guarantor
    cadence: str
    cells: tuple[GridCell, ...]
    done: int
    owed: int
    missed: int

    @property
    def heads(self) -> list[tuple[str, int]]:
        """(month or quarter, how many periods stand under it)."""
        return [(head, len(list(group))) for head, group in groupby(self.cells, key=lambda one: one.head)]


def grid(rows: Iterable[Any], year: int, today: date) -> list[GridRow]:
    """The periods of a year for each guarantor: what was done, what is missing.

    Periods before a guarantor came or after they went are 未包保; a period without any row in the past was
    never asked for by the calendar and is shown as such, not as a gap.
    """
    found = list(rows)
    kept: dict[int, dict[date, GuarantorDuty]] = {one.pk: {} for one in found}
    everyone = GuarantorDuty.objects.unscoped("of guarantors that the caller sees")
    for duty in everyone.filter(guarantor__in=found, due_on__year=year):
        kept[duty.guarantor_id][duty.starts_on] = duty
    return [_row(one, kept[one.pk], year, today) for one in found]


def _row(one: Guarantor, duties: dict[date, GuarantorDuty], year: int, today: date) -> GridRow:
    first, last = date(year, 1, 1), date(year, 12, 31)
    cadence = one.cadence or "quarter"
    periods = list(guarantors.owed(cadence, first, None, first, last))
    cells = []
    for number, period in enumerate(periods, 1):
        duty = duties.get(period.start)
        if duty is None:
            state = "later" if period.due_on >= today and _in_charge(one, period) else "none"
        else:
            state = guarantors.state_of(period, duty.done_on, today)
        light, words = GRID_STATES[state]
        word = "周" if cadence == "week" else "期"
        label = f"第 {number} {word}（{period.start:%m-%d} 至 {period.due_on:%m-%d}）"
        head = f"{period.due_on.month} 月" if cadence != "quarter" else f"{number} 季度"
        cells.append(GridCell(state, light, words, label, head, duty.pk if duty else None))
    count = Counter(cell.state for cell in cells)
    done = count["done"] + count["late"]
    return GridRow(
        one,
        guarantors.CADENCE_WORDS[cadence],
        tuple(cells),
        done,
        done + count["missed"],
        count["missed"],
    )


def _in_charge(one: Guarantor, period: guarantors.Period) -> bool:
    return one.since <= period.due_on and (one.until is None or period.due_on < one.until)
