"""A small world whose people can ask to be erased."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr
from world import WORKSPACE, World, chatter

from socialcrm.config import Retention
from socialcrm.store import open_store
from socialcrm.sync.pipeline import Sync

KEY = SecretStr("a key for tests")


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.install()
    chatter(world, 60)
    return world


@pytest.fixture
def opened(world: World) -> Callable[..., Sync]:
    """Open a sync whose store has a suppression key."""

    def open_sync(retention: Retention | None = None, file: str = "socialcrm.db") -> Sync:
        sync = world.sync(store_url=f"sqlite:///{world.folder / 'unused.db'}")
        sync.store.close()
        sync.store = open_store(f"sqlite:///{world.folder / file}", workspace=WORKSPACE, suppression_key=KEY)
        sync.retention = retention or Retention()
        return sync

    return open_sync
