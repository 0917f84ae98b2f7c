"""Run by Alembic; the connection and its transaction are the caller's."""

from __future__ import annotations

from alembic import context

from socialcrm.store.schema import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
