"""What people write to a bot, and to the groups and channels it is in. https://core.telegram.org/bots/api"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from pydantic import SecretStr

from socialcrm.adapters.base import AdapterConfig, AdapterInfo, Capability, Item, Raw
from socialcrm.adapters.fields import epoch, text, text_id
from socialcrm.adapters.web import Feed, Me, WebAdapter
from socialcrm.errors import ConfigError
from socialcrm.http.auth import InPath
from socialcrm.http.origin import HttpsOrigin
from socialcrm.http.paging import PastLast
from socialcrm.http.rules import IN_BODY, Action, ErrorTable, Rule
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


class Telegram(WebAdapter):
    """One bot. Messages are numbered within their chat, so an id is chat and number.

    The platform keeps news for a day and forgets them once the page after them was asked for, which
    happens only when they are stored.
    """

    info = AdapterInfo(
        name="telegram",
        title="Telegram",
        docs="https://core.telegram.org/bots/api",
        can=frozenset(
            {Capability.OWN_POSTS, Capability.MESSAGES, Capability.EDITS, Capability.DELETES, Capability.REPLIES}
            | {Capability.WEBHOOKS}
        ),
    )

    class Config(AdapterConfig):
        """``token`` is what BotFather gave."""

        service: HttpsOrigin = "https://api.telegram.org"
        token: SecretStr

    errors: ClassVar[ErrorTable] = {
        **IN_BODY,
        "409": Rule(Action.FAIL, "the bot has a webhook or another reader; use one way only", ConfigError),
    }

    def auth(self) -> InPath:
        return InPath("/bot", self.config.token)

    def feeds(self) -> Mapping[str, Feed]:
        wanted = "[" + ",".join(f'"{name}"' for name in (*MESSAGES, DELETED)) + "]"
        ask = {"limit": 100, "timeout": 0, "allowed_updates": wanted}
        return {"updates": Feed("/getUpdates", ask, PastLast("result", "update_id"), "result", upward="0")}

    def whoami(self) -> Me:
        me = _person(self.client.get("/getMe").json["result"])
        return Me(me.id, me.id, me.handle)

    @staticmethod
    def codes(body: Any) -> Sequence[str]:
        failed = isinstance(body, dict) and body.get("ok") is False
        return (str(body.get("error_code") or "unknown"),) if failed else ()

    @staticmethod
    def waits(body: Any) -> float | None:
        asked = dig(body, "parameters.retry_after")
        return float(asked) if isinstance(asked, int) else None

    @classmethod
    def items(cls, body: Any) -> Iterator[Raw]:
        found = body.get("result", body)
        for update in found if isinstance(found, list) else [found] if isinstance(found, dict) else ():
            gone = update.get(DELETED) if isinstance(update, dict) else None
            if gone:
                yield from ({"gone": number, "chat": gone["chat"]} for number in gone["message_ids"])
            else:
                yield update

    @classmethod
    def parse(cls, raw: Raw) -> Item:
        if "gone" in raw:
            return Deleted(platform="telegram", id=_id(raw["chat"], raw["gone"]))
        if "first_name" in raw:
            return _person(raw)
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
    return _person(who) if who else None


def _person(raw: Raw) -> Profile:
    names = (text(raw.get("first_name")), text(raw.get("last_name")))
    return Profile(
        platform="telegram",
        id=text_id(raw["id"]),
        handle=text(raw.get("username")),
        display_name=text(raw.get("title")) or " ".join(filter(None, names)),
        bio=text(raw.get("bio") or raw.get("description")),
        lang=text(raw.get("language_code")),
    )
