"""Answers far larger than any platform means to send: read where they fit the limits, refused where they do not."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from socialcrm.adapters.base import Item
from socialcrm.adapters.telegram import Telegram
from socialcrm.clock import ManualClock
from socialcrm.errors import BadResponse
from socialcrm.model import Post
from socialcrm.store import open_store
from socialcrm.store.base import PageRecord
from socialcrm.testing.server import Answer, Asked, FaultServer, in_json

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ME = in_json({"ok": True, "result": {"id": 1, "is_bot": True, "first_name": "Skylark Air", "username": "skylarkbot"}})


def update(number: int, text: str) -> dict[str, Any]:
    chat = {"id": 7, "type": "private"}
    return {"update_id": number, "message": {"message_id": number, "date": 1_770_000_000, "chat": chat, "text": text}}


def read(updates: list[dict[str, Any]], *, packed: bool = True) -> list[Item]:
    body = json.dumps({"ok": True, "result": updates}, separators=(",", ":")).encode()
    large = Answer(200, {"Content-Encoding": "gzip"}, gzip.compress(body, 1)) if packed else Answer(200, {}, body)

    def answer(asked: Asked) -> Answer:
        if asked.path.endswith("/getMe"):
            return ME
        return large if ("offset", "0") in asked.params else in_json({"ok": True, "result": []})

    with FaultServer(answer) as server:
        telegram = Telegram(Telegram.Config(service=server.url, token=SecretStr("1:invented")), clock=ManualClock(NOW))
        try:
            return [item for page in telegram.fetch("updates", None) for item in page.items]
        finally:
            telegram.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Any]:
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}", workspace="skylark", clock=ManualClock(NOW))
    yield store
    store.close()


def test_a_page_of_a_hundred_thousand_items_is_read_whole() -> None:
    """Fault 22."""
    began = time.monotonic()
    items = read([update(number, "late") for number in range(1, 100_001)])
    assert len({item.id for item in items if isinstance(item, Post)}) == 100_000
    assert time.monotonic() - began < 60


def test_a_post_of_ten_megabytes_is_read_and_stored(store: Any) -> None:
    """Fault 22."""
    began = time.monotonic()
    items = read([update(1, "bags " * 2_000_000), update(2, "an ordinary one")])
    store.posts.record(PageRecord("telegram", "updates", items, "c1"))
    assert {item.id for item in items} == {"7_1", "7_2"}
    assert sum(store.posts.account().values()) == 2
    assert time.monotonic() - began < 10


def test_an_answer_above_the_limit_is_refused_and_named() -> None:
    """Fault 22: packed or not, each way has its limit."""
    for updates, packed in (([update(1, "x" * 9_000_000)], False), ([update(1, "x" * 17_000_000)], True)):
        with pytest.raises(BadResponse, match="larger than"):
            read(updates, packed=packed)
