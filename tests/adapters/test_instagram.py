"""Instagram: the contract, and what is particular to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from adapters.scripts import exchange
from adapters.test_facebook import fb_time, messaged, refusal
from adapters.walked import listing
from socialcrm.adapters.base import AdapterConfig
from socialcrm.adapters.instagram import COMMENT, MEDIA, Instagram
from socialcrm.clock import ManualClock
from socialcrm.http.exchange import Exchange, ReplayTransport
from socialcrm.model import Direction, Kind, Post, Profile, Skipped
from socialcrm.testing.adapters import WebAdapterContract
from socialcrm.testing.server import Answer, in_json

TOKEN = "p1anted-instagram-token"
OWN = "300"
PATH = f"/v23.0/{OWN}/media"
ASKED: dict[str, Any] = {"fields": MEDIA, "limit": 50}


def media(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": str(17_900_000_000_000_000 - number),
        "timestamp": fb_time(number),
        "username": "skylarkair",
        "owner": {"id": OWN},
        "caption": f"New gate {number}",
        "media_type": "IMAGE",
        "media_url": "https://cdn.example/a.jpg",
        "permalink": f"https://www.instagram.com/p/{number}/",
        "like_count": 5,
        "comments_count": 1,
        **more,
    }


def page(items: list[Any], following: int | None = None, token: str = "t") -> dict[str, Any]:
    link = f"https://graph.instagram.com{PATH}?access_token=REDACTED&limit=50&after={token}{following}"
    cursors = {"cursors": {"before": "b", "after": f"{token}{following}"}}
    return {"data": items, "paging": {**cursors, "next": link} if following is not None else cursors}


def me() -> Exchange:
    return exchange("/v23.0/me", {"id": OWN, "username": "skylarkair"}, fields="id,name,username")


def adapter(*script: Exchange, **settings: Any) -> Instagram:
    config = Instagram.Config(token=TOKEN, **settings)
    clock = ManualClock(datetime(2026, 3, 1, tzinfo=UTC))
    return Instagram(config, clock=clock, transport=ReplayTransport([me(), *script]))


def pushed(value: dict[str, Any], field: str = "comments") -> dict[str, Any]:
    change = {"field": field, "value": value}
    return {"object": "instagram", "entry": [{"id": OWN, "time": 1772000000, "changes": [change]}]}


SAID = {
    "id": "81",
    "text": "my bag!",
    "from": {"id": "61", "username": "ann"},
    "media": {"id": "17"},
    "parent_id": "80",
}


class TestContract(WebAdapterContract):
    adapter = Instagram
    stream = "media"
    page_path = PATH
    secrets = (TOKEN,)
    refused = (400, refusal(190, 467, "Error validating access token"))
    expired = (400, refusal(100, None, "(#100) After cursor is not valid"))
    slow = ((400, refusal(4), {}), (403, refusal(80002), {"x_business_use_case_usage": "{}"}), (400, refusal(368), {}))
    pushes = (pushed(SAID), pushed({"media_id": "17"}, "mentions"), messaged(message={"mid": "m", "text": "hi"}))

    def config(self, url: str) -> AdapterConfig:
        return Instagram.Config(service=url, token=TOKEN)  # type: ignore[arg-type]

    def exchanges(self) -> list[Exchange]:
        return [me(), *listing(PATH, ASKED, media, page, "after")]

    def empty_page(self, number: int) -> Answer:
        return in_json(page([], number, "e"))


def test_a_list_ends_without_a_next_address_whatever_its_cursors_say() -> None:
    (read,) = adapter(exchange(PATH, page([media(0)]), **ASKED)).fetch("media", None)
    assert len(read.items) == 1


def test_comments_and_their_answers() -> None:
    answer = {"id": "82", "timestamp": fb_time(0), "text": "Sorry!", "from": {"id": OWN, "username": "skylarkair"}}
    asked = {"id": "81", "timestamp": fb_time(0), "text": "my bag", "username": "ann", "replies": {"data": [answer]}}
    root = media(0)
    script = [
        exchange(PATH, page([root]), **ASKED),
        exchange(f"/v23.0/{root['id']}/comments", {"data": [asked]}, fields=COMMENT, limit=50),
    ]
    (read,) = adapter(*script).fetch("comments", None)
    first, second = read.items
    assert isinstance(first, Post)
    assert isinstance(second, Post)
    assert (first.kind, first.conversation_id, first.in_reply_to) == (Kind.COMMENT, root["id"], root["id"])
    assert (second.direction, second.conversation_id, second.in_reply_to) == (Direction.OUTBOUND, root["id"], "81")
    assert first.author == Profile(platform="instagram", id="@ann", handle="ann")


def test_tagged_media_are_mentions() -> None:
    fields = MEDIA.replace(",owner", "")
    tagged = media(1, username="ann", caption="on board with @skylarkair")
    tagged.pop("owner")
    script = exchange(f"/v23.0/{OWN}/tags", page([tagged]), fields=fields, limit=50)
    (read,) = adapter(script).fetch("tags", None)
    (found,) = read.items
    assert isinstance(found, Post)
    assert (found.kind, found.direction, found.author and found.author.id) == (Kind.MENTION, Direction.INBOUND, "@ann")


def test_pushes() -> None:
    (comment,) = Instagram.parse_push(pushed(SAID))
    assert isinstance(comment, Post)
    assert (comment.conversation_id, comment.in_reply_to) == ("17", "80")
    assert comment.created_at == datetime(2026, 2, 25, 6, 13, 20, tzinfo=UTC)
    (mention,) = Instagram.parse_push(pushed({"media_id": "17", "comment_id": "83"}, "mentions"))
    assert isinstance(mention, Skipped)
    assert mention.id == "83"
    (other,) = Instagram.parse_push(pushed({"media_id": "17", "reach": 1}, "story_insights"))
    assert isinstance(other, Skipped)


def test_what_a_mention_names_is_read_by_its_id() -> None:
    body = {"mentioned_comment": {"id": "83", "timestamp": fb_time(3), "text": "@skylarkair?", "media": {"id": "19"}}}
    (found,) = Instagram.replay_parse(exchange("/v23.0/300", {**body, "id": OWN}))
    assert isinstance(found, Post)
    assert (found.id, found.kind, found.conversation_id) == ("83", Kind.COMMENT, "19")


def test_answers_of_the_api_that_was_shut_are_left_alone() -> None:
    body = {"meta": {"code": 200}, "data": [{"id": "1", "link": "l", "user": {"id": 1}, "images": {}}]}
    assert [type(item) for item in Instagram.replay_parse(exchange("/v1/users/1/media/recent", body))] == [Skipped]
