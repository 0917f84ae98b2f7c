"""Threads: the contract, and what is particular to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from adapters.scripts import exchange
from adapters.test_facebook import fb_time, refusal
from adapters.walked import listing
from socialcrm.adapters.base import AdapterConfig
from socialcrm.adapters.threads import POST, Threads
from socialcrm.clock import ManualClock
from socialcrm.http.exchange import Exchange, ReplayTransport
from socialcrm.model import Deleted, Direction, Kind, Post, Skipped
from socialcrm.testing.adapters import WebAdapterContract
from socialcrm.testing.server import Answer, in_json

TOKEN = "p1anted-threads-token"
OWN = "400"
PATH = f"/v1.0/{OWN}/mentions"
ASKED: dict[str, Any] = {"fields": POST, "limit": 50}


def post(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": str(18_000_000_000_000_000 - number),
        "timestamp": fb_time(number),
        "username": "ann_flies",
        "text": f"@skylarkair where is bag {number}?",
        "permalink": f"https://www.threads.com/@ann_flies/post/{number}",
        "media_type": "TEXT_POST",
        "is_quote_post": False,
        **more,
    }


def page(items: list[Any], following: int | None = None, token: str = "t") -> dict[str, Any]:
    link = f"https://graph.threads.com{PATH}?access_token=REDACTED&limit=50&after={token}{following}"
    return {"data": items, "paging": {"next": link} if following is not None else {}}


def me() -> Exchange:
    return exchange("/v1.0/me", {"id": OWN, "username": "skylarkair"}, fields="id,name,username")


def adapter(*script: Exchange, **settings: Any) -> Threads:
    config = Threads.Config(token=TOKEN, **settings)
    clock = ManualClock(datetime(2026, 3, 1, tzinfo=UTC))
    return Threads(config, clock=clock, transport=ReplayTransport([me(), *script], volatile=Threads.volatile))


def pushed(value: dict[str, Any], field: str = "replies") -> dict[str, Any]:
    values = {"value": value, "field": field}
    return {"app_id": "1", "topic": "moderate", "target_id": OWN, "time": 1772000000, "values": values}


class TestContract(WebAdapterContract):
    adapter = Threads
    stream = "mentions"
    page_path = PATH
    secrets = (TOKEN,)
    refused = (401, refusal(190, 463, "Error validating access token"))
    expired = (400, refusal(100, None, "Invalid cursor"))
    slow = ((400, refusal(4, None, "limit", type="THApiException"), {}), (403, refusal(613), {}))
    pushes = (pushed(post(1)), pushed({"id": "5", "deleted_at": fb_time(0)}, "delete"))

    def config(self, url: str) -> AdapterConfig:
        return Threads.Config(service=url, token=TOKEN)  # type: ignore[arg-type]

    def exchanges(self) -> list[Exchange]:
        return [me(), *listing(PATH, ASKED, post, page, "after")]

    def empty_page(self, number: int) -> Answer:
        return in_json(page([], number, "e"))


def test_mentions_are_mentions_and_people_are_known_by_name() -> None:
    (read,) = adapter(exchange(PATH, page([post(1)]), **ASKED)).fetch("mentions", None)
    (found,) = read.items
    assert isinstance(found, Post)
    assert (found.kind, found.author and found.author.id) == (Kind.MENTION, "@ann_flies")


def test_conversations_of_own_posts() -> None:
    own = post(3, username="skylarkair", owner={"id": OWN})
    reply = post(1, id="7", is_reply=True, root_post={"id": own["id"]}, replied_to={"id": own["id"]})
    script = [
        exchange(f"/v1.0/{OWN}/threads", page([own]), **ASKED),
        exchange(f"/v1.0/{own['id']}/conversation", {"data": [reply]}, fields=POST, limit=100),
    ]
    (read,) = adapter(*script).fetch("replies", None)
    (found,) = read.items
    assert isinstance(found, Post)
    assert (found.kind, found.conversation_id, found.direction) == (Kind.REPLY, own["id"], Direction.INBOUND)


def test_each_search_term_is_a_stream() -> None:
    assert adapter(search=("skylark air",)).streams() == ("mentions", "search:skylark air", "own", "replies")


def test_pushes() -> None:
    (found,) = Threads.parse_push(pushed(post(1, replied_to={"id": "3"}, root_post={"id": "2"})))
    assert isinstance(found, Post)
    assert (found.kind, found.in_reply_to, found.conversation_id) == (Kind.REPLY, "3", "2")
    (gone,) = Threads.parse_push(pushed({"id": "5", "timestamp": fb_time(0)}, "delete"))
    assert isinstance(gone, Deleted)
    (other,) = Threads.parse_push(pushed({"id": "5"}, "🛸"))
    assert isinstance(other, Skipped)
    assert isinstance(Threads.read(post(1, media_type="REPOST_FACADE")), Skipped)
