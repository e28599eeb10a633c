"""The office's side of reports: collecting them, exceptions, reminders, its own report and its re-check."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from anlan.kernel import cells, clock, jobs
from anlan.kernel.once import new_key, once
from anlan.kernel.pages.access import ledger_for, row_for
from anlan.kernel.pages.lists import Act
from anlan.kernel.pages.moves import MoveButton
from anlan.kernel.requests import ActorRequest
from anlan.kernel.writing import Refused
from anlan.papers.models import Paper
from anlan.programmes import reads_report, report_jobs
from anlan.programmes.actions import report as acts
from anlan.programmes.actions import report_paper
from anlan.programmes.models import Programme, ReportRound
from anlan.programmes.pages.report import report_for
from anlan.programmes.rules.completeness import Figures, Rate
from anlan.programmes.rules.report_lock import BadDays

# More items than this are written in a job, not while the browser waits.
MANY = 12
SHOWN = (("all", "全部"), ("missing", "未报"), ("late", "迟报"), ("waiting", "待审核"), ("reported", "已报"))


def round_for(request: ActorRequest, pk: int) -> ReportRound:
    """The round if the actor may see it, else 404."""
    return row_for(  # type: ignore[no-any-return]
        request, ledger_for(request, "report-rounds"), pk, "programme__issuer"
    )


def ledger_url(round_: ReportRound, **more: str) -> str:
    """The rows behind a number."""
    return f"{reverse('ledger-list', args=['reports'])}?{urlencode({'round': str(round_.pk), **more})}"


def percent(rate: Rate) -> str:
    """83.3%, or a dash where nothing is expected."""
    return "—" if rate.percent is None else f"{rate.percent:f}%"


def figures_row(figures: Figures) -> dict[str, Any]:
    """The five measures as the table reads them."""
    return {
        "expected": figures.expected,
        "actual": figures.actual,
        "on_time": figures.on_time,
        "missing": figures.expected - figures.actual,
        "completeness": percent(figures.completeness),
        "timeliness": percent(figures.timeliness),
    }


class RoundPage:
    """What `programmes/report_round.html` reads."""

    def __init__(self, request: ActorRequest, round_: ReportRound) -> None:
        self.request, self.row = request, round_
        self.actor = request.actor
        self.show = request.GET.get("show", "all")
        self.place = request.GET.get("place", "")
        self.lines = reads_report.lines_of(request.actor, round_)
        self.owing = reads_report.still_expected(self.lines)
        self.url = reverse("report-round", args=[round_.pk])
        self.title = f"{round_.label}完成情况报告汇总"

    @property
    def office(self) -> bool:
        """Whether the chosen post decides here."""
        seat = self.actor.seat
        return bool(
            seat and self.row.programme.region_path in seat.region_paths and self.actor.may("reports.decide")
        )

    @property
    def crumbs(self) -> list[dict[str, str]]:
        """Back to the rounds."""
        return [{"label": "报告汇总", "url": reverse("report-home")}, {"label": self.row.programme.title}]

    @property
    def facts(self) -> list[str]:
        """The days, both counts in words."""
        row = self.row
        return [
            f"截止 {row.due_on.isoformat()}",
            f"{row.timely_on.isoformat()} 及以前报送算按时",
            f"{row.locks_on.isoformat()} 后锁定填报",
            f"今天 {clock.today().isoformat()}",
        ]

    @cached_property
    def acts(self) -> list[Any]:
        """Print, export; remind, draft."""
        found: list[Any] = [
            Act("打印", f"{self.url}print/", "printer", office_only=True),
            Act("导出", ledger_url(self.row).replace("/?", "/export/?"), "download", office_only=True),
        ]
        if self.office and any(one.standing.missing for one in self.lines):
            ask = f"向 {sum(one.standing.missing for one in self.lines)} 家未报单位发送提醒？"
            found.append(MoveButton("提醒未报单位", f"{self.url}remind/", post=True, key=new_key(), ask=ask))
        if self.office and self.actor.may("papers.add"):
            found.append(
                MoveButton("起草本级报告", f"{self.url}draft/", post=True, key=new_key(), office_only=True)
            )
        return found

    @cached_property
    def figs(self) -> list[dict[str, Any]]:
        """The five measures; each number opens its rows."""
        found = reads_report.figures_of(self.lines, self.owing)
        row = self.row
        rate, timely = found.completeness, found.timeliness
        return [
            {"label": "应报", "value": found.expected, "unit": "家", "url": ledger_url(row)},
            {"label": "已报", "value": found.actual, "unit": "家", "url": ledger_url(row, filled="reported")},
            {"label": "按时", "value": found.on_time, "unit": "家", "url": ledger_url(row, filled="timely")},
            {"label": "未报", "value": found.expected - found.actual, "unit": "家",
             "url": ledger_url(row, filled="missing"), "red": found.expected > found.actual},
            {"label": "对数字有异议", "value": sum(one.row.objected for one in self.lines), "unit": "处",
             "url": ledger_url(row, filled="objected")},
            {"label": "完整率", "value": percent(rate), "note": f"{rate.top}/{rate.bottom}"},
            {"label": "及时率", "value": percent(timely), "note": f"{timely.top}/{timely.bottom}"},
        ]  # fmt: skip

    @cached_property
    def levels(self) -> list[dict[str, Any]]:
        """By place, with the programmes below rolled up."""
        found = [
            {
                "label": one.label,
                "url": f"{self.url}?{urlencode({'place': one.path})}",
                **figures_row(one.figures),
            }
            for one in reads_report.levels_of(self.lines, self.owing, self.row)
        ]
        below = [
            {"label": str(row.programme.issuer.short_name or row.programme.issuer.name),
             "url": reverse("report-round", args=[row.pk]), "below": True, **figures_row(figures)}
            for row, figures in reads_report.lower_rounds(self.actor, self.row)
        ]  # fmt: skip
        return [*found, *below]

    @cached_property
    def shown(self) -> list[dict[str, Any]]:
        """The lines of the chosen view."""
        return [
            {"line": one, "light": cells.light(one.standing.light, one.standing.word),
             "owing": one.row.unit_id in self.owing, "url": reverse("report", args=[one.row.pk])}
            for one in self.lines
            if self._fits(one)
        ]  # fmt: skip

    def _fits(self, one: reads_report.Line) -> bool:
        if self.place and not (
            one.own_level if self.place == self.row.region_path else one.region.startswith(self.place)
        ):
            return False
        match self.show:
            case "missing":
                return one.standing.missing
            case "waiting":
                return one.row.state == "submitted" and one.row.filled > 0
            case "late" | "reported":
                return one.standing.key == self.show
        return True

    @property
    def views(self) -> list[dict[str, Any]]:
        """All, missing, late, waiting, reported."""
        more = {"place": self.place} if self.place else {}
        return [
            {
                "label": label,
                "url": f"{self.url}?{urlencode({'show': key, **more})}",
                "current": self.show == key,
            }
            for key, label in SHOWN
        ]  # fmt: skip

    @cached_property
    def papers(self) -> list[dict[str, Any]]:
        """The office's own reports on this round."""
        if not self.actor.may_read("papers.view"):
            return []
        return [
            {
                "row": one,
                "url": reverse("paper", args=[one.pk]),
                "check": reverse("report-recheck", args=[one.pk]),
            }
            for one in report_paper.papers_of(self.actor, self.row)
        ]  # fmt: skip

    key = property(lambda self: new_key())


