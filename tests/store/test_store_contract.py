"""The shipped contract, held by both databases."""

from __future__ import annotations

from functools import partial

import pytest

from socialcrm.store import open_store
from socialcrm.testing.store_world import Opener
from socialcrm.testing.stores import StoreContract


class TestSqlStore(StoreContract):
    @pytest.fixture
    def opener(self, url: str) -> Opener:
        return partial(open_store, url)
