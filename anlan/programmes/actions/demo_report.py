"""Reports of a demonstration: most units have reported, some late, some an empty form, some nothing."""

from __future__ import annotations

import random
from datetime import date, timedelta

from anlan.kernel import moves
from anlan.kernel.due import start_of
from anlan.kernel.models import Deadline
from anlan.kernel.scope import system_actor
from anlan.programmes import reads_report
from anlan.programmes.actions import report as acts
from anlan.programmes.actions import report_checks
from anlan.programmes.models import ProgressReport, ReportEntry, ReportRound

REASON = "the reports of a demonstration"
HOUSE = system_actor("演示数据")
DONE = (
    "已按要求部署到位，应办 {due} 项已办 {met} 项，下一步巩固成效、常态推进。",
    "成立工作专班，按月调度；应办 {due} 项，完成 {met} 项，未完成的明确了责任人和时限。",
    "开展专项检查并通报结果，应办 {due} 项中完成 {met} 项，其余列入下月重点。",
)
LATE, EMPTY, SILENT = 0.15, 0.05, 0.15
DISPUTED = 0.08
WHY = "6 月下旬办结的一项还没有登记完成，数字少 1（演示）"


def returns(round_: ReportRound, today: date, seed: int = 1) -> dict[str, int]:
    """Fill the round as it would stand on `today`: {reported, late, empty, silent: how many}.

    Deterministic by `seed`; the days of reporting lie before `today`. The invented words say nothing of
    any real place; the programme bears its mark 演示数据.
    """
    chance = random.Random(seed)
    counts = dict.fromkeys(("reported", "late", "empty", "silent"), 0)
    rows = ProgressReport.objects.unscoped(REASON).filter(round=round_, state="open", filled=0)
    for row in rows.select_related("unit", "programme").order_by("pk"):
        dice = chance.random()
        if dice < SILENT:
            counts["silent"] += 1
            continue
        if dice < SILENT + EMPTY:
            moves.perform(HOUSE, row, "submit-short", note="材料未齐（演示）")
            counts["empty"] += 1
            continue
        late = dice < SILENT + EMPTY + LATE and today > row.timely_on
        _write(row, chance)
        if chance.random() < DISPUTED:
            _dispute(row)
        row = moves.perform(HOUSE, row, "submit").row
        back = chance.randint(0, 9)
        day = row.timely_on + timedelta(1) if late else row.timely_on - timedelta(back)
        day = min(day, today)
        ProgressReport.objects.unscoped(REASON).filter(pk=row.pk).update(reported_on=day)
        terms = Deadline.objects.unscoped(REASON).filter(ledger="reports", subject_id=row.pk)
        terms.update(ended_at=start_of(day) + timedelta(hours=17))
        counts["late" if late else "reported"] += 1
    return counts


def _write(row: ProgressReport, chance: random.Random) -> None:
    known = reads_report.prefill(row)
    for entry in ReportEntry.objects.filter(report=row).order_by("item__position"):
        numbers = {one["key"]: one["value"] for one in known.get(entry.item_id, [])}
        words = chance.choice(DONE).format(due=numbers.get("due", 0), met=numbers.get("met", 0))
        acts.fill(HOUSE, row, entry.pk, words, entry.version)


def _dispute(row: ProgressReport) -> None:
    """The first item's figures are checked, and one of them is disputed."""
    entry = ReportEntry.objects.filter(report=row).order_by("item__position").first()
    if entry is not None:
        report_checks.check(HOUSE, row, entry.pk, [])
        report_checks.check(HOUSE, row, entry.pk, ["met"], WHY)
