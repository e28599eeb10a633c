"""A paper on its page: the sheet, what is done with it, who has signed for it; and chasing."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_GET

from anlan.kernel import cells, clock, registry
from anlan.kernel.models import Attachment
from anlan.kernel.once import new_key
from anlan.kernel.pages.access import ledger_for
from anlan.kernel.pages.lists import Act
from anlan.kernel.pages.moves import MoveButton
from anlan.kernel.pages.rows import RowPage
from anlan.kernel.requests import ActorRequest
from anlan.papers import actions, reads
from anlan.papers.models import Paper
from anlan.papers.pages.access import download, downloads, paper_for, sent_file
from anlan.papers.pages.figure import figure_drawer

STEPS = (("draft", "拟稿"), ("signing", "送签"), ("signed", "签发"), ("sent", "发出"))
MOST = 300
TOLD = {"文号", "标题", "答复期限"}


class PaperPage(RowPage):
    """The paper as it is drawn, and beside it what is done with it."""

    row: Paper

    def __init__(self, request: ActorRequest, row: Paper) -> None:
        super().__init__(request, registry.ledger("papers"), row)
        self.sheet = reads.sheet_of(row).plain()

    @property
    def figure_base(self) -> str:
        """Where a figure's rows are shown."""
        return f"{self.base}figures/"

    @cached_property
    def acts(self) -> list[Act | MoveButton]:
        """Print, download; what the chosen post may do now."""
        may = self.request.actor.may
        found: list[Act | MoveButton] = downloads(self.base)
        if self.row.state == Paper.State.DRAFT and may("papers.change"):
            found.append(Act("修改公文", f"{self.base}edit/", "edit"))
            found.append(Act("上传附件", f"{self.base}attach/", "paperclip", office_only=True))
        if self.row.state in {Paper.State.SIGNED, Paper.State.SENT} and may("papers.add"):
            found.append(
                MoveButton("起草更正", f"{self.base}erratum/", post=True, key=new_key(), office_only=True)
            )
        for more in registry.declared("PAPER_ACTS"):
            found += more(self.request.actor, self.row)
        way = [one for one in self.way if one.label != "上传附件"]
        for one in way:
            one.primary = one.primary and not one.url.endswith("/void/")
        if self.row.state == Paper.State.DRAFT and may("papers.remove"):
            way.append(
                MoveButton(
                    "删除草稿",
                    f"{self.base}discard/",
                    post=True,
                    key=new_key(),
                    office_only=True,
                    ask=f"删除草稿“{self.row.title}”？删除后不能恢复。",
                )
            )
        return [*found, *way]

    @property
    def steps(self) -> list[dict[str, str]]:
        """Where it is on its way."""
        row = self.row
        if row.state == Paper.State.VOID:
            return []
        at = [key for key, _ in STEPS].index(row.state)
        note = {
            "draft": row.drafted_by.partition("（")[0],
            "signed": cells.day(row.signed_at) if row.signed_at else "",
            "sent": cells.day(row.sent_at) if row.sent_at else "",
        }
        last = len(STEPS) - 1
        return [
            {
                "label": label,
                "note": note.get(key, ""),
                "state": "done" if n < at or (n == at == last) else "now" if n == at else "",
            }
            for n, (key, label) in enumerate(STEPS)
        ]

    @cached_property
    def timeline(self) -> list[dict[str, Any]]:
        """The last acts, with those changes that a reader asks for."""
        return [
            {**one, "changes": [change for change in one["changes"] if change["label"] in TOLD]}
            for one in super().timeline
        ]

    @property
    def facts_now(self) -> list[tuple[str, Any]]:
        """What the sheet does not say."""
        row = self.row
        found: list[tuple[str, Any]] = [("状态", row.get_state_display()), ("制发单位", str(row.unit))]
        if row.signed_by:
            found.append(("签发", f"{row.signed_by} {cells.moment(row.signed_at)}"))
        if row.sent_at:
            found.append(("发出", cells.moment(row.sent_at)))
        if row.answer_by:
            found.append(("答复期限", cells.day(row.answer_by)))
        found.append(("公开方式", row.get_disclosure_display()))
        if row.corrects:
            found.append(("更正", self._link(row.corrects)))
        found += [("已由更正", self._link(one)) for one in self._errata()]
        source = actions.source_of(self.request.actor, row)
        if source is not None:
            url = f"{reverse('ledger-list', args=[row.ledger])}{source.pk}/"
            found.append(("起草依据", cells.link(str(source), url)))
        if row.digest:
            holds = reads.digest_of(row) == row.digest
            light = cells.light("g" if holds else "r", "与签发时一致" if holds else "与签发时不一致")
            found.append(
                ("签发摘要", format_html('{} <small class="tn">{}…</small>', light, row.digest[:12]))
            )
        return found

    def _link(self, paper: Paper) -> Any:
        url = f"{reverse('ledger-list', args=['papers'])}{paper.pk}/"
        return cells.link(paper.number or paper.title, url)

    def _errata(self) -> list[Paper]:
        return list(Paper.objects.visible_to(self.request.actor).filter(corrects=self.row).order_by("id"))

    @property
    def notes(self) -> list[dict[str, str]]:
        """Why a move is closed; that it is void."""
        if self.row.state == Paper.State.VOID:
            return [{"tone": "r", "text": f"本件已作废：{self.row.void_reason}"}]
        return super().notes

    @cached_property
    def matters(self) -> list[dict[str, Any]]:
        """What it speaks of, as far as each is a row of some ledger."""
        told = [one for matters in self.row.matters.values() for one in matters]
        return [one for one in reads.matters_shown(self.request.actor, told) if one.get("row")]

    @cached_property
    def receipts(self) -> list[dict[str, Any]]:
        """A line for each unit that it went to; before that, the units it will go to."""
        if self.row.state in {Paper.State.SENT, Paper.State.VOID} and self.row.sent_at:
            now = clock.now()
            hung = _answers(self.row)
            return [
                {
                    "unit": reads.short(one.unit),
                    "light": cells.light(*reads.light(one, now)),
                    "answer": one.answer,
                    "who": one.answered_by or one.signed_by,
                    "when": cells.moment(one.answered_at or one.signed_at) if one.signed_at else "",
                    "files": hung.get(one.pk, []),
                    "base": f"{self.base}answers/",
                }
                for one in reads.receipts_of(self.row)
            ]
        return [{"unit": reads.short(one)} for one in reads.addressed(self.row)]


