"""The long act of reports: writing the office's own report, each number frozen with its rows."""

from __future__ import annotations

from django.urls import reverse

from anlan.kernel.jobs import Progress, Unfit, handler
from anlan.kernel.scope import Actor
from anlan.programmes.actions import report_paper
from anlan.programmes.models import ReportRound

KIND = "office-report"


@handler(KIND)
def draft_office_report(actor: Actor, progress: Progress, round: int) -> str:
    """Draft the office's report of a round, item by item; leads to the draft."""
    found = ReportRound.objects.visible_to(actor).select_related("programme").filter(pk=round).first()
    if found is None:
        raise Unfit("没有这一期报告，或者不在您的职责范围内。")
    progress(0, total=report_paper.count_items(found), message="正在逐条起草，每个数连同背后的记录一起定格")
    paper = report_paper.draft_office_report(actor, found, lambda done, total: progress(done))
    progress.leads_to(reverse("paper", args=[paper.pk]))
    return f"已起草《{paper.title}》，定格 {len(report_paper.moved(paper))} 个数。"
