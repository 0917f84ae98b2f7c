"""What the embedded CRM promises beyond the contract."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import textwrap
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sql_world import SQLWorld

from socialcrm.crm.base import ContactGone, Outcome
from socialcrm.crm.sql import SQLCRM, SQLCRMConfig
from socialcrm.errors import CRMRejected, SocialCRMError, StoreError, Transient
from socialcrm.model import Contact
from socialcrm.testing.crms import NOON, SECRET, entry, outcomes

ANN = Contact(
    id="ann",
    first_name="Ann",
    last_name="Lee",
    emails=("ann@lee.example", "a.lee@work.example"),
    phones=("+442079460958",),
    company="Lee & Co",
    websites=("https://lee.example",),
    country="GB",
    handles={"invented": ("ann", "annlee")},
    do_not_profile=True,
)
BOB = Contact(id="bob", full_name="Bob Ray")


def changes(crm: SQLCRM, since: str | None = None) -> list[Contact | ContactGone]:
    return [change for page in crm.contacts(since) for change in page.changes]


def cursor(crm: SQLCRM) -> str:
    return [page.cursor for page in crm.contacts(None)][-1]


def test_a_contact_reads_back_whole(world: SQLWorld) -> None:
    world.crm.put_contacts([ANN])
    (read,) = changes(world.crm)
    assert isinstance(read, Contact)
    assert read.model_copy(update={"version": ""}) == ANN


def test_only_contacts_that_differ_count_as_changed(world: SQLWorld) -> None:
    assert world.crm.put_contacts([ANN, BOB]) == 2
    place = cursor(world.crm)
    assert world.crm.put_contacts([ANN, BOB]) == 0
    assert world.crm.put_contacts([ANN, BOB.model_copy(update={"city": "Leeds"})]) == 1
    assert [change.id for change in changes(world.crm, place)] == ["bob"]


def test_pages_stay_small_and_in_order_of_change(world: SQLWorld) -> None:
    world.crm.put_contacts(Contact(id=f"c{number}", full_name=f"Customer {number}") for number in range(2500))
    pages = list(world.crm.contacts(None))
    assert [len(page.changes) for page in pages] == [1000, 1000, 500]
    assert [change.id for page in pages for change in page.changes] == [f"c{number}" for number in range(2500)]


@pytest.mark.parametrize("place", ["999999999", "not-ours", "-1", ""])
def test_a_cursor_of_another_database_reads_everything_again(world: SQLWorld, place: str) -> None:
    world.crm.put_contacts([ANN, BOB])
    assert [change.id for change in changes(world.crm, place)] == ["ann", "bob"]


def test_a_removed_contact_leaves_no_data_and_may_return(world: SQLWorld) -> None:
    world.crm.put_contacts([ANN])
    world.crm.upsert([entry("ann", "1", body=SECRET)])
    assert world.crm.remove_contact("ann")
    assert not world.crm.remove_contact("ann")
    assert not world.crm.remove_contact("nobody")
    assert not world.holds(SECRET)
    assert "lee.example" not in str(world.query("SELECT * FROM crm_contacts"))
    assert changes(world.crm) == [ContactGone("ann")]
    assert world.crm.put_contacts([ANN]) == 1
    assert outcomes(world.crm.upsert([entry("ann", "1")])) == [Outcome.CREATED]


def test_a_merged_contact_stays_merged(world: SQLWorld) -> None:
    world.crm.put_contacts([ANN, BOB])
    world.crm.merge_contacts("ann", "bob")
    assert world.crm.put_contacts([ANN]) == 0
    assert ContactGone("ann", merged_into="bob") in changes(world.crm)


def test_a_merge_keeps_what_either_contact_had(world: SQLWorld) -> None:
    bob = Contact(
        id="bob", full_name="Bob Ray", emails=("bob@ray.example",), handles={"invented": ("bob",), "x": ("b",)}
    )
    world.crm.put_contacts([ANN, bob])
    place = cursor(world.crm)
    world.crm.merge_contacts("ann", "bob")
    gone, kept = changes(world.crm, place)
    assert gone == ContactGone("ann", merged_into="bob")
    assert isinstance(kept, Contact)
    assert (kept.full_name, kept.company) == ("Bob Ray", "Lee & Co")
    assert kept.emails == ("bob@ray.example", "ann@lee.example", "a.lee@work.example")
    assert kept.handles == {"invented": ("bob", "ann", "annlee"), "x": ("b",)}
    assert kept.do_not_profile


def test_merging_in_a_circle_is_refused(world: SQLWorld) -> None:
    world.crm.put_contacts([ANN, BOB])
    world.crm.merge_contacts("ann", "bob")
    for loser, winner in [("bob", "ann"), ("bob", "bob"), ("ann", "bob"), ("nobody", "bob"), ("bob", "nobody")]:
        with pytest.raises(CRMRejected, match="different contacts"):
            world.crm.merge_contacts(loser, winner)


def test_a_circle_in_the_table_does_not_hang(world: SQLWorld) -> None:
    world.crm.put_contacts([ANN, BOB])
    world.query("UPDATE crm_contacts SET deleted_at = 'x', merged_into = CASE id WHEN 'ann' THEN 'bob' ELSE 'ann' END")
    assert outcomes(world.crm.upsert([entry("ann", "1"), entry("bob", "2")])) == [Outcome.PARKED, Outcome.PARKED]


def test_a_long_timeline_is_read_in_pieces(world: SQLWorld) -> None:
    world.crm.put_contacts([ANN])
    same_time = [
        entry("ann", str(number), occurred_at=NOON + timedelta(seconds=number // 700)) for number in range(2100)
    ]
    world.crm.upsert(same_time)
    shown = [one.key for one in world.crm.timeline("ann")]
    assert len(shown) == len(set(shown)) == 2100


def test_times_at_both_ends_of_the_calendar_keep_their_order(world: SQLWorld) -> None:
    world.crm.put_contacts([ANN])
    years = [9999, 1, 2026, 1969]
    world.crm.upsert([entry("ann", str(year), occurred_at=NOON.replace(year=year)) for year in years])
    assert [one.occurred_at.year for one in world.crm.timeline("ann")] == sorted(years)


def test_two_processes_at_once_lose_nothing(world: SQLWorld) -> None:
    other = SQLCRM(SQLCRMConfig(url=world.url))
    world.crm.put_contacts([ANN])
    failures: list[SocialCRMError] = []

    def write(crm: SQLCRM, revision: int) -> None:
        try:
            for batch in range(20):
                crm.upsert([entry("ann", str(number), revision=revision) for number in range(batch, batch + 5)])
                crm.put_contacts([Contact(id=f"{revision}-{batch}", full_name="Someone")])
        except SocialCRMError as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(crm, number)) for number, crm in enumerate((world.crm, other), 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    shown = list(world.crm.timeline("ann"))
    assert len(shown) == 24
    assert {one.revision for one in shown} == {2}
    assert len(changes(world.crm)) == 41
    other.close()


def test_a_partly_emptied_database_is_shown_not_refilled(world: SQLWorld) -> None:
    world.crm.put_contacts([ANN])
    world.query("DROP TABLE crm_timeline")
    fresh = SQLCRM(SQLCRMConfig(url=world.url))
    with pytest.raises(StoreError, match="lacks a table"):
        fresh.upsert([entry("ann", "1", body=SECRET)])
    assert [finding.what for finding in fresh.check() if not finding.ok] == ["table crm_timeline"]
    fresh.close()


def test_check_fails_when_keys_are_no_longer_unique(world: SQLWorld) -> None:
    list(world.crm.check())
    world.query("ALTER TABLE crm_timeline RENAME TO old")
    world.query("CREATE TABLE crm_timeline AS SELECT * FROM old")
    (finding,) = [finding for finding in world.crm.check() if not finding.ok]
    assert "primary key" in finding.remedy


def test_an_erased_text_is_not_in_the_files(tmp_path: Path) -> None:
    path = tmp_path / "crm.db"
    crm = SQLCRM(SQLCRMConfig(url=f"sqlite:///{path}"))
    crm.put_contacts([ANN])
    crm.upsert([entry("ann", str(number), body=f"{SECRET} " * 50) for number in range(200)])
    assert SECRET.encode() in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    crm.erase([entry("ann", str(number)).key for number in range(200)])
    assert SECRET.encode() not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    crm.close()


def test_files_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "crm.db"
    path.touch(0o666)
    crm = SQLCRM(SQLCRMConfig(url=f"sqlite:///{path}"))
    crm.put_contacts([ANN])
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}
    crm.close()


def test_a_locked_database_is_worth_another_try(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socialcrm.database.BUSY_SECONDS", 0)
    monkeypatch.setattr("socialcrm.database._PRAGMAS", ("PRAGMA busy_timeout = 0",))
    path = tmp_path / "crm.db"
    crm = SQLCRM(SQLCRMConfig(url=f"sqlite:///{path}"))
    crm.put_contacts([ANN])
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Transient, match="locked") as caught:
        crm.upsert([entry("ann", "1", body=SECRET)])
    assert SECRET not in str(caught.value)
    assert any("locked" in finding.remedy for finding in crm.check() if not finding.ok)
    other.close()
    assert outcomes(crm.upsert([entry("ann", "1")])) == [Outcome.CREATED]
    crm.close()


def test_an_absent_server_is_transient_and_its_password_stays_secret() -> None:
    config = SQLCRMConfig(url="postgresql://crm:hunter2@127.0.0.1:1/crm")
    crm = SQLCRM(config)
    with pytest.raises(Transient, match="cannot be reached") as caught:
        crm.put_contacts([ANN])
    failed = [finding for finding in crm.check() if not finding.ok]
    assert failed
    assert "hunter2" not in f"{caught.value} {failed} {config!r}"
    crm.close()


@pytest.mark.parametrize(("point", "count"), [("crm.before_commit", 0), ("crm.after_commit", 3)])
def test_a_kill_around_the_commit_leaves_all_or_nothing(tmp_path: Path, point: str, count: int) -> None:
    url = f"sqlite:///{tmp_path / 'crm.db'}"
    crm = SQLCRM(SQLCRMConfig(url=url))
    crm.put_contacts([ANN])
    program = """
        import sys
        from socialcrm.crm.sql import SQLCRM, SQLCRMConfig
        from socialcrm.testing.crms import entry
        SQLCRM(SQLCRMConfig(url=sys.argv[1])).upsert([entry("ann", str(number)) for number in range(3)])
    """
    environment = {**os.environ, "SOCIALCRM_FAILPOINT": f"{point}:1"}
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program), url], env=environment, check=False)
    assert done.returncode == 137
    assert len(list(crm.timeline("ann"))) == count
    assert all(answer.done for answer in crm.upsert([entry("ann", str(number)) for number in range(3)]))
    assert len(list(crm.timeline("ann"))) == 3
    crm.close()
