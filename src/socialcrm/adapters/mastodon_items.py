"""What servers with Mastodon's API tell: raw items found in answers and streams, and each of them read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from socialcrm.adapters.base import Item, Raw
from socialcrm.adapters.fields import count, html_links, instant, links, server_sent, text, text_id
from socialcrm.http.strict_json import loads
from socialcrm.model import Deleted, Engagement, Kind, Media, Post, Profile, Skipped, Visibility
from socialcrm.text import plain

NOTICES = {"mention": Kind.MENTION, "quote": Kind.MENTION, "status": Kind.POST, "update": Kind.POST}
PRIVATE = {"direct", "private"}


def items(body: Any) -> Iterator[Raw]:
    """Find the raw items in an answer of any endpoint, or in a pushed body."""
    if isinstance(body, list):
        yield from body
    elif isinstance(body, str):
        yield from ({"event": event, "payload": payload} for event, payload in server_sent(body))
    elif body.keys() & {"ancestors", "descendants", "statuses", "accounts"}:
        for key in ("ancestors", "descendants", "statuses", "accounts"):
            yield from body.get(key) or ()
    elif body.keys() & {"content", "acct", "status", "event"}:
        yield body


def parse(raw: Raw) -> Item:
    """Read one raw item."""
    if "event" in raw:
        return _event(raw["event"], raw["payload"])
    if "last_status" in raw:
        return _status(raw["last_status"])
    if "acct" in raw:
        return profile(raw)
    if "content" in raw:
        return _status(raw)
    kind = NOTICES.get(raw["type"])
    if kind is None or not raw.get("status"):
        return Skipped(platform="mastodon", reason=f"not a post: {text(raw['type'])[:40]}")
    post = _status(raw["status"])
    return post if post.in_reply_to or kind is Kind.POST else post.model_copy(update={"kind": kind})


def _event(event: str, payload: str) -> Item:
    if event == "delete":
        return Deleted(platform="mastodon", id=text_id(payload))
    if event in {"update", "status.update", "notification", "conversation"}:
        return parse(loads(payload.encode()))
    return Skipped(platform="mastodon", reason=f"not a post: {event[:40]}")


def _status(raw: Raw) -> Post:
    reply = raw.get("in_reply_to_id")
    warning, content = text(raw.get("spoiler_text")), plain(text(raw["content"]))
    likes, replies, shares = (count(raw.get(f"{what}_count")) for what in ("favourites", "replies", "reblogs"))
    return Post(
        platform="mastodon",
        id=text_id(raw["id"]),
        kind=Kind.SHARE if raw.get("reblog") else Kind.REPLY if reply else Kind.POST,
        visibility=Visibility.PRIVATE if raw.get("visibility") in PRIVATE else Visibility.PUBLIC,
        author=profile(raw["account"]) if raw.get("account") else None,
        text=f"{warning}\n\n{content}" if warning else content,
        created_at=instant(raw["created_at"]),
        edited_at=instant(raw["edited_at"]) if raw.get("edited_at") else None,
        url=text(raw.get("url") or raw.get("uri")),
        lang=text(raw.get("language")),
        conversation_id=None if reply else text_id(raw["id"]),
        in_reply_to=text_id(reply) if reply else None,
        media=tuple(
            Media(type=text(item.get("type")), url=text(item.get("url")), alt=text(item.get("description")))
            for item in raw.get("media_attachments") or ()
        ),
        engagement=Engagement(likes=likes, replies=replies, shares=shares),
        version=text(raw.get("edited_at") or raw["created_at"]),
    )


def profile(raw: Raw) -> Profile:
    home, acct, note = text(raw.get("uri") or raw.get("url")), text(raw["acct"]), text(raw.get("note"))
    proven = sorted(raw.get("fields") or (), key=lambda field: not field.get("verified_at"))
    said = [text(field.get("value")) for field in proven]
    found = [link for piece in (*said, note) for link in (html_links(piece) or links(plain(piece)))]
    return Profile(
        platform="mastodon",
        id=home or text_id(raw["id"]),
        handle=acct if "@" in acct else f"{acct}@{urlsplit(text(raw.get('url')) or home).netloc}",
        display_name=text(raw.get("display_name")),
        bio=plain(note),
        urls=tuple(dict.fromkeys(found)),
        followers=count(raw.get("followers_count")),
        created_at=instant(raw["created_at"]) if raw.get("created_at") else None,
    )


def framed(frame: str) -> Raw:
    """Read a frame of the stream: JSON that holds the event as JSON in a text."""
    told = loads(frame.encode())
    event = text(told.get("event")) if isinstance(told, dict) else ""
    return {"event": event, "payload": text(told.get("payload"))} if event else []
