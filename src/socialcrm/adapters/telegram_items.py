"""What the Bot API tells: raw items found in updates, and each of them read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from socialcrm.adapters.base import Item, Raw
from socialcrm.adapters.fields import epoch, text, text_id
from socialcrm.http.strict_json import dig
from socialcrm.model import Deleted, Direction, Kind, Media, Post, Profile, Skipped, Visibility

MESSAGES = tuple(
    f"{edited}{what}" for what in ("message", "channel_post", "business_message") for edited in ("", "edited_")
)
DELETED = "deleted_business_messages"
MEDIA = (
    *("photo", "video", "animation", "audio", "voice", "video_note", "document", "sticker", "location", "contact"),
    *("dice", "game", "venue", "paid_media", "story"),
)


def items(body: Any) -> Iterator[Raw]:
    """Find the raw items in an answer of any endpoint, or in a pushed body."""
    found = body.get("result", body)
    for update in found if isinstance(found, list) else [found] if isinstance(found, dict) else ():
        gone = update.get(DELETED) if isinstance(update, dict) else None
        if gone:
            yield from ({"gone": number, "chat": gone["chat"]} for number in gone["message_ids"])
        else:
            yield update


def parse(raw: Raw) -> Item:
    """Read one raw item."""
    if "gone" in raw:
        return Deleted(platform="telegram", id=_id(raw["chat"], raw["gone"]))
    if "first_name" in raw:
        return person(raw)
    name = next((name for name in MESSAGES if name in raw), "")
    message = raw[name] if name else raw
    if "message_id" not in message or "date" not in message:
        return Skipped(platform="telegram", reason="not a message")
    said, kinds = text(message.get("text") or message.get("caption")), [key for key in MEDIA if message.get(key)]
    poll, date = text(dig(message, "poll.question")), message["date"]
    if not (said or poll or kinds) or date == 0:
        return Skipped(platform="telegram", reason="a notice of the platform, not a message")
    chat, edited, number = message["chat"], message.get("edit_date"), message["message_id"]
    asked, public = dig(message, "reply_to_message.message_id"), chat["type"] != "private" and chat.get("username")
    return Post(
        platform="telegram",
        id=_id(chat, number),
        kind=Kind.POST if chat["type"] == "channel" else Kind.MESSAGE,
        # A bot sees no other bot: what a bot says here, it says itself.
        direction=Direction.OUTBOUND if _own(message) else Direction.INBOUND,
        visibility=Visibility.PUBLIC if public else Visibility.PRIVATE,
        author=_author(message),
        text=said or poll,
        created_at=epoch(date),
        edited_at=epoch(edited) if edited else None,
        url=f"https://t.me/{text(public)}/{number}" if public else "",
        lang=text(dig(message, "from.language_code")),
        conversation_id=text_id(chat["id"]),
        in_reply_to=_id(chat, asked) if asked else None,
        media=tuple(Media(type=kind) for kind in kinds),
        version=str(edited or ""),
    )


def _id(chat: Raw, number: Any) -> str:
    return f"{text_id(chat['id'])}_{text_id(number)}"


def _own(message: Raw) -> bool:
    sender, through = message.get("from") or {}, message.get("sender_business_bot")
    return bool(through) or (sender.get("is_bot") is True and not message.get("sender_chat"))


def _author(message: Raw) -> Profile | None:
    # Anonymous administrators and channels write under the chat's name.
    who = message.get("sender_chat") or message.get("from") or message.get("chat")
    return person(who) if who else None


def person(raw: Raw) -> Profile:
    names = (text(raw.get("first_name")), text(raw.get("last_name")))
    return Profile(
        platform="telegram",
        id=text_id(raw["id"]),
        handle=text(raw.get("username")),
        display_name=text(raw.get("title")) or " ".join(filter(None, names)),
        bio=text(raw.get("bio") or raw.get("description")),
        lang=text(raw.get("language_code")),
    )
