"""Posts, accounts and messages in the form of version 1.1 of X's API, which its webhooks and archives still have."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

from socialcrm.adapters.base import Item, Raw
from socialcrm.adapters.fields import count, epoch, first, instant, links, mail_date, minted, objects, text, text_id
from socialcrm.http.strict_json import dig
from socialcrm.model import Deleted, Direction, Engagement, Kind, Media, Post, Profile, Skipped, Visibility

EPOCH = 1_288_834_974_657
"""The millisecond from which post ids count, in their upper bits (https://docs.x.com/resources/fundamentals/x-ids)."""
MARKS = frozenset({"screen_name", "id_str", "user", "message_create", "sender", "full_text", "_deleted", "_event"})
LISTS = ("statuses", "results", "users", "events", "event", "tweet_create_events", "direct_message_events")
EVENTS = ("favorite_events", "follow_events", "mute_events", "block_events", "user_event", "tweet_delete_events")


def items(body: Any) -> Iterator[Raw]:
    """Find statuses, the originals they share or quote, accounts, messages and deletions."""
    own, people = (body.get("for_user_id"), body.get("users")) if isinstance(body, dict) else (None, None)
    by_id = people if isinstance(people, dict) else {}
    for raw in _listed(body, skip="users" if by_id else ""):
        if not isinstance(raw, dict):
            yield raw
            continue
        yield {**raw, "_own": own, "_people": by_id}
        for original in objects([raw.get("retweeted_status"), raw.get("quoted_status")]):
            yield original
            yield from objects(original.get("quoted_status"))
    for event in [*objects(dig(body, "tweet_delete_events")), *objects(dig(body, "delete"))]:
        yield {"_deleted": first(event, "status.id_str", "status.id", "id"), "timestamp_ms": event.get("timestamp_ms")}


def _listed(body: Any, *, skip: str) -> Iterator[Raw]:
    if isinstance(body, list):
        yield from body
        return
    lists = [body[key] for key in LISTS if key in body and key != skip]
    for found in lists:
        yield from found if isinstance(found, list) else [found]
    if not lists and body.keys() & MARKS:
        yield body
    yield from ({"_event": key} for key in EVENTS[:-1] if key in body)


def parse(raw: Raw) -> Item:
    """Read one raw item."""
    if "_deleted" in raw:
        told = raw.get("timestamp_ms")
        return Deleted(platform="x", id=text_id(raw["_deleted"]), at=epoch(told, per_second=1000) if told else None)
    if "_event" in raw:
        return Skipped(platform="x", reason=f"not a post: {text(raw['_event'])[:40]}")
    if "message_create" in raw or ("sender" in raw and "recipient" in raw):
        return _message(raw)
    if "text" in raw or "full_text" in raw:
        return _status(raw)
    return profile(raw) if raw.get("screen_name") else Skipped(platform="x", reason="not a post")


def readable(value: Any) -> str:
    """Read a text of X's, whose ``&``, ``<`` and ``>`` are written as entities."""
    return html.unescape(text(value))


def full_text(raw: Raw) -> str:
    """Read a status' text uncut; of a share the original's, since its own is cut off."""
    original = raw.get("retweeted_status") or raw
    return readable(first(original, "extended_tweet.full_text", "full_text", "text"))


def profile(raw: Raw) -> Profile:
    """Read an account of either version; shortened addresses are told in full."""
    bio = readable(raw.get("description"))
    told = [
        *objects(dig(raw, "entities.url.urls")),
        *objects(dig(raw, "entities.description.urls")),
    ]
    for link in told:
        if short := text(link.get("url")):
            bio = bio.replace(short, text(link.get("expanded_url")) or short)
    home = [text(first(link, "unwound_url", "expanded_url", "url")) for link in told] or [text(raw.get("url"))]
    since = raw.get("created_at")
    verified = raw.get("verified")
    return Profile(
        platform="x",
        id=text_id(raw.get("id_str") or raw["id"]),
        handle=text(raw.get("screen_name") or raw.get("username")),
        display_name=readable(raw.get("name")),
        bio=bio,
        urls=tuple(dict.fromkeys(link for link in (*home, *links(bio)) if link)),
        location=readable(raw.get("location")),
        lang=text(raw.get("lang")),
        followers=count(raw.get("followers_count", dig(raw, "public_metrics.followers_count"))),
        verified=verified if isinstance(verified, bool) else None,
        email=text(raw.get("email")),
        created_at=(instant(since) if since[:2].isdigit() else mail_date(since)) if isinstance(since, str) else None,
    )


def _status(raw: Raw) -> Post:
    author = profile(raw["user"]) if raw.get("user") else None
    shared, parent = (
        raw.get("retweeted_status"),
        raw.get("in_reply_to_status_id_str") or raw.get("in_reply_to_status_id"),
    )
    own, named = raw.get("_own"), [_id(one) for one in objects(dig(raw, "entities.user_mentions"))]
    id_ = text_id(raw.get("id_str") or raw["id"])
    likes, shares, replies = (count(raw.get(key)) for key in ("favorite_count", "retweet_count", "reply_count"))
    said = Kind.MENTION if own in named or raw.get("in_reply_to_user_id") else Kind.POST
    told = raw.get("created_at")
    return Post(
        platform="x",
        id=id_,
        kind=Kind.SHARE if shared else Kind.REPLY if parent else said,
        direction=Direction.OUTBOUND if own and author and author.id == own else Direction.INBOUND,
        author=author,
        text=full_text(raw),
        created_at=mail_date(told) if told else minted(id_, shift=22, since=EPOCH),
        url=f"https://x.com/{(author and author.handle) or 'i'}/status/{id_}",
        lang=text(raw.get("lang")),
        in_reply_to=text_id(parent) if parent else None,
        media=tuple(_media(raw)),
        engagement=Engagement() if shared else Engagement(likes=likes, replies=replies, shares=shares),
        version=id_,
    )


def _media(raw: Raw) -> Iterator[Media]:
    told = first(raw, "extended_tweet.extended_entities.media", "extended_entities.media", "entities.media")
    for one in objects(told):
        link = first(one, "media_url_https", "media_url")
        yield Media(type=text(one.get("type")), url=text(link), alt=text(one.get("ext_alt_text")))


def _message(raw: Raw) -> Post:
    body = raw.get("message_create") or {}
    sender, target = (
        _id(raw.get("sender")) or body.get("sender_id"),
        raw.get("recipient_id_str") or _id(raw.get("recipient")),
    )
    sender, target = text_id(sender), target or dig(body, "target.recipient_id")
    person = raw.get("sender") or raw.get("_people", {}).get(sender)
    return Post(
        platform="x",
        id=text_id(raw.get("id_str") or raw["id"]),
        kind=Kind.MESSAGE,
        direction=Direction.OUTBOUND if raw.get("_own") == sender else Direction.INBOUND,
        visibility=Visibility.PRIVATE,
        author=profile({"id": sender, **person}) if person else Profile(platform="x", id=sender),
        text=readable(first(body, "message_data.text") or raw.get("text")),
        created_at=mail_date(raw["created_at"])
        if "sender" in raw
        else epoch(raw["created_timestamp"], per_second=1000),
        conversation_id="-".join(sorted((sender, text_id(target)), key=lambda one: one.zfill(20))) if target else None,
        media=tuple(_media({"entities": {"media": dig(body, "message_data.attachment.media")}})),
    )


def _id(person: Any) -> str | None:
    found = (person.get("id_str") or person.get("id")) if isinstance(person, dict) else None
    return str(found) if isinstance(found, str | int) else None
