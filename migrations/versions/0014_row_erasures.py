"""free text of a sealed row can be erased under law

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from procurement.models.base import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# As they were when this migration was written.
TABLES = (
    "snapshot",
    "step_record",
    "step_document",
    "definition_version",
    "justification",
    "case_record",
    "search_run",
    "criteria_set",
    "criterion",
    "score",
    "service_outcome",
    "decision",
    "approval_answer",
    "case_closing",
    "evidence_file",
    "checkpoint_copy",
)


def upgrade() -> None:
    op.create_table(
        "row_erasure",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("table_name", sa.String(40), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("number > 0", name=op.f("ck_row_erasure_number")),
        sa.CheckConstraint("length(trim(ground)) > 0", name=op.f("ck_row_erasure_ground")),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_row_erasure_reason")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_row_erasure_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "case_id"],
            ["cases.institution_id", "cases.id"],
            name=op.f("fk_row_erasure_institution_id_case_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_row_erasure")),
        sa.UniqueConstraint(
            "table_name", "row_id", "number", name=op.f("uq_row_erasure_table_name_row_id_number")
        ),
    )
    with op.batch_alter_table("row_erasure") as batch:
        batch.create_index(batch.f("ix_row_erasure_institution_id"), ["institution_id"], unique=False)
    for table in TABLES:
        # Not in a batch, which would make the tables anew and touch rows that are sealed.
        op.add_column(table, sa.Column("salt", sa.String(32), nullable=True))
        op.add_column(table, sa.Column("erased", sa.Integer(), nullable=True))


def downgrade() -> None:
    for table in TABLES:
        if op.get_bind().dialect.name == "sqlite":
            # It names the columns that go.
            op.execute(f"DROP TRIGGER IF EXISTS keep_{table}_update")
        for column in ("erased", "salt"):
            op.drop_column(table, column)
    op.drop_table("row_erasure")
