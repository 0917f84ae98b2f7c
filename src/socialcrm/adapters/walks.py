"""Ways to walk a stream so that every place handed out can be resumed and an interrupted run loses nothing.

A cursor is a JSON text that only this file reads. It never goes past a point where older items may
be unread: with newest-first lists the since-mark moves only when a walk has reached it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from socialcrm.adapters.base import Item, Page
from socialcrm.adapters.fields import instant
from socialcrm.errors import BadRecord, CursorExpired
from socialcrm.model import Post, stamp

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page as it was read: items, the times the list is ordered by, its own token and the next one."""

    items: tuple[Item, ...]
    moments: tuple[datetime, ...]
    asked: str | None
    next: str | None
    incomplete: str = ""


Load = Callable[[str | None], Iterator[Sheet]]


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a newest-first walk goes down.

    To ``overlap`` before the since-mark, but at least ``pages`` pages, because some platforms sort
    late arrivals by a time the author chose; and never below ``start``.
    """

    now: datetime
    overlap: timedelta
    pages: int = 1
    start: datetime | None = None

    def floor(self, since: datetime | None) -> datetime | None:
        """The time below which nothing needs to be read."""
        marks = [self.start] if self.start else []
        if since is not None:
            marks.append(since - self.overlap if since.year > 1 else since)
        return max(marks, default=None)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a newest-first stream stands.

    Everything up to ``since`` was read. While a walk is under way, ``next`` is the page to go on
    with and ``top`` becomes the since-mark once the walk is done.
    """

    since: datetime | None = None
    top: datetime | None = None
    next: str | None = None

    @classmethod
    def read(cls, cursor: str | None, now: datetime) -> Place:
        """Read a cursor; marks that lie in the future (a clock was wrong) are brought back to now."""
        state = read_state(cursor)
        try:
            marks = [min(instant(mark), now) if (mark := state.get(key)) else None for key in ("since", "top")]
        except BadRecord:
            raise CursorExpired("the stored place cannot be read; the stream is read anew") from None
        return cls(marks[0], marks[1], state.get("next"))

    def write(self) -> str:
        return write_state(
            since=stamp(self.since) if self.since else None,
            top=stamp(self.top) if self.top else None,
            next=self.next,
        )


def newest_first(load: Load, cursor: str | None, reach: Reach) -> Iterator[Page]:
    """Walk a list that begins with its newest item.

    A walk that was interrupted is finished first; where its page token has expired, the walk
    starts again from the top, with the since-mark untouched.
    """
    place = Place.read(cursor, reach.now)
    if place.next is not None:
        try:
            place = yield from _down(load, place, reach)
        except CursorExpired:
            place = Place(place.since)
        if place.next is not None:
            return
    yield from _down(load, Place(place.since), reach)


def _down(load: Load, place: Place, reach: Reach) -> Generator[Page, None, Place]:
    floor, since, top = reach.floor(place.since), place.since, place.top
    for number, sheet in enumerate(load(place.next), start=1):
        top = max((moment for moment in (top, since, *sheet.moments) if moment is not None), default=None)
        top = min(top, reach.now) if top else None
        below = floor is not None and bool(sheet.moments) and max(sheet.moments) < floor
        if (below and number >= reach.pages) or (sheet.next is None and not sheet.incomplete):
            place = Place(since=top)
        elif sheet.next is None:
            place = Place(since=since)
        else:
            place = Place(since, top, sheet.next)
        yield Page(sheet.items, place.write(), "" if place.next is None and below else sheet.incomplete)
        if place.next is None:
            break
    return place


def oldest_first(load: Load, cursor: str | None, first: str) -> Iterator[Page]:
    """Walk a list page by page upward from a token (``min_id`` and the like), ``first`` being the very beginning.

    Each run reads the last page of the run before once more: what was committed late lies there.
    """
    state = read_state(cursor)
    after, back = state.get("after"), state.get("back")
    for sheet in load(back or after or first):
        if sheet.next is not None:
            after, back = sheet.next, sheet.asked
        if sheet.items or sheet.incomplete:
            yield Page(sheet.items, write_state(after=after, back=back), sheet.incomplete)


# How long a conversation stays unread, by how long nothing has happened in it.
QUIET = (
    (timedelta(days=2), timedelta(0)),
    (timedelta(days=14), timedelta(hours=6)),
    (timedelta(days=60), timedelta(days=1)),
    (timedelta.max, timedelta(days=7)),
)


def each_root(
    roots: Sequence[str], read: Callable[[str], tuple[Item, ...]], cursor: str | None, now: datetime
) -> Iterator[Page]:
    """Read one conversation after the other; those that look as they did last time yield nothing.

    A conversation in which nothing happens is read less and less often: in every run for two
    days, then every six hours, daily after two weeks and weekly after two months.
    """
    state = read_state(cursor)
    seen: Mapping[str, Sequence[str]] = state.get("seen") or {}
    marks = {root: tuple(seen[root]) for root in roots if root in seen}
    written = write_state(seen=seen)
    for root in roots:
        mark, last, when = (*marks.get(root, ()), "", "", "")[:3]
        if not _due(last, when, now):
            continue
        items = read(root)
        look = _fingerprint(items)
        changed = look != mark
        marks[root] = (look, stamp(_latest(items, now)) if changed else last, stamp(now))
        if changed:
            written = write_state(seen=marks)
            yield Page(items, written)
    if write_state(seen=marks) != written:
        yield Page((), write_state(seen=marks))


def _due(last: str, when: str, now: datetime) -> bool:
    try:
        quiet, unread = now - instant(last), now - instant(when)
    except BadRecord:
        return True
    pause = next(pause for limit, pause in QUIET if quiet < limit)
    return unread >= pause or unread < timedelta(0)


def _latest(items: Sequence[Item], now: datetime) -> datetime:
    return min(max((item.created_at for item in items if isinstance(item, Post)), default=now), now)


def _fingerprint(items: Sequence[Item]) -> str:
    digest = hashlib.sha256()
    for item in items:
        wording = (item.version or item.text, item.edited_at) if isinstance(item, Post) else ()
        digest.update(repr((type(item).__name__, item.id, wording)).encode(errors="replace"))
    return digest.hexdigest()[:16]


def read_state(cursor: str | None) -> dict[str, Any]:
    """Read a cursor's fields; raises `CursorExpired` where it is none of ours."""
    if cursor is None:
        return {}
    try:
        state = json.loads(cursor)
        if not isinstance(state, dict) or state.get("v") != _VERSION:
            raise ValueError
    except (ValueError, RecursionError):
        raise CursorExpired("the stored place cannot be read; the stream is read anew") from None
    return state


def write_state(**state: Any) -> str:
    """Write fields as a cursor, leaving out those that are ``None``."""
    kept = {key: value for key, value in state.items() if value is not None}
    return json.dumps({"v": _VERSION, **kept}, ensure_ascii=False, sort_keys=True)
