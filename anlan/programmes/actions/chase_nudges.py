"""Nudges before the due day: to the unit's people (handler and head) and to the office that issued.

督办 clockwork: three days before due a yellow light and a word to everybody, not the handler alone. An
occurrence is told of once (`nudged_on`); each person gets one summary a day, however many matters come near.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse

from anlan.kernel import clock, notice, parameters
from anlan.kernel.cells import day as in_words
from anlan.kernel.digest import sm3
from anlan.org.models import Unit
from anlan.programmes.actions.run import people_of
from anlan.programmes.models import Occurrence, Programme
from anlan.programmes.reads_units import acting_units, names_of

NAMED = 3
QUOTE = 24
OPEN = (Occurrence.State.OPEN, Occurrence.State.RETURNED)


@dataclass(frozen=True)
class Nudged:
    """How many occurrences were told of, and to how many people."""

    occurrences: int
    people: int


@dataclass
class _Told:
    """What one person hears: matters by unit, and of which programme as its office."""

    rows: list[Occurrence] = field(default_factory=list)
    offices: dict[int, list[Occurrence]] = field(default_factory=lambda: defaultdict(list))


def nudge(day: date | None = None) -> Nudged:
    """Tell of what falls due within the set days from `day` (default: today). Safe to call again.

    1. lock the fresh ones: open, due in [day, day + n], not told of since they came so near;
    2. gather by person: the people of the units that answer, and of the issuing office;
    3. one notice a person; 4. mark the occurrences. All in one transaction.
    """
    day = day or clock.today()
    ahead = int(parameters.value("chase-days-before"))
    if not ahead:
        return Nudged(0, 0)
    with transaction.atomic():
        rows = _fresh(day, ahead)
        told = _by_person(rows, day)
        programmes = Programme.objects.unscoped("programmes whose matters come near").in_bulk(
            {row.programme_id for row in rows}
        )
        names = names_of(row.unit_id for row in rows)
        count = sum(_tell(person, one, programmes, names, day) for person, one in told.items())
        ids = [row.pk for row in rows]
        Occurrence.objects.unscoped("the occurrences just told of").filter(pk__in=ids).update(nudged_on=day)
    return Nudged(len(rows), count)


def _fresh(day: date, ahead: int) -> list[Occurrence]:
    # Whoever was told when the due day was further off is told again after it has been moved.
    before = Q(nudged_on=None) | Q(nudged_on__lt=F("due_on") - timedelta(days=ahead))
    rows = (
        Occurrence.objects.unscoped("what comes near in every running programme")
        .filter(before, state__in=OPEN, due_on__gte=day, due_on__lte=day + timedelta(days=ahead))
        .filter(duty__programme__state=Programme.State.RUNNING)
        .select_related("duty__obligation", "duty__item", "duty__programme")
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("due_on", "programme_id", "id")
    )
    return list(rows)


def _by_person(rows: list[Occurrence], day: date) -> dict[int, _Told]:
    told: dict[int, _Told] = defaultdict(_Told)
    by_unit: dict[int, list[Occurrence]] = defaultdict(list)
    by_issuer: dict[int, list[Occurrence]] = defaultdict(list)
    for row in rows:
        by_unit[row.unit_id].append(row)
        by_issuer[row.duty.programme.issuer_id].append(row)
    units = (
        Unit.objects.unscoped("units whose matters come near").select_related("family").in_bulk(list(by_unit))
    )
    for pk, mine in by_unit.items():
        for person in people_of(acting_units(units[pk]), day):
            told[person].rows += mine
    for pk, mine in by_issuer.items():
        for person in people_of([pk], day):
            for row in mine:
                told[person].offices[row.programme_id].append(row)
    return told


def _tell(
    person: int, told: _Told, programmes: Mapping[int, Programme], names: Mapping[int, str], day: date
) -> int:
    own = {row.pk for row in told.rows}
    lines = [_own_words(told.rows, day)] if told.rows else []
    for pk, rows in told.offices.items():
        others = [row for row in rows if row.pk not in own]
        if others:
            lines.append(_office_words(programmes[pk], others, names))
    if not lines:
        return 0
    ids = sorted({row.pk for row in told.rows} | {row.pk for one in told.offices.values() for row in one})
    key = f"chase:near:{day}:{sm3(','.join(map(str, ids)).encode())[:16]}"
    link = f"{reverse('ledger-list', args=['occurrences'])}?light=y"
    return notice.notify([person], key, "\n".join(lines), link=link)


def _own_words(rows: list[Occurrence], day: date) -> str:
    ordered = sorted(rows, key=lambda row: (row.due_on, row.pk))
    named = "；".join(
        f"{in_words(row.due_on, short=True)} 第{row.duty.item.no}条 {_short(row.duty.obligation.quote)}"
        for row in ordered[:NAMED]
    )
    rest = f"；等 {len(ordered)} 项" if len(ordered) > NAMED else ""
    left = (ordered[0].due_on - day).days
    when = f"最早的还剩 {left} 天" if left else "最早的今天到期"
    return f"{len(ordered)} 项任务临近到期，{when}：{named}{rest}。请办理后申报。"


def _office_words(programme: Programme, rows: list[Occurrence], names: Mapping[int, str]) -> str:
    units = list(dict.fromkeys(names.get(row.unit_id, "") for row in rows))
    shown = "、".join(units[:NAMED]) + (f"等 {len(units)} 家单位" if len(units) > NAMED else "")
    last = in_words(max(row.due_on for row in rows), short=True)
    return f"《{programme.title}》有 {len(rows)} 项任务在 {last} 前到期，涉及{shown}，已通知各单位。"


def _short(quote: str) -> str:
    return quote if len(quote) <= QUOTE else f"{quote[:QUOTE]}…"
