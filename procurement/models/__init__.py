"""Tables, one noun a file."""

from procurement.models.account import Account, AccountLink, AccountRole
from procurement.models.base import Base
from procurement.models.case import Case, CaseMember, Deadline, Lot
from procurement.models.catalogue import CatalogueLoad, CatalogueService, InstitutionName, PageReading
from procurement.models.checkpoint import Checkpoint, CheckpointCopy, CheckpointErrand, CheckpointStamp
from procurement.models.closing import CaseClosing
from procurement.models.contract import ApprovalAnswer, ApprovalBundle, ApprovalRequest, Conclusion
from procurement.models.document import DefinitionVersion, Draft, StepDocument
from procurement.models.erasure import Erasure, RowErasure
from procurement.models.evidence import EvidenceFile
from procurement.models.institution import Institution
from procurement.models.job import Job
from procurement.models.ledger import Chain, Event, EventBody
from procurement.models.record import CaseRecord
from procurement.models.search import FinalRun, SearchResult, SearchRun
from procurement.models.selection import (
    CriteriaSet,
    Criterion,
    CriterionFormula,
    Decision,
    Score,
    ScoreSheet,
    ServiceOutcome,
)
from procurement.models.sent_form import SentForm
from procurement.models.step import Justification, Snapshot, StepRecord

__all__ = [
    "Account",
    "AccountLink",
    "AccountRole",
    "ApprovalAnswer",
    "ApprovalBundle",
    "ApprovalRequest",
    "Base",
    "Case",
    "CaseClosing",
    "CaseMember",
    "CaseRecord",
    "CatalogueLoad",
    "CatalogueService",
    "Chain",
    "Checkpoint",
    "CheckpointCopy",
    "CheckpointErrand",
    "CheckpointStamp",
    "Conclusion",
    "CriteriaSet",
    "Criterion",
    "CriterionFormula",
    "Deadline",
    "Decision",
    "DefinitionVersion",
    "Draft",
    "Erasure",
    "Event",
    "EventBody",
    "EvidenceFile",
    "FinalRun",
    "Institution",
    "InstitutionName",
    "Job",
    "Justification",
    "Lot",
    "PageReading",
    "RowErasure",
    "Score",
    "ScoreSheet",
    "SearchResult",
    "SearchRun",
    "SentForm",
    "ServiceOutcome",
    "Snapshot",
    "StepDocument",
    "StepRecord",
]
