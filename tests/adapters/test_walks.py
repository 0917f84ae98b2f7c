"""Walks over an invented list: nothing is lost by interruptions, late arrivals, moving pages or wrong clocks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcrm.adapters.base import Item, Page
from socialcrm.adapters.walks import Place, Reach, Sheet, each_root, newest_first, oldest_first
from socialcrm.errors import CursorExpired
from socialcrm.model import Post

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SIZE = 3


def post(minute: int) -> Post:
    return Post(platform="x", id=str(minute), created_at=NOW - timedelta(days=9) + timedelta(minutes=minute))


class Listing:
    """Posts newest first, ``SIZE`` to a page, a page's token being the minute it begins below."""

    def __init__(self, minutes: set[int]) -> None:
        self.minutes = minutes
        self.expired = False
        self.asked = 0

    def load(self, token: str | None) -> Iterator[Sheet]:
        while True:
            self.asked += 1
            if self.expired and token is not None:
                raise CursorExpired("the token is too old")
            below = sorted((minute for minute in self.minutes if token is None or minute < int(token)), reverse=True)
            items = tuple(post(minute) for minute in below[:SIZE])
            following = items[-1].id if len(below) > SIZE else None
            yield Sheet(items, tuple(item.created_at for item in items), token, following)
            if following is None:
                return
            token = following


def walk(listing: Listing, cursor: str | None, *, overlap: int = 0, reread: int = 1) -> Iterator[Page]:
    return newest_first(listing.load, cursor, Reach(NOW, timedelta(minutes=overlap), reread))


steps = st.lists(st.tuples(st.integers(1, 6), st.integers(0, 7)), min_size=1, max_size=8)


@given(st.sets(st.integers(0, 60), max_size=30), steps)
def test_no_interruption_loses_an_item(first: set[int], later: list[tuple[int, int]]) -> None:
    """Fault 29: runs are killed after any page, new posts arrive in between, only the last cursor is kept."""
    listing, seen, cursor, newest = Listing(set(first)), set[str](), None, 60
    for pages, arrivals in later:
        for page in islice(walk(listing, cursor), pages):
            seen |= {item.id for item in page.items}
            cursor = page.cursor
        listing.minutes |= set(range(newest + 1, newest + 1 + arrivals))
        newest += arrivals
    for page in walk(listing, cursor):
        seen |= {item.id for item in page.items}
    assert seen == {str(minute) for minute in listing.minutes}


def test_a_later_run_stops_where_the_last_one_began() -> None:
    listing = Listing(set(range(30)))
    last = list(walk(listing, None))[-1]
    listing.asked = 0
    listing.minutes |= {30, 31}
    found = [item.id for page in walk(listing, last.cursor) for item in page.items]
    assert found[:2] == ["31", "30"]
    assert listing.asked == 2


def test_an_item_sorted_in_below_the_mark_is_found_within_the_overlap() -> None:
    """Fault 29."""
    listing = Listing(set(range(0, 60, 2)))
    last = list(walk(listing, None))[-1]
    listing.minutes |= {41}
    assert "41" not in {item.id for page in walk(listing, last.cursor) for item in page.items}
    assert "41" in {item.id for page in walk(listing, last.cursor, overlap=20) for item in page.items}
    assert "41" in {item.id for page in walk(listing, last.cursor, reread=4) for item in page.items}


@given(st.sets(st.integers(0, 40), max_size=25), st.lists(st.sets(st.integers(0, 40), max_size=4), max_size=8))
def test_pages_that_shrink_while_they_are_read_lose_nothing_that_is_left(first: set[int], gone: list[set[int]]) -> None:
    """Fault 28: posts are deleted between one page and the next; those that stay are all found."""
    listing, seen = Listing(set(first)), set[str]()
    deletions = iter(gone)
    for page in walk(listing, None):
        seen |= {item.id for item in page.items}
        listing.minutes -= next(deletions, set())
    assert {str(minute) for minute in listing.minutes} <= seen <= {str(minute) for minute in first}


@given(st.permutations(range(24)))
def test_items_out_of_order_are_all_found_and_none_moves_the_mark_back(order: list[int]) -> None:
    """Fault 29: a platform that sorts by something else than it says."""

    def load(token: str | None) -> Iterator[Sheet]:
        for at in range(int(token or 0), len(order), SIZE):
            items = tuple(map(post, order[at : at + SIZE]))
            yield Sheet(items, tuple(item.created_at for item in items), str(at), str(at + SIZE) if at < 21 else None)

    pages = list(newest_first(load, None, Reach(NOW, timedelta(0))))
    assert {item.id for page in pages for item in page.items} == {str(minute) for minute in range(24)}
    assert Place.read(pages[-1].cursor, NOW).since == post(23).created_at


