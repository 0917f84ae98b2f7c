"""What VK's answers and pushed events say, in every version of the API: raw items found, and each of them read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from socialcrm.adapters.base import Item, Raw
from socialcrm.adapters.fields import count, epoch, links, objects, text, text_id, unescaped
from socialcrm.http.strict_json import dig
from socialcrm.model import Deleted, Direction, Engagement, Kind, Media, Post, Profile, Skipped, Visibility

LISTS = ("items", "posts", "comments", "wall", "messages", "users")
# Where the owner and the thing commented on are named, by the thing.
OWNER = tuple(f"{what}_owner_id" for what in ("post", "photo", "video", "market", "topic"))
OWNER += ("owner_id", "to_id", "source_id")
# Comments on these are numbered apart from the wall, so their ids name the thing too.
THINGS = ("photo_id", "pid", "video_id", "vid", "topic_id", "item_id")
SAID = {"mention", "wall", "wall_publish", "reply_topic", "comment_post", "comment_photo", "comment_video"}
SAID |= {
    "mention_comments",
    *(f"{what}_comment{on}" for what in ("mention", "reply") for on in ("", "_photo", "_video")),
}
NETWORKS = {"twitter": "https://twitter.com/", "instagram": "https://instagram.com/"}
NETWORKS |= {"facebook": "https://facebook.com/", "livejournal": "https://www.livejournal.com/users/"}


def items(body: Any) -> Iterator[Raw]:
    """Find the raw items in an answer of any endpoint, or in a pushed body."""
    if "updates" in body:  # the long poll: the same events as pushed ones, in a list
        yield from objects(body["updates"])
    elif "object" in body:
        yield body
    elif isinstance(body.get("response"), dict | list):
        yield from _listed(body["response"])


def parse(raw: Raw) -> Item:
    """Read one raw item. Pure; may raise anything on a malformed one."""
    if "object" in raw:
        return _event(text(raw["type"]), raw["object"], f"-{raw.get('group_id')}")
    raw = raw.get("last_message") or (raw["message"] if isinstance(raw.get("message"), dict) else raw)
    if "feedback" in raw:
        return _notice(raw)
    if raw.keys() & {"out", "mid", "peer_id", "body"} and not raw.keys() & {"post_type", "post_id"}:
        return _message(raw)
    if "date" in raw and raw.keys() & {"text", "post_type"} and not raw.keys() & {"album_id", "sizes"}:
        return _post(raw)
    if raw.keys() & {"first_name", "screen_name", "uid", "gid"}:
        return profile(raw)
    return Skipped(platform="vk", reason="neither a post nor a message")


def _listed(found: Any) -> Iterator[Raw]:
    """Raw items of an answer in any version of the API, each with its author's account where it came along."""
    if isinstance(found, list):  # before version 5 the first item was the number of all
        yield from objects(found)
        return
    people = {f"{person.get('id') or person.get('uid')}": person for person in objects(found.get("profiles"))}
    people |= {f"-{group.get('id') or group.get('gid')}": group for group in objects(found.get("groups"))}
    lists = [found[key] for key in LISTS if key in found] or ([found["groups"]] if "groups" in found else [])
    stack = [raw for listed in reversed(lists) for raw in reversed(list(_listed_in(listed)))]
    while stack:
        raw = stack.pop()
        said = raw.get("feedback") if isinstance(raw.get("feedback"), dict) else raw.get("last_message") or raw
        by = next((said[key] for key in ("from_id", "source_id", "owner_id", "user_id") if said.get(key)), "")
        yield {**raw, "who": people[str(by)]} if str(by) in people else raw
        below = {key: raw[key] for key in ("owner_id", "post_id") if key in raw}
        stack += [{**below, **reply} for reply in reversed(objects(dig(raw, "thread.items")))]


def _listed_in(value: Any) -> Iterator[Raw]:
    return _listed(value) if isinstance(value, dict) else iter(objects(value))


def _event(kind: str, thing: Raw, ours: str) -> Item:
    what, _, action = kind.rpartition("_")
    if action == "delete" and "id" in thing:
        return Deleted(platform="vk", id=_id(thing, thing["id"]))
    if kind in {"message_new", "message_reply", "message_edit"}:
        return _message(thing["message"] if isinstance(thing.get("message"), dict) else thing)
    if kind in {"wall_post_new", "wall_repost"} or what.endswith(("reply", "comment", "board_post")):
        post = _post(thing)
        own = isinstance(post, Post) and post.author is not None and post.author.id == ours
        return post.model_copy(update={"direction": Direction.OUTBOUND}) if own else post
    return Skipped(platform="vk", reason=f"not a post: {kind[:40]}")


def _notice(raw: Raw) -> Item:
    said = raw["feedback"][0] if isinstance(raw["feedback"], list) and raw["feedback"] else raw["feedback"]
    parent, kind = raw.get("parent") or {}, text(raw.get("type"))
    if kind not in SAID or not said.keys() & {"id", "cid"}:
        return Skipped(platform="vk", reason=f"not a post: {kind[:40]}")
    on = parent.get("post") or parent
    told = {"date": raw.get("date"), "who": raw.get("who"), **said, "id": said.get("id") or said.get("cid")}
    if "comment" in kind:
        told["from_id"] = said.get("from_id") or said.get("uid") or said.get("owner_id")
        told |= {"post_owner_id": on.get("to_id") or on.get("owner_id"), "post_id": on.get("id")}
        told |= {"reply_to_comment": parent.get("id")} if kind.startswith("reply") else {}
    return _post(told)


