"""What is done for dangers at night: mark what came again; start the clocks of what a sheet brought."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.db.models import Exists, OuterRef

from anlan.hazards.actions.danger import clock_again
from anlan.hazards.models import HiddenDanger
from anlan.kernel.models import Deadline
from anlan.kernel.scope import system_actor

YEAR = 365
MOST = 5_000
AGAIN = """
UPDATE hazards_hiddendanger AS d SET repeated = true
 WHERE NOT d.repeated AND d.enterprise_id IS NOT NULL AND d.state <> 'void' AND d.found_on >= %s
   AND EXISTS (SELECT 1 FROM hazards_hiddendanger AS e
                WHERE e.enterprise_id = d.enterprise_id AND e.id <> d.id AND e.state <> 'void'
                  AND e.found_on < d.found_on AND e.found_on >= d.found_on - %s
                  AND (e.criterion_id = d.criterion_id OR e.description = d.description))
"""


def mark_repeated(today: date) -> int:
    """Mark dangers that the same firm had within the year before: same criterion, or same words.

    One statement past the door: the mark follows from other rows, is written nowhere else, and is no
    part of the record (`HiddenDanger.derived`). Gives how many were marked.
    """
    since = date.fromordinal(today.toordinal() - YEAR)
    with connection.cursor() as cursor:
        cursor.execute(AGAIN, [since, YEAR])
        return int(cursor.rowcount)


def start_clocks() -> int:
    """Start the term of dangers under order that have none: a sheet brought them. At most 5,000 a night."""
    everything = HiddenDanger.objects.unscoped("terms that a sheet did not start")
    terms = Deadline.objects.unscoped("terms that a sheet did not start").filter(
        ledger="dangers", key="rectify", subject_id=OuterRef("pk")
    )
    rows = everything.filter(state__in=("ordered", "rectifying"), due_on__isnull=False)
    waiting = list(rows.filter(~Exists(terms)).order_by("due_on", "id")[:MOST])
    for row in waiting:
        clock_again(system_actor("台账导入的期限"), row, {})
    return len(waiting)
