"""YouTube's part of Google Takeout: CSV files of comments and live chats.

https://support.google.com/youtube/answer/10127171; columns are found by name, their order has changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from socialcrm.adapters.archive.base import ArchiveAdapter, Place, Section, section
from socialcrm.adapters.archive.times import written
from socialcrm.adapters.base import AdapterInfo, Capability, Item, Raw
from socialcrm.adapters.fields import text, text_id
from socialcrm.model import Direction, Kind, Post, Profile
from socialcrm.text import clean

PLATFORM = "youtube"


def _comment(raw: Raw, place: Place) -> Iterator[Item]:
    chat = "live chat id" in raw
    name = text_id(raw["live chat id" if chat else "comment id"].strip())
    above = (raw.get("parent comment id") or raw.get("top-level comment id") or "").strip()
    video, channel = raw.get("video id", "").strip(), raw["channel id"].strip()
    at = raw["live chat create timestamp" if chat else "comment create timestamp"]
    told = place.owner if place.owner and place.owner.id == channel else None
    yield Post(
        platform=PLATFORM,
        id=name,
        kind=Kind.COMMENT,
        direction=Direction.OUTBOUND,
        author=told or (Profile(platform=PLATFORM, id=channel) if channel else None),
        text=_words(raw["live chat text" if chat else "comment text"]),
        created_at=written(at),
        url=f"https://www.youtube.com/watch?v={video}" + ("" if chat else f"&lc={name}") if video else "",
        conversation_id=above or name,
        in_reply_to=above or None,
    )


def _words(cell: str) -> str:
    """Join the pieces of a comment: plain, in an object, or in one object after the other."""
    try:
        told = json.loads(f"[{cell}]", strict=False) if cell.lstrip().startswith("{") else None
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, list):
        return cell
    pieces = [piece for one in told if isinstance(one, dict) for piece in one.get("takeoutSegments", [one])]
    if not all(isinstance(piece, dict) for piece in pieces):
        return cell
    return clean("".join(text(piece.get("text")) for piece in pieces))


_CHANNEL = section(r"channels?/[^/]+\.csv", lambda raw, place: (), form="csv")


class YouTubeArchive(ArchiveAdapter):
    """Comments and live chat messages of one account."""

    info = AdapterInfo(
        name="youtube-archive",
        title="YouTube Takeout",
        docs="https://support.google.com/youtube/answer/10127171",
        can=frozenset({Capability.REPLIES, Capability.BACKFILL}),
    )
    platform = PLATFORM
    folders = frozenset({"channels", "comments", "live chats", "my-comments", "my-live-chat-messages"})
    about = identity = (_CHANNEL,)
    sections = (section(r"(?:comments|live[ -]chats?)(?:\(\d+\)|[ -]?\d+)?\.csv", _comment, form="csv"),)

    @classmethod
    def facts(cls, read: Callable[[Section], Iterator[tuple[Place, Raw]]]) -> dict[str, Any]:
        for _, raw in read(_CHANNEL):
            title = raw.get("channel title (original)") or raw.get("channel title")
            if title and raw.get("channel id"):
                return {"owner": Profile(platform=PLATFORM, id=raw["channel id"], display_name=title)}
        return {}
