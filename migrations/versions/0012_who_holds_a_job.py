"""who holds a job, so that one whose worker is gone is taken up at once

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job", sa.Column("holder", sa.String(32), nullable=True))


def downgrade() -> None:
    op.drop_column("job", "holder")
