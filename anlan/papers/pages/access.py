"""Finding papers and receipts for one actor, and handing out what was made of them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse

from anlan.kernel.once import new_key
from anlan.kernel.pages.access import ledger_for, row_for
from anlan.kernel.pages.lists import Act
from anlan.kernel.pages.moves import MoveButton
from anlan.kernel.requests import ActorRequest
from anlan.kernel.sniff import MIME
from anlan.papers import reads
from anlan.papers.models import Paper, Receipt
from anlan.papers.rules.sheet import Sheet

BOTH = ["GET", "POST"]
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def paper_for(request: ActorRequest, pk: int, act: str = "view") -> Paper:
    """The paper if the actor may do `act` with it, else 404."""
    ledger = ledger_for(request, "papers", act)
    return row_for(request, ledger, pk, "unit__region", "corrects")  # type: ignore[no-any-return]


def receipt_for(request: ActorRequest, pk: int) -> Receipt:
    """The received paper if it came to the actor's unit, else 404."""
    ledger = ledger_for(request, "receipts")
    return row_for(request, ledger, pk, "paper__unit__region", "unit")  # type: ignore[no-any-return]


def downloads(base: str) -> list[Act | MoveButton]:
    """The buttons of both files."""
    return [
        Act("PDF", f"{base}pdf/", "file-type-pdf", office_only=True),
        Act("docx", f"{base}docx/", "file-type-docx", office_only=True),
    ]


def _drawn(sheet: Sheet, kind: str, signed_at: datetime | None) -> bytes:
    """The file; what draws it is imported by the first who asks, since its libraries are large."""
    if kind == "pdf":
        from anlan.papers.drawing_pdf import pdf

        return pdf(sheet, signed_at)
    from anlan.papers.drawing_docx import docx

    return docx(sheet)


def download(request: HttpRequest, paper: Paper, kind: str) -> HttpResponse:
    """The paper as a file; ?notes prints where figures come from."""
    sheet = reads.sheet_of(paper, notes="notes" in request.GET)
    made = _drawn(sheet, kind, paper.signed_at)
    answer = HttpResponse(made, content_type="application/pdf" if kind == "pdf" else DOCX)
    name = quote(f"{paper.number or '草稿'} {paper.title}.{kind}".replace("/", "-").replace("\n", ""))
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def sent_file(found: Any) -> FileResponse:
    """An attachment that has been found visible, always as a download; None is a 404."""
    if found is None:
        raise Http404
    place = Path(settings.FILES) / found.file.place
    answer = FileResponse(
        place.open("rb"), as_attachment=True, filename=found.name, content_type=MIME[found.file.kind]
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "private, no-store"
    return answer


def form_page(
    request: HttpRequest, title: str, save: str, back: str, ledger: str, key: str
) -> dict[str, Any]:
    """What `kernel/form.html` reads."""
    return {
        "title": title,
        "crumbs": [{"label": ledger, "url": reverse("ledger-list", args=[key])}, {"label": save}],
        "action": request.path,
        "idempotency": request.POST.get("idempotency_key") or new_key(),
        "section_title": save,
        "cancel_url": back,
        "save_label": save,
    }
