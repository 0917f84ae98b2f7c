"""JSON from strangers: bounded, lossless for whole numbers, its texts cleaned once for all that follows."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from socialcrm.errors import BadResponse
from socialcrm.text import clean

Json = Any

# How NUL and surrogates, which no database stores, can be written; a pair of them is an emoji and stays.
_SUSPECT = re.compile(rb"\\u(?:0000|d[89a-f])", re.IGNORECASE)


class NotJSON(BadResponse):
    """A body is not JSON at all; an error page or a cut-off body may be better the next time."""


def loads(body: bytes) -> Json:
    """Parse a body; a byte-order mark and UTF-16 are understood.

    Raises `NotJSON` for anything that is not JSON, and `BadResponse` where reading on would be
    unsafe: nesting deeper than Python's reader takes, numbers of thousands of digits.
    """
    try:
        value = json.loads(body, parse_constant=_refuse)
        return _cleaned(value) if _SUSPECT.search(body) else value
    except RecursionError:
        raise BadResponse("the answer is nested too deeply") from None
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise NotJSON("the answer is not JSON") from None
    except ValueError:
        raise BadResponse("the answer holds a number no platform has") from None


def dig(value: Json, key: str) -> Json:
    """Follow a dotted key into nested objects; ``None`` where it leads nowhere."""
    if "." not in key:
        return value.get(key) if isinstance(value, dict) else None
    for part in key.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _cleaned(value: Json) -> Json:
    if isinstance(value, dict):
        return {clean(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return clean(value) if isinstance(value, str) else value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
