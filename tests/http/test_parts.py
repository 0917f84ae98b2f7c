"""The pure parts: rules, waits, JSON, redaction, paging."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcrm.errors import BadResponse
from socialcrm.http import strict_json
from socialcrm.http.client import Response
from socialcrm.http.paging import CursorParam, LinkHeader, Offset, PageNumber, Paginator, pages
from socialcrm.http.ratelimit import LONGEST, retry_after
from socialcrm.http.redaction import REDACTED, redact_headers, redact_json, redact_text
from socialcrm.http.rules import Action, Rule, decide

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "action"),
    [
        (200, None),
        (204, None),
        (302, Action.FAIL),
        (400, Action.FAIL),
        (401, Action.REAUTH),
        (403, Action.FAIL),
        (404, Action.FAIL),
        (408, Action.RETRY),
        (422, Action.FAIL),
        (429, Action.WAIT),
        (500, Action.RETRY),
        (520, Action.RETRY),
    ],
)
def test_every_status_has_its_action(status: int, action: Action | None) -> None:
    rule = decide(status, (), {})
    assert (rule.action if rule else None) is action


def test_the_most_specific_code_decides() -> None:
    table = {"190": Rule(Action.REAUTH, "token"), "190/463": Rule(Action.FAIL, "expired"), 400: Rule(Action.RETRY, "?")}
    assert [decide(400, codes, table) for codes in (("190/463", "190"), ("190",), ("7",))] == [
        table["190/463"],
        table["190"],
        table[400],
    ]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("3", 3),
        ("0", 1),
        ("-7", 1),
        ("2.5", 2.5),
        ("1e9", LONGEST),
        ("Sun, 01 Mar 2026 12:00:30 GMT", 30),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 1),
        ("Sun, 01 Mar 2099 11:00:00 GMT", LONGEST),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
    ],
)
def test_retry_after_in_both_forms(value: str, seconds: float | None) -> None:
    """Fault 16."""
    assert retry_after(value, NOW) == seconds


@given(st.text(max_size=40))
def test_retry_after_survives_anything(value: str) -> None:
    """Fault 16."""
    seconds = retry_after(value, NOW)
    assert seconds is None or 1 <= seconds <= LONGEST


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[1", b"[NaN]", b"[Infinity]", b"[" * 50_000, b"1" * 5_000, b"\xff\xfe\xff", b'{"a":1}x'],
    ids=lambda body: repr(body[:8]),
)
def test_json_that_is_none(body: bytes) -> None:
    """Faults 19 and 23."""
    with pytest.raises(BadResponse):
        strict_json.loads(body)


def test_json_keeps_whole_numbers_and_reads_marks() -> None:
    """Faults 23 and 31."""
    assert strict_json.loads(b"[1234567890123456789012]") == [1234567890123456789012]
    assert strict_json.loads(b'\xef\xbb\xbf{"a":1}') == {"a": 1}
    assert strict_json.loads('{"ü":1}'.encode("utf-16")) == {"ü": 1}


def test_the_last_of_equal_keys_counts() -> None:
    """Fault 23: at any depth, so that nobody is read as one thing here and another there."""
    assert strict_json.loads(b'{"id":"1","in":{"id":"1","id":"2"},"id":"3"}') == {"in": {"id": "2"}, "id": "3"}


@given(st.binary(max_size=200))
def test_json_survives_any_bytes(body: bytes) -> None:
    """Fault 23."""
    with contextlib.suppress(BadResponse):
        json.dumps(strict_json.loads(body))


@pytest.mark.parametrize(
    "text",
    [
        "GET https://x/y?access_token=s3cret&q=1",
        "GET /bot123456:s3cret/getUpdates",
        "Authorization: Bearer s3cret",
        "https://user:s3cret@example.org/",
        "https://x/?api-key=s3cret",
        "appsecret_proof=s3cret",
    ],
)
def test_secrets_are_taken_out_of_texts(text: str) -> None:
    assert "s3cret" not in redact_text(text)
    assert REDACTED in redact_text(text)


def test_paging_tokens_are_no_secrets() -> None:
    assert redact_text("?pageToken=abc&next_token=d&cursor=e") == "?pageToken=abc&next_token=d&cursor=e"


def test_bodies_and_headers_are_redacted() -> None:
    body = {
        "accessJwt": "x",
        "did": "d",
        "deep": [{"password": "y", "email": "a@b"}],
        "note": "eyJhbGciOiJ9.eyJzdWIiOiJ9.sig",
    }
    assert redact_json(body) == {
        "accessJwt": REDACTED,
        "did": "d",
        "deep": [{"password": REDACTED, "email": REDACTED}],
        "note": REDACTED,
    }
    kept = redact_headers(
        {"set-cookie": "a=1", "x-ratelimit-reset": "9", "link": "<https://x/?access_token=s&max_id=3>"}
    )
    assert kept == {"x-ratelimit-reset": "9", "link": f"<https://x/?access_token={REDACTED}&max_id=3>"}


def walk(paging: Paginator, answers: Mapping[str | None, Response], **more: Any) -> list[tuple[str | None, str]]:
    def ask(params: Mapping[str, Any]) -> Response:
        asked.append(params)
        token = next(iter(params.values()), None)
        return answers.get(token[0] if isinstance(token, list) else token, Response(200, {}, {"items": []}))

    asked: list[Mapping[str, Any]] = []
    count = lambda response: len(response.json["items"])  # noqa: E731
    options = {"token": None, "max_pages": 50, **more}
    return [(step.next, step.incomplete) for step in pages(ask, paging, count=count, **options)]


def page(items: int, cursor: object = None, **headers: str) -> Response:
    return Response(200, headers, {"items": [0] * items, "cursor": cursor})


def test_a_cursor_is_followed_to_its_end() -> None:
    assert walk(CursorParam(), {None: page(2, "a"), "a": page(1, 7), "7": page(0)}) == [
        ("a", ""),
        ("7", ""),
        (None, ""),
    ]


def test_a_repeated_cursor_ends_the_walk_with_a_reason() -> None:
    """Fault 28."""
    (first, last) = walk(CursorParam(), {None: page(2, "a"), "a": page(2, "a")})
    assert first == ("a", "")
    assert last[0] is None
    assert "repeats" in last[1]


def test_empty_pages_end_the_walk_with_a_reason() -> None:
    """Fault 28."""
    endless = {None: page(0, "0"), **{str(n): page(0, str(n + 1)) for n in range(99)}}
    steps = walk(CursorParam(), endless)
    assert len(steps) == 5
    assert steps[-1][0] is None
    assert "empty" in steps[-1][1]


def test_the_page_cap_leaves_the_next_token() -> None:
    endless = {None: page(1, "0"), **{str(n): page(1, str(n + 1)) for n in range(99)}}
    assert walk(CursorParam(), endless, max_pages=3)[-1] == ("2", "more than 3 pages; the next run goes on from here")


def test_a_time_as_cursor_is_asked_again_a_little_later_but_not_for_ever() -> None:
    """Fault 29: equal times on both sides of a page's edge."""
    step = CursorParam(overlap=timedelta(milliseconds=1))
    full = page(3, "2026-01-01T00:00:00.000Z")
    again, raw = "2026-01-01T00:00:00.001Z", "2026-01-01T00:00:00.000Z"
    assert walk(step, {None: full, again: full, raw: page(0)}) == [(again, ""), (raw, ""), (None, "")]


def test_links_are_followed_by_their_query_alone() -> None:
    link = '<https://evil.example/x?max_id=5&access_token=s>; rel="next", <https://x/?min_id=9>; rel="prev"'
    assert LinkHeader("next").after(page(1, link=link), None, 1) == ("max_id=5",)
    assert LinkHeader("prev").after(page(1, link=link), None, 1) == ("min_id=9",)
    assert LinkHeader("next").params("max_id=5&t%5B%5D=a&t%5B%5D=b") == {"max_id": ["5"], "t[]": ["a", "b"]}
    assert LinkHeader().after(page(1), None, 1) == ()


def test_numbered_pages_end_with_an_empty_one() -> None:
    assert walk(Offset(), {None: page(3), "3": page(2)}) == [("3", ""), ("5", ""), (None, "")]
    assert walk(PageNumber(), {None: page(3), "2": page(2)}) == [("2", ""), ("3", ""), (None, "")]


@given(st.text(max_size=60))
def test_link_headers_of_any_form_are_survived(link: str) -> None:
    for token in LinkHeader().after(page(1, link=link), None, 1):
        LinkHeader().params(token)
