"""Cases of the store contract about posts: recording, edits, deletions, looking up."""

from __future__ import annotations

from itertools import permutations

import pytest

from socialcrm.clock import ManualClock
from socialcrm.model import Direction, Engagement, Skipped, interaction_key
from socialcrm.store.base import Account, Item, PageRecord, Store, Verdict
from socialcrm.testing.store_world import (
    ANN,
    BRAND,
    HOUR,
    PLATFORM,
    START,
    WORKSPACE,
    deleted,
    deliver,
    judge,
    link,
    post,
    record,
    settle,
    standing,
    text_of,
)


class PostCases:
    """What every store promises about posts."""

    def test_page_and_cursor_are_stored_together(self, store: Store) -> None:
        page = PageRecord("network", "mentions", [post("1"), Skipped(platform=PLATFORM, id="9", reason="a poll")], "c1")
        counts = store.posts.record(page)
        assert (counts.new, counts.skipped, counts.profiles) == (1, 1, 1)
        assert store.cursors.get("network", "mentions") == "c1"
        assert store.posts.reasons() == {"a poll": 1}
        assert standing(store) == {Account.RECORDED: 1}

    def test_post_comes_back_as_it_was(self, store: Store) -> None:
        one = post(
            "1",
            "naïve 👩‍👩‍👧 \u202eبحث",
            edited_at=START - HOUR,
            url="https://invented.example/1",
            lang="en",
            conversation_id="c",
            in_reply_to="0",
            media=[{"type": "image", "url": "https://invented.example/i", "alt": "a bag"}],
            engagement=Engagement(likes=3, promoted=False),
            rating=4.5,
            version="v1",
        )
        record(store, one)
        stored = store.posts.get(PLATFORM, "1")
        assert stored is not None
        assert stored.post == one
        assert (stored.revision, stored.account, stored.source) == (1, Account.RECORDED, "network")

    def test_same_page_twice_changes_nothing(self, store: Store) -> None:
        page = PageRecord("network", "mentions", [post("1"), Skipped(platform=PLATFORM, id="9", reason="a poll")], "c")
        store.posts.record(page)
        counts = store.posts.record(page)
        assert (counts.new, counts.edited, counts.unchanged) == (0, 0, 1)
        assert store.posts.reasons() == {"a poll": 1}

    def test_engagement_is_refreshed_without_a_revision(self, store: Store) -> None:
        record(store, post("1"))
        deliver(store)
        record(store, post("1", engagement={"likes": 8}))
        stored = store.posts.get(PLATFORM, "1")
        assert stored is not None
        assert (stored.post.engagement.likes, stored.revision) == (8, 1)
        assert store.posts.unjudged(10) == []

    def test_edit_is_judged_again_and_an_older_one_ignored(self, store: Store) -> None:
        record(store, post("1", "first"))
        judge(store)
        record(store, post("1", "second", edited_at=START - HOUR))
        record(store, post("1", "stale", edited_at=START - 2 * HOUR))
        assert [(one.post.text, one.revision) for one in store.posts.unjudged(10)] == [("second", 2)]

    def test_verdict_on_a_replaced_wording_is_dropped(self, store: Store) -> None:
        record(store, post("1", "first"))
        record(store, post("1", "second", edited_at=START - HOUR))
        store.posts.judge([Verdict(platform=PLATFORM, post_id="1", keep=True, subject=ANN.id, revision=1)])
        assert [one.revision for one in store.posts.unjudged(10)] == [2]

    def test_equal_versions_are_the_same_wording(self, store: Store) -> None:
        record(store, post("1", "as fetched", version="a"), post("1", "as pushed", version="a", edited_at=START))
        assert text_of(store, "1") == "as fetched"

    def test_deletion_takes_the_text_at_once(self, store: Store) -> None:
        record(store, post("1", "secret", url="https://invented.example/1"))
        record(store, deleted("1"))
        stored = store.posts.get(PLATFORM, "1")
        assert stored is not None
        assert (stored.post.text, stored.post.url, stored.deleted_at) == ("", "", START)
        settle(store)
        assert standing(store) == {Account.GONE: 1}

    @pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
    def test_every_order_of_create_edit_delete_ends_alike(self, store: Store, order: tuple[int, ...]) -> None:
        events: list[Item] = [
            post("1", "first"),
            post("1", "second", edited_at=START - 5 * HOUR),
            deleted("1", START - HOUR),
        ]
        for n in order:
            record(store, events[n])
        assert text_of(store, "1") == ""
        settle(store)
        assert standing(store) == {Account.GONE: 1}

    def test_post_later_than_its_tombstone_is_back(self, store: Store) -> None:
        record(store, post("1", "first"), deleted("1", START - 3 * HOUR))
        record(store, post("1", "again", at=START - HOUR))
        stored = store.posts.get(PLATFORM, "1")
        assert stored is not None
        assert (stored.post.text, stored.revision, stored.deleted_at) == ("again", 2, None)

    def test_replay_of_a_deleted_post_stays_dead(self, store: Store) -> None:
        ahead = post("1", at=START + 9 * HOUR)  # the author's clock is wrong
        record(store, ahead, deleted("1"), ahead)
        assert text_of(store, "1") == ""

    def test_answer_is_judged_again_when_its_parent_arrives(self, store: Store) -> None:
        reply = post("2", "sorry", author=BRAND, direction=Direction.OUTBOUND, in_reply_to="1")
        record(store, reply)
        settle(store)
        assert standing(store) == {Account.SKIPPED: 1}
        record(store, post("1"))
        assert {one.post.id for one in store.posts.unjudged(10)} == {"1", "2"}
        judge(store)
        stored = store.posts.get(PLATFORM, "2")
        assert stored is not None
        assert stored.subject == ANN.id

    def test_thread_of_brand_answers_finds_its_owner_in_any_order(self, store: Store) -> None:
        second = post("3", "and again", author=BRAND, direction=Direction.OUTBOUND, in_reply_to="2")
        first = post("2", "sorry", author=BRAND, direction=Direction.OUTBOUND, in_reply_to="1")
        for one in (second, first, post("1")):
            record(store, one)
            judge(store)
        assert store.posts.owners(PLATFORM, ["1", "2", "3", "4"]) == dict.fromkeys("123", ANN.id)

    def test_posts_are_found_by_what_people_have(self, store: Store) -> None:
        record(store, post("1", url="https://invented.example/1"))
        store.decisions.append([link()])
        deliver(store)
        for reference in ("1", "https://invented.example/1", interaction_key(WORKSPACE, PLATFORM, "1")):
            assert [one.post.id for one in store.posts.find(reference)] == ["1"], reference
        assert store.posts.find("nothing") == []

    def test_longest_unseen_posts_are_checked_first(self, store: Store, clock: ManualClock) -> None:
        record(store, post("1"))
        clock.advance(HOUR)
        record(store, post("2"), post("3", at=START - 900 * HOUR), post("4"), deleted("4"), post("5", kind="message"))
        long_ago = START - 100 * HOUR
        look = {"checked_before": START + 2 * HOUR, "created_after": long_ago, "limit": 9}
        assert store.posts.recheck(PLATFORM, **look) == ["1", "2"]  # type: ignore[arg-type]
        clock.advance(HOUR)
        store.posts.rechecked(PLATFORM, ["1"])
        assert store.posts.recheck(PLATFORM, **look) == ["2"]  # type: ignore[arg-type]

    def test_conversation_and_timeline_of_a_profile(self, store: Store) -> None:
        record(
            store,
            post("2", at=START - 2 * HOUR, conversation_id="c"),
            post("1", at=START - 3 * HOUR, conversation_id="c"),
        )
        judge(store)
        assert [one.post.id for one in store.posts.conversation(PLATFORM, "c")] == ["1", "2"]
        assert [one.post.id for one in store.posts.of_profile(PLATFORM, ANN.id, 9)] == ["2", "1"]
