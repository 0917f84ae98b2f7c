"""Reading single fields of raw items: instants, ids, counts, links. Pure, strict, shared by all adapters."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

from dateutil.parser import isoparse

from socialcrm.errors import BadRecord
from socialcrm.http.strict_json import dig
from socialcrm.model import UNTOLD, Profile
from socialcrm.text import clean

_LINK = re.compile(r"(?:https?://|(?<![@\w./-])www\.)[^\s<>\"'“”«»]+", re.IGNORECASE)
_BARE = re.compile(r"(?<![@\w./:-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}(?![\w@.-])(?:/[^\s<>\"']*)?", re.I)
_ANCHOR = re.compile(r"<a\b[^>]*>", re.IGNORECASE)
_HREF = re.compile(r"\bhref=\"([^\"]+)\"", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
# What Python's own reader, which is ten times faster, is sure to read as it was meant.
_USUAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d(?:\.\d{3}|\.\d{6})?(?:Z|[+-]\d\d:?\d\d)")
_TRAILING = ".,;:!?)]}'\"…"


def instant(value: Any) -> datetime:
    """Read an ISO 8601 instant, strictly: it must be a full date and time with a zone.

    A leap second becomes the second before it. Raises `BadRecord`.
    """
    if not isinstance(value, str) or len(value) < 17:
        raise BadRecord("a time is missing or not ISO 8601")
    try:
        if _USUAL.fullmatch(value):
            return datetime.fromisoformat(value).astimezone(UTC)
        read = isoparse(re.sub(r"(?<=T\d\d:\d\d:)60", "59", value))
        if read.tzinfo is None:
            raise BadRecord("a time has no zone")
        return read.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadRecord("a time is not ISO 8601") from None


def known_instant(value: Any) -> datetime:
    """Read an ISO 8601 instant, or `UNTOLD` where there is none that could be read."""
    try:
        return instant(value)
    except BadRecord:
        return UNTOLD


def epoch(value: Any, *, per_second: int = 1) -> datetime:
    """Read a time counted since 1970 in units of ``per_second`` (1000 for milliseconds). Raises `BadRecord`."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise BadRecord("a time is missing")
    try:
        return datetime.fromtimestamp(float(value) / per_second, UTC)
    except (ValueError, OverflowError, OSError):
        raise BadRecord("a time is not a number of seconds") from None


def mail_date(value: Any) -> datetime:
    """Read a date as mail or C write it (``Wed, 10 Oct 2018 20:19:24 +0000``, ``Wed Oct 10 20:19:24 +0000 2018``).

    Raises `BadRecord`.
    """
    return _mail_date(value) if isinstance(value, str) else _mail_date("")


@lru_cache(maxsize=8192)  # an author's posts repeat when the account was opened
def _mail_date(value: str) -> datetime:
    words = value.split()
    if len(words) == 6 and words[3].count(":") == 2:
        words = [words[2], words[1], words[5], words[3], words[4]]
    try:
        read = parsedate_to_datetime(" ".join(words))
        if read.tzinfo is None:
            raise BadRecord("a time has no zone")
        return read.astimezone(UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        raise BadRecord("a time is not a date as mail writes it") from None


def minted(value: Any, *, shift: int, since: int = 0, per_second: int = 1000) -> datetime:
    """Read the time that an id was made from the id itself: its upper bits, ``since`` added to them.

    ``shift`` is the number of lower bits. Raises `BadRecord` where the id is no such number.
    """
    if not isinstance(value, str) or not value.isascii() or not value.isdigit() or not shift < int(value).bit_length():
        raise BadRecord("a time is missing, and the id holds none")
    return epoch((int(value) >> shift) + since, per_second=per_second)


def wording(*parts: str) -> str:
    """Name a wording where the platform does not, and where addresses of pictures change with every answer."""
    return hashlib.sha256("\x00".join(parts).encode(errors="replace")).hexdigest()[:16]


def first(raw: Any, *keys: str) -> Any:
    """Follow dotted keys and return what the first one leads to that says something: not null, empty or zero."""
    return next((found for key in keys if (found := dig(raw, key))), None)


def objects(value: Any) -> list[Any]:
    """List the objects in a list that may be missing or hold anything; a single object is a list of one."""
    listed = [value] if isinstance(value, dict) else value if isinstance(value, list) else []
    return [item for item in listed if isinstance(item, dict)]


def named(platform: str, who: Any, name: str = "") -> Profile | None:
    """Read an author (``id``, ``username``, ``name``); where only the user name is told, ``@`` and the name are the id.

    Such an id lasts no longer than the name: whoever takes the name over, takes the id.
    """
    told = who if isinstance(who, dict) else {}
    name = text(told.get("username")) or name
    if not told.get("id") and not name:
        return None
    known = text_id(told.get("id") or f"@{name}")
    return Profile(platform=platform, id=known, handle=name, display_name=text(told.get("name")))


def text_id(value: Any) -> str:
    """Read an id as text. A float has already lost digits and is refused. Raises `BadRecord`."""
    if isinstance(value, str) and value:
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise BadRecord("an id is missing or not a whole number or text")


def count(value: Any) -> int | None:
    """Read a number of likes, followers and the like, given as number or text; ``None`` where it is neither."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63 else None


def text(value: Any) -> str:
    """Read a text that may be missing."""
    return clean(value) if isinstance(value, str) else ""


def unescaped(value: Any) -> str:
    """Read a text that may be missing, its entities and ``<br>`` resolved; other angle brackets are the author's."""
    return clean(html.unescape(_BREAK.sub("\n", value))) if isinstance(value, str) else ""


def only_here(*parts: Any) -> str:
    """Make an id for what the platform gives none: the same parts, the same id, and nothing else has it.

    For an author it means that the account is known by this one item, so that two people of one
    name are never taken for one.
    """
    return "only-here:" + hashlib.sha256("\x00".join(map(str, parts)).encode(errors="replace")).hexdigest()[:32]


def links(*texts: str) -> tuple[str, ...]:
    """Find web addresses in plain texts, in order, each once; bare host names too, but no mail addresses or handles."""
    found: dict[str, None] = {}
    for piece in texts:
        hits = sorted([*_LINK.finditer(piece), *_BARE.finditer(piece)], key=lambda hit: hit.start())
        for hit in hits:
            found[hit.group().rstrip(_TRAILING)] = None
    return tuple(found)


def html_links(markup: str) -> tuple[str, ...]:
    """Find the targets of links in HTML, leaving out hashtags."""
    hits = (hit for hit in _ANCHOR.finditer(markup) if "hashtag" not in hit[0])
    return tuple(dict.fromkeys(html.unescape(href[1]) for hit in hits if (href := _HREF.search(hit[0]))))


def server_sent(stream: str) -> Iterator[tuple[str, str]]:
    """Split a recorded event stream (text/event-stream) into pairs of event name and data."""
    for block in stream.split("\n\n"):
        lines = [line.partition(":") for line in block.splitlines() if not line.startswith(":")]
        fields = {name: value.removeprefix(" ") for name, _, value in lines}
        if "data" in fields:
            yield fields.get("event", "message"), fields["data"]
