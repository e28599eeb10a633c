"""What the units did in the demonstration. Invented, by rule: the same on every installation, marked 演示.

Chance is `anlan`'s own: the SM3-free `md5` of words that stay the same everywhere (unit, item, day), so that
one unit is reliable and another is not, and the picture does not change between installations.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from anlan.kernel import clock, moves
from anlan.kernel.due import add_months
from anlan.kernel.scope import Actor
from anlan.org.models import Unit
from anlan.papers import actions as papers
from anlan.programmes import reads_shares
from anlan.programmes.actions import (
    chase_cascade,
    chase_letters,
    demo_report,
    run_evidence,
    run_judging,
    run_occurrences,
    run_shares,
)
from anlan.programmes.actions import report as reporting
from anlan.programmes.actions.run_judging import refresh_programme, replay
from anlan.programmes.models import Activity, Duty, Obligation, Occurrence, Programme
from anlan.programmes.reads_units import units_of
from anlan.programmes.rules import report_lock
from anlan.programmes.rules.shares import equally

WHO, OFFICE = "经办人（演示）", "安委办（演示）"
REASON = "the demonstration's own rows"
# A number 0–99 that is the same everywhere for the same words.
CHANCE = "(('x' || substr(md5({}), 1, 6))::bit(24)::int %% 100)"
# Every seventh unit or so is a slow one.
SLOW = CHANCE.format("u.name") + " < 14"

# What its measure judges; a requirement without a number is declared by its unit all the same.
MEASURED = f"(b.measure <> '' AND {run_judging.JUDGED})"

SIGN = f"""
UPDATE programmes_duty d
   SET state = 'signed', signed_at = d.issued_at + interval '2 days', signed_by = %(who)s
  FROM org_unit u WHERE u.id = d.unit_id AND d.programme_id = %(programme)s AND d.state = 'issued'
   AND {CHANCE.format("u.name || 'sign'")} < 95
"""
# What becomes of each matter, and when: reliable units in time, slow ones late or not at all.
FATES = f"""
CREATE TEMP TABLE demo_fates ON COMMIT DROP AS
SELECT id, fate, CASE
    WHEN fate = 'late' THEN due_on + 2 + dice %% 17
    WHEN fate = 'met' THEN greatest(due_on - dice %% 12, starts_on)
    ELSE %(day)s::date - 4 END AS on_day
FROM (
    SELECT o.id, o.starts_on, o.due_on, {CHANCE.format("u.name || o.due_on")} AS dice, CASE
        WHEN o.due_on < %(day)s AND {CHANCE.format("u.name || b.ref || o.due_on")}
            < CASE WHEN {SLOW} THEN 16 ELSE 4 END AND o.due_on + 20 < %(day)s THEN 'late'
        WHEN o.due_on < %(day)s AND {CHANCE.format("u.name || b.ref || o.due_on")}
            < CASE WHEN %(over)s THEN 100 WHEN {SLOW} THEN 78 ELSE 97 END THEN 'met'
        WHEN o.due_on < %(day)s::date + 45 AND {CHANCE.format("u.name || b.ref || 'w'")} < 4 THEN 'declared'
        END AS fate
    FROM programmes_occurrence o JOIN programmes_duty d ON d.id = o.duty_id
    JOIN programmes_obligation b ON b.id = d.obligation_id JOIN org_unit u ON u.id = o.unit_id
    WHERE o.programme_id = %(programme)s AND o.state = 'open' AND NOT {MEASURED}
) AS thrown WHERE fate IS NOT NULL
"""
DONE = """
UPDATE programmes_occurrence o
   SET state = CASE f.fate WHEN 'declared' THEN 'declared' ELSE 'met' END,
       claimed = coalesce(o.need, 1), value = coalesce(o.need, 1), proof = 'declared',
       met_on = CASE f.fate WHEN 'declared' THEN NULL ELSE f.on_day END, declared_by = %(who)s,
       declared_at = (f.on_day + time '10:30') AT TIME ZONE 'Asia/Shanghai',
       decided_by = CASE f.fate WHEN 'declared' THEN '' ELSE %(office)s END,
       statement = CASE f.fate WHEN 'declared' THEN '已完成，请审核（演示）。'
           ELSE '已按要求完成（演示）。' END
  FROM demo_fates f
 WHERE f.id = o.id AND f.on_day > %(since)s AND f.on_day <= %(until)s
