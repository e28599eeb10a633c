"""The long act of a review: reading and compiling an uploaded file."""

from __future__ import annotations

from django.urls import reverse

from anlan.kernel.jobs import Progress, Unfit, handler
from anlan.kernel.models import StoredFile
from anlan.kernel.scope import Actor
from anlan.programmes.actions.intake import TakenBefore, take_in
from anlan.programmes.models import Edition, Programme

KIND = "programme-intake"


@handler(KIND)
def intake(actor: Actor, progress: Progress, file: int, name: str, programme: int | None = None) -> str:
    """Take one stored file in; leads to the review, to the words why not, or to the first of two."""
    of = None
    if programme is not None:
        of = Programme.objects.visible_to(actor).filter(pk=programme).first()
        if of is None:
            raise Unfit("没有这份要点，或者不在您的职责范围内。")
    stored = StoredFile.objects.get(pk=file)
    try:
        edition = take_in(actor, stored, name, of, tick=lambda said: progress(0, message=said))
    except TakenBefore as known:
        progress.leads_to(address(known.edition))
        raise
    progress.leads_to(address(edition))
    if edition.state == Edition.State.UNREADABLE:
        return edition.message
    return f"分解出 {edition.draft_items.unscoped('just made').count()} 条。"


def address(edition: Edition) -> str:
    """Where an edition is worked on."""
    if edition.text_id is None:
        return reverse("ledger-row", args=["editions", edition.pk])
    return reverse("review", args=[edition.pk])
