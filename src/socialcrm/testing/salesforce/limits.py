"""What an org may use a day: calls, storage, bulk jobs.

Sources: "Salesforce Developer Limits and Allocations" (API requests, Bulk API); REST API guide, "Limits" and
"Limit Info Header"; the sentences of the two meanings of ``REQUEST_LIMIT_EXCEEDED`` as seen in public reports.
"""

from __future__ import annotations

import threading
from collections import deque
from datetime import datetime, timedelta
from typing import Any

from socialcrm.clock import Clock
from socialcrm.testing.salesforce.errors import ApiError

DAY = timedelta(hours=24)
RECORD_KILOBYTES = 2
"""A task or a contact counts as 2 KB of data storage, whatever its texts are."""


class Limits:
    """Counts over a rolling day."""

    def __init__(self, clock: Clock, *, daily: int = 100_000, storage_records: int = 1_000_000) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._calls: deque[datetime] = deque()
        self.daily = daily
        self.storage_records = storage_records
        self.elsewhere = 0
        self.too_many_at_once = 0

    @property
    def used(self) -> int:
        """Calls of the last 24 hours, those of the org's other users included."""
        with self._guard:
            oldest = self._clock.now() - DAY
            while self._calls and self._calls[0] <= oldest:
                self._calls.popleft()
            return len(self._calls) + self.elsewhere

    @property
    def header(self) -> str:
        """The value of ``Sforce-Limit-Info``."""
        return f"api-usage={self.used}/{self.daily}"

    def count(self) -> None:
        """Count one call; raises ``REQUEST_LIMIT_EXCEEDED`` in one of its two meanings."""
        if self.used >= self.daily:
            raise ApiError("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        with self._guard:
            self._calls.append(self._clock.now())
            if self.too_many_at_once:
                self.too_many_at_once -= 1
                raise ApiError("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded.")

    def more(self, calls: int) -> None:
        """Count further subrequests of a batch, each of which is a call of its own."""
        with self._guard:
            self._calls.extend([self._clock.now()] * calls)

    def report(self, records: int) -> dict[str, Any]:
        """The answer of ``/limits``."""
        storage = self.storage_records * RECORD_KILOBYTES // 1024
        taken = records * RECORD_KILOBYTES // 1024
        return {
            "DailyApiRequests": {"Max": self.daily, "Remaining": max(0, self.daily - self.used)},
            "DailyBulkApiBatches": {"Max": 15_000, "Remaining": 15_000},
            "DailyBulkV2QueryJobs": {"Max": 10_000, "Remaining": 10_000},
            "DataStorageMB": {"Max": storage, "Remaining": max(0, storage - taken)},
        }
