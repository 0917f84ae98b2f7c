"""What a store offers to people's rights: not to be stored, to be erased, and to know who did what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Something that a person or a rule did, and when; ``detail`` names no person outside a living decision."""

    at: datetime
    by: str
    action: str
    detail: Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Expiry:
    """Which posts have been kept long enough: instants before which they were written, or last seen on the platform.

    ``unshown_before`` concerns posts that are on no timeline and wait for nobody.
    """

    written_before: datetime | None = None
    seen_before: datetime | None = None
    unshown_before: datetime | None = None


class Suppression(Protocol):
    """People who must not be stored: keyed hashes, never names."""

    def add(self, kind: str, value: str, *, reason: str) -> None:
        """Suppress a ``profile`` (``platform:id``), an ``email`` or a ``contact``."""
        ...

    def covers(self, kind: str, value: str) -> bool: ...

    def hashed(self, kind: str, value: str) -> str:
        """The keyed hash under which somebody stands on the list."""
        ...

    def restore(self, hashes: Sequence[tuple[str, str]], *, reason: str) -> int:
        """Put (kind, hash) pairs of an earlier list back; returns how many were missing."""
        ...


class Erasure(Protocol):
    """Rows leave for good, and the keys of what the CRM still shows are kept until it has confirmed."""

    def profile(self, platform: str, profile_id: str) -> int:
        """Erase an account: posts, the brand's answers to them, handles, decisions; returns how many posts."""
        ...

    def contact(self, contact_id: str) -> int:
        """Erase a contact from the mirror, with every account linked to it; returns how many posts."""
        ...

    def expire(self, platform: str, kind: str, rule: Expiry, limit: int) -> int:
        """Erase up to ``limit`` posts of one platform and kind that a rule no longer lets us keep."""
        ...

    def kinds(self) -> list[tuple[str, str]]:
        """The (platform, kind) pairs of stored posts."""
        ...

    def suppressed(self) -> tuple[list[tuple[str, str]], list[str]]:
        """Stored accounts (platform, id) and contacts that are on the suppression list."""
        ...

    def pending(self, limit: int) -> list[str]:
        """Keys of erased entries that the CRM has not confirmed yet, oldest first."""
        ...

    def confirm(self, keys: Iterable[str]) -> None:
        """Forget the keys of entries that the CRM has removed."""
        ...

    def scrub(self) -> None:
        """Leave no bytes of erased rows in the file; raises `StoreError` while somebody reads it."""
        ...


class Audit(Protocol):
    """Who did what, append-only."""

    def note(self, action: str, *, by: str, **detail: str | int | None) -> None:
        """Append an event; ``detail`` must name no person."""
        ...

    def last(self, action: str) -> AuditEvent | None:
        """The latest event of one sort."""
        ...

    def events(self, since: datetime | None = None) -> Iterator[AuditEvent]:
        """Decisions and events together, oldest first."""
        ...
