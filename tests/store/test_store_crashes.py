"""Killed before or after any commit, and two processes at once: every step is done or not done."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta

import pytest

from socialcrm import failpoints
from socialcrm.errors import LeaseHeld
from socialcrm.model import Contact
from socialcrm.store import SqlStore, open_store
from socialcrm.store.base import Account, PageRecord
from socialcrm.testing.store_world import ANN, WORKSPACE, deleted, deliver, link, post, record, settle

KILLED, POSTS = 137, 30


def in_child(work: Callable[[], None]) -> int:
    """Run in a forked process; its exit code, 1 for an error."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def day(url: str) -> None:
    """A day's work, as often repeated as it takes: pages, contacts, a decision, deliveries, a deletion."""
    store = open_store(url, workspace=WORKSPACE)
    start = int(store.cursors.get("network", "mentions") or 0)
    for begin in range(start, POSTS, 10):
        items = [post(str(n)) for n in range(begin, begin + 10)]
        store.posts.record(PageRecord("network", "mentions", items, str(begin + 10)))
    store.contacts.record([Contact(id="C1")], source="crm", cursor="1")
    if store.decisions.current("invented", ANN.id) is None:
        store.decisions.append([link()])
    deliver(store)
    record(store, deleted("7"))
    deliver(store)
    store.close()


def check(store: SqlStore) -> None:
    """What holds at every moment: pages are whole, and the cursor is where the posts are."""
    recorded = sum(store.posts.account().values())
    assert recorded == int(store.cursors.get("network", "mentions") or 0)
    assert recorded % 10 == 0
    settle(store)
    queue, accounts = store.outbox.counts(), store.posts.account()
    assert accounts[Account.DELIVERED] == queue["delivered"]
    assert accounts[Account.QUEUED] == queue["queued"]


@pytest.mark.parametrize("point", ["store.before_commit", "store.after_commit"])
def test_killed_at_every_commit(sqlite_url: str, point: str) -> None:
    def dies(n: int) -> Callable[[], None]:
        def work() -> None:
            failpoints.arm(point, n)
            day(sqlite_url)

        return work

    kills = 0
    while (code := in_child(dies(1 + kills // 2))) == KILLED:
        kills += 1
        store = open_store(sqlite_url, workspace=WORKSPACE)
        check(store)
        store.close()
    assert code == 0
    assert kills >= 12
    store = open_store(sqlite_url, workspace=WORKSPACE)
    check(store)
    assert store.posts.account()[Account.DELIVERED] == POSTS - 1
    assert store.posts.account()[Account.GONE] == 1
    store.close()


def test_lease_of_a_dead_process_is_free_at_once(url: str) -> None:
    open_store(url, workspace=WORKSPACE).close()

    def dies_holding() -> None:
        with open_store(url, workspace=WORKSPACE).lease("child", ttl=timedelta(hours=9)):
            os._exit(KILLED)

    assert in_child(dies_holding) == KILLED
    store = open_store(url, workspace=WORKSPACE)
    with store.lease("parent") as lease:
        assert lease.fence == 2
    store.close()


def test_lease_of_a_living_process_is_not(url: str) -> None:
    store = open_store(url, workspace=WORKSPACE)

    def waits() -> None:
        other = open_store(url, workspace=WORKSPACE)
        with pytest.raises(LeaseHeld, match="parent"), other.lease("child"):
            pass

    with store.lease("parent"):
        assert in_child(waits) == 0
    store.close()


def test_two_processes_record_the_same_posts(url: str) -> None:
    """A webhook and a poll deliver the same posts at the same moment."""
    open_store(url, workspace=WORKSPACE).close()
    workers = []
    for _ in range(2):
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                store = open_store(url, workspace=WORKSPACE)
                for begin in range(0, 200, 5):
                    record(store, *(post(str(n)) for n in range(begin, begin + 5)))
                code = 0
            finally:
                os._exit(code)
        workers.append(pid)
    assert [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in workers] == [0, 0]
    store = open_store(url, workspace=WORKSPACE)
    assert store.posts.account()[Account.RECORDED] == 200
    store.close()
