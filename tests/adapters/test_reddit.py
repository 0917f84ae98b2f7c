"""Reddit: the contract, and what is particular to its lists."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.scripts import exchange
from socialcrm.adapters.base import AdapterConfig
from socialcrm.adapters.reddit import Reddit
from socialcrm.clock import ManualClock
from socialcrm.errors import AuthError, RateLimited
from socialcrm.http.exchange import Exchange, ReplayTransport
from socialcrm.http.rules import Action
from socialcrm.model import Deleted, Direction, Kind, Post, Skipped, Visibility
from socialcrm.testing.adapters import WebAdapterContract
from socialcrm.testing.server import Answer, in_json

SECRET, REFRESH, ACCESS = "p1anted-app-secret", "p1anted-refresh", "p1anted-access"
INBOX = "/message/inbox"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def comment(number: int, **more: Any) -> dict[str, Any]:
    data = {
        "id": f"kx{number}",
        "name": f"t1_kx{number}",
        "author": f"flyer_{number % 3}",
        "author_fullname": f"t2_p{number % 3}",
        "body": f"u/skylarkair where is bag {number}?",
        "created_utc": 1_772_000_000.0 - 3_600 * number,
        "parent_id": "t3_root",
        "link_id": "t3_root",
        "score": 3,
        "edited": False,
        "replies": "",
        "context": f"/r/skylark/comments/root/bags/kx{number}/?context=3",
    }
    return {"kind": "t1", "data": {**data, **more}}


def listing(*children: Any, after: str | None = None) -> dict[str, Any]:
    return {"kind": "Listing", "data": {"children": list(children), "after": after, "before": None}}


def login() -> list[Exchange]:
    me = {"id": "brand1", "name": "skylarkair", "link_karma": 4, "created_utc": 1_600_000_000.0, "subreddit": None}
    return [
        exchange("/api/v1/access_token", {"access_token": ACCESS, "expires_in": 3600}, method="POST"),
        exchange("/api/v1/me", {**me, "subreddit": {"public_description": "Flights."}}, raw_json=1),
    ]


def inbox(size: int = 3, pages: int = 4) -> list[Exchange]:
    found, token = login(), None
    for page in range(pages):
        children = [comment(number) for number in range(page * size, (page + 1) * size)]
        after = children[-1]["data"]["name"] if page < pages - 1 else None
        ask = {"limit": 100, "raw_json": 1, **({"after": token} if token else {})}
        found.append(exchange(INBOX, listing(*children, after=after), **ask))
        token = after
    return found


def adapter(*script: Exchange, **settings: Any) -> Reddit:
    config = Reddit.Config(client_id="app", client_secret=SECRET, refresh_token=REFRESH, **settings)
    return Reddit(config, clock=ManualClock(NOW), transport=ReplayTransport([*login(), *script]))


class TestContract(WebAdapterContract):
    adapter = Reddit
    stream = "inbox"
    page_path = INBOX
    secrets = (SECRET, REFRESH, ACCESS)
    renews = True
    slow = (
        (429, {"message": "Too Many Requests", "error": 429}, {"x_ratelimit_reset": "3"}),
        (200, {"json": {"errors": [["RATELIMIT", "try again in 9 minutes", "ratelimit"]]}}, {}),
    )

    def config(self, url: str) -> AdapterConfig:
        return Reddit.Config(
            service=url,
            accounts=url,
            client_id="app",
            client_secret=SECRET,  # type: ignore[arg-type]
            refresh_token=REFRESH,  # type: ignore[arg-type]
        )

    def exchanges(self) -> list[Exchange]:
        return inbox()

    def empty_page(self, number: int) -> Answer:
        return in_json(listing(after=f"t1_kz{number}"))


def test_a_conversation_is_read_with_its_nested_replies_and_says_what_was_not_sent() -> None:
    root = {"id": "q1", "name": "t3_q1", "title": "Bags", "selftext": "fly free", "created_utc": 1.7e9, "author": "x"}
    nested = listing(comment(7, parent_id="t1_kx6"))
    more = {"kind": "more", "data": {"name": "t1__", "id": "_", "count": 0, "children": []}}
    body = [listing({"kind": "t3", "data": root}), listing(comment(6, replies=nested), more)]
    found = Reddit.replay_parse(exchange("/comments/q1", body))
    assert [item.id for item in found] == ["t3_q1", "t1_kx6", "t1_kx7", "t1__"]
    post, _, deep, left = found
    assert isinstance(post, Post)
    assert isinstance(deep, Post)
    assert isinstance(left, Skipped)
    assert (post.text, post.kind, deep.in_reply_to) == ("Bags\n\nfly free", Kind.POST, "t1_kx6")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"body": "[deleted]", "author": "[deleted]"}, Deleted),
        ({"body": "[removed]", "author": "[deleted]"}, Deleted),
        ({"body": "[removed]"}, Post),
        ({"author": "[deleted]", "author_fullname": None}, Post),
    ],
)
def test_words_that_are_gone_are_deletions_and_an_account_that_is_gone_is_none(
    change: dict[str, Any], expected: type
) -> None:
    read = Reddit.read(comment(1, **change))
    assert type(read) is expected
    if isinstance(read, Post):
        assert (read.author is None) == (change.get("author") == "[deleted]")


def test_hidden_scores_are_not_told_and_low_ones_are_negative() -> None:
    scores = [Reddit.read(comment(1, score=score, score_hidden=hidden)) for score, hidden in ((-141, False), (1, True))]
    assert [item.engagement.likes for item in scores if isinstance(item, Post)] == [-141, None]


def test_private_messages_are_private_and_belong_to_the_first_one() -> None:
    data = {
        "id": "m2",
        "name": "t4_m2",
        "author": "flyer_1",
        "body": "hello",
        "created_utc": 1.7e9,
        "parent_id": "t4_m1",
    }
    read = Reddit.read({"kind": "t4", "data": {**data, "first_message_name": "t4_m1"}})
    assert isinstance(read, Post)
    assert (read.kind, read.visibility, read.conversation_id) == (Kind.MESSAGE, Visibility.PRIVATE, "t4_m1")


def test_moderators_answer_for_the_brand_in_modmail() -> None:
    said = {"date": "2026-02-01T10:00:00.000000+00:00", "bodyMarkdown": "On its way."}
    messages = {
        "a1": {**said, "id": "a1", "author": {"id": 71, "name": "flyer_1", "isMod": False}},
        "a2": {**said, "id": "a2", "author": {"id": int("brand1", 36), "name": "desk", "isMod": True}},
    }
    talk = {"id": "c9", "objIds": [{"id": "a1", "key": "messages"}, {"id": "a2", "key": "messages"}]}
    found = Reddit.replay_parse(exchange("/api/mod/conversations/c9", {"conversation": talk, "messages": messages}))
    posts = [item for item in found if isinstance(item, Post)]
    assert [post.direction for post in posts] == [Direction.INBOUND, Direction.OUTBOUND]
    assert {post.conversation_id for post in posts} == {"c9"}
    assert [post.author.id for post in posts if post.author] == ["t2_1z", "t2_brand1"]


def test_a_refusal_may_come_as_a_success() -> None:
    """Fault 18: 200 with an error body."""
    body = {"json": {"errors": [["RATELIMIT", "you are doing that too much", "ratelimit"]]}}
    rule = Reddit.replay_rule(exchange("/api/morechildren", body))
    assert rule
    assert rule.action is Action.WAIT
    with pytest.raises(RateLimited):
        list(adapter(exchange(INBOX, body, limit=100, raw_json=1)).fetch("inbox", None))


def test_a_revoked_refresh_token_says_what_to_do() -> None:
    """Fault 26: a token that was revoked."""
    config = Reddit.Config(client_id="app", client_secret=SECRET, refresh_token=REFRESH)  # type: ignore[arg-type]
    refusal = exchange("/api/v1/access_token", {"error": "invalid_grant"}, method="POST", status=400)
    reddit = Reddit(config, clock=ManualClock(NOW), transport=ReplayTransport([refusal]))
    with pytest.raises(AuthError, match="authorise"):
        list(reddit.fetch("inbox", None))


@pytest.mark.parametrize("number", [-1, 0, 1.5e300, True, "9" * 5_000, None, "x"])
def test_an_odd_account_number_is_no_endless_loop(number: Any) -> None:
    """Fault 33: a field changes its type."""
    said = {"id": "a1", "date": "2026-02-01T10:00:00+00:00", "author": {"id": number, "name": "flyer_1"}}
    read = Reddit.read({"kind": "modmail", "data": said, "conversation": "c9"})
    assert isinstance(read, Skipped) or read.author is None  # type: ignore[union-attr]


def test_modmail_is_read_conversation_by_conversation() -> None:
    said = {"date": "2026-02-01T10:00:00+00:00", "bodyMarkdown": "help", "author": {"id": 71, "name": "flyer_1"}}
    talk = {"id": "c9", "objIds": [{"id": "a1", "key": "messages"}]}
    body = {"conversations": {"c9": talk}, "messages": {"a1": {**said, "id": "a1"}}, "conversationIds": ["c9"]}
    answer = {**said, "id": "a2", "date": "2026-02-01T11:00:00+00:00", "author": {"id": 72, "name": "d", "isMod": True}}
    whole = {"conversation": talk, "messages": {"a2": answer, "a1": {**said, "id": "a1"}}}
    ask = {"sort": "recent", "limit": 100, "state": "all", "raw_json": 1}
    script = [
        exchange("/api/mod/conversations", body, **ask),
        exchange("/api/mod/conversations/c9", whole, raw_json=1),
    ]
    (page,) = adapter(*script, modmail=True).fetch("modmail", None)
    assert [(item.id, item.in_reply_to) for item in page.items if isinstance(item, Post)] == [
        ("a2", "a1"),
        ("a1", None),
    ]


def test_own_posts_are_outbound() -> None:
    (page,) = adapter(
        exchange(
            "/user/skylarkair/comments",
            listing(comment(1, author="skylarkair", author_fullname="t2_brand1")),
            limit=100,
            raw_json=1,
        )
    ).fetch("own comments", None)
    assert [item.direction for item in page.items if isinstance(item, Post)] == [Direction.OUTBOUND]


def test_subreddits_searches_and_modmail_are_streams_of_their_own() -> None:
    streams = adapter(subreddits=("r/skylark",), search=("skylark air",), modmail=True).streams()
    assert {"comments:r/skylark", "posts:r/skylark", "search:skylark air", "modmail"} <= set(streams)


def test_messages_are_never_said_to_be_deleted() -> None:
    """They cannot be looked up; only comments and posts are asked for."""
    script = exchange("/api/info", listing(comment(1)), id="t1_kx1,t1_kx2", raw_json=1)
    (page,) = adapter(script).recheck(["t1_kx1", "t1_kx2", "t4_m1"])
    assert [(type(item), item.id) for item in page.items] == [(Post, "t1_kx1")]
