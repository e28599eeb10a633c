"""Tables of hazards."""

from anlan.hazards.models.danger_letters import DangerLetter
from anlan.hazards.models.dangers import DangerListing, DangerPlan, DangerRequest, HiddenDanger
from anlan.hazards.models.installation import (
    Guarantor,
    GuarantorDuty,
    InstallationAssessment,
    MajorHazardInstallation,
    ShiftLeader,
)
from anlan.hazards.models.month import DangerMonth
from anlan.hazards.models.photos import CopiedPhoto, PhotoPrint
from anlan.hazards.models.risk import RiskPoint, SitePlan
from anlan.hazards.models.work import WorkConfirmation

__all__ = [
    "CopiedPhoto",
    "DangerLetter",
    "DangerListing",
    "DangerMonth",
    "DangerPlan",
    "DangerRequest",
    "Guarantor",
    "GuarantorDuty",
    "HiddenDanger",
    "InstallationAssessment",
    "MajorHazardInstallation",
    "PhotoPrint",
    "RiskPoint",
    "ShiftLeader",
    "SitePlan",
    "WorkConfirmation",
]
