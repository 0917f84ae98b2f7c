"""Access tokens traded for a refresh token, against a server on this machine."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest
from pydantic import SecretStr

from socialcrm.clock import ManualClock
from socialcrm.errors import BadResponse
from socialcrm.http.auth import RefreshToken
from socialcrm.http.client import Client
from socialcrm.testing.server import Answer, Asked, FaultServer, in_json


def client(url: str, *, basic: bool) -> Client:
    auth = RefreshToken(f"{url}/token", "app", SecretStr("app-secret"), SecretStr("first"), basic=basic)
    return Client(url, label="test", auth=auth, clock=ManualClock(datetime(2026, 3, 1, tzinfo=UTC)))


def platform(asked: Asked) -> Answer:
    """Gives a new refresh token with each access token, and accepts only the second access token."""
    if asked.path == "/token":
        given = parse_qs(asked.body.decode())["refresh_token"][0]
        following = {"first": "second", "second": "third"}[given]
        return in_json({"access_token": f"access-{following}", "refresh_token": following})
    fresh = asked.headers.get("Authorization") == "Bearer access-third"
    return in_json({"fine": True}) if fresh else in_json({"error": "expired"}, 401)


@pytest.mark.parametrize("basic", [True, False])
def test_a_token_that_expired_is_renewed_with_the_token_given_last(basic: bool) -> None:
    """Faults 24 and 25: the token expires mid-run, and each renewal replaces the refresh token."""
    with FaultServer(platform) as server:
        asking = client(server.url, basic=basic)
        assert asking.get("/news").json == {"fine": True}
        asking.close()
        trades = [parse_qs(asked.body.decode()) for asked in server.asked if asked.path == "/token"]
        named = [asked.headers.get("Authorization", "") for asked in server.asked if asked.path == "/token"]
    assert [trade["refresh_token"] for trade in trades] == [["first"], ["second"]]
    assert all(("client_secret" in trade) is not basic for trade in trades)
    assert all(name.startswith("Basic ") is basic for name in named)


def test_an_answer_without_a_token_is_refused() -> None:
    with (
        FaultServer(lambda asked: in_json({"token_type": "bearer"})) as server,
        pytest.raises(BadResponse, match="token"),
    ):
        client(server.url, basic=True).get("/news")
