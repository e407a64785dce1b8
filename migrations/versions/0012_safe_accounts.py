"""passkeys, authenticator, recovery codes, counted tries, security events, what a session knows

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def owner(
    table: str, *, nullable: bool = False, on_delete: str = "CASCADE"
) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    return (
        sa.Column("user_id", sa.Integer(), nullable=nullable),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f(f"fk_{table}_user_id_user_account"), ondelete=on_delete
        ),
    )


def upgrade() -> None:
    when = sa.DateTime(timezone=True)
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        *owner("passkey"),
        sa.Column("credential_id", sa.String(length=1364), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("created_at", when, nullable=False),
        sa.Column("last_used_at", when, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_user_id"), "passkey", ["user_id"])
    op.create_table(
        "authenticator",
        *owner("authenticator"),
        sa.Column("secret", sa.String(length=255), nullable=False),
        sa.Column("created_at", when, nullable=False),
        sa.Column("confirmed_at", when, nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_authenticator")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        *owner("recovery_code"),
        sa.Column("used_at", when, nullable=True),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_user_id"), "recovery_code", ["user_id"])
    op.create_table(
        "try_count",
        sa.Column("bucket", sa.String(length=80), nullable=False),
        sa.Column("window", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ends_at", when, nullable=False),
        sa.PrimaryKeyConstraint("bucket", "window", name=op.f("pk_try_count")),
    )
    op.create_index(op.f("ix_try_count_ends_at"), "try_count", ["ends_at"])
    op.create_table(
        "security_event",
        sa.Column("id", sa.Integer(), nullable=False),
        # The event outlives the account, without its name: that something happened is not personal.
        *owner("security_event", nullable=True, on_delete="SET NULL"),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at", when, nullable=False),
        sa.Column("network", sa.String(length=45), nullable=False),
        sa.Column("device", sa.String(length=60), nullable=False),
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_event")),
    )
    op.create_index("ix_security_event_owner", "security_event", ["user_id", "at"])
    op.create_index(op.f("ix_security_event_at"), "security_event", ["at"])
    op.add_column("user_account", sa.Column("last_login_at", when, nullable=True))
    op.add_column("user_account", sa.Column("passkey_handle", sa.String(length=43), nullable=True))
    # SQLite cannot add a constraint to a table that is there, but a unique index is the same to both.
    op.create_index(op.f("ix_user_account_passkey_handle"), "user_account", ["passkey_handle"], unique=True)
    op.add_column("user_session", sa.Column("network", sa.String(length=45), nullable=False, server_default=""))
    op.add_column("user_session", sa.Column("proved_at", when, nullable=False, server_default="1970-01-01 00:00:00"))
    op.add_column("user_session", sa.Column("second_factor", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for column in ("second_factor", "proved_at", "network"):
        op.drop_column("user_session", column)
    op.drop_index(op.f("ix_user_account_passkey_handle"), "user_account")
    for column in ("passkey_handle", "last_login_at"):
        op.drop_column("user_account", column)
    for table in ("security_event", "try_count", "recovery_code", "authenticator", "passkey"):
        op.drop_table(table)
