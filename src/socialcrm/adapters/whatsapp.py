"""WhatsApp Business messages, as Meta pushes them; there is nothing to fetch.

https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from socialcrm.adapters.base import Adapter, AdapterInfo, Capability, Item, Page, Raw
from socialcrm.adapters.fields import epoch, objects, text, text_id
from socialcrm.errors import BadResponse
from socialcrm.http.exchange import Exchange
from socialcrm.http.strict_json import dig
from socialcrm.model import Direction, Finding, Kind, Media, Post, Profile, Skipped, Visibility

MEDIA = ("image", "video", "audio", "document", "sticker")
# Where the words of a message stand, by its sort.
WORDS = (
    "text.body", "image.caption", "video.caption", "document.caption", "button.text",
    "interactive.button_reply.title", "interactive.list_reply.title", "reaction.emoji",
)  # fmt: skip


class WhatsApp(Adapter):
    """Messages to the brand's numbers, and its own ones where Meta echoes them. Received by a webhook only."""

    info = AdapterInfo(
        name="whatsapp",
        title="WhatsApp Business",
        docs="https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components",
        can=frozenset({Capability.MESSAGES, Capability.WEBHOOKS}),
    )

    def streams(self) -> tuple[str, ...]:
        return ()

    def fetch(self, stream: str, cursor: str | None) -> Iterator[Page]:
        raise self._unsupported(stream)

    def check(self) -> Iterator[Finding]:
        remedy = "remove this source; write [webhooks.whatsapp] and hand requests over to it"
        yield Finding(ok=False, what=f"{self.label}: there is nothing to fetch", remedy=remedy)

    @classmethod
    def replay_parse(cls, exchange: Exchange) -> list[Item]:
        return cls.parse_push(exchange.body)

    @classmethod
    def parse_push(cls, body: Any) -> list[Item]:
        if not isinstance(body, dict) or not isinstance(body.get("entry"), list):
            raise BadResponse("whatsapp: the push has another shape than documented")
        return [cls.read(raw) for raw in _pushed(body)]

    @classmethod
    def parse(cls, raw: Raw) -> Item:
        if "_field" in raw:
            return Skipped(platform="whatsapp", reason=f"not a message: {raw['_field'][:40]}")
        number, words = text_id(raw["from"]), (text(dig(raw, key)) for key in WORDS)
        answered = dig(raw, "context.id")
        kinds = [key for key in MEDIA if isinstance(raw.get(key), dict)]
        return Post(
            platform="whatsapp",
            id=text_id(raw["id"]),
            kind=Kind.MESSAGE,
            direction=Direction.OUTBOUND if raw["_echo"] else Direction.INBOUND,
            visibility=Visibility.PRIVATE,
            author=Profile(platform="whatsapp", id=number, display_name=text(raw["_names"].get(number))),
            text=next(filter(None, words), ""),
            created_at=epoch(raw["timestamp"]),
            conversation_id=text_id(raw["to"]) if raw["_echo"] and raw.get("to") else number,
            in_reply_to=text_id(answered) if answered else None,
            media=tuple(Media(type=key) for key in kinds),
        )


def _pushed(body: Raw) -> Iterator[Raw]:
    """List the messages of an envelope, each told the names that came with it."""
    for entry in objects(body["entry"]):
        for change in objects(entry.get("changes")):
            value = change.get("value")
            value = value if isinstance(value, dict) else {}
            names = {text(one.get("wa_id")): dig(one, "profile.name") for one in objects(value.get("contacts"))}
            told = [
                (one, key == "message_echoes") for key in ("messages", "message_echoes") for one in _listed(value, key)
            ]
            for one, echo in told:
                yield {**one, "_names": names, "_echo": echo} if isinstance(one, dict) else one
            if not told:
                yield {
                    "_field": text(next(iter(value.keys() - {"messaging_product", "metadata"}), change.get("field")))
                }


def _listed(value: Raw, key: str) -> list[Any]:
    found = value.get(key)
    return found if isinstance(found, list) else []
