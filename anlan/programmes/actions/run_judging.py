"""Judging every occurrence for a day, in sets: figures from the measures, lights by one statement.

The rule is `rules/judging.judge`; the statement here says the same, and a test holds the two together.
Nothing is written where nothing changed; the history (`Judgement`) grows by changes of light or figure.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from anlan.kernel import clock
from anlan.kernel.ledger import DeclarationError
from anlan.kernel.measure import Coverage, Measure, Ratio, Window, compute, measure_of
from anlan.programmes.models import JudgingRun

logger = logging.getLogger(__name__)
Cursor = Any
ONE_DAY = timedelta(days=1)

JOINED = """programmes_occurrence o
    JOIN programmes_duty d ON d.id = o.duty_id
    JOIN programmes_obligation b ON b.id = d.obligation_id
    JOIN programmes_programme p ON p.id = o.programme_id"""
# What a night looks at: open ones, and those met by measuring, which may open again.
ALIVE = """p.state = 'running' AND (o.state IN ('open', 'declared', 'returned')
    OR (o.state = 'met' AND o.proof = 'measured' AND make_date(p.year + 1, 2, 1) > %(day)s))"""
# A requirement without a number is not judged by its measure: the figure stands beside it, the unit declares.
JUDGED = "(o.need IS NOT NULL OR b.kind NOT IN ('standing', 'campaign', 'regulation', 'build', 'delay'))"
BOUND = "b.kind IN ('limit', 'target')"
REACHED = f"""(o.need IS NOT NULL AND o.value IS NOT NULL AND CASE
    WHEN {BOUND} AND b.comparator = '=' THEN o.value = o.need
    WHEN b.comparator = '<' THEN o.value < o.need
    WHEN b.comparator = '<=' THEN o.value <= o.need
    WHEN b.comparator = '>' THEN o.value > o.need
    ELSE o.value >= o.need END)"""
# What may have turned after one day and up to another: its own days passed, or its figure moved.
TURNING = """o.programme_id = %(programme)s AND o.state <> 'cancelled' AND o.starts_on <= %(day)s AND (
    o.warn_on > %(since)s AND o.warn_on <= %(day)s OR o.due_on >= %(since)s AND o.due_on < %(day)s
    OR o.met_on > %(since)s AND o.met_on <= %(day)s
    OR o.declared_at > %(since)s::date AND o.declared_at < %(day)s::date + 1
    OR b.kind IN ('quota', 'build', 'coverage') AND o.need IS NOT NULL AND o.value IS NOT NULL)"""
SETTLE = """
    UPDATE programmes_occurrence o SET state = 'missed', reason = '', version = o.version + 1
    FROM programmes_programme p
    WHERE p.id = o.programme_id AND o.state IN ('open', 'declared', 'returned')
      AND make_date(greatest(p.year, extract(year FROM o.due_on)::int) + 1, 2, 1) <= %(day)s
