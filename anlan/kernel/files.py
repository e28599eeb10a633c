"""Files: taken in by content, kept once under their SM3 digest, attached to rows, sent only as downloads.

`receive` writes to a temporary file while it measures and digests, looks at the content, syncs it to disk
and renames it into place; the row comes after the file, so that a crash leaves at most a file that
nobody names, never a row without its file.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest

from anlan.kernel import audit, clock, registry
from anlan.kernel.digest import hasher
from anlan.kernel.models import Attachment, StoredFile
from anlan.kernel.models.placed import place_of
from anlan.kernel.scope import Actor, ScopedModel, ScopedQuerySet
from anlan.kernel.sniff import MIME, BadFile, kind_of_file
from anlan.kernel.writing import Refused, ledger_key, require

# Control characters, marks that turn the writing direction , what Windows forbids.
UNWANTED = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\"<>|:*?]")


class Upload(Protocol):
    """What Django's UploadedFile offers, and as much as is needed of it."""

    name: str | None

    def chunks(self, chunk_size: int | None = None) -> Iterable[bytes]:
        """The content in pieces."""


def receive(upload: Upload, *, limit: int | None = None, kinds: Iterable[str] = ()) -> StoredFile:
    """Keep the content of an upload; the same content again gives the same row.

    limit: bytes (default: the house's). kinds: which contents are taken (default: all known ones).
    Raises BadFile with what is wrong and what to do; nothing is kept then.
    """
    limit = limit or settings.ANLAN_UPLOAD_LIMIT
    root = Path(settings.FILES)
    waiting = root / "incoming"
    waiting.mkdir(parents=True, exist_ok=True)
    digest, size = hasher(), 0
    with tempfile.NamedTemporaryFile(dir=waiting, delete=False) as temporary:
        path = Path(temporary.name)
        try:
            for piece in upload.chunks():
                size += len(piece)
                if size > limit:
                    raise BadFile(f"文件超过 {limit // 1024 // 1024} MB。请压缩或拆分后再传。")
                digest.update(piece)
                temporary.write(piece)
            temporary.flush()
            kind = kind_of_file(path, upload.name or "")
            if kinds and kind not in kinds:
                raise BadFile(f"这里只收 {'、'.join(kinds)} 文件，收到的内容是 {kind}。")
            os.fsync(temporary.fileno())
            found = StoredFile(digest=digest.hexdigest(), size=size, kind=kind, stored_at=clock.now())
            _into_place(path, root / found.place)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    fields = {"size": size, "kind": kind, "stored_at": found.stored_at}
    return StoredFile.objects.get_or_create(digest=found.digest, defaults=fields)[0]


def attach(
    actor: Actor,
    row: ScopedModel,
    upload: Upload,
    *,
    kind: str = "",
    effective_on: date | None = None,
    taken_at: datetime | None = None,
    place: tuple[float, float] | None = None,
    permission: str = "",
    kinds: Iterable[str] = (),
) -> Attachment:
    """Attach an upload to a row that the actor sees. Needs `<ledger>.change` unless another is named.

    effective_on: the day the file proves something about; place: (longitude, latitude) in degrees.
    Raises Refused or BadFile. `twins` tells where the same content hangs already.
    """
    require(actor, permission or f"{ledger_key(type(row))}.change")
    if not type(row).objects.visible_to(actor).filter(pk=row.pk).exists():
        raise Refused("没有这一行，或者不在您的职责范围内。")
    stored = receive(upload, kinds=kinds)
    hung = {
        **place_of(row),
        "name": clean_name(upload.name or "", stored.kind),
        "effective_on": effective_on,
        "taken_at": taken_at,
        "longitude": place[0] if place else None,
        "latitude": place[1] if place else None,
        "uploaded_at": clock.now(),
        "uploaded_by": actor.label[:120],
        "uploader_id": actor.person_id,
    }
    key = {"ledger": hung.pop("ledger"), "subject_id": hung.pop("subject_id"), "file": stored, "kind": kind}
    with transaction.atomic():
        everyone = Attachment.objects.unscoped("the row has been found visible")
        found, fresh = everyone.get_or_create(**key, defaults=hung)
        if fresh:
            audit.record(actor, "attach", row, {"file": [None, stored.digest]}, note=found.name)
    return found  # type: ignore[no-any-return]


def detach(actor: Actor, row: ScopedModel, pk: int, reason: str) -> None:
    """Take an attachment off a row the actor sees; the content stays in the store, the act on record."""
    require(actor, f"{ledger_key(type(row))}.change")
    with transaction.atomic():
        found = attached(row).filter(pk=pk).first()
        if found is None or not type(row).objects.visible_to(actor).filter(pk=row.pk).exists():
            raise Refused("没有这个附件，或者不在您的职责范围内。")
        audit.record(
            actor, "detach", row, {"file": [found.file.digest, None]}, note=f"{found.name}：{reason}"
        )
        found.delete()


def attached(row: ScopedModel) -> QuerySet[Attachment]:
    """The attachments of a row that the caller has found visible, newest first."""
    found = Attachment.objects.unscoped("attachments of a row that the caller has found visible")
    return (
        found.filter(ledger=ledger_key(type(row)), subject_id=row.pk).select_related("file").order_by("-id")
    )


def twins(found: Attachment) -> ScopedQuerySet:
    """Where else the same content hangs: the same photo as proof of two things, or of two days.

    Over all rows, whoever sees them: show an actor only `visible_to(actor)` of it, and a count of the rest.
    """
    everyone = Attachment.objects.unscoped("whether a proof was used before concerns the whole house")
    return everyone.filter(file_id=found.file_id).exclude(pk=found.pk).order_by("id")


def download(request: HttpRequest, pk: int) -> FileResponse:
    """Send an attachment to whoever sees its row; anybody else gets a 404. Always as a download."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    everyone = Attachment.objects.unscoped("the row decides, below").select_related("file")
    found = everyone.filter(pk=pk).first()
    try:
        rows = registry.ledger(found.ledger).rows(actor) if found else None
    except KeyError:
        rows = None
    if found is None or rows is None or not rows.filter(pk=found.subject_id).exists():
        raise Http404
    path = Path(settings.FILES) / found.file.place
    mime = MIME[found.file.kind]
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=found.name, content_type=mime)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "private, no-store"
    return answer


def clean_name(name: str, kind: str) -> str:
    """The last part of a name without control or path characters, with an ending that fits the content."""
    name = re.sub(
        r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\"<>|:*?]", "", re.split(r"[\\/]", name)[-1]
    )
    stem, dot, ending = name.strip(" .").rpartition(".")
    same = {"jpg": {"jpg", "jpeg"}, "txt": {"txt", "csv", "md"}, "ole": {"doc", "xls", "ppt", "wps", "et"}}
    if dot and ending.lower() in same.get(kind, {kind}):
        return f"{stem[:120] or '附件'}.{ending.lower()}"
    return f"{name.strip(' .')[:120] or '附件'}.{kind}"


def _into_place(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(path, target)
    target.chmod(0o640)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
