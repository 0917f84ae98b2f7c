"""YouTube: the contract, and what is particular to its lists."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.scripts import exchange
from socialcrm.adapters.base import AdapterConfig
from socialcrm.adapters.youtube import YouTube
from socialcrm.clock import ManualClock
from socialcrm.errors import RateLimited
from socialcrm.http.exchange import Exchange, ReplayTransport
from socialcrm.http.rules import Action
from socialcrm.model import Deleted, Post, Profile, Skipped
from socialcrm.testing.adapters import WebAdapterContract
from socialcrm.testing.server import Answer, in_json

KEY = "p1anted-api-key"
BRAND = "UCskylarkair"
PATH = "/youtube/v3/commentThreads"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
ASK: dict[str, Any] = {
    "part": "snippet,replies",
    "allThreadsRelatedToChannelId": BRAND,
    "order": "time",
    "textFormat": "plainText",
    "maxResults": 100,
}


def said(number: int, **more: Any) -> dict[str, Any]:
    at = f"2026-02-{28 - number // 24:02d}T{23 - number % 24:02d}:00:00Z"
    return {
        "authorDisplayName": f"@person{number % 3}",
        "authorChannelId": {"value": f"UCperson{number % 3}"},
        "authorChannelUrl": f"http://www.youtube.com/@person{number % 3}",
        "textDisplay": f"where is bag {number}?",
        "likeCount": 2,
        "publishedAt": at,
        "updatedAt": at,
        "videoId": "vidOne",
        **more,
    }


def comment(name: str, number: int, **more: Any) -> dict[str, Any]:
    return {"kind": "youtube#comment", "id": name, "snippet": said(number, **more)}


def thread(number: int, replies: int = 0, total: int | None = None) -> dict[str, Any]:
    name = f"Ugw{number:04d}"
    below = [comment(f"{name}.r{one}", number, parentId=name) for one in range(replies)]
    told = replies if total is None else total
    snippet = {"videoId": "vidOne", "topLevelComment": comment(name, number), "totalReplyCount": told}
    found: dict[str, Any] = {"kind": "youtube#commentThread", "id": name, "snippet": snippet}
    return {**found, "replies": {"comments": below}} if replies else found


def answer(*items: Any, kind: str = "commentThreadListResponse", token: str = "") -> dict[str, Any]:
    return {"kind": f"youtube#{kind}", "items": list(items), **({"nextPageToken": token} if token else {})}


def channel(name: str) -> dict[str, Any]:
    about = {
        "title": name.removeprefix("UC").title(),
        "customUrl": f"@{name[2:]}",
        "description": "https://fly.example/me",
    }
    return {"kind": "youtube#channel", "id": name, "snippet": about, "statistics": {"subscriberCount": "12"}}


def people() -> list[Exchange]:
    ask = {"part": "snippet,statistics"}
    names = [f"UCperson{number}" for number in range(3)]
    sets = [names, names[:1], names[1:2], names[2:], names[:2], names[1:], [names[0], names[2]]]
    path = "/youtube/v3/channels"
    return [
        exchange(path, answer(channel(BRAND), kind="channelListResponse"), **ask, id=BRAND),
        *(
            exchange(
                path, answer(*map(channel, some), kind="channelListResponse"), **ask, id=",".join(some), maxResults=50
            )
            for some in sets
        ),
    ]


def comments(size: int = 3, pages: int = 4) -> list[Exchange]:
    found = people()
    for page in range(pages):
        threads = [thread(number) for number in range(page * size, (page + 1) * size)]
        token = {"pageToken": f"P{page}"} if page else {}
        body = answer(*threads, token=f"P{page + 1}" if page < pages - 1 else "")
        found.append(exchange(PATH, body, **ASK, **token))
    return found


def adapter(*script: Exchange, **settings: Any) -> YouTube:
    config = YouTube.Config(channel=BRAND, key=KEY, **settings)
    return YouTube(config, clock=ManualClock(NOW), transport=ReplayTransport([*people(), *script]))


class TestContract(WebAdapterContract):
    adapter = YouTube
    stream = "comments"
    page_path = PATH
    secrets = (KEY,)
    slow = tuple(
        (403, {"error": {"code": 403, "errors": [{"reason": reason}]}}, {})
        for reason in ("quotaExceeded", "rateLimitExceeded", "userRateLimitExceeded")
    )
    expired = (400, {"error": {"code": 400, "errors": [{"reason": "invalidPageToken"}]}})
    refused = (401, {"error": {"code": 401, "message": "Invalid", "errors": [{"reason": "authError"}]}})

    def config(self, url: str) -> AdapterConfig:
        return YouTube.Config(service=url, channel=BRAND, key=KEY)  # type: ignore[arg-type]

    def exchanges(self) -> list[Exchange]:
        return comments()

    def empty_page(self, number: int) -> Answer:
        return in_json(answer(token=f"E{number}"))


def test_replies_beyond_those_that_come_along_are_asked_for() -> None:
    """A new reply moves no thread, and a thread brings only the first few."""
    full = [comment(f"Ugw0001.r{one}", 1, parentId="Ugw0001") for one in range(7)]
    ask = {"part": "snippet", "parentId": "Ugw0001", "textFormat": "plainText", "maxResults": 100}
    path = "/youtube/v3/comments"
    script = [
        exchange(PATH, answer(thread(1, replies=2, total=7), thread(2)), **ASK),
        exchange(path, answer(*full[:4], kind="commentListResponse", token="R1"), **ask),
        exchange(path, answer(*full[4:], kind="commentListResponse"), **ask, pageToken="R1"),
    ]
    (page,) = adapter(*script).fetch("replies", None)
    posts = [item for item in page.items if isinstance(item, Post)]
    assert {post.id for post in posts} == {item["id"] for item in full}
    assert {(post.conversation_id, post.in_reply_to) for post in posts} == {("Ugw0001", "Ugw0001")}


def test_authors_are_completed_from_their_channels() -> None:
    (page,) = adapter(exchange(PATH, answer(thread(1)), **ASK)).fetch("comments", None)
    (post,) = page.items
    assert isinstance(post, Post)
    assert post.author
    assert (post.author.followers, post.author.urls) == (12, ("https://fly.example/me",))


def test_people_without_a_channel_are_known_by_their_comment_only() -> None:
    """Fault 33: a legacy account has no channel; two of one name are not one person."""
    nobody = {"authorChannelId": None, "authorChannelUrl": ""}
    read = [YouTube.read(comment(f"Ug{number}", 1, **nobody)) for number in (1, 2)]
    first, second = [item.author for item in read if isinstance(item, Post)]
    assert first
    assert second
    assert first.display_name == second.display_name
    assert first.id != second.id


@pytest.mark.parametrize(
    ("reason", "action"),
    [
        ("quotaExceeded", Action.WAIT),
        ("commentsDisabled", Action.SKIP),
        ("keyInvalid", Action.FAIL),
        ("backendError", Action.RETRY),
        ("somethingNew", Action.FAIL),
    ],
)
def test_reasons_decide_what_is_done(reason: str, action: Action) -> None:
    body = {"error": {"code": 403, "message": "no", "errors": [{"reason": reason}]}}
    rule = YouTube.replay_rule(exchange(PATH, body, status=403))
    assert rule
    assert rule.action is action


def test_a_spent_quota_is_reported_as_a_limit() -> None:
    body = {"error": {"code": 403, "errors": [{"reason": "quotaExceeded"}]}}
    with pytest.raises(RateLimited, match="midnight Pacific"):
        list(adapter(exchange(PATH, body, status=403, **ASK)).fetch("comments", None))


def test_a_search_costs_a_hundred_units() -> None:
    assert YouTube.costs == {"/search": 100}
    assert adapter(search=("skylark air",)).streams() == ("comments", "replies", "search:skylark air", "own")


PUSHED = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:yt="http://www.youtube.com/xml/schemas/2015">
 <entry><id>yt:video:vidTwo</id><yt:videoId>vidTwo</yt:videoId><yt:channelId>UCperson1</yt:channelId>
  <title>Skylark &amp; me</title><author><name>Person One</name><uri>http://www.youtube.com/channel/UCperson1</uri></author>
  <published>2026-02-01T10:00:00+00:00</published><updated>2026-02-01T10:00:05+00:00</updated></entry></feed>"""
