"""formulas of criteria that are counted

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "criterion_formula",
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("measure", sa.String(length=16), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "measure in ('cost','fee','csap','entered')", name=op.f("ck_criterion_formula_measure")
        ),
        sa.CheckConstraint(
            "method in ('lowest','highest','linear','steps','levels')",
            name=op.f("ck_criterion_formula_method"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "case_id"],
            ["cases.institution_id", "cases.id"],
            name=op.f("fk_criterion_formula_institution_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "set_id", "criterion_id"],
            ["criterion.institution_id", "criterion.set_id", "criterion.id"],
            name=op.f("fk_criterion_formula_institution_id_set_id_criterion_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterion_formula")),
        sa.UniqueConstraint("criterion_id", name=op.f("uq_criterion_formula_criterion_id")),
        sa.UniqueConstraint("institution_id", "id", name=op.f("uq_criterion_formula_institution_id_id")),
    )
    with op.batch_alter_table("criterion_formula", schema=None) as batch:
        batch.create_index(batch.f("ix_criterion_formula_case_id"), ["case_id"], unique=False)
        batch.create_index(batch.f("ix_criterion_formula_institution_id"), ["institution_id"], unique=False)


def downgrade() -> None:
    op.drop_table("criterion_formula")
