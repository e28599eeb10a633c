"""Tables of the kernel: none of them knows a noun of the field."""

from anlan.kernel.models.audit import AuditEntry, AuditSeal
from anlan.kernel.models.deadlines import Deadline
from anlan.kernel.models.figures import Figure
from anlan.kernel.models.files import Attachment, StoredFile
from anlan.kernel.models.imports import ImportBatch, ImportedUpdate
from anlan.kernel.models.jobs import Job
from anlan.kernel.models.ledgers import ColumnChoice, ImportMapping, SavedView, Total
from anlan.kernel.models.notices import Delivery, Notice, NoticeChoice, Robot
from anlan.kernel.models.numbers import GivenNumber, NumberSeries
from anlan.kernel.models.once import OnceKey
from anlan.kernel.models.referrals import Referral
from anlan.kernel.models.settings import DictEntry, Holiday, ParameterValue

__all__ = [
    "Attachment",
    "AuditEntry",
    "AuditSeal",
    "ColumnChoice",
    "Deadline",
    "Delivery",
    "DictEntry",
    "Figure",
    "GivenNumber",
    "Holiday",
    "ImportBatch",
    "ImportMapping",
    "ImportedUpdate",
    "Job",
    "Notice",
    "NoticeChoice",
    "NumberSeries",
    "OnceKey",
    "ParameterValue",
    "Referral",
    "Robot",
    "SavedView",
    "StoredFile",
    "Total",
]
