"""Transactions of one workspace: fenced, one writer at a time, with errors people can act on.

A write takes its lock before it reads: SQLite's write lock, or on PostgreSQL the row of the workspace.
The same first statement reads the lease, so that a holder who was overtaken can write nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, bindparam, event, select, update

from socialcrm.clock import Clock
from socialcrm.database import BUSY_SECONDS, location, open_engine, reading, storage_errors
from socialcrm.errors import LeaseLost, StoreError
from socialcrm.failpoints import failpoint
from socialcrm.store.schema import workspaces

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_LOCK = (
    select(workspaces.c.lease_fence, workspaces.c.lease_expires_at)
    .where(workspaces.c.ws == bindparam("ws"))
    .with_for_update(key_share=True)
)
_EXTEND = (
    update(workspaces).where(workspaces.c.ws == bindparam("b_ws")).values(lease_expires_at=bindparam("b_expires_at"))
)


def micros(instant: datetime) -> int:
    """Turn an instant into microseconds since 1970."""
    return (instant - _EPOCH) // _MICROSECOND


def instant(value: int) -> datetime:
    """Turn microseconds since 1970 into an instant."""
    return _EPOCH + timedelta(microseconds=value)


class Database:
    """One workspace in one database."""

    def __init__(self, url: str, *, workspace: str, clock: Clock, busy_timeout: float = BUSY_SECONDS) -> None:
        self.engine = open_engine(url, application="socialcrm store")
        self._reading = reading(self.engine)
        self.where = f"the database {location(self.engine)}"
        self.workspace = workspace
        self.clock = clock
        self.ws = 0
        self.fence: int | None = None
        self.ttl = timedelta(0)
        self._pid = os.getpid()
        limit = "PRAGMA busy_timeout = {}" if self.sqlite else "SET lock_timeout = {}"
        _on_connect(self.engine, limit.format(int(busy_timeout * 1000)))

    @property
    def sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @property
    def file(self) -> Path | None:
        """The database file, where there is one."""
        path = self.engine.url.database
        return Path(path) if self.sqlite and path and path != ":memory:" else None

    def now(self) -> int:
        """The clock's instant as the tables hold it."""
        return micros(self.clock.now())

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the database and changes nothing."""
        self._same_process()
        with storage_errors(self.where), self._reading.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that no other writer of the workspace overlaps.

        Raises `LeaseLost` when the store holds a lease that was taken over.
        """
        with self.exclusive() as connection:
            row = connection.execute(_LOCK, {"ws": self.ws}).one()
            if self.fence is not None:
                self._guard(connection, fence=row.lease_fence, expires_at=row.lease_expires_at)
            yield connection

    @contextmanager
    def exclusive(self) -> Iterator[Connection]:
        """Open a writing transaction outside every workspace."""
        self._same_process()
        with storage_errors(self.where):
            with self.engine.begin() as connection:
                yield connection
                failpoint("store.before_commit")
            failpoint("store.after_commit")

    def _same_process(self) -> None:
        if os.getpid() != self._pid:
            raise StoreError(f"{self.where} was opened before this process was forked; open the store again after it")

    def _guard(self, connection: Connection, *, fence: int, expires_at: int) -> None:
        if fence != self.fence:
            raise LeaseLost(
                f"another process took over the workspace {self.workspace!r} in {self.where}; "
                "this one stops, the next run carries on"
            )
        now, ttl = self.now(), self.ttl // _MICROSECOND
        if expires_at - now < ttl // 2:
            connection.execute(_EXTEND, {"b_ws": self.ws, "b_expires_at": now + ttl})

    def close(self) -> None:
        """Give every connection back; in a forked child, drop them without touching the parent's."""
        self.engine.dispose(close=os.getpid() == self._pid)


def _on_connect(engine: Any, statement: str) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, record: object) -> None:
        cursor = connection.cursor()
        cursor.execute(statement)
        cursor.close()
