"""milestones that learners add to their own plan

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("enrolment", sa.Column("own", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("enrolment", "own")
