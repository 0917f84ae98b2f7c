"""The words: strings for ids, UTC for instants, and no input in errors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from socialcrm.model import Post, Profile, interaction_key, stamp

NOON = datetime(2026, 5, 1, 12, tzinfo=timezone(timedelta(hours=2)))


def post(**changes: Any) -> Post:
    return Post(**{"platform": "p", "id": "1", "created_at": NOON, **changes})


@pytest.mark.parametrize("wrong", [1234567890123456789, 1.5, None, ""])
def test_ids_are_strings_or_refused(wrong: object) -> None:
    """Fault 31."""
    with pytest.raises(ValidationError):
        post(id=wrong)


def test_instants_are_utc_or_refused() -> None:
    assert post().created_at.tzinfo is UTC
    with pytest.raises(ValidationError):
        post(created_at=datetime(2026, 5, 1, 12))  # noqa: DTZ001


def test_texts_are_cleaned_on_the_way_in() -> None:
    assert post(text="a\x00b\ud800c").text == "abc"


def test_an_error_never_repeats_the_input() -> None:
    with pytest.raises(ValidationError) as caught:
        Profile(platform="p", id="1", followers="canary")  # type: ignore[arg-type]
    assert "canary" not in str(caught.value)


@given(st.tuples(st.text(), st.text(), st.text()), st.tuples(st.text(), st.text(), st.text()))
def test_keys_differ_when_their_parts_do(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    separable = not any("\x00" in part for part in one + other)
    if separable:
        assert (interaction_key(*one) == interaction_key(*other)) == (one == other)


def test_the_key_is_settled() -> None:
    # Derivable from data alone for ever: changing it doubles every delivered interaction.
    assert interaction_key("skylark", "bluesky", "at://x/1") == (
        "9b7ff27113aef5c25c9317ce6dcb7893a8ffe1f4e1d5bc99f0401a40ebee8095"
    )


def test_stamps_sort_as_instants_do() -> None:
    assert stamp(NOON) == "2026-05-01T10:00:00.000000Z"
    assert stamp(NOON) < stamp(NOON + timedelta(microseconds=1))
