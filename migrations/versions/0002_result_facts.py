"""more facts of a result, and the text that words are looked for in

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added without batch mode, which would drop the triggers of SQLite with the old table.
    op.add_column("search_result", sa.Column("company_size", sa.String(length=16), nullable=True))
    op.add_column("search_result", sa.Column("provider_kind", sa.String(length=16), nullable=True))
    op.add_column("search_result", sa.Column("innovation", sa.Boolean(), nullable=True))
    op.add_column("search_result", sa.Column("infrastructure", sa.String(length=300), nullable=True))
    op.add_column("catalogue_service", sa.Column("searched", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("catalogue_service", "searched")
    for name in ("infrastructure", "innovation", "provider_kind", "company_size"):
        op.drop_column("search_result", name)
