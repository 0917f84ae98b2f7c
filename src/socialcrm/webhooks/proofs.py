"""How a push proves where it comes from, as values. All comparisons are of bytes and in constant time.

A framework that parsed and wrote the body anew has broken the signature: proofs take raw bytes.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from socialcrm.http import strict_json

Headers = Mapping[str, bytes]

_SECONDS = re.compile(rb"\d{1,11}")


class Proof(Protocol):
    """What a platform sends along to prove that a push is its own."""

    def holds(self, secrets: Sequence[bytes], headers: Headers, body: bytes, now: datetime, window: timedelta) -> bool:
        """Whether any of the secrets proves this body; each is tried, so that rotation shows in no timing."""


def mac(secret: bytes, message: bytes, digest: str = "sha256") -> bytes:
    """HMAC of a message (RFC 2104)."""
    return hmac.new(secret, message, digest).digest()


def in_hex(code: bytes) -> bytes:
    """Write a code as most platforms do."""
    return code.hex().encode()


def same(given: bytes, expected: Sequence[bytes]) -> bool:
    """Compare with every expected value, to the end."""
    return sum(hmac.compare_digest(given, one) for one in expected) > 0


@dataclass(frozen=True, slots=True)
class Signed:
    """An HMAC of the raw body in a header.

    ``digests`` may be used; where the header names one before the code (``sha256=``), it is ``named``.
    ``before`` is signed in front of the body.
    """

    header: str
    digests: tuple[str, ...] = ("sha256",)
    named: bool = True
    write: Callable[[bytes], bytes] = in_hex
    before: bytes = b""

    def holds(self, secrets: Sequence[bytes], headers: Headers, body: bytes, now: datetime, window: timedelta) -> bool:
        given = headers.get(self.header, b"").strip()
        digest = self.digests[0]
        if self.named:
            name, _, given = given.partition(b"=")
            digest = next((one for one in self.digests if one.encode() == name.lower()), "")
            if not digest:
                return False
        message = self.before + body
        return same(given, [self.write(mac(secret, message, digest)) for secret in secrets])


@dataclass(frozen=True, slots=True)
class Stamped:
    """An HMAC of time and body in one header, ``t=SECONDS,s=CODE``; the time must be near, before or after.

    A time in milliseconds, or none, is refused.
    """

    header: str
    time: str = "t"
    code: str = "s"

    def holds(self, secrets: Sequence[bytes], headers: Headers, body: bytes, now: datetime, window: timedelta) -> bool:
        told = [part.strip().partition(b"=") for part in headers.get(self.header, b"").split(b",")]
        stamp = next((value for name, _, value in told if name == self.time.encode()), b"")
        codes = [value for name, _, value in told if name == self.code.encode()][:4]
        if not _SECONDS.fullmatch(stamp) or abs(int(stamp) - now.timestamp()) > window.total_seconds():
            return False
        expected = [in_hex(mac(secret, stamp + b"." + body)) for secret in secrets]
        return sum(same(code, expected) for code in codes) > 0


@dataclass(frozen=True, slots=True)
class TokenHeader:
    """The secret itself in a header; nothing proves the body."""

    header: str

    def holds(self, secrets: Sequence[bytes], headers: Headers, body: bytes, now: datetime, window: timedelta) -> bool:
        return same(_hidden(headers.get(self.header, b"")), [_hidden(secret) for secret in secrets])


@dataclass(frozen=True, slots=True)
class TokenField:
    """The secret itself in a field of the body; nothing proves the rest."""

    field: str

    def holds(self, secrets: Sequence[bytes], headers: Headers, body: bytes, now: datetime, window: timedelta) -> bool:
        told = strict_json.loads(body)
        given = told.get(self.field) if isinstance(told, dict) else None
        given = given if isinstance(given, str) else ""
        return same(_hidden(given.encode()), [_hidden(secret) for secret in secrets])


def in_base64(code: bytes) -> bytes:
    """Write a code as X does."""
    return b64encode(code)


def _hidden(token: bytes) -> bytes:
    """A token of any length in one length, since comparing shows lengths."""
    return hashlib.sha256(token).digest()
