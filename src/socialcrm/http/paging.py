"""Paginators as values, and the walk that guards against platforms that never end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit

from dateutil.parser import isoparse

from socialcrm.http.client import Response
from socialcrm.http.redaction import is_secret
from socialcrm.http.strict_json import dig

Params = Mapping[str, Any]


class Paginator(Protocol):
    """How a platform asks for the page after this one; a token is an opaque string."""

    def params(self, token: str) -> Params:
        """What to ask for the page of a token."""
        ...

    def after(self, response: Response, token: str | None, count: int) -> Sequence[str]:
        """Tokens of the next page, the best one first; empty at the end. ``count`` items came with this page."""
        ...


@dataclass(frozen=True, slots=True)
class CursorParam:
    """A token in the body, sent back as a parameter; ``more`` is the key of what says whether there is more.

    ``overlap`` is for tokens that are a time and nothing else: asking again from a little later
    brings back items that share the last item's instant and would fall between two pages.
    """

    param: str = "cursor"
    key: str = "cursor"
    overlap: timedelta | None = None
    more: str = ""

    def params(self, token: str) -> Params:
        return {self.param: token}

    def after(self, response: Response, token: str | None, count: int) -> Sequence[str]:
        found = dig(response.json, self.key)
        ended = bool(self.more) and not dig(response.json, self.more)
        if ended or not isinstance(found, str | int) or isinstance(found, bool) or found == "":
            return ()
        if self.overlap is None or count == 0:
            return (str(found),)
        return (*later(str(found), self.overlap), str(found))


@dataclass(frozen=True, slots=True)
class LinkHeader:
    """An RFC 8288 ``Link`` header; its query is followed, its host and path are not."""

    rel: str = "next"
    first: str = ""

    def params(self, token: str) -> Params:
        found: dict[str, list[str]] = {}
        for name, value in parse_qsl(token, keep_blank_values=True):
            found.setdefault(name, []).append(value)
        return found

    def after(self, response: Response, token: str | None, count: int) -> Sequence[str]:
        for link in response.headers.get("link", "").split(","):
            address, _, attributes = link.strip().partition(">")
            if f'rel="{self.rel}"' in attributes or f"rel={self.rel}" in attributes:
                return _query(address.lstrip("<"))
        return ()


@dataclass(frozen=True, slots=True)
class NextLink:
    """An address of the next page in the body; its query is followed, its host and path are not.

    ``known`` are parameters that each request carries anyway and that need not go into a cursor.
    """

    key: str = "paging.next"
    known: frozenset[str] = frozenset()

    def params(self, token: str) -> Params:
        return LinkHeader().params(token)

    def after(self, response: Response, token: str | None, count: int) -> Sequence[str]:
        link = dig(response.json, self.key)
        query = parse_qsl(link.partition("?")[2], keep_blank_values=True) if isinstance(link, str) else []
        kept = [(name, value) for name, value in query if name not in self.known and not is_secret(name)]
        return (urlencode(kept),) if kept else ()


@dataclass(frozen=True, slots=True)
class PastLast:
    """One more than the last item's own number, as Telegram's update ids; ends with an empty page."""

    items: str
    number: str
    param: str = "offset"

    def params(self, token: str) -> Params:
        return {self.param: token}

    def after(self, response: Response, token: str | None, count: int) -> Sequence[str]:
        listed = dig(response.json, self.items)
        numbers = [found for item in listed if isinstance(found := dig(item, self.number), int)] if count else []
        return (str(max(numbers) + 1),) if numbers else ()


@dataclass(frozen=True, slots=True)
class Offset:
    """A number of items to leave out; ends with an empty page."""

    param: str = "offset"

    def params(self, token: str) -> Params:
        return {self.param: token}

    def after(self, response: Response, token: str | None, count: int) -> Sequence[str]:
        return (str(int(token or 0) + count),) if count else ()


@dataclass(frozen=True, slots=True)
class PageNumber:
    """A rising page number; ends with an empty page."""

    param: str = "page"

    def params(self, token: str) -> Params:
        return {self.param: token}

    def after(self, response: Response, token: str | None, count: int) -> Sequence[str]:
        return (str(int(token or 1) + 1),) if count else ()


@dataclass(frozen=True, slots=True)
class Step:
    """One page of a walk: the answer, the token it was asked with and the next one, and why the walk stops early."""

    response: Response
    asked: str | None
    next: str | None
    incomplete: str = ""


def pages(
    ask: Callable[[Params], Response],
    paging: Paginator,
    *,
    token: str | None,
    count: Callable[[Response], int],
    max_pages: int,
    max_empty: int = 5,
) -> Iterator[Step]:
    """Walk from a token to the end, a page cap, a repeated token or page, or a run of empty pages.

    Only the page cap leaves a ``next`` on an incomplete last step: the others mean that going
    on from there leads nowhere.
    """
    seen, empty, before = {token}, 0, None
    for number in range(1, max_pages + 1):
        response = ask(paging.params(token) if token is not None else {})
        size = count(response)
        empty = 0 if size else empty + 1
        candidates = paging.after(response, token, size)
        following = next((candidate for candidate in candidates if candidate not in seen), None)
        reason = ""
        if candidates and following is None:
            reason = "the platform repeats its paging token"
        elif following is not None and following == candidates[0] and size and response.json == before:
            reason, following = "the platform repeats its page", None
        elif following is not None and empty >= max_empty:
            reason, following = f"the platform sent {empty} empty pages in a row", None
        elif following is not None and number == max_pages:
            reason = f"more than {max_pages} pages; the next run goes on from here"
        yield Step(response, token, following, reason)
        if following is None:
            return
        seen.add(following)
        token, before = following, response.json


def _query(address: str) -> Sequence[str]:
    try:
        query = parse_qsl(urlsplit(address).query, keep_blank_values=True)
    except ValueError:
        return ()
    return (urlencode([(name, value) for name, value in query if not is_secret(name)]),)


def later(token: str, step: timedelta) -> Sequence[str]:
    """A token that is an instant, moved forward by a step; nothing for any other token."""
    try:
        instant = isoparse(token)
        moved = instant.replace(tzinfo=instant.tzinfo or UTC).astimezone(UTC) + step
    except (ValueError, OverflowError):
        return ()
    return (_milliseconds(moved),)


def _milliseconds(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
