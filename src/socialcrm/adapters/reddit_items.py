"""What Reddit's listings, conversations and modmail say: raw items found, and each of them read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from socialcrm.adapters.base import Item, Raw
from socialcrm.adapters.fields import count, epoch, instant, links, objects, text, text_id
from socialcrm.errors import BadRecord
from socialcrm.http.strict_json import dig
from socialcrm.model import Deleted, Direction, Engagement, Kind, Post, Profile, Skipped, Visibility

GONE, TAKEN_DOWN = "[deleted]", "[removed]"
NOBODY = {"", GONE, TAKEN_DOWN}
NO_POSTS = {"t2": "a profile", "t5": "a subreddit", "t6": "an award", "more": "replies that were not sent along"}


def items(body: Any) -> Iterator[Raw]:
    """Find the raw items in an answer of any endpoint, or in a pushed body."""
    if isinstance(body, list):  # a conversation: the listing of its post, then that of its comments
        yield from (raw for part in body for raw in items(part))
    elif "messages" in body and body.keys() & {"conversation", "conversations"}:
        yield from _modmail(body)
    elif "json" in body:
        yield from (raw for thing in dig(body, "json.data.things") or () for raw in _tree(thing))
    elif body.get("kind") == "Listing":
        yield from (raw for child in body["data"].get("children") or () for raw in _tree(child))
    elif "kind" in body and "data" in body:
        yield from _tree(body)
    elif "link_karma" in body or "comment_karma" in body:
        yield {"kind": "t2", "data": body}


def parse(raw: Raw) -> Item:
    """Read one raw item. Pure; may raise anything on a malformed one."""
    kind, data = raw["kind"], raw["data"]
    if kind == "t2":
        return profile(data)
    if kind == "modmail":
        return _modmail_message(data, raw["conversation"])
    if kind in NO_POSTS or kind not in {"t1", "t3", "t4"}:
        return Skipped(platform="reddit", id=text(data.get("name")), reason=NO_POSTS.get(kind, "not a post"))
    said, title = text(data.get("selftext") if kind == "t3" else data.get("body")), text(data.get("title"))
    name, nobody = data.get("name") or f"{kind}_{text_id(data['id'])}", text(data.get("author")) in NOBODY
    taken = data.get("removed_by_category") == "deleted" or (nobody and said == TAKEN_DOWN)
    if kind != "t4" and (said == GONE or taken):  # of a deleted account the words stay, without a name
        return Deleted(platform="reddit", id=text_id(name))
    edited, hidden = data.get("edited"), data.get("score_hidden") or data.get("hide_score")
    where = text(data.get("permalink") or data.get("context"))
    root = name if kind == "t3" else data.get("link_id") if kind == "t1" else data.get("first_message_name")
    return Post(
        platform="reddit",
        id=text_id(name),
        kind=_kind(kind, data),
        visibility=Visibility.PRIVATE if kind == "t4" else Visibility.PUBLIC,
        author=None if nobody else _author(data),
        text="\n\n".join(part for part in (title, said) if part) if kind == "t3" else said,
        created_at=epoch(data["created_utc"]),
        edited_at=epoch(edited) if edited and not isinstance(edited, bool) else None,
        url=f"https://www.reddit.com{where}" if where.startswith("/") else "",
        conversation_id=text(root or raw.get("root") or (name if kind == "t4" else None)) or None,
        in_reply_to=text(data.get("parent_id")) or None,
        engagement=Engagement(
            likes=None if hidden or kind == "t4" else _score(data.get("score")),
            replies=count(data.get("num_comments")) if kind == "t3" else None,
            shares=count(data.get("num_crossposts")),
        ),
        version=str(edited or ""),
    )


def _kind(kind: str, data: Raw) -> Kind:
    if kind == "t4":
        return Kind.MESSAGE
    return Kind.COMMENT if kind == "t1" else Kind.POST


def _score(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _author(data: Raw) -> Profile:
    # Old answers name the account only; Reddit neither renames accounts nor gives a name away again.
    name = text(data["author"])
    return Profile(platform="reddit", id=text(data.get("author_fullname")) or f"u/{name.lower()}", handle=name)


def profile(data: Raw) -> Profile:
    """Read an account."""
    page = data.get("subreddit") or {}
    bio = text(page.get("public_description")) if isinstance(page, dict) else ""
    return Profile(
        platform="reddit",
        id=f"t2_{text_id(data['id']).removeprefix('t2_')}",
        handle=text(data["name"]),
        display_name=text(page.get("title")) if isinstance(page, dict) else "",
        bio=bio,
        urls=links(bio),
        followers=count(page.get("subscribers")) if isinstance(page, dict) else None,
        created_at=epoch(data["created_utc"]) if data.get("created_utc") else None,
    )


def _tree(thing: Raw, root: str = "") -> Iterator[Raw]:
    """A thing and its nested replies; a private conversation has its first message as root."""
    stack = [thing]
    while stack:
        node = stack.pop()
        data = node.get("data") or {}
        below = objects(dig(data, "replies.data.children"))
        name = text(data.get("name")) if node.get("kind") == "t4" else ""
        stack += [{"root": node.get("root") or name, **child} for child in reversed(below)]
        yield node


def _modmail(body: Raw) -> Iterator[Raw]:
    found = body.get("conversations") or {}
    one = body.get("conversation")
    conversations = [one] if isinstance(one, dict) else [item for item in found.values() if isinstance(item, dict)]
    homes = {item["id"]: talk["id"] for talk in conversations for item in objects(talk.get("objIds"))}
    alone = conversations[0]["id"] if len(conversations) == 1 else ""
    for message in body["messages"].values():
        yield {"kind": "modmail", "data": message, "conversation": homes.get(message["id"], alone)}


def _modmail_message(data: Raw, conversation: str) -> Post:
    who, when = data.get("author") or {}, instant(data["date"])
    return Post(
        platform="reddit",
        id=text_id(data["id"]),
        kind=Kind.MESSAGE,
        direction=Direction.OUTBOUND if who.get("isMod") else Direction.INBOUND,
        visibility=Visibility.PRIVATE,
        author=Profile(platform="reddit", id=f"t2_{_base36(who['id'])}", handle=text(who.get("name")))
        if who.get("id")
        else None,
        text=text(data.get("bodyMarkdown")),
        created_at=when,
        conversation_id=text(conversation) or None,
    )


def _base36(number: Any) -> str:
    digits, left = "", int(text_id(number)) if text_id(number).isdecimal() else 0
    if left <= 0 or left >= 1 << 63:
        raise BadRecord("an account's number is none")
    while left:
        left, digit = divmod(left, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits
