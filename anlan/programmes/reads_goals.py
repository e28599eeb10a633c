"""The goals of a programme with their figures, as far as a measure of that name exists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from anlan.kernel import registry
from anlan.kernel.due import add_months
from anlan.kernel.measure import Area, Measure, Window, compute
from anlan.org.models import Region
from anlan.programmes.models import Programme, Target
from anlan.programmes.rules.goals import Goal, Known, Standing, stand
from anlan.programmes.rules.measures_proposed import for_goal

ONE_DAY = timedelta(days=1)
WHOLE = ("", "全国", "全省", "全市", "全县", "全区")


@dataclass(frozen=True)
class Line:
    """One goal. Without a measure, or where its subject cannot be told apart, there is no figure."""

    target: Target
    measure: Measure | None
    proposed: tuple[str, ...]
    area: Area | None
    known: Known
    standing: Standing | None


@dataclass(frozen=True)
class Month:
    """The figure of the year until the end of a month; None: it lies ahead, or nothing was reported."""

    month: int
    now: Decimal | None
    last: Decimal | None


def goals_of(programme: Programme, today: date) -> list[Line]:
    """The goals in the order of the text; the caller has found the programme visible."""
    measures = {one.key: one for one in registry.declared("MEASURES")}
    named = [(one.key, one.label, one.unit) for one in measures.values()]
    found = []
    for target in Target.objects.filter(programme=programme).order_by("start", "id"):
        goal = goal_of(target)
        measure = measures.get(target.measure)
        area = area_of(programme, target.subject)
        known, standing = Known(None), None
        if measure is not None and area is not None:
            known = _known(measure, area, programme.year, today)
            standing = stand(goal, known, _gone(programme.year, today))
        proposed = tuple(for_goal(target.indicator, goal.drop, target.unit, named))
        found.append(Line(target, measure, proposed, area, known, standing))
    return found


def goal_of(target: Target) -> Goal:
    """What the text says, as the rules take it."""
    return Goal(target.indicator, target.comparator, target.value, target.unit)


def area_of(programme: Programme, subject: str) -> Area | None:
    """The places a goal speaks of: the issuer's region, or the regions it names; None: cannot be told."""
    if subject in WHOLE:
        return Area(paths=(programme.region_path,))
    rows = Region.objects.unscoped("regions that a document names").filter(
        path__startswith=programme.region_path, valid_to=None
    )
    level = programme.region_path.count("/") + 1
    names = [(one.path, one.short_name) for one in rows if one.path.count("/") == level]
    paths = tuple(path for path, name in names if name and name in subject)
    return Area(paths=paths) if paths else None


def months_of(line: Line, year: int, today: date) -> list[Month]:
    """The year as it grew, beside last year: one question a month and year."""
    found = []
    for n in range(1, 13):
        end = add_months(date(year, n, 1), 1)
        begun = date(year, n, 1) <= today
        now = _figure(line, Window(date(year, 1, 1), min(end, today + ONE_DAY))) if begun else None
        last = _figure(line, Window(date(year - 1, 1, 1), add_months(date(year - 1, n, 1), 1)))
        found.append(Month(n, now, last))
    return found


def _figure(line: Line, window: Window) -> Decimal | None:
    assert line.measure is not None
    return compute(line.measure, window, area=line.area)[()].number


def _known(measure: Measure, area: Area, year: int, today: date) -> Known:
    end = min(today + ONE_DAY, date(year + 1, 1, 1))
    same = add_months(end, -12)
    windows = (
        Window(date(year, 1, 1), end),
        Window(date(year - 1, 1, 1), same),
        Window.of("year", year - 1),
    )
    if end <= date(year, 1, 1):
        return Known(None)
    now, same_last, whole_last = (compute(measure, one, area=area)[()].number for one in windows)
    return Known(now, same_last, whole_last)


def _gone(year: int, today: date) -> Decimal:
    start, end = date(year, 1, 1), date(year + 1, 1, 1)
    days = min(max((today - start).days + 1, 0), (end - start).days)
    return Decimal(days) / (end - start).days
