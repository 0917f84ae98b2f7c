"""SQL databases, opened one careful way: an SQLite file, or PostgreSQL for several processes.

What holds for every engine of `open_engine`: statement parameters never reach a log or an error; a
connection inherited through a fork is dropped, not shared; a writing transaction on SQLite takes the
write lock when it begins, since one that reads first and upgrades later fails at once, whatever the
busy timeout. Purely reading work says so with `reading` and then waits for no writer.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, SQLAlchemyError

from socialcrm.errors import ConfigError, MissingExtra, SocialCRMError, StoreError

BUSY_SECONDS = 10
_READING = "socialcrm_reading"

_PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
)

_LOCKED = "is locked by another process; wait for it to finish, or stop it, then run again"
_FULL = "cannot grow, the disk is full; free some space, then run again"
_CORRUPT = "is damaged; nothing was written; restore it from a backup"
_READ_ONLY = "cannot be written; check the permissions of the file and its folder, and that the disk is not read-only"
_UNOPENED = "cannot be opened; check that the path and its folder exist and may be written"
_DEVICE = "cannot be read or written, the disk reports an error; check the disk"
_AWAY = "cannot be reached; check that the server is running, and the address, user and password in its URL"
_DENIED = "does not accept the credentials; check the user and the password in its URL"
_FORBIDDEN = "refuses the user some right; grant it access to the tables"
_FOREIGN = "lacks a table or column; check that the URL is right and that it was set up by this version"

# First match wins. Keys are beginnings of SQLite's result code names and of PostgreSQL's SQLSTATE codes:
# https://www.sqlite.org/rescode.html, https://www.postgresql.org/docs/current/errcodes-appendix.html.
# The flag says that waiting may help.
_FAULTS: tuple[tuple[str, str, bool], ...] = (
    ("SQLITE_BUSY", _LOCKED, True),
    ("SQLITE_LOCKED", _LOCKED, True),
    ("SQLITE_FULL", _FULL, False),
    ("SQLITE_CORRUPT", _CORRUPT, False),
    ("SQLITE_NOTADB", _CORRUPT, False),
    ("SQLITE_READONLY", _READ_ONLY, False),
    ("SQLITE_CANTOPEN", _UNOPENED, False),
    ("SQLITE_PERM", _READ_ONLY, False),
    ("SQLITE_IOERR", _DEVICE, False),
    ("08", _AWAY, True),
    ("57P", _AWAY, True),
    ("53100", _FULL, False),
    ("53", "has too little memory or too many connections; try again later", True),
    ("55P03", _LOCKED, True),
    ("40", _LOCKED, True),
    ("25006", _READ_ONLY, False),
    ("28", _DENIED, False),
    ("3D", "does not exist on the server; create it first", False),
    ("42501", _FORBIDDEN, False),
    ("42P01", _FOREIGN, False),
    ("42703", _FOREIGN, False),
    ("58", _DEVICE, False),
    ("XX", _CORRUPT, False),
)


def open_engine(url: str, *, application: str) -> Engine:
    """Open the database at a URL such as ``sqlite:///social.db`` or ``postgresql://user@host/name``.

    A missing SQLite file is made, readable by its owner alone; a present one is narrowed to that.
    ``application`` is the name that PostgreSQL shows for the connections. Raises `ConfigError` for a
    URL of another kind, `MissingExtra` without the PostgreSQL driver, `StoreError` for a path that
    cannot be used. Nothing is sent to a PostgreSQL server yet.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise ConfigError("a database URL cannot be read; write sqlite:///file.db or postgresql://…") from None
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return _open_sqlite(parsed)
    if backend in {"postgresql", "postgres"}:
        return _open_postgresql(parsed, application)
    raise ConfigError(f"databases of the kind {backend!r} are not supported; use sqlite or postgresql")


def location(engine: Engine) -> str:
    """Name a database for people: the path of its file, or server and name, never its password."""
    url = engine.url
    if url.get_backend_name() == "sqlite":
        return url.database or "memory"
    return f"{url.host or 'localhost'}/{url.database or ''}"


