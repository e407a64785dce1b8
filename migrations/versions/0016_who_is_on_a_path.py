"""who is on a path is found without looking at every enrolment

Revision ID: 0016
Revises: 0015
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_enrolment_path", "enrolment", ["path"])


def downgrade() -> None:
    op.drop_index("ix_enrolment_path", "enrolment")
