"""Reading only what changed, from CRMs that can be asked for records since an instant.

Such a question misses what becomes visible late (an index that lags, a slow writer). Each run therefore
reads a little further back than the last one got, and leaves out what it has seen there.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from dateutil.parser import isoparse

_REMEMBERED = 5000
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


class ChangeWindow:
    """A cursor over records that carry the instant of their last change.

    ``since`` is where to ask from, ``None`` for everything. A cursor that cannot be read counts as none.
    """

    def __init__(self, cursor: str | None, *, overlap: timedelta, now: datetime) -> None:
        self._overlap, self._now = overlap, now
        self._at, self._seen = _parsed(cursor)
        self._start = self._at

    @property
    def since(self) -> datetime | None:
        return self._start - self._overlap if self._start else None

    def is_new(self, identity: str, version: str, changed: datetime | None) -> bool:
        """Note a record, and tell whether this state of it was not seen before; without an instant it always is new."""
        if changed is None:
            return True
        if self._seen.get(identity, ("",))[0] == version:
            return False
        # A stamp in the future must not carry the cursor past what is still to come.
        at = min(max(changed, _EARLIEST), self._now)
        self._at = max(self._at or at, at)
        self._seen[identity] = (version, at.isoformat())
        return True

    def cursor(self) -> str:
        """The place after everything noted so far."""
        if self._at is None:
            return json.dumps({"at": "", "seen": {}})
        edge = (self._at - self._overlap).isoformat()
        recent = sorted((pair[1], identity) for identity, pair in self._seen.items() if pair[1] >= edge)
        kept = {identity: self._seen[identity] for _, identity in recent[-_REMEMBERED:]}
        return json.dumps({"at": self._at.isoformat(), "seen": kept})

    def unmoved(self) -> str:
        """The place where this reading began: for records that come in no order, until all of them are read."""
        start = self._start.isoformat() if self._start else ""
        return json.dumps({"at": start, "seen": {}})


def _parsed(cursor: str | None) -> tuple[datetime | None, dict[str, tuple[str, str]]]:
    try:
        raw = json.loads(cursor or "{}")
        at = max(isoparse(raw["at"]).astimezone(UTC), _EARLIEST) if raw.get("at") else None
        return at, {str(one): (str(pair[0]), str(pair[1])) for one, pair in raw.get("seen", {}).items()}
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, OverflowError):
        return None, {}


def moment(value: Any, form: str = "") -> datetime | None:
    """Read a record's instant: ISO 8601 (UTC where it names no zone), or a number of seconds or milliseconds."""
    try:
        if form in {"epoch", "epoch_ms"}:
            number = float(value) / (1000 if form == "epoch_ms" else 1)
            return datetime.fromtimestamp(number, tz=UTC)
        found = isoparse(value) if isinstance(value, str) else None
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC) if found else None
    except (ValueError, TypeError, OverflowError, OSError):
        return None
