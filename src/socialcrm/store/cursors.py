"""Where each stream resumes."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, delete, select

from socialcrm.store.engine import Database
from socialcrm.store.schema import cursors
from socialcrm.store.statements import upsert
from socialcrm.text import clean


def save(connection: Connection, ws: int, source: str, stream: str, value: str, now: int) -> None:
    """Keep a place, in the transaction of the page that ends there."""
    place = {"ws": ws, "source": source, "stream": stream, "value": clean(value), "saved_at": now}
    upsert(connection, cursors, [place])


class SqlCursors:
    """Places, opaque to all but their adapter."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, source: str, stream: str) -> str | None:
        """Return the place where a stream resumes, or ``None`` to start at the beginning."""
        with self._db.read() as connection:
            return connection.scalar(select(cursors.c.value).where(*self._at(source, stream)))

    def reset(self, source: str, stream: str) -> None:
        """Forget a place that the platform no longer knows."""
        with self._db.write() as connection:
            connection.execute(delete(cursors).where(*self._at(source, stream)))

    def _at(self, source: str, stream: str) -> tuple[ColumnElement[bool], ...]:
        return cursors.c.ws == self._db.ws, cursors.c.source == source, cursors.c.stream == stream
