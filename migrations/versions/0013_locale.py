"""in which language, and with which dates and numbers, the site speaks to each learner

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # As everybody has seen them until now.
    op.add_column("user_account", sa.Column("locale", sa.String(length=16), nullable=False, server_default="en_GB"))


def downgrade() -> None:
    op.drop_column("user_account", "locale")
