"""Threads are stitched from whatever is known, and waiting is measured."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcrm.conversations import Conversation, conversation, conversations
from socialcrm.errors import SocialCRMError
from socialcrm.model import Direction, Post, Profile

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def said(number: int, author: str, minute: float, to: int | None = None, **fields: Any) -> Post:
    given = {
        "platform": "invented",
        "id": str(number),
        "author": Profile(platform="invented", id=author),
        "direction": Direction.OUTBOUND if author == "brand" else Direction.INBOUND,
        "created_at": NOON + timedelta(minutes=minute),
        "in_reply_to": None if to is None else str(to),
    }
    return Post(**(given | fields))


def ids(thread: Conversation) -> list[str]:
    return [post.id for post in thread.posts]


THREAD = [said(1, "ann", 0), said(2, "brand", 12, 1), said(3, "ann", 20, 2), said(4, "brand", 25, 3)]


def test_a_thread_tells_how_long_the_customer_waited() -> None:
    (thread,) = conversations(THREAD)
    assert (thread.id, thread.count) == ("1", 4)
    assert (thread.first_post, thread.first_reply) == (THREAD[0], THREAD[1])
    assert thread.response_time == timedelta(minutes=12)
    assert thread.answered
    assert not thread.open


def test_the_customers_last_word_leaves_it_open() -> None:
    (thread,) = conversations(THREAD[:3])
    assert thread.answered
    assert thread.open
    (unanswered,) = conversations(THREAD[:1])
    assert (unanswered.answered, unanswered.open, unanswered.response_time) == (False, True, None)


@given(st.permutations([*THREAD, said(9, "bob", 1), said(10, "brand", 2, 9)]))
def test_order_does_not_matter(posts: list[Post]) -> None:
    assert [ids(thread) for thread in conversations(posts)] == [["1", "2", "3", "4"], ["9", "10"]]


def test_answers_to_a_post_that_is_not_known_belong_together() -> None:
    (thread,) = conversations([said(3, "ann", 3, 2), said(4, "brand", 4, 2)])
    assert ids(thread) == ["3", "4"]


def test_the_platforms_own_thread_joins_and_names() -> None:
    (thread,) = conversations([said(1, "ann", 0, conversation_id="dm-7"), said(2, "brand", 5, conversation_id="dm-7")])
    assert (thread.id, thread.response_time) == ("dm-7", timedelta(minutes=5))


def test_the_same_id_on_two_platforms_is_two_threads() -> None:
    assert len(conversations([said(1, "ann", 0), said(1, "ann", 0, platform="other")])) == 2


def test_a_thread_the_brand_began_is_measured_from_the_customers_first_post() -> None:
    (thread,) = conversations([said(1, "brand", 0), said(2, "ann", 60, 1), said(3, "brand", 65, 2)])
    assert thread.first_post is not None
    assert (thread.first_post.id, thread.response_time) == ("2", timedelta(minutes=5))


def test_an_announcement_that_nobody_answers_has_no_customer() -> None:
    thread = conversation([said(1, "brand", 0)])
    assert (thread.first_post, thread.response_time, thread.open) == (None, None, False)


def test_an_answer_to_another_customer_does_not_count() -> None:
    posts = [said(1, "ann", 0), said(2, "bob", 1, 1), said(3, "brand", 2, 2), said(4, "brand", 30, 1)]
    (thread,) = conversations(posts)
    assert thread.response_time == timedelta(minutes=30)


def test_question_and_answer_in_one_second_stand_in_order() -> None:
    thread = conversation([said(1, "brand", 0, 2), said(2, "ann", 0)])
    assert ids(thread) == ["2", "1"]
    assert thread.response_time == timedelta(0)


def test_no_posts_are_no_conversation() -> None:
    assert conversations([]) == []
    with pytest.raises(SocialCRMError, match="at least one post"):
        conversation([])


def test_long_chains_and_crowds_are_stitched() -> None:
    chain = [said(number, "ann", number, number - 1 if number else None) for number in range(5000)]
    random.Random(7).shuffle(chain)
    crowd = [said(10_000 + number, f"c{number}", number, 9_999) for number in range(5000)]
    assert sorted(thread.count for thread in conversations(chain + crowd)) == [5000, 5000]
