"""Drawn signatures as our pages show them: pixels that this house has written, never the upload itself."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpResponse
from PIL import Image, UnidentifiedImageError

from anlan.hazards.actions.work import SIGNATURE, flat
from anlan.hazards.models import WorkConfirmation
from anlan.kernel import files

SIZE = (600, 240)


def picture(row: WorkConfirmation, attachment: int) -> HttpResponse:
    """The signature kept under this attachment of a row that the caller has found visible."""
    found = files.attached(row).filter(pk=attachment, kind=SIGNATURE).first()
    if found is None:
        raise Http404
    path = Path(settings.FILES) / "pictures" / f"{found.file.digest}-sign.png"
    if not path.exists():
        _draw(Path(settings.FILES) / found.file.place, path)
    answer = HttpResponse(path.read_bytes(), content_type="image/png")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, max-age=86400"
    return answer


def _draw(stored: Path, path: Path) -> None:
    """Cut to the ink, in grey on white."""
    try:
        with Image.open(stored) as image:
            drawn = flat(image)
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise Http404 from error
    ink = drawn.point(lambda value: 255 - value).getbbox()
    drawn = drawn.crop(ink) if ink else drawn
    drawn.thumbnail(SIZE)
    path.parent.mkdir(parents=True, exist_ok=True)
    waiting = path.with_suffix(".part")
    drawn.save(waiting, "PNG")
    waiting.replace(path)
