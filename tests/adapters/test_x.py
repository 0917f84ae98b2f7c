"""X: the contract, and what is particular to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.scripts import exchange
from adapters.walked import listing, moment
from socialcrm.adapters.base import AdapterConfig
from socialcrm.adapters.x import FIELDS, MESSAGE_FIELDS, X
from socialcrm.clock import ManualClock
from socialcrm.http.exchange import Exchange, ReplayTransport
from socialcrm.http.ratelimit import RateLimiter
from socialcrm.model import Deleted, Direction, Kind, Post, Profile, Skipped, Visibility
from socialcrm.testing.adapters import WebAdapterContract
from socialcrm.testing.server import Answer, in_json

TOKEN = "p1anted-x-token"
OWN, ANN = "7001", "9001"
MENTIONS = f"/2/users/{OWN}/mentions"
ASKED: dict[str, Any] = {"max_results": 100, **FIELDS}
PEOPLE = [
    {
        "id": ANN,
        "username": "ann_flies",
        "name": "Ann &amp; Co",
        "description": "Flies a lot https://t.co/a",
        "entities": {
            "url": {"urls": [{"url": "https://t.co/b", "expanded_url": "https://ann.example"}]},
            "description": {"urls": [{"url": "https://t.co/a", "expanded_url": "https://fly.example/ann"}]},
        },
        "public_metrics": {"followers_count": 12},
        "created_at": "2019-01-01T00:00:00.000Z",
        "verified": False,
    },
    {"id": OWN, "username": "skylarkair", "name": "Skylark Air"},
]


def tweet(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": str(2_000_000_000_000_000_000 - number),
        "text": f"@skylarkair where is bag {number}?",
        "author_id": ANN,
        "conversation_id": "1999",
        "created_at": f"{moment(number):%Y-%m-%dT%H:%M:%S.000Z}",
        "lang": "en",
        "public_metrics": {"like_count": 1, "reply_count": 2, "retweet_count": 3, "impression_count": 4},
        **more,
    }


def page(items: list[Any], following: int | None = None) -> dict[str, Any]:
    meta = {"result_count": len(items), **({"next_token": f"t{following}"} if following else {})}
    return {"data": items, "includes": {"users": PEOPLE}, "meta": meta}


def me() -> Exchange:
    return exchange("/2/users/me", {"data": PEOPLE[1]})


def mentions() -> list[Exchange]:
    return [me(), *listing(MENTIONS, ASKED, tweet, page, "pagination_token")]


def adapter(*script: Exchange, **settings: Any) -> X:
    config = X.Config(token=TOKEN, **settings)
    clock = ManualClock(datetime(2026, 3, 1, tzinfo=UTC))
    return X(config, clock=clock, transport=ReplayTransport([me(), *script], volatile=X.volatile))


def one(*raw: dict[str, Any], **beside: Any) -> list[Any]:
    return X.replay_parse(exchange("/2/tweets", {"data": list(raw), "includes": {"users": PEOPLE, **beside}}))


def pushed(**events: Any) -> dict[str, Any]:
    return {"for_user_id": OWN, **events}


def status(number: int, **more: Any) -> dict[str, Any]:
    user = {"id_str": ANN, "screen_name": "ann_flies", "name": "Ann", "created_at": "Tue Jan 01 00:00:00 +0000 2019"}
    return {
        "id": 1e18,
        "id_str": str(1_900_000_000_000_000_000 + number),
        "created_at": "Wed Feb 25 10:00:00 +0000 2026",
        "text": f"@skylarkair &lt;bag {number}&gt;",
        "user": user,
        "entities": {"user_mentions": [{"id_str": OWN}]},
        **more,
    }


MESSAGE = {
    "type": "message_create",
    "id": "55",
    "created_timestamp": "1772000000000",
    "message_create": {
        "target": {"recipient_id": ANN},
        "sender_id": OWN,
        "message_data": {"text": "It is on its way", "entities": {}},
    },
}
DELETION = {"status": {"id": "44", "user_id": ANN}, "timestamp_ms": "1772000000000"}


class TestContract(WebAdapterContract):
    adapter = X
    stream = "mentions"
    page_path = MENTIONS
    secrets = (TOKEN,)
    refused = (401, {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"})
    expired = (
        400,
        {
            "title": "Invalid Request",
            "detail": "One or more parameters was invalid.",
            "type": "https://api.x.com/2/problems/invalid-request",
            "errors": [{"parameters": {"pagination_token": ["t1"]}, "message": "is not valid"}],
        },
    )
    slow = (
        (429, {"title": "Too Many Requests", "detail": "slow down", "type": "about:blank", "status": 429}, {}),
        (429, {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}, {"x_rate_limit_reset": "1772323202"}),
        (429, {"title": "UsageCapExceeded", "detail": "cap", "type": "https://api.x.com/2/problems/usage-capped"}, {}),
        (420, {"error": "Enhance your calm"}, {}),
    )
    pushes = (
        pushed(tweet_create_events=[status(1), status(2, retweeted_status=status(3))]),
        pushed(direct_message_events=[MESSAGE], users={ANN: {"id": ANN, "screen_name": "ann_flies", "name": "Ann"}}),
        pushed(tweet_delete_events=[DELETION], favorite_events=[{"id": "1"}]),
    )

    def config(self, url: str) -> AdapterConfig:
        return X.Config(service=url, token=TOKEN)  # type: ignore[arg-type]

    def exchanges(self) -> list[Exchange]:
        return mentions()

    def empty_page(self, number: int) -> Answer:
        return in_json({"meta": {"result_count": 0, "next_token": f"e{number}"}})


def test_a_page_without_a_list_is_an_empty_one() -> None:
    """X leaves ``data`` out where there is nothing."""
    (read,) = adapter(exchange(MENTIONS, {"meta": {"result_count": 0}}, **ASKED)).fetch("mentions", None)
    assert read.items == ()


def test_later_runs_ask_only_for_what_is_new() -> None:
    asked: list[dict[str, str]] = []

    class Listening(ReplayTransport):
        def send(self, request: Any) -> Any:
            asked.append(dict(request.params))
            return super().send(request)

    transport = Listening(mentions(), volatile=X.volatile)
    clock = ManualClock(datetime(2026, 3, 1, tzinfo=UTC))
    x = X(X.Config(token=TOKEN), clock=clock, transport=transport)  # type: ignore[arg-type]
    *_, last = x.fetch("mentions", None)
    assert not any("start_time" in params for params in asked)
    list(x.fetch("mentions", last.cursor))
    assert asked[-1]["start_time"] == "2026-02-28T11:45:00Z"


def test_authors_are_joined_and_short_addresses_told_in_full() -> None:
    (post,) = one(tweet(1))
    assert post.author == Profile(
        platform="x",
        id=ANN,
        handle="ann_flies",
        display_name="Ann & Co",
        bio="Flies a lot https://fly.example/ann",
        urls=("https://ann.example", "https://fly.example/ann"),
        followers=12,
        verified=False,
        created_at=datetime(2019, 1, 1, tzinfo=UTC),
    )


def test_long_posts_are_read_whole_and_shares_from_their_original() -> None:
    refers = [{"type": "retweeted", "id": "8"}]
    cut, shared, original = one(
        tweet(1, note_tweet={"text": "long " * 100}),
        tweet(2, text="RT @x: lo…", referenced_tweets=refers),
        tweets=[tweet(3, id="8", text="long and whole")],
    )
    assert cut.text == "long " * 100
    assert (shared.kind, shared.text, shared.engagement.likes) == (Kind.SHARE, "long and whole", None)
    assert original.id == "8"


def test_an_edit_replaces_its_earlier_versions() -> None:
    new, old = one(tweet(1, id="22", edit_history_tweet_ids=["21", "22"]))
    assert isinstance(new, Post)
    assert isinstance(old, Deleted)
    assert (new.id, old.id) == ("22", "21")
    (outdated, *_) = one(tweet(1, id="21", edit_history_tweet_ids=["21", "22"]))
    assert isinstance(outdated, Deleted)


def test_a_post_without_a_time_has_it_in_its_id() -> None:
    (post,) = one(tweet(1, id="1585800613752881156", created_at=None))
    assert post.created_at.replace(microsecond=0) == datetime(2022, 10, 28, 1, 8, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("error", "deleted"),
    [("resource-not-found", True), ("not-authorized-for-resource", False), ("disallowed-resource", False)],
)
def test_only_a_post_that_is_not_found_is_deleted(error: str, deleted: bool) -> None:
    """Protected, suspended and blocked posts may return."""
    told = {
        "resource_id": "5",
        "value": "5",
        "type": f"https://api.x.com/2/problems/{error}",
        "title": "no",
        "resource_type": "tweet",
    }
    script = exchange("/2/tweets", {"data": [tweet(1, id="6")], "errors": [told]}, ids="5,6", **FIELDS)
    (read,) = adapter(script).recheck(["5", "6"])
    assert [item.id for item in read.items if isinstance(item, Deleted)] == (["5"] if deleted else [])
    assert [item.id for item in read.items if isinstance(item, Post)] == ["6"]
    alone = exchange("/2/tweets", {"errors": [told]}, ids="5", **FIELDS)
    (read,) = adapter(alone).recheck(["5"])
    assert [item.id for item in read.items if isinstance(item, Deleted)] == (["5"] if deleted else [])


def test_messages_are_read_only_where_wished_and_are_private() -> None:
    """Nothing private is read without being asked for."""
    event = {
        "id": "1",
        "event_type": "MessageCreate",
        "text": "hi",
        "sender_id": OWN,
        "dm_conversation_id": "7001-9001",
    }
    joined = {"id": "2", "event_type": "ParticipantsJoin", "created_at": "2026-02-01T00:00:00.000Z"}
    event["created_at"] = "2026-02-01T00:00:00.000Z"
    script = exchange("/2/dm_events", page([event, joined]), max_results=100, **MESSAGE_FIELDS)
    assert "messages" not in adapter().streams()
    (read,) = adapter(script, messages=True).fetch("messages", None)
    post, other = read.items
    assert isinstance(post, Post)
    assert (post.kind, post.visibility, post.direction) == (Kind.MESSAGE, Visibility.PRIVATE, Direction.OUTBOUND)
    assert post.conversation_id == "7001-9001"
    assert isinstance(other, Skipped)


def test_a_push_tells_whose_it_is() -> None:
    first, second, third = X.parse_push(
        pushed(
            tweet_create_events=[status(1), status(2, user={"id_str": OWN, "screen_name": "skylarkair"})],
            direct_message_events=[MESSAGE],
        )
    )
    assert isinstance(first, Post)
    assert (first.kind, first.direction, first.text) == (Kind.MENTION, Direction.INBOUND, "@skylarkair <bag 1>")
    assert isinstance(second, Post)
    assert second.direction is Direction.OUTBOUND
    assert isinstance(third, Post)
    assert (third.direction, third.conversation_id) == (Direction.OUTBOUND, "7001-9001")


def test_deletions_are_read_from_pushes_and_compliance_jobs() -> None:
    (gone,) = X.parse_push(pushed(tweet_delete_events=[DELETION]))
    assert gone == Deleted(platform="x", id="44", at=datetime(2026, 2, 25, 6, 13, 20, tzinfo=UTC))
    (line,) = X.parse_push([{"id": "45", "action": "delete", "reason": "suspended"}])
    assert line == Deleted(platform="x", id="45", reason="suspended")


def test_each_address_has_its_own_allowance() -> None:
    """A search that is used up does not keep mentions from being read."""
    clock = ManualClock(datetime(2026, 3, 1, tzinfo=UTC))
    limiter = RateLimiter(X.rate, clock)
    limiter.note({"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(clock.now().timestamp() + 60)}, "/2/search")
    assert limiter.due_in("/2/search") > 59
    assert limiter.due_in(MENTIONS) == 0
