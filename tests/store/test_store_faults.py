"""Locked, full, damaged, read-only, forked: the right error with a sentence, and nothing half written."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest

from socialcrm.clock import ManualClock
from socialcrm.errors import ConfigError, StoreError
from socialcrm.model import Contact, Deleted, Skipped
from socialcrm.store import open_store
from socialcrm.store.base import PageRecord
from socialcrm.testing.store_world import START, WORKSPACE, post, record

SECRET = "the text of a post"


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def test_locked_for_longer_than_the_busy_timeout(sqlite_url: str) -> None:
    store = open_store(sqlite_url, workspace=WORKSPACE, busy_timeout=0.05)
    other = sqlite3.connect(file_of(sqlite_url), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked") as caught:
        record(store, post("1", SECRET))
    assert SECRET not in repr(caught.value)
    assert store.posts.account()  # reading waits for no writer
    other.execute("ROLLBACK")
    other.close()
    record(store, post("1", SECRET))
    store.close()


def test_workspace_locked_on_postgresql(postgresql_url: str) -> None:
    store = open_store(postgresql_url, workspace=WORKSPACE, busy_timeout=0.05)
    other = open_store(postgresql_url, workspace=WORKSPACE)
    with other._db.write(), pytest.raises(StoreError, match="locked"):
        record(store, post("1"))
    record(store, post("1"))
    other.close()
    store.close()


def test_full_disk_keeps_no_part_of_a_page(sqlite_url: str) -> None:
    store = open_store(sqlite_url, workspace=WORKSPACE)
    record(store, post("0"), cursor="c0")
    with store._db.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 4}")
    many = [post(str(n), SECRET * 50) for n in range(500)]
    with pytest.raises(StoreError, match="disk is full") as caught:
        store.posts.record(PageRecord("network", "mentions", many, "c1"))
    assert SECRET not in repr(caught.value)
    assert store.cursors.get("network", "mentions") == "c0"
    assert sum(store.posts.account().values()) == 1
    store.close()
    again = open_store(sqlite_url, workspace=WORKSPACE)
    again.posts.record(PageRecord("network", "mentions", many, "c1"))
    assert sum(again.posts.account().values()) == 500
    again.close()


def test_damaged_file_is_named_and_left_alone(sqlite_url: str) -> None:
    store = open_store(sqlite_url, workspace=WORKSPACE)
    record(store, *(post(str(n)) for n in range(300)))
    store.close()
    file = file_of(sqlite_url)
    damaged = bytearray(file.read_bytes())
    damaged[-20 * 4096 :] = b"\xff" * (20 * 4096)
    file.write_bytes(damaged)
    store = open_store(sqlite_url, workspace=WORKSPACE)
    assert any(not finding.ok and finding.remedy for finding in store.check())
    store.close()
    assert file.read_bytes() == damaged


def test_something_else_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "letters.txt"
    file.write_text("Dear Ann, " * 999, encoding="utf-8")
    before = file.read_bytes()
    with pytest.raises(StoreError, match=str(file)):
        open_store(f"sqlite:///{file}", workspace=WORKSPACE)
    assert file.read_bytes() == before


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nowhere"):
        open_store(f"sqlite:///{tmp_path}/nowhere/store.db", workspace=WORKSPACE)


@pytest.mark.parametrize("wrong", ["mysql://u:hunter2@h/db", "not a url", "://hunter2@"])
def test_wrong_address_is_not_repeated(wrong: str) -> None:
    with pytest.raises(ConfigError) as caught:
        open_store(wrong, workspace=WORKSPACE)
    assert "hunter2" not in str(caught.value)


def test_server_that_is_away() -> None:
    with pytest.raises(StoreError) as caught:
        open_store("postgresql://ann:hunter2@127.0.0.1:1/none", workspace=WORKSPACE)
    assert "hunter2" not in str(caught.value)


def test_store_needs_a_workspace(sqlite_url: str) -> None:
    with pytest.raises(ConfigError, match="workspace"):
        open_store(sqlite_url, workspace="")


def test_file_is_its_owners_alone(sqlite_url: str) -> None:
    file = file_of(sqlite_url)
    file.touch(mode=0o644)
    file.chmod(0o644)
    store = open_store(sqlite_url, workspace=WORKSPACE)
    record(store, post("1"))
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in file.parent.glob("store.db*")}
    assert len(modes) == 3
    assert set(modes.values()) == {0o600}
    assert all(finding.ok for finding in store.check())
    file.chmod(0o640)
    assert [finding.remedy for finding in store.check() if not finding.ok] == [f"chmod 600 {file}"]
    store.close()


def test_network_file_systems_are_told(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from socialcrm.store import doctor

    store = open_store(sqlite_url, workspace=WORKSPACE)
    monkeypatch.setattr(doctor, "MOUNTS", Path(sqlite_url.removeprefix("sqlite:///")).with_name("mounts"))
    doctor.MOUNTS.write_text(
        f"server:/x / ext4 rw 0 0\nserver:/x {doctor.MOUNTS.parent} nfs4 rw 0 0\n", encoding="utf-8"
    )
    (finding,) = (finding for finding in store.check() if not finding.ok)
    assert "nfs4" in finding.what
    assert "PostgreSQL" in finding.remedy
    store.close()


def test_fork_is_detected(url: str) -> None:
    store = open_store(url, workspace=WORKSPACE, clock=ManualClock(START))
    record(store, post("1"))
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            record(store, post("2"))
        except StoreError as error:
            code = 0 if "fork" in str(error) else 2
            store.close()
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    record(store, post("3"))  # the parent's connections still work
    assert sum(store.posts.account().values()) == 2
    store.close()


def test_copy_is_another_store(url: str) -> None:
    store = open_store(url, workspace=WORKSPACE, clock=ManualClock(START))
    record(store, post("1"), cursor="c")
    with store.lease("someone"):
        copy = store.copy_to("sqlite://")
        record(copy, post("2"), cursor="d")
        assert copy.posts.get("invented", "1") == store.posts.get("invented", "1")
        assert (store.cursors.get("network", "mentions"), copy.cursors.get("network", "mentions")) == ("c", "d")
        with copy.lease("rehearsal"):
            pass
    assert sum(store.posts.account().values()) == 1
    copy.close()
    store.close()


def test_nothing_a_platform_says_blocks_a_page(url: str) -> None:
    """NUL, lone surrogates and endless names come from hostile platforms; neither database may choke on them."""
    store = open_store(url, workspace=WORKSPACE, clock=ManualClock(START))
    endless, bad = "é" * 100_000, "a\x00b\ud800c"
    words = {"text": bad, "url": bad, "lang": bad, "version": bad, "conversation_id": bad, "in_reply_to": bad}
    media = [{"type": bad, "url": bad, "alt": bad}]
    profile = {"platform": "invented", "id": "a\0bc", "handle": endless, "display_name": bad, "lang": bad}
    record(
        store,
        post("a\0bc", author=profile, media=media, **{name: value for name, value in words.items() if name != "text"}),
        post("2", bad, conversation_id=endless, in_reply_to=endless, url=endless),
        Skipped(platform="invented", id=endless, reason=endless + bad),
        Deleted(platform="invented", id="3", reason=bad),
        cursor=bad,
    )
    (stored,) = store.posts.find("abc")
    assert (stored.post.url, stored.post.conversation_id) == ("abc", "abc")
    assert store.cursors.get("network", "mentions") == "abc"
    assert [one.post.id for one in store.posts.conversation("invented", endless)] == ["2"]
    assert [found.id for found in store.profiles.find("@" + endless.upper())] == ["abc"]
    store.contacts.record([Contact(id="C1", emails=(endless,), phones=("9" * 9999,))], source="crm", cursor=None)
    assert [found.id for found in store.contacts.find(email=endless)] == ["C1"]
    store.close()
