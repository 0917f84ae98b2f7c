"""Rows that a running call has locked: their children cannot be written by another call meanwhile.

Source: Bulk API guide, "General Guidelines for Data Loads"; Salesforce help, "UNABLE_TO_LOCK_ROW". The real one waits
up to ten seconds for the lock; this one refuses at once, which is the strict reading.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from socialcrm.testing.salesforce.errors import ApiError


class RowLocks:
    """Who holds which row."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held: dict[str, object] = {}
        self.refusals = 0

    @contextmanager
    def held(self, *record_ids: str) -> Iterator[None]:
        """Hold rows for a while, as a colleague's open transaction or a trigger does."""
        owner = object()
        for record_id in record_ids:
            self.take(record_id, owner)
        try:
            yield
        finally:
            self.release(owner)

    def take(self, record_id: str | None, owner: object) -> None:
        """Lock a row for a call; raises ``UNABLE_TO_LOCK_ROW`` where another call holds it."""
        if record_id is None:
            return
        with self._guard:
            if self._held.setdefault(record_id, owner) is not owner:
                self.refusals += 1
                raise ApiError(
                    "UNABLE_TO_LOCK_ROW",
                    f"unable to obtain exclusive access to this record or 1 records: {record_id}",
                )

    def release(self, owner: object) -> None:
        """Let go of all that a call holds."""
        with self._guard:
            self._held = {record_id: one for record_id, one in self._held.items() if one is not owner}