@require_GET
def home(request: ActorRequest) -> HttpResponse:
    """The rounds there are, and those that the documents ask for and nobody has opened."""
    ledger_for(request, "report-rounds")
    rounds = reads_report.rounds_for(request.actor)
    page = {
        "title": "报告汇总",
        "facts": ["应报按有职责且在截止日存续的单位计，已报按写了内容的报告计，空表不算"],
        "rounds": [_summary(request, one) for one in rounds],
        "waiting": _unopened(request, rounds),
    }
    return render(request, "programmes/report_home.html", {"page": page})


def _summary(request: ActorRequest, one: ReportRound) -> dict[str, Any]:
    lines = reads_report.lines_of(request.actor, one)
    figures = reads_report.figures_of(lines, reads_report.still_expected(lines))
    return {"row": one, "url": reverse("report-round", args=[one.pk]), **figures_row(figures)}


def _unopened(request: ActorRequest, rounds: Sequence[ReportRound]) -> list[dict[str, Any]]:
    seat = request.actor.seat
    if seat is None or not request.actor.may("reports.open"):
        return []
    there = {(one.programme_id, one.ends_on) for one in rounds}
    rows = Programme.objects.visible_to(request.actor).filter(
        state=Programme.State.RUNNING, region_path__in=seat.region_paths
    )
    return [
        {"programme": one, "span": span, "n": n, "opened": (one.pk, span.end) in there, "key": new_key()}
        for one in rows.order_by("-year", "-id")
        for n, span in enumerate(reads_report.spans_of(one))
    ]


