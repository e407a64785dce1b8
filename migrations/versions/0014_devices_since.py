"""since when an account's browsers are known to it: another password makes them strangers again

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nobody's are forgotten by the upgrade itself.
    op.add_column("user_account", sa.Column("devices_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("user_account", "devices_since")
