"""forms sent again after going back, told by what they say and by what has happened since

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("content", "head"):
        op.add_column("sent_form", sa.Column(name, sa.String(64), nullable=False, server_default=""))
    op.create_index("ix_sent_form_content", "sent_form", ["account_id", "content"])


def downgrade() -> None:
    op.drop_index("ix_sent_form_content", table_name="sent_form")
    for name in ("content", "head"):
        op.drop_column("sent_form", name)
