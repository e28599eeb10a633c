"""Pictures that were taken in, opened safely: pixels for pages and fingerprints, its time and place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from anlan.hazards.rules import danger_photos as rules
from anlan.kernel import clock
from anlan.kernel.models import Attachment, StoredFile

# A picture of more pixels than any phone takes is not unpacked.
MOST_PIXELS = 120_000_000


class UnreadableError(Exception):
    """The picture cannot be opened: a format that is not read here, broken, or too many pixels."""


@dataclass(frozen=True)
class Taken:
    """When (aware) and where (longitude, latitude) by the camera; None where it says nothing."""

    at: datetime | None = None
    place: tuple[float, float] | None = None


@contextmanager
def _opened(stored: StoredFile) -> Iterator[Image.Image]:
    try:
        with Image.open(Path(settings.FILES) / stored.place) as image:
            if image.width * image.height > MOST_PIXELS:
                raise UnreadableError(f"{image.width} × {image.height}")
            yield image
    except (OSError, SyntaxError, ValueError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise UnreadableError(str(error)) from error


def drawn(stored: StoredFile, size: int) -> Image.Image:
    """The picture in RGB, turned as it was held, at most `size` pixels a side. Raises UnreadableError."""
    with _opened(stored) as image:
        # A JPEG is unpacked no larger than needed.
        image.draft("RGB", (size * 2, size * 2))
        found = ImageOps.exif_transpose(image).convert("RGB")
        found.thumbnail((size, size))
        return found


def greys(stored: StoredFile) -> list[int]:
    """The 72 greys of its fingerprint, nine a row. Raises UnreadableError."""
    small = drawn(stored, 256).convert("L").resize((rules.WIDE, rules.HIGH), Image.Resampling.BOX)
    return list(small.tobytes())


def taken(stored: StoredFile) -> Taken:
    """What the camera wrote beside the picture; a moment without a zone is taken as Chinese time."""
    try:
        with _opened(stored) as image:
            exif = image.getexif()
            told = exif.get_ifd(ExifTags.IFD.Exif)
            place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    except UnreadableError:
        return Taken()
    base = ExifTags.Base
    moment = rules.exif_moment(
        str(told.get(base.DateTimeOriginal, "")), str(told.get(base.OffsetTimeOriginal, ""))
    )
    if moment is not None:
        moment = min(moment if moment.tzinfo else moment.replace(tzinfo=clock.SHANGHAI), clock.now())
    gps = ExifTags.GPS
    east = rules.exif_degrees(_parts(place.get(gps.GPSLongitude)), str(place.get(gps.GPSLongitudeRef, "")))
    north = rules.exif_degrees(_parts(place.get(gps.GPSLatitude)), str(place.get(gps.GPSLatitudeRef, "")))
    return Taken(moment, None if east is None or north is None else (east, north))


def complete(hung: Attachment) -> None:
    """Fill in when and where a photo was taken from what the camera wrote, where the upload said nothing."""
    told = taken(hung.file)
    missing: dict[str, object] = {}
    if hung.taken_at is None and told.at is not None:
        missing["taken_at"] = hung.taken_at = told.at
    if hung.longitude is None and told.place is not None:
        hung.longitude, hung.latitude = told.place
        missing |= {"longitude": hung.longitude, "latitude": hung.latitude}
    if missing:
        Attachment.objects.unscoped("the photo that was just hung").filter(pk=hung.pk).update(**missing)


def _parts(value: object) -> list[float]:
    return [float(one) for one in value] if isinstance(value, (tuple, list)) else []
