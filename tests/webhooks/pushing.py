"""Invented pushes of every platform, and the signatures their platforms would make."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

SECRET = "invented-secret"
NOW = datetime(2026, 3, 1, 13, tzinfo=UTC)
Sign = Callable[[bytes, str], dict[str, str]]


def code(secret: str, body: bytes, digest: str = "sha256") -> bytes:
    return hmac.new(secret.encode(), body, digest).digest()


def meta(body: bytes, secret: str) -> dict[str, str]:
    return {"X-Hub-Signature-256": "sha256=" + code(secret, body).hex()}


def x(body: bytes, secret: str) -> dict[str, str]:
    return {"x-twitter-webhooks-signature": "sha256=" + b64encode(code(secret, body)).decode()}


def linkedin(body: bytes, secret: str) -> dict[str, str]:
    return {"X-LI-Signature": code(secret, b"hmacsha256=" + body).hex()}


def telegram(body: bytes, secret: str) -> dict[str, str]:
    return {"X-Telegram-Bot-Api-Secret-Token": secret}


def websub(body: bytes, secret: str) -> dict[str, str]:
    return {"X-Hub-Signature": "sha1=" + code(secret, body, "sha1").hex()}


def tiktok(body: bytes, secret: str, at: object = int(NOW.timestamp())) -> dict[str, str]:
    return {"TikTok-Signature": f"t={at},s={code(secret, f'{at}.'.encode() + body).hex()}"}


def vk(body: bytes, secret: str) -> dict[str, str]:
    return {}


def in_bytes(body: Any) -> bytes:
    """As Meta writes it: no spaces, everything beyond ASCII escaped."""
    return json.dumps(body, separators=(",", ":")).encode()


def comment(name: str = "10_20", text: str = "late again", verb: str = "add", at: int = 1772366400) -> dict[str, Any]:
    """A comment on a Page's post, as Facebook tells of it."""
    return {
        "field": "feed",
        "value": {
            "item": "comment",
            "verb": verb,
            "comment_id": name,
            "post_id": "1_10",
            "parent_id": "1_10",
            "from": {"id": "77", "name": "Ann Lee"},
            "message": text,
            "created_time": at,
        },
    }


def page(*changes: Any, at: int = 1772366401) -> dict[str, Any]:
    return {"object": "page", "entry": [{"id": "1", "time": at, "changes": list(changes)}]}


def whatsapp(*messages: Any) -> dict[str, Any]:
    value = {
        "messaging_product": "whatsapp",
        "contacts": [{"profile": {"name": "Ann Lee"}, "wa_id": "442079460101"}],
        "messages": list(messages),
    }
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "5", "changes": [{"value": value, "field": "messages"}]}],
    }


FEED = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns="http://www.w3.org/2005/Atom">
 <title>YouTube video feed</title>
 <entry>
  <id>yt:video:vid1</id><yt:videoId>vid1</yt:videoId><yt:channelId>UC1</yt:channelId>
  <title>Cabin tour</title><link rel="alternate" href="https://www.youtube.com/watch?v=vid1"/>
  <author><name>Skylark Air</name><uri>https://www.youtube.com/channel/UC1</uri></author>
  <published>2026-03-01T10:00:00+00:00</published><updated>2026-03-01T10:00:05+00:00</updated>
 </entry>
</feed>"""


@dataclass(frozen=True)
class Pushed:
    """One platform's push: what it is, how it is signed, which post it brings, what is nothing to us."""

    sign: Sign
    body: bytes
    ids: tuple[str, ...]
    unknown: bytes