def _answers(paper: Paper) -> dict[int, list[Any]]:
    """{receipt: the files of its answer}, in one query."""
    ids = reads.receipts_of(paper).values_list("pk", flat=True)
    rows = Attachment.objects.unscoped("answers to a paper that the reader sees")
    found: dict[int, list[Any]] = {}
    for one in rows.filter(ledger="receipts", subject_id__in=list(ids), kind=actions.ANSWERED).order_by("id"):
        found.setdefault(one.subject_id, []).append(one)
    return found


@require_GET
def show_paper(request: ActorRequest, pk: int) -> HttpResponse:
    """A paper: its sheet, its way, its receipts."""
    page = PaperPage(request, paper_for(request, pk))
    return render(request, "papers/paper.html", {"page": page, "sheet": page.sheet})


@require_GET
def print_paper(request: ActorRequest, pk: int) -> HttpResponse:
    """The sheet alone, for the printer."""
    page = PaperPage(request, paper_for(request, pk))
    return render(request, "papers/print.html", {"page": page, "sheet": page.sheet})


@require_GET
def paper_pdf(request: ActorRequest, pk: int) -> HttpResponse:
    """The paper as PDF; ?notes prints where figures come from."""
    return download(request, paper_for(request, pk), "pdf")


@require_GET
def paper_docx(request: ActorRequest, pk: int) -> HttpResponse:
    """The paper as docx."""
    return download(request, paper_for(request, pk), "docx")


@require_GET
def paper_figure(request: ActorRequest, pk: int, figure: int) -> HttpResponse:
    """Where one figure of a paper comes from."""
    return figure_drawer(request, paper_for(request, pk), figure)


@require_GET
def answer_file(request: ActorRequest, pk: int, file: int) -> FileResponse:
    """A file of an answer, for the issuer."""
    found = [one for hung in _answers(paper_for(request, pk)).values() for one in hung if one.pk == file]
    return sent_file(found[0] if found else None)


@require_GET
def chase(request: ActorRequest) -> HttpResponse:
    """Who has not signed for, or not answered, what we sent."""
    ledger_for(request, "papers")
    which = request.GET.get("show", "")
    choices = {"": {}, "waiting": {"state": "waiting"}, "signed": {"state": "signed"}, "late": {"late": True}}
    rows = reads.chasing(request.actor, **choices.get(which, {}))  # type: ignore[arg-type]
    labels = (("", "全部"), ("waiting", "未签收"), ("signed", "未答复"), ("late", "逾期"))
    now = clock.now()
    base = reverse("paper-chase")
    page = {
        "title": "签收答复催办",
        "crumbs": [{"label": "发文", "url": reverse("ledger-list", args=["papers"])}, {"label": "催办"}],
        "views": [
            {
                "label": label,
                "url": f"{base}?show={key}" if key else base,
                "current": key == which,
                "count": reads.chasing(request.actor, **choices[key])[: MOST + 1].count(),  # type: ignore[arg-type]
            }
            for key, label in labels
        ],
        "rows": [
            {"row": one, "unit": reads.short(one.unit), "light": cells.light(*reads.light(one, now))}
            for one in rows[:MOST]
        ],
        "most": MOST,
    }
    return render(request, "papers/chase.html", {"page": page})
