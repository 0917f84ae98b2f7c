"""Workers that hold one credential share its quota, its pauses and its refresh token."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from socialcrm.clock import ManualClock
from socialcrm.errors import ConfigError, Transient
from socialcrm.http.ledger import Alone, Budget, Ledger, Period, Quota
from socialcrm.store import SqlStore, open_store
from socialcrm.store.ledger import KeyringSeal, KeySeal, Seal
from socialcrm.testing.store_world import START, WORKSPACE

SEAL = KeySeal(SecretStr("a long random key"))
TOKEN = SecretStr("canary-refresh-token")
NAME = "forum:abc"


def opened(url: str, clock: ManualClock, seal: Seal | None = SEAL, workspace: str = WORKSPACE) -> SqlStore:
    return open_store(url, workspace=workspace, clock=clock, seal=seal)


def budget(ledger: Ledger, clock: ManualClock, limit: int, **quota: object) -> Budget:
    return Budget(ledger, NAME, quota=Quota(Period.DAY, **quota), limit=limit, clock=clock)  # type: ignore[arg-type]


def test_two_workers_share_one_quota_across_workspaces(url: str) -> None:
    clock = ManualClock(START)
    with opened(url, clock) as one, opened(url, clock, workspace="another brand") as other:
        budgets = [budget(store.ledger, clock, 10) for store in (one, other)]
        free = [budgets[number % 2].due_in("/posts") == 0 for number in range(14)]
        assert free == [True] * 10 + [False] * 4
        assert budgets[0].due_in("/posts") == 12 * 3600
        clock.advance(timedelta(hours=12))
        assert budgets[0].due_in("/posts") == 0


def test_many_threads_never_take_more_than_there_is(url: str) -> None:
    taken: list[bool] = []
    with opened(url, ManualClock(START)) as store:

        def work() -> None:
            taken.extend(store.ledger.take(NAME, 1, limit=25, period=START) for _ in range(10))

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (sum(taken), len(taken)) == (25, 40)


def test_a_pause_one_worker_was_told_of_holds_for_all(url: str) -> None:
    clock = ManualClock(START)
    with opened(url, clock) as one, opened(url, clock) as other:
        budget(one.ledger, clock, 10).pause(90)
        budget(one.ledger, clock, 10).pause(30)
        assert budget(other.ledger, clock, 10).due_in("/posts") == 90


def test_calls_cost_what_the_platform_says() -> None:
    clock = ManualClock(START)
    units = budget(Alone(), clock, 250, costs={"/search": 100})
    assert [units.due_in(path) == 0 for path in ("/search", "/search", "/search", "/videos")] == [
        True,
        True,
        False,
        True,
    ]


def test_items_are_counted_where_the_platform_counts_them() -> None:
    clock = ManualClock(START)
    posts = budget(Alone(), clock, 100, items=True)
    for returned in (60, 39, 1):
        assert posts.due_in("/mentions") == 0
        posts.spend(returned)
    assert posts.due_in("/mentions") > 0


@pytest.mark.parametrize(
    ("quota", "now", "expected"),
    [
        (Quota(Period.DAY, zone="America/Los_Angeles"), "2026-03-08T07:59", ("2026-03-07T08:00", "2026-03-08T08:00")),
        (Quota(Period.DAY, zone="America/Los_Angeles"), "2026-03-08T12:00", ("2026-03-08T08:00", "2026-03-09T07:00")),
        (Quota(Period.MONTH), "2026-12-31T23:00", ("2026-12-01T00:00", "2027-01-01T00:00")),
    ],
)
def test_periods_begin_at_the_platforms_midnight(quota: Quota, now: str, expected: tuple[str, str]) -> None:
    def at(value: str) -> datetime:
        return datetime.fromisoformat(value).replace(tzinfo=UTC)

    assert tuple(one.astimezone(UTC) for one in quota.bounds(at(now))) == tuple(map(at, expected))


def test_a_token_is_sealed_and_only_its_key_opens_it(url: str) -> None:
    clock = ManualClock(START)
    with opened(url, clock) as store:
        assert store.ledger.token(NAME) is None
        assert store.ledger.keep_token(NAME, TOKEN)
        with store._db.read() as connection:
            assert "canary" not in repr(connection.execute(text("SELECT * FROM store_ledger")).all())
    with opened(url, clock) as store:
        assert store.ledger.token(NAME) == TOKEN
    for seal in (None, KeySeal(SecretStr("another key"))):
        with opened(url, clock, seal) as store, pytest.raises(ConfigError, match="SOCIALCRM_TOKEN_KEY") as raised:
            store.ledger.token(NAME)
        assert "canary" not in str(raised.value)
    with opened(url, clock, None) as store:
        assert store.ledger.keep_token(NAME, TOKEN) is False


def test_a_keyring_keeps_tokens_out_of_the_database(url: str) -> None:
    keyring = pytest.importorskip("keyring", reason="keyring is not installed")

    class Memory(keyring.backend.KeyringBackend):  # type: ignore[misc, name-defined]
        priority = 1
        held: dict[tuple[str, str], str] = {}  # noqa: RUF012

        def set_password(self, service: str, username: str, password: str) -> None:
            self.held[service, username] = password

        def get_password(self, service: str, username: str) -> str | None:
            return self.held.get((service, username))

    before = keyring.get_keyring()
    keyring.set_keyring(Memory())
    try:
        with opened(url, ManualClock(START), KeyringSeal()) as store:
            assert store.ledger.keep_token(NAME, TOKEN)
            assert store.ledger.token(NAME) == TOKEN
            Memory.held.clear()
            with pytest.raises(ConfigError, match="keyring"):
                store.ledger.token(NAME)
    finally:
        keyring.set_keyring(before)


def test_one_renews_at_a_time_and_one_that_died_is_outlived(url: str) -> None:
    clock = ManualClock(START)
    with opened(url, clock) as one, opened(url, clock) as other:
        with one.ledger.rotating(NAME):
            held = clock.now()
            with other.ledger.rotating(NAME):  # the manual clock moves on while it waits: the first is taken for dead
                assert clock.now() - held >= timedelta(seconds=59)
        with one.ledger.rotating(NAME), pytest.raises(Transient):
            raise Transient("the renewal failed")
        with other.ledger.rotating(NAME):
            pass
