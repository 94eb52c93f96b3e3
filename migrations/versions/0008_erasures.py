"""erasures of personal data, and the role that carries them out

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from procurement.models.base import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ROLES = "'project_officer','contract_officer','evaluator','approver','auditor','admin'"


def _allow(roles: str) -> None:
    with op.batch_alter_table("account_role") as batch:
        batch.drop_constraint(op.f("ck_account_role_role"), type_="check")
        batch.create_check_constraint(op.f("ck_account_role_role"), f"role in ({roles})")


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(300), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("length(trim(ground)) > 0", name=op.f("ck_erasure_ground")),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_erasure_reason")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_erasure_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["chain_id", "seq"], ["event.chain_id", "event.seq"], name=op.f("fk_erasure_chain_id_seq")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("chain_id", "seq", name=op.f("uq_erasure_chain_id_seq")),
    )
    with op.batch_alter_table("erasure") as batch:
        batch.create_index(batch.f("ix_erasure_institution_id"), ["institution_id"], unique=False)
    _allow(f"{ROLES},'privacy_officer'")
    # The guards of the bodies are put in anew after the migration: they know of erasures from now on.
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("delete", "insert"):
            op.execute(f"DROP TRIGGER IF EXISTS keep_event_body_{verb}")


def downgrade() -> None:
    _allow(ROLES)
    op.drop_table("erasure")
