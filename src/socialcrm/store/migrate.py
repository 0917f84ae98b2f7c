"""Bringing a database to this version's tables, in one transaction: a kill leaves the old or the new."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from socialcrm.errors import StoreError
from socialcrm.failpoints import failpoint
from socialcrm.store.engine import Database
from socialcrm.store.schema import HEAD, VERSION_TABLE

_LOCK = 7_307_199_021_534_470_241  # an arbitrary number that only this migration uses


def migrate(db: Database, *, allowed: bool) -> None:
    """Bring the tables to revision `HEAD`.

    Raises `StoreError` for a revision that this version does not know, and for an old one unless ``allowed``.
    """
    with db.read() as connection:
        revision = _revision(connection)
    if revision == HEAD:
        return
    if not allowed:
        state = f"has tables of revision {revision}" if revision else "has no tables yet"
        raise StoreError(f"{db.where} {state}, this version needs {HEAD}: open it once with migrate=True")
    with db.exclusive() as connection:
        if not db.sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        _upgrade(connection, db.where)


def _revision(connection: Connection) -> str:
    if not inspect(connection).has_table(VERSION_TABLE):
        return ""
    return connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}")) or ""  # noqa: S608 - a constant


def _upgrade(connection: Connection, where: str) -> None:
    # Alembic takes a fifth of a second to load and is needed once in the life of a database.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    revision = _revision(connection)
    if revision and revision not in known:
        raise StoreError(f"{where} was made by a newer version (revision {revision}): upgrade socialcrm to use it")
    failpoint("store.before_migration")
    command.upgrade(config, "head")
    failpoint("store.after_migration")
