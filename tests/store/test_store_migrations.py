"""From nothing to today's tables, never between, and no guessing about tomorrow's."""

from __future__ import annotations

import os
import sqlite3

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from socialcrm import failpoints
from socialcrm.errors import StoreError
from socialcrm.store import open_store
from socialcrm.store.schema import HEAD, VERSION_TABLE, metadata
from socialcrm.testing.store_world import WORKSPACE, post, record

KILLED = 137


def test_migrations_end_in_the_declared_tables(url: str) -> None:
    store = open_store(url, workspace=WORKSPACE)
    with store._db.read() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == HEAD
    store.close()


def test_newer_revision_is_refused_and_left_alone(url: str) -> None:
    store = open_store(url, workspace=WORKSPACE)
    record(store, post("1"))
    with store._db.exclusive() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(StoreError, match=r"9999.*upgrade socialcrm"):
        open_store(url, workspace=WORKSPACE)
    assert sum(store.posts.account().values()) == 1
    assert [finding.ok for finding in store.check()][-1] is False
    store.close()


def test_migration_can_be_forbidden(url: str) -> None:
    with pytest.raises(StoreError, match="migrate=True"):
        open_store(url, workspace=WORKSPACE, migrate=False)
    open_store(url, workspace=WORKSPACE).close()
    open_store(url, workspace=WORKSPACE, migrate=False).close()


@pytest.mark.parametrize("point", ["store.before_migration", "store.after_migration", "store.after_commit"])
def test_kill_during_migration_leaves_old_or_new(sqlite_url: str, point: str) -> None:
    pid = os.fork()
    if pid == 0:
        failpoints.arm(point, 1)
        open_store(sqlite_url, workspace=WORKSPACE)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == KILLED
    file = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))
    tables = {name for (name,) in file.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    file.close()
    everything = {*metadata.tables, VERSION_TABLE}
    assert tables & everything == (everything if point == "store.after_commit" else set())
    store = open_store(sqlite_url, workspace=WORKSPACE)
    record(store, post("1"))
    store.close()
