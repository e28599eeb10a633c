"""What people do with reports: open a round, fill entries, decide in bulk, grant exceptions, remind.

Submitting, withdrawing, returning and accepting are moves (`report_flows`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from anlan.kernel import audit, clock, moves, notice, parameters
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused, require, write
from anlan.org.models import Unit
from anlan.programmes import reads_report
from anlan.programmes.actions import report_deadlines
from anlan.programmes.actions.run import people_of
from anlan.programmes.models import LockException, Programme, ProgressReport, ReportEntry, ReportRound
from anlan.programmes.reads_units import acting_units
from anlan.programmes.rules import report_lock
from anlan.programmes.rules.completeness import says_something

LONGEST = 5_000
ABSENT = "没有这份报告，或者不在您的职责范围内。"


class EntryStale(Exception):
    """Somebody else saved the entry in between; it stands as they left it."""

    def __init__(self, entry: ReportEntry) -> None:
        super().__init__(f"这一条刚由{entry.edited_by or '他人'}改过")
        self.entry = entry


@dataclass(frozen=True)
class Opened:
    """What opening a round did."""

    round: ReportRound
    made: int
    told: int


@dataclass(frozen=True)
class Decided:
    """What came of a decision on many: how many went through, and why others did not."""

    done: int
    refused: tuple[str, ...]


def _require_office(actor: Actor, programme: Programme) -> None:
    if actor.system or (actor.seat and programme.region_path in actor.seat.region_paths):
        return
    raise Refused("由制发要点的安委办办理。")


def open_round(actor: Actor, programme: Programme, span: report_lock.Span) -> Opened:
    """Open the reports of a window: one for each unit that owes one, with an entry for each of its items.

    Opening again adds units that have come since, and never a second report. Raises Refused.
    """
    require(actor, "reports.open")
    _require_office(actor, programme)
    days = report_lock.days_of(
        span.due, parameters.value("reports.timely-days"), parameters.value("reports.lock-days")
    )
    with transaction.atomic():
        rounds = ReportRound.objects.visible_to(actor).filter(programme=programme)
        found = rounds.filter(starts_on=span.start, ends_on=span.end).select_for_update().first()
        if found is None:
            change = {
                "programme": programme, "label": span.label, "starts_on": span.start, "ends_on": span.end,
                "due_on": days.due, "timely_on": days.timely, "locks_on": days.locks,
                "opened_at": clock.now(), "opened_by": actor.label[:120],
            }  # fmt: skip
            found = write(actor, ReportRound(), change, "open", permission="reports.open").row
        made = _make_reports(found)
        report_deadlines.begin(made)
        audit.record(actor, "open", found, {"reports": [None, len(made)]})
        told = _tell_open(found, made)
    return Opened(found, len(made), told)


def _make_reports(round_: ReportRound) -> list[ProgressReport]:
    reason = "the reports of a round that the office opens"
    there = ProgressReport.objects.unscoped(reason).filter(round=round_).values_list("unit_id", flat=True)
    owing = reads_report.expected(round_.programme, round_.starts_on, round_.ends_on, round_.due_on)
    items = reads_report.items_of(round_.programme, owing, round_.ends_on)
    places = dict(Unit.objects.unscoped(reason).filter(pk__in=owing).values_list("pk", "region_path"))
    rows = [
        ProgressReport(
            round=round_, programme=round_.programme, unit_id=unit, region_path=places[unit],
            label=round_.label, starts_on=round_.starts_on, ends_on=round_.ends_on, due_on=round_.due_on,
            timely_on=round_.timely_on, locks_on=round_.locks_on, expected=len(items.get(unit, ())),
        )
        for unit in sorted(owing - set(there))
    ]  # fmt: skip
    made = ProgressReport.objects.unscoped(reason).bulk_create(rows)
    ReportEntry.objects.bulk_create(
        ReportEntry(report=row, item_id=item) for row in made for item in items.get(row.unit_id, ())
    )
    return made


def _tell_open(round_: ReportRound, made: Iterable[ProgressReport]) -> int:
    told = 0
    for row in made:
        people = people_of(acting_units(row.unit), clock.today())
        text = f"请报送《{round_.programme.title}》{round_.label}完成情况，{round_.due_on.isoformat()} 截止。"
        told += notice.notify(people, f"reports:{row.pk}:open", text, link=link_of(row), row=row)
    return told


def link_of(row: ProgressReport) -> str:
    """The report's page."""
    return reverse("report", args=[row.pk])


