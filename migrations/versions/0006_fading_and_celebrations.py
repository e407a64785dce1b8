"""how the weekly mail fades, and what was celebrated

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reminder_preference", sa.Column("unanswered", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "celebration",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("phase", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_celebration_enrolment_id_enrolment"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("enrolment_id", "phase", name=op.f("pk_celebration")),
    )


def downgrade() -> None:
    op.drop_table("celebration")
    op.drop_column("reminder_preference", "unanswered")