"""
# What is counted over a year grows month by month, at each unit's own pace.
GROWTH = f"""
UPDATE programmes_occurrence o
   SET claimed = n.value, value = n.value, proof = 'declared', declared_by = %(who)s
  FROM (
    SELECT x.id, least(x.need, CASE b.kind WHEN 'coverage' THEN round(part, 1) ELSE floor(part) END) AS value
    FROM programmes_occurrence x JOIN programmes_duty d ON d.id = x.duty_id
    JOIN programmes_obligation b ON b.id = d.obligation_id JOIN org_unit u ON u.id = x.unit_id
    CROSS JOIN LATERAL (SELECT x.need * least(%(until)s::date - x.starts_on + 1, x.ends_on - x.starts_on)
        / (x.ends_on - x.starts_on) * (70 + {CHANCE.format("u.name || b.ref")} / 2) / 100 AS part) AS pace
    WHERE x.programme_id = %(programme)s AND x.state = 'open' AND b.measure = '' AND x.need > 0
      AND b.kind IN ('quota', 'build', 'coverage')
  ) AS n
 WHERE n.id = o.id AND o.value IS DISTINCT FROM n.value
"""
# What was held is the proof of having been held; the office has looked at most of it.
PROOFS = f"""
WITH held AS (
    SELECT DISTINCT ON (a.id) a.*, u.name AS unit_name
    FROM programmes_activity a JOIN org_unit u ON u.id = a.unit_id
    JOIN programmes_occurrence o ON o.unit_id = a.unit_id
        AND a.held_on >= o.starts_on AND a.held_on < o.ends_on
    JOIN programmes_duty d ON d.id = o.duty_id JOIN programmes_obligation b ON b.id = d.obligation_id
    WHERE o.programme_id = %(programme)s AND b.measure = 'activities-' || replace(a.kind, '_', '-')
      AND a.held_on < %(day)s
), proofs AS (
    INSERT INTO programmes_evidence (version, unit_id, region_path, kind, title, effective_on, link, ledger,
        subject_id, state, decision, decided_by, provided_by, provided_at)
    SELECT 0, unit_id, region_path, 'activity', title, held_on, '', 'activities', id, stand,
        CASE stand WHEN 'returned' THEN '缺签到表，请补正（演示）' ELSE '' END,
        CASE stand WHEN 'waiting' THEN '' ELSE %(office)s END, %(who)s,
        (held_on + 2 + time '09:40') AT TIME ZONE 'Asia/Shanghai'
    FROM (SELECT *, CASE WHEN {CHANCE.format("unit_name || held_on")} < 3 THEN 'returned'
        WHEN {CHANCE.format("unit_name || held_on")} < 9 THEN 'waiting' ELSE 'accepted' END AS stand
        FROM held) AS looked_at
    RETURNING id, unit_id, subject_id, effective_on
)
INSERT INTO programmes_evidence_occurrences (evidence_id, occurrence_id)
SELECT p.id, o.id FROM proofs p JOIN programmes_activity a ON a.id = p.subject_id
JOIN programmes_occurrence o ON o.unit_id = p.unit_id
    AND p.effective_on >= o.starts_on AND p.effective_on < o.ends_on
JOIN programmes_duty d ON d.id = o.duty_id JOIN programmes_obligation b ON b.id = d.obligation_id
WHERE o.programme_id = %(programme)s AND b.measure = 'activities-' || replace(a.kind, '_', '-')
"""
# The year that runs is judged week by week; one that is over, and large, in steps of four weeks.
WEEK, FOUR_WEEKS = timedelta(days=7), timedelta(days=28)


def course(programme: Programme, day: date) -> None:
    """Signatures, declarations, accepted ones and waiting ones up to `day`, judged step by step."""
    given: dict[str, Any] = {
        "programme": programme.pk,
        "day": day,
        "who": WHO,
        "office": OFFICE,
        "over": programme.year < day.year,
    }
    activities(programme, day)
    with connection.cursor() as cursor:
        cursor.execute(SIGN, given)
        cursor.execute(FATES, given)
        for since, until in _steps(programme, day):
            cursor.execute(DONE, {**given, "since": since, "until": until})
            if since.month != until.month:
                cursor.execute(GROWTH, {**given, "until": until})
            replay(programme.pk, since, until)
        cursor.execute("DROP TABLE demo_fates")
        cursor.execute(PROOFS, given)
    refresh_programme(programme.pk, day)


def _steps(programme: Programme, day: date) -> Iterator[tuple[date, date]]:
    """(day before, last day) of each step from the document's day to `day`; late returns end in February."""
    step = WEEK if programme.year == day.year else FOUR_WEEKS
    at = (programme.issued_on or date(programme.year, 1, 1)) - timedelta(days=1)
    settled = date(programme.year + 1, 2, 1)
    while at < day:
        after = at + step if at < settled else day
        yield at, min(after, day)
        at = after


