"""The org's daily calls: how many are used, and how many stay for its other users.

Every answer says so in ``Sforce-Limit-Info: api-usage=18/5000`` (REST API guide, "Limit Info Header").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from socialcrm.clock import Clock
from socialcrm.errors import RateLimited

_USAGE = re.compile(r"(?:^|[;\s])api-usage=(\d{1,12})/(\d{1,12})")
PAUSE = timedelta(hours=1)


class DailyCalls:
    """Watches the usage and stops before the share that is left to others; asks again after an hour."""

    def __init__(self, clock: Clock, *, leave: float) -> None:
        self._clock, self._leave = clock, leave
        self.urgent = False  # what is taken back or erased may use the others' share
        self.used = self.total = 0
        self._seen_at = clock.monotonic()

    def watch(self, status: int, headers: Mapping[str, str]) -> None:
        """Note what an answer says; what cannot be read changes nothing."""
        found = _USAGE.search(headers.get("sforce-limit-info", ""))
        if found:
            self.used, self.total, self._seen_at = int(found[1]), int(found[2]), self._clock.monotonic()

    def require(self) -> None:
        """Raise `RateLimited` where the next call would come out of the share of the others."""
        if self.urgent:
            return
        old = self._clock.monotonic() - self._seen_at > PAUSE.total_seconds()
        if self.total and not old and self.used >= self.total * (1 - self._leave):
            raise RateLimited(
                f"{self.used} of the {self.total} API calls of the last 24 hours are used, and leave_calls keeps "
                f"{self._leave:.0%} for the org's other users; the next run tries again",
                retry_at=self._clock.now() + PAUSE,
            )
