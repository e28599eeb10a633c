"""Dispatch: a published programme becomes the duties of its units, with all that falls due in its year.

`dispatch` may be called again at any time: it adds what is missing and ends what a new edition no longer
asks. All of it is set-based and stands in one transaction, its record included.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.urls import reverse

from anlan.kernel import audit, clock, notice
from anlan.kernel.due import local_day
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused, require
from anlan.org.models import Person, Post
from anlan.org.models.dated import on_day
from anlan.programmes.actions import run_judging
from anlan.programmes.models import Duty, Obligation, Programme
from anlan.programmes.rules.schedule import Asked, Slot, slots

Cursor = Any

# The strongest role of a unit counts where it stands in an item more than once.
WANTED = """
    SELECT DISTINCT ON (b.id, u.id) b.id AS obligation_id, b.item_id, u.id AS unit_id, u.region_path, r.role,
        left(CASE WHEN r."group" <> '' THEN r.name || '（按组分解）' ELSE r.name END, 120) AS source
    FROM programmes_obligation b
    JOIN programmes_item i ON i.id = b.item_id
    JOIN programmes_itemrole r ON r.item_id = i.id
    CROSS JOIN LATERAL unnest(r.unit_ids) AS named(id)
    JOIN org_unit u ON u.id = named.id
    WHERE i.programme_id = %(programme)s AND i.ended_id IS NULL AND b.ended_id IS NULL
    ORDER BY b.id, u.id,
        array_position(ARRAY['lead', 'joint', 'implementing', 'supporting', 'overseeing'], r.role::text),
        r.position
"""
# A duty that the office moved elsewhere is not given back; one whose ground is gone ends.
END_DUTIES = f"""
    UPDATE programmes_duty d SET state = 'ended', version = d.version + 1,
        decision = CASE WHEN d.decision = '' THEN '新版要点不再要求' ELSE d.decision END
    WHERE d.programme_id = %(programme)s AND d.state IN ('issued', 'signed', 'objected')
      AND (EXISTS (SELECT 1 FROM programmes_obligation b JOIN programmes_item i ON i.id = b.item_id
                   WHERE b.id = d.obligation_id AND (b.ended_id IS NOT NULL OR i.ended_id IS NOT NULL))
           OR (d.replaces_id IS NULL AND NOT EXISTS
               (SELECT 1 FROM ({WANTED}) w
                WHERE w.obligation_id = d.obligation_id AND w.unit_id = d.unit_id)))
    RETURNING d.id
"""
ADD_DUTIES = f"""
    INSERT INTO programmes_duty (version, programme_id, item_id, obligation_id, unit_id, region_path, role,
        source, state, issued_at, signed_by, objection, decision, light, light_reason)
    SELECT 0, %(programme)s, w.item_id, w.obligation_id, w.unit_id, w.region_path, w.role, w.source,
        'issued', %(now)s, '', '', '', 'o', ''
    FROM ({WANTED}) w
    WHERE NOT EXISTS (SELECT 1 FROM programmes_duty d WHERE d.obligation_id = w.obligation_id
                      AND d.unit_id = w.unit_id AND d.state <> 'ended')
    ON CONFLICT DO NOTHING RETURNING id
"""
CANCEL = """
    UPDATE programmes_occurrence SET state = 'cancelled', light = 'o', reason = '已取消',
        version = version + 1, decision = %(why)s
    WHERE duty_id = ANY(%(ids)s) AND state IN ('open', 'declared', 'returned')
"""
ADD_OCCURRENCES = """
    INSERT INTO programmes_occurrence (version, duty_id, programme_id, item_id, unit_id, region_path,
        starts_on, ends_on, due_on, warn_on, state, need, proof, light, reason, statement, declared_by,
        decided_by, decision)
    SELECT 0, d.id, d.programme_id, d.item_id, d.unit_id, d.region_path,
        s.starts_on, s.ends_on, s.due_on, s.warn_on, 'open', coalesce(d.share, s.need),
        '', 'o', '', '', '', '', ''
    FROM programmes_duty d
    JOIN dispatch_slots s ON s.obligation_id = d.obligation_id AND s.role = d.role
    WHERE d.programme_id = %(programme)s AND d.state IN ('issued', 'signed', 'objected')
      AND (%(duties)s::bigint[] IS NULL OR d.id = ANY(%(duties)s))
    ON CONFLICT (duty_id, starts_on, ends_on) DO NOTHING
"""
RECORD = """
    INSERT INTO kernel_auditentry (person_id, actor, seat_id, act, ledger, subject_id, subject, region_path,
        differences, note, batch, address, at)
    SELECT %(person)s, %(actor)s, %(seat)s, %(act)s, 'duties', d.id,
        left('职责 ' || u.name || ' ' || b.ref || ' ' || b.quote, 200), d.region_path, '{}'::jsonb,
        %(note)s, '', %(address)s, coalesce(%(at)s::timestamptz, now())
    FROM programmes_duty d JOIN org_unit u ON u.id = d.unit_id
    JOIN programmes_obligation b ON b.id = d.obligation_id
    WHERE d.id = ANY(%(ids)s) ORDER BY d.id
