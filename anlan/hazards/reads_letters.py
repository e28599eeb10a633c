"""Which supervision orders speak of a danger, and how they stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from anlan.hazards.models import DangerLetter, HiddenDanger
from anlan.kernel import clock
from anlan.kernel.due import Light
from anlan.kernel.scope import Actor
from anlan.org.models import Unit
from anlan.papers import reads as paper_reads
from anlan.papers.models import Paper, Receipt

LINES = "the lines of dangers that were found visible, or whether a letter speaks of one already"
CLOSED = (Receipt.State.ANSWERED, Receipt.State.WITHDRAWN)


@dataclass(frozen=True)
class Shown:
    """A letter about a danger as its reader may open it."""

    paper: Paper
    unit: Unit
    light: Light
    url: str
    day: date

    @property
    def name(self) -> str:
        """饶安办督〔2023〕3号, or the title of a draft."""
        return self.paper.number or self.paper.title


def letters_of(actor: Actor, danger: HiddenDanger) -> list[Shown]:
    """The letters about a danger that the actor may open: as issuer the paper, as addressee what came."""
    lines = DangerLetter.objects.unscoped(LINES).filter(danger=danger).select_related("paper", "unit")
    found = []
    papers = {one.paper_id: one for one in lines.order_by("id")}
    seen = set(Paper.objects.visible_to(actor).filter(pk__in=papers).values_list("pk", flat=True))
    mine = {one.paper_id: one for one in Receipt.objects.visible_to(actor).filter(paper_id__in=papers)}
    sent = Receipt.objects.unscoped(LINES).filter(paper_id__in=seen)
    receipts = {(one.paper_id, one.unit_id): one for one in sent}
    for pk, line in papers.items():
        if pk not in seen and pk not in mine:
            continue
        receipt = mine.get(pk) or receipts.get((pk, line.unit_id))
        url = reverse("receipt", args=[mine[pk].pk]) if pk in mine else reverse("paper", args=[pk])
        day = line.paper.dated or line.put_on
        found.append(Shown(line.paper, line.unit, _light(line.paper, receipt), url, day))
    return found


def open_letters(ids: Iterable[int]) -> dict[int, Paper]:
    """{danger: the letter that speaks of it and is neither void nor answered}, whoever may see it."""
    lines = DangerLetter.objects.unscoped(LINES).filter(danger_id__in=list(ids)).select_related("paper")
    lines = lines.exclude(paper__state=Paper.State.VOID).order_by("id")
    done = Receipt.objects.unscoped(LINES).filter(
        paper_id__in=lines.values("paper_id"), state__in=CLOSED
    ).values_list("paper_id", "unit_id")  # fmt: skip
    answered = set(done)
    return {one.danger_id: one.paper for one in lines if (one.paper_id, one.unit_id) not in answered}


def _light(paper: Paper, receipt: Receipt | None) -> Light:
    if paper.state == Paper.State.VOID:
        return Light("o", "已作废")
    if receipt is None:
        return Light("o", str(paper.get_state_display()))
    return paper_reads.light(receipt, clock.now())
