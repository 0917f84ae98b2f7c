"""Reading single fields."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcrm.adapters.fields import (
    count,
    epoch,
    first,
    html_links,
    instant,
    known_instant,
    links,
    mail_date,
    minted,
    named,
    objects,
    text,
    text_id,
    wording,
)
from socialcrm.errors import BadRecord
from socialcrm.model import UNTOLD

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
    """Fault 31."""
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


@pytest.mark.parametrize("written", ["Wed Feb 25 10:00:00 +0000 2026", "Wed, 25 Feb 2026 11:00:00 +0100"])
def test_a_date_as_mail_and_c_write_it(written: str) -> None:
    assert mail_date(written) == datetime(2026, 2, 25, 10, tzinfo=UTC)


@pytest.mark.parametrize("written", [None, "", 5, "yesterday", "Wed Feb 25 10:00:00 2026", "1 2 3 4:5:6 7 8"])
def test_what_is_no_such_date_is_refused(written: object) -> None:
    with pytest.raises(BadRecord):
        mail_date(written)


def test_an_id_holds_its_time() -> None:
    assert minted("6832324357851778309", shift=32, per_second=1) == datetime(2020, 5, 29, 17, 47, 57, tzinfo=UTC)
    assert minted("1585800613752881156", shift=22, since=1_288_834_974_657).year == 2022
    for wrong in (None, 5, "", "12", "abc", "-6832324357851778309", "٦" * 19, "9" * 200):
        with pytest.raises(BadRecord):
            minted(wrong, shift=32)


def test_a_time_that_cannot_be_read_is_untold() -> None:
    assert known_instant("2026-03-01T09:30:00+0000").year == 2026
    assert known_instant("<TIMESTAMP>") == known_instant(None) == UNTOLD


def test_an_author_without_an_id_is_known_by_name_alone() -> None:
    known, nameless = named("instagram", {"id": 7, "username": "ann"}), named("instagram", None, "ann")
    assert known
    assert nameless
    assert (known.id, nameless.id, nameless.handle) == ("7", "@ann", "ann")
    assert named("instagram", "junk") is None


def test_looking_into_objects() -> None:
    raw = {"a": {"b": 0}, "c": [{"d": 1}, 5, None]}
    assert (first(raw, "a.b", "x", "c"), first(raw, "a.b")) == (raw["c"], None)
    assert objects(raw["c"]) == [{"d": 1}]
    assert (objects(raw["a"]), objects("junk")) == ([{"b": 0}], [])


def test_a_wording_has_a_name() -> None:
    assert wording("a") == wording("a") != wording("b")
    assert wording("a", "b") != wording("ab")
