"""Bluesky's Jetstream: every post of the network as JSON, of which we keep what concerns one account.

The signed firehose (CBOR) says the same and proves it; reading it would take a heavy library, and what it
proves is looked up anyway when a post is looked at again. https://github.com/bluesky-social/jetstream
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from socialcrm.adapters.base import Item, Page, Raw
from socialcrm.adapters.fields import objects, text
from socialcrm.adapters.walks import read_state, write_state
from socialcrm.errors import BadResponse, CursorExpired, Transient
from socialcrm.http import strict_json
from socialcrm.http.strict_json import dig
from socialcrm.model import Deleted, Skipped

COLLECTION = "app.bsky.feed.post"
MOST = 200
_BEHIND = 5_000_000  # instances are some seconds apart, and doubles do no harm
_SAVED_EVERY = 30
_SEEN = 5_000


def address(service: str, cursor: str | None) -> str:
    """Where to listen, from a stored place on."""
    query = {"wantedCollections": COLLECTION}
    if cursor is not None:
        at = read_state(cursor).get("time_us")
        if not isinstance(at, int):
            raise CursorExpired("the stored place in the stream cannot be read; listening begins now")
        query["cursor"] = str(at - _BEHIND)
    return f"{service}/subscribe?{urlencode(query)}"


def pages(
    frames: Iterator[str | None], wanted: Callable[[Raw], str | None], read: Callable[[Raw], Item]
) -> Iterator[Page]:
    """Turn frames into pages: what is ``wanted`` (it names the reason), all deletions, and the place behind them.

    A page without items only moves the place on.
    """
    batch = _Batch()
    try:
        for frame in frames:
            event = _event(frame) if frame is not None else None
            if event is not None:
                batch.seen += 1
                batch.at = event["time_us"]
                if found := _item(event, wanted, read):
                    batch.items.append(found)
            batch.beats += frame is None
            if batch.due(quiet=frame is None):
                yield batch.page()
                batch = _Batch()
    except (Transient, BadResponse):
        if batch.at:  # the connection ended; what came before it counts
            yield batch.page()
        raise
    if batch.at:
        yield batch.page()


@dataclass(slots=True)
class _Batch:
    """What came since the last page."""

    items: list[Item] = field(default_factory=list)
    at: int = 0
    beats: int = 0
    seen: int = 0

    def due(self, *, quiet: bool) -> bool:
        full = len(self.items) >= MOST or self.seen >= _SEEN or self.beats >= _SAVED_EVERY
        return self.at > 0 and (full or (quiet and bool(self.items)))

    def page(self) -> Page:
        return Page(tuple(self.items), write_state(time_us=self.at))


def concerns(record: Raw, account: str, terms: tuple[str, ...]) -> str | None:
    """Say why a post concerns an account: it answers, mentions or quotes it, or holds a term; else ``None``."""
    mine = f"at://{account}/"
    features = [one for facet in objects(record.get("facets")) for one in objects(facet.get("features"))]
    if text(dig(record, "reply.parent.uri")).startswith(mine) or text(dig(record, "reply.root.uri")).startswith(mine):
        return "reply"
    if any(one.get("did") == account for one in features):
        return "mention"
    if any(text(dig(record, key)).startswith(mine) for key in ("embed.record.uri", "embed.record.record.uri")):
        return "quote"
    said = text(record.get("text")).casefold()
    return "search" if any(term.casefold() in said for term in terms) else None


def _event(frame: str) -> dict[str, Any] | None:
    try:
        event = strict_json.loads(frame.encode())
    except BadResponse:
        return None
    fine = isinstance(event, dict) and isinstance(event.get("time_us"), int) and isinstance(event.get("did"), str)
    return event if fine else None


def _item(event: dict[str, Any], wanted: Callable[[Raw], str | None], read: Callable[[Raw], Item]) -> Item | None:
    commit = event.get("commit")
    if event.get("kind") != "commit" or not isinstance(commit, dict) or commit.get("collection") != COLLECTION:
        return None
    uri = f"at://{event['did']}/{COLLECTION}/{commit.get('rkey')}"
    seen = datetime.fromtimestamp(event["time_us"] / 1_000_000, UTC)
    if commit.get("operation") == "delete":
        return Deleted(platform="bluesky", id=uri, at=seen)
    record = commit.get("record")
    reason = _guarded(wanted, {**record, "_did": event["did"]}) if isinstance(record, dict) else None
    if reason is None:
        return None
    found = read(
        {"uri": uri, "cid": commit.get("cid"), "record": record, "indexedAt": seen.isoformat(), "reason": reason}
    )
    return None if isinstance(found, Skipped) and not found.id else found


def _guarded(wanted: Callable[[Raw], str | None], record: Raw) -> str | None:
    try:
        return wanted(record)
    except (TypeError, ValueError, AttributeError):  # a stranger's record, in any shape
        return None
