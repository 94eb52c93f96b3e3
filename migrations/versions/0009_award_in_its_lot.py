"""a decision is on the final run of its own lot

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NAME = "fk_decision_institution_id_lot_id_final_run_id"
OWN = "institution_id, lot_id, final_run_id"
THEIRS = "institution_id, lot_id, id"


def upgrade() -> None:
    op.create_index("uq_final_run_lot", "final_run", THEIRS.split(", "), unique=True)
    if op.get_bind().dialect.name != "sqlite":
        op.create_foreign_key(NAME, "decision", "final_run", OWN.split(", "), THEIRS.split(", "))
        return
    constraint = f", CONSTRAINT {NAME} FOREIGN KEY({OWN}) REFERENCES final_run ({THEIRS})"
    _made_anew(lambda made: made[: made.rindex(")")] + constraint + "\n)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _made_anew(lambda made: made[: made.index(f", CONSTRAINT {NAME}")] + "\n)")
    else:
        op.drop_constraint(NAME, "decision", type_="foreignkey")
    op.drop_index("uq_final_run_lot", "final_run")


def _made_anew(changed: Callable[[str], str]) -> None:
    """Make the table of decisions anew as it was, with its statement changed, its rows and its indexes.

    SQLite adds no foreign key to a table. Nothing points at decisions, so none is left hanging meanwhile;
    their triggers, which go with the old table, are put back when the migration ends.
    """
    bind = op.get_bind()
    query = sa.text(
        "SELECT type, sql FROM sqlite_master WHERE tbl_name = 'decision' AND type IN ('table', 'index') "
        "AND sql IS NOT NULL"
    )
    known = bind.execute(query).all()
    made = next(sql for kind, sql in known if kind == "table")
    op.execute("ALTER TABLE decision RENAME TO decision_before")
    for kind, sql in known:
        if kind == "index":
            op.execute("DROP INDEX " + sql.split(" ON ")[0].split()[-1])
    op.execute(changed(made))
    op.execute("INSERT INTO decision SELECT * FROM decision_before")
    op.execute("DROP TABLE decision_before")
    for kind, sql in known:
        if kind == "index":
            op.execute(sql)