PUSHES = {
    "facebook": Pushed(meta, in_bytes(page(comment())), ("10_20",), in_bytes(page({"field": "novel", "value": {}}))),
    "instagram": Pushed(
        meta,
        in_bytes(
            {
                "object": "instagram",
                "entry": [
                    {
                        "id": "1",
                        "time": 1772366400,
                        "changes": [
                            {
                                "field": "comments",
                                "value": {
                                    "id": "501",
                                    "from": {"id": "77", "username": "ann"},
                                    "media": {"id": "50"},
                                    "text": "café closed",
                                },
                            }
                        ],
                    }
                ],
            }
        ),
        ("501",),
        in_bytes({"object": "instagram", "entry": [{"id": "1", "time": 1, "changes": [{"field": "novel"}]}]}),
    ),
    "threads": Pushed(
        meta,
        in_bytes(
            {
                "app_id": "1",
                "topic": "moderate",
                "target_id": "2",
                "time": 1772366400,
                "values": {
                    "field": "replies",
                    "value": {
                        "id": "601",
                        "username": "ann",
                        "text": "late",
                        "media_type": "TEXT_POST",
                        "timestamp": "2026-03-01T10:00:00+0000",
                        "root_post": {"id": "60"},
                        "replied_to": {"id": "60"},
                    },
                },
            }
        ),
        ("601",),
        in_bytes({"app_id": "1", "topic": "novel", "time": 1, "values": {"field": "novel", "value": {}}}),
    ),
    "whatsapp": Pushed(
        meta,
        in_bytes(
            whatsapp({"from": "442079460101", "id": "wamid.1", "timestamp": "1772366400", "text": {"body": "hello"}})
        ),
        ("wamid.1",),
        in_bytes(
            {
                "object": "whatsapp_business_account",
                "entry": [{"id": "5", "changes": [{"field": "novel", "value": {}}]}],
            }
        ),
    ),
    "linkedin": Pushed(
        linkedin,
        in_bytes(
            {
                "type": "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS",
                "notifications": [
                    {
                        "action": "COMMENT",
                        "notificationId": 5,
                        "organizationalEntity": "urn:li:organization:1",
                        "sourcePost": "urn:li:share:10",
                        "generatedActivity": "urn:li:comment:(urn:li:activity:11,12)",
                        "decoratedGeneratedActivity": {
                            "comment": {
                                "entity": "urn:li:comment:(urn:li:activity:11,12)",
                                "object": "urn:li:activity:11",
                                "owner": "urn:li:person:abc",
                                "text": "late again",
                            }
                        },
                        "lastModifiedAt": 1772366400000,
                        "subscriber": "urn:li:person:me",
                    }
                ],
            }
        ),
        ("urn:li:comment:(urn:li:activity:11,12)",),
        in_bytes({"type": "NOVEL", "notifications": []}),
    ),
    "telegram": Pushed(
        telegram,
        in_bytes(
            {
                "update_id": 7,
                "message": {
                    "message_id": 3,
                    "date": 1772366400,
                    "chat": {"id": 77, "type": "private", "first_name": "Ann"},
                    "from": {"id": 77, "is_bot": False, "first_name": "Ann"},
                    "text": "hello",
                },
            }
        ),
        ("77_3",),
        in_bytes({"update_id": 8, "novel": {}}),
    ),
    "vk": Pushed(
        vk,
        in_bytes(
            {
                "type": "wall_reply_new",
                "event_id": "e1",
                "group_id": 1,
                "secret": SECRET,
                "object": {
                    "id": 9,
                    "from_id": 77,
                    "date": 1772366400,
                    "text": "late",
                    "post_owner_id": -1,
                    "post_id": 8,
                },
            }
        ),
        ("-1_9",),
        in_bytes({"type": "novel", "event_id": "e2", "group_id": 1, "secret": SECRET, "object": {}}),
    ),
    "x": Pushed(
        x,
        in_bytes(
            {
                "for_user_id": "1",
                "tweet_create_events": [
                    {
                        "id_str": "1900000000000000001",
                        "id": 1900000000000000001,
                        "created_at": "Sun Mar 01 12:00:00 +0000 2026",
                        "text": "@skylarkair late",
                        "user": {"id_str": "77", "screen_name": "ann", "name": "Ann Lee"},
                    }
                ],
            }
        ),
        ("1900000000000000001",),
        in_bytes({"for_user_id": "1", "novel_events": [{}]}),
    ),
    "youtube": Pushed(
        websub,
        FEED.encode(),
        ("vid1",),
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>nothing</title></feed>',
    ),
}

DIGESTS = sorted({"sha1", "sha256"} & set(hashlib.algorithms_available))
