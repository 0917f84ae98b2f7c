"""Stores for webhooks: SQLite files, and a PostgreSQL server started for the purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from postgresql import postgresql_url, server  # noqa: F401 - fixtures
from socialcrm.adapters.registry import get_adapter
from socialcrm.clock import ManualClock
from socialcrm.store import open_store
from socialcrm.store.base import PageRecord, Store
from socialcrm.webhooks import SCHEMES, Webhook, WebhookConfig
from webhooks.pushing import NOW, SECRET

Make = Callable[..., Webhook]


@pytest.fixture(params=["sqlite", "postgresql"])
def any_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    value: str = request.getfixturevalue("postgresql_url")
    return value


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'store.db'}", workspace="skylark", clock=ManualClock(NOW)) as opened:
        yield opened


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def make(store: Store, clock: ManualClock) -> Make:
    """Build a webhook of a platform on a real store."""

    def build(platform: str, **settings: Any) -> Webhook:
        config = WebhookConfig.model_validate({"secret": SECRET, "own": ("1",), **settings})
        parse = settings.pop("parse", None) or get_adapter(platform).parse_push

        def keep(items: Any) -> None:
            store.posts.record(PageRecord(source=platform, stream="webhook", items=items, cursor=None))

        return Webhook(platform, SCHEMES[platform], config, parse=parse, keep=keep, clock=clock)

    return build