def shares(actor: Actor, programme: Programme) -> None:
    """What has a number is divided among the territories one level below, as equally as can be."""
    rows = Obligation.objects.unscoped(REASON).filter(item__programme=programme, ended=None)
    for one in rows.select_related("item__programme"):
        duties = reads_shares.duties_of(actor, one) if reads_shares.divisible(one) else []
        parts = [duty for duty in duties if reads_shares.group_of(duty, programme) == "next"]
        given = zip(parts, equally(one.value or Decimal(0), len(parts)), strict=True)
        if parts:
            run_shares.divide(actor, one, {duty.pk: part for duty, part in given}, "按设区市平均分解（演示）")


def events(actor: Actor, programme: Programme) -> None:
    """Three cases that were closed before the document came: each opens what the delay asks for."""
    day = programme.issued_on or clock.today()
    rows = Duty.objects.visible_to(actor).filter(programme=programme, obligation__kind="delay")
    rows = rows.exclude(role__in=("supporting", "overseeing")).select_related("obligation", "unit__family")
    below = [one for one in rows if reads_shares.group_of(one, programme) == "next"]
    for duty, before in zip(below, (230, 200, 90), strict=False):
        run_occurrences.open_delayed(actor, duty, day - timedelta(days=before), "一起事故调查结案（演示）")


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


def letters(actor: Actor, programme: Programme, most: int = 5) -> None:
    """Reminder letters to the units with most overdue matters: sent, but for one that waits for the
    leader's signature and one that is still a draft."""
    overdue = Occurrence.objects.unscoped(REASON).filter(programme_id=programme.pk, light="r")
    counts = Counter(overdue.values_list("unit_id", flat=True))
    worst = sorted(counts, key=lambda unit: (-counts[unit], unit))[:most]
    day = clock.today() + timedelta(days=7)
    drafts = chase_letters.draft_letters(actor, programme, units=worst, answer_by=day)
    for place, paper in enumerate(drafts):
        papers.revise(actor, paper, {"code": "饶安办提", "demo": True})
        if place < len(drafts) - 2:
            papers.issue(actor, paper)
        elif place < len(drafts) - 1:
            papers.submit(actor, paper)


def cascade(actor: Actor, upper: Programme, lower: Programme) -> None:
    """The city's document stands under the province's, sentence by sentence; one proof may serve both."""
    chase_cascade.propose(actor, lower, upper)
    _two_of_one(actor, upper, lower)


def _two_of_one(actor: Actor, upper: Programme, lower: Programme) -> None:
    """The city's follow-up evaluation of a closed accident is proved for the city's document, and the
    province asks for the same one: the office finds it under 一证两用."""
    own = Duty.objects.unscoped(REASON).filter(unit_id__in=units_of(actor)).exclude(role="overseeing")
    asked = own.filter(programme=upper, obligation__kind="delay").select_related("obligation").first()
    mine = Occurrence.objects.unscoped(REASON).filter(
        duty__in=own.filter(programme=lower), duty__obligation__quote__contains="落实情况评估"
    )
    day = clock.today() - timedelta(days=9)
    held = mine.filter(starts_on__lte=day, ends_on__gt=day).select_related("duty__unit").first()
    if asked is None or held is None:
        return
    closed = add_months(day, -int(asked.obligation.value or 0)) - timedelta(days=6)
    run_occurrences.open_delayed(actor, asked, closed, "一起事故调查结案（演示）")
    pair = {held.duty.obligation_id: "partly"}
    chase_cascade.decide(actor, lower, asked.obligation, pair, "评估制度相同，上级另有期限（演示）")
    meeting = Activity(
        unit=held.duty.unit, region_path=held.region_path, kind="meeting", held_on=day, place="会议室",
        title="事故整改落实情况评估会（演示）", expected=12, attended=12, demo=True,
    )  # fmt: skip
    meeting.save()
    proof = run_evidence.provide(
        actor, [held], title="事故整改落实情况评估报告（演示）", effective_on=day, ledger="activities",
        subject_id=meeting.pk,
    )  # fmt: skip
    moves.perform(actor, proof.evidence, "accept")
