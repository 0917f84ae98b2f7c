"""Bluesky: the contract, and what is particular to its lists."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.scripts import (
    BRAND,
    NOTICES,
    NOTICES_PATH,
    at_notice,
    at_post,
    at_uri,
    bluesky_notifications,
    bluesky_profiles,
    bluesky_session,
    exchange,
)
from socialcrm.adapters.base import AdapterConfig
from socialcrm.adapters.bluesky import Bluesky
from socialcrm.clock import ManualClock
from socialcrm.errors import AuthError
from socialcrm.http.exchange import Exchange, ReplayTransport
from socialcrm.model import Deleted, Direction, Kind, Post, Skipped
from socialcrm.testing.adapters import WebAdapterContract
from socialcrm.testing.server import Answer, in_json

PASSWORD = "p1anted-app-password"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def adapter(*script: Exchange, **settings: object) -> Bluesky:
    config = Bluesky.Config(identifier="skylark.example", app_password=PASSWORD, **settings)  # type: ignore[arg-type]
    transport = ReplayTransport([*bluesky_session(), *bluesky_profiles(), *script])
    return Bluesky(config, clock=ManualClock(NOW), transport=transport)


class TestContract(WebAdapterContract):
    adapter = Bluesky
    stream = "notifications"
    page_path = NOTICES_PATH
    secrets = (PASSWORD, "eyJhbGciOiJub25l")
    refused = (400, {"error": "ExpiredToken", "message": "Token has expired"})
    renews = True

    def config(self, url: str) -> AdapterConfig:
        return Bluesky.Config(service=url, identifier="skylark.example", app_password=PASSWORD)  # type: ignore[arg-type]

    def exchanges(self) -> list[Exchange]:
        return bluesky_notifications()

    def empty_page(self, number: int) -> Answer:
        return in_json({"notifications": [], "cursor": f"2020-01-01T00:00:{number % 60:02d}.{number:03d}Z"})


def test_items_at_one_instant_are_not_lost_between_pages() -> None:
    """Three posts share an instant; the first page ends among them, and its cursor would step over the rest."""
    same = "2026-02-10T10:00:00.000Z"
    notices = [{**at_notice(number), "indexedAt": same} for number in range(3)]
    ask = {"limit": 100, "priority": "false", "reasons": ["mention", "reply", "quote"]}
    script = [
        exchange(NOTICES_PATH, {"notifications": notices[:2], "cursor": same}, **ask),
        exchange(NOTICES_PATH, {"notifications": notices, "cursor": same}, **ask, cursor="2026-02-10T10:00:00.001Z"),
        exchange(NOTICES_PATH, {"notifications": []}, **ask, cursor=same),
    ]
    found = {item.id for page in adapter(*script).fetch("notifications", None) for item in page.items}
    assert found == {notice["uri"] for notice in notices}


def test_own_posts_are_outbound_and_what_they_answer_comes_along() -> None:
    asked = at_post(5)
    answer = at_post(4, who=BRAND, root=asked["uri"], text="On its way!")
    feed = {"feed": [{"post": answer, "reply": {"root": asked, "parent": asked}}]}
    said = {"actor": BRAND, "limit": 100, "filter": "posts_with_replies"}
    (page,) = adapter(exchange("/xrpc/app.bsky.feed.getAuthorFeed", feed, **said)).fetch("own", None)
    assert [(item.direction, item.kind) for item in page.items if isinstance(item, Post)] == [
        (Direction.OUTBOUND, Kind.REPLY),
        (Direction.INBOUND, Kind.POST),
    ]
    assert {item.conversation_id for item in page.items if isinstance(item, Post)} == {asked["uri"]}


def test_threads_bring_what_no_notification_tells_and_stay_silent_when_nothing_changed() -> None:
    root = at_post(9, who=BRAND, text="Bags fly free")
    deep = at_post(7, root=root["uri"])
    hidden = {"$type": "app.bsky.feed.defs#blockedPost", "uri": at_uri(8), "blocked": True}
    gone = {"$type": "app.bsky.feed.defs#notFoundPost", "uri": at_uri(6), "notFound": True}
    view = "app.bsky.feed.defs#threadViewPost"
    thread = {"$type": view, "post": root, "replies": [{"$type": view, "post": deep, "replies": []}, hidden, gone]}
    said = {"actor": BRAND, "limit": 100, "filter": "posts_with_replies"}
    script = [
        exchange("/xrpc/app.bsky.feed.getAuthorFeed", {"feed": [{"post": root}]}, **said),
        exchange("/xrpc/app.bsky.feed.getPostThread", {"thread": thread}, uri=root["uri"], depth=400, parentHeight=0),
    ]
    (page,) = adapter(*script).fetch("threads", None)
    assert [type(item) for item in page.items] == [Post, Post, Skipped, Skipped]
    assert list(adapter(*script).fetch("threads", page.cursor)) == []


def test_a_thread_that_is_gone_is_skipped() -> None:
    said = {"actor": BRAND, "limit": 100, "filter": "posts_with_replies"}
    root = at_post(9, who=BRAND)
    script = [
        exchange("/xrpc/app.bsky.feed.getAuthorFeed", {"feed": [{"post": root}]}, **said),
        exchange(
            "/xrpc/app.bsky.feed.getPostThread",
            {"error": "NotFound", "message": "Post not found"},
            status=400,
            uri=root["uri"],
            depth=400,
            parentHeight=0,
        ),
    ]
    (page,) = adapter(*script).fetch("threads", None)
    assert isinstance(page.items[0], Skipped)


@pytest.mark.parametrize(
    ("error", "account", "deleted"),
    [
        ("RecordNotFound", None, True),
        ("RepoNotFound", None, True),
        ("RepoDeactivated", None, False),
        (None, None, False),
        ("InvalidRequest", "InvalidRequest", True),
        ("InvalidRequest", "AccountDeactivated", False),
        ("InvalidRequest", "AccountTakedown", False),
    ],
)
def test_absence_is_not_deletion(error: str | None, account: str | None, deleted: bool) -> None:
    """A post that lookups leave out is deleted only when its record is gone."""
    kept, missing = at_post(1), at_uri(2)
    repo, _, rkey = missing.removeprefix("at://").split("/")
    record = {"uri": missing, "value": {}} if error is None else {"error": error, "message": "no"}
    script = [
        exchange("/xrpc/app.bsky.feed.getPosts", {"posts": [kept]}, uris=[kept["uri"], missing]),
        exchange(
            "/xrpc/com.atproto.repo.getRecord",
            record,
            status=200 if error is None else 400,
            repo=repo,
            collection="app.bsky.feed.post",
            rkey=rkey,
        ),
        exchange("/xrpc/app.bsky.actor.getProfile", {"error": account, "message": "no"}, status=400, actor=repo),
    ]
    (page,) = adapter(*script).recheck([kept["uri"], missing])
    assert [item.id for item in page.items if isinstance(item, Post)] == [kept["uri"]]
    assert [item.id for item in page.items if isinstance(item, Deleted)] == ([missing] if deleted else [])


def test_authors_are_completed_from_their_profiles() -> None:
    found = [item for page in adapter(*bluesky_notifications()).fetch("notifications", None) for item in page.items]
    authors = {item.author for item in found if isinstance(item, Post)}
    assert {author.followers for author in authors if author} == {7}
    assert all(author and author.urls[0].startswith("https://fly.example/") for author in authors)


def test_a_claimed_time_never_lies_after_the_server_saw_the_post() -> None:
    early, late = at_post(1), at_post(2)
    early["record"]["createdAt"], late["record"]["createdAt"] = "2020-05-05T00:00:00Z", "2031-01-01T00:00:00Z"
    read = [Bluesky.read(raw) for raw in (early, late)]
    assert [item.created_at.year for item in read if isinstance(item, Post)] == [2020, 2026]


def test_a_wrong_password_says_what_to_do() -> None:
    config = Bluesky.Config(identifier="skylark.example", app_password=PASSWORD)  # type: ignore[arg-type]
    refusal = exchange(
        "/xrpc/com.atproto.server.createSession",
        {"error": "AuthenticationRequired", "message": "Invalid identifier or password"},
        method="POST",
        status=401,
    )
    bluesky = Bluesky(config, clock=ManualClock(NOW), transport=ReplayTransport([refusal]))
    (finding,) = bluesky.check()
    assert not finding.ok
    assert "app password" in finding.remedy
    with pytest.raises(AuthError):
        list(bluesky.fetch("notifications", None))


def test_a_recording_needs_no_password(tmp_path: Path) -> None:
    """It is read even where the recorded session once expired: the answer after the renewal comes next."""
    page = bluesky_notifications(pages=1)
    expired = exchange(NOTICES_PATH, {"error": "ExpiredToken"}, status=400, **NOTICES)
    for number, recorded in enumerate([expired, *page]):
        (tmp_path / f"{number:04d}.json").write_text(json.dumps(written(recorded)))
    config = Bluesky.Config(identifier="skylark.example", app_password="", replay=tmp_path)  # type: ignore[arg-type]
    found = [item for page in Bluesky(config).fetch("notifications", None) for item in page.items]
    assert len({item.id for item in found}) == 4


def written(recorded: Exchange) -> dict[str, object]:
    params: dict[str, list[str]] = {}
    for name, value in recorded.params:
        params.setdefault(name, []).append(value)
    answer = {"status": recorded.status, "headers": dict(recorded.headers), "body": recorded.body}
    return {"request": {"method": recorded.method, "path": recorded.path, "params": params}, "response": answer}


def test_each_search_term_is_a_stream() -> None:
    bluesky = adapter(search=("skylark air", "#skylarkair"))
    assert bluesky.streams() == ("notifications", "search:skylark air", "search:#skylarkair", "own", "threads")