"""


@dataclass(frozen=True)
class Dispatched:
    """What a dispatch did, in numbers; `told` are the people who were newly told."""

    duties: int
    occurrences: int
    ended: int
    told: int


def dispatch(actor: Actor, programme: Programme, now: datetime | None = None) -> Dispatched:
    """Give every unit of every role its duties, and every duty the occurrences of the programme's year.

    1. lock the programme; 2. end what the text no longer asks; 3. add duties, obligation × unit, the
    strongest role of each unit; 4. add their occurrences; 5. record each; 6. judge them for today;
    7. tell the people of the units that got something new. Needs `duties.dispatch`; raises Refused.
    """
    require(actor, "duties.dispatch")
    now = now or clock.now()
    with transaction.atomic():
        locked = Programme.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=programme.pk)
        found = locked.first()
        if found is None or not _reaches(actor, found):
            raise Refused("没有这份要点，或者不在您的职责范围内。")
        if found.state != Programme.State.RUNNING:
            raise Refused("这份要点还没有发布，或已经结束，不能下达。请先发布。")
        with connection.cursor() as cursor:
            ended = _ids(cursor, END_DUTIES, {"programme": found.pk})
            cursor.execute(CANCEL, {"ids": ended, "why": "新版要点不再要求"})
            fresh = _ids(cursor, ADD_DUTIES, {"programme": found.pk, "now": now})
            # Tables that were just filled have no statistics, and plans made without them take minutes.
            cursor.execute("ANALYZE org_unit, programmes_item, programmes_obligation, programmes_duty")
            made = add_occurrences(cursor, found, now)
            cursor.execute("ANALYZE programmes_occurrence")
            record_many(cursor, actor, "end", ended, "新版要点不再要求")
            record_many(cursor, actor, "dispatch", fresh, str(found))
        numbers = {"duties": [None, len(fresh)], "occurrences": [None, made], "ended": [None, len(ended)]}
        audit.record(actor, "dispatch", found, numbers)
        run_judging.refresh_programme(found.pk, local_day(now))
        told = _tell(found, fresh, now)
    return Dispatched(len(fresh), made, len(ended), told)


def add_occurrences(
    cursor: Cursor, programme: Programme, now: datetime, duties: list[int] | None = None
) -> int:
    """Make what is missing of the occurrences of a programme's duties (None: of all); gives how many."""
    cursor.execute(
        "CREATE TEMP TABLE IF NOT EXISTS dispatch_slots (obligation_id bigint, role text, starts_on date, "
        "ends_on date, due_on date, warn_on date, need numeric) ON COMMIT DROP"
    )
    cursor.execute("TRUNCATE dispatch_slots")
    into = "COPY dispatch_slots (obligation_id, role, starts_on, ends_on, due_on, warn_on, need) FROM STDIN"
    # Read to the end first: while rows go in, the connection answers no other question.
    ready = list(_slots(programme, now))
    with cursor.copy(into) as copy:
        for obligation, role, slot in ready:
            days = (slot.starts_on, slot.ends_on, slot.due_on, slot.warn_on)
            copy.write_row((obligation, role, *days, slot.need))
    cursor.execute("ANALYZE dispatch_slots")
    cursor.execute(ADD_OCCURRENCES, {"programme": programme.pk, "duties": duties})
    return int(cursor.rowcount)


def record_many(cursor: Cursor, actor: Actor, act: str, duties: list[int], note: str) -> None:
    """One entry in the record for each of these duties."""
    seat = actor.seat.id if actor.seat else None
    given: Mapping[str, Any] = {
        "person": actor.person_id, "actor": actor.label[:120], "seat": seat, "act": act,
        "note": note[:500], "address": actor.address, "ids": duties, "at": audit.moment(),
    }  # fmt: skip
    cursor.execute(RECORD, given)


def since(programme: Programme, obligation: Obligation, now: datetime) -> date:
    """The day before which nothing is asked: the document's, or that of the edition with the item."""
    edition = obligation.item.edition
    if edition.no > 1 and edition.published_at:
        return local_day(edition.published_at)
    return programme.issued_on or local_day(now)


def people_of(units: Iterable[int], day: date) -> list[int]:
    """Ids of the active people who hold a post in one of these units."""
    posts = Post.objects.unscoped("whom a notice to these units goes to").filter(
        on_day(day), unit_id__in=list(units), person__is_active=True
    )
    people = Person.objects.unscoped("whom a notice to these units goes to").filter(
        pk__in=posts.values("person_id")
    )
    return list(people.order_by("id").values_list("pk", flat=True))


def _reaches(actor: Actor, programme: Programme) -> bool:
    """Lower levels see a programme from above; only its own level or a higher one dispatches it."""
    paths = actor.seat.region_paths if actor.seat else ()
    return actor.system or any(programme.region_path.startswith(path) for path in paths)


def _slots(programme: Programme, now: datetime) -> Iterable[tuple[int, str, Slot]]:
    rows = (
        Obligation.objects.unscoped("what the programme asks, to be spread over its year")
        .filter(item__programme=programme, item__ended=None, ended=None)
        .select_related("item__edition")
    )
    for one in rows:
        first = since(programme, one, now)
        for role in ("lead", "joint", "implementing", "supporting", "overseeing"):
            asked = Asked(one.kind, one.period, one.value, one.unit, one.by, one.quote, role)
            for slot in slots(asked, programme.year, first):
                yield one.pk, role, slot


def _tell(programme: Programme, fresh: list[int], now: datetime) -> int:
    if not fresh:
        return 0
    units = _units(fresh)
    # Duties are never given twice: the last of them names this dispatch and no other.
    return notice.notify(
        people_of(units, local_day(now)),
        f"programmes:{programme.pk}:dispatch:{max(fresh)}",
        f"《{programme.title}》已下达，请签收本单位的职责。",
        link=f"{reverse('duty-receipt')}?programme={programme.pk}",
        row=programme,
        units=units,
        now=now,
    )


def _units(duties: list[int]) -> list[int]:
    found = Duty.objects.unscoped("the units that got a duty").filter(pk__in=duties)
    return list(found.order_by("unit_id").values_list("unit_id", flat=True).distinct())


def _ids(cursor: Cursor, statement: str, given: Mapping[str, Any]) -> list[int]:
    cursor.execute(statement, given)
    return [row[0] for row in cursor.fetchall()]