def test_an_expired_page_token_starts_the_walk_again_and_loses_nothing() -> None:
    """Fault 27."""
    listing = Listing(set(range(20)))
    first = next(walk(listing, None))
    listing.expired = True
    again = walk(listing, first.cursor)
    assert next(again).items == first.items  # from the top, though the cursor named the second page
    listing.expired = False
    assert {item.id for page in (first, *again) for item in page.items} == {str(minute) for minute in range(20)}


def test_tokens_that_expire_at_once_are_reported() -> None:
    listing = Listing(set(range(20)))
    listing.expired = True
    with pytest.raises(CursorExpired):
        list(walk(listing, None))


def test_a_time_in_the_future_does_not_move_the_mark_there() -> None:
    """Fault 30."""
    listing = Listing({1, 99_999_999})
    (page,) = walk(listing, None)
    assert Place.read(page.cursor, NOW + timedelta(days=9_999)).since == NOW
    listing.minutes |= {13_000}
    assert "13000" in {item.id for page in walk(listing, page.cursor) for item in page.items}


def test_a_mark_in_the_future_is_brought_back() -> None:
    """Fault 30."""
    poisoned = Place(since=NOW + timedelta(days=900)).write()
    assert Place.read(poisoned, NOW).since == NOW


def test_a_first_run_reads_no_further_back_than_told() -> None:
    listing = Listing(set(range(300)))
    reach = Reach(NOW, timedelta(0), start=NOW - timedelta(days=9) + timedelta(minutes=290))
    found = {item.id for page in newest_first(listing.load, None, reach) for item in page.items}
    assert {"299", "290"} <= found
    assert "280" not in found


def test_an_incomplete_walk_leaves_the_mark_alone() -> None:
    """A platform that repeats its token: what lies below was not read, so the mark may not pass it."""

    def load(token: str | None) -> Iterator[Sheet]:
        yield Sheet((post(5),), (post(5).created_at,), token, None, "the platform repeats its paging token")

    since = Place(since=NOW - timedelta(days=20))
    (page,) = newest_first(load, since.write(), Reach(NOW, timedelta(0)))
    assert Place.read(page.cursor, NOW) == since
    assert page.incomplete


class Rising:
    """Posts oldest first above a token."""

    def __init__(self, top: int) -> None:
        self.top = top

    def load(self, token: str | None) -> Iterator[Sheet]:
        while True:
            numbers = range(int(token or 0) + 1, min(self.top, int(token or 0) + SIZE) + 1)
            items = tuple(post(number) for number in numbers)
            following = items[-1].id if items else None
            yield Sheet(items, (), token, following)
            if following is None:
                return
            token = following


@given(st.integers(0, 20), steps)
def test_walking_upward_loses_nothing_either(top: int, later: list[tuple[int, int]]) -> None:
    listing, seen, cursor = Rising(top), set[str](), None
    for pages, arrivals in later:
        for page in islice(oldest_first(listing.load, cursor, "0"), pages):
            seen |= {item.id for item in page.items}
            cursor = page.cursor
        listing.top += arrivals
    for page in oldest_first(listing.load, cursor, "0"):
        seen |= {item.id for item in page.items}
    assert seen == {str(number) for number in range(1, listing.top + 1)}


def test_a_quiet_conversation_is_read_less_and_less_often() -> None:
    """New answers under old posts are found, without asking for every old post in every run."""
    said, read = {"old": post(0), "new": post(20 * 24 * 60)}, list[str]()

    def look(root: str) -> tuple[Item, ...]:
        read.append(root)
        return (said[root],)

    now, cursor = said["new"].created_at + timedelta(hours=1), None
    reads = []
    for _ in range(9):
        for page in each_root(["new", "old"], look, cursor, now):
            cursor = page.cursor
        reads.append(tuple(read))
        read.clear()
        now += timedelta(hours=3)
    assert reads[0] == ("new", "old")
    assert all("new" in some for some in reads)
    assert [number for number, some in enumerate(reads) if "old" in some] == [0, 8]


def test_a_conversation_in_which_something_happens_is_read_in_every_run_again() -> None:
    said, now = [post(0)], NOW
    (first, *_) = each_root(["r"], lambda root: tuple(said), None, now)
    said.append(post(0).model_copy(update={"id": "late", "created_at": now}))
    now += timedelta(days=8)
    (second,) = each_root(["r"], lambda root: tuple(said), first.cursor, now)
    assert {item.id for item in second.items} == {"0", "late"}
    assert list(each_root(["r"], lambda root: tuple(said), second.cursor, now)) == []
