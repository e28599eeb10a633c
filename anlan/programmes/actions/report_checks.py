"""What a unit says of the figures that the system put in its report: checked, or disputed with a reason.

A dispute blocks nothing: the figure stays what the ledgers count, and who disputes it, when and why stands
beside it for the office. `ProgressReport.objected` counts the disputed ones.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from anlan.kernel import audit, clock
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused, require
from anlan.programmes import reads_report
from anlan.programmes.actions.report import locked, require_fillable
from anlan.programmes.models import ProgressReport, ReportEntry

LONGEST = 300


def check(
    actor: Actor, report: ProgressReport, entry: int, keys: Collection[str], reason: str | None = None
) -> ReportEntry:
    """Keep that these figures of an entry (none named: all) are right, or with a `reason` that they are not.

    Raises Refused (not theirs, submitted, locked, no such figure) or ValidationError (no reason).
    """
    require(actor, "reports.fill")
    if reason is not None and not reason.strip():
        raise ValidationError({"reason": "请写明异议：哪里不对、应是多少、依据是什么。"})
    if reason is not None and len(reason) > LONGEST:
        raise ValidationError({"reason": f"超过 {LONGEST} 字。请写要点，材料作附件。"})
    with transaction.atomic():
        row = locked(actor, report.pk)
        require_fillable(actor, row)
        found = ReportEntry.objects.select_for_update(of=("self",)).filter(report=row, pk=entry)
        one = found.select_related("item").first()
        figures = {f["key"]: f for f in reads_report.prefill(row).get(one.item_id, [])} if one else {}
        wanted = [key for key in figures if not keys or key in keys]
        if one is None or not wanted or (keys and len(wanted) != len(set(keys))):
            raise Refused("没有这个数，可能刚有变动。请刷新页面后再核对。")
        said: dict[str, Any] = {
            "right": reason is None, "reason": (reason or "").strip(), "by": actor.label[:120],
            "at": clock.now().isoformat(),
        }  # fmt: skip
        one.checks = {**one.checks, **{key: {**said, "value": figures[key]["value"]} for key in wanted}}
        one.save(update_fields=["checks"])
        row.objected = objected(row)
        row.save(update_fields=["objected"])
        words = "、".join(figures[key]["label"] for key in wanted)
        verdict = "核对无误" if reason is None else "提出异议"
        audit.record(
            actor, "check-figure", row, {f"第{one.item.no}条 {words}": [None, verdict]}, note=said["reason"]
        )
        one.report = row
    return one


def objected(report: ProgressReport) -> int:
    """How many figures of a report are disputed."""
    kept = ReportEntry.objects.filter(report=report).exclude(checks={}).values_list("checks", flat=True)
    return sum(not said["right"] for checks in kept for said in checks.values())