"""
JUDGE = f"""
WITH base AS (
    SELECT o.id, o.state, o.light, o.reason, o.value, o.met_on, o.need, o.proof, o.claimed, o.starts_on,
        o.ends_on, o.due_on, o.warn_on, b.kind, b.comparator, b.unit, {REACHED} AS reached,
        (o.declared_at AT TIME ZONE 'Asia/Shanghai')::date AS declared_on,
        CASE WHEN o.value IS NULL OR o.need IS NULL THEN ''
            ELSE rtrim('，' || trim_scale(trunc(o.value, 2))::text || '/'
                || trim_scale(trunc(o.need, 2))::text || ' '
                || CASE WHEN b.kind = 'coverage' THEN '%%' ELSE b.unit END) END AS amount
    FROM {JOINED}
    WHERE {{which}}
), staged AS (
    SELECT *, CASE
        WHEN state IN ('cancelled', 'missed') THEN state
        WHEN proof IN ('measured', 'contradicted') AND reached
            AND (kind NOT IN ('limit', 'target') OR %(day)s > due_on) THEN 'met'
        WHEN proof = 'measured' AND state = 'met' THEN 'open'
        ELSE state END AS next,
        CASE WHEN kind NOT IN ('quota', 'build', 'coverage') OR need = 0 OR %(day)s < starts_on THEN NULL
            WHEN kind = 'coverage' THEN div(need * gone * 10, length) / 10
            ELSE div(need * gone, length) END AS pace,
        rtrim(trim_scale(trunc(value, 2))::text || ' ' || unit) AS figure
    FROM (SELECT *, ends_on - starts_on AS length,
        least(%(day)s - starts_on + 1, ends_on - starts_on) AS gone FROM base) AS spans
), met AS (
    SELECT *, CASE WHEN next = 'met' THEN coalesce(met_on, least(%(day)s, due_on)) END AS met_day FROM staged
), judged AS (
    SELECT id, light AS old_light, value, state AS old_state, next, met_day, met_on, reason AS old_reason,
        (CASE
        WHEN next = 'cancelled' THEN ARRAY['o', '已取消']
        WHEN next = 'missed' THEN ARRAY['r', '未完成' || amount]
        WHEN next = 'met' AND met_day > due_on
            THEN ARRAY['g', '逾期 ' || (met_day - due_on) || ' 天完成' || amount]
        WHEN next = 'met' THEN ARRAY['g', '按期完成' || amount]
        WHEN next = 'declared' AND proof = 'contradicted' THEN ARRAY['r',
            '自报 ' || coalesce(trim_scale(trunc(claimed, 2))::text, '已完成')
            || '，测得 ' || coalesce(trim_scale(trunc(value, 2))::text, '无') || '，不符']
        WHEN next = 'declared' AND declared_on > due_on
            THEN ARRAY['r', '逾期 ' || (declared_on - due_on) || ' 天申报，待审核']
        WHEN next = 'declared' THEN ARRAY['y', '已申报，待审核']
        WHEN kind IN ('limit', 'target') AND value IS NOT NULL AND %(day)s >= starts_on THEN CASE
            WHEN need IS NULL THEN ARRAY['o', '现为 ' || figure]
            WHEN reached THEN ARRAY['g', '现为 ' || figure || '，达标']
            ELSE ARRAY[CASE WHEN %(day)s > due_on OR kind = 'target' THEN 'r' ELSE 'y' END,
                '现为 ' || figure || '，要求 ' || comparator || trim_scale(trunc(need, 2))::text] END
        WHEN %(day)s > due_on THEN ARRAY['r', '逾期 ' || (%(day)s - due_on) || ' 天' || amount]
        WHEN %(day)s = due_on THEN ARRAY['y', '今天到期' || amount]
        WHEN %(day)s >= warn_on THEN ARRAY['y', '剩 ' || (due_on - %(day)s) || ' 天' || amount]
        WHEN pace IS NOT NULL AND value IS NULL AND 2 * (%(day)s - starts_on + 1) > ends_on - starts_on
            THEN ARRAY['y', '过半未报进度']
        WHEN value < pace THEN ARRAY['y', rtrim('落后 ' || trim_scale(trunc(pace - value, 2))::text || ' '
            || CASE WHEN kind = 'coverage' THEN '点' ELSE unit END) || amount]
        WHEN value >= pace THEN ARRAY['g', '按进度' || amount]
        ELSE ARRAY['o', '未到期' || amount] END) AS verdict
    FROM met
), changed AS (
    UPDATE programmes_occurrence o SET light = j.verdict[1], reason = left(j.verdict[2], 200), state = j.next,
        met_on = j.met_day, judged_on = %(day)s
    FROM judged j
    WHERE o.id = j.id AND (j.old_light <> j.verdict[1] OR j.old_reason <> left(j.verdict[2], 200)
        OR j.old_state <> j.next OR j.met_on IS DISTINCT FROM j.met_day)
    RETURNING o.id, o.light, o.value, o.reason, j.old_light
), kept AS (
    INSERT INTO programmes_judgement (occurrence_id, day, light, value, reason)
    SELECT c.id, %(day)s, c.light, c.value, c.reason FROM changed c
    WHERE c.light <> c.old_light OR c.value IS NOT NULL AND c.value IS DISTINCT FROM (
        SELECT h.value FROM programmes_judgement h WHERE h.occurrence_id = c.id ORDER BY h.day DESC LIMIT 1)
    ON CONFLICT (occurrence_id, day) DO UPDATE
        SET light = excluded.light, value = excluded.value, reason = excluded.reason
    RETURNING 1
)
SELECT count(*) FROM changed
"""
# The worst light of a duty, and of the worst ones the oldest; of the green ones the newest.
LIGHTS = """
WITH worst AS (
    SELECT DISTINCT ON (o.duty_id) o.duty_id, o.light, o.reason
    FROM programmes_occurrence o JOIN programmes_programme p ON p.id = o.programme_id
    WHERE {which} AND o.state <> 'cancelled'
    ORDER BY o.duty_id, CASE o.light WHEN 'r' THEN 0 WHEN 'y' THEN 1 WHEN 'g' THEN 2 ELSE 3 END,
        CASE WHEN o.light = 'g' THEN -(o.due_on - DATE '2000-01-01') ELSE o.due_on - DATE '2000-01-01' END
)
UPDATE programmes_duty d SET light = w.light, light_reason = w.reason FROM worst w
WHERE d.id = w.duty_id AND (d.light <> w.light OR d.light_reason <> w.reason)
"""
GROUPS = f"""
    SELECT DISTINCT b.measure, o.starts_on, o.ends_on FROM {JOINED}
    WHERE b.measure <> '' AND d.role NOT IN ('supporting', 'overseeing') AND o.starts_on <= %(day)s
      AND {JUDGED} AND {{which}}
    ORDER BY 1, 2, 3
