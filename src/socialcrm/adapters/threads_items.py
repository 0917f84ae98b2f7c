"""What the Threads API and its webhooks tell, read."""

from __future__ import annotations

from socialcrm.adapters.base import Item, Raw
from socialcrm.adapters.fields import count, epoch, first, instant, known_instant, links, named, text, text_id, wording
from socialcrm.http.strict_json import dig
from socialcrm.model import Deleted, Kind, Media, Post, Profile, Skipped

POSTED = frozenset({"text", "timestamp", "permalink", "media_type", "shortcode", "replied_to", "is_reply"})
PERSON = frozenset({"username", "threads_biography", "threads_profile_picture_url"})
SAID = frozenset({"replies", "mentions", "publish"})


def parse(raw: Raw) -> Item:
    """Read one raw item."""
    field = raw.get("_field")
    if field == "delete":
        at = first(raw, "deleted_at", "timestamp")
        return Deleted(platform="threads", id=text_id(raw["id"]), at=instant(at) if at else epoch(raw["_time"]))
    if field is not None and field not in SAID:
        return Skipped(platform="threads", reason=f"not a post: {field[:40]}")
    if raw.get("media_type") == "REPOST_FACADE":
        return Skipped(platform="threads", id=text_id(raw["id"]), reason="a repost, with no words of its own")
    if raw.keys() & POSTED:
        return _post(raw)
    return _person(raw) if raw.keys() & PERSON else Skipped(platform="threads", reason="not a post")


def _post(raw: Raw) -> Post:
    root, parent, told = dig(raw, "root_post.id"), dig(raw, "replied_to.id"), raw.get("timestamp")
    mentioned = raw.get("_field") == "mentions"
    link = text(first(raw, "media_url", "thumbnail_url"))
    return Post(
        platform="threads",
        id=text_id(raw["id"]),
        kind=Kind.REPLY if parent or raw.get("is_reply") else Kind.MENTION if mentioned else Kind.POST,
        author=named("threads", raw.get("owner"), text(raw.get("username"))),
        text=text(raw.get("text")),
        version=wording(text(raw.get("text"))),
        created_at=epoch(raw["_time"]) if told is None and raw.get("_time") else known_instant(told),
        url=text(raw.get("permalink")),
        conversation_id=text_id(root) if root else None,
        in_reply_to=text_id(parent) if parent else None,
        media=(Media(type=text(raw.get("media_type")).lower(), url=link, alt=text(raw.get("alt_text"))),)
        if link
        else (),
    )


def _person(raw: Raw) -> Profile:
    bio = text(raw.get("threads_biography"))
    return Profile(
        platform="threads",
        id=text_id(raw["id"]),
        handle=text(raw.get("username")),
        display_name=text(raw.get("name")),
        bio=bio,
        urls=links(bio),
        followers=count(raw.get("followers_count")),
        verified=raw["is_verified"] if isinstance(raw.get("is_verified"), bool) else None,
    )