@require_POST
def open_round(request: ActorRequest) -> HttpResponse:
    """Open the reports of one of a programme's windows, or take in units that came since."""
    raw, place = request.POST.get("programme", ""), request.POST.get("span", "")
    if not (raw.isdigit() and place.isdigit() and len(raw) < 18 and len(place) < 3):
        raise Http404
    programme = Programme.objects.visible_to(request.actor).filter(pk=int(raw)).first()
    spans = reads_report.spans_of(programme) if programme else []
    if programme is None or int(place) >= len(spans) or not request.actor.may("reports.open"):
        raise Http404
    made: list[acts.Opened] = []

    def act() -> int:
        made.append(acts.open_round(request.actor, programme, spans[int(place)]))
        return int(made[0].round.pk)

    try:
        pk, fresh = once(request.actor, request.POST.get("idempotency_key", ""), act)
    except (Refused, BadDays) as error:
        messages.warning(request, str(error))
        return HttpResponseRedirect(reverse("report-home"))
    if fresh:
        messages.success(request, f"已开放，{made[0].made} 家单位可以填报，通知 {made[0].told} 人。")
    return HttpResponseRedirect(reverse("report-round", args=[pk]))


@require_GET
def show_round(request: ActorRequest, pk: int) -> HttpResponse:
    """How a collection stands, by unit and by place."""
    return render(
        request, "programmes/report_round.html", {"page": RoundPage(request, round_for(request, pk))}
    )


@require_GET
def print_round(request: ActorRequest, pk: int) -> HttpResponse:
    """The same on A4."""
    page = RoundPage(request, round_for(request, pk))
    context = {"page": page, "printed_at": cells.moment(clock.now()), "printed_by": request.actor.label}
    return render(request, "programmes/report_round_print.html", context)


@require_POST
def decide(request: ActorRequest, pk: int) -> HttpResponse:
    """Accept, return or remind the ticked ones."""
    row = round_for(request, pk)
    act, words = request.POST.get("act", ""), request.POST.get("decision", "").strip()
    ids = [int(one) for one in request.POST.getlist("ids") if one.isdigit() and len(one) < 18]
    back = HttpResponseRedirect(reverse("report-round", args=[pk]))
    if act not in ("accept", "return", "remind") or not request.actor.may("reports.decide"):
        raise Http404
    if not ids:
        messages.warning(request, "请先勾选单位。")
        return back
    if act == "return" and not words:
        messages.warning(request, "退回要写明意见，没有退回。")
        return back
    key = request.POST.get("idempotency_key", "")
    try:
        told, fresh = once(request.actor, key, lambda: _decide(request, row, ids, act, words))
    except Refused as error:
        messages.warning(request, str(error))
        return back
    if fresh:
        messages.success(request, told[0])
        for one in told[1][:10]:
            messages.warning(request, one)
    return back


def _decide(request: ActorRequest, row: ReportRound, ids: list[int], act: str, words: str) -> list[Any]:
    if act == "remind":
        units, told = acts.remind(request.actor, row, ids)
        return [f"已提醒 {units} 家未报单位，通知 {told} 人。", []]
    done = acts.decide_many(request.actor, row, ids, act, words)
    return [f"已{'采用' if act == 'accept' else '退回'} {done.done} 份报告。", list(done.refused)]


@require_POST
def remind(request: ActorRequest, pk: int) -> HttpResponse:
    """Remind everybody who has not reported."""
    row = round_for(request, pk)
    try:
        made, fresh = once(
            request.actor,
            request.POST.get("idempotency_key", ""),
            lambda: list(acts.remind(request.actor, row)),
        )
    except Refused as error:
        messages.warning(request, str(error))
    else:
        if fresh:
            messages.success(
                request, f"已提醒 {made[0]} 家未报单位，通知 {made[1]} 人；今天提醒过的不重复通知。"
            )
    return HttpResponseRedirect(reverse("report-round", args=[pk]))


class ExceptionForm(forms.Form):
    """Until when, and why."""

    until = forms.DateField(
        label="准予补报至", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写日期。", "invalid": "读不出日期。请写成 2023-07-20。"},
    )  # fmt: skip
    reason = forms.CharField(
        label="理由", max_length=300, widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "请填写理由。"}, help_text="与批准人、期限一起记录在报告上",
    )  # fmt: skip