"""
# A county's government and a zone answer for their territory; every other office for its own rows.
MEASURED = f"""
WITH mine AS (
    SELECT o.id, d.unit_id, d.region_path,
        NOT %(by_unit)s OR u.kind = 'zone' OR coalesce(f.key, '') = 'people-government' AS wide
    FROM {JOINED} JOIN org_unit u ON u.id = d.unit_id LEFT JOIN org_unitfamily f ON f.id = u.family_id
    WHERE b.measure = %(measure)s AND o.starts_on = %(starts_on)s AND o.ends_on = %(ends_on)s
      AND d.role NOT IN ('supporting', 'overseeing') AND {JUDGED} AND {{which}}
), places AS (
    SELECT m.region_path, sum(c.top) AS top, sum(c.bottom) AS bottom
    FROM (SELECT DISTINCT region_path FROM mine WHERE wide) m
    JOIN judging_cells c ON c.unit_id IS NULL AND c.path >= m.region_path
        AND c.path < left(m.region_path, -1) || '0'
    GROUP BY 1
), parts AS (
    SELECT m.id, CASE WHEN m.wide THEN p.top ELSE c.top END AS top,
        CASE WHEN m.wide THEN p.bottom ELSE c.bottom END AS bottom
    FROM mine m LEFT JOIN places p ON m.wide AND p.region_path = m.region_path
    LEFT JOIN judging_cells c ON NOT m.wide AND c.unit_id = m.unit_id
), found AS (
    SELECT id, round(CASE WHEN %(ratio)s THEN CASE WHEN bottom > 0 THEN coalesce(top, 0) * %(scale)s / bottom
        ELSE %(nothing)s::numeric END ELSE coalesce(top, %(nothing)s::numeric) END, 4) AS value FROM parts
)
UPDATE programmes_occurrence o SET value = n.value, proof = n.proof
FROM (
    SELECT o.id, o.value, CASE
        WHEN CASE WHEN o.claimed IS NULL
                 THEN o.declared_by <> '' AND o.state IN ('declared', 'met') AND NOT {REACHED}
             WHEN {BOUND} THEN o.claimed <> o.value ELSE o.claimed > o.value END
        THEN 'contradicted' ELSE 'measured' END AS proof
    FROM (SELECT x.id, x.duty_id, x.need, x.claimed, x.declared_by, x.state, f.value
          FROM found f JOIN programmes_occurrence x ON x.id = f.id WHERE f.value IS NOT NULL) o
    JOIN programmes_duty d ON d.id = o.duty_id JOIN programmes_obligation b ON b.id = d.obligation_id
) n
WHERE o.id = n.id AND (o.value IS DISTINCT FROM n.value OR o.proof <> n.proof)
"""


@dataclass(frozen=True)
class Judged:
    """What a judging did: figures that changed, occurrences that changed, seconds."""

    measured: int
    changed: int
    seconds: float


def judge(day: date | None = None) -> Judged:
    """Judge everything alive for a day (today). Safe to repeat; a second run of the same day writes nothing.

    1. years that are over are settled: what is still open is missed; 2. figures come from the measures,
    one query for each measure and window; 3. lights, reasons and states; 4. the light of each duty.
    """
    began = time.monotonic()
    day = day or clock.today()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('programmes.judge'))")
        cursor.execute(SETTLE, {"day": day})
        settled = cursor.rowcount
        measured = _measure(cursor, day, ALIVE, {})
        alive = f"({ALIVE} OR (o.state = 'missed' AND o.reason = ''))"
        changed = _judge(cursor, day, alive, {}, "p.state = 'running'")
        seconds = time.monotonic() - began
        JudgingRun.objects.create(
            day=day, finished_at=clock.now(), measured=measured, changed=changed + settled, seconds=seconds
        )
    return Judged(measured, changed + settled, seconds)


def refresh(duties: list[int], day: date | None = None) -> None:
    """Judge the occurrences of these duties now, all states; part of the caller's transaction."""
    _refresh("o.duty_id = ANY(%(duties)s)", {"duties": duties}, day or clock.today())


