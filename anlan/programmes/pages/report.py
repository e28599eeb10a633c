"""A unit's report: item by item, the system's figures beside the unit's words, kept while typing."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from anlan.kernel import cells, clock, files, registry
from anlan.kernel.models import Attachment
from anlan.kernel.pages.access import ledger_for, row_for
from anlan.kernel.pages.lists import Act
from anlan.kernel.pages.moves import AttachForm
from anlan.kernel.pages.rows import RowPage
from anlan.kernel.requests import ActorRequest
from anlan.kernel.sniff import BadFile
from anlan.kernel.writing import Refused
from anlan.programmes import reads_report
from anlan.programmes.actions import report as acts
from anlan.programmes.models import Duty, ProgressReport, ReportEntry
from anlan.programmes.rules.completeness import says_something

BASIC = ("duties", "due", "met", "overdue")


def report_for(request: ActorRequest, pk: int) -> ProgressReport:
    """The report if the actor may see it, else 404."""
    return row_for(  # type: ignore[no-any-return]
        request, ledger_for(request, "reports"), pk, "unit__family", "programme__issuer", "round"
    )


class ReportPage(RowPage):
    """What `programmes/report.html` reads."""

    row: ProgressReport

    def __init__(self, request: ActorRequest, row: ProgressReport) -> None:
        super().__init__(request, registry.ledger("reports"), row)
        self.standing = reads_report.standing_of(row)
        self.closed = acts.fillable(request.actor, row)

    @property
    def title(self) -> str:
        """Whose report on what time."""
        return f"{self.row.unit.short_name or self.row.unit.name} {self.row.label}完成情况报告"

    @property
    def facts(self) -> list[Any]:
        """How it stands, the document, the two days."""
        row = self.row
        until = reads_report.exceptions_of([row.pk]).get(row.pk, ())
        found = [
            cells.light(self.standing.light, self.standing.word),
            f"《{row.programme.title}》",
            f"截止 {row.due_on.isoformat()}",
            f"{row.locks_on.isoformat()} 后锁定",
        ]
        if until:
            found.append(f"准予补报至 {max(until).isoformat()}")
        return [*found, f"对 {row.objected} 处数有异议"] if row.objected else found

    @property
    def notes(self) -> list[dict[str, str]]:
        """An opinion of the office, a lock."""
        row, found = self.row, []
        if row.state == ProgressReport.State.RETURNED and row.decision:
            found.append({"tone": "y", "text": f"退回意见：{row.decision}"})
        closed_at_all = row.state in (ProgressReport.State.OPEN, ProgressReport.State.RETURNED)
        if self.closed and closed_at_all and self.request.actor.may("reports.fill"):
            found.append({"tone": "y", "text": self.closed})
        return found

    @cached_property
    def acts(self) -> list[Any]:
        """Print, attach, the moves; the office's exception."""
        found: list[Any] = [Act("打印", f"{self.base}print/", "printer", office_only=True)]
        if not self.closed:
            found.append(Act("上传附件", f"{self.base}files/", "paperclip"))
        if self.request.actor.may("reports.except") and self._issuing():
            found.append(Act("补报许可", f"{self.base}except/", "clock-plus", office_only=True))
        return [*found, *self.way]

    def _issuing(self) -> bool:
        seat = self.request.actor.seat
        return bool(seat and self.row.programme.region_path in seat.region_paths)

    @property
    def may_check(self) -> bool:
        """Whether the chosen post may say of the figures that they are right or not."""
        return not self.closed

    @cached_property
    def entries(self) -> list[dict[str, Any]]:
        """The items in the order of the document; figures live while it is open, fixed once it was sent."""
        known = reads_report.prefill(self.row)
        rows = ReportEntry.objects.filter(report=self.row).select_related("item")
        roles, duties = self._roles(), reverse("ledger-list", args=["duties"])
        return [
            {
                "row": one,
                "figures": shown(self.row, one, known.get(one.item_id, [])),
                "roles": roles.get(one.item_id, ""),
                "said": says_something(one.narrative),
                "due_url": f"{duties}?item={one.item_id}&unit={self.row.unit_id}",
            }
            for one in rows.order_by("item__position")
        ]

    def _roles(self) -> dict[int, str]:
        rows = Duty.objects.unscoped("the roles of a unit whose report is visible").filter(
            reads_report.LIVE, programme_id=self.row.programme_id, unit_id=self.row.unit_id
        )
        found: dict[int, dict[str, None]] = {}
        for one in rows.only("item_id", "role").order_by("id"):
            found.setdefault(one.item_id, {})[one.get_role_display()] = None
        return {item: "、".join(words) for item, words in found.items()}

    @property
    def progress(self) -> dict[str, Any]:
        """已填 7/12."""
        row = self.row
        share = row.filled * 100 / row.expected if row.expected else 0
        return {"filled": row.filled, "expected": row.expected, "bar": cells.bar(share)}

    @cached_property
    def exceptions(self) -> list[Any]:
        """Who let it be entered after the lock, why and until when."""
        rows = self.row.exceptions.unscoped("exceptions of a visible report")
        return list(rows.order_by("-until"))


