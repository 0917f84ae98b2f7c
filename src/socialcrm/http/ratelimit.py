"""Waiting as the other side asks: in ``Retry-After`` and in its rate limit headers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

from dateutil.parser import isoparse

from socialcrm.clock import Clock

# A wait is never longer than a day, whatever a header says: nobody means 1e9 seconds.
LONGEST = 86_400.0
SHORTEST = 1.0


class Reset(StrEnum):
    """How a platform writes the time at which its window starts anew."""

    EPOCH = "epoch seconds"
    INSTANT = "ISO 8601 instant"
    DELTA = "seconds from now"


@dataclass(frozen=True, slots=True)
class RateHeaders:
    """The names of a platform's rate limit headers, and the form of the reset."""

    remaining: str
    reset: str
    form: Reset


class RateLimiter:
    """Remembers the last answer's allowance and says how long to wait before the next request."""

    def __init__(self, headers: RateHeaders | None, clock: Clock) -> None:
        self._headers, self._clock = headers, clock
        self._free_at = 0.0

    def note(self, headers: Mapping[str, str]) -> None:
        """Read an answer's headers; what they do not say plainly changes nothing."""
        if self._headers is None:
            return
        remaining = _number(headers.get(self._headers.remaining.lower(), ""))
        if remaining is not None and remaining < 1:
            self._free_at = self._clock.monotonic() + (self.reset_in(headers) or 0.0)

    def reset_in(self, headers: Mapping[str, str]) -> float | None:
        """Seconds until the window starts anew, or ``None`` where the answer does not say."""
        if self._headers is None:
            return None
        seconds = _until(headers.get(self._headers.reset.lower(), ""), self._headers.form, self._clock.now())
        # A second more: platforms round the reset down.
        return None if seconds is None else min(max(seconds, 0.0) + SHORTEST, LONGEST)

    def due_in(self) -> float:
        """Seconds to wait before the next request may be sent."""
        return max(0.0, self._free_at - self._clock.monotonic())


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
