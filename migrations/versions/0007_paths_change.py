"""new versions of a path: outlines, declined ones, what is carried over

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "path_outline",
        sa.Column("path", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("path", "version", name=op.f("pk_path_outline")),
    )
    op.add_column("enrolment", sa.Column("stayed_at", sa.String(length=64), nullable=True))
    op.add_column("plan_revision", sa.Column("carried", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("plan_revision", "carried")
    op.drop_column("enrolment", "stayed_at")
    op.drop_table("path_outline")
