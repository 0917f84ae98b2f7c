"""How each platform pushes, in one table: how it proves itself, what it asks, what it wants to hear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from socialcrm.webhooks.handshakes import ChallengeCode, Crc, Hub
from socialcrm.webhooks.proofs import Proof, Signed, Stamped, TokenField, TokenHeader, in_base64


@dataclass(frozen=True, slots=True)
class Scheme:
    """One platform's way to push. ``answer`` acknowledges; ``xml`` bodies are handed on as text.

    ``confirms`` says that the platform asks for a text of its settings in a push.
    ``asks`` are the settings of which one answers its question.
    """

    proof: Proof
    handshake: Crc | ChallengeCode | Hub | None = None
    answer: str = ""
    xml: bool = False
    confirms: bool = False
    asks: tuple[tuple[str, ...], ...] = ()


_META = Scheme(Signed("x-hub-signature-256"), Hub(), asks=(("verify_token",),))

SCHEMES: Mapping[str, Scheme] = MappingProxyType(
    {
        # https://developers.facebook.com/docs/graph-api/webhooks/getting-started
        "facebook": _META,
        "instagram": _META,
        "threads": _META,
        "whatsapp": _META,
        # https://learn.microsoft.com/linkedin/shared/api-guide/webhook-validation
        "linkedin": Scheme(Signed("x-li-signature", named=False, before=b"hmacsha256="), ChallengeCode()),
        # https://core.telegram.org/bots/api#setwebhook
        "telegram": Scheme(TokenHeader("x-telegram-bot-api-secret-token")),
        # https://developers.tiktok.com/doc/webhooks-verification
        "tiktok": Scheme(Stamped("tiktok-signature")),
        # https://dev.vk.com/api/callback/getting-started
        "vk": Scheme(TokenField("secret"), answer="ok", confirms=True, asks=(("confirmation",),)),
        # https://docs.x.com/x-api/webhooks/introduction
        "x": Scheme(Signed("x-twitter-webhooks-signature", write=in_base64), Crc()),
        # https://www.w3.org/TR/websub/#signature-validation
        "youtube": Scheme(
            Signed("x-hub-signature", ("sha256", "sha512", "sha384", "sha1")),
            Hub(),
            xml=True,
            asks=(("topics", "verify_token"),),
        ),
    }
)
"""The platforms that push, by the name of their adapter."""
