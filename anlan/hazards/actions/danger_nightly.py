"""What is done for dangers at night: mark what came again; start the clocks of what a sheet brought."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef
from django.urls import reverse

from anlan.hazards.actions.danger import clock_again
from anlan.hazards.models import HiddenDanger
from anlan.kernel import notice
from anlan.kernel.models import Deadline
from anlan.kernel.scope import system_actor
from anlan.org.models import Post
from anlan.org.models.dated import on_day

YEAR, NEAR = 365, 3
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


def remind(today: date) -> int:
    """Tell a firm's people of what falls due within three days, once a due day; gives how many told."""
    posts = Post.objects.unscoped("who acts for a firm is told of its dangers")
    acting: dict[int, list[int]] = {}
    for firm, person in posts.filter(on_day(today), enterprise_id__isnull=False).values_list(
        "enterprise_id", "person_id"
    ):
        acting.setdefault(firm, []).append(person)
    rows = HiddenDanger.objects.unscoped("what comes near is told to its firm").filter(
        state__in=("ordered", "rectifying"), due_on__gte=today, due_on__lte=today + timedelta(NEAR),
        enterprise_id__in=list(acting),
    )  # fmt: skip
    told = 0
    for row in rows.order_by("due_on", "id").iterator(chunk_size=1000):
        left = (row.due_on - today).days
        word = f"剩 {left} 天" if left else "今天到期"
        text = f"{row.number} {row.description[:60]}：整改期限 {row.due_on}，{word}"
        link, key = reverse("ledger-row", args=["dangers", row.pk]), f"dangers:{row.pk}:near:{row.due_on}"
        told += notice.notify(acting[row.enterprise_id], key, text, link=link, row=row)
    return told
