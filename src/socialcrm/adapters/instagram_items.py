"""What Instagram's answers and pushes say, item by item."""

from __future__ import annotations

from typing import Any

from socialcrm.adapters import graph
from socialcrm.adapters.base import Item, Raw
from socialcrm.adapters.fields import count, first, known_instant, links, named, objects, text, text_id, wording
from socialcrm.http.strict_json import dig
from socialcrm.model import Engagement, Kind, Media, Post, Profile, Skipped, Visibility

PERSON = frozenset({"biography", "followers_count", "media_count", "profile_picture_url", "account_type"})
SHOWN = frozenset({"caption", "media_type", "media_url", "media_product_type", "permalink", "shortcode"})


def parse(raw: Raw) -> Item:
    """Read one raw item."""
    if "_field" in raw:
        return _pushed(raw)
    if "message" in raw or "is_unsupported" in raw or "_in" in raw:
        return _message(raw)
    if "text" in raw or "parent_id" in raw or ("_on" in raw and "timestamp" in raw):
        return _comment(raw)
    if raw.keys() & SHOWN or "timestamp" in raw:
        return _media(raw)
    if "username" in raw or raw.keys() & PERSON:
        return _person(raw)
    return Skipped(platform="instagram", reason="not a post")


def _when(raw: Raw) -> Any:
    told = first(raw, "timestamp", "created_time")
    return graph.pushed_at(raw) if told is None and "_time" in raw else known_instant(told)


def _comment(raw: Raw) -> Post:
    on, link = first(raw, "media.id", "_on"), text(raw.get("permalink"))
    under = first(raw, "parent_id", "_under") or on
    return Post(
        platform="instagram",
        id=text_id(raw["id"]),
        kind=Kind.COMMENT,
        author=named("instagram", first(raw, "from", "user"), text(raw.get("username"))),
        text=text(raw.get("text")),
        version=wording(text(raw.get("text"))),
        created_at=_when(raw),
        url=link,
        conversation_id=text_id(on) if on else None,
        in_reply_to=text_id(under) if under else None,
        engagement=Engagement(
            likes=count(raw.get("like_count")), replies=count(dig(raw, "replies.summary.total_count"))
        ),
    )


def _media(raw: Raw) -> Post:
    link = text(first(raw, "media_url", "thumbnail_url"))
    return Post(
        platform="instagram",
        id=text_id(raw["id"]),
        author=named("instagram", raw.get("owner"), text(raw.get("username"))),
        text=text(raw.get("caption")),
        version=wording(text(raw.get("caption"))),
        created_at=_when(raw),
        url=text(raw.get("permalink")),
        media=(Media(type=text(raw.get("media_type")).lower() or "other", url=link),) if link else (),
        engagement=Engagement(
            likes=count(raw.get("like_count")),
            replies=count(raw.get("comments_count")),
            views=count(raw.get("view_count")),
        ),
    )


def _message(raw: Raw) -> Post:
    told = raw.get("created_time")
    story = dig(raw, "story.reply_to.id")
    return Post(
        platform="instagram",
        id=text_id(raw["id"]),
        kind=Kind.MESSAGE,
        visibility=Visibility.PRIVATE,
        author=named("instagram", raw.get("from")),
        text=text(raw.get("message")),
        version=wording(text(raw.get("message"))),
        created_at=known_instant(told),
        conversation_id=text_id(raw["_in"]) if raw.get("_in") else None,
        in_reply_to=text_id(story) if story else None,
        media=tuple(
            Media(url=text(first(one, "image_data.url", "video_data.url", "file_url")), alt=text(one.get("name")))
            for one in objects(dig(raw, "attachments.data"))
        ),
    )


def _person(raw: Raw) -> Profile:
    bio = text(raw.get("biography"))
    return Profile(
        platform="instagram",
        id=text_id(raw["id"]),
        handle=text(raw.get("username")),
        display_name=text(raw.get("name")),
        bio=bio,
        urls=tuple(dict.fromkeys((*links(text(raw.get("website"))), *links(bio)))),
        followers=count(raw.get("followers_count")),
    )


def _pushed(raw: Raw) -> Item:
    what = raw["_field"]
    if what in {"messaging", "messages"}:
        return graph.pushed_message(raw, "instagram")
    if what in {"comments", "live_comments"}:
        return _comment(raw)
    if what == "mentions":  # told by id only: `mentioned_comment` and `mentioned_media` answer what was said
        spot = text_id(first(raw, "comment_id", "media_id"))
        return Skipped(platform="instagram", id=spot, reason="a mention that has to be looked up")
    return Skipped(platform="instagram", reason=f"not a post: {what[:40]}")
