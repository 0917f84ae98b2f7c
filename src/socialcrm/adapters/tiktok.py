"""Videos of a TikTok business account and what people say under them. https://business-api.tiktok.com/portal/docs

Answers of the research API and of the web site's own endpoints, where they were recorded, are read as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from pydantic import SecretStr

from socialcrm.adapters.base import AdapterConfig, AdapterInfo, Capability, Item, Raw
from socialcrm.adapters.fields import count, epoch, first, links, minted, named, text, text_id, wording
from socialcrm.adapters.web import OWN, Feed, Me, Threads, WebAdapter
from socialcrm.errors import AuthError
from socialcrm.http.auth import ApiKey
from socialcrm.http.origin import HttpsOrigin
from socialcrm.http.paging import CursorParam
from socialcrm.http.rules import BUSY, SLOW_DOWN, Action, ErrorTable, Rule
from socialcrm.http.strict_json import dig
from socialcrm.model import Direction, Engagement, Kind, Media, Post, Profile, Skipped

VIDEO = '["caption","comments","create_time","item_id","likes","share_url","shares","thumbnail_url","video_views"]'
LISTS = ("comments", "videos", "aweme_list", "item_list", "itemList", "items", "replies", "reply_list", "reply_comment")
PEOPLE = ("followers", "followings", "user_list", "users")
VIDEOS = frozenset({"aweme_id", "item_id", "desc", "video_description", "createTime", "share_url", "embed_link"})
PERSON = frozenset({"unique_id", "uniqueId", "nickname", "open_id", "display_name"})
PAGED = CursorParam("cursor", "data.cursor", more="data.has_more")
COMMENTS, REPLIES = "/business/comment/list/", "/business/comment/reply/list/"

_RENEW = Rule(Action.REAUTH, "TikTok does not accept the token; connect the account again")
_SCOPE = Rule(Action.FAIL, "the token may not do this; grant it the scope that is missing", AuthError)


class TikTok(WebAdapter):
    """One business account, through TikTok's Business API."""

    info = AdapterInfo(
        name="tiktok",
        title="TikTok",
        docs="https://business-api.tiktok.com/portal/docs",
        can=frozenset({Capability.REPLIES, Capability.THREADS, Capability.OWN_POSTS, Capability.BACKFILL}),
    )

    class Config(AdapterConfig):
        """``business_id`` is what TikTok calls the connected account (also ``open_id``)."""

        service: HttpsOrigin = "https://business-api.tiktok.com"
        token: SecretStr
        business_id: str

    prefix = "/open_api/v1.3"
    errors: ClassVar[ErrorTable] = {
        **dict.fromkeys(("40102", "40104", "40105", "access_token_invalid", "access_token_expired"), _RENEW),
        **dict.fromkeys(("40001", "scope_not_authorized", "scope_permission_missed"), _SCOPE),
        **dict.fromkeys(("40100", "40133", "rate_limit_exceeded", "daily_quota_limit_exceeded"), SLOW_DOWN),
        **dict.fromkeys(("50000", "50002", "60001", "internal_error", "timeout"), BUSY),
    }

    def auth(self) -> ApiKey:
        return ApiKey("Access-Token", self.config.token)

    def feeds(self) -> Mapping[str, Feed | Threads]:
        videos = Feed(
            "/business/video/list/",
            {"business_id": OWN, "fields": VIDEO, "max_count": 20},
            PAGED,
            "data.videos",
            at=("create_time",),
            when=epoch,
        )
        return {
            "own": videos,
            "comments": Threads(
                videos,
                root=lambda post: post.id,
                ask=self._ask,
                pages=5,
                paging=PAGED,
                key="data.comments",
                branch=lambda post: f"{post.conversation_id}/{post.id}" if post.engagement.replies else None,
            ),
        }

    def _ask(self, root: str) -> tuple[str, Mapping[str, Any]]:
        video, _, comment = root.partition("/")
        asked = {
            "business_id": self.config.business_id,
            "video_id": video,
            "max_count": 30,
            "sort_field": "create_time",
        }
        return (REPLIES, {**asked, "comment_id": comment}) if comment else (COMMENTS, {**asked, "sort_order": "desc"})

    def whoami(self) -> Me:
        asked = {"business_id": self.config.business_id, "fields": '["username","display_name"]'}
        found = self.client.get("/business/get/", asked).json["data"]
        return Me(self.config.business_id, self.config.business_id, text(first(found, "username", "display_name")))

    @staticmethod
    def codes(body: Any) -> Sequence[str]:
        if not isinstance(body, dict):
            return ()
        told = first(body, "error.code", "data.status_code", "status_code") or (
            body.get("code") if "message" in body else 0
        )
        return () if told in (0, "0", 200, "ok", "OK", None) else (str(told), "error")

    @classmethod
    def items(cls, body: Any) -> Iterator[Raw]:
        yield from _found(body.get("data", body) if isinstance(body, dict) else body)

    @classmethod
    def placed(cls, raw: Raw, path: str) -> Raw:
        return {**raw, "_own": True} if path.endswith("/business/video/list/") and isinstance(raw, dict) else raw

    @classmethod
    def parse(cls, raw: Raw) -> Item:
        if raw.keys() & {"cid", "comment_id", "parent_comment_id"} or "text" in raw:
            return _comment(raw)
        if raw.keys() & VIDEOS:
            return _video(raw)
        if raw.keys() & PERSON:
            return _person(raw)
        return Skipped(platform="tiktok", reason="not a post")


