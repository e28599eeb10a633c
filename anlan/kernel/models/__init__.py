"""Tables of the kernel: none of them knows a noun of the field."""

from anlan.kernel.models.audit import AuditEntry, AuditSeal
from anlan.kernel.models.jobs import Job
from anlan.kernel.models.ledgers import ColumnChoice, ImportMapping, SavedView, Total
from anlan.kernel.models.once import OnceKey
from anlan.kernel.models.settings import DictEntry, Holiday, ParameterValue

__all__ = [
    "AuditEntry",
    "AuditSeal",
    "ColumnChoice",
    "DictEntry",
    "Holiday",
    "ImportMapping",
    "Job",
    "OnceKey",
    "ParameterValue",
    "SavedView",
    "Total",
]
