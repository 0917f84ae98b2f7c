"""Whatever the order in which a post's life is told, and however often, it ends in the same state."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from socialcrm.clock import ManualClock
from socialcrm.model import Post
from socialcrm.store import open_store
from socialcrm.store.base import Item
from socialcrm.testing.store_world import HOUR, START, WORKSPACE, deleted, post, record

BIRTH = START - 99 * HOUR
MOMENTS = st.lists(st.integers(1, 60), unique=True, min_size=1, max_size=5)


def story(name: str, moments: list[int], deaths: set[int]) -> list[Item]:
    """One creation, then an edit or a deletion at each moment (minutes after birth)."""
    events: list[Item] = [post(name, "text 0", at=BIRTH)]
    for minute in sorted(moments):
        at = BIRTH + timedelta(minutes=minute)
        dead = minute in deaths
        events.append(deleted(name, at) if dead else post(name, f"text {minute}", at=BIRTH, edited_at=at))
    return events


def test_any_order_converges() -> None:
    store = open_store("sqlite://", workspace=WORKSPACE, clock=ManualClock(START))
    names = count()

    @settings(max_examples=200, deadline=None)
    @given(moments=MOMENTS, deaths=st.sets(st.integers(1, 60)), data=st.data())
    def told(moments: list[int], deaths: set[int], data: st.DataObject) -> None:
        name = str(next(names))
        events = story(name, moments, deaths)
        again = data.draw(st.lists(st.sampled_from(events), max_size=3))
        shuffled = data.draw(st.permutations(events + again))
        cuts = data.draw(st.integers(1, len(shuffled)))
        for begin in range(0, len(shuffled), cuts):
            record(store, *shuffled[begin : begin + cuts])
        stored = store.posts.get("invented", name)
        assert stored is not None
        last = events[-1]
        alive = stored.deleted_at is None
        assert (stored.post.text, alive) == ((last.text, True) if isinstance(last, Post) else ("", False))

    told()
    store.close()


def test_deletion_in_whole_seconds_covers_its_second() -> None:
    store = open_store("sqlite://", workspace=WORKSPACE, clock=ManualClock(START))
    record(store, post("1", at=BIRTH + timedelta(milliseconds=700)), deleted("1", BIRTH))
    stored = store.posts.get("invented", "1")
    assert stored is not None
    assert stored.deleted_at == BIRTH
    store.close()


def test_author_learned_later_is_judged_again() -> None:
    store = open_store("sqlite://", workspace=WORKSPACE, clock=ManualClock(START))
    record(store, post("1", author=None))
    store.posts.judge([])
    (before,) = store.posts.unjudged(9)
    assert before.post.author is None
    record(store, post("1"))
    (after,) = store.posts.unjudged(9)
    assert after.post.author is not None
    assert after.revision == before.revision
    store.close()
