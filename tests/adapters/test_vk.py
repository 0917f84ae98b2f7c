"""VK: the contract, and what is particular to its lists."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.scripts import exchange
from socialcrm.adapters.base import AdapterConfig
from socialcrm.adapters.vk import PEOPLE, VK
from socialcrm.clock import ManualClock
from socialcrm.errors import AuthError, RateLimited
from socialcrm.http.exchange import Exchange, ReplayTransport
from socialcrm.http.rules import Action
from socialcrm.model import Deleted, Direction, Kind, Post, Profile, Skipped, Visibility
from socialcrm.testing.adapters import WebAdapterContract
from socialcrm.testing.server import Answer, in_json

TOKEN = "p1anted-vk-token"
OURS = 7700
NOW = datetime(2026, 3, 1, tzinfo=UTC)
WALL = "/method/wall.get"
MORE: dict[str, Any] = {"v": "5.199", "extended": 1, "fields": PEOPLE}
ASK = {**MORE, "count": 100, "owner_id": -OURS, "filter": "all"}


def person(number: int) -> dict[str, Any]:
    return {
        "id": 500 + number,
        "first_name": "Ann",
        "last_name": f"Lee{number}",
        "screen_name": f"ann{number}",
        "site": "fly.example/me",
        "twitter": "annflies",
        "city": {"id": 1, "title": "Riga"},
    }


def post(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": 90_000 - number,
        "owner_id": -OURS,
        "from_id": 500 + number % 3,
        "date": 1_772_000_000 - 3_600 * number,
        "post_type": "post",
        "text": f"where is bag {number}?",
        "comments": {"count": 0},
        "likes": {"count": 2},
        **more,
    }


def listed(*items: Any, **more: Any) -> dict[str, Any]:
    people = [person(number) for number in range(3)]
    groups = [{"id": OURS, "name": "Skylark Air", "screen_name": "skylarkair"}]
    return {"response": {"count": 99, "items": list(items), "profiles": people, "groups": groups, **more}}


def community() -> Exchange:
    found = {"groups": [{"id": OURS, "name": "Skylark Air", "screen_name": "skylarkair"}]}
    return exchange("/method/groups.getById", {"response": found}, group_id=OURS, v="5.199")


def wall(size: int = 3, pages: int = 4) -> list[Exchange]:
    found = [community()]
    for page in range(pages + 1):
        posts = [post(number) for number in range(page * size, (page + 1) * size)] if page < pages else []
        found.append(exchange(WALL, listed(*posts), **ASK, **({"offset": page * size} if page else {})))
    return found


def adapter(*script: Exchange, **settings: Any) -> VK:
    config = VK.Config(community=OURS, token=TOKEN, **settings)
    return VK(config, clock=ManualClock(NOW), transport=ReplayTransport([community(), *script]))


class TestContract(WebAdapterContract):
    adapter = VK
    stream = "wall"
    page_path = WALL
    secrets = (TOKEN,)
    refused = (200, {"error": {"error_code": 5, "error_msg": "User authorization failed"}})
    ends_empty = True
    slow = tuple((200, {"error": {"error_code": code}}, {}) for code in (6, 9, 29))

    def config(self, url: str) -> AdapterConfig:
        return VK.Config(service=url, community=OURS, token=TOKEN)  # type: ignore[arg-type]

    def exchanges(self) -> list[Exchange]:
        return wall()

    def empty_page(self, number: int) -> Answer:
        return in_json(listed())


def test_authors_come_with_the_list_and_visitors_speak_to_the_brand() -> None:
    own = post(1, from_id=-OURS, text="Bags fly free")
    (page, _) = adapter(exchange(WALL, listed(post(0), own), **ASK), exchange(WALL, listed(), **ASK, offset=2)).fetch(
        "wall", None
    )
    visitor, brand = [item for item in page.items if isinstance(item, Post)]
    assert (visitor.kind, visitor.direction) == (Kind.MENTION, Direction.INBOUND)
    assert (brand.kind, brand.direction) == (Kind.POST, Direction.OUTBOUND)
    assert visitor.author == Profile(
        platform="vk",
        id="500",
        handle="ann0",
        display_name="Ann Lee0",
        urls=("fly.example/me", "https://twitter.com/annflies"),
        location="Riga",
    )


def test_comments_are_read_below_their_posts_with_replies_and_placeholders() -> None:
    source = exchange(WALL, listed(post(3, comments={"count": 3})), **ASK)
    root = f"-{OURS}_{post(3)['id']}"
    below = {"owner_id": -OURS, "post_id": post(3)["id"], "date": 1_772_000_000, "likes": {"count": 1}}
    reply = {"id": 12, "from_id": -OURS, "text": "On its way", "reply_to_comment": 11, "date": 1_772_000_100}
    first = {**below, "id": 11, "from_id": 501, "text": "and mine?<br>&lt;3", "thread": {"count": 1, "items": [reply]}}
    gone = {**below, "id": 13, "deleted": True, "from_id": 0, "text": ""}
    ask = {**MORE, "owner_id": -OURS, "post_id": post(3)["id"], "need_likes": 1, "sort": "asc", "count": 100}
    ask["thread_items_count"] = 10
    path = "/method/wall.getComments"
    script = [
        source,
        exchange(WALL, listed(), **ASK, offset=1),
        exchange(path, listed(first, gone), **ask),
        exchange(path, listed(), **ask, offset=2),
    ]
    (page,) = adapter(*script).fetch("comments", None)
    comment, answer, placeholder = page.items
    assert isinstance(comment, Post)
    assert isinstance(answer, Post)
    assert isinstance(placeholder, Deleted)
    assert (comment.text, comment.kind, comment.conversation_id) == ("and mine?\n<3", Kind.COMMENT, root)
    assert (answer.in_reply_to, answer.direction) == (comment.id, Direction.OUTBOUND)
    assert comment.engagement.replies == 1


@pytest.mark.parametrize(
    ("code", "action"),
    [
        (1, Action.RETRY),
        (5, Action.REAUTH),
        (6, Action.RETRY),
        (15, Action.FAIL),
        (17, Action.REAUTH),
        (30, Action.SKIP),
        (9999, Action.FAIL),
    ],
)
def test_errors_come_as_successes(code: int, action: Action) -> None:
    """Fault 18: 200 with an error body."""
    rule = VK.replay_rule(exchange(WALL, {"error": {"error_code": code, "error_msg": "no"}}))
    assert rule
    assert rule.action is action


def test_too_many_calls_are_a_limit_and_a_missing_permission_is_not() -> None:
    with pytest.raises(RateLimited):
        list(adapter(exchange(WALL, {"error": {"error_code": 6}}, **ASK)).fetch("wall", None))
    with pytest.raises(AuthError, match="permission"):
        list(adapter(exchange(WALL, {"error": {"error_code": 7}}, **ASK)).fetch("wall", None))


def event(kind: str, **thing: Any) -> dict[str, Any]:
    return {"type": kind, "object": thing, "group_id": OURS, "event_id": "e1", "secret": "s"}


SAID: dict[str, Any] = {"id": 4, "from_id": 501, "date": 1_772_000_000, "text": "hi"}


@pytest.mark.parametrize(
    ("body", "kind", "name"),
    [
        (event("wall_post_new", **post(1)), Post, f"-{OURS}_89999"),
        (event("wall_reply_edit", **SAID, post_owner_id=-OURS, post_id=6), Post, f"-{OURS}_4"),
        (event("wall_reply_delete", owner_id=-OURS, id=4, post_id=6, deleter_id=1), Deleted, f"-{OURS}_4"),
        (event("photo_comment_new", **SAID, photo_owner_id=-OURS, photo_id=8), Post, f"-{OURS}_8_4"),
        (event("photo_comment_delete", owner_id=-OURS, id=4, photo_id=8), Deleted, f"-{OURS}_8_4"),
        (event("board_post_delete", topic_owner_id=-OURS, id=4, topic_id=3), Deleted, f"-{OURS}_3_4"),
        (event("message_new", message={**SAID, "peer_id": 501, "out": 0}), Post, "501_4"),
        (event("group_join", user_id=501), Skipped, ""),
        (event("market_order_new", id=3, total={}), Skipped, ""),
        ({"ts": 1, "updates": [event("wall_post_new", **post(2))]}, Post, f"-{OURS}_89998"),
    ],
)
def test_pushed_events_are_read(body: Any, kind: type, name: str) -> None:
    (item,) = VK.parse_push(body)
    assert type(item) is kind
    assert item.id == name


def test_a_new_and_a_deleted_comment_have_one_id_whatever_they_stand_under() -> None:
    for what, thing in (("photo", "photo_id"), ("video", "video_id"), ("market", "item_id")):
        (new,) = VK.parse_push(event(f"{what}_comment_new", **SAID, **{f"{what}_owner_id": -OURS, thing: 8}))
        (gone,) = VK.parse_push(event(f"{what}_comment_delete", owner_id=-OURS, id=4, **{thing: 8}))
        assert new.id == gone.id


def test_messages_are_private_and_what_went_out_is_the_brands() -> None:
    (sent,) = VK.parse_push(event("message_reply", **SAID | {"from_id": -OURS}, peer_id=501, out=1))
    assert isinstance(sent, Post)
    assert (sent.kind, sent.visibility) == (Kind.MESSAGE, Visibility.PRIVATE)
    assert (sent.direction, sent.conversation_id) == (Direction.OUTBOUND, "501")


def test_only_the_communitys_own_posts_are_looked_at_again() -> None:
    """A message from a person may have the id of a post on their wall, which is another thing."""
    script = exchange(
        "/method/wall.getById", listed(post(1, text="found it", edited=1_772_000_000)), v="5.199", posts="-7700_89999"
    )
    (page,) = adapter(script).recheck(["-7700_89999", "501_4", "-7700_8_4", "-9_1"])
    assert [item.id for item in page.items] == ["-7700_89999"]


def test_conversations_with_the_community_are_read_whole() -> None:
    last = {"conversation": {"peer": {"id": 501}}, "last_message": {**SAID, "peer_id": 501, "out": 0}}
    talks, history = "/method/messages.getConversations", "/method/messages.getHistory"
    ask = {**MORE, "count": 200, "group_id": OURS}
    said = [{**SAID, "id": number, "peer_id": 501, "date": SAID["date"] + number} for number in (6, 5, 4)]
    told = [{**said[0], "from_id": -OURS, "out": 1, "text": "On its way"}, *({**one, "out": 0} for one in said[1:])]
    script = [
        exchange(talks, listed(last), **ask),
        exchange(talks, listed(), **ask, offset=1),
        exchange(history, listed(*told), **ask, peer_id=501),
        exchange(history, listed(), **ask, peer_id=501, offset=3),
    ]
    vk = adapter(*script, messages=True)
    assert vk.streams() == ("messages",)
    (page,) = vk.fetch("messages", None)
    posts = [item for item in page.items if isinstance(item, Post)]
    # An answer without a reference follows the customer's last message, so that it joins their timeline.
    assert [(post.id, post.in_reply_to) for post in posts] == [("501_6", "501_5"), ("501_5", None), ("501_4", None)]


def test_answers_of_the_oldest_versions_are_lists_that_begin_with_a_number() -> None:
    old = {"mid": 33, "uid": 501, "date": 1_400_000_000, "out": 0, "body": "very"}
    (message,) = VK.replay_parse(exchange("/method/messages.get", {"response": [21, old]}))
    assert isinstance(message, Post)
    assert (message.text, message.author and message.author.id) == ("very", "501")