def grant(request: ActorRequest, pk: int) -> HttpResponse:
    """Let one unit enter after the lock."""
    report = report_for(request, pk)
    if not request.actor.may("reports.except"):
        raise Http404
    form = ExceptionForm(request.POST or None)
    back = reverse("report", args=[pk])
    if request.method == "POST" and form.is_valid():
        try:
            found = acts.grant_exception(request.actor, report, **form.cleaned_data)
        except ValidationError as error:
            for name, words in error.message_dict.items():
                form.add_error(name if name in form.fields else None, words)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已准予补报至 {found.until.isoformat()}。及时率不因此改变。")
            return HttpResponseRedirect(back)
    page = {
        "title": f"补报许可：{report}",
        "crumbs": [{"label": str(report), "url": back}, {"label": "补报许可"}],
        "facts": [f"截止 {report.due_on.isoformat()}", f"{report.locks_on.isoformat()} 后锁定"],
        "action": request.path, "cancel_url": back, "save_label": "准予补报", "section_title": "补报许可",
    }  # fmt: skip
    return render(request, "kernel/form.html", {"page": page, "form": form})


# The office's own report ----------------------------------------------------------------------------


@require_POST
def draft(request: ActorRequest, pk: int) -> HttpResponse:
    """Draft the office's report of a round and open it; many items are written in a job."""
    row = round_for(request, pk)
    key = request.POST.get("idempotency_key", "")
    if report_paper.count_items(row) > MANY:
        if not request.actor.may("papers.add"):
            raise Http404
        label = f"起草《{row.programme.title}》{row.label}报告"
        job, _ = once(
            request.actor, key,
            lambda: int(jobs.start(request.actor, report_jobs.KIND, label, round=row.pk).pk),
        )  # fmt: skip
        return HttpResponseRedirect(reverse("job", args=[job]))
    try:
        paper, _ = once(
            request.actor, key, lambda: int(report_paper.draft_office_report(request.actor, row).pk)
        )
    except Refused as error:
        messages.warning(request, str(error))
        return HttpResponseRedirect(reverse("report-round", args=[pk]))
    return HttpResponseRedirect(reverse("paper", args=[paper]))


def _paper_for(request: ActorRequest, pk: int) -> Paper:
    return row_for(request, ledger_for(request, "papers"), pk, "unit", "corrects")  # type: ignore[no-any-return]


@require_GET
def recheck(request: ActorRequest, pk: int) -> HttpResponse:
    """Each frozen figure of a paper against today's rows: which has moved, and by which rows."""
    paper = _paper_for(request, pk)
    found = report_paper.moved(paper)
    changed = [one for one in found if not one.check.holds]
    issued = paper.state in {Paper.State.SIGNED, Paper.State.SENT}
    url = reverse("paper", args=[pk])
    page = {
        "title": "数字复核",
        "crumbs": [{"label": paper.title, "url": url}, {"label": "数字复核"}],
        "facts": [
            f"定格的数 {len(found)} 处",
            f"有变动 {len(changed)} 处",
            f"{cells.moment(clock.now())} 复核",
        ],
        "paper": paper,
        "issued": issued,
        "changed": len(changed),
        "lines": [_figure_line(one, url) for one in found],
        "erratum": issued
        and request.actor.may("papers.add")
        and any(x.check.was != x.check.now for x in found),
        "key": new_key(),
    }
    return render(request, "programmes/report_recheck.html", {"page": page})


def _figure_line(one: report_paper.Moved, url: str) -> dict[str, Any]:
    check = one.check
    if check.tampered:
        light = cells.light("r", "定格记录被改动过")
    elif check.holds:
        light = cells.light("g", "一致")
    else:
        light = cells.light("y", "已变动" if check.was != check.now else "数相同，记录有增减")
    return {
        "figure": one.figure, "printed": one.printed, "now": one.now, "light": light, "basis": one.basis,
        "part": one.part,
        "gained": check.gained or (), "lost": check.lost or (), "holds": check.holds,
        "url": f"{url}figures/{one.figure.pk}/",
    }  # fmt: skip


@require_POST
def erratum(request: ActorRequest, pk: int) -> HttpResponse:
    """Draft the erratum of a paper whose figures have moved."""
    paper = _paper_for(request, pk)
    key = request.POST.get("idempotency_key", "")
    try:
        made, _ = once(
            request.actor, key, lambda: int(report_paper.draft_correction(request.actor, paper).pk)
        )
    except Refused as error:
        messages.warning(request, str(error))
        return HttpResponseRedirect(reverse("report-recheck", args=[pk]))
    return HttpResponseRedirect(reverse("paper", args=[made]))
