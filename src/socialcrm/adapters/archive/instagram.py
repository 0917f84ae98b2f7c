"""Instagram's "Download your information", in JSON, in its forms since 2019.

https://help.instagram.com/181231772500920; labels are in the owner's language, and there are no ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from socialcrm.adapters.archive.base import ArchiveAdapter, Place, Section, named, owner_alone, section
from socialcrm.adapters.archive.meta import media, message, repaired
from socialcrm.adapters.archive.times import written
from socialcrm.adapters.base import AdapterInfo, Capability, Item, Raw
from socialcrm.adapters.fields import epoch, links, text
from socialcrm.errors import BadRecord
from socialcrm.model import Direction, Kind, Media, Post, Profile, Skipped

PLATFORM = "instagram"


def _content(raw: Raw, place: Place) -> Iterator[Item]:
    """Read one publication: its caption is its own title, or that of its only picture."""
    if not isinstance(raw, dict):
        return
    raw = repaired(raw)
    pictures = [one for one in raw.get("media") or [raw] if isinstance(one, dict)]
    first = pictures[0] if pictures else {}
    said = text(raw.get("title")) or text(first.get("title")) or text(raw.get("caption"))
    if not said:
        yield Skipped(platform=PLATFORM, reason="an entry without words")
        return
    when = raw.get("creation_timestamp") or first.get("creation_timestamp")
    at = epoch(when) if when is not None else written(raw["taken_at"], utc=True)
    yield _post(Kind.POST, at, said, place, media(pictures) or media([{"uri": raw.get("path")}]))


def _comment(raw: Raw, place: Place) -> Iterator[Item]:
    raw = repaired(raw)
    at, said = _labelled(raw) if isinstance(raw, dict) else _row(raw)
    if not said:
        yield Skipped(platform=PLATFORM, reason="a comment without words")
    else:
        yield _post(Kind.COMMENT, at, said, place)


def _labelled(raw: Raw) -> tuple[datetime, str]:
    """By what the fields are, not by their labels: the time is the one that is a time, the comment comes first."""
    if listed := raw.get("string_list_data"):
        return epoch(listed[0]["timestamp"]), text(listed[0].get("value"))
    told = raw["string_map_data"]
    when = [one["timestamp"] for one in told.values() if one.get("timestamp")]
    if not when:
        raise BadRecord("a comment has no time")
    words: dict[str, Any] = told.get("Comment") or next((one for one in told.values() if one.get("value")), {})
    return epoch(when[0]), text(words.get("value"))


def _row(raw: Raw) -> tuple[datetime, str]:
    """A comment of 2019: time, words, whose post it was about."""
    return written(raw[0], utc=True), text(raw[1])


def _post(kind: Kind, at: datetime, said: str, place: Place, attached: tuple[Media, ...] = ()) -> Post:
    return Post(
        platform=PLATFORM,
        id=named(PLATFORM, kind, int(at.timestamp()), said),
        kind=kind,
        direction=Direction.OUTBOUND,
        author=place.owner,
        text=said,
        created_at=at,
        media=attached,
    )


_ABOUT = section(r"personal_information\.json", owner_alone, into=lambda keys: False)
_FLAT = section(r"profile\.json", owner_alone, into=lambda keys: False)


class InstagramArchive(ArchiveAdapter):
    """Posts, reels, stories, comments and messages of one account."""

    info = AdapterInfo(
        name="instagram-archive",
        title="Instagram download",
        docs="https://help.instagram.com/181231772500920",
        can=frozenset({Capability.OWN_POSTS, Capability.REPLIES, Capability.MESSAGES, Capability.BACKFILL}),
    )
    platform = PLATFORM
    folders = frozenset(
        {"content", "comments", "media", "messages"}
        | {"personal_information", "account_information", "your_instagram_activity"}
    )
    about = identity = (_ABOUT, _FLAT)
    sections = (
        _ABOUT,
        _FLAT,
        section(
            r"(?:inbox|archived_threads|message_requests)/[^/]+/message_\d+\.json",
            lambda raw, place: message(PLATFORM, raw, place),
            private=True,
        ),
        section(
            r"(?:posts(?:_\d+)?|reels(?:_\d+)?|stories(?:_\d+)?|igtv_videos|archived_posts|other_content|media)\.json",
            _content,
        ),
        section(r"(?:post_comments|reels_comments|story_comments|hype|comments)(?:_\d+)?\.json", _comment),
    )

    @classmethod
    def facts(cls, read: Callable[[Section], Iterator[tuple[Place, Raw]]]) -> dict[str, Any]:
        for _, raw in (*read(_ABOUT), *read(_FLAT)):
            owner = _owner(repaired(raw))
            if owner:
                return {"owner": owner}
        return {}


def _owner(raw: Raw) -> Profile | None:
    """Whose download it is. Its address is left out: a file proves none."""
    users = raw.get("profile_user") if isinstance(raw, dict) else None
    labelled = users[0].get("string_map_data") if isinstance(users, list) and users else None
    told = {key: one.get("value") for key, one in labelled.items()} if isinstance(labelled, dict) else raw
    names = {str(key).casefold(): text(value) for key, value in told.items()}
    handle = names.get("username", "")
    if not handle:
        return None
    bio, site = names.get("bio") or names.get("biography", ""), names.get("website", "")
    return Profile(
        platform=PLATFORM,
        id=named(PLATFORM, "account", handle),
        handle=handle,
        display_name=names.get("name", ""),
        bio=bio,
        urls=tuple(dict.fromkeys(filter(None, [site, *links(bio)]))),
    )
