"""One item as it runs: obligations with figures, the parties, proofs, what happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, Sum

from anlan.kernel.models import AuditEntry
from anlan.kernel.scope import Actor
from anlan.programmes.models import (
    Duty,
    Evidence,
    Item,
    ItemRole,
    Judgement,
    Obligation,
    Occurrence,
    ProgressReport,
    ReportEntry,
)
from anlan.programmes.reads_boards import LIVE
from anlan.programmes.reads_units import names_of, units_of
from anlan.programmes.rules.judging import Case, expected, worst

PROOFS = 10
FIGURED = ("quota", "build", "coverage", "limit", "target")
TENTH = Decimal("0.1")
SHARED = Q(duty__share__isnull=False)


@dataclass
class Line:
    """One obligation: duties by light; of what runs now (due on `due_on`; None: of all that was due by the
    day) how many there are, how many are met, how much;
    among how many units its number is shared."""

    obligation: Obligation
    lights: Mapping[str, int]
    running: int = 0
    met: int = 0
    due_on: date | None = None
    value: Decimal | None = None
    need: Decimal | None = None
    expected: Decimal | None = None
    reason: str = ""
    shared: int = 0

    @property
    def light(self) -> str:
        """The worst of its duties."""
        return worst(key for key, count in self.lights.items() if count)


@dataclass
class ItemView:
    """What the page of an item shows."""

    item: Item
    lines: list[Line]
    roles: list[tuple[str, str, list[str]]]
    evidence: list[Evidence]
    evidence_count: int
    lights: dict[str, int] = field(default_factory=dict)


def item_view(actor: Actor, item: Item, day: date) -> ItemView:
    """The item on a day, as far as the actor sees its duties: seven statements."""
    duties = Duty.objects.visible_to(actor).filter(item=item, state__in=LIVE)
    tallies: dict[int, dict[str, int]] = {}
    reasons: dict[int, tuple[str, str]] = {}
    for pk, light, reason in duties.order_by("id").values_list("obligation_id", "light", "light_reason"):
        tally = tallies.setdefault(pk, dict.fromkeys("gyro", 0))
        tally[light] += 1
        if (
            worst((reasons.get(pk, ("", ""))[0] or "o", light)) == light
            and reasons.get(pk, ("", ""))[0] != light
        ):
            reasons[pk] = (light, reason)
    rows = Obligation.objects.visible_to(actor).filter(item=item, ended=None).order_by("position")
    now = _running(actor, item, day)
    lines = [_line(one, tallies.get(one.pk, {}), now.get(one.pk), reasons, day) for one in rows]
    proofs = Evidence.objects.visible_to(actor).filter(occurrences__item_id=item.pk).distinct()
    return ItemView(
        item=item,
        lines=lines,
        roles=_roles(item),
        evidence=list(proofs.select_related("unit").order_by("-effective_on", "-id")[:PROOFS]),
        evidence_count=proofs.count(),
        lights={key: sum(line.lights.get(key, 0) for line in lines) for key in "gyro"},
    )


def events(actor: Actor, item: Item, limit: int = 12) -> list[tuple[Any, str, str, str]]:
    """(moment or day, words, who, kind) of what happened last: acts on duties and occurrences, red lights."""
    duties = Duty.objects.visible_to(actor).filter(item=item)
    due = Occurrence.objects.visible_to(actor).filter(item_id=item.pk)
    entries = AuditEntry.objects.unscoped("acts on rows that the actor sees").filter(
        Q(ledger="duties", subject_id__in=duties.values("pk"))
        | Q(ledger="occurrences", subject_id__in=due.values("pk"))
    )
    entries = entries.exclude(act__in=("dispatch", "allot")).order_by("-id")
    return [(one.at, one.act, one.subject, one.actor) for one in entries[:limit]]


def events_behind(occurrences: Iterable[int]) -> dict[int, str]:
    """{occurrence: the event that opened it}, as it was put on record."""
    entries = AuditEntry.objects.unscoped("the events behind occurrences that the actor sees").filter(
        ledger="occurrences", act="trigger", subject_id__in=list(occurrences)
    )
    return {one.subject_id: one.note for one in entries if one.subject_id is not None}


def red_days(actor: Actor, item: Item, limit: int = 6) -> list[Judgement]:
    """The newest turns to red under an item."""
    due = Occurrence.objects.visible_to(actor).filter(item_id=item.pk)
    rows = Judgement.objects.filter(occurrence__in=due, light="r").select_related("occurrence__duty__unit")
    return list(rows.order_by("-day", "-id")[:limit])


@dataclass(frozen=True)
class Said:
    """What one unit reported on an item."""

    report: ProgressReport
    words: str


def reports_on(actor: Actor, item: Item, most: int = 8) -> list[Said]:
    """The newest reports with words about an item: those handed in, and one's own."""
    seen = ProgressReport.objects.visible_to(actor)
    handed = seen.filter(state__in=("submitted", "accepted")) | seen.filter(unit_id__in=units_of(actor))
    rows = (
        ReportEntry.objects.filter(item=item, report__in=handed)
        .exclude(narrative="")
        .select_related("report__unit")
        .order_by("-report__due_on", "-report__reported_on", "-id")
    )
    return [Said(one.report, one.narrative) for one in rows[:most]]


