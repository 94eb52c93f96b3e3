"""Approval (품의·결재) bound to terms and bundle by digest, and the conclusion of the contract."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, Date, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from procurement.models.base import Base, Erasable, OfCase, Recorded, of_case, within


class ApprovalRequest(OfCase, Recorded, Base):
    """A request for approval; freezes the terms it was made for. Append-only."""

    __tablename__ = "approval_request"
    __table_args__ = of_case(
        within("step_document", "case_id", "document_id", to=("case_id", "id")),
        within("account", "submitter_id"),
        UniqueConstraint("case_id", "number"),
        UniqueConstraint("institution_id", "id", "submitter_id"),
        within_case=True,
    )

    number: Mapped[int] = mapped_column()
    document_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    terms_digest: Mapped[str] = mapped_column(String(64))
    submitter_id: Mapped[uuid.UUID] = mapped_column(Uuid)


class ApprovalBundle(OfCase, Recorded, Base):
    """The bundle rendered for a request, stored as evidence; append-only, one a request."""

    __tablename__ = "approval_bundle"
    __table_args__ = of_case(
        within("approval_request", "case_id", "request_id", to=("case_id", "id")),
        within("evidence_file", "evidence_id"),
        UniqueConstraint("request_id"),
    )

    request_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    evidence_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    bundle_digest: Mapped[str] = mapped_column(String(64))


class ApprovalAnswer(OfCase, Recorded, Erasable, Base):
    """The approver's answer; never by whoever drafted it, which the database holds. Append-only."""

    __tablename__ = "approval_answer"
    __table_args__ = of_case(
        within("approval_request", "request_id", "submitter_id", to=("id", "submitter_id")),
        within("account", "approver_id"),
        UniqueConstraint("request_id"),
        CheckConstraint("decision in ('approved','returned')", name="decision"),
        CheckConstraint("approver_id <> submitter_id", name="not_own_draft"),
        CheckConstraint("decision <> 'returned' or length(trim(opinion)) > 0", name="opinion"),
    )

    request_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    submitter_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    approver_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    decision: Mapped[str] = mapped_column(String(16))
    bundle_digest: Mapped[str] = mapped_column(String(64))
    opinion: Mapped[str] = mapped_column(Text, default="")


class Conclusion(OfCase, Recorded, Base):
    """The contract as concluded, once a case and round of ⑥; append-only."""

    __tablename__ = "conclusion"
    __table_args__ = of_case(
        within("approval_request", "case_id", "request_id", to=("case_id", "id")),
        within("evidence_file", "evidence_id"),
        UniqueConstraint("request_id"),
    )

    request_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    contract_number: Mapped[str] = mapped_column(String(100))
    concluded_on: Mapped[date] = mapped_column(Date)
    terms_digest: Mapped[str] = mapped_column(String(64))
    evidence_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
