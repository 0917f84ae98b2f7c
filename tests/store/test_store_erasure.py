"""Erased people leave no row, no byte, and cannot come back; what the CRM still owes is remembered."""

from __future__ import annotations

from pathlib import Path

import pytest

from socialcrm.clock import ManualClock
from socialcrm.errors import StoreError
from socialcrm.model import Contact, Direction, LinkState, interaction_key
from socialcrm.store import SqlStore, open_store
from socialcrm.testing.store_world import (
    ANN,
    BOB,
    BRAND,
    KEY,
    PLATFORM,
    START,
    WORKSPACE,
    answer,
    deleted,
    deliver,
    link,
    post,
    record,
    settle,
)

CANARY = "canary-4711"


def filled(url: str, **options: float) -> SqlStore:
    store = open_store(url, workspace=WORKSPACE, clock=ManualClock(START), suppression_key=KEY, **options)
    store.contacts.record([Contact(id="C1", full_name=CANARY), Contact(id="C2")], source="crm", cursor=None)
    record(store, *(post(str(n), f"{CANARY} says {n}") for n in range(50)), post("b", author=BOB))
    record(store, post("answer", CANARY, author=BRAND, direction=Direction.OUTBOUND, in_reply_to="1"))
    record(store, ANN.model_copy(update={"bio": CANARY}))
    store.decisions.append([link().model_copy(update={"reason": CANARY}), link(BOB, "C1", LinkState.REVIEW)])
    return store


def test_erasing_a_profile_takes_everything(url: str) -> None:
    store = filled(url)
    settle(store)
    first, second = store.outbox.due(2)
    store.outbox.mark([answer(first)])  # the second was handed out, its answer never came
    assert store.erasure.profile(PLATFORM, ANN.id) == 51
    assert set(store.erasure.pending(9)) == {first.key, second.key}
    assert store.profiles.get(PLATFORM, ANN.id) is None
    assert store.profiles.handles(PLATFORM, ANN.id) == []
    assert store.decisions.history(PLATFORM, ANN.id) == []
    assert store.decisions.current(PLATFORM, BOB.id) is not None
    assert [one.post.id for one in store.posts.find("b")] == ["b"]
    assert store.posts.get(PLATFORM, "answer") is None
    store.outbox.mark([answer(second)])  # in flight while erased
    store.erasure.confirm([first.key])
    assert store.erasure.pending(9) == [second.key]
    store.close()


def test_erasing_a_contact_takes_its_accounts_and_what_was_proposed(url: str) -> None:
    store = filled(url)
    deliver(store)
    assert store.erasure.contact("C1") == 51
    assert interaction_key(WORKSPACE, PLATFORM, "1") in store.erasure.pending(99)
    assert store.contacts.get("C1") is None
    assert store.profiles.get(PLATFORM, ANN.id) is None
    assert store.profiles.get(PLATFORM, BOB.id) == BOB
    assert store.decisions.history(PLATFORM, BOB.id) == []
    assert store.erasure.contact("C1") == 0
    store.close()


def test_no_byte_is_left_in_the_files(sqlite_url: str) -> None:
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    store = filled(sqlite_url)
    deliver(store)
    assert any(CANARY.encode() in path.read_bytes() for path in file.parent.glob("store.db*"))
    store.suppression.add("profile", f"{PLATFORM}:{ANN.id}", reason="asked")
    store.erasure.contact("C1")
    store.erasure.scrub()
    record(store, *(post(str(n), f"{CANARY} says {n}") for n in range(50)))
    for path in file.parent.glob("store.db*"):
        content = path.read_bytes()
        assert CANARY.encode() not in content
        assert ANN.id.encode() not in content
    store.close()


def test_scrubbing_says_when_somebody_reads(sqlite_url: str) -> None:
    store = filled(sqlite_url, busy_timeout=0.05)
    other = open_store(sqlite_url, workspace=WORKSPACE, suppression_key=KEY)
    with other._db.read() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM store_posts").scalar()
        store.erasure.contact("C1")
        with pytest.raises(StoreError):
            store.erasure.scrub()
    store.erasure.scrub()
    other.close()
    store.close()


def test_text_of_deleted_posts_is_in_no_table(url: str) -> None:
    store = filled(url)
    deliver(store)
    record(store, *(deleted(str(n)) for n in range(50)), deleted("answer"))
    with store._db.read() as connection:
        for table in ("store_posts", "store_interactions"):
            assert CANARY not in repr(connection.exec_driver_sql(f"SELECT * FROM {table}").all())
    store.close()
