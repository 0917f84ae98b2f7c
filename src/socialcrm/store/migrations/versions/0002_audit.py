"""What happened to entries, what people did, and what holders of a credential share: frozen as released."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_REFUSE = "the audit log is append-only"
_SQLITE = tuple(
    f"""CREATE TRIGGER store_events_{verb.lower()} BEFORE {verb} ON store_events
    BEGIN SELECT RAISE(ABORT, '{_REFUSE}'); END"""
    for verb in ("UPDATE", "DELETE")
)
_POSTGRESQL = (
    f"""CREATE FUNCTION store_events_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{_REFUSE}'; END $$""",
    """CREATE TRIGGER store_events_append_only BEFORE UPDATE OR DELETE ON store_events
    FOR EACH ROW EXECUTE FUNCTION store_events_refuse()""",
)


def upgrade() -> None:
    op.create_table(
        "store_corrections",
        sa.Column("pk", _ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("ws", sa.Integer, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("contact_id", sa.Text, nullable=False),
        sa.Column("before", sa.Text, nullable=False, server_default=""),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.create_index("ix_store_corrections_key", "store_corrections", ["key"])
    op.create_table(
        "store_events",
        sa.Column("pk", _ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("ws", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_table(
        "store_ledger",
        sa.Column("name", sa.String(128), primary_key=True),
        *(
            sa.Column(name, sa.BigInteger, nullable=False, server_default="0")
            for name in ("period", "used", "paused_until", "locked_until")
        ),
        sa.Column("token", sa.Text, nullable=False, server_default=""),
    )
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)
