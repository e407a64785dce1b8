"""study sessions, the week's choice, the timer, a revision's own day

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "study_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=64), nullable=False),
        sa.Column("milestone", sa.String(length=64), nullable=True),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_study_session_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_session")),
    )
    op.create_index("ix_study_session_owner", "study_session", ["user_id", "path", "on_day"])
    op.create_table(
        "week_choice",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=64), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("milestone", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_week_choice_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "path", "week", "milestone", name=op.f("pk_week_choice")),
    )
    # Plain ADD COLUMN works on both databases, and SQLite need not copy the tables.
    op.add_column("user_account", sa.Column("timer_started_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("user_account", sa.Column("timer_milestone", sa.String(length=64), nullable=True))
    op.add_column("plan_revision", sa.Column("since", sa.Date(), nullable=True))
    op.add_column("plan_revision", sa.Column("earned_before", sa.Double(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("plan_revision", "earned_before")
    op.drop_column("plan_revision", "since")
    op.drop_column("user_account", "timer_milestone")
    op.drop_column("user_account", "timer_started_at")
    op.drop_table("week_choice")
    op.drop_index("ix_study_session_owner", "study_session")
    op.drop_table("study_session")
