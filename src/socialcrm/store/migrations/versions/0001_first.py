"""The first tables: frozen as they were released, whatever `socialcrm.store.schema` says later."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_Column = Callable[[], "sa.Column[Any]"]

_TEXT, _NUMBER, _SMALL, _BIG, _FLAG, _REAL = sa.Text, sa.Integer, sa.SmallInteger, sa.BigInteger, sa.Boolean, sa.Float
_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _must(name: str, kind: Any = _TEXT, default: str | None = None) -> _Column:
    return partial(sa.Column, name, kind, nullable=False, server_default=default)


def _may(name: str, kind: Any = _TEXT) -> _Column:
    return partial(sa.Column, name, kind)


_TABLES: dict[str, tuple[str, tuple[_Column, ...]]] = {
    "store_workspaces": (
        "ws",
        (
            _must("ws", _NUMBER),
            _must("name"),
            _must("lease_holder", _TEXT, ""),
            _must("lease_place", _TEXT, ""),
            _must("lease_pid", _NUMBER, "0"),
            _must("lease_fence", _BIG, "0"),
            _must("lease_expires_at", _BIG, "0"),
            _must("contacts_generation", _BIG, "0"),
            _must("last_decision", _BIG, "0"),
            _must("suppression_check", _TEXT, ""),
        ),
    ),
    "store_cursors": (
        "ws source stream",
        (
            _must("ws", _NUMBER),
            _must("source"),
            _must("stream"),
            _must("value"),
            _must("saved_at", _BIG),
        ),
    ),
    "store_posts": (
        "pk",
        (
            _must("pk", _ROW_NUMBER),
            _must("ws", _NUMBER),
            _must("platform"),
            _must("id"),
            _must("source"),
            _must("text", _TEXT, ""),
            _must("media", _TEXT, ""),
            _may("rating", _REAL),
            _must("version", _TEXT, ""),
            _must("revision", _NUMBER),
            _may("created_at", _BIG),
            _may("edited_at", _BIG),
            _must("wording_at", _BIG),
            _may("deleted_at", _BIG),
            _must("deleted_reason", _TEXT, ""),
            _may("tombstone_at", _BIG),
            _must("kind", _TEXT, ""),
            _must("direction", _TEXT, ""),
            _must("visibility", _TEXT, ""),
            _may("profile"),
            _must("url", _TEXT, ""),
            _must("lang", _TEXT, ""),
            _may("conversation_id"),
            _may("in_reply_to"),
            _must("engagement", _TEXT, ""),
            _must("recorded_at", _BIG),
            _must("checked_at", _BIG),
            _must("stage", _SMALL),
            _may("keep", _FLAG),
            _must("verdict", _TEXT, ""),
            _may("subject"),
            _must("judged_lang", _TEXT, ""),
            _may("sentiment", _REAL),
            _must("priority", _TEXT, ""),
            _must("account", sa.String(16)),
            _must("reason", _TEXT, ""),
        ),
    ),
    "store_skipped": (
        "ws source stream reason item",
        (
            _must("ws", _NUMBER),
            _must("source"),
            _must("stream"),
            _must("reason"),
            _must("item"),
            _must("times", _NUMBER),
        ),
    ),
    "store_profiles": (
        "id platform ws",
        (
            _must("ws", _NUMBER),
            _must("platform"),
            _must("id"),
            _must("handle_key"),
            _must("payload"),
            _must("kept", _SMALL),
            _must("matched"),
        ),
    ),
    "store_profile_handles": (
        "profile_id platform ws seen_at handle",
        (
            _must("ws", _NUMBER),
            _must("platform"),
            _must("profile_id"),
            _must("seen_at", _BIG),
            _must("handle"),
        ),
    ),
    "store_contacts": (
        "id ws",
        (
            _must("ws", _NUMBER),
            _must("id"),
            _must("payload"),
        ),
    ),
    "store_contact_keys": (
        "value kind ws contact_id",
        (
            _must("ws", _NUMBER),
            _must("kind", sa.String(8)),
            _must("value"),
            _must("contact_id"),
        ),
    ),
    "store_contact_aliases": (
        "id ws",
        (
            _must("ws", _NUMBER),
            _must("id"),
            _may("merged_into"),
        ),
    ),
    "store_decisions": (
        "ws id",
        (
            _must("ws", _NUMBER),
            _must("id", _BIG),
            _must("platform"),
            _must("profile_id"),
            _may("contact_id"),
            _must("state", sa.String(16)),
            _must("by"),
            _must("at", _BIG),
            _must("basis", _TEXT, ""),
            _must("probability", _REAL),
            _must("runner_up", _REAL),
            _must("evidence", _TEXT, ""),
            _must("model_version", _TEXT, ""),
            _must("policy", _TEXT, ""),
            _must("reason", _TEXT, ""),
        ),
    ),
    "store_erasing": (
        "profile_id platform ws",
        (
            _must("ws", _NUMBER),
            _must("platform"),
            _must("profile_id"),
        ),
    ),
    "store_links": (
        "profile_id platform ws",
        (
            _must("ws", _NUMBER),
            _must("platform"),
            _must("profile_id"),
            _must("decision", _BIG),
            _must("by"),
            _must("state", sa.String(16)),
            _may("contact_id"),
        ),
    ),
    "store_interactions": (
        "post",
        (
            _must("post", _ROW_NUMBER),
            _must("ws", _NUMBER),
            _must("key", sa.String(64)),
            _must("contact_id"),
            _must("revision", _NUMBER),
            _must("retracted", _FLAG),
            _must("occurred_at", _BIG),
            _must("state", sa.String(16)),
            _must("rank", _SMALL),
            _must("offered", _FLAG),
            _may("sent_contact"),
            _must("crm_id", _TEXT, ""),
            _must("queued_at", _BIG),
            _may("not_before", _BIG),
            _must("attempts", _NUMBER),
            _must("reason", _TEXT, ""),
        ),
    ),
    "store_suppression": (
        "hash ws",
        (
            _must("ws", _NUMBER),
            _must("hash", sa.String(64)),
            _must("kind", sa.String(16)),
            _must("reason", _TEXT, ""),
            _must("added_at", _BIG),
        ),
    ),
    "store_erasures": (
        "key ws",
        (
            _must("ws", _NUMBER),
            _must("key", sa.String(64)),
            _must("queued_at", _BIG),
        ),
    ),
}
_INDEXES = (
    ("uq_store_workspaces_name", "store_workspaces", "name", ""),
    ("ix_store_posts_checked", "store_posts", "checked_at", "checked_at > 0"),
    ("ix_store_posts_conversation", "store_posts", "conversation_id", "conversation_id IS NOT NULL"),
    ("ix_store_posts_orphan_answer", "store_posts", "in_reply_to", "direction = 'outbound' AND subject IS NULL"),
    ("ix_store_posts_profile", "store_posts", "profile", "profile IS NOT NULL"),
    ("ix_store_posts_subject", "store_posts", "subject created_at", "subject IS NOT NULL"),
    ("ix_store_posts_to_judge", "store_posts", "ws pk", "stage = 0"),
    ("ix_store_posts_to_settle", "store_posts", "ws pk", "stage = 1"),
    ("uq_store_posts_id", "store_posts", "id platform ws", ""),
    ("ix_store_profiles_handle", "store_profiles", "handle_key", ""),
    ("ix_store_profiles_matched", "store_profiles", "ws matched platform id", "kept = 1"),
    ("ix_store_contact_keys_contact", "store_contact_keys", "contact_id", ""),
    ("ix_store_contact_aliases_into", "store_contact_aliases", "merged_into", ""),
    ("ix_store_decisions_contact", "store_decisions", "contact_id", ""),
    ("ix_store_decisions_profile", "store_decisions", "profile_id id", ""),
    ("ix_store_links_contact", "store_links", "contact_id", ""),
    ("ix_store_links_state", "store_links", "ws state decision", ""),
    ("ix_store_interactions_parked", "store_interactions", "ws post", "state = 'parked'"),
    ("ix_store_interactions_queue", "store_interactions", "ws rank contact_id occurred_at post", "state = 'queued'"),
    ("ix_store_interactions_waiting", "store_interactions", "ws not_before", "state = 'waiting'"),
    ("uq_store_interactions_key", "store_interactions", "key ws", ""),
)

_REFUSE = "decisions are append-only"
_ERASING = """EXISTS (SELECT 1 FROM store_erasing e
    WHERE e.ws = OLD.ws AND e.platform = OLD.platform AND e.profile_id = OLD.profile_id)"""
_SQLITE = (
    f"""CREATE TRIGGER store_decisions_update BEFORE UPDATE ON store_decisions
    BEGIN SELECT RAISE(ABORT, '{_REFUSE}'); END""",
    f"""CREATE TRIGGER store_decisions_delete BEFORE DELETE ON store_decisions WHEN NOT {_ERASING}
    BEGIN SELECT RAISE(ABORT, '{_REFUSE}'); END""",
)
_POSTGRESQL = (
    f"""CREATE FUNCTION store_decisions_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND {_ERASING} THEN RETURN OLD; END IF;
        RAISE EXCEPTION '{_REFUSE}';
    END $$""",
    """CREATE TRIGGER store_decisions_append_only BEFORE UPDATE OR DELETE ON store_decisions
    FOR EACH ROW EXECUTE FUNCTION store_decisions_refuse()""",
)


def upgrade() -> None:
    for table, (key, columns) in _TABLES.items():
        names = key.split()
        op.create_table(table, *(column() for column in columns), *_constraints(table, names))
    for name, table, columns_of, where in _INDEXES:
        only = sa.text(where) if where else None
        unique = name.startswith("uq_")
        op.create_index(name, table, columns_of.split(), unique=unique, sqlite_where=only, postgresql_where=only)
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def _constraints(table: str, key: list[str]) -> list[sa.Constraint]:
    primary: list[sa.Constraint] = [sa.PrimaryKeyConstraint(*key, name=f"pk_{table}")]
    if table != "store_interactions":
        return primary
    name = "fk_store_interactions_post"
    return [*primary, sa.ForeignKeyConstraint(["post"], ["store_posts.pk"], name=name, ondelete="CASCADE")]