TOMBSTONE = """<feed xmlns:at="http://purl.org/atompub/tombstones/1.0" xmlns="http://www.w3.org/2005/Atom">
 <at:deleted-entry ref="yt:video:vidTwo" when="2026-02-02T10:00:00+00:00"/></feed>"""


def test_what_the_hub_pushes_is_read() -> None:
    (video,) = YouTube.parse_push(PUSHED)
    (gone,) = YouTube.parse_push(TOMBSTONE)
    assert isinstance(video, Post)
    assert isinstance(gone, Deleted)
    assert (video.id, video.text, video.author and video.author.id) == ("vidTwo", "Skylark & me", "UCperson1")
    assert (gone.id, gone.at) == ("vidTwo", datetime(2026, 2, 2, 10, tzinfo=UTC))


def test_comments_that_lookups_leave_out_are_gone() -> None:
    ask = {"part": "snippet", "id": "Ugw0001,Ugw0002", "textFormat": "plainText"}
    script = exchange("/youtube/v3/comments", answer(comment("Ugw0001", 1), kind="commentListResponse"), **ask)
    (page,) = adapter(script).recheck(["Ugw0001", "Ugw0002", "vidOne"])
    assert [(type(item), item.id) for item in page.items] == [(Post, "Ugw0001"), (Deleted, "Ugw0002")]


@pytest.mark.parametrize("body", [{}, answer({"kind": "youtube#comment", "id": "Ugw0001"}), {"items": None}])
def test_an_odd_answer_deletes_nothing(body: Any) -> None:
    """Fault 33: what cannot be read is not gone."""
    ask = {"part": "snippet", "id": "Ugw0001", "textFormat": "plainText"}
    (page,) = adapter(exchange("/youtube/v3/comments", body, **ask)).recheck(["Ugw0001"])
    assert page.items == ()


def test_channels_are_profiles_and_playlists_are_nothing() -> None:
    assert isinstance(YouTube.read(channel(BRAND)), Profile)
    assert isinstance(YouTube.read({"kind": "youtube#playlist", "id": "PL1", "snippet": {}}), Skipped)