# Filling --------------------------------------------------------------------------------------------


def fill(actor: Actor, report: ProgressReport, entry: int, narrative: str, seen: int) -> ReportEntry:
    """Keep the words of one entry. `seen` is the version that the person wrote on.

    Raises Refused (not theirs, submitted, locked), EntryStale or ValidationError; nothing is kept then.
    """
    require(actor, "reports.fill")
    if len(narrative) > LONGEST:
        raise ValidationError({"narrative": f"超过 {LONGEST} 字。请写主要情况，详细材料作附件。"})
    narrative = narrative.replace("\x00", "").replace("\r\n", "\n").strip()
    with transaction.atomic():
        row = locked(actor, report.pk)
        require_fillable(actor, row)
        found = ReportEntry.objects.select_for_update(of=("self",)).filter(report=row, pk=entry)
        one = found.select_related("item").first()
        if one is None:
            raise Refused("没有这一条。请刷新页面。")
        if one.narrative == narrative:
            return one
        if one.version != seen:
            raise EntryStale(one)
        before, one.narrative = one.narrative, narrative
        one.version, one.edited_by, one.edited_at = one.version + 1, actor.label[:120], clock.now()
        one.save(update_fields=["narrative", "version", "edited_by", "edited_at"])
        row.filled = sum(
            says_something(words)
            for words in ReportEntry.objects.filter(report=row).values_list("narrative", flat=True)
        )
        row.save(update_fields=["filled"])
        audit.record(actor, "fill", row, {f"第{one.item.no}条": [before, narrative]})
        one.report = row
    return one


def locked(actor: Actor, pk: int) -> ProgressReport:
    """The report under lock; raises Refused where the actor does not see it."""
    rows = ProgressReport.objects.visible_to(actor).select_for_update(of=("self",))
    row: ProgressReport | None = rows.filter(pk=pk).first()
    if row is None:
        raise Refused(ABSENT)
    return row


def require_fillable(actor: Actor, row: ProgressReport) -> None:
    """Raise Refused unless the actor's unit can enter now."""
    unit = actor.seat.unit_id if actor.seat else None
    if not actor.system and unit not in acting_units(row.unit):
        raise Refused("这是其他单位的报告，由该单位填报。")
    if row.state not in (ProgressReport.State.OPEN, ProgressReport.State.RETURNED):
        raise Refused("报告已提交，不能再改。需要修改的先撤回；已采用的请安委办退回。")
    exceptions = reads_report.exceptions_of([row.pk]).get(row.pk, ())
    if not report_lock.entry_open(clock.today(), row.locks_on, exceptions):
        day = report_lock.last_entry_day(row.locks_on, exceptions)
        raise Refused(f"填报已于 {day.isoformat()} 后锁定。需要补报的，请向安委办申请补报许可。")


def fillable(actor: Actor, row: ProgressReport) -> str:
    """Empty when the actor can enter now, else the reason."""
    if not actor.may("reports.fill"):
        return "当前岗位没有填报权限。"
    try:
        require_fillable(actor, row)
    except Refused as error:
        return str(error)
    return ""


def sent(actor: Actor, row: ProgressReport) -> dict[str, Any]:
    """What submitting fixes: who, when, the first day with words, the figures as they are now."""
    known = reads_report.prefill(row)
    entries = list(ReportEntry.objects.filter(report=row))
    for one in entries:
        one.figures = known.get(one.item_id, [])
    ReportEntry.objects.bulk_update(entries, ["figures"])
    change: dict[str, Any] = {"submitted_at": clock.now(), "submitted_by": actor.label[:120]}
    if row.filled and row.reported_on is None:
        change["reported_on"] = clock.today()
    return change


