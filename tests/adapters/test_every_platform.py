"""All platforms at once, from servers that play their paging, through a run in which every tenth answer is a fault."""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from socialcrm.adapters.base import Adapter
from socialcrm.adapters.registry import get_adapter, registry
from socialcrm.adapters.web import WebAdapter
from socialcrm.clock import ManualClock
from socialcrm.crm.sql import SQLCRM, SQLCRMConfig
from socialcrm.matching.matcher import Matcher
from socialcrm.relevance.judge import Judge, RelevanceRules
from socialcrm.store import SqlStore, open_store
from socialcrm.sync.pipeline import Sync
from socialcrm.testing.adapters import WebAdapterContract
from socialcrm.testing.server import Answer, Fault, FaultServer, failing, login_page, of_bytes, reset, short

LIVE = sorted(
    name for name in registry.builtin if issubclass(get_adapter(name), WebAdapter) and get_adapter(name).info.can
)
FAULTS: tuple[Fault, ...] = (
    failing(503),
    reset,
    failing(429, retry_after="3"),
    short,
    login_page,
    of_bytes(b'{"cut": '),
    failing(500),
)
RUNS = 12


def contract(name: str) -> type[WebAdapterContract]:
    found: type[WebAdapterContract] = importlib.import_module(f"test_{name}").TestContract
    return found


class Breaking(FaultServer):
    """Breaks answers, whatever was asked, each time in another way: the last ``of_ten`` of every ten of all servers."""

    numbers: Iterator[int]
    of_ten = 0
    broken = 0

    def _respond(self, asked: Any) -> Answer:
        answer = super()._respond(asked)
        number = next(self.numbers)
        if number % 10 < 10 - self.of_ten:
            return answer
        Breaking.broken += 1
        return FAULTS[number // 10 % len(FAULTS)](answer)


@contextmanager
def world(folder: Path, *, of_ten: int = 0) -> Iterator[Callable[[], Sync]]:
    """Servers for all platforms, and a function that opens a sync over them."""
    Breaking.numbers, Breaking.of_ten, Breaking.broken = itertools.count(), of_ten, 0
    with ExitStack() as stack:
        sources: dict[str, Adapter] = {}
        clock = ManualClock(max(contract(name).now for name in LIVE))
        for name in LIVE:
            kit = contract(name)()
            volatile = getattr(kit.adapter, "volatile", ())
            server = stack.enter_context(Breaking(kit.exchanges(), volatile=volatile))
            adapter = kit.adapter(kit.config(server.url), clock=clock, limits=kit.limits)
            stack.callback(adapter.close)
            sources[name] = only(adapter, kit.stream)

        def sync() -> Sync:
            return Sync(
                store=open_store(f"sqlite:///{folder / 'store.db'}", workspace="skylark", clock=clock),
                crm=SQLCRM(SQLCRMConfig(url=f"sqlite:///{folder / 'crm.db'}")),
                sources=sources,
                judge=Judge(RelevanceRules()),
                matcher=Matcher(),
                clock=clock,
                steps=tuple(step for step in Sync.__init__.__kwdefaults__["steps"] if step.__name__ != "recheck"),
            )

        yield sync


def only(adapter: Adapter, stream: str) -> Adapter:
    """Leave the stream that the server can play."""

    def streams() -> Sequence[str]:
        return (stream,)

    adapter.streams = streams  # type: ignore[method-assign, assignment]
    return adapter


def dump(store: SqlStore) -> dict[str, list[tuple[Any, ...]]]:
    columns = {
        "store_posts": "platform, id, text, kind, direction, profile, subject, account, deleted_at IS NULL",
        "store_profiles": "platform, id, payload",
        "store_cursors": "source, stream",
    }
    with store._db.read() as connection:
        return {
            table: sorted(map(tuple, connection.execute(text(f"SELECT {what} FROM {table}")).all()), key=repr)
            for table, what in columns.items()
        }


def test_every_platform_has_a_contract() -> None:
    assert len(LIVE) >= 14
    assert all(issubclass(contract(name), WebAdapterContract) for name in LIVE)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[Any, ...]]]:
    """What a clean run leaves in the store."""
    with world(tmp_path_factory.mktemp("clean")) as clean:
        sync = clean()
        report = sync.run()
        found = dump(sync.store)  # type: ignore[arg-type]
        sync.store.close()
    assert [problem.what for problem in report.problems] == []
    assert {row[0] for row in found["store_posts"]} >= {get_adapter(name).info.name for name in LIVE} - {"rss"}
    return found


@pytest.mark.parametrize("of_ten", [1, 4], ids=["every tenth answer", "four in a row of ten, so that retries give up"])
def test_a_sync_over_all_platforms_survives_faults(
    tmp_path: Path, expected: dict[str, list[tuple[Any, ...]]], of_ten: int
) -> None:
    troubled = 0
    with world(tmp_path, of_ten=of_ten) as faulty:
        for _ in range(RUNS):
            sync = faulty()
            report = sync.run()
            found = dump(sync.store)  # type: ignore[arg-type]
            sync.store.close()
            troubled += bool(report.problems)
            if not report.problems:
                break
    assert Breaking.broken >= 5
    assert bool(troubled) is (of_ten > 1)
    assert found == expected
