"""Allowances that are told as shares, next addresses in a body, and the proof of an app's secret."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from socialcrm.clock import ManualClock
from socialcrm.http.auth import ProvenBearer
from socialcrm.http.client import Response
from socialcrm.http.paging import CursorParam, NextLink, Offset, pages
from socialcrm.http.ratelimit import LONGEST, RateLimiter, UsageHeaders
from socialcrm.http.rules import IN_BODY, Action, decide

NOW = datetime(2026, 3, 1, tzinfo=UTC)
BY_CASE, REGAIN = "x-business-use-case-usage", "estimated_time_to_regain_access"
USAGE = UsageHeaders(("X-Business-Use-Case-Usage", "X-App-Usage"))


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ({"x-app-usage": '{"call_count": 12, "total_time": 3}'}, None),
        ({"x-app-usage": '{"call_count": 12, "total_time": 100}'}, 0),
        ({BY_CASE: json.dumps({"5": [{"call_count": 100}]})}, 0),
        ({BY_CASE: json.dumps({"5": [{"call_count": 100, REGAIN: 2}]})}, 121),
        ({BY_CASE: json.dumps({"5": [{"total_time": 100, REGAIN: 1e9}]})}, LONGEST),
        ({"x-app-usage": "junk", "x-business-use-case-usage": "[[["}, None),
        ({}, None),
    ],
)
def test_an_allowance_told_as_a_share(header: dict[str, str], wait: float | None) -> None:
    clock = ManualClock(NOW)
    limiter = RateLimiter(USAGE, clock)
    limiter.note(header)
    assert limiter.due_in() == pytest.approx(wait or 0)


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_no_such_header_breaks_the_limiter(header: str) -> None:
    limiter = RateLimiter(USAGE, ManualClock(NOW))
    limiter.note({"x-app-usage": header})
    assert 0 <= limiter.due_in() <= LONGEST


def test_a_next_address_is_followed_by_its_query_without_its_secrets() -> None:
    link = "https://evil.example/x?access_token=t0ken&limit=50&after=abc&__paging_token=e1"
    paging = NextLink("paging.next", frozenset({"limit"}))
    (token,) = paging.after(Response(200, {}, {"paging": {"next": link}}), None, 1)
    assert paging.params(token) == {"after": ["abc"], "__paging_token": ["e1"]}
    assert "t0ken" not in token
    for end in ({}, {"paging": {}}, {"paging": {"next": 5}}, {"paging": {"next": "https://no.query"}}, None):
        assert list(paging.after(Response(200, {}, end), None, 1)) == []


def test_a_cursor_ends_where_the_platform_says_there_is_no_more() -> None:
    paging = CursorParam("cursor", "data.cursor", more="data.has_more")
    assert list(paging.after(Response(200, {}, {"data": {"cursor": 30, "has_more": True}}), None, 1)) == ["30"]
    assert list(paging.after(Response(200, {}, {"data": {"cursor": 30, "has_more": False}}), None, 1)) == []


def test_a_page_that_comes_again_ends_the_walk() -> None:
    """Fault 28: a platform that does not know the offset parameter sends its first page for ever."""
    steps = list(
        pages(lambda params: Response(200, {}, [1, 2]), Offset(), token=None, count=lambda response: 2, max_pages=50)
    )
    assert len(steps) == 2
    assert steps[-1].incomplete


@pytest.mark.parametrize(
    ("status", "action"),
    [("401", Action.REAUTH), ("403", Action.FAIL), ("429", Action.WAIT), ("502", Action.RETRY), ("418", Action.FAIL)],
)
def test_a_status_in_a_body_means_what_it_means_on_the_wire(status: str, action: Action) -> None:
    """Fault 18."""
    rule = decide(200, (status,), IN_BODY)
    assert rule
    assert rule.action is action


def test_the_proof_is_bound_to_token_and_secret() -> None:
    first = ProvenBearer(SecretStr("token"), SecretStr("secret")).params()["appsecret_proof"]
    other = ProvenBearer(SecretStr("token"), SecretStr("other")).params()["appsecret_proof"]
    assert len(first) == 64
    assert first != other


def test_deep_headers_are_refused_quietly() -> None:
    limiter = RateLimiter(USAGE, ManualClock(NOW))
    limiter.note({"x-app-usage": "[" * 100_000})
    assert limiter.due_in() == 0
