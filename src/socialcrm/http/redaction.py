"""Secrets taken out of everything that is logged, raised or recorded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

REDACTED = "REDACTED"

# Compared without case, hyphens and underscores. Paging tokens are not secrets and stay.
_SECRET = frozenset(
    {"accesstoken", "refreshtoken", "accessjwt", "refreshjwt", "idtoken", "oauthtoken", "oauthtokensecret"}
    | {"oauthverifier", "bearertoken", "token", "usertoken", "privatetoken", "clientsecret", "appsecret"}
    | {"appsecretproof", "secret", "password", "passwd", "apppassword", "apikey", "xapikey", "authorization"}
    | {"cookie", "setcookie", "jwt", "assertion", "clientassertion", "session", "sessionid"}
)
_SECRET_IN_QUERY = _SECRET | {"key", "sig", "signature", "code", "crctoken", "hubverifytoken"}
_SECRET_IN_BODY = _SECRET | {"email", "emailaddress", "phone", "phonenumber"}

_JWT = re.compile(r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*")
_BEARER = re.compile(r"\b(Bearer|Basic|DPoP|OAuth)\s+[^\s\"',;]+", re.IGNORECASE)
_PAIR = re.compile(r"([\w.%\[\]-]+)=([^&\s\"'<>#]*)")
_USERINFO = re.compile(r"(?<=://)[^/\s@]+(?=@)")
_BOT = re.compile(r"(?<=/bot)\d+:[\w-]+")

KEPT_HEADERS = re.compile(r"content-type|link|retry-after|(x-)?rate-?limit.*|x-.*-usage|atproto-.*")


def is_secret(name: str, known: frozenset[str] = _SECRET_IN_QUERY) -> bool:
    """Tell whether a parameter, header or key of this name holds a secret."""
    return re.sub(r"[-_.\s]", "", name).lower() in known


def redact_text(text: str) -> str:
    """Take bearer tokens, signed tokens, user names in addresses and secret ``name=value`` pairs out of a text."""
    text = _BOT.sub(REDACTED, _USERINFO.sub(REDACTED, _JWT.sub(REDACTED, text)))
    text = _BEARER.sub(rf"\1 {REDACTED}", text)
    return _PAIR.sub(lambda pair: f"{pair[1]}={REDACTED}" if is_secret(pair[1]) else pair[0], text)


def redact_params(params: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Take secrets out of query parameters."""
    return [(name, REDACTED if is_secret(name) else redact_text(value)) for name, value in params]


def redact_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Keep only the headers that an adapter reads, redacted."""
    return {name: redact_text(value) for name, value in sorted(headers.items()) if KEPT_HEADERS.fullmatch(name)}


def redact_json(value: Any) -> Any:
    """Take secrets, mail addresses of accounts and phone numbers out of a parsed body."""
    if isinstance(value, dict):
        return {
            key: REDACTED if is_secret(key, _SECRET_IN_BODY) and isinstance(item, str) and item else redact_json(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [redact_json(item) for item in value]
    return _JWT.sub(REDACTED, value) if isinstance(value, str) else value
