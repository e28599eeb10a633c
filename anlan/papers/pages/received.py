"""A received paper: read, signed for, answered by the people of the unit it came to."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from anlan.kernel import cells, clock, files, registry
from anlan.kernel.pages.lists import Act
from anlan.kernel.pages.moves import MoveButton
from anlan.kernel.pages.rows import RowPage
from anlan.kernel.requests import ActorRequest
from anlan.kernel.sniff import BadFile
from anlan.kernel.writing import Refused
from anlan.papers import actions, reads
from anlan.papers.forms import AnswerForm
from anlan.papers.models import Paper, Receipt
from anlan.papers.pages.access import BOTH, download, downloads, form_page, receipt_for, sent_file
from anlan.papers.pages.figure import figure_drawer
from anlan.papers.rules import wording


class ReceiptPage(RowPage):
    """A received paper: its sheet, and what this unit has done with it."""

    row: Receipt

    def __init__(self, request: ActorRequest, row: Receipt) -> None:
        super().__init__(request, registry.ledger("receipts"), row)
        self.paper = row.paper
        self.sheet = reads.sheet_of(row.paper).plain()
        self.light = cells.light(*reads.light(row, clock.now()))
        self.enclosures = files.attached(row.paper).filter(kind=actions.ENCLOSED)

    @property
    def title(self) -> str:
        """The paper's title."""
        return self.paper.title

    @property
    def crumbs(self) -> list[dict[str, str]]:
        """Back to the list."""
        return [
            {"label": "收文", "url": reverse("ledger-list", args=["receipts"])},
            {"label": self.paper.number},
        ]

    @property
    def figure_base(self) -> str:
        """Where a figure's rows are shown."""
        return f"{self.base}figures/"

    @cached_property
    def matters(self) -> list[dict[str, Any]]:
        """What it speaks of, with links to what the reader sees."""
        return reads.matters_shown(self.request.actor, self.row.matters)

    @cached_property
    def acts(self) -> list[Act | MoveButton]:
        """Download; sign for; answer."""
        way = [one for one in self.way if one.label not in {"上传附件", "撤回"}]
        return [*downloads(self.base), *way]

    @property
    def notes(self) -> list[dict[str, str]]:
        """That it is void."""
        if self.paper.state == Paper.State.VOID:
            return [{"tone": "r", "text": f"来文单位已作废本件：{self.paper.void_reason}"}]
        return []


@require_GET
def show_receipt(request: ActorRequest, pk: int) -> HttpResponse:
    """A received paper."""
    page = ReceiptPage(request, receipt_for(request, pk))
    return render(request, "papers/receipt.html", {"page": page, "sheet": page.sheet})


@require_GET
def print_receipt(request: ActorRequest, pk: int) -> HttpResponse:
    """The received sheet alone, for the printer."""
    page = ReceiptPage(request, receipt_for(request, pk))
    return render(request, "papers/print.html", {"page": page, "sheet": page.sheet})


@require_GET
def receipt_pdf(request: ActorRequest, pk: int) -> HttpResponse:
    """The received paper as PDF."""
    return download(request, receipt_for(request, pk).paper, "pdf")


@require_GET
def receipt_docx(request: ActorRequest, pk: int) -> HttpResponse:
    """The received paper as docx."""
    return download(request, receipt_for(request, pk).paper, "docx")


@require_GET
def receipt_figure(request: ActorRequest, pk: int, figure: int) -> HttpResponse:
    """Where one figure of a received paper comes from, as far as the reader sees its rows."""
    return figure_drawer(request, receipt_for(request, pk).paper, figure)


@require_GET
def receipt_file(request: ActorRequest, pk: int, file: int) -> FileResponse:
    """A file that came with the paper."""
    rows = files.attached(receipt_for(request, pk).paper).filter(kind=actions.ENCLOSED, pk=file)
    return sent_file(rows.first())


@require_http_methods(BOTH)
def answer(request: ActorRequest, pk: int) -> HttpResponse:
    """Write the answer, with files."""
    receipt = receipt_for(request, pk)
    if not request.actor.may("receipts.answer"):
        raise Http404
    form = AnswerForm(request.POST or None, request.FILES or None)
    back = f"{reverse('ledger-list', args=['receipts'])}{pk}/"
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        key = request.POST.get("idempotency_key", "")
        try:
            actions.answer(request.actor, receipt, given["answer"], given["uploads"], key=key)
            messages.success(request, "已答复，来文单位已收到通知。")
            return HttpResponseRedirect(back)
        except (BadFile, Refused, ValidationError) as error:
            said = "；".join(error.messages) if isinstance(error, ValidationError) else str(error)
            form.add_error("uploads" if isinstance(error, BadFile) else None, said)
    page = form_page(request, f"答复：{receipt.paper.title}", "答复", back, "收文", "receipts")
    page["save_label"] = "发出答复"
    if receipt.answer_by:
        page["section_title"] = f"请于{wording.date_words(receipt.answer_by)}前答复"
    status = 422 if form.is_bound else 200
    return render(request, "kernel/form.html", {"form": form, "page": page}, status=status)
