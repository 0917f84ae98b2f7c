"""The store on SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from types import TracebackType

from pydantic import SecretStr
from sqlalchemy import select

from socialcrm.clock import Clock, SystemClock
from socialcrm.database import BUSY_SECONDS
from socialcrm.errors import ConfigError
from socialcrm.http.ledger import Ledger
from socialcrm.model import Finding
from socialcrm.store.audit import SqlAudit
from socialcrm.store.base import Contacts, Cursors, Decisions, Outbox, Posts, Profiles
from socialcrm.store.contacts import SqlContacts
from socialcrm.store.copying import copy_workspace
from socialcrm.store.cursors import SqlCursors
from socialcrm.store.decisions import SqlDecisions
from socialcrm.store.doctor import examine
from socialcrm.store.engine import Database
from socialcrm.store.erasure import SqlErasure
from socialcrm.store.lease import SqlLease, hold
from socialcrm.store.ledger import Seal, SqlLedger
from socialcrm.store.migrate import migrate as bring_up_to_date
from socialcrm.store.outbox import SqlOutbox
from socialcrm.store.posts import SqlPosts
from socialcrm.store.profiles import SqlProfiles
from socialcrm.store.rights import Audit, Erasure, Suppression
from socialcrm.store.schema import workspaces
from socialcrm.store.statements import add_missing
from socialcrm.store.suppression import SqlSuppression


def open_store(
    url: str,
    *,
    workspace: str,
    clock: Clock | None = None,
    suppression_key: SecretStr | None = None,
    seal: Seal | None = None,
    migrate: bool = True,
    busy_timeout: float = BUSY_SECONDS,
) -> SqlStore:
    """Open a workspace in a database: ``sqlite:///file.db`` (created with mode 0600) or ``postgresql://…``.

    ``seal`` keeps refresh tokens that platforms replace. ``busy_timeout`` is how many seconds a write waits for
    another process. Raises `ConfigError` for a wrong address or suppression key, `MissingExtra` without a driver,
    `StoreError` for a database that cannot be used or was made by a newer version.
    """
    db = Database(url, workspace=workspace, clock=clock or SystemClock(), busy_timeout=busy_timeout)
    try:
        bring_up_to_date(db, allowed=migrate)
        db.ws = _workspace(db)
        return SqlStore(db, suppression_key, seal)
    except BaseException:
        db.close()
        raise


def _workspace(db: Database) -> int:
    if not db.workspace:
        raise ConfigError("a store needs the name of a workspace")
    number = select(workspaces.c.ws).where(workspaces.c.name == db.workspace)
    with db.read() as connection:
        ws = connection.scalar(number)
    if ws is None:
        with db.exclusive() as connection:
            add_missing(connection, workspaces, {"name": db.workspace}, unique="name")
            ws = connection.scalar(number)
    return int(ws or 0)


class SqlStore:
    """A workspace's memory, in parts; see `socialcrm.store.base.Store`.

    Works as a context manager that closes it. One store serves one process, and holds at most one lease.
    """

    def __init__(self, db: Database, suppression_key: SecretStr | None, seal: Seal | None = None) -> None:
        self._db = db
        self._suppression_key = suppression_key
        self.workspace = db.workspace
        suppression = SqlSuppression(db, suppression_key)
        suppression.verify()
        self._decisions = SqlDecisions(db)
        self.suppression: Suppression = suppression
        self.cursors: Cursors = SqlCursors(db)
        self.posts: Posts = SqlPosts(db, suppression)
        self.profiles: Profiles = SqlProfiles(db)
        self.contacts: Contacts = SqlContacts(db, suppression)
        self.decisions: Decisions = self._decisions
        self.outbox: Outbox = SqlOutbox(db, suppression)
        self.erasure: Erasure = SqlErasure(db, suppression)
        self.audit: Audit = SqlAudit(db)
        self.ledger: Ledger = SqlLedger(db, seal)

    def lease(self, holder: str, *, ttl: timedelta = timedelta(minutes=2)) -> AbstractContextManager[SqlLease]:
        """Take the workspace's lease, or raise `LeaseHeld` naming the holder and when it ends."""
        return hold(self._db, holder, ttl)

    def copy_to(self, url: str) -> SqlStore:
        """Open a scratch copy of this workspace at another, empty URL; the lease is not copied."""
        copy = open_store(url, workspace=self.workspace, clock=self._db.clock, suppression_key=self._suppression_key)
        copy_workspace(self._db, copy._db)
        return copy

    def rebuild(self) -> int:
        """Derive the present state of every profile from the log of decisions anew; returns how many differed."""
        return self._decisions.rebuild()

    def check(self) -> Iterator[Finding]:
        """Yield what was looked at: the file and its place, its permissions, its pages, its tables."""
        return examine(self._db)

    def close(self) -> None:
        """Give the database back."""
        self._db.close()

    def __enter__(self) -> SqlStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