def _owner(raw: Raw) -> str:
    return next((text_id(raw[key]) for key in OWNER if raw.get(key)), "")


def _id(raw: Raw, number: Any) -> str:
    thing = next((text_id(raw[key]) for key in THINGS if raw.get(key)), "")
    return "_".join(filter(None, (_owner(raw), thing, text_id(number))))


def _post(raw: Raw) -> Item:
    owner, number = _owner(raw), raw["post_id"] if "source_id" in raw else raw["id"]
    on = next((raw[key] for key in ("post_id", *THINGS) if raw.get(key) and "source_id" not in raw), None)
    below, answered = on is not None or "post_type" not in raw, raw.get("reply_to_comment")
    name = _id(raw, number)
    if raw.get("deleted") is True:
        return Deleted(platform="vk", id=name)
    root = "_".join(filter(None, (owner, text_id(on)))) if on else None
    by, edited = raw.get("from_id") or raw.get("source_id") or raw.get("owner_id"), raw.get("edited")
    counted = ("likes", "thread" if "thread" in raw else "comments", "reposts", "views")
    likes, replies, shares, views = (count(dig(raw, f"{what}.count")) for what in counted)
    page = f"wall{root}?reply={number}" if raw.get("post_id") and root else f"wall{name}" if owner and not below else ""
    shared, visitor = raw.get("copy_history"), owner.startswith("-") and str(by) != owner
    return Post(
        platform="vk",
        id=name,
        kind=Kind.COMMENT if below else Kind.SHARE if shared else Kind.MENTION if visitor else Kind.POST,
        author=_author(by, raw.get("who")),
        text=unescaped(raw.get("text")),
        created_at=epoch(raw["date"]),
        edited_at=epoch(edited) if edited else None,
        url=f"https://vk.com/{page}" if page else "",
        conversation_id=root or (name if owner and not below else None),
        in_reply_to=_id(raw, answered) if answered else root,
        media=_media(raw),
        engagement=Engagement(likes=likes, replies=replies, shares=shares, views=views),
        version=str(edited or ""),
    )


def _message(raw: Raw) -> Item:
    number = raw.get("id") or raw.get("mid") or raw.get("message_id") or f"c{raw['conversation_message_id']}"
    if raw.get("action"):
        return Skipped(platform="vk", id=str(number), reason="a notice of the platform, not a message")
    out, other, edited = raw.get("out") == 1, raw.get("user_id") or raw.get("uid"), raw.get("update_time")
    peer, by = raw.get("peer_id") or other, raw.get("from_id") or (None if out else other)
    talk, asked = text_id(peer) if peer else "", dig(raw, "reply_message.id")
    return Post(
        platform="vk",
        id="_".join(filter(None, (talk, text_id(number)))),
        kind=Kind.MESSAGE,
        direction=Direction.OUTBOUND if out else Direction.INBOUND,
        visibility=Visibility.PRIVATE,
        author=_author(by, raw.get("who")),
        text=unescaped(raw.get("text") or raw.get("body")),
        created_at=epoch(raw["date"]),
        edited_at=epoch(edited) if edited and edited != raw["date"] else None,
        conversation_id=talk or None,
        in_reply_to=f"{talk}_{text_id(asked)}" if asked and talk else None,
        media=_media(raw),
        version=str(edited or ""),
    )


def _media(raw: Raw) -> tuple[Media, ...]:
    return tuple(
        Media(type=text(item.get("type")), url=text(dig(item, "link.url")), alt=text(dig(item, "link.title")))
        for item in objects(raw.get("attachments"))
    )


def _author(by: Any, who: Raw | None) -> Profile | None:
    if not by:
        return None
    return profile(who) if who else Profile(platform="vk", id=text_id(by))


def profile(raw: Raw) -> Profile:
    """Read a person or a community; communities get negative ids."""
    number, person = raw.get("id") or raw.get("uid") or raw.get("gid"), raw.keys() & {"first_name", "last_name"}
    bio = "\n".join(filter(None, (unescaped(raw.get(key)) for key in ("about", "description", "status"))))
    accounts = [start + name for key, start in NETWORKS.items() if (name := text(raw.get(key)))]
    places = (text(dig(raw, "city.title")), text(dig(raw, "country.title")))
    names = (unescaped(raw.get(key)) for key in ("first_name", "last_name"))
    verified = raw.get("verified")
    return Profile(
        platform="vk",
        id=text_id(number) if person else f"-{text_id(number)}",
        handle=text(raw.get("screen_name") or raw.get("domain")),
        display_name=" ".join(filter(None, names)) if person else unescaped(raw.get("name")),
        bio=bio,
        urls=tuple(dict.fromkeys((*links(text(raw.get("site"))), *accounts, *links(bio)))),
        location=", ".join(filter(None, places)),
        followers=count(raw.get("followers_count") if person else raw.get("members_count")),
        verified=bool(verified) if verified in (0, 1) else None,
    )
