"""The tables of the embedded CRM; their names keep out of the way of whatever shares the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, Index, Integer, MetaData, Table, Text

metadata = MetaData()


def _texts(*names: str) -> list[Column[Any]]:
    return [Column(name, Text, nullable=False) for name in names]


contacts = Table(
    "crm_contacts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("changed", BigInteger, nullable=False, unique=True),
    Column("deleted_at", Text),
    Column("merged_into", Text),
    *_texts("first_name", "last_name", "full_name", "title", "company", "city", "region", "country", "lang"),
    *(Column(name, JSON, nullable=False) for name in ("emails", "phones", "websites", "handles")),
    Column("do_not_profile", Boolean, nullable=False),
)

timeline = Table(
    "crm_timeline",
    metadata,
    Column("key", Text, primary_key=True),
    *_texts("contact_id", "occurred_at", "channel", "kind", "direction", "subject", "body", "url", "author"),
    *_texts("thread", "in_reply_to", "priority"),
    Column("sentiment", Float),
    Column("revision", Integer, nullable=False),
    Column("retracted", Boolean, nullable=False),
    Index("crm_timeline_in_order", "contact_id", "occurred_at", "key"),
)

# One row. Whoever changes contacts takes its numbers here first and so holds the row until commit:
# numbers become visible in the order they were given, and no reader can step over a slow writer.
changes = Table("crm_changes", metadata, Column("last", BigInteger, nullable=False))