def shown(row: ProgressReport, one: ReportEntry, known: list[dict[str, Any]]) -> dict[str, Any]:
    """What the left side of an entry draws.

    known: the figures as the ledgers have them now. An open report shows these; a sent one what it was sent
    with, and beside it what has changed since.
    """
    live = row.state in (ProgressReport.State.OPEN, ProgressReport.State.RETURNED)
    now = {figure["key"]: figure["value"] for figure in known}
    lines = [_line(one, figure, live, now) for figure in (known if live else one.figures)]
    return {
        "basic": [line for line in lines if line["f"]["key"] in BASIC],
        "measured": [line for line in lines if line["f"]["key"] not in BASIC],
        "unchecked": sum(line["said"] is None for line in lines),
        "disputed": [line for line in lines if line["said"] and not line["said"]["right"]],
    }


def _line(one: ReportEntry, figure: dict[str, Any], live: bool, now: dict[str, Any]) -> dict[str, Any]:
    said = one.checks.get(figure["key"])
    key = figure["key"]
    return {
        "f": figure,
        "said": {**said, "when": cells.moment(datetime.fromisoformat(said["at"]))} if said else None,
        "since": bool(said) and said["value"] != figure["value"],
        "now": now.get(key) if not live and key in now and now[key] != figure["value"] else None,
    }


@require_GET
def show(request: ActorRequest, pk: int) -> HttpResponse:
    """The report: editable for its unit while it is open, else as it was sent."""
    return render(request, "programmes/report.html", {"page": ReportPage(request, report_for(request, pk))})


@require_GET
def print_report(request: ActorRequest, pk: int) -> HttpResponse:
    """The report on A4."""
    return render(
        request, "programmes/report_print.html", {"page": ReportPage(request, report_for(request, pk))}
    )


@require_POST
def save_entry(request: ActorRequest, pk: int, entry: int) -> HttpResponse:
    """Keep one entry; answers with the small state line under the box, or goes back where no script runs."""
    report = report_for(request, pk)
    said = request.POST.get("narrative", "")
    raw = request.POST.get("overwrite") or request.POST.get("version", "")
    seen = int(raw) if raw.isdigit() and len(raw) < 10 else -1
    context: dict[str, Any] = {"narrative": said, "version": seen}
    try:
        found = acts.fill(request.actor, report, entry, said, seen)
        report = found.report
        context |= {"saved": found, "version": found.version, "at": cells.moment(clock.now())[-5:]}
    except acts.EntryStale as clash:
        context["theirs"] = clash.entry
    except Refused as error:
        context["wrong"] = str(error)
    except ValidationError as error:
        context["wrong"] = "".join(error.messages)
    if not request.headers.get("HX-Request"):
        return _without_script(request, report, context)
    context |= {"progress": ReportPage(request, report).progress, "url": request.path}
    return render(request, "programmes/report_state.html", context)


def _without_script(request: ActorRequest, report: ProgressReport, context: dict[str, Any]) -> HttpResponse:
    if "saved" in context:
        messages.success(request, "已保存。")
    elif "theirs" in context:
        theirs = context["theirs"]
        messages.warning(
            request,
            f"这一条刚由{theirs.edited_by}改过，您的文字没有保存：“{context['narrative'][:300]}”。"
            "请看过对方的文字后再写。",
        )
    else:
        messages.warning(request, context["wrong"])
    return HttpResponseRedirect(reverse("report", args=[report.pk]))


def attach(request: ActorRequest, pk: int) -> HttpResponse:
    """Put a file with a report that is open."""
    report = report_for(request, pk)
    if acts.fillable(request.actor, report):
        raise Http404
    form = AttachForm(request.POST or None, request.FILES or None)
    back = reverse("report", args=[pk])
    if request.method == "POST" and form.is_valid():
        try:
            found = files.attach(
                request.actor, report, form.cleaned_data["file"], permission="reports.fill",
                effective_on=form.cleaned_data["effective_on"],
            )  # fmt: skip
        except (BadFile, Refused) as error:
            form.add_error("file", str(error))
        else:
            messages.success(request, f"已上传“{found.name}”。")
            return HttpResponseRedirect(back)
    page = {
        "title": f"上传附件：{report}",
        "crumbs": [{"label": str(report), "url": back}, {"label": "上传附件"}],
        "action": request.path, "cancel_url": back, "save_label": "上传", "section_title": "附件",
    }  # fmt: skip
    return render(request, "kernel/form.html", {"page": page, "form": form})


def attachments(report: ProgressReport) -> list[Attachment]:
    """The files of a report."""
    return list(files.attached(report).order_by("id"))
