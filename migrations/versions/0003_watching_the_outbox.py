"""what a sender says beside its beat, and indexes by which the outbox is watched

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MAIL = "outbox_mail"


def partial(condition: str) -> dict[str, sa.TextClause]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    op.add_column("sender", sa.Column("retried", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("sender", sa.Column("paused", sa.String(length=200), nullable=False, server_default=""))
    op.add_column("sender", sa.Column("alarm", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.drop_index("ix_outbox_mail_queued", MAIL)
    queued = ["priority", "available_at", "id", "attempts"]
    op.create_index("ix_outbox_mail_queued", MAIL, queued, **partial("state = 'queued'"))
    op.create_index("ix_outbox_mail_sent", MAIL, ["sent_at"], **partial("state = 'sent'"))
    op.create_index(
        "ix_outbox_mail_unsent", MAIL, ["state", "id"], **partial("state IN ('dead', 'skipped', 'unknown')")
    )
    op.create_index("ix_outbox_mail_kind", MAIL, ["kind", "id"], **partial("kind <> 'weekly'"))


def downgrade() -> None:
    for name in ("kind", "unsent", "sent", "queued"):
        op.drop_index(f"ix_outbox_mail_{name}", MAIL)
    op.create_index("ix_outbox_mail_queued", MAIL, ["priority", "available_at", "id"], **partial("state = 'queued'"))
    for column in ("alarm", "paused", "retried"):
        op.drop_column("sender", column)
