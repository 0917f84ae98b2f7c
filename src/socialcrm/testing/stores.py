"""The contract kit for stores: subclass `StoreContract`, give it a database, inherit every case.

::

    class TestMine(StoreContract):
        @pytest.fixture
        def opener(self, tmp_path):
            return lambda **options: open_mine(tmp_path / "store.db", **options)
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from socialcrm.clock import ManualClock
from socialcrm.store.base import Store
from socialcrm.testing.store_outbox import OutboxCases
from socialcrm.testing.store_people import PeopleCases
from socialcrm.testing.store_posts import PostCases
from socialcrm.testing.store_world import KEY, START, WORKSPACE, Opener


class StoreContract(PostCases, PeopleCases, OutboxCases):
    """What every store promises. Override `opener`; every call of it opens the same database."""

    @pytest.fixture
    def opener(self) -> Opener:
        """Give a function that takes ``workspace``, ``clock`` and ``suppression_key`` and opens the store."""
        raise NotImplementedError("override the fixture `opener`")

    @pytest.fixture
    def clock(self) -> ManualClock:
        return ManualClock(START)

    @pytest.fixture
    def store(self, opener: Opener, clock: ManualClock) -> Iterator[Store]:
        store = opener(workspace=WORKSPACE, clock=clock, suppression_key=KEY)
        yield store
        store.close()
