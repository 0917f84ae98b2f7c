"""Reading single fields."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcrm.adapters.fields import count, epoch, html_links, instant, links, text, text_id
from socialcrm.errors import BadRecord

ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers(), max_size=2)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-03-01T09:30:00Z", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
        ("2026-03-01T10:30:00.123+01:00", datetime(2026, 3, 1, 9, 30, 0, 123000, tzinfo=UTC)),
        ("2026-03-01T09:30:00+0000", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2026-03-01T09:30:00.123456789Z", datetime(2026, 3, 1, 9, 30, 0, 123456, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_strictly(written: str, read: datetime) -> None:
    assert instant(written) == read


@pytest.mark.parametrize(
    "written",
    [
        "10",
        "01/02/2026",
        "2026-03-01",
        "2026-03-01T09:30:00",
        "2026-03-01 09:30 IST",
        "9999-12-31T23:59:59-23:00",
        "",
        None,
        5,
    ],
)
def test_what_is_no_instant_is_refused(written: object) -> None:
    with pytest.raises(BadRecord):
        instant(written)


def test_counted_times_have_a_declared_unit() -> None:
    assert epoch(1_767_225_600) == epoch("1767225600000", per_second=1000) == datetime(2026, 1, 1, tzinfo=UTC)
    for wrong in (None, True, "soon", float("nan"), 1e30):
        with pytest.raises(BadRecord):
            epoch(wrong)


def test_an_id_keeps_every_digit() -> None:
    assert text_id(1234567890123456789) == "1234567890123456789"
    for wrong in (1.5, 1e18, None, "", True, []):
        with pytest.raises(BadRecord):
            text_id(wrong)


@given(ANYTHING)
def test_no_value_breaks_a_field(value: object) -> None:
    text(value).encode()
    number = count(value)
    assert number is None or number >= 0
    for strict in (instant, epoch, text_id):
        with contextlib.suppress(BadRecord):
            strict(value)


@pytest.mark.parametrize(
    ("bio", "found"),
    [
        ("see https://fly.example/me.", ("https://fly.example/me",)),
        ("www.fly.example, mail me@fly.example", ("www.fly.example",)),
        ("blog→ fly.example/ann (pilot)", ("fly.example/ann",)),
        ("ask @ann.example or ann@post.example", ()),
        ("no links e.g. here", ()),
        ("https://a.example and https://a.example", ("https://a.example",)),
        ("", ()),
    ],
)
def test_links_of_a_bio(bio: str, found: tuple[str, ...]) -> None:
    assert links(bio) == found


def test_links_of_a_bio_in_html() -> None:
    markup = (
        '<a href="https://a.example/?x=1&amp;y=2" rel="me">a</a> <a class="hashtag" href="https://b.example">#b</a>'
    )
    assert html_links(markup) == ("https://a.example/?x=1&y=2",)
