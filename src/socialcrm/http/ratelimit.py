"""Waiting as the other side asks: in ``Retry-After`` and in its rate limit headers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any, Protocol

from dateutil.parser import isoparse

from socialcrm.clock import Clock
from socialcrm.errors import BadResponse
from socialcrm.http import strict_json

# A wait is never longer than a day, whatever a header says: nobody means 1e9 seconds.
LONGEST = 86_400.0
SHORTEST = 1.0


class Reset(StrEnum):
    """How a platform writes the time at which its window starts anew."""

    EPOCH = "epoch seconds"
    INSTANT = "ISO 8601 instant"
    DELTA = "seconds from now"


class Allowance(Protocol):
    """Where a platform writes how much may still be asked; both read headers with names in lower case."""

    @property
    def by_path(self) -> bool:
        """Whether every address has an allowance of its own."""
        ...

    def spent(self, headers: Mapping[str, str]) -> bool:
        """Tell whether nothing is left."""
        ...

    def until_reset(self, headers: Mapping[str, str], now: datetime) -> float | None:
        """Seconds until more may be asked, or ``None`` where the answer does not say."""
        ...


@dataclass(frozen=True)
class RateHeaders:
    """The names of a platform's rate limit headers, and the form of the reset.

    ``by_path`` says that every address has an allowance of its own.
    """

    remaining: str
    reset: str
    form: Reset
    by_path: bool = False

    def spent(self, headers: Mapping[str, str]) -> bool:
        remaining = _number(headers.get(self.remaining.lower(), ""))
        return remaining is not None and remaining < 1

    def until_reset(self, headers: Mapping[str, str], now: datetime) -> float | None:
        return _until(headers.get(self.reset.lower(), ""), self.form, now)


@dataclass(frozen=True)
class UsageHeaders:
    """Headers in JSON that tell what share of an allowance is used, in percent, as the Graph API has them.

    ``{"call_count": 28, "total_time": 25}`` or, by account, lists of such objects with
    ``estimated_time_to_regain_access`` in minutes
    (https://developers.facebook.com/docs/graph-api/overview/rate-limiting).
    """

    names: tuple[str, ...]
    shares: tuple[str, ...] = ("call_count", "total_time", "total_cputime")
    regain: str = "estimated_time_to_regain_access"
    full: float = 100.0
    by_path: bool = False

    def spent(self, headers: Mapping[str, str]) -> bool:
        used = (_number(str(usage.get(share, ""))) for usage in self._usages(headers) for share in self.shares)
        return any(share is not None and share >= self.full for share in used)

    def until_reset(self, headers: Mapping[str, str], now: datetime) -> float | None:
        waits = [_number(str(usage.get(self.regain, ""))) for usage in self._usages(headers)]
        told = [minutes * 60 for minutes in waits if minutes]
        return max(told) if told else None

    def _usages(self, headers: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        for name in self.names:
            try:
                told = strict_json.loads(headers.get(name.lower(), "").encode(errors="replace"))
            except BadResponse:
                continue
            nodes = [told, *(told.values() if isinstance(told, dict) else ())]
            yield from (
                usage
                for node in nodes
                for usage in (node if isinstance(node, list) else [node])
                if isinstance(usage, dict)
            )


class RateLimiter:
    """Remembers the last answer's allowance and says how long to wait before the next request."""

    def __init__(self, headers: Allowance | None, clock: Clock) -> None:
        self._headers, self._clock = headers, clock
        self._free_at: dict[str, float] = {}

    def note(self, headers: Mapping[str, str], path: str = "") -> None:
        """Read an answer's headers; what they do not say plainly changes nothing."""
        if self._headers is not None and self._headers.spent(headers):
            self._free_at[self._scope(path)] = self._clock.monotonic() + (self.reset_in(headers) or 0.0)

    def reset_in(self, headers: Mapping[str, str]) -> float | None:
        """Seconds until the window starts anew, or ``None`` where the answer does not say."""
        seconds = self._headers.until_reset(headers, self._clock.now()) if self._headers else None
        # A second more: platforms round the reset down.
        return None if seconds is None else min(max(seconds, 0.0) + SHORTEST, LONGEST)

    def due_in(self, path: str = "") -> float:
        """Seconds to wait before the next request may be sent."""
        return max(0.0, self._free_at.get(self._scope(path), 0.0) - self._clock.monotonic())

    def _scope(self, path: str) -> str:
        return path if self._headers is not None and self._headers.by_path else ""


def retry_after(value: str, now: datetime) -> float | None:
    """Read a ``Retry-After`` header: seconds, or an HTTP date; clamped to between a second and a day.

    ``None`` where there is none or it says nothing, so that the caller backs off on its own.
    """
    seconds = _number(value)
    if seconds is None:
        try:
            date = parsedate_to_datetime(value)
        except (TypeError, ValueError, OverflowError, IndexError):
            return None
        seconds = (date.replace(tzinfo=date.tzinfo or UTC) - now).total_seconds()
    return clamped(seconds)


def clamped(seconds: float | None) -> float | None:
    """Bring a wait the other side asks for between a second and a day."""
    return None if seconds is None else min(max(seconds, SHORTEST), LONGEST)


def _until(value: str, form: Reset, now: datetime) -> float | None:
    if form is Reset.INSTANT:
        try:
            instant = isoparse(value)
            return None if instant.tzinfo is None else (instant - now).total_seconds()
        except (ValueError, OverflowError):
            return None
    seconds = _number(value)
    return seconds - now.timestamp() if form is Reset.EPOCH and seconds is not None else seconds


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
