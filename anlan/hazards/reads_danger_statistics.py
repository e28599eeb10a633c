"""Statistics of dangers: by month, region, industry, level, source; firms that find nothing by themselves.

One statement over what was found in the window, one over what was closed in it, both from the sums kept by
month (`TALLY`); who sees dangers by unit, firm or person has them counted. Either way rows are cells of
month, place, industry, level and source before they are grouped in five ways.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Q, QuerySet
from django.db.models.lookups import LessThan

from anlan.enterprises.models import Enterprise
from anlan.hazards.models import DangerMonth, HiddenDanger
from anlan.hazards.models.dangers import TOOK
from anlan.kernel.due import add_months
from anlan.kernel.scope import Actor, under
from anlan.kernel.tallies import Part, Tally

MOST_MONTHS = 36
DIMENSIONS = ("month", "region", "industry", "level", "source")
Cell = tuple[int, int, int]
Statement = tuple[str, Sequence[Any]]
TALLY = Tally(
    ledger="dangers",
    model=DangerMonth,
    same=("region_path", "industry", "level", "source"),
    parts=(
        Part("found_on", {"found": "1", "closed": "(state = 'closed')::int"}, "state <> 'void'"),
        Part("closed_on", {"ended": "1", "days": "closed_on - found_on"}, "state <> 'void'"),
    ),
)


@dataclass(frozen=True)
class Chosen:
    """The filter line: months [start, end), one region below which, one industry, one level, one source."""

    start: date
    end: date
    region: str = ""
    industry: str = ""
    level: str = ""
    source: str = ""


@dataclass
class Statistics:
    """found: {dimension: {key: (found, closed of these, major of these)}}; closed_in: {month: closed}."""

    found: dict[str, dict[Any, Cell]] = field(default_factory=dict)
    closed_in: dict[date, tuple[int, float | None]] = field(default_factory=dict)

    @property
    def whole(self) -> Cell:
        """Found, closed of these, major of these, altogether."""
        cells = self.found.get("level", {}).values()
        sums = [sum(one[n] for one in cells) for n in range(3)]
        return sums[0], sums[1], sums[2]


def statistics(actor: Actor, chosen: Chosen, depth: int) -> Statistics:
    """What the actor sees, grouped. depth: how many labels of the region path make one line."""
    made = Statistics({name: {} for name in DIMENSIONS})
    cells, ended = (_kept if TALLY.tells(actor) else _counted)(actor, chosen)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT month, region_path, industry, level, source, sum(found)::bigint, sum(closed)::bigint, "
            "(sum(found) FILTER (WHERE level_of = 'major'))::bigint "
            f"FROM (SELECT *, level AS level_of FROM ({cells[0]}) AS cells) AS seen "
            "GROUP BY GROUPING SETS ((month), (region_path), (industry), (level), (source)) "
            "HAVING sum(found) <> 0",
            cells[1],
        )
        for month, path, *others, found, closed, major in cursor.fetchall():
            keys = (month, None if path is None else cut(path, depth), *others)
            for name, key in zip(DIMENSIONS, keys, strict=True):
                if key is not None:
                    before = made.found[name].get(key, (0, 0, 0))
                    made.found[name][key] = (before[0] + found, before[1] + closed, before[2] + (major or 0))
        cursor.execute(
            "SELECT month, sum(ended)::bigint, sum(days)::float / sum(ended) "
            f"FROM ({ended[0]}) AS cells GROUP BY 1 HAVING sum(ended) <> 0",
            ended[1],
        )
        made.closed_in = {month: (n, days) for month, n, days in cursor.fetchall()}
    return made


def cut(path: str, depth: int) -> str:
    """The first `depth` labels of a region path."""
    return "".join(f"{label}/" for label in path.split("/")[:depth] if label)


def _kept(actor: Actor, chosen: Chosen) -> tuple[Statement, Statement]:
    """Cells of what was found, and of what was closed, from the kept sums."""
    rows = _narrowed(DangerMonth.objects.visible_to(actor), chosen)
    rows = rows.filter(month__gte=chosen.start, month__lt=chosen.end)
    return (
        _inner(rows, ("month", "region_path", "industry", "level", "source", "found", "closed")),
        _inner(rows, ("month", "ended", "days")),
    )


def _counted(actor: Actor, chosen: Chosen) -> tuple[Statement, Statement]:
    """The same from the dangers themselves: for those who see a few of them, by unit, firm or person."""
    rows = _narrowed(HiddenDanger.objects.visible_to(actor).exclude(state="void"), chosen)
    found, given = _inner(
        rows.filter(found_on__gte=chosen.start, found_on__lt=chosen.end),
        ("found_on", "region_path", "industry", "level", "source", "state"),
    )
    ended, bounds = _inner(
        rows.filter(closed_on__gte=chosen.start, closed_on__lt=chosen.end), ("closed_on", "found_on")
    )
    return (
        (
            "SELECT date_trunc('month', found_on::timestamp)::date AS month, region_path, industry, level, "
            "source, count(*) AS found, count(*) FILTER (WHERE state = 'closed') AS closed "
            f"FROM ({found}) AS seen GROUP BY 1, 2, 3, 4, 5",
            given,
        ),
        (
            "SELECT date_trunc('month', closed_on::timestamp)::date AS month, count(*) AS ended, "
            f"sum(closed_on - found_on) AS days FROM ({ended}) AS seen GROUP BY 1",
            bounds,
        ),
    )


def months(chosen: Chosen) -> list[date]:
    """The first days of the months of the window."""
    found, at = [], chosen.start
    while at < chosen.end:
        found.append(at)
        at = add_months(at, 1)
    return found


def _narrowed(rows: Any, chosen: Chosen) -> Any:
    if chosen.region:
        rows = rows.filter(under("region_path", (chosen.region,)))
    for name in ("industry", "level", "source"):
        if value := getattr(chosen, name):
            rows = rows.filter(**{name: value})
    return rows


def _inner(rows: QuerySet[Any], columns: Sequence[str]) -> Statement:
    sql, parameters = rows.order_by().values_list(*columns).query.sql_with_params()
    names = ", ".join(columns)
    return f"SELECT {names} FROM ({sql}) AS q({names})", parameters


# Firms that say nothing ----------------------------------------------------------------------------


def silent_firms(actor: Actor, today: date, days: int, region: str = "", industry: str = "") -> Any:
    """Firms at work without a self-found danger for more than `days`, in the order of their numbers.

    A firm that was opened within these days is left out.
    """
    line = today - timedelta(days=days)
    rows = Enterprise.objects.visible_to(actor).filter(status__in=("operating", "trial"))
    if region:
        rows = rows.filter(under("region_path", (region,)))
    if industry:
        rows = rows.filter(industry=industry)
    told = HiddenDanger.objects.unscoped("whether a visible firm spoke at all").filter(
        source="self", found_on__gte=line, enterprise_id__isnull=False
    )
    silent = rows.exclude(pk__in=told.values("enterprise_id")).filter(
        Q(opened_on__isnull=True) | Q(opened_on__lt=line)
    )
    return silent.order_by("id")


def last_found(firms: Sequence[int]) -> dict[int, date]:
    """{firm: day of its last self-found danger} of firms that were found visible."""
    rows = HiddenDanger.objects.unscoped("the last word of firms that were found visible")
    rows = rows.filter(source="self", enterprise_id__in=firms).order_by()
    return dict(rows.values_list("enterprise_id").annotate(last=Max("found_on")))


def firms_closing_at_once(actor: Actor, minutes: int, since: date) -> list[dict[str, Any]]:
    """The 20 firms with most dangers closed within `minutes` after they were entered: quick, of n closed."""
    closed = HiddenDanger.objects.visible_to(actor).filter(closed_on__gte=since)
    quick = closed.filter(LessThan(TOOK, timedelta(minutes=minutes)))
    return _worst(quick, closed, "quick")


def firms_copying_photos(actor: Actor, since: date) -> list[dict[str, Any]]:
    """The 20 firms with most dangers that show a photo used before: copied, of n found with photos."""
    pictured = HiddenDanger.objects.visible_to(actor).filter(found_on__gte=since, photos__gt=0)
    return _worst(pictured.filter(copied__isnull=False), pictured, "copied")


def _worst(marked: Any, among: Any, name: str) -> list[dict[str, Any]]:
    """The firms with most marked rows, as `name`, and how many there are of `among`, as n."""
    found = marked.filter(enterprise_id__isnull=False).order_by().values("enterprise_id", "enterprise__name")
    first = list(found.annotate(**{name: Count("pk")}).order_by(f"-{name}", "enterprise_id")[:20])
    theirs = among.filter(enterprise_id__in=[one["enterprise_id"] for one in first]).order_by()
    whole = dict(theirs.values_list("enterprise_id").annotate(n=Count("pk")))
    return [{**one, "n": whole[one["enterprise_id"]]} for one in first]
