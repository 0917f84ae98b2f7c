"""What Foursquare tells: tips, check-ins and comments found wherever they lie, and each of them read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from socialcrm.adapters.base import Item, Raw
from socialcrm.adapters.fields import count, epoch, instant, links, objects, text, text_id
from socialcrm.http.strict_json import dig, loads
from socialcrm.model import Engagement, Kind, Media, Post, Profile, Visibility

CHECK_INS = {"checkin", "shout", "venueless"}
LISTS = {"tips", "checkins", "hereNow", "recent"}
PEOPLE = ("user", "users", "results", "managing")
NETWORKS = {"twitter": "https://twitter.com/", "facebook": "https://facebook.com/"}


def items(body: Any) -> Iterator[Raw]:
    """Find the raw items in an answer of any endpoint, or in a pushed body."""
    if isinstance(body, list):  # the Places API: bare tips without an author
        yield from (raw for raw in objects(body) if "text" in raw)
        return
    pushed = body.get("checkin")
    found = {"checkin": loads(pushed.encode())} if isinstance(pushed, str) else body.get("response", body)
    for key in PEOPLE:
        people = [found[key]] if isinstance(found.get(key), dict) else objects(found.get(key))
        yield from ({"person": person} for person in people if "firstName" in person)
    yield from _within(found, {})


def placed(raw: Raw, path: str) -> Raw:
    """Add to a raw item what only the address tells it was found at."""
    # A list of one account's own check-ins or tips leaves the account out.
    whose = path.partition("/users/")[2].partition("/")[0]
    known = not whose.isdigit() or not isinstance(raw, dict) or "person" in raw or "user" in raw
    return raw if known else {**raw, "user": {"id": whose}}


def parse(raw: Raw) -> Item:
    """Read one raw item."""
    if "person" in raw:
        return profile(raw["person"])
    here, to, made = raw.get("type") in CHECK_INS, raw.get("to"), raw.get("createdAt")
    name, by, photo = text_id(raw.get("id") or raw.get("fsq_tip_id")), raw.get("user"), raw.get("photo") or {}
    comments = dig(raw, "comments.count") if "comments" in raw else dig(raw, "posts.count")
    likes = dig(raw, "likes.count") if "likes" in raw else raw.get("agree_count")
    return Post(
        platform="foursquare",
        id=name,
        kind=Kind.CHECK_IN if here else Kind.COMMENT if to else Kind.REVIEW,
        visibility=Visibility.PRIVATE
        if raw.get("private") or raw.get("visibility") == "private"
        else Visibility.PUBLIC,
        author=profile(by) if by else None,
        text=text(raw.get("shout") if here else raw.get("text")),
        created_at=epoch(made) if made is not None else instant(raw.get("created_at")),
        url=text(raw.get("canonicalUrl") or ("" if here or to else f"https://foursquare.com/item/{name}")),
        lang=text(raw.get("lang")),
        conversation_id=to or name,
        in_reply_to=to,
        media=(Media(type="image", url=_picture(photo)),) if photo else (),
        engagement=Engagement(likes=count(likes), replies=count(comments)),
    )


def _within(node: Any, about: Mapping[str, Any], listed: bool = False) -> Iterator[Raw]:
    """Tips, check-ins and comments anywhere in an answer, each with the account or item it lies in."""
    if isinstance(node, list):
        for item in node:
            yield from _within(item, about, listed)
    if not isinstance(node, dict):
        return
    said = node.get("type") in CHECK_INS or {"id", "createdAt", "text"} <= node.keys() or (listed and "id" in node)
    inside = dict(about)
    if said:
        yield {**about, **node}
        inside = {"to": node.get("id")}
    elif "firstName" in node:
        inside = {"user": node}
    elif "categories" in node:  # a place: who lies in there says nothing about it
        inside = {}
    for key, value in node.items():
        if key not in {"user", "source", "photo"} or (key == "user" and "createdAt" not in node):
            yield from _within(value, inside, key in LISTS or (listed and key in {"items", "groups"} and not said))


def profile(raw: Raw) -> Profile:
    contact, bio = raw.get("contact") or {}, text(raw.get("bio"))
    accounts = [start + name for key, start in NETWORKS.items() if (name := text(contact.get(key)))]
    pages = [text(link.get("url")) for link in objects(dig(raw, "pageInfo.links.items"))]
    return Profile(
        platform="foursquare",
        id=text_id(raw["id"]),
        handle=text(raw.get("handle") or raw.get("username")),
        display_name=" ".join(filter(None, (text(raw.get("firstName")), text(raw.get("lastName"))))),
        bio=bio,
        urls=tuple(dict.fromkeys((*accounts, *filter(None, pages), *links(bio)))),
        location=text(raw.get("homeCity")),
        followers=count(dig(raw, "followers.count")),
        verified=True if raw.get("type") in {"page", "celebrity"} and raw.get("verified") else None,
        email=text(contact.get("email")),
    )


def _picture(photo: Raw) -> str:
    size = f"{photo.get('width')}x{photo.get('height')}" if photo.get("width") else "original"
    return text(photo.get("url")) or f"{text(photo.get('prefix'))}{size}{text(photo.get('suffix'))}"