def _running(actor: Actor, item: Item, day: date) -> dict[int, Mapping[str, Any]]:
    """Of each obligation how many times it was due up to the day and was met; where a figure is asked, or
    nothing was due yet, what runs on the day: counts and sums over its units."""
    rows = Occurrence.objects.visible_to(actor).filter(item_id=item.pk, starts_on__lte=day)
    rows = rows.exclude(state="cancelled").exclude(duty__role__in=("supporting", "overseeing"))
    paced = Q(duty__obligation__kind__in=FIGURED, need__isnull=False)
    figured = rows.filter(paced).order_by().values_list("duty__obligation_id", flat=True).distinct()
    with_figure = list(figured)
    plain = rows.exclude(duty__obligation_id__in=with_figure)
    found = {
        one["duty__obligation_id"]: one
        for one in plain.filter(due_on__lte=day)
        .order_by()
        .values("duty__obligation_id")
        .annotate(n=Count("pk"), done=Count("pk", filter=Q(state="met")))
    }
    others = (rows.filter(paced) | plain.exclude(duty__obligation_id__in=list(found))).order_by()
    groups = others.values("duty__obligation_id", "starts_on", "ends_on", "due_on").annotate(
        n=Count("pk"),
        done=Count("pk", filter=Q(state="met")),
        shared=Count("pk", filter=SHARED),
        shared_value=Sum("value", filter=SHARED),
        best=Max("value", filter=Q(need__isnull=False)),
        # Last: from here on these names mean the sums.
        value=Sum("value", filter=Q(need__isnull=False)),
        need=Sum("need", filter=Q(need__isnull=False)),
    )
    running: dict[int, Mapping[str, Any]] = {}
    for one in sorted(groups, key=lambda group: group["due_on"]):
        before = running.get(one["duty__obligation_id"])
        if before is None or before["due_on"] < day:
            running[one["duty__obligation_id"]] = one
    return {**running, **found}


def _line(
    one: Obligation,
    lights: Mapping[str, int],
    now: Mapping[str, Any] | None,
    reasons: Mapping[int, tuple[str, str]],
    day: date,
) -> Line:
    line = Line(one, lights, reason=reasons.get(one.pk, ("", ""))[1])
    if now is None:
        return line
    line.running, line.met, line.due_on = now["n"], now["done"], now.get("due_on")
    if "value" not in now:
        return line
    if one.kind in ("limit", "target", "coverage"):
        many = now["n"] or 1
        line.need = now["need"] / many if now["need"] is not None else None
        line.value = (now["value"] / many).quantize(TENTH) if now["value"] is not None else None
    elif one.kind in ("quota", "build") and now["need"] is not None:
        # The number is the document's once, however many answer for it: parts make it up, else the furthest.
        line.need = one.value if one.value is not None else now["need"]
        line.value = now["shared_value"] if now["shared"] else now["best"]
        line.shared = now["shared"]
    else:
        line.value, line.need = now["value"], now["need"]
    if one.kind in ("quota", "build", "coverage") and line.need:
        case = Case(one.kind, now["starts_on"], now["ends_on"], now["due_on"], now["due_on"], need=line.need)
        line.expected = expected(case, min(day, now["due_on"]))
    return line


def _roles(item: Item) -> list[tuple[str, str, list[str]]]:
    """(role, name as written, names of the units it stood for)."""
    roles = list(ItemRole.objects.filter(item=item))
    names = names_of({pk for one in roles for pk in one.unit_ids})
    return [
        (one.get_role_display(), one.name, [names[pk] for pk in one.unit_ids if pk in names]) for one in roles
    ]
