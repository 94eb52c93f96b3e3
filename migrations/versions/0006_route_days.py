"""how long a route takes as a rule, where an institution says so

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

COLUMNS = ("own_route_days", "central_route_days")


def upgrade() -> None:
    for name in COLUMNS:
        check = sa.CheckConstraint(f"{name} > 0", name=f"ck_institution_{name}")
        op.add_column("institution", sa.Column(name, sa.Integer(), check, nullable=True))


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("institution", name)
