"""What AT Protocol servers tell: raw items found in answers, and each of them read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from socialcrm.adapters.base import Item, Raw
from socialcrm.adapters.fields import count, instant, links, text, text_id
from socialcrm.http.strict_json import dig
from socialcrm.model import Engagement, Kind, Media, Post, Profile, Skipped

REASONS = {"mention": Kind.MENTION, "reply": Kind.REPLY, "quote": Kind.MENTION}
HIDDEN = {"notFoundPost": "not found: deleted, or hidden from this account", "blockedPost": "behind a block"}


def items(body: Any) -> Iterator[Raw]:
    """Find the raw items in an answer of any endpoint, or in a pushed body."""
    for key in ("notifications", "posts", "records", "profiles", "repostedBy"):
        yield from body.get(key) or ()
    yield from (like["actor"] for like in body.get("likes") or ())
    for entry in body.get("feed") or ():
        yield dig(entry, "post") or entry
        yield from (post for key in ("reply.root", "reply.parent") if (post := dig(entry, key)))
    if "value" in body or "followersCount" in body:
        yield body
    nodes = [body["thread"]] if "thread" in body else []
    while nodes:
        node = nodes.pop()
        yield dig(node, "post") or node
        nodes += [*reversed(dig(node, "replies") or ()), *filter(None, [dig(node, "parent")])]


def parse(raw: Raw) -> Item:
    """Read one raw item."""
    if "did" in raw:
        return _profile(raw)
    uri, hidden = raw["uri"], HIDDEN.get(str(raw.get("$type")).rpartition("#")[2])
    record = raw.get("record") or raw.get("value") or {}
    if hidden or record.get("$type") != "app.bsky.feed.post":
        what = text(raw.get("reason"))[:40] or "record"
        return Skipped(platform="bluesky", id=uri, reason=hidden or f"not a post: {what}")
    did, _, rkey = uri.removeprefix("at://").split("/")
    author, reply = _profile(raw.get("author") or {"did": did}), record.get("reply")
    said, seen = record.get("createdAt"), raw.get("indexedAt")
    likes, replies, shares = (count(raw.get(f"{what}Count")) for what in ("like", "reply", "repost"))
    return Post(
        platform="bluesky",
        id=uri,
        kind=REASONS.get(raw.get("reason", ""), Kind.REPLY if reply else Kind.POST),
        author=author,
        text=text(record.get("text")),
        # The author's own claim, but never after the server saw the post.
        created_at=min(instant(said or seen), instant(seen or said)),
        url=f"https://bsky.app/profile/{author.handle or did}/post/{rkey}",
        lang=text((record.get("langs") or [""])[0]),
        conversation_id=reply["root"]["uri"] if reply else uri,
        in_reply_to=reply["parent"]["uri"] if reply else None,
        media=tuple(_media(record.get("embed") or {}, did)),
        engagement=Engagement(likes=likes, replies=replies, shares=shares),
        version=text(raw.get("cid")),
    )


def _profile(raw: Raw) -> Profile:
    bio, badge = text(raw.get("description")), (raw.get("verification") or {}).get("verifiedStatus")
    return Profile(
        platform="bluesky",
        id=text_id(raw["did"]),
        handle=text(raw.get("handle")).replace("handle.invalid", ""),
        display_name=text(raw.get("displayName")),
        bio=bio,
        urls=links(bio),
        followers=count(raw.get("followersCount")),
        verified=badge == "valid" if badge else None,
        created_at=instant(raw["createdAt"]) if raw.get("createdAt") else None,
    )


def _media(embed: Raw, did: str) -> Iterator[Media]:
    embed = embed.get("media") or embed
    for image in embed.get("images") or ():
        link = f"https://cdn.bsky.app/img/feed_fullsize/plain/{did}/{image['image']['ref']['$link']}@jpeg"
        yield Media(type="image", url=link, alt=text(image.get("alt")))
    if "video" in embed:
        yield Media(type="video", alt=text(embed.get("alt")))
    if link := embed.get("external"):
        yield Media(type="link", url=text(link.get("uri")), alt=text(link.get("title")))