def reading(engine: Engine) -> Engine:
    """Return the same engine for transactions that only read, which take no write lock on SQLite."""
    return engine.execution_options(**{_READING: True})


def scrub(engine: Engine) -> None:
    """Leave no bytes of deleted rows in an SQLite file; does nothing on other databases.

    With a write-ahead log, deleted rows stay readable in the file even under ``secure_delete`` until it
    is rewritten and the log is cut. Call it outside every transaction. Raises `StoreError` when a reader
    keeps the log from being cut.
    """
    if engine.dialect.name != "sqlite":
        return
    with closing(engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (kept, *_), *_ = cursor.fetchall()
    if kept:
        where = location(engine)
        raise StoreError(f"{where} is in use: the rows are deleted, their bytes not yet overwritten; erase again later")


@contextmanager
def storage_errors(what: str, *, away: type[SocialCRMError] = StoreError) -> Iterator[None]:
    """Turn errors of SQLAlchemy, its drivers and the file system into a sentence about ``what``.

    Raises `StoreError`, or ``away`` where waiting may help (locked, not reachable). The original error is
    not chained: PostgreSQL puts row values into its messages.
    """
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        sentence, passing = _fault(error)
        raise (away if passing else StoreError)(f"{what} {sentence}") from None
    except OSError as error:
        raise StoreError(f"{what} cannot be used: {error.strerror or type(error).__name__}") from None


def _open_sqlite(url: URL) -> Engine:
    path = url.database
    if path and path != ":memory:":
        path = str(Path(path).expanduser().absolute())
        _own(path)
    engine = create_engine(
        URL.create("sqlite", database=path),
        hide_parameters=True,
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None, "check_same_thread": False},
    )
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    _drop_after_fork(engine)
    return engine


def _open_postgresql(url: URL, application: str) -> Engine:
    try:
        engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            hide_parameters=True,
            pool_pre_ping=True,
            connect_args={"application_name": application, "connect_timeout": BUSY_SECONDS},
        )
    except ModuleNotFoundError:
        raise MissingExtra("PostgreSQL", "postgresql") from None
    _drop_after_fork(engine)
    return engine


def _own(path: str) -> None:
    """Create the file, or narrow it, before SQLite does; SQLite gives its side files the same mode."""
    with storage_errors(f"the database {path}"):
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        if Path(path).stat().st_mode & 0o077:
            Path(path).chmod(0o600)


def _configure(connection: Any, record: object) -> None:
    for pragma in _PRAGMAS:
        connection.execute(pragma).close()


def _begin(connection: Connection) -> None:
    lock = "" if connection.get_execution_options().get(_READING) else " IMMEDIATE"
    connection.exec_driver_sql(f"BEGIN{lock}")


def _drop_after_fork(engine: Engine) -> None:
    """Follow SQLAlchemy's recipe "Using Connection Pools with Multiprocessing or os.fork()"."""

    @event.listens_for(engine, "connect")
    def connected(connection: object, record: Any) -> None:
        record.info["process"] = os.getpid()

    @event.listens_for(engine, "checkout")
    def checked_out(connection: object, record: Any, proxy: Any) -> None:
        if record.info["process"] != os.getpid():
            record.dbapi_connection = proxy.dbapi_connection = None
            raise DisconnectionError("the connection belongs to another process")


def _fault(error: BaseException) -> tuple[str, bool]:
    original = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    code = getattr(original, "sqlite_errorname", None) or getattr(original, "sqlstate", None) or ""
    for beginning, sentence, passing in _FAULTS:
        if code.startswith(beginning):
            return sentence, passing
    if "no such table" in str(original) or "no such column" in str(original):
        return _FOREIGN, False
    if isinstance(error, DBAPIError) and not code and type(original).__name__ == "OperationalError":
        return _AWAY, True  # psycopg gives no code when the server does not answer
    return f"failed ({code or type(original).__name__})", False
