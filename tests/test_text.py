"""Text at the boundary survives whatever a network sends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcrm.text import clean, inert, plain, shorten

ANY = st.text(alphabet=st.characters(codec=None))


@given(ANY)
def test_clean_text_can_be_stored_and_is_stable(text: str) -> None:
    once = clean(text)
    once.encode("utf-8")
    assert "\x00" not in once
    assert clean(once) == once


@given(st.text())
def test_clean_changes_nothing_else(text: str) -> None:
    assert clean(text) == text.replace("\x00", "")


@given(st.text(), st.integers(min_value=1, max_value=40))
def test_shortened_text_fits_and_begins_the_same(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert len(short) <= limit
    assert text == short or text.startswith(short.rstrip("…").rstrip())


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("family 👨‍👩‍👧 here", 9, "family…"),  # a joined emoji is not split
        ("flags 🇳🇴🇸🇪 fly", 8, "flags…"),  # nor a flag
        ("flags 🇳🇴🇸🇪 fly", 9, "flags 🇳🇴…"),
        ("cafe\u0301 noir", 5, "caf…"),  # nor a letter and its accent
        ("wave 👋🏽 there", 7, "wave…"),  # nor an emoji and its skin tone
        ("short", 5, "short"),
    ],
)
def test_graphemes_stay_whole(text: str, limit: int, short: str) -> None:
    assert shorten(text, limit) == short


def test_markup_becomes_plain_text() -> None:
    assert plain("<p>Hello &amp; <b>welcome</b><br/>to Oslo</p><p>Bye</p>") == "Hello & welcome\nto Oslo\nBye"


@given(ANY)
def test_plain_never_fails(markup: str) -> None:
    plain(markup).encode("utf-8")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_formulas_are_made_inert(cell: str) -> None:
    assert inert(cell) == "'" + cell
    assert inert("plain") == "plain"
