"""What is kept of photographs: fingerprints of contents, the mark of dangers with a used photo."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef

from anlan.hazards import pictures, reads_photos
from anlan.hazards.models import CopiedPhoto, PhotoPrint
from anlan.hazards.rules import danger_photos as rules
from anlan.kernel import clock
from anlan.kernel.models import Attachment, StoredFile

SIDES = (rules.BEFORE, rules.AFTER)
MOST = 2_000


def note(danger: int, stored: StoredFile) -> None:
    """Keep the print of a photo that was just hung on a danger, and mark the danger if it was used before.

    A JPEG of a phone costs some milliseconds (it is unpacked at an eighth); no record of acts is written:
    print and mark follow from the photos.
    """
    fingerprint(stored)
    mark(danger)


def fingerprint(stored: StoredFile) -> PhotoPrint:
    """The print of a content, made once."""
    known = PhotoPrint.objects.filter(file=stored).first()
    if known is not None:
        return known
    why, bits = PhotoPrint.Why.NONE, None
    try:
        bits = rules.print_of(pictures.greys(stored))
        why = PhotoPrint.Why.NONE if bits is not None else PhotoPrint.Why.PLAIN
    except pictures.UnreadableError:
        why = PhotoPrint.Why.UNREAD
    values: dict[str, object] = {"why": why}
    if bits is not None:
        values["bits"] = rules.signed(bits)
        values |= {f"band_{n}": band for n, band in enumerate(rules.bands(bits), 1)}
    return PhotoPrint.objects.get_or_create(file=stored, defaults=values)[0]


def mark(danger: int) -> bool:
    """Set or take the mark 照片疑似重复 of a danger as its photos stand; gives whether it is marked."""
    found = [one for one in reads_photos.alike(danger) if one.earlier]
    if not found:
        CopiedPhoto.objects.filter(danger_id=danger).delete()
        return False
    values = {"photos": len({one.photo for one in found}), "nearest": min(one.apart for one in found)}
    CopiedPhoto.objects.update_or_create(
        danger_id=danger, defaults=values, create_defaults={**values, "noted_at": clock.now()}
    )
    return True


def catch_up() -> int:
    """Nightly: prints for photos that have none (an import, a restored backup), marks looked at again where
    a photo was taken off. At most 2,000 photos a night; gives how many prints were made."""
    hung = Attachment.objects.unscoped("prints belong to the house").filter(ledger="dangers", kind__in=SIDES)
    missing = hung.filter(~Exists(PhotoPrint.objects.filter(file_id=OuterRef("file_id"))))
    made = 0
    for one in missing.select_related("file").order_by("-id")[:MOST]:
        with transaction.atomic():
            fingerprint(one.file)
        made += 1
        for danger in hung.filter(file_id=one.file_id).values_list("subject_id", flat=True):
            mark(danger)
    for danger in CopiedPhoto.objects.order_by("pk").values_list("pk", flat=True):
        mark(danger)
    return made
