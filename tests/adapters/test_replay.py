"""What `socialcrm replay` writes for one exchange."""

from __future__ import annotations

import pytest

from adapters.scripts import NOTICES_PATH, at_notice, exchange
from socialcrm.adapters.registry import get_adapter
from socialcrm.adapters.replay import replayed
from socialcrm.errors import BadResponse


def test_items_are_written_each_once() -> None:
    body = {"notifications": [at_notice(1), at_notice(1), {**at_notice(2), "record": {"$type": "app.bsky.feed.like"}}]}
    lines = list(replayed(get_adapter("bluesky"), exchange(NOTICES_PATH, body)))
    assert [line["type"] for line in lines] == ["post", "skipped"]
    assert all(line["platform"] == "bluesky" for line in lines)


@pytest.mark.parametrize(
    ("adapter", "status", "body", "action"),
    [
        ("bluesky", 429, {"error": "RateLimitExceeded"}, "wait"),
        ("bluesky", 400, {"error": "ExpiredToken"}, "reauth"),
        ("bluesky", 502, {"error": "UpstreamFailure"}, "retry"),
        ("bluesky", 400, {"error": "InvalidRequest"}, "permanent"),
        ("mastodon", 401, {"error": "The access token is invalid"}, "reauth"),
        ("mastodon", 403, {"error": "This action is not allowed"}, "permanent"),
        ("mastodon", 404, "", "permanent"),
        ("mastodon", 503, "", "retry"),
    ],
)
def test_a_failure_is_written_as_what_would_be_done(adapter: str, status: int, body: object, action: str) -> None:
    (line,) = replayed(get_adapter(adapter), exchange("/x", body, status=status))
    assert line == {"type": "error", "platform": adapter, "action": action}


def test_a_body_of_another_shape_is_reported() -> None:
    with pytest.raises(BadResponse, match="another shape"):
        list(replayed(get_adapter("bluesky"), exchange("/x", {"notifications": 5})))
