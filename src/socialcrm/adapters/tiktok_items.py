"""What TikTok's three APIs say: raw items found, and each of them read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from socialcrm.adapters.base import Item, Raw
from socialcrm.adapters.fields import count, epoch, first, links, minted, named, text, text_id, wording
from socialcrm.http.strict_json import dig
from socialcrm.model import Direction, Engagement, Kind, Media, Post, Profile, Skipped

LISTS = ("comments", "videos", "aweme_list", "item_list", "itemList", "items", "replies", "reply_list", "reply_comment")
PEOPLE = ("followers", "followings", "user_list", "users")
VIDEOS = frozenset({"aweme_id", "item_id", "desc", "video_description", "createTime", "share_url", "embed_link"})
PERSON = frozenset({"unique_id", "uniqueId", "nickname", "open_id", "display_name"})


def items(body: Any) -> Iterator[Raw]:
    """Find the raw items in an answer of any endpoint, or in a pushed body."""
    yield from _found(body.get("data", body) if isinstance(body, dict) else body)


def parse(raw: Raw) -> Item:
    """Read one raw item."""
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
