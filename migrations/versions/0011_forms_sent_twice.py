"""forms that were taken, so that the same one sent again is not taken twice

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from procurement.models.base import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sent_form",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("location", sa.String(2000), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_sent_form_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "account_id"],
            ["account.institution_id", "account.id"],
            name=op.f("fk_sent_form_institution_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sent_form")),
        sa.UniqueConstraint("account_id", "digest", name=op.f("uq_sent_form_account_id_digest")),
    )
    op.create_index("ix_sent_form_institution_id", "sent_form", ["institution_id"])
    op.create_index("ix_sent_form_recorded_at", "sent_form", ["recorded_at"])


def downgrade() -> None:
    op.drop_table("sent_form")
