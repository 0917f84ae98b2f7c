"""TikTok: the contract, and what is particular to its three APIs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from adapters.scripts import exchange
from adapters.walked import listing, moment
from socialcrm.adapters.base import AdapterConfig
from socialcrm.adapters.tiktok import VIDEO, TikTok
from socialcrm.clock import ManualClock
from socialcrm.http.exchange import Exchange, ReplayTransport
from socialcrm.model import Direction, Kind, Post, Profile, Skipped
from socialcrm.testing.adapters import WebAdapterContract
from socialcrm.testing.server import Answer, in_json

TOKEN = "p1anted-tiktok-token"
BASE = "/open_api/v1.3/business"
PATH = f"{BASE}/video/list/"
ASKED: dict[str, Any] = {"business_id": "b1", "fields": VIDEO, "max_count": 20}
ME: dict[str, Any] = {"business_id": "b1", "fields": '["username","display_name"]'}


def seconds(number: int) -> int:
    return int(moment(number).timestamp())


def video(number: int, **more: Any) -> dict[str, Any]:
    return {
        "item_id": str(7_400_000_000_000_000_000 - number),
        "create_time": seconds(number),
        "caption": f"Gate {number}",
        "share_url": f"https://www.tiktok.com/@skylarkair/video/{number}",
        "thumbnail_url": "https://cdn.example/a.jpg",
        "likes": 5,
        "comments": 2,
        "shares": 1,
        "video_views": 99,
        **more,
    }


def answered(data: Any, code: int = 0, message: str = "OK") -> dict[str, Any]:
    return {"code": code, "message": message, "request_id": "r", "data": data}


def page(items: list[Any], following: int | None = None, token: str = "t") -> dict[str, Any]:
    return answered({"videos": items, "has_more": following is not None, "cursor": f"{token}{following}"})


def me() -> Exchange:
    return exchange(f"{BASE}/get/", answered({"username": "skylarkair", "display_name": "Skylark Air"}), **ME)


def adapter(*script: Exchange) -> TikTok:
    config = TikTok.Config(token=TOKEN, business_id="b1")  # type: ignore[arg-type]
    clock = ManualClock(datetime(2026, 3, 1, tzinfo=UTC))
    return TikTok(config, clock=clock, transport=ReplayTransport([me(), *script]))


class TestContract(WebAdapterContract):
    adapter = TikTok
    stream = "own"
    page_path = PATH
    secrets = (TOKEN,)
    refused = (200, answered({}, 40105, "Access token is incorrect or has been revoked."))
    slow = (
        (200, answered({}, 40100, "Requests made too frequently."), {}),
        (429, {"error": {"code": "rate_limit_exceeded", "message": "slow", "log_id": "1"}}, {}),
    )

    def config(self, url: str) -> AdapterConfig:
        return TikTok.Config(service=url, token=TOKEN, business_id="b1")  # type: ignore[arg-type]

    def exchanges(self) -> list[Exchange]:
        return [me(), *listing(PATH, ASKED, video, page, "cursor")]

    def empty_page(self, number: int) -> Answer:
        return in_json(page([], number, "e"))


def test_comments_under_own_videos_and_the_answers_below_them() -> None:
    root, said = video(0), {"max_count": 30, "sort_field": "create_time"}
    top = {
        "comment_id": "71",
        "video_id": root["item_id"],
        "unique_identifier": "u-ann",
        "username": "ann",
        "display_name": "Ann",
        "create_time": str(seconds(1)),
        "text": "my bag?",
        "likes": 3,
        "replies": 1,
        "owner": False,
    }
    answer = {**top, "comment_id": "72", "parent_comment_id": "71", "owner": True, "text": "Found!", "replies": 0}
    about = {"business_id": "b1", "video_id": root["item_id"], **said}
    script = [
        exchange(PATH, page([root]), **ASKED),
        exchange(f"{BASE}/comment/list/", answered({"comments": [top], "has_more": False}), **about, sort_order="desc"),
        exchange(f"{BASE}/comment/reply/list/", answered({"comments": [answer]}), **about, comment_id="71"),
    ]
    (read,) = adapter(*script).fetch("comments", None)
    first, second = read.items
    assert isinstance(first, Post)
    assert isinstance(second, Post)
    assert first.author == Profile(platform="tiktok", id="u-ann", handle="ann", display_name="Ann")
    assert (first.kind, first.in_reply_to, first.engagement.replies) == (Kind.COMMENT, root["item_id"], 1)
    assert (second.direction, second.in_reply_to, second.conversation_id) == (Direction.OUTBOUND, "71", root["item_id"])


def test_the_research_api_names_no_authors() -> None:
    raw = {
        "id": "5",
        "text": "nice",
        "video_id": "9",
        "parent_comment_id": "9",
        "like_count": 1,
        "create_time": 1772000000,
    }
    body = {"data": {"comments": [raw], "has_more": False, "cursor": 1}, "error": {"code": "ok", "message": ""}}
    (found,) = TikTok.replay_parse(exchange("/v2/research/video/comment/list/", body, method="POST"))
    assert isinstance(found, Post)
    assert (found.author, found.in_reply_to, found.conversation_id) == (None, "9", "9")


def test_the_web_sites_own_answers() -> None:
    who = {"uid": "61", "unique_id": "ann", "nickname": "Ann", "signature": "flies. fly.example/ann"}
    below = {"cid": "2", "aweme_id": "9", "reply_id": "1", "reply_to_reply_id": "0", "text": "me too", "user": who}
    top = {"cid": "1", "aweme_id": "9", "reply_id": "0", "text": "bag?", "user": who, "reply_comment": [below]}
    body = {"status_code": 0, "comments": [{**top, "create_time": 1772000000}], "cursor": 20, "has_more": 1}
    first, second = TikTok.replay_parse(exchange("/api/comment/list/", body))
    assert isinstance(first, Post)
    assert first.author
    assert first.author.urls == ("fly.example/ann",)
    assert isinstance(second, Skipped)  # without a time of its own, and an id too short to hold one
    item = {
        "id": "6832324357851778309",
        "desc": "Gate",
        "author": {"id": "61", "uniqueId": "ann"},
        "stats": {"playCount": 7},
    }
    (video_,) = TikTok.replay_parse(exchange("/api/item/detail/", {"itemInfo": {"itemStruct": item}}))
    assert isinstance(video_, Post)
    assert (video_.engagement.views, video_.created_at.year) == (7, 2020)
