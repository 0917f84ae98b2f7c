"""What all holders of one credential share: the platform's quota, its pauses, and the refresh token in force.

A process by itself keeps that in memory (`Alone`); a store keeps it for several workers.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from socialcrm.clock import Clock

_NEVER = 2**62


class Ledger(Protocol):
    """Shared by everybody who uses a credential; ``name`` tells credentials apart and holds no secret."""

    def take(self, name: str, units: int, *, limit: int, period: datetime) -> bool:
        """Take units of a quota of ``limit`` that began at ``period``; false when too few are left."""
        ...

    def pause(self, name: str, until: datetime) -> None:
        """Note that the platform wants no request before ``until``."""
        ...

    def paused(self, name: str) -> datetime | None:
        """The instant before which no request may be sent, if one was noted."""
        ...

    def token(self, name: str) -> SecretStr | None:
        """The refresh token that replaced the configured one."""
        ...

    def keep_token(self, name: str, token: SecretStr) -> bool:
        """Keep a refresh token, sealed; false where there is no key to seal it with."""
        ...

    def rotating(self, name: str) -> AbstractContextManager[None]:
        """Keep others from renewing this credential meanwhile."""
        ...


class Alone:
    """A ledger in memory, for one process."""

    def __init__(self) -> None:
        self._used: dict[tuple[str, datetime], int] = {}
        self._paused: dict[str, datetime] = {}
        self._lock = threading.RLock()

    def take(self, name: str, units: int, *, limit: int, period: datetime) -> bool:
        with self._lock:
            used = self._used.get((name, period), 0)
            if used + units > limit:
                return False
            self._used = {(name, period): used + units}
            return True

    def pause(self, name: str, until: datetime) -> None:
        self._paused[name] = until

    def paused(self, name: str) -> datetime | None:
        return self._paused.get(name)

    def token(self, name: str) -> SecretStr | None:
        return None

    def keep_token(self, name: str, token: SecretStr) -> bool:
        return False

    @contextmanager
    def rotating(self, name: str) -> Iterator[None]:
        with self._lock:
            yield


class Period(StrEnum):
    """How often a quota begins anew."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Quota:
    """A platform's quota in units: how many a period gives where the platform says so, and when periods begin.

    ``costs`` are the units of one call, by path; any other call takes one. With ``items`` not calls are
    counted but what they return.
    """

    period: Period
    units: int | None = None
    zone: str = "UTC"
    items: bool = False
    costs: Mapping[str, int] | None = None

    def bounds(self, now: datetime) -> tuple[datetime, datetime]:
        """The beginning and end of the period that ``now`` lies in, at midnight in the platform's zone."""
        today = now.astimezone(ZoneInfo(self.zone)).replace(hour=0, minute=0, second=0, microsecond=0)
        if self.period is Period.DAY:
            return today, (today + timedelta(days=1))
        first = today.replace(day=1)
        return first, (first + timedelta(days=32)).replace(day=1)


class Budget:
    """What one credential may still ask; asked before every request."""

    def __init__(self, ledger: Ledger, name: str, *, quota: Quota | None, limit: int | None, clock: Clock) -> None:
        self._ledger, self._name, self._quota, self._clock = ledger, name, quota, clock
        self.limit = limit if limit is not None or quota is None else quota.units

    def due_in(self, path: str) -> float:
        """Take the units of a call and return 0, or return how many seconds to wait before any are left."""
        now = self._clock.now()
        until = self._ledger.paused(self._name)
        if until is not None and until > now:
            return (until - now).total_seconds()
        if self.limit is None or self._quota is None:
            return 0.0
        begins, ends = self._quota.bounds(now)
        # Before a call nobody knows how many items it will return: one at least must be left.
        cost, limit = (0, self.limit - 1) if self._quota.items else ((self._quota.costs or {}).get(path, 1), self.limit)
        free = self._ledger.take(self._name, cost, limit=limit, period=begins)
        return 0.0 if free else (ends - now).total_seconds()

    def spend(self, items: int) -> None:
        """Count what a call returned, where the platform counts that."""
        if items and self.limit is not None and self._quota is not None and self._quota.items:
            begins, _ = self._quota.bounds(self._clock.now())
            self._ledger.take(self._name, items, limit=_NEVER, period=begins)

    def pause(self, seconds: float) -> None:
        """Tell everybody with this credential that the platform wants no request for so long."""
        self._ledger.pause(self._name, self._clock.now() + timedelta(seconds=seconds))
