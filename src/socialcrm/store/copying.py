"""Copying one workspace into an empty database, row by row, whatever the two databases are."""

from __future__ import annotations

from sqlalchemy import Connection, Table, insert, select, update

from socialcrm.store.engine import Database
from socialcrm.store.rows import chunks
from socialcrm.store.schema import metadata, workspaces

_BATCH = 5000
_CARRIED = ("contacts_generation", "last_decision", "suppression_check")


def copy_workspace(source: Database, target: Database) -> None:
    """Copy everything but the lease, as one reading of the source and one writing of the target."""
    with source.read() as reader, target.write() as writer:
        counters = select(*(workspaces.c[name] for name in _CARRIED)).where(workspaces.c.ws == source.ws)
        kept = reader.execute(counters).mappings().one()
        writer.execute(update(workspaces).where(workspaces.c.ws == target.ws).values(**kept))
        for table in metadata.sorted_tables:
            if table is not workspaces and "ws" in table.c:
                _copy(reader, writer, table, source.ws, target.ws)


def _copy(reader: Connection, writer: Connection, table: Table, old: int, new: int) -> None:
    found = reader.execution_options(yield_per=_BATCH).execute(select(table).where(table.c.ws == old))
    for rows in chunks(found.mappings(), _BATCH):
        writer.execute(insert(table), [{**row, "ws": new} for row in rows])
