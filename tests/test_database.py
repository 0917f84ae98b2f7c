"""Databases are opened one careful way, and their errors are sentences without data."""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from socialcrm.database import location, open_engine, reading, scrub, storage_errors
from socialcrm.errors import ConfigError, StoreError, Transient

SECRET = "zanzibar-umbrella"


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    made = open_engine(f"sqlite:///{tmp_path / 'a.db'}", application="test")
    with made.begin() as connection:
        connection.execute(text("CREATE TABLE t (a TEXT PRIMARY KEY)"))
    return made


def test_sqlite_is_set_up_for_safety(engine: Engine) -> None:
    with engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 10_000,
    }
    engine.dispose()


def test_writers_that_read_first_wait_for_each_other(engine: Engine) -> None:
    """Fault 9."""

    def count_and_add() -> None:
        with storage_errors("the test"):
            for _ in range(25):
                with engine.begin() as connection:
                    rows = connection.execute(text("SELECT count(*) FROM t")).scalar()
                    connection.execute(text("INSERT INTO t VALUES (:a)"), {"a": str(rows)})

    threads = [threading.Thread(target=count_and_add) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(engine).connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM t")).scalar() == 75
    engine.dispose()


def test_reading_does_not_wait_for_a_writer(engine: Engine) -> None:
    with engine.begin() as writer, reading(engine).begin() as reader:
        writer.execute(text("INSERT INTO t VALUES ('1')"))
        assert reader.execute(text("SELECT count(*) FROM t")).scalar() == 0
    engine.dispose()


def test_a_forked_child_opens_its_own_connection(engine: Engine) -> None:
    """Fault 15."""
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    child = os.fork()
    if child == 0:
        try:
            with engine.begin() as connection:
                connection.execute(text("INSERT INTO t VALUES ('child')"))
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    with engine.connect() as connection:
        assert connection.execute(text("SELECT a FROM t")).scalar() == "child"
    engine.dispose()


def test_scrubbing_leaves_no_deleted_bytes(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO t VALUES (:a)"), [{"a": f"{SECRET}{number}"} for number in range(100)])
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM t"))
    scrub(engine)
    assert SECRET.encode() not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    engine.dispose()


@pytest.mark.parametrize("url", ["mysql://ann:hunter2@host/name", "hunter2", ""])
def test_other_urls_are_refused_without_repeating_them(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        open_engine(url, application="test")
    assert "hunter2" not in str(caught.value)


def test_a_path_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"absent/a\.db cannot be used: No such file"):
        open_engine(f"sqlite:///{tmp_path}/absent/a.db", application="test")


def test_a_location_never_shows_a_password(engine: Engine, tmp_path: Path) -> None:
    assert location(engine) == str(tmp_path / "a.db")
    postgresql = open_engine("postgresql://ann:hunter2@db.example/crm", application="test")
    assert location(postgresql) == "db.example/crm"
    engine.dispose()


def sqlite_error(name: str) -> sqlite3.Error:
    error = sqlite3.OperationalError(SECRET)
    error.sqlite_errorname = name
    return error


@pytest.mark.parametrize(
    ("name", "sentence", "passing"),
    [
        ("SQLITE_BUSY_SNAPSHOT", "is locked", True),
        ("SQLITE_FULL", "disk is full", False),
        ("SQLITE_CORRUPT", "is damaged", False),
        ("SQLITE_NOTADB", "is damaged", False),
        ("SQLITE_READONLY_DIRECTORY", "cannot be written", False),
        ("SQLITE_CANTOPEN", "cannot be opened", False),
        ("SQLITE_IOERR_WRITE", "the disk reports an error", False),
        ("SQLITE_SOMETHING_NEW", "failed", False),
    ],
)
def test_errors_become_sentences(name: str, sentence: str, passing: bool) -> None:
    expected = pytest.raises(Transient if passing else StoreError, match=sentence)
    with expected as caught, storage_errors("the database", away=Transient):
        raise sqlite_error(name)
    assert SECRET not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_damaged_file_is_named_and_left_alone(tmp_path: Path) -> None:
    """Fault 12."""
    path = tmp_path / "a.db"
    path.write_bytes(b"this is not a database, " * 100)
    engine = open_engine(f"sqlite:///{path}", application="test")
    with pytest.raises(StoreError, match="is damaged"), storage_errors("the database"), engine.begin():
        pass
    assert path.read_bytes() == b"this is not a database, " * 100
    engine.dispose()


def test_parameters_never_reach_an_error(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO t VALUES (:a)"), {"a": SECRET})
    with pytest.raises(StoreError) as caught, storage_errors("the database"), engine.begin() as connection:
        connection.execute(text("INSERT INTO t VALUES (:a)"), {"a": SECRET})
    assert SECRET not in f"{caught.value!r} {caught.value.__context__}"
    engine.dispose()
