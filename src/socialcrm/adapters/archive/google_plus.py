"""Google+ (closed in 2019): Takeout's posts in JSON, and what the API answered.

Takeout's fields: https://github.com/FiXato/Plexodus-Tools (an analysis of whole exports); the API's:
https://web.archive.org/web/2018/https://developers.google.com/+/web/api/rest/latest/activities
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from socialcrm.adapters.archive.base import ArchiveAdapter, Place, section
from socialcrm.adapters.archive.json_stream import whole
from socialcrm.adapters.archive.times import written
from socialcrm.adapters.base import AdapterInfo, Capability, Item, Raw
from socialcrm.adapters.fields import count, html_links, links, text, text_id
from socialcrm.errors import BadRecord
from socialcrm.http.exchange import Exchange
from socialcrm.http.strict_json import dig
from socialcrm.model import Engagement, Kind, Media, Post, Profile, Skipped
from socialcrm.text import plain

PLATFORM = "google-plus"


def _document(raw: Raw, place: Place) -> Iterator[Item]:
    """Read a file of Takeout, or an answer of the API: a feed, one activity, one person."""
    if not isinstance(raw, dict):
        return
    if "creationTime" in raw and "author" in raw:
        yield from _takeout(raw)
    for one in raw.get("items") or [raw]:
        match one.get("kind"):
            case "plus#activity":
                yield _activity(one)
            case "plus#comment":
                yield _reply(one)
            case "plus#person":
                yield _person(one)


def _takeout(raw: Raw) -> Iterator[Item]:
    name = raw.get("activityId") or raw.get("resourceName")
    if not _public(raw.get("postAcl")):
        yield Skipped(platform=PLATFORM, id=text(name), reason="not shared with everybody")
        return
    comments = raw.get("comments") or []
    post = _said(raw, text_id(name), Kind.SHARE if raw.get("resharedPost") else Kind.POST)
    pictures = [raw.get("media"), *(dig(raw, "album.media") or ())]
    yield post.model_copy(
        update={
            "media": tuple(Media(url=text(one.get("url"))) for one in pictures if isinstance(one, dict)),
            "engagement": Engagement(
                likes=len(raw.get("plusOnes") or ()), replies=len(comments), shares=len(raw.get("reshares") or ())
            ),
        }
    )
    for one in comments:
        said = _said(one, text_id(one.get("commentActivityId") or one.get("resourceName")), Kind.COMMENT)
        yield said.model_copy(update={"in_reply_to": post.id, "conversation_id": post.id, "url": post.url})


def _said(raw: Raw, name: str, kind: Kind) -> Post:
    at = written(raw["creationTime"])
    who = raw.get("author") or {}
    number = text(who.get("resourceName")).rpartition("/")[2]
    return Post(
        platform=PLATFORM,
        id=name,
        kind=kind,
        author=Profile(
            platform=PLATFORM,
            id=number,
            display_name=text(who.get("displayName")),
            urls=(text(who["profilePageUrl"]),) if who.get("profilePageUrl") else (),
        )
        if number
        else None,
        text=plain(text(raw.get("content"))),
        created_at=at,
        edited_at=_edited(raw.get("updateTime"), at),
        url=text(raw.get("url")),
    )


def _public(acl: Raw) -> bool:
    circles = dig(acl, "visibleToStandardAcl.circles") or ()
    return dig(acl, "isPublic") is True or any(dig(one, "type") == "CIRCLE_TYPE_PUBLIC" for one in circles)


def _edited(value: object, at: datetime) -> datetime | None:
    edited = written(value) if value else at
    return edited if edited > at else None


def _activity(raw: Raw) -> Post:
    told = raw.get("object") or {}
    shared = raw.get("verb") == "share"
    return Post(
        platform=PLATFORM,
        id=text_id(raw["id"]),
        kind=Kind.SHARE if shared else Kind.POST,
        author=_actor(raw.get("actor")),
        text=plain(text(raw.get("annotation") if shared and "annotation" in raw else told.get("content"))),
        created_at=(at := written(raw["published"])),
        edited_at=_edited(raw.get("updated"), at),
        url=text(raw.get("url")),
        media=tuple(
            Media(
                type=text(one.get("objectType")) or "other", url=text(one.get("url")), alt=text(one.get("displayName"))
            )
            for one in told.get("attachments") or ()
        ),
        engagement=Engagement()
        if shared
        else Engagement(
            likes=count(dig(told, "plusoners.totalItems")),
            replies=count(dig(told, "replies.totalItems")),
            shares=count(dig(told, "resharers.totalItems")),
        ),
    )


def _reply(raw: Raw) -> Post:
    above = (raw.get("inReplyTo") or [{}])[0]
    root = text_id(above["id"]) if above.get("id") else None
    return Post(
        platform=PLATFORM,
        id=text_id(raw["id"]),
        kind=Kind.COMMENT,
        author=_actor(raw.get("actor")),
        text=plain(text(dig(raw, "object.content"))),
        created_at=(at := written(raw["published"])),
        edited_at=_edited(raw.get("updated"), at),
        url=text(above.get("url")),
        in_reply_to=root,
        conversation_id=root,
        engagement=Engagement(likes=count(dig(raw, "plusoners.totalItems"))),
    )


def _actor(raw: Raw) -> Profile | None:
    if not isinstance(raw, dict) or not raw.get("id"):
        return None
    return Profile(platform=PLATFORM, id=text_id(raw["id"]), display_name=text(raw.get("displayName")))


def _person(raw: Raw) -> Profile:
    about = text(raw.get("aboutMe"))
    bio = plain(about) or text(raw.get("tagline"))
    told = [text(one.get("value")) for one in raw.get("urls") or () if isinstance(one, dict)]
    places = [one for one in raw.get("placesLived") or () if isinstance(one, dict)]
    home = next((one for one in places if one.get("primary")), places[0] if places else {})
    verified = raw.get("verified")
    return Profile(
        platform=PLATFORM,
        id=text_id(raw["id"]),
        display_name=text(raw.get("displayName")),
        bio=bio,
        urls=tuple(dict.fromkeys(filter(None, [*told, *html_links(about), *links(bio)]))),
        location=text(raw.get("currentLocation")) or text(home.get("value")),
        lang=text(raw.get("language")),
        followers=count(raw.get("circledByCount")),
        verified=verified if isinstance(verified, bool) else None,
    )


class GooglePlus(ArchiveAdapter):
    """Public posts and their comments."""

    info = AdapterInfo(
        name="google-plus",
        title="Google+",
        docs="https://support.google.com/googlecurrents/answer/9195133",
        can=frozenset({Capability.OWN_POSTS, Capability.REPLIES, Capability.THREADS, Capability.BACKFILL}),
    )
    platform = PLATFORM
    sections = (section(r"[^/]+\.json", _document, into=whole),)

    @classmethod
    def replay_parse(cls, exchange: Exchange) -> list[Item]:
        if not isinstance(exchange.body, dict):
            return []
        found: list[Item] = []
        for one in exchange.body.get("items") or [exchange.body]:
            try:
                found += _document(one, Place(""))
            except (BadRecord, KeyError, TypeError, AttributeError, ValueError) as error:
                found.append(Skipped(platform=PLATFORM, reason=f"unreadable item: {type(error).__name__}"))
        return found
