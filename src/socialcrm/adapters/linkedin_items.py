"""What LinkedIn's posts, comments and notifications say, item by item."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote

from socialcrm.adapters.base import Item, Raw
from socialcrm.adapters.fields import count, epoch, first, links, minted, objects, text, text_id, wording
from socialcrm.http.strict_json import dig
from socialcrm.model import UNTOLD, Deleted, Direction, Engagement, Kind, Media, Post, Profile, Skipped

ACTIONS = {
    "COMMENT": Kind.COMMENT,
    "ADMIN_COMMENT": Kind.COMMENT,
    "COMMENT_EDIT": Kind.COMMENT,
    "SHARE": Kind.SHARE,
    "SHARE_MENTION": Kind.MENTION,
    "COMMENT_MENTION": Kind.MENTION,
    "PHOTO_MENTION": Kind.MENTION,
}
POSTED = frozenset({"commentary", "specificContent", "lifecycleState", "owner", "text", "publishedAt"})
HIDDEN = frozenset({"DRAFT", "PROCESSING", "PROCESSING_FAILED", "PUBLISH_REQUESTED", "PUBLISH_FAILED"})


def items(body: Any) -> Iterator[Raw]:
    """Find the raw items in an answer of any endpoint, or in a pushed body."""
    keyed = isinstance(body, dict)
    lists = [body[key] for key in ("elements", "notifications") if key in body] if keyed else [body]
    for raw in lists[0] if lists and isinstance(lists[0], list) else objects(body):
        yield raw
        if isinstance(raw, dict) and "action" in raw and isinstance(source := raw.get("decoratedSourcePost"), dict):
            yield source
    if isinstance(body, dict):
        found = body.get("results")
        yield from found.values() if isinstance(found, dict) else ()


def placed(raw: Raw, path: str) -> Raw:
    """Add to a raw item what only the address tells it was found at."""
    above, _, edge = unquote(path).rpartition("/")
    root = above.rpartition("/")[2]
    return {**raw, "_on": root} if edge == "comments" and root.startswith("urn:") and isinstance(raw, dict) else raw


def parse(raw: Raw) -> Item:
    """Read one raw item."""
    if "action" in raw:
        return _notified(raw)
    if "actor" in raw and "message" in raw:
        return _comment(raw)
    if raw.get("lifecycleState") in HIDDEN:
        return Skipped(platform="linkedin", id=text_id(raw["id"]), reason="not published")
    if raw.keys() & POSTED and _urn(raw):
        return _post(raw)
    if raw.keys() & {"localizedName", "localizedFirstName", "vanityName"}:
        return _account(raw)
    return Skipped(platform="linkedin", reason="not a post")


def milliseconds(value: Any) -> datetime:
    """Read a time in milliseconds since 1970."""
    return epoch(value, per_second=1000)


def normal(urn: Any) -> str:
    """Write a comment's URN in its one full form; others stay as they are."""
    return text_id(urn).replace("urn:li:comment:(activity:", "urn:li:comment:(urn:li:activity:")


def _who(urn: Any, decorated: Any = None) -> Profile | None:
    told = decorated if isinstance(decorated, dict) else {}
    name = (
        text(told.get("localizedName"))
        or f"{text(told.get('localizedFirstName'))} {text(told.get('localizedLastName'))}"
    )
    known = text_id(urn) if urn else ""
    return (
        Profile(platform="linkedin", id=known, display_name=name.strip(), handle=text(told.get("vanityName")))
        if known
        else None
    )


def _comment(raw: Raw) -> Post:
    on = normal(raw.get("object") or raw["_on"])
    urn = normal(first(raw, "commentUrn", "$URN") or f"urn:li:comment:({on},{text_id(raw['id'])})")
    parent = raw.get("parentComment") or (raw.get("_on") if "urn:li:comment:" in text(raw.get("_on")) else None)
    at, changed = dig(raw, "created.time"), dig(raw, "lastModified.time")
    return Post(
        platform="linkedin",
        id=urn,
        kind=Kind.COMMENT,
        author=_who(raw.get("actor"), first(raw, "actor~", "created.actor~")),
        text=text(dig(raw, "message.text")),
        version=wording(text(dig(raw, "message.text"))),
        created_at=milliseconds(at) if at else _minted(urn),
        edited_at=milliseconds(changed) if changed and at and changed != at else None,
        url=f"https://www.linkedin.com/feed/update/{on}?commentUrn={quote(urn, safe='')}",
        conversation_id=on,
        in_reply_to=normal(parent or raw.get("_on") or on),
        media=tuple(
            Media(type=text(one.get("type")).lower(), url=text(one.get("url"))) for one in objects(raw.get("content"))
        ),
        engagement=Engagement(
            likes=count(first(raw, "likesSummary.totalLikes", "likesSummary.aggregatedTotalLikes")),
            replies=count(dig(raw, "commentsSummary.totalFirstLevelComments")),
        ),
    )


