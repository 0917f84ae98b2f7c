"""What Facebook's and Instagram's downloads share: repaired texts, message threads, owners without an id."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

from socialcrm.adapters.archive.base import Place, named
from socialcrm.adapters.base import Item, Raw
from socialcrm.adapters.fields import epoch, text
from socialcrm.model import Direction, Kind, Media, Post, Profile, Skipped, Visibility


def repaired(value: Any) -> Any:
    """Put texts together again: the downloads write every byte of UTF-8 as a character of its own.

    Done text by text, and left alone where the bytes make no UTF-8: newer files are mixed.
    """
    if isinstance(value, str):
        if value.isascii():
            return value
        try:
            return value.encode("latin-1").decode("utf-8")
        except UnicodeError:
            return value
    if isinstance(value, dict):
        return {repaired(key): repaired(item) for key, item in value.items()}
    return [repaired(item) for item in value] if isinstance(value, list) else value


def message(platform: str, raw: Raw, place: Place) -> Iterator[Item]:
    """Read a value of a thread's file; the folder's name is the thread's only id."""
    if place.keys[:1] != ("messages",):
        return
    raw = repaired(raw)
    thread = posixpath.basename(posixpath.dirname(place.path))
    name, said = text(raw.get("sender_name")), text(raw.get("content"))
    if not said:
        yield Skipped(platform=platform, reason="a message without words")
        return
    own = place.owner is not None and name == place.owner.display_name
    at = epoch(raw["timestamp_ms"], per_second=1000)
    yield Post(
        platform=platform,
        id=named(platform, "message", thread, raw["timestamp_ms"], name, said),
        kind=Kind.MESSAGE,
        visibility=Visibility.PRIVATE,
        direction=Direction.OUTBOUND if own else Direction.INBOUND,
        # A name says little: the same name in another thread may be somebody else.
        author=place.owner if own else Profile(platform=platform, id=named(platform, thread, name), display_name=name),
        text=said,
        created_at=at,
        conversation_id=thread,
        media=media(raw.get("photos")) + media(raw.get("videos")),
    )


def media(found: Any) -> tuple[Media, ...]:
    """Read a list of attached files; their paths lead into the download."""
    listed = found if isinstance(found, list) else []
    return tuple(_medium(one) for one in listed if isinstance(one, dict) and text(one.get("uri")))


def _medium(raw: Raw) -> Media:
    uri = text(raw["uri"])
    video = uri.lower().endswith((".mp4", ".mov", ".webm")) or "video_metadata" in (raw.get("media_metadata") or {})
    return Media(type="video" if video else "photo", url=uri, alt=text(raw.get("description")))
