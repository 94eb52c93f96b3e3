"""what people said of the header words of saved pages

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from procurement.models.base import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "page_reading",
        sa.Column("layout", sa.String(64), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_reading")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_page_reading_institution_id")
        ),
    )
    with op.batch_alter_table("page_reading") as batch:
        batch.create_index(batch.f("ix_page_reading_institution_id"), ["institution_id"], unique=False)
        batch.create_index("ix_page_reading_layout", ["institution_id", "layout"], unique=False)


def downgrade() -> None:
    op.drop_table("page_reading")
