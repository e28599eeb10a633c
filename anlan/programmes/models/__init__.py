"""Tables of the programme."""

from anlan.programmes.models.editions import (
    DraftItem,
    Edition,
    Finding,
    Item,
    ItemRole,
    Kind,
    Obligation,
    Period,
    RoleKind,
    Sentence,
    Target,
)
from anlan.programmes.models.reports import Alignment, LockException, ProgressReport, ReportEntry, ReportRound
from anlan.programmes.models.running import (
    Activity,
    Duty,
    DutyList,
    Evidence,
    Judgement,
    JudgingRun,
    Light,
    Occurrence,
)
from anlan.programmes.models.texts import Programme, SourceText

__all__ = [
    "Activity",
    "Alignment",
    "DraftItem",
    "Duty",
    "DutyList",
    "Edition",
    "Evidence",
    "Finding",
    "Item",
    "ItemRole",
    "Judgement",
    "JudgingRun",
    "Kind",
    "Light",
    "LockException",
    "Obligation",
    "Occurrence",
    "Period",
    "Programme",
    "ProgressReport",
    "ReportEntry",
    "ReportRound",
    "RoleKind",
    "Sentence",
    "SourceText",
    "Target",
]
