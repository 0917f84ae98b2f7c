"""Record ids: 15 characters whose case counts, or 18 that anything may compare."""

from __future__ import annotations

import re

_SHORT = re.compile(r"[A-Za-z0-9]{15}")
_LONG = re.compile(r"[A-Za-z0-9]{18}")
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def long_id(value: str) -> str:
    """Write an id with 18 characters; what is no id comes back as it was.

    The last three characters say which of the first 15 are capitals, five at a time, lowest bit first
    (SOAP API guide, "ID field type").
    """
    if not _SHORT.fullmatch(value):
        return value
    checks = (sum(1 << at for at, one in enumerate(value[start : start + 5]) if one.isupper()) for start in (0, 5, 10))
    return value + "".join(_CHECK[check] for check in checks)


def is_id(value: str) -> bool:
    """Tell whether a text has the form of a record id."""
    return bool(_LONG.fullmatch(value) or _SHORT.fullmatch(value))


def prefix(value: str) -> str:
    """The three characters that name the object: 003 is Contact, 00Q is Lead."""
    return value[:3]
