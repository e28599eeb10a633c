"""What a unit says of a figure of its report: checked, or disputed with a reason."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from anlan.kernel.requests import ActorRequest
from anlan.kernel.writing import Refused
from anlan.programmes import reads_report
from anlan.programmes.actions import report as acts
from anlan.programmes.actions import report_checks
from anlan.programmes.models import ReportEntry
from anlan.programmes.pages.report import report_for, shown


@require_POST
def check_figure(request: ActorRequest, pk: int, entry: int) -> HttpResponse:
    """Keep 核对无误 or 提出异议; answers with the entry's figures, or goes back where no script runs."""
    report = report_for(request, pk)
    keys = [key for key in request.POST.getlist("key") if key]
    reason = request.POST.get("reason", "") if request.POST.get("act") == "object" else None
    wrong = ""
    try:
        report = report_checks.check(request.actor, report, entry, keys, reason).report
    except Refused as error:
        wrong = str(error)
    except ValidationError as error:
        wrong = "".join(error.messages)
    if not request.headers.get("HX-Request"):
        if wrong:
            messages.warning(request, wrong)
        else:
            messages.success(request, "已记下核对结果。" if reason is None else "已记下异议。")
        return HttpResponseRedirect(f"{reverse('report', args=[pk])}")
    one = ReportEntry.objects.select_related("item").filter(report=report, pk=entry).first()
    if one is None:
        return HttpResponse(status=404)
    known = reads_report.prefill(report).get(one.item_id, [])
    duties = reverse("ledger-list", args=["duties"])
    context = {
        "one": {
            "row": one, "figures": shown(report, one, known), "wrong": wrong,
            "tried": keys[:1], "words": reason,
            "due_url": f"{duties}?item={one.item_id}&unit={report.unit_id}",
        },
        "report": report, "may": not acts.fillable(request.actor, report),
    }  # fmt: skip
    return render(request, "programmes/report_figures.html", context)