# The office -----------------------------------------------------------------------------------------


def decide_many(
    actor: Actor, round_: ReportRound, ids: Iterable[int], move: str, decision: str = ""
) -> Decided:
    """Accept or return these reports of a round, each by its own move; the others stay with their reason."""
    require(actor, "reports.decide")
    done, refused = 0, []
    rows = ProgressReport.objects.visible_to(actor).filter(round=round_, pk__in=list(ids))
    for row in rows.select_related("unit").order_by("region_path", "unit_id"):
        try:
            moves.perform(actor, row, move, {"decision": decision} if move == "return" else {})
        except (Refused, ValidationError) as error:
            words = "".join(error.messages) if isinstance(error, ValidationError) else str(error)
            refused.append(f"{row.unit.short_name or row.unit.name}：{words}")
        else:
            done += 1
    return Decided(done, tuple(refused))


def tell_decided(actor: Any, row: ProgressReport, values: Any) -> None:
    """The unit hears what became of its report."""
    word = "已采用" if row.state == ProgressReport.State.ACCEPTED else f"被退回：{row.decision}"
    people = people_of(acting_units(row.unit), clock.today())
    text = f"《{row.programme.title}》{row.label}报告{word}"
    notice.notify(people, f"reports:{row.pk}:decided:{row.version}", text, link=link_of(row), row=row)


def grant_exception(actor: Actor, report: ProgressReport, until: date, reason: str) -> LockException:
    """Let one unit enter after the lock, through `until`; who, why and until when stay on record.

    It opens entry; whether the report counts as on time does not change. Raises Refused, ValidationError.
    """
    require(actor, "reports.except")
    reason = reason.strip()
    with transaction.atomic():
        row = locked(actor, report.pk)
        _require_office(actor, row.programme)
        wrong = {}
        if not reason:
            wrong["reason"] = "请填写理由。"
        if until < clock.today() or until <= row.locks_on:
            wrong["until"] = f"补报期限要晚于锁定前最后一天 {row.locks_on.isoformat()}，且不早于今天。"
        if wrong:
            raise ValidationError(wrong)
        found = LockException(report=row, until=until, reason=reason, granted_by=actor.label[:120])
        found.full_clean()
        found.save()
        row.open_until = max(until, row.open_until or until)
        row.save(update_fields=["open_until"])
        audit.record(actor, "except", row, {"until": [None, until.isoformat()]}, note=reason)
        people = people_of(acting_units(row.unit), clock.today())
        text = f"《{row.programme.title}》{row.label}报告准予补报至 {until.isoformat()}：{reason}"
        notice.notify(people, f"reports:{row.pk}:except:{found.pk}", text, link=link_of(row), row=row)
    return found


def remind(actor: Actor, round_: ReportRound, ids: Iterable[int] | None = None) -> tuple[int, int]:
    """Remind those that have not reported (all, or these), once a day each; gives (units, people told)."""
    require(actor, "reports.decide")
    _require_office(actor, round_.programme)
    wanted = None if ids is None else set(ids)
    units = told = 0
    today = clock.today()
    with transaction.atomic():
        for line in reads_report.lines_of(actor, round_):
            if not line.standing.missing or (wanted is not None and line.row.pk not in wanted):
                continue
            row = line.row
            people = people_of(acting_units(row.unit), today)
            text = (
                f"《{round_.programme.title}》{round_.label}完成情况报告{line.standing.word}，"
                f"{row.due_on.isoformat()} 截止，{row.locks_on.isoformat()} 后锁定，请抓紧报送。"
            )
            key = f"reports:{row.pk}:remind:{today.isoformat()}"
            told += notice.notify(people, key, text, link=link_of(row), row=row)
            units += 1
        audit.record(actor, "remind", round_, {"units": [None, units]}, note=f"提醒 {units} 家未报单位")
    return units, told
