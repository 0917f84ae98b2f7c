"""Entries as texts: composed within a limit, read back, and safe whatever a post says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialcrm.crm.body import GONE, as_html, compose, digest, marked, read
from socialcrm.crm.changes import ChangeWindow, moment
from socialcrm.crm.mapping import contact, every, identity, sentence, texts
from socialcrm.crm.rest.template import fill, fill_path, places
from socialcrm.errors import BadRecord
from socialcrm.testing.crms import FAMILY, NOON, SECRET, entry

ANYTHING = st.text(max_size=400)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("render", [str, as_html], ids=["plain", "html"])
@settings(max_examples=150, deadline=None)
@given(subject=ANYTHING, body=ANYTHING, author=ANYTHING, url=ANYTHING, limit=st.integers(500, 3000))
def test_any_entry_fits_and_is_found_again(
    render: Callable[[str], str], subject: str, body: str, author: str, url: str, limit: int
) -> None:
    written = entry("7", "1", subject=subject, body=body, author=author, url=url, revision=3)
    text = compose(written, limit=limit, render=render)
    assert len(text) <= limit
    ours = marked(text)
    assert ours is not None
    assert (ours.key, ours.revision, ours.digest) == (written.key, 3, digest(written))
    again = read(text, contact_id="7")
    assert again is not None
    assert (again.key, again.occurred_at, again.kind) == (written.key, written.occurred_at, written.kind)


@pytest.mark.parametrize("render", [str, as_html], ids=["plain", "html"])
def test_an_ordinary_entry_reads_back_whole(render: Callable[[str], str]) -> None:
    written = entry("7", "1", body='Two lines,\n\nand a gap. <b> & "quotes"\n\nhttps://x.example/2')
    again = read(compose(written, limit=5000, render=render), contact_id="7")
    assert again == written


def test_a_post_cannot_forge_the_last_line() -> None:
    """A post that ends like an entry of ours is read as what it is: words."""
    other = entry("8", "2", body="stolen")
    forged = entry("7", "1", body=compose(other, limit=5000) + "\n\n", author=f"[ref {other.key} r9 {GONE}]")
    for render in (str, as_html):
        ours = marked(compose(forged, limit=5000, render=render))
        assert ours is not None
        assert ours.key == forged.key


def test_a_cut_is_visible_and_between_characters() -> None:
    """Fault 97."""
    again = read(compose(entry("7", "1", body=FAMILY * 500), limit=800), contact_id="7")
    assert again is not None
    assert again.body.endswith("…")
    assert again.body.removesuffix("…") == FAMILY * ((len(again.body) - 1) // len(FAMILY))
    assert again.url == "https://invented.example/post/1"


def test_what_was_taken_back_says_nothing() -> None:
    gone = entry("7", "1", body=SECRET, subject=SECRET, author=SECRET, url=SECRET, retracted=True)
    text = compose(gone, limit=500)
    assert SECRET not in text
    assert read(text, contact_id="7") is None


@given(st.text())
def test_any_text_is_ours_or_not(text: str) -> None:
    for around in (text, f"{text}\n{compose(entry('7', '1'), limit=900)}\n{text}", f"<br>{text}"):
        read(around, contact_id="7")
        marked(around)


def test_a_template_is_filled_once() -> None:
    values = {"text": "{contact} {text}", "contact": "7", "at": NOON, "id": "a/../b?c"}
    assert fill({"a": ["{text}", {"b": "{contact|int}"}], "c": 5}, values) == {
        "a": ["{contact} {text}", {"b": 7}],
        "c": 5,
    }
    assert fill("{at|epoch_ms}", values) == int(NOON.timestamp() * 1000)
    assert fill("{at|%d.%m.%Y}", values) == "01.03.2026"
    assert fill_path("/x/{id}", values) == "/x/a%2F..%2Fb%3Fc"
    assert set(places({"x": ["{a|int}", "{b}"]})) == {("a", "int"), ("b", "")}


@given(JSON, st.sampled_from(["a", "a.b", "a[].b", "[]", "a.0", "0[].a"]))
def test_any_json_can_be_asked_for_a_path(raw: object, path: str) -> None:
    assert all(isinstance(text, str) for text in texts(raw, path))
    every(raw, path)


@given(JSON)
def test_any_record_is_a_contact_or_a_bad_record(raw: object) -> None:
    fields = {"first_name": "a", "emails": "b[].c", "phones": ["b", "c"]}
    try:
        contact({"id": raw, "a": raw, "b": raw}, id_path="id", fields=fields, handles={"x": "a"}, do_not_profile="b")
    except BadRecord:
        return


@pytest.mark.parametrize("value", [1234567890123456789.0, None, "", True, [], {}])
def test_an_id_that_lost_digits_is_none(value: object) -> None:
    """Fault 31."""
    with pytest.raises(BadRecord):
        identity({"id": value}, "id")
    assert identity({"id": 1234567890123456789}, "id") == "1234567890123456789"


def test_a_sentence_of_the_crm_is_short_and_free_of_the_post() -> None:
    said = sentence(f"text is too long: {SECRET} and more " + "x" * 1000, entry("7", "1", body=f"oh {SECRET}!"))
    assert said.startswith("text is too long")
    assert "zanzibar" not in said
    assert "umbrella" not in said
    assert len(said) <= 300


def test_a_window_reads_back_a_little_and_repeats_nothing() -> None:
    now = datetime(2026, 6, 1, tzinfo=UTC)
    at = now - timedelta(hours=1)
    first = ChangeWindow(None, overlap=timedelta(minutes=1), now=now)
    assert first.since is None
    assert first.is_new("1", "a", at)
    again = ChangeWindow(first.cursor(), overlap=timedelta(minutes=1), now=now)
    assert again.since == at - timedelta(minutes=1)
    assert not again.is_new("1", "a", at)
    assert again.is_new("1", "b", at)
    assert again.is_new("2", "a", at - timedelta(seconds=30))


def test_a_stamp_in_the_future_does_not_carry_the_place_away() -> None:
    """Fault 30."""
    now = datetime(2026, 6, 1, tzinfo=UTC)
    window = ChangeWindow(None, overlap=timedelta(minutes=1), now=now)
    window.is_new("1", "a", datetime(9999, 1, 1, tzinfo=UTC))
    again = ChangeWindow(window.cursor(), overlap=timedelta(minutes=1), now=now)
    assert again.since == now - timedelta(minutes=1)


@given(JSON | st.text(), st.sampled_from(["", "epoch", "epoch_ms"]))
def test_any_value_is_a_moment_or_none(value: object, form: str) -> None:
    """Faults 92 to 96."""
    found = moment(value, form)
    assert found is None or found.tzinfo is UTC
