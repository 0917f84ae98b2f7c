"""Telegram: the contract, and what is particular to a bot's news."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.scripts import exchange
from socialcrm.adapters.base import AdapterConfig
from socialcrm.adapters.telegram import Telegram
from socialcrm.clock import ManualClock
from socialcrm.errors import ConfigError, RateLimited
from socialcrm.http.exchange import Exchange, ReplayTransport, load_exchanges
from socialcrm.model import Deleted, Direction, Kind, Post, Skipped, Visibility
from socialcrm.testing.adapters import WebAdapterContract
from socialcrm.testing.server import Answer, FaultServer, in_json

TOKEN = "123456:p1anted-bot-token"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
PATH = "/getUpdates"
ASK: dict[str, Any] = {
    "limit": 100,
    "timeout": 0,
    "allowed_updates": '["message","edited_message","channel_post","edited_channel_post","business_message",'
    '"edited_business_message","deleted_business_messages"]',
}


def message(number: int, **more: Any) -> dict[str, Any]:
    who = {"id": 71 + number % 3, "is_bot": False, "first_name": "Ann", "last_name": "Lee", "username": "annlee"}
    return {
        "message_id": 8_000 + number,
        "from": who,
        "chat": {"id": who["id"], "type": "private", "first_name": "Ann"},
        "date": 1_771_900_000 + 60 * number,
        "text": f"where is bag {number}?",
        **more,
    }


def update(number: int, **more: Any) -> dict[str, Any]:
    return {"update_id": 600_000 + number, "message": message(number, **more)}


def told(*updates: Any) -> dict[str, Any]:
    return {"ok": True, "result": list(updates)}


def news(base: str = "", size: int = 3, pages: int = 4) -> list[Exchange]:
    me = {"id": 99, "is_bot": True, "first_name": "Skylark", "username": "skylark_bot"}
    found, offset = [exchange(f"{base}/getMe", {"ok": True, "result": me})], 0
    for page in range(pages):
        updates = [update(number) for number in range(page * size, (page + 1) * size)]
        found.append(exchange(f"{base}{PATH}", told(*updates), **ASK, offset=offset))
        offset = updates[-1]["update_id"] + 1
    return [*found, exchange(f"{base}{PATH}", told(), **ASK, offset=offset)]


def adapter(*script: Exchange) -> Telegram:
    config = Telegram.Config(token=TOKEN)  # type: ignore[arg-type]
    return Telegram(config, clock=ManualClock(NOW), transport=ReplayTransport([*news(pages=0)[:1], *script]))


class TestContract(WebAdapterContract):
    adapter = Telegram
    stream = "updates"
    page_path = f"/bot{TOKEN}{PATH}"
    secrets = (TOKEN, "p1anted-bot-token")
    ends_empty = True
    slow = ((429, {"ok": False, "error_code": 429, "parameters": {"retry_after": 3}}, {}),)

    def config(self, url: str) -> AdapterConfig:
        return Telegram.Config(service=url, token=TOKEN)  # type: ignore[arg-type]

    def exchanges(self) -> list[Exchange]:
        return news(f"/bot{TOKEN}")

    def empty_page(self, number: int) -> Answer:
        return in_json(told())


def test_a_page_is_confirmed_only_by_asking_for_the_next() -> None:
    """The platform forgets what lies before the offset, so it must be stored by then."""
    with FaultServer(news(f"/bot{TOKEN}")) as server:
        telegram = Telegram(Telegram.Config(service=server.url, token=TOKEN), clock=ManualClock(NOW))  # type: ignore[arg-type]
        first = next(telegram.fetch("updates", None))
        telegram.close()
        asked = [dict(one.params)["offset"] for one in server.asked if one.path.endswith(PATH)]
    assert len(first.items) == 3
    assert asked == ["0"]


def test_a_recording_holds_no_token_and_needs_none(tmp_path: Any) -> None:
    """Fault 80: a token in the address."""
    with FaultServer(news(f"/bot{TOKEN}")) as server:
        live = Telegram(
            Telegram.Config(service=server.url, token=TOKEN, record=tmp_path),  # type: ignore[arg-type]
            clock=ManualClock(NOW),
        )
        read = [item for page in live.fetch("updates", None) for item in page.items]
        live.close()
    assert not [file for file in tmp_path.iterdir() if "p1anted" in file.read_text() + file.name]
    assert {one.path for one in load_exchanges(tmp_path)} == {"/getMe", PATH}
    config = Telegram.Config(token="", replay=tmp_path)  # type: ignore[arg-type]
    assert [item for page in Telegram(config).fetch("updates", None) for item in page.items] == read


def test_the_body_says_how_long_to_wait() -> None:
    """Fault 16: the wait stands in the body, there is no header."""
    body = {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 7_000}}
    telegram = adapter(exchange(PATH, body, status=429, **ASK, offset=0))
    with pytest.raises(RateLimited) as caught:
        list(telegram.fetch("updates", None))
    assert (caught.value.retry_at - NOW).total_seconds() == 7_000


def test_a_second_reader_is_a_matter_of_settings() -> None:
    body = {"ok": False, "error_code": 409, "description": "Conflict: terminated by other getUpdates request"}
    with pytest.raises(ConfigError, match="webhook or another reader"):
        list(adapter(exchange(PATH, body, status=409, **ASK, offset=0)).fetch("updates", None))


GROUP = {"id": -1_001_234, "type": "supergroup", "title": "Skylark flyers", "username": "skylarkflyers"}
CHANNEL = {"id": -1_009_999, "type": "channel", "title": "Skylark news", "username": "skylarknews"}


def test_groups_and_channels_are_public_where_they_have_a_name() -> None:
    read = [
        Telegram.read({"message": message(1, chat=GROUP, reply_to_message=message(0))}),
        Telegram.read({"message": message(2, chat={**GROUP, "username": None})}),
        Telegram.read({"channel_post": {**message(3, chat=CHANNEL, sender_chat=CHANNEL), "from": None}}),
    ]
    group, closed, channel = [item for item in read if isinstance(item, Post)]
    assert (group.visibility, group.in_reply_to) == (Visibility.PUBLIC, "-1001234_8000")
    assert group.url == "https://t.me/skylarkflyers/8001"
    assert (closed.visibility, closed.url) == (Visibility.PRIVATE, "")
    assert (channel.kind, channel.author and channel.author.id) == (Kind.POST, "-1009999")


def test_what_a_bot_says_is_the_brands_and_anonymous_administrators_speak_for_the_group() -> None:
    bot = {"id": 99, "is_bot": True, "first_name": "Skylark"}
    anonymous = {"id": 1_087_968_824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    own = Telegram.read(message(1, **{"from": bot}))
    admin = Telegram.read(message(2, **{"from": anonymous}, chat=GROUP, sender_chat=GROUP))
    assert isinstance(own, Post)
    assert isinstance(admin, Post)
    assert (own.direction, admin.direction) == (Direction.OUTBOUND, Direction.INBOUND)
    assert admin.author
    assert admin.author.display_name == "Skylark flyers"


def test_edits_deletions_and_notices() -> None:
    edited = {"update_id": 1, "edited_message": message(1, edit_date=1_771_990_000, text="found it")}
    gone = {"update_id": 2, "deleted_business_messages": {"chat": {"id": 72}, "message_ids": [8_001, 8_002]}}
    joined = {"update_id": 3, "message": {**message(3), "text": None, "new_chat_members": [{"id": 5}]}}
    poll = {"update_id": 4, "poll": {"id": "1", "question": "Which seat?"}}
    found = Telegram.parse_push(edited), *Telegram.parse_push(told(gone, joined, poll))
    ((post,), first, second, *rest) = found
    assert isinstance(post, Post)
    assert post.edited_at == datetime.fromtimestamp(1_771_990_000, UTC)
    assert [(type(item), item.id) for item in (first, second)] == [(Deleted, "72_8001"), (Deleted, "72_8002")]
    assert [type(item) for item in rest] == [Skipped, Skipped]


def test_pictures_carry_their_caption() -> None:
    read = Telegram.read(message(1, text=None, caption="my bag", photo=[{"file_id": "x"}]))
    assert isinstance(read, Post)
    assert (read.text, [one.type for one in read.media]) == ("my bag", ["photo"])
