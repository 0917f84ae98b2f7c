"""X (Twitter) archives: ``data/*.js``, and the older forms with one file per month.

What the files hold: https://help.x.com/en/managing-your-account/how-to-download-your-x-archive
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from socialcrm.adapters.archive.base import ArchiveAdapter, Place, Section, owner_alone, section
from socialcrm.adapters.archive.json_stream import ITEM, Keys
from socialcrm.adapters.archive.times import written
from socialcrm.adapters.base import AdapterInfo, Capability, Item, Raw
from socialcrm.adapters.fields import count, epoch, links, text, text_id
from socialcrm.errors import BadRecord
from socialcrm.http.strict_json import dig
from socialcrm.model import Deleted, Direction, Engagement, Kind, Media, Post, Profile, Skipped, Visibility

PLATFORM = "x"
_NOTES_HELD = 16 << 20  # characters of long posts kept in memory
_CUT = 100  # a shortened post agrees with its long form at least this far


def _messages(keys: Keys) -> bool:
    """Conversations are as long as they like: walk into them, message by message."""
    return keys in {(), (ITEM,), (ITEM, "dmConversation"), (ITEM, "dmConversation", "messages")}


def _tweet(raw: Raw, place: Place) -> Iterator[Item]:
    raw = raw.get("tweet", raw)
    own = place.owner
    who = _author(raw.get("user")) or own
    said = html.unescape(text(raw.get("full_text")) or text(raw.get("text")))
    shared = bool(raw.get("retweeted_status")) or said.startswith("RT @")
    parent = raw.get("in_reply_to_status_id_str") or raw.get("in_reply_to_status_id")
    name, at = text_id(raw.get("id_str") or raw["id"]), written(raw["created_at"])
    yield Post(
        platform=PLATFORM,
        id=name,
        kind=Kind.SHARE if shared else Kind.REPLY if parent else Kind.POST,
        direction=Direction.OUTBOUND,
        author=who,
        text=_long(said, at, place.facts.get("notes") or {}),
        created_at=at,
        url=f"https://x.com/{who.handle}/status/{name}" if who and who.handle else "",
        lang=text(raw.get("lang")),
        in_reply_to=text_id(parent) if parent else None,
        media=tuple(_media(one) for one in dig(raw, "extended_entities.media") or dig(raw, "entities.media") or ()),
        engagement=Engagement()
        if shared
        else Engagement(likes=count(raw.get("favorite_count")), shares=count(raw.get("retweet_count"))),
    )


def _long(said: str, at: datetime, notes: dict[datetime, list[str]]) -> str:
    """The whole of a long post: its own file knows it by the second it was written, and it begins the same."""
    start = said.removesuffix("…").rstrip()[:_CUT]
    for note in notes.get(at.replace(microsecond=0), ()) if start else ():
        if len(note) > len(said) - _CUT and note.startswith(start):
            return note
    return said


def _media(raw: Raw) -> Media:
    return Media(
        type=text(raw.get("type")) or "other",
        url=text(raw.get("media_url_https")) or text(raw.get("media_url")),
        alt=text(raw.get("ext_alt_text")),
    )


def _author(raw: Raw) -> Profile | None:
    """The author as the oldest archives carry it in every post."""
    if not isinstance(raw, dict) or not (raw.get("id_str") or raw.get("id")):
        return None
    return Profile(
        platform=PLATFORM,
        id=text_id(raw.get("id_str") or raw["id"]),
        handle=text(raw.get("screen_name")),
        display_name=text(raw.get("name")),
    )


def _deleted(raw: Raw, place: Place) -> Iterator[Item]:
    raw = raw.get("tweet", raw)
    name = raw.get("tweet_id") or raw.get("id_str") or raw["id"]
    at = raw.get("deleted_at")
    yield Deleted(platform=PLATFORM, id=text_id(name), reason="deleted by its author", at=written(at) if at else None)


def _message(raw: Raw, place: Place) -> Iterator[Item]:
    if ITEM not in place.keys[1:]:
        return  # the conversation's own fields
    if "messageCreate" not in raw:
        yield Skipped(platform=PLATFORM, reason="an event of a conversation, not a message")
        return
    said = raw["messageCreate"]
    own = place.owner is not None and said["senderId"] == place.owner.id
    yield Post(
        platform=PLATFORM,
        id=text_id(said["id"]),
        kind=Kind.MESSAGE,
        visibility=Visibility.PRIVATE,
        direction=Direction.OUTBOUND if own else Direction.INBOUND,
        author=place.owner if own else Profile(platform=PLATFORM, id=text_id(said["senderId"])),
        text=html.unescape(text(said.get("text"))),
        created_at=_sent(said["createdAt"]),
        conversation_id=_pair(said),
        media=tuple(Media(url=url) for url in said.get("mediaUrls") or () if isinstance(url, str)),
    )


def _pair(said: Raw) -> str | None:
    """Name a conversation of two as X does, by both ids, the lower one first; a group is not named in its messages."""
    ends = [text_id(said[end]) for end in ("senderId", "recipientId") if said.get(end)]
    return "-".join(sorted(ends, key=lambda name: (len(name), name))) if len(ends) == 2 else None


def _sent(value: Any) -> datetime:
    return epoch(value, per_second=1000) if isinstance(value, str) and value.isdigit() else written(value)


def _nothing(raw: Raw, place: Place) -> Iterator[Item]:
    yield from ()


_JS = r"(?:-part\d+)?\.js"
_ACCOUNT = section(r"account\.js", owner_alone)
_PROFILE = section(r"profile\.js", _nothing)
_VERIFIED = section(r"verified\.js", _nothing)
_DETAILS = section(r"user_details\.js", owner_alone, into=lambda keys: False)
_NOTES = section(rf"note-tweets?{_JS}", _nothing)
_HEADERS = section(rf"tweet-headers{_JS}", _nothing)


class XArchive(ArchiveAdapter):
    """Posts, replies and direct messages of one account, and what it deleted."""

    info = AdapterInfo(
        name="x-archive",
        title="X archive",
        docs="https://help.x.com/en/managing-your-account/how-to-download-your-x-archive",
        can=frozenset(
            {Capability.OWN_POSTS, Capability.REPLIES, Capability.MESSAGES, Capability.DELETES, Capability.BACKFILL}
        ),
    )
    platform = PLATFORM
    folders = frozenset({"data"})
    about = (_ACCOUNT, _PROFILE, _VERIFIED, _DETAILS, _NOTES, _HEADERS)
    identity = (_ACCOUNT, _DETAILS, _HEADERS)
    sections = (
        _ACCOUNT,
        _DETAILS,
        section(rf"(?:tweets?|community-tweets?){_JS}", _tweet),
        section(r"tweets/\d{4}_\d{2}\.js", _tweet),
        section(rf"deleted-tweets?(?:-headers)?{_JS}", _deleted),
        section(rf"direct-messages?(?:-group)?{_JS}", _message, into=_messages, private=True),
    )

    @classmethod
    def facts(cls, read: Callable[[Section], Iterator[tuple[Place, Raw]]]) -> dict[str, Any]:
        notes: dict[datetime, list[str]] = {}
        left = _NOTES_HELD
        for _, raw in read(_NOTES):
            at, said = _note(raw)
            left -= len(said)
            if at and said and left >= 0:
                notes.setdefault(at, []).append(said)
        return {"owner": _owner(read), "notes": notes}


def _note(raw: Raw) -> tuple[datetime | None, str]:
    try:
        note = raw["noteTweet"]
        return written(note["createdAt"]).replace(microsecond=0), html.unescape(text(dig(note, "core.text")))
    except (BadRecord, KeyError, TypeError, AttributeError):
        return None, ""


def _owner(read: Callable[[Section], Iterator[tuple[Place, Raw]]]) -> Profile | None:
    """Whose archive it is. The address in it is left out: a file proves no address."""
    account = _first(read(_ACCOUNT), "account")
    details = _first(read(_DETAILS), "")
    if not account and not details:
        found = _first(read(_HEADERS), "tweet").get("user_id")
        return Profile(platform=PLATFORM, id=text_id(found)) if found else None
    told = _first(read(_PROFILE), "profile").get("description") or {}
    site, bio = text(told.get("website")), text(told.get("bio")) or text(details.get("bio"))
    verified = _first(read(_VERIFIED), "verified").get("verified")
    since = account.get("createdAt") or details.get("created_at")
    return Profile(
        platform=PLATFORM,
        id=text_id(account.get("accountId") or details.get("id")),
        handle=text(account.get("username")) or text(details.get("screen_name")),
        display_name=text(account.get("accountDisplayName")) or text(details.get("full_name")),
        bio=bio,
        urls=tuple(dict.fromkeys([*([site] if site else []), *links(bio)])),
        location=text(told.get("location")) or text(details.get("location")),
        verified=verified if isinstance(verified, bool) else None,
        created_at=written(since) if since else None,
    )


def _first(values: Iterator[tuple[Place, Raw]], key: str) -> dict[str, Any]:
    for _, raw in values:
        found = raw.get(key, raw) if isinstance(raw, dict) else None
        if isinstance(found, dict):
            return found
    return {}
