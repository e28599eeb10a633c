"""What of risks and dangers goes along when a firm moves: what is going on; what has happened stays."""

from __future__ import annotations

from django.db.models import Q

from anlan.enterprises.actions.following import follows, stays
from anlan.hazards.models import (
    DangerLetter,
    DangerListing,
    DangerPlan,
    DangerRequest,
    Guarantor,
    GuarantorDuty,
    HiddenDanger,
    InstallationAssessment,
    MajorHazardInstallation,
    RiskPoint,
    ShiftLeader,
    SitePlan,
    WorkConfirmation,
)
from anlan.hazards.models.dangers import OPEN_STATES

OPEN_DANGER = Q(state__in=OPEN_STATES)


def declare() -> None:
    """Called once, when the domain is declared."""
    follows(SitePlan, at_site=True)
    follows(RiskPoint, ~Q(state="retired"), at_site=True)
    follows(WorkConfirmation, Q(state="open"), at_site=True)
    follows(MajorHazardInstallation, ~Q(state="removed"), at_site=True)
    # How an installation was reckoned belongs to its page; no figure counts reckonings.
    follows(InstallationAssessment, owner="installation")
    follows(Guarantor, Q(until=None), at_site=True)
    follows(GuarantorDuty, Q(state="open"), owner="guarantor")
    stays(ShiftLeader, "who led a shift on a day is counted where the mine was on that day")
    follows(
        HiddenDanger,
        OPEN_DANGER,
        copies=("region_path", "industry", "regulator_id"),
        typed=True,
        at_site=True,
    )
    for model in (DangerPlan, DangerRequest, DangerListing, DangerLetter):
        follows(model, owner="danger")
