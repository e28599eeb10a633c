"""One proof serves both levels: what proves a city's matter is offered for the province's."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from anlan.kernel.scope import Actor
from anlan.org.models import Unit
from anlan.programmes.actions import run_evidence
from anlan.programmes.models import Alignment, Evidence, Occurrence, Programme
from anlan.programmes.reads_units import TERRITORY, units_of

MOST = 200
ALIVE = (Occurrence.State.OPEN, Occurrence.State.DECLARED, Occurrence.State.RETURNED)
PAIRED = (Alignment.Relation.COVERED, Alignment.Relation.PARTLY)


@dataclass(frozen=True)
class Offer:
    """A proof, the matter it was accepted for, and the upper matter that it may serve as well."""

    evidence: Evidence
    lower: Occurrence
    upper: Occurrence
    relation: str


def offers(actor: Actor, programme: Programme, most: int = MOST) -> list[Offer]:
    """Accepted proofs of `programme` that the actor may put under a matter of the document above.

    Upper matter: of a confirmed pair, of a unit the chosen post acts for: the same unit, or the government
    (or zone) of the same region or of the document's own; its period holds the day the proof speaks of; it
    does not have the proof yet. Newest proofs first.
    """
    own = units_of(actor)
    pairs = Alignment.objects.visible_to(actor).filter(
        programme=programme, relation__in=PAIRED, confirmed_at__isnull=False
    )
    above: dict[int, list[tuple[int, str]]] = {}
    for lower, upper, relation in pairs.values_list("lower_id", "upper_id", "relation"):
        above.setdefault(lower, []).append((upper, relation))
    if not own or not above:
        return []
    proofs = (
        Evidence.objects.visible_to(actor)
        .filter(state=Evidence.State.ACCEPTED, occurrences__duty__obligation_id__in=list(above))
        .distinct()
        .order_by("-effective_on", "-id")[:most]
    )
    governments = set(
        Unit.objects.unscoped("governments among the actor's own units")
        .filter(TERRITORY, pk__in=own)
        .values_list("pk", flat=True)
    )
    found: list[Offer] = []
    for proof in proofs:
        found += _for(actor, proof, above, own, governments, programme.region_path)
        if len(found) >= most:
            break
    return found[:most]


def _for(
    actor: Actor,
    proof: Evidence,
    above: dict[int, list[tuple[int, str]]],
    own: list[int],
    governments: set[int],
    home: str,
) -> list[Offer]:
    served = Occurrence.objects.unscoped("the matters of a proof that the actor sees").filter(evidence=proof)
    rows = list(served.select_related("duty__obligation", "duty__unit"))
    have = {row.pk for row in rows}
    found: dict[int, Offer] = {}
    for row in rows:
        wanted = dict(above.get(row.duty.obligation_id, ()))
        if not wanted:
            continue
        same = Q(unit_id=row.unit_id) | Q(unit_id__in=governments, region_path__in=[row.region_path, home])
        uppers = (
            Occurrence.objects.visible_to(actor)
            .filter(same, unit_id__in=own, duty__obligation_id__in=list(wanted), state__in=ALIVE)
            .filter(starts_on__lte=proof.effective_on, ends_on__gt=proof.effective_on)
            .exclude(pk__in=have)
            .select_related("duty__obligation__item", "duty__unit", "duty__programme")
            .order_by("due_on", "id")
        )
        for one in uppers:
            found.setdefault(one.pk, Offer(proof, row, one, wanted[one.duty.obligation_id]))
    return list(found.values())


def serve(actor: Actor, programme: Programme, evidence_id: int, occurrence_id: int) -> bool:
    """Put an offered proof under the upper matter; False if it is no longer on offer. Raises Refused."""
    for one in offers(actor, programme):
        if one.evidence.pk == evidence_id and one.upper.pk == occurrence_id:
            run_evidence.serve(actor, one.evidence, [one.upper])
            return True
    return False