def _found(node: Any, **about: Any) -> Iterator[Raw]:
    if isinstance(node, list):
        for one in ((dig(line, "item") or dig(line, "aweme_info") or line) for line in node):
            yield {**one, **about} if isinstance(one, dict) else one
            yield from _nested(one)
    elif isinstance(node, dict):
        one = first(node, "itemInfo.itemStruct", "item", "aweme_detail") or first(node, "userInfo.user", "user")
        stats = dig(node, "userInfo.stats")
        lists = [node[key] for key in LISTS if isinstance(node.get(key), list)]
        people = [person.get("user_info") or person for key in PEOPLE for person in node.get(key) or ()]
        for listed in [*lists, people, [{**one, "_stats": stats}] if one and not lists else []]:
            yield from _found(listed)
        if not lists and not people and not one:
            yield node


def _nested(raw: Any) -> Iterator[Raw]:
    for key in ("reply_comment", "reply_list", "replies"):
        if isinstance(raw, dict) and isinstance(raw.get(key), list):
            yield from _found(raw[key], _under=first(raw, "cid", "comment_id", "id"))


def _when(raw: Raw, post_id: str) -> datetime:
    told = first(raw, "create_time", "createTime")
    return epoch(told) if told else minted(post_id, shift=32, per_second=1)


def _comment(raw: Raw) -> Post:
    comment_id, video = text_id(first(raw, "cid", "comment_id", "id")), text(first(raw, "aweme_id", "video_id"))
    above = (raw.get(key) for key in ("reply_to_reply_id", "reply_id", "parent_comment_id", "_under"))
    parent = next((text_id(one) for one in above if one and str(one) not in {"0", video}), video or None)
    likes, replies = first(raw, "digg_count", "like_count", "likes"), first(raw, "reply_comment_total", "reply_count")
    return Post(
        platform="tiktok",
        id=comment_id,
        kind=Kind.COMMENT,
        direction=Direction.OUTBOUND if raw.get("owner") is True else Direction.INBOUND,
        author=_author(raw),
        text=text(raw.get("text")),
        created_at=_when(raw, comment_id),
        lang=text(raw.get("comment_language")),
        conversation_id=video or None,
        in_reply_to=parent,
        engagement=Engagement(likes=count(likes or 0), replies=count(replies or raw.get("replies") or 0)),
    )


def _author(raw: Raw) -> Profile | None:
    who = first(raw, "user", "author")
    if isinstance(who, dict):
        return _person(who)
    known, name = first(raw, "unique_identifier", "user_id"), text(raw.get("username"))
    return named("tiktok", {"id": known, "username": name, "name": raw.get("display_name")})


def _video(raw: Raw) -> Post:
    video_id, author = text_id(first(raw, "aweme_id", "item_id", "id")), _author(raw)
    numbers = first(raw, "statistics", "stats", "statsV2") or raw
    link, cover = text(raw.get("share_url")), text(raw.get("thumbnail_url"))
    likes = first(numbers, "digg_count", "diggCount", "like_count", "likes")
    replies = first(numbers, "comment_count", "commentCount", "comments")
    shares = first(numbers, "share_count", "shareCount", "shares")
    views = first(numbers, "play_count", "playCount", "view_count", "video_views")
    return Post(
        platform="tiktok",
        id=video_id,
        direction=Direction.OUTBOUND if raw.get("_own") else Direction.INBOUND,
        author=author,
        text=text(first(raw, "desc", "caption", "video_description", "title")),
        created_at=_when(raw, video_id),
        url=link or (f"https://www.tiktok.com/@{author.handle}/video/{video_id}" if author and author.handle else ""),
        media=(Media(type="video", url=cover),) if cover else (),
        version=wording(text(first(raw, "desc", "caption", "video_description", "title"))),
        engagement=Engagement(likes=count(likes), replies=count(replies), shares=count(shares), views=count(views)),
    )


def _person(raw: Raw) -> Profile:
    bio = text(first(raw, "signature", "bio_description"))
    home = text(first(raw, "bioLink.link", "bio_url"))
    return Profile(
        platform="tiktok",
        id=text_id(first(raw, "uid", "id", "user_id", "open_id")),
        handle=text(first(raw, "unique_id", "uniqueId", "username")),
        display_name=text(first(raw, "nickname", "display_name")),
        bio=bio,
        urls=tuple(dict.fromkeys((*links(home), *links(bio)))),
        lang=text(raw.get("language")),
        followers=count(first(raw, "_stats.followerCount", "follower_count")),
        verified=raw["verified"] if isinstance(raw.get("verified"), bool) else None,
    )