def refresh_programme(programme: int, day: date | None = None) -> None:
    """Judge all occurrences of one programme now."""
    _refresh("o.programme_id = %(programme)s", {"programme": programme}, day or clock.today())


def replay(programme: int, since: date, day: date) -> None:
    """Judge as of `day` what may have turned after `since`; the history gets the day, duties no light.

    For a past that is put together afterwards (a demonstration, records taken over), day after day in order;
    `refresh_programme` ends it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        given: dict[str, Any] = {"programme": programme, "since": since, "day": day}
        _measure(cursor, day, f"{TURNING} AND o.state <> 'missed'", given)
        cursor.execute(JUDGE.format(which=TURNING), given)


def last_run() -> JudgingRun | None:
    """The newest judging: “数据截至”."""
    return JudgingRun.objects.order_by("-finished_at").first()


def _refresh(which: str, given: Mapping[str, Any], day: date) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        _measure(cursor, day, f"{which} AND o.state NOT IN ('cancelled', 'missed')", given)
        _judge(cursor, day, which, given, which)


def _judge(cursor: Cursor, day: date, which: str, given: Mapping[str, Any], lights: str) -> int:
    cursor.execute(JUDGE.format(which=which), {**given, "day": day})
    changed = int(cursor.fetchone()[0])
    cursor.execute(LIGHTS.format(which=lights), {**given, "day": day})
    return changed


def _measure(cursor: Cursor, day: date, which: str, given: Mapping[str, Any]) -> int:
    cursor.execute(GROUPS.format(which=which), {**given, "day": day})
    changed = 0
    for key, starts_on, ends_on in cursor.fetchall():
        try:
            measure = measure_of(key)
        except DeclarationError:
            logger.warning("obligations name the measure %s, which is not declared", key)
            continue
        _fill_cells(cursor, measure, Window(starts_on, min(ends_on, day + ONE_DAY)))
        scale = measure.amount.scale if isinstance(measure.amount, Ratio | Coverage) else 0
        values = {
            "measure": key, "starts_on": starts_on, "ends_on": ends_on, "by_unit": bool(measure.of_unit),
            "ratio": scale > 0, "scale": scale, "nothing": measure.nothing, "day": day,
        }  # fmt: skip
        cursor.execute(MEASURED.format(which=which), {**given, **values})
        changed += cursor.rowcount
    return changed


def _fill_cells(cursor: Cursor, measure: Measure, window: Window) -> None:
    """The measure's parts in a window, by exact region and by unit, where the statement can reach them."""
    cursor.execute(
        "CREATE TEMP TABLE IF NOT EXISTS judging_cells "
        '(unit_id bigint, path text COLLATE "C", top numeric, bottom numeric) ON COMMIT DROP'
    )
    cursor.execute("TRUNCATE judging_cells")
    rows = list(_cells(measure, window))  # read first: nothing else runs on a connection that copies
    with cursor.copy("COPY judging_cells (unit_id, path, top, bottom) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    cursor.execute("ANALYZE judging_cells")


def _cells(measure: Measure, window: Window) -> Iterator[tuple[Any, ...]]:
    for (path,), value in compute(measure, window, ("region",)).cells.items():
        yield None, path, value.top, value.bottom
    if measure.of_unit:
        for (unit,), value in compute(measure, window, ("unit",)).cells.items():
            yield unit, None, value.top, value.bottom
