"""Selection: criteria as fixed, sheets as submitted, an outcome a service, the decision."""

from __future__ import annotations

import uuid

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from procurement.models.base import Base, Erasable, OfCase, Recorded, of_case, within


class CriteriaSet(OfCase, Recorded, Erasable, Base):
    """Criteria of a lot as fixed before the first score (E-3); append-only."""

    __tablename__ = "criteria_set"
    __table_args__ = of_case(
        within("final_run", "final_run_id", "run_id", to=("id", "run_id")),
        UniqueConstraint("final_run_id", "number"),
        UniqueConstraint("institution_id", "id", "run_id"),
        UniqueConstraint("institution_id", "id", "final_run_id"),
        CheckConstraint("averaging in ('mean','trimmed')", name="averaging"),
        CheckConstraint("minimum_hundredths between 0 and 10000", name="minimum"),
    )

    final_run_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    run_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column()
    averaging: Mapped[str] = mapped_column(String(16))
    minimum_hundredths: Mapped[int] = mapped_column()
    tie_break: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")


class Criterion(OfCase, Erasable, Base):
    """평가항목 with its weight in points; append-only."""

    __tablename__ = "criterion"
    __table_args__ = of_case(
        within("criteria_set", "set_id"),
        UniqueConstraint("set_id", "position"),
        UniqueConstraint("set_id", "key"),
        UniqueConstraint("institution_id", "set_id", "id"),
        CheckConstraint("weight between 1 and 100", name="weight"),
        CheckConstraint("aspect in ('cost','technical','support','stability')", name="aspect"),
    )

    set_id: Mapped[uuid.UUID] = mapped_column(Uuid, index=True)
    position: Mapped[int] = mapped_column()
    key: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    aspect: Mapped[str] = mapped_column(String(16))
    weight: Mapped[int] = mapped_column()
    clause: Mapped[str] = mapped_column(String(40))
    scale: Mapped[str] = mapped_column(Text, default="")


class CriterionFormula(OfCase, Base):
    """The formula of a criterion that is counted; append-only, added with its criterion."""

    __tablename__ = "criterion_formula"
    __table_args__ = of_case(
        within("criterion", "set_id", "criterion_id", to=("set_id", "id")),
        UniqueConstraint("criterion_id"),
        CheckConstraint("measure in ('cost','fee','csap','entered')", name="measure"),
        CheckConstraint("method in ('lowest','highest','linear','steps','levels')", name="method"),
    )

    set_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    criterion_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    measure: Mapped[str] = mapped_column(String(16))
    method: Mapped[str] = mapped_column(String(16))
    unit: Mapped[str] = mapped_column(String(40), default="")
    marks: Mapped[str] = mapped_column(Text)


class ScoreSheet(OfCase, Recorded, Base):
    """A sheet as submitted, once by each evaluator; append-only."""

    __tablename__ = "score_sheet"
    __table_args__ = of_case(
        within("criteria_set", "set_id", "run_id", to=("id", "run_id")),
        within("account", "evaluator_id"),
        UniqueConstraint("set_id", "evaluator_id"),
        UniqueConstraint("institution_id", "id", "set_id", "run_id"),
    )

    set_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    run_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    evaluator_id: Mapped[uuid.UUID] = mapped_column(Uuid)


class Score(OfCase, Erasable, Base):
    """Points for one criterion and service; both must be of the sheet's own set and run."""

    __tablename__ = "score"
    __table_args__ = of_case(
        within("score_sheet", "sheet_id", "set_id", "run_id", to=("id", "set_id", "run_id")),
        within("criterion", "set_id", "criterion_id", to=("set_id", "id")),
        within("search_result", "run_id", "result_id", to=("run_id", "id")),
        UniqueConstraint("sheet_id", "criterion_id", "result_id"),
        CheckConstraint("points_hundredths between 0 and 10000", name="points"),
    )

    sheet_id: Mapped[uuid.UUID] = mapped_column(Uuid, index=True)
    set_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    run_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    criterion_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    result_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    points_hundredths: Mapped[int] = mapped_column()
    comment: Mapped[str] = mapped_column(Text, default="")


class ServiceOutcome(OfCase, Recorded, Erasable, Base):
    """Outcome of one service of the final run (E-4); append-only, ``number`` counts changes of mind."""

    __tablename__ = "service_outcome"
    __table_args__ = of_case(
        within("final_run", "final_run_id", "run_id", to=("id", "run_id")),
        within("search_result", "run_id", "result_id", to=("run_id", "id")),
        UniqueConstraint("final_run_id", "result_id", "number"),
        UniqueConstraint("institution_id", "id", "final_run_id", "result_id", "kind"),
        CheckConstraint("kind in ('scored','no_quote','selection_cancelled','excluded')", name="kind"),
        CheckConstraint("kind <> 'excluded' or length(trim(clause)) > 0", name="clause"),
    )

    final_run_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    run_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    result_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(24))
    clause: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(Text, default="")


class Decision(OfCase, Recorded, Erasable, Base):
    """The decision on a lot; append-only, a later number supersedes with a reason.

    An award points at the outcome of a service that was scored, inside the frozen list of this very lot, and
    at criteria of the same list: the database holds it. Only an award of the mall has no criteria: a
    trigger tells it by the route chosen (``models/triggers``).
    """

    __tablename__ = "decision"
    __table_args__ = of_case(
        within("lot", "case_id", "lot_id", to=("case_id", "id")),
        within("final_run", "lot_id", "final_run_id", to=("lot_id", "id")),
        within(
            "service_outcome",
            "outcome_id",
            "final_run_id",
            "result_id",
            "outcome_kind",
            to=("id", "final_run_id", "result_id", "kind"),
        ),
        within("criteria_set", "set_id", "final_run_id", to=("id", "final_run_id")),
        UniqueConstraint("lot_id", "number"),
        # An index, since SQLite adds no constraint to a table that is there.
        Index("uq_decision_case", "institution_id", "case_id", "id", unique=True),
        CheckConstraint("kind in ('award','none_suitable','cancelled')", name="kind"),
        CheckConstraint(
            "(kind = 'award') = (outcome_id is not null and result_id is not null "
            "and final_run_id is not null and outcome_kind is not null and outcome_kind = 'scored')",
            name="award",
        ),
        CheckConstraint("kind = 'award' or length(trim(reason)) > 0", name="reason"),
    )

    lot_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(16))
    final_run_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    set_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    outcome_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    outcome_kind: Mapped[str | None] = mapped_column(String(24))
    result_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    reason: Mapped[str] = mapped_column(Text, default="")
