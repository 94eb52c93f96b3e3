"""an institution has one chain of its own

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NAME = "uq_chain_of_institution"


def upgrade() -> None:
    # The constraint on institution and case takes two empty cases for two.
    only = sa.text("case_id IS NULL")
    op.create_index(NAME, "chain", ["institution_id"], unique=True, sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    op.drop_index(NAME, "chain")
