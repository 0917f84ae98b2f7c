"""The tables. Instants are integers: microseconds since 1970 in UTC, which sort and compare on every database.

Every table has ``ws``, the number of the workspace, and every index begins with what tells rows apart: a
planner without statistics would take one that begins with the workspace, and read all of it. A post is known
inside the database by its row number ``pk``, so that the outbox needs no copy of its key.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    text,
)

HEAD = "0002"
VERSION_TABLE = "store_version"

# Stages of a post: what is still to be done with it.
TO_JUDGE, TO_SETTLE, SETTLED = 0, 1, 2

NEVER_AGAIN = 0  # `checked_at` of deleted posts

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_RowNumber = BigInteger().with_variant(Integer, "sqlite")


def _ws() -> Column[int]:
    return Column("ws", Integer, nullable=False)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


workspaces = Table(
    "store_workspaces",
    metadata,
    Column("ws", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    _text("lease_holder"),
    _text("lease_place"),
    Column("lease_pid", Integer, nullable=False, server_default="0"),
    Column("lease_fence", BigInteger, nullable=False, server_default="0"),
    Column("lease_expires_at", BigInteger, nullable=False, server_default="0"),
    Column("contacts_generation", BigInteger, nullable=False, server_default="0"),
    Column("last_decision", BigInteger, nullable=False, server_default="0"),
    _text("suppression_check"),
    Index("uq_store_workspaces_name", "name", unique=True),
)

cursors = Table(
    "store_cursors",
    metadata,
    _ws(),
    Column("source", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("saved_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("ws", "source", "stream"),
)

posts = Table(
    "store_posts",
    metadata,
    Column("pk", _RowNumber, primary_key=True, autoincrement=True),
    _ws(),
    Column("platform", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("source", Text, nullable=False),
    # the wording
    _text("text"),
    _text("media"),
    Column("rating", Float),
    _text("version"),
    Column("revision", Integer, nullable=False),
    Column("created_at", BigInteger),
    Column("edited_at", BigInteger),
    Column("wording_at", BigInteger, nullable=False),
    Column("deleted_at", BigInteger),
    _text("deleted_reason"),
    Column("tombstone_at", BigInteger),
    # the rest of what the platform says
    _text("kind"),
    _text("direction"),
    _text("visibility"),
    Column("profile", Text),
    _text("url"),
    _text("lang"),
    Column("conversation_id", Text),
    Column("in_reply_to", Text),
    _text("engagement"),
    # our own
    Column("recorded_at", BigInteger, nullable=False),
    Column("checked_at", BigInteger, nullable=False),
    Column("stage", SmallInteger, nullable=False),
    Column("keep", Boolean),
    _text("verdict"),
    Column("subject", Text),
    _text("judged_lang"),
    Column("sentiment", Float),
    _text("priority"),
    Column("account", String(16), nullable=False),
    _text("reason"),
)
Index("uq_store_posts_id", posts.c.id, posts.c.platform, posts.c.ws, unique=True)


def _partial(name: str, condition: str, *columns: Column[object]) -> None:
    Index(name, *columns, sqlite_where=text(condition), postgresql_where=text(condition))


_partial("ix_store_posts_to_judge", "stage = 0", posts.c.ws, posts.c.pk)
_partial("ix_store_posts_to_settle", "stage = 1", posts.c.ws, posts.c.pk)
_partial("ix_store_posts_subject", "subject IS NOT NULL", posts.c.subject, posts.c.created_at)
_partial("ix_store_posts_profile", "profile IS NOT NULL", posts.c.profile)
_partial(
    "ix_store_posts_conversation",
    "conversation_id IS NOT NULL",
    posts.c.conversation_id,
)
_partial(
    "ix_store_posts_orphan_answer",
    "direction = 'outbound' AND subject IS NULL",
    posts.c.in_reply_to,
)
_partial("ix_store_posts_checked", "checked_at > 0", posts.c.checked_at)

skipped = Table(
    "store_skipped",
    metadata,
    _ws(),
    Column("source", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("times", Integer, nullable=False),
    PrimaryKeyConstraint("ws", "source", "stream", "reason", "item"),
)

profiles = Table(
    "store_profiles",
    metadata,
    _ws(),
    Column("platform", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("handle_key", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("kept", SmallInteger, nullable=False),
    Column("matched", Text, nullable=False),
    PrimaryKeyConstraint("id", "platform", "ws"),
    Index("ix_store_profiles_handle", "handle_key"),
)
_partial("ix_store_profiles_matched", "kept = 1", profiles.c.ws, profiles.c.matched, profiles.c.platform, profiles.c.id)

handles = Table(
    "store_profile_handles",
    metadata,
    _ws(),
    Column("platform", Text, nullable=False),
    Column("profile_id", Text, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("handle", Text, nullable=False),
    PrimaryKeyConstraint("profile_id", "platform", "ws", "seen_at", "handle"),
)

contacts = Table(
    "store_contacts",
    metadata,
    _ws(),
    Column("id", Text, nullable=False),
    Column("payload", Text, nullable=False),
    PrimaryKeyConstraint("id", "ws"),
)

contact_keys = Table(
    "store_contact_keys",
    metadata,
    _ws(),
    Column("kind", String(8), nullable=False),
    Column("value", Text, nullable=False),
    Column("contact_id", Text, nullable=False),
    PrimaryKeyConstraint("value", "kind", "ws", "contact_id"),
    Index("ix_store_contact_keys_contact", "contact_id"),
)

# A contact that is no more: where it was merged into, or NULL when it was deleted. Kept for ever.
aliases = Table(
    "store_contact_aliases",
    metadata,
    _ws(),
    Column("id", Text, nullable=False),
    Column("merged_into", Text),
    PrimaryKeyConstraint("id", "ws"),
    Index("ix_store_contact_aliases_into", "merged_into"),
)

decisions = Table(
    "store_decisions",
    metadata,
    _ws(),
    Column("id", BigInteger, nullable=False),
    Column("platform", Text, nullable=False),
    Column("profile_id", Text, nullable=False),
    Column("contact_id", Text),
    Column("state", String(16), nullable=False),
    Column("by", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    _text("basis"),
    Column("probability", Float, nullable=False),
    Column("runner_up", Float, nullable=False),
    _text("evidence"),
    _text("model_version"),
    _text("policy"),
    _text("reason"),
    PrimaryKeyConstraint("ws", "id", name="pk_store_decisions"),
    Index("ix_store_decisions_profile", "profile_id", "id"),
    Index("ix_store_decisions_contact", "contact_id"),
)

# Rows of `decisions` may be deleted only for profiles listed here, inside the erasing transaction.
erasing = Table(
    "store_erasing",
    metadata,
    _ws(),
    Column("platform", Text, nullable=False),
    Column("profile_id", Text, nullable=False),
    PrimaryKeyConstraint("profile_id", "platform", "ws"),
)

# The present state of each profile: a pure function of `decisions`, the latest one.
links = Table(
    "store_links",
    metadata,
    _ws(),
    Column("platform", Text, nullable=False),
    Column("profile_id", Text, nullable=False),
    Column("decision", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("contact_id", Text),
    PrimaryKeyConstraint("profile_id", "platform", "ws"),
    Index("ix_store_links_contact", "contact_id"),
    Index("ix_store_links_state", "ws", "state", "decision"),
)

# What the CRM should show of a post. `offered` says that the CRM may hold its text: set before a delivery
# goes out and taken back by a confirmed retraction, so that a kill in between forgets nothing.
interactions = Table(
    "store_interactions",
    metadata,
    Column("post", _RowNumber, ForeignKey("store_posts.pk", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    _ws(),
    Column("key", String(64), nullable=False),
    Column("contact_id", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("retracted", Boolean, nullable=False),
    Column("occurred_at", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("rank", SmallInteger, nullable=False),
    Column("offered", Boolean, nullable=False),
    Column("sent_contact", Text),
    _text("crm_id"),
    Column("queued_at", BigInteger, nullable=False),
    Column("not_before", BigInteger),
    Column("attempts", Integer, nullable=False),
    _text("reason"),
    Index("uq_store_interactions_key", "key", "ws", unique=True),
)
_partial(
    "ix_store_interactions_queue",
    "state = 'queued'",
    interactions.c.ws,
    interactions.c.rank,
    interactions.c.contact_id,
    interactions.c.occurred_at,
    interactions.c.post,
)
_partial("ix_store_interactions_waiting", "state = 'waiting'", interactions.c.ws, interactions.c.not_before)
_partial("ix_store_interactions_parked", "state = 'parked'", interactions.c.ws, interactions.c.post)

suppression = Table(
    "store_suppression",
    metadata,
    _ws(),
    Column("hash", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    _text("reason"),
    Column("added_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("hash", "ws"),
)

# Keys of erased interactions that the CRM has not yet confirmed to have removed.
erasures = Table(
    "store_erasures",
    metadata,
    _ws(),
    Column("key", String(64), nullable=False),
    Column("queued_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("key", "ws"),
)

# What was done to entries after they first stood in the CRM; goes with the entry when a person is erased.
corrections = Table(
    "store_corrections",
    metadata,
    Column("pk", _RowNumber, primary_key=True, autoincrement=True),
    _ws(),
    Column("key", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("what", String(16), nullable=False),
    Column("contact_id", Text, nullable=False),
    _text("before"),
    Column("revision", Integer, nullable=False),
    Index("ix_store_corrections_key", "key"),
)

# Who did what besides deciding about links. No name of a person stands in it: it outlives every erasure.
events = Table(
    "store_events",
    metadata,
    Column("pk", _RowNumber, primary_key=True, autoincrement=True),
    _ws(),
    Column("at", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    Column("action", String(32), nullable=False),
    Column("detail", Text, nullable=False),
)

# What holders of one credential share, whatever their workspace; a token stands here sealed.
ledger = Table(
    "store_ledger",
    metadata,
    Column("name", String(128), primary_key=True),
    Column("period", BigInteger, nullable=False, server_default="0"),
    Column("used", BigInteger, nullable=False, server_default="0"),
    Column("paused_until", BigInteger, nullable=False, server_default="0"),
    Column("locked_until", BigInteger, nullable=False, server_default="0"),
    _text("token"),
)
