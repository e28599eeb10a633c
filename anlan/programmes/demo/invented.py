"""What the units did in the demonstration. Invented, by rule: the same on every installation, marked 演示.

Chance is `anlan`'s own: the SM3-free `md5` of words that stay the same everywhere (unit, item, day), so that
one unit is reliable and another is not, and the picture does not change between installations.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

from django.db import connection

from anlan.kernel import clock
from anlan.kernel.scope import Actor
from anlan.org.models import Unit
from anlan.papers import actions as papers
from anlan.programmes.actions import chase_cascade, chase_letters, demo_report
from anlan.programmes.actions import report as reporting
from anlan.programmes.actions.run_judging import refresh_programme
from anlan.programmes.models import Activity, Duty, Occurrence, Programme
from anlan.programmes.rules import report_lock

WHO, OFFICE = "经办人（演示）", "安委办（演示）"
REASON = "the demonstration's own rows"
# A number 0–99 that is the same everywhere for the same words.
CHANCE = "(('x' || substr(md5({}), 1, 6))::bit(24)::int %% 100)"
# Every seventh unit or so is a slow one.
SLOW = CHANCE.format("u.name") + " < 14"

SIGN = f"""
UPDATE programmes_duty d
   SET state = 'signed', signed_at = d.issued_at + interval '2 days', signed_by = %(who)s
  FROM org_unit u WHERE u.id = d.unit_id AND d.programme_id = %(programme)s AND d.state = 'issued'
   AND {CHANCE.format("u.name || 'sign'")} < 95
"""
DONE = f"""
UPDATE programmes_occurrence o
   SET state = 'met', claimed = coalesce(o.need, 1), value = coalesce(o.need, 1), proof = 'declared',
       met_on = greatest(o.due_on - {CHANCE.format("u.name || o.due_on")} %% 12, o.starts_on),
       declared_by = %(who)s, declared_at = (o.due_on - 3)::timestamptz, decided_by = %(office)s,
       statement = '已按要求完成（演示）。'
  FROM programmes_duty d, programmes_obligation b, org_unit u
 WHERE d.id = o.duty_id AND b.id = d.obligation_id AND u.id = o.unit_id AND o.programme_id = %(programme)s
   AND o.state IN ('open', 'missed') AND b.measure = '' AND o.due_on < %(day)s
   AND {CHANCE.format("u.name || b.ref || o.due_on")}
       < CASE WHEN %(over)s THEN 100 WHEN {SLOW} THEN 78 ELSE 97 END
"""
WAITING = f"""
UPDATE programmes_occurrence o
   SET state = 'declared', claimed = coalesce(o.need, 1), proof = 'declared', declared_by = %(who)s,
       declared_at = %(day)s::timestamptz - interval '4 days', statement = '已完成，请审核（演示）。'
  FROM programmes_duty d, programmes_obligation b, org_unit u
 WHERE d.id = o.duty_id AND b.id = d.obligation_id AND u.id = o.unit_id AND o.programme_id = %(programme)s
   AND o.state = 'open' AND b.measure = '' AND o.due_on < %(day)s::date + 45
   AND {CHANCE.format("u.name || b.ref || 'w'")} < 4
"""


def course(programme: Programme, day: date) -> None:
    """Signatures, declarations, accepted ones and waiting ones up to `day`; then judged for the day."""
    over = programme.year < day.year
    given: dict[str, Any] = {
        "programme": programme.pk,
        "day": day,
        "who": WHO,
        "office": OFFICE,
        "over": over,
    }
    activities(programme, day)
    with connection.cursor() as cursor:
        for statement in (SIGN, DONE, WAITING):
            cursor.execute(statement, given)
    refresh_programme(programme.pk, day)


def activities(programme: Programme, day: date) -> None:
    """Warning days on the 16th, study sessions and trainings of the units that owe them; some are missing."""
    owed = Duty.objects.unscoped(REASON).filter(
        programme=programme, obligation__measure__startswith="activities-"
    )
    rows = []
    for measure, unit_id in owed.values_list("obligation__measure", "unit_id").distinct():
        unit = Unit.objects.unscoped(REASON).get(pk=unit_id)
        rows += [
            row
            for n, row in enumerate(_held(unit, measure, programme.year))
            if _kept(unit, measure, n, row, day)
        ]
    Activity.objects.bulk_create(rows, batch_size=1000)


def _held(unit: Unit, measure: str, year: int) -> list[Activity]:
    kind = measure.removeprefix("activities-").replace("-", "_")
    if kind not in Activity.Kind.values:
        return []
    label = Activity.Kind(kind).label
    months = range(1, 13) if kind == Activity.Kind.WARNING_DAY else (3, 5, 9, 11)
    return [
        Activity(
            unit=unit, region_path=unit.region_path, kind=kind, title=f"{month}月{label}（演示）",
            held_on=date(year, month, 16), place="会议室", expected=30 + month, attended=27 + month,
            demo=True,
        )
        for month in months
    ]  # fmt: skip


def _kept(unit: Unit, measure: str, n: int, row: Activity, day: date) -> bool:
    """Whether the unit held it: most do, and nobody has held what lies ahead."""
    return row.held_on < day and (sum(map(ord, unit.name)) + 7 * n + len(measure)) % 17 != 0


def reports(actor: Actor, programme: Programme) -> None:
    """The half-year's round: most units reported, some late, some sent an empty form, some nothing."""
    spans = report_lock.spans(programme.year, [date.fromisoformat(day) for day in _due_days(programme)])
    demo_report.returns(reporting.open_round(actor, programme, spans[0]).round, clock.today())


def _due_days(programme: Programme) -> list[str]:
    found = [str(one["due"]) for one in programme.report_days if one.get("due")]
    return found or [f"{programme.year}-06-30", f"{programme.year}-12-31"]


def letters(actor: Actor, programme: Programme, most: int = 4) -> None:
    """Reminder letters to the units with most overdue matters: all but one sent, that one still a draft."""
    overdue = Occurrence.objects.unscoped(REASON).filter(programme_id=programme.pk, light="r")
    counts = Counter(overdue.values_list("unit_id", flat=True))
    worst = sorted(counts, key=lambda unit: (-counts[unit], unit))[:most]
    day = clock.today() + timedelta(days=7)
    drafts = chase_letters.draft_letters(actor, programme, units=worst, answer_by=day)
    for place, paper in enumerate(drafts):
        papers.revise(actor, paper, {"code": "饶安办提", "demo": True})
        if place < len(drafts) - 1:
            papers.issue(actor, paper)


def cascade(actor: Actor, upper: Programme, lower: Programme) -> None:
    """The city's document stands under the province's, sentence by sentence."""
    chase_cascade.propose(actor, lower, upper)
