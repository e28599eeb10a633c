"""Tables of hazards."""

from anlan.hazards.models.dangers import DangerListing, DangerPlan, DangerRequest, HiddenDanger
from anlan.hazards.models.installation import (
    Guarantor,
    GuarantorDuty,
    InstallationAssessment,
    MajorHazardInstallation,
    ShiftLeader,
)
from anlan.hazards.models.risk import RiskPoint, SitePlan

__all__ = [
    "DangerListing",
    "DangerPlan",
    "DangerRequest",
    "Guarantor",
    "GuarantorDuty",
    "HiddenDanger",
    "InstallationAssessment",
    "MajorHazardInstallation",
    "RiskPoint",
    "ShiftLeader",
    "SitePlan",
]
