"""The right to write one workspace, with a number that rises with every holder.

A holder that was paused and resumes finds a higher number in the database, and every write of its is
refused. A lease whose process died on this machine is taken over at once; any other when it ends.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, update

from socialcrm.errors import LeaseHeld, LeaseLost
from socialcrm.store.engine import Database, instant, micros
from socialcrm.store.schema import workspaces


class SqlLease:
    """A lease that is held; writing transactions extend it by themselves."""

    def __init__(self, db: Database, fence: int) -> None:
        self._db = db
        self.fence = fence

    def renew(self) -> None:
        """Extend the lease; raises `LeaseLost` when it was taken over."""
        if self._db.fence != self.fence:
            raise LeaseLost(f"the lease of the workspace {self._db.workspace!r} has been given back")
        with self._db.write() as connection:
            row = update(workspaces).where(workspaces.c.ws == self._db.ws)
            connection.execute(row.values(lease_expires_at=_end(self._db)))


@contextmanager
def hold(db: Database, holder: str, ttl: timedelta) -> Iterator[SqlLease]:
    """Take the lease, and give it back at the end; raises `LeaseHeld` naming the holder and when it ends."""
    if db.fence is not None:
        raise LeaseHeld(f"this store already holds the lease of the workspace {db.workspace!r}")
    lease = SqlLease(db, _take(db, holder, ttl))
    db.fence, db.ttl = lease.fence, ttl
    try:
        yield lease
    finally:
        db.fence = None
        _give_back(db, lease.fence)


def _take(db: Database, holder: str, ttl: timedelta) -> int:
    with db.write() as connection:
        row = connection.execute(select(workspaces).where(workspaces.c.ws == db.ws)).one()
        if row.lease_expires_at > db.now() and not _died(row.lease_place, row.lease_pid):
            until = instant(row.lease_expires_at).isoformat(timespec="seconds")
            raise LeaseHeld(f"{row.lease_holder} is at work on the workspace {db.workspace!r} until {until} at least")
        fence = int(row.lease_fence) + 1
        connection.execute(
            update(workspaces)
            .where(workspaces.c.ws == db.ws)
            .values(
                lease_holder=holder,
                lease_place=_place(),
                lease_pid=os.getpid(),
                lease_fence=fence,
                lease_expires_at=micros(db.clock.now() + ttl),
            )
        )
    return fence


def _give_back(db: Database, fence: int) -> None:
    ended = update(workspaces).where(workspaces.c.ws == db.ws, workspaces.c.lease_fence == fence)
    with db.write() as connection:
        connection.execute(ended.values(lease_holder="", lease_place="", lease_pid=0, lease_expires_at=0))


def _end(db: Database) -> int:
    return micros(db.clock.now() + db.ttl)


def _place() -> str:
    """Name this machine and its table of processes, so that a process number can be looked up."""
    try:
        processes = str(Path("/proc/self/ns/pid").readlink())
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""
    return f"{socket.gethostname()}/{boot}/{processes}"


def _died(place: str, pid: int) -> bool:
    if not place or place != _place():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
