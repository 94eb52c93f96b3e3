"""cases that end without a contract, and their being taken up again

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from procurement.models.base import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KINDS = (
    "'nothing_found','none_suitable','selection_cancelled','plan_changed','other_way','by_mistake','other'"
)
WAYS = "'new_case','other_case','tender','project','dropped','other'"
BY_SEARCH = "'nothing_found','none_suitable','selection_cancelled'"
BY_DECISION = "'none_suitable','selection_cancelled'"
OWN = ["institution_id", "case_id"]


def _check(name: str, text: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(text, name=op.f(f"ck_case_closing_{name}"))


def _within(target: str, column: str, key: str = "id") -> sa.ForeignKeyConstraint:
    """A foreign key that carries institution and case."""
    return sa.ForeignKeyConstraint(
        [*OWN, column],
        [f"{target}.{name}" for name in (*OWN, key)],
        name=op.f(f"fk_case_closing_institution_id_case_id_{column}"),
    )


def upgrade() -> None:
    op.add_column("cases", sa.Column("end_kind", sa.String(24), nullable=True))
    op.create_index("uq_decision_case", "decision", [*OWN, "id"], unique=True)
    op.create_table(
        "case_closing",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("previous", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(24), nullable=True),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("next_way", sa.String(16), nullable=True),
        sa.Column("next_note", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        _check("action", "action in ('end','take_up')"),
        _check("turns", "(number % 2 = 1) = (action = 'end')"),
        _check(
            "previous",
            "(number = 1 and previous is null) or "
            "(number > 1 and previous is not null and previous = number - 1)",
        ),
        _check("has_kind", "(action = 'end') = (kind is not null)"),
        _check("has_next_way", "(action = 'end') = (next_way is not null)"),
        _check("kind", f"kind in ({KINDS})"),
        _check("next_way", f"next_way in ({WAYS})"),
        _check("search_run", f"(run_id is not null) = (kind is not null and kind in ({BY_SEARCH}))"),
        _check("decision", f"(decision_id is not null) = (kind is not null and kind in ({BY_DECISION}))"),
        _check("reason", "length(trim(reason)) > 0"),
        _check("next_note", "next_way <> 'other' or length(trim(next_note)) > 0"),
        sa.ForeignKeyConstraint(
            OWN, ["cases.institution_id", "cases.id"], name=op.f("fk_case_closing_institution_id_case_id")
        ),
        _within("case_closing", "previous", "number"),
        _within("search_run", "run_id"),
        _within("decision", "decision_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_closing")),
        sa.UniqueConstraint("institution_id", "id", name=op.f("uq_case_closing_institution_id_id")),
        sa.UniqueConstraint(
            "institution_id", "case_id", "number", name=op.f("uq_case_closing_institution_id_case_id_number")
        ),
    )
    with op.batch_alter_table("case_closing") as batch:
        batch.create_index(batch.f("ix_case_closing_case_id"), ["case_id"], unique=False)
        batch.create_index(batch.f("ix_case_closing_institution_id"), ["institution_id"], unique=False)


def downgrade() -> None:
    for table in ("conclusion", "case_closing"):
        where = "" if op.get_bind().dialect.name == "sqlite" else f" ON {table}"
        op.execute(f"DROP TRIGGER IF EXISTS keep_{table}_apart{where}")
    op.drop_table("case_closing")
    op.drop_index("uq_decision_case", "decision")
    op.drop_column("cases", "end_kind")
