"""Record ids: 15 characters that mind their case, or the same with three more that say which were upper case.

Source: Salesforce API guide, "ID Field Type"; the checksum is described in "18-character record ID".
"""

from __future__ import annotations

import re
import string

from socialcrm.testing.salesforce.errors import ApiError

DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
CHECKSUM = string.ascii_uppercase + "012345"
INSTANCE = "Sk0"
_SHAPE = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?")


def suffix(short: str) -> str:
    """Three characters, each telling which of five characters of a 15-character id are upper case."""
    groups = (short[:5], short[5:10], short[10:15])
    return "".join(CHECKSUM[sum(1 << place for place, one in enumerate(group) if one.isupper())] for group in groups)


def numbered(prefix: str, number: int) -> str:
    """The 18-character id of an object's n-th record; ids that differ by case alone do occur."""
    digits = ""
    while number:
        number, rest = divmod(number, len(DIGITS))
        digits = DIGITS[rest] + digits
    short = prefix + INSTANCE + digits.rjust(12 - len(INSTANCE), "0")
    return short + suffix(short)


def canonical(value: object) -> str | None:
    """The 18-character form of an id, or ``None`` for what cannot be one."""
    if not isinstance(value, str) or not _SHAPE.fullmatch(value):
        return None
    long = value[:15] + suffix(value[:15])
    return long if len(value) == 15 or value == long else None


def checked(value: object, field: str = "Id", label: str = "") -> str:
    """The 18-character form of an id; raises ``MALFORMED_ID``."""
    found = canonical(value)
    if found is None:
        raise ApiError("MALFORMED_ID", f"{label or field}: id value of incorrect type: {value}", (field,))
    return found
