"""The questions platforms ask before they push, and every so often after.

Two of them ask for an HMAC made with the very key that signs their pushes. So that nobody can have
a forged body signed by asking, a question may only look like the platform's own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from socialcrm.webhooks.proofs import in_base64, in_hex, mac, same

Query = Mapping[str, str]

# No bracket, quote or colon: a code of this is a code of no body.
_ASKED = re.compile(r"[A-Za-z0-9+/=_-]{1,256}")
_ECHOED = re.compile(r"[\x21-\x7e]{1,1024}")


@dataclass(frozen=True, slots=True)
class Known:
    """What a handshake may use: the secrets, newest first, and what was agreed on with the platform."""

    secrets: Sequence[bytes] = ()
    verify_token: bytes = b""
    topics: tuple[str, ...] = ()
    confirmation: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a question; ``None`` for ``text`` refuses it."""

    text: str | None
    content_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Crc:
    """X's challenge-response check: the token's HMAC. https://docs.x.com/x-api/webhooks/introduction"""

    needs_secret: bool = True

    def asked(self, query: Query, known: Known) -> Reply:
        token = query.get("crc_token", "")
        if not _ASKED.fullmatch(token):
            return Reply(None)
        code = in_base64(mac(known.secrets[0], token.encode())).decode()
        return Reply(json.dumps({"response_token": f"sha256={code}"}), "application/json")


@dataclass(frozen=True, slots=True)
class ChallengeCode:
    """LinkedIn's validation. https://learn.microsoft.com/linkedin/shared/api-guide/webhook-validation"""

    needs_secret: bool = True

    def asked(self, query: Query, known: Known) -> Reply:
        code = query.get("challengeCode", "")
        if not _ASKED.fullmatch(code):
            return Reply(None)
        response = in_hex(mac(known.secrets[0], code.encode())).decode()
        return Reply(json.dumps({"challengeCode": code, "challengeResponse": response}), "application/json")


@dataclass(frozen=True, slots=True)
class Hub:
    """The handshake of WebSub and of Meta: echo a challenge, if it is about what we asked for.

    That is shown by the token that was agreed on, or by a topic that is wanted (https://www.w3.org/TR/websub/#hub-verifies-intent).
    """

    needs_secret: bool = False

    def asked(self, query: Query, known: Known) -> Reply:
        challenge, token = query.get("hub.challenge", ""), query.get("hub.verify_token", "")
        wanted = query.get("hub.topic", "") in known.topics
        agreed = bool(known.verify_token) and same(token.encode(), [known.verify_token])
        fine = query.get("hub.mode") in {"subscribe", "unsubscribe"} and _ECHOED.fullmatch(challenge)
        return Reply(challenge if fine and (wanted or agreed) else None)


def confirmation(body: Any, known: Known) -> Reply | None:
    """VK's question comes as a push: answer the text from its settings. https://dev.vk.com/api/callback/getting-started"""
    if not isinstance(body, dict) or body.get("type") != "confirmation":
        return None
    ours = not known.group or str(body.get("group_id")) == known.group
    return Reply(known.confirmation if ours and known.confirmation else None)