def _urn(raw: Raw) -> str:
    """A post's URN; older answers have a bare number for an id beside it."""
    return next((urn for key in ("id", "entity", "activity") if (urn := text(raw.get(key))).startswith("urn:li:")), "")


def _post(raw: Raw) -> Post:
    urn = _urn(raw)
    at = first(raw, "publishedAt", "firstPublishedAt", "createdAt", "created.time")
    changed = first(raw, "lastModifiedAt", "lastModified.time")
    ugc = next(iter(objects(list((raw.get("specificContent") or {}).values()))), None)
    shared, edited = (
        dig(raw, "reshareContext.parent"),
        raw.get("isEditedByAuthor") or dig(raw, "lifecycleStateInfo.isEditedByAuthor"),
    )
    return Post(
        platform="linkedin",
        id=urn,
        kind=Kind.SHARE if shared else Kind.POST,
        author=_who(first(raw, "author", "owner"), first(raw, "author~", "owner~")),
        text=text(
            raw.get("commentary") or dig(ugc, "shareCommentary.text") or first(raw, "text.text") or raw.get("text")
        ),
        created_at=milliseconds(at) if at else _minted(urn),
        edited_at=milliseconds(changed) if edited and changed else None,
        url=f"https://www.linkedin.com/feed/update/{urn}",
        conversation_id=None,
        media=tuple(_media(raw)),
    )


def _media(raw: Raw) -> Iterator[Media]:
    content = raw.get("content")
    for kind, told in content.items() if isinstance(content, dict) else ():
        if isinstance(told, dict):
            link, words = first(told, "source", "id"), first(told, "title", "altText")
            yield Media(type=text(kind), url=text(link), alt=text(words))


def _notified(raw: Raw) -> Item:
    action, made = text(raw["action"]), first(raw, "generatedActivity") or ""
    urn, at = normal(made) if made else "", raw.get("lastModifiedAt")
    if action == "COMMENT_DELETE" and urn:
        return Deleted(platform="linkedin", id=urn, at=milliseconds(at) if at else None)
    told = first(raw, "decoratedGeneratedActivity.comment", "decoratedGeneratedActivity.share")
    if action not in ACTIONS or not isinstance(told, dict):
        return Skipped(platform="linkedin", id=urn, reason=f"not a post: {action[:40] or 'unknown'}")
    urn, author = normal(told.get("entity") or made), _who(told.get("owner"))
    on = told.get("object") or (raw.get("sourcePost") if "urn:li:comment:" in urn else None)
    own = author is not None and author.id == raw.get("organizationalEntity")
    moment = _minted(urn) if _minted(urn) != UNTOLD else milliseconds(at)
    return Post(
        platform="linkedin",
        id=urn,
        kind=ACTIONS[action],
        direction=Direction.OUTBOUND if own or action == "ADMIN_COMMENT" else Direction.INBOUND,
        author=author,
        text=text(told.get("text")),
        version=wording(text(told.get("text"))),
        created_at=moment,
        edited_at=milliseconds(at) if action == "COMMENT_EDIT" and at else None,
        url=f"https://www.linkedin.com/feed/update/{on or urn}",
        conversation_id=text_id(on) if on else None,
        in_reply_to=normal(told.get("parentComment") or on) if on else None,
    )


def _minted(urn: str) -> datetime:
    """A URN's last number holds the millisecond in which it was made."""
    number = urn.rstrip(")").rpartition(":")[2].rpartition(",")[2]
    return minted(number, shift=22) if number.isdigit() and len(number) > 15 else UNTOLD


def _account(raw: Raw) -> Profile:
    person, name = "localizedFirstName" in raw, text(raw.get("localizedName"))
    names = (text(raw.get("localizedFirstName")), text(raw.get("localizedLastName")))
    about = text(first(raw, "localizedDescription", "localizedTagline", "localizedHeadline"))
    return Profile(
        platform="linkedin",
        id=f"urn:li:{'person' if person else 'organization'}:{text_id(raw['id'])}",
        handle=text(raw.get("vanityName")),
        display_name=name or " ".join(filter(None, names)),
        bio=about,
        urls=tuple(dict.fromkeys((*links(text(raw.get("localizedWebsite"))), *links(about)))),
    )
