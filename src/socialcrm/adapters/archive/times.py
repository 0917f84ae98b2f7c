"""The ways exports write a time. Strict: what is not one of them is no time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from dateutil.parser import isoparser

from socialcrm.errors import BadRecord

_ISO = isoparser()  # any one character between day and time
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# X: "Fri Mar 06 13:02:05 +0000 2026"
_ENGLISH = re.compile(r"\w{3} (\w{3}) (\d\d) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d) (\d{4})", re.ASCII)
_UTC = re.compile(r"\s*(?:UTC|GMT)$")
_ZONE = re.compile(r"\s+(?=[+-]\d\d:?\d\d$)")


def written(value: Any, *, utc: bool = False) -> datetime:
    """Read a time as exports write it: ISO 8601 with ``T`` or a space, ``UTC`` for a zone, or X's English form.

    ``utc`` says that the platform writes UTC without a zone. Raises `BadRecord`.
    """
    if not isinstance(value, str) or not 16 <= len(value) <= 40:
        raise BadRecord("a time is missing or none that exports write")
    try:
        if found := _ENGLISH.fullmatch(value):
            return _english(found)
        read = _ISO.isoparse(_ZONE.sub("", _UTC.sub("+00:00", value)))
        if read.tzinfo is None:
            if not utc:
                raise BadRecord("a time has no zone")
            read = read.replace(tzinfo=UTC)
        return read.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadRecord("a time is none that exports write") from None


def _english(found: re.Match[str]) -> datetime:
    month, day, hour, minute, second, sign, hours, minutes, year = found.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes)) * (1 if sign == "+" else -1)
    zone = timezone(offset)
    moment = datetime(
        int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), min(int(second), 59), tzinfo=zone
    )
    return moment.astimezone(UTC)
