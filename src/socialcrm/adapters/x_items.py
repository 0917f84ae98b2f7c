"""What version 2 of X's API says: raw items found beside what they refer to, and each of them read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from socialcrm.adapters import x_v1
from socialcrm.adapters.base import Item, Raw
from socialcrm.adapters.fields import count, first, instant, minted, objects, text, text_id
from socialcrm.adapters.x_v1 import profile, readable
from socialcrm.http import strict_json
from socialcrm.http.strict_json import dig
from socialcrm.model import Deleted, Engagement, Kind, Media, Post, Profile, Skipped, Visibility

GONE = "resource-not-found"
PLACES = frozenset({"pagination_token", "next_token", "since_id", "until_id", "start_time"})


def codes(body: Any) -> Sequence[str]:
    """Find the error codes in a body: of version 2, and of older endpoints."""
    if not isinstance(body, dict) or body.keys() & {"data", "includes", "meta", "statuses", "for_user_id"}:
        return ()
    told = body.get("errors") or body.get("error") or (body if "title" in body and "detail" in body else None)
    listed = objects(told)
    found = ["paging"] * any(_about_paging(problem) for problem in listed)
    for problem in [*listed, *([body] if listed and "title" in body else [])]:
        found += [code for code in (_problem(problem), *map(str, (problem.get("code"), problem.get("status")))) if code]
    found += ["resource"] * any("resource_type" in problem for problem in listed)
    found += [told] if isinstance(told, str) else []
    return [*found, "error"] if told else ()


def problems(body: Any, post_id: str) -> list[str]:
    """List what an answer tells of a post that it does not hold."""
    told = objects(dig(body, "errors"))
    return [_problem(error) for error in told if post_id == first(error, "resource_id", "value")]


def _problem(error: Raw) -> str:
    return text(error.get("type")).rstrip("/").rpartition("/")[2]


def _about_paging(error: Raw) -> bool:
    told = error.get("parameters")
    return isinstance(told, dict) and bool(told.keys() & PLACES)


def items(body: Any) -> Iterator[Raw]:
    """Find the raw items in an answer of any endpoint, or in a pushed body."""
    if isinstance(body, str):  # a stream, or the result of a compliance job
        body = [strict_json.loads(line.encode()) for line in body.splitlines() if line.strip()]
    if isinstance(body, list) and any("data" in line for line in objects(body)):
        for line in body:
            yield from items(line)
    elif isinstance(body, dict) and ("data" in body or "includes" in body):
        yield from _joined(body)
    elif isinstance(body, dict) and "meta" in body:
        return
    else:
        yield from x_v1.items(body)


def placed(raw: Raw, path: str) -> Raw:
    """Add to a raw item what only the address tells it was found at."""
    quoting = path.endswith("/quote_tweets") and isinstance(raw, dict)
    return {**raw, "_mention": True} if quoting else raw


def parse(raw: Raw) -> Item:
    """Read one raw item."""
    if "_replaced" in raw:
        return Deleted(platform="x", id=text_id(raw["_replaced"]), reason="replaced by an edit")
    if raw.get("action") == "delete" and "reason" in raw:  # a line of a compliance job
        return Deleted(platform="x", id=text_id(raw["id"]), reason=text(raw["reason"]) or "deleted on the platform")
    if raw.keys() & x_v1.MARKS:
        return x_v1.parse(raw)
    if "event_type" in raw:
        return _message(raw)
    if "text" in raw or "note_tweet" in raw:
        return _tweet(raw)
    if "username" in raw:
        return profile(raw)
    return Skipped(platform="x", reason="not a post")


def _joined(body: Raw) -> Iterator[Raw]:
    """Tweets, users and messages with the authors, media and originals that stand beside them."""
    beside = body.get("includes") or {}
    people = {user.get("id"): user for user in objects(beside.get("users"))}
    media = {one.get("media_key"): one for one in objects(beside.get("media"))}
    posts = {post.get("id"): post for post in objects(beside.get("tweets"))}
    main = body.get("data")
    listed = main if isinstance(main, list) else [main] if main else []
    known = {raw.get("id") for raw in objects(listed)}
    for raw in [*listed, *(post for key, post in posts.items() if key not in known)]:
        if not isinstance(raw, dict):
            yield raw
            continue
        author = raw.get("author_id") or raw.get("sender_id")
        keys = dig(raw, "attachments.media_keys") or ()
        about = {"_by": people.get(author), "_media": [media[key] for key in keys if key in media], "_posts": posts}
        versions = raw.get("edit_history_tweet_ids") or [raw.get("id")]
        yield {"_replaced": raw["id"]} if raw.get("id") != versions[-1] else {**raw, **about}
        yield from ({"_replaced": older} for older in versions[:-1] if older != raw.get("id"))


def _author(raw: Raw) -> Profile | None:
    who = raw.get("author_id") or raw.get("sender_id")
    return profile(raw["_by"]) if raw.get("_by") else Profile(platform="x", id=text_id(who)) if who else None


def _media(raw: Raw) -> tuple[Media, ...]:
    return tuple(
        Media(
            type=text(one.get("type")), url=text(first(one, "url", "preview_image_url")), alt=text(one.get("alt_text"))
        )
        for one in raw.get("_media") or ()
    )


def _moment(raw: Raw) -> datetime:
    told = raw.get("created_at")
    return instant(told) if told else minted(raw["id"], shift=22, since=x_v1.EPOCH)


def _tweet(raw: Raw) -> Post:
    refers = {ref.get("type"): text_id(ref["id"]) for ref in objects(raw.get("referenced_tweets"))}
    shared, parent, author = refers.get("retweeted"), refers.get("replied_to"), _author(raw)
    original = (raw.get("_posts") or {}).get(shared) or raw
    likes, replies, shares, views = (
        count(dig(raw, f"public_metrics.{what}_count")) for what in ("like", "reply", "retweet", "impression")
    )
    said = Kind.MENTION if raw.get("_mention") else Kind.POST
    return Post(
        platform="x",
        id=text_id(raw["id"]),
        kind=Kind.SHARE if shared else Kind.REPLY if parent else said,
        author=author,
        text=readable(first(original, "note_tweet.text", "text")),
        created_at=_moment(raw),
        url=f"https://x.com/{(author and author.handle) or 'i'}/status/{raw['id']}",
        lang=text(raw.get("lang")),
        conversation_id=text_id(raw["conversation_id"]) if raw.get("conversation_id") else None,
        in_reply_to=parent,
        media=_media(raw),
        # A share repeats the numbers of what it shares.
        engagement=Engagement() if shared else Engagement(likes=likes, replies=replies, shares=shares, views=views),
        version=text_id(raw["id"]),  # an edit has another id
    )


def _message(raw: Raw) -> Item:
    if raw["event_type"] != "MessageCreate":
        return Skipped(platform="x", id=text_id(raw["id"]), reason=f"not a post: {text(raw['event_type'])[:40]}")
    thread = raw.get("dm_conversation_id")
    return Post(
        platform="x",
        id=text_id(raw["id"]),
        kind=Kind.MESSAGE,
        visibility=Visibility.PRIVATE,
        author=_author(raw),
        text=readable(raw.get("text")),
        created_at=_moment(raw),
        conversation_id=text_id(thread) if thread else None,
        media=_media(raw),
    )
