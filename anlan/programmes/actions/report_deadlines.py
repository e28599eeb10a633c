"""The due days of reports in the house's one table of deadlines: yellow before, red after, told of once.

A report's deadline runs from its opening until a report with words is sent; a return lets it run again with
the same due day. An empty form ends nothing. A unit that closes before the due day owes nothing any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse

from anlan.kernel import clock, deadline, notice, parameters
from anlan.kernel.due import Term, local_day, start_of
from anlan.kernel.models import Deadline
from anlan.org.models import Unit
from anlan.programmes.actions.run import people_of
from anlan.programmes.models import ProgressReport
from anlan.programmes.reads_units import acting_units
from anlan.programmes.rules.completeness import SENT

KEY = "report"
REASON = "reports whose due days the house keeps"
NAMED = 5


def begin(rows: Iterable[ProgressReport]) -> None:
    """Let the term of these reports run, to the end of their due day."""
    warn = Term(int(parameters.value("reports.notice-days")))
    today = local_day(clock.now())
    for row in rows:
        first = min(today, row.due_on)
        label, term = f"报送{row.label}完成情况报告", Term((row.due_on - first).days)
        deadline.start(row, KEY, label, term, start_of(first), warn=warn)


def follow(actor: Any, row: ProgressReport, values: Any = None) -> None:
    """After a move: met when a report with words stands sent, running again when it does not."""
    if row.state in SENT and row.filled:
        deadline.end(row, (KEY,), clock.now())
    elif not deadline.of_row(row).filter(key=KEY, state__in=deadline.OPEN).exists():
        begin([row])


def tell(day: date | None = None) -> int:
    """Tell of reports whose due day is near or past, once each; gives how many people heard. Safe to repeat.

    1. end the terms of units closed before their due day; 2. the unit's people hear once before and once
    after the due day; 3. the issuing office hears once, after it, who is missing.
    """
    day = day or clock.today()
    now = clock.now()
    with transaction.atomic():
        _let_go()
        terms = dict(
            Deadline.objects.unscoped(REASON)
            .filter(ledger="reports", key=KEY, state=Deadline.State.RUNNING, warn_at__lte=now)
            .values_list("subject_id", "due_at")
        )
        rows = (
            ProgressReport.objects.unscoped(REASON)
            .filter(pk__in=terms, programme__state="running")
            .select_related("unit__family", "programme", "round")
            .order_by("region_path", "unit_id")
        )
        told, late = 0, defaultdict(list)
        for row in rows:
            if terms[row.pk] <= now:
                late[row.round].append(row)
            told += _tell_unit(row, terms[row.pk] <= now, day)
        return told + sum(_tell_office(round_, missing, day) for round_, missing in late.items())


def _let_go() -> None:
    closed = Unit.objects.unscoped(REASON).exclude(valid_to=None)
    rows = ProgressReport.objects.unscoped(REASON).filter(
        unit__in=closed.values("pk"), unit__valid_to__lte=F("due_on")
    )
    Deadline.objects.unscoped(REASON).filter(
        ledger="reports", key=KEY, state__in=deadline.OPEN, subject_id__in=rows.values("pk")
    ).update(state=Deadline.State.CANCELLED, ended_at=clock.now())


def _tell_unit(row: ProgressReport, late: bool, day: date) -> int:
    link = reverse("report", args=[row.pk])
    due = row.due_on.isoformat()
    if late:
        until = (row.open_until or row.locks_on).isoformat()
        words = f"已过截止日 {due}，还没有收到。{until} 后锁定填报，请抓紧报送。"
        if day > (row.open_until or row.locks_on):
            words = f"已过截止日 {due}，填报已经锁定。需要补报的，请向安委办申请补报许可。"
    else:
        words = f"{due} 截止，已填 {row.filled}/{row.expected} 条，请按时报送。"
    text = f"《{row.programme.title}》{row.label}完成情况报告{words}"
    key = f"reports:{row.pk}:{'late' if late else 'near'}:{due}"
    return int(notice.notify(people_of(acting_units(row.unit), day), key, text, link=link, row=row))


def _tell_office(round_: Any, missing: list[ProgressReport], day: date) -> int:
    names = "、".join(row.unit.short_name or row.unit.name for row in missing[:NAMED])
    more = f"等 {len(missing)} 家" if len(missing) > NAMED else f" {len(missing)} 家"
    programme = missing[0].programme
    text = f"《{programme.title}》{round_.label}完成情况报告已过截止日，{names}{more}单位还没有报送。"
    people = people_of([programme.issuer_id], day)
    link = f"{reverse('report-round', args=[round_.pk])}?show=missing"
    key = f"report-rounds:{round_.pk}:late:{round_.due_on.isoformat()}"
    return int(notice.notify(people, key, text, link=link, row=round_))
