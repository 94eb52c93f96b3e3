"""an award without criteria is the mall's alone

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing but the triggers, which are made anew after every migration."""


def downgrade() -> None:
    """Nothing: the triggers are those of the program."""
