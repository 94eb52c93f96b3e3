"""checkpoints, their stamps and copies

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from procurement.models.base import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _owned(table: str, *columns: sa.Column | sa.Constraint, recorded: bool = True) -> None:
    kept = (
        [
            sa.Column("recorded_at", UtcDateTime(), nullable=False),
            sa.Column("actor_id", sa.Uuid(), nullable=True),
        ]
        if recorded
        else []
    )
    op.create_table(
        table,
        *columns,
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *kept,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    with op.batch_alter_table(table) as batch:
        batch.create_index(batch.f(f"ix_{table}_institution_id"), ["institution_id"], unique=False)


def _of_institution(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["institution_id"], ["institution.id"], name=op.f(f"fk_{table}_institution_id")
    )


def _of_checkpoint(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["institution_id", "checkpoint_id"],
        ["checkpoint.institution_id", "checkpoint.id"],
        name=op.f(f"fk_{table}_institution_id_checkpoint_id"),
    )


def upgrade() -> None:
    _owned(
        "checkpoint",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("public_key", sa.String(64), nullable=False),
        sa.Column("signature", sa.String(128), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_checkpoint_number")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_checkpoint_digest")),
        sa.CheckConstraint("length(signature) = 128", name=op.f("ck_checkpoint_signature")),
        sa.UniqueConstraint("institution_id", "id", name=op.f("uq_checkpoint_institution_id_id")),
        sa.UniqueConstraint("institution_id", "number", name=op.f("uq_checkpoint_institution_id_number")),
        _of_institution("checkpoint"),
    )
    with op.batch_alter_table("checkpoint") as batch:
        batch.create_index(batch.f("ix_checkpoint_digest"), ["digest"], unique=False)
    _owned(
        "checkpoint_stamp",
        sa.Column("checkpoint_id", sa.Uuid(), nullable=False),
        sa.Column("authority", sa.String(300), nullable=False),
        sa.Column("stamped_at", sa.String(32), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.UniqueConstraint("checkpoint_id", name=op.f("uq_checkpoint_stamp_checkpoint_id")),
        _of_checkpoint("checkpoint_stamp"),
    )
    _owned(
        "checkpoint_copy",
        sa.Column("checkpoint_id", sa.Uuid(), nullable=False),
        sa.Column("how", sa.String(16), nullable=False),
        sa.Column("detail", sa.String(300), nullable=False),
        sa.CheckConstraint("how in ('downloaded','mailed','printed')", name=op.f("ck_checkpoint_copy_how")),
        _of_checkpoint("checkpoint_copy"),
    )
    _owned(
        "checkpoint_errand",
        sa.Column("what", sa.String(8), nullable=False),
        sa.Column("checkpoint_id", sa.Uuid(), nullable=True),
        sa.Column("why", sa.String(20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.Column("error", sa.String(300), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("what in ('write','stamp','mail')", name=op.f("ck_checkpoint_errand_what")),
        sa.CheckConstraint(
            "what = 'write' or checkpoint_id is not null", name=op.f("ck_checkpoint_errand_checkpoint")
        ),
        _of_institution("checkpoint_errand"),
        _of_checkpoint("checkpoint_errand"),
        recorded=False,
    )


def downgrade() -> None:
    for table in ("checkpoint_errand", "checkpoint_copy", "checkpoint_stamp", "checkpoint"):
        op.drop_table(table)
