"""Pictures of dangers as our pages show them: read, made small, written anew. The upload itself is only
ever sent as a download; what is shown here are pixels that this house has written."""

from __future__ import annotations

import io
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from anlan.hazards import pictures
from anlan.hazards.models import HiddenDanger
from anlan.hazards.rules.danger_photos import AFTER, BEFORE
from anlan.kernel import files
from anlan.kernel.models import Attachment, StoredFile
from anlan.kernel.requests import ActorRequest

SMALL, LARGE = 128, 1280


@require_GET
def thumb(request: ActorRequest, pk: int) -> HttpResponse:
    """The first photo of a danger, small."""
    row = HiddenDanger.objects.visible_to(request.actor).filter(pk=pk).first()
    found = files.attached(row).filter(kind__in=(BEFORE, AFTER)).order_by("id").first() if row else None
    if found is None:
        raise Http404
    return _answer(found, SMALL)


@require_GET
def photo(request: ActorRequest, pk: int, attachment: int) -> HttpResponse:
    """One photo of a danger, as large as a page needs it."""
    row = HiddenDanger.objects.visible_to(request.actor).filter(pk=pk).first()
    found = files.attached(row).filter(pk=attachment, kind__in=(BEFORE, AFTER)).first() if row else None
    if found is None:
        raise Http404
    return _answer(found, LARGE)


def _answer(found: Attachment, size: int) -> HttpResponse:
    path = Path(settings.FILES) / "pictures" / f"{found.file.digest}-{size}.jpg"
    if not path.exists():
        _draw(found.file, path, size)
    answer = HttpResponse(path.read_bytes(), content_type="image/jpeg")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, max-age=86400"
    return answer


def _draw(stored: StoredFile, path: Path, size: int) -> None:
    """Write the picture anew, turned as it was held, without what a camera wrote beside it."""
    try:
        drawn = pictures.drawn(stored, size)
    except pictures.UnreadableError as error:
        raise Http404 from error
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=82)
    path.parent.mkdir(parents=True, exist_ok=True)
    waiting = path.with_suffix(".part")
    waiting.write_bytes(out.getvalue())
    waiting.replace(path)
