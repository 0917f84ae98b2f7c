"""Credentials that are renewed, shared, and about to end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs

import pytest
from pydantic import SecretStr

from socialcrm.adapters.base import AdapterConfig, AdapterInfo, Capability, Item, Raw
from socialcrm.adapters.web import Feed, WebAdapter
from socialcrm.clock import ManualClock
from socialcrm.errors import AuthError, RateLimited
from socialcrm.http.auth import RefreshToken
from socialcrm.http.origin import HttpsOrigin
from socialcrm.http.rules import Action, ErrorTable, Rule
from socialcrm.model import Skipped
from socialcrm.store import SqlStore, open_store
from socialcrm.store.ledger import KeySeal
from socialcrm.testing.server import Answer, Asked, FaultServer, in_json

NOW = datetime(2026, 3, 1, tzinfo=UTC)


class Forum(WebAdapter):
    """A platform that replaces the refresh token at every renewal."""

    info = AdapterInfo(name="forum", title="Forum", docs="https://forum.example", can=frozenset({Capability.MENTIONS}))

    class Config(AdapterConfig):
        service: HttpsOrigin
        refresh_token: SecretStr = SecretStr("refresh-0")

    errors: ClassVar[ErrorTable] = {
        401: Rule(Action.REAUTH, "the token is not accepted"),
        400: Rule(Action.FAIL, "the refresh token is not accepted; sign in anew", AuthError),
    }

    def auth(self) -> RefreshToken:
        return RefreshToken(f"{self.config.service}/token", "app", SecretStr("secret"), self.config.refresh_token)

    def feeds(self) -> dict[str, Feed]:
        return {"mentions": Feed("/mentions", key="items"), "replies": Feed("/replies", key="items")}

    @classmethod
    def items(cls, body: Any) -> Iterator[Raw]:
        yield from body["items"]

    @classmethod
    def parse(cls, raw: Raw) -> Item:
        return Skipped(platform="forum", id=str(raw["id"]), reason="a test")


class Provider:
    """Rotates the refresh token, accepts only the latest, and forgets access tokens when told to."""

    def __init__(self) -> None:
        self.number = 0
        self.access = ""
        self.sunset = ""

    def __call__(self, asked: Asked) -> Answer:
        if asked.path == "/token":
            sent = parse_qs(asked.body.decode())["refresh_token"][0]
            if sent != f"refresh-{self.number}":
                return in_json({"error": "invalid_grant"}, 400)
            self.number += 1
            self.access = f"access-{self.number}"
            told = {"refresh_token": f"refresh-{self.number}", "refresh_token_expires_in": 86_400 * 3}
            return in_json({"access_token": self.access, **told})
        if asked.headers.get("Authorization") != f"Bearer {self.access}":
            return in_json({"error": "expired"}, 401)
        return in_json({"items": [{"id": 1}]}, **({"sunset": self.sunset} if self.sunset else {}))


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def server(provider: Provider) -> Iterator[FaultServer]:
    with FaultServer(provider) as server:
        yield server


def forum(server: FaultServer, store: SqlStore | None = None, **settings: Any) -> Forum:
    adapter = Forum(Forum.Config(service=server.url, **settings), clock=ManualClock(NOW))
    if store is not None:
        adapter.share(store.ledger)
    return adapter


def store(folder: Path, key: str = "key") -> SqlStore:
    seal = KeySeal(SecretStr(key)) if key else None
    return open_store(f"sqlite:///{folder / 'store.db'}", workspace="skylark", seal=seal)


def read(adapter: Forum, stream: str = "mentions") -> int:
    return sum(len(page.items) for page in adapter.fetch(stream, None))


def test_a_token_that_ends_in_the_middle_is_renewed_once(server: FaultServer, provider: Provider) -> None:
    """Fault 24: one refresh, the same page."""
    adapter = forum(server)
    assert read(adapter) == 1
    provider.access = "revoked"
    assert read(adapter) == 1
    assert server.count("/token") == 2


def test_a_token_that_another_process_rotated_is_read_again(
    server: FaultServer, provider: Provider, tmp_path: Path
) -> None:
    """Fault 25: the refresh token this process knows is used up; the one in the store is not."""
    with store(tmp_path) as mine, store(tmp_path) as theirs:
        one, other = forum(server, mine), forum(server, theirs)
        assert (read(one), read(other)) == (1, 1)
        provider.access = "revoked"
        assert (read(one), read(other)) == (1, 1)
        assert provider.number == 4
    with store(tmp_path) as later:
        assert read(forum(server, later)) == 1
    assert not forum(server).warnings()


def test_without_a_key_the_operator_is_told_that_the_next_run_has_no_token(server: FaultServer, tmp_path: Path) -> None:
    with store(tmp_path, key="") as unsealed:
        adapter = forum(server, unsealed)
        read(adapter)
        assert any("SOCIALCRM_TOKEN_KEY" in sentence for sentence in adapter.warnings())
        with pytest.raises(AuthError):
            read(forum(server, unsealed))


def test_a_revoked_token_is_the_operators_matter(server: FaultServer) -> None:
    """Fault 26: nothing is lost, and the message says what to do."""
    with pytest.raises(AuthError, match="sign in anew"):
        read(forum(server, refresh_token=SecretStr("refresh-wrong")))


def test_a_credential_that_ends_soon_is_reported_days_ahead(server: FaultServer) -> None:
    adapter = forum(server, expires=NOW + timedelta(days=6))
    assert any("2026-03-07" in sentence for sentence in adapter.warnings())
    assert [finding for finding in adapter.check() if not finding.ok]
    assert not forum(server, expires=NOW + timedelta(days=8)).warnings()


def test_an_interface_that_goes_away_is_reported(server: FaultServer, provider: Provider, tmp_path: Path) -> None:
    """Fault 35: the Sunset header of RFC 8594; junk in it is none."""
    with store(tmp_path) as kept:
        adapter = forum(server, kept)
        provider.sunset = "soon, maybe"
        read(adapter)
        assert not adapter.warnings()
        provider.sunset = "Sat, 31 Oct 2026 23:59:59 GMT"
        read(adapter)
        (warning,) = adapter.warnings()
    assert "/mentions goes away on 2026-10-31" in warning


def test_a_run_that_stops_for_the_budget_says_what_it_did_not_read(server: FaultServer, tmp_path: Path) -> None:
    with store(tmp_path) as shared:
        adapter = forum(server, shared, budget=1)
        assert read(adapter, "mentions") == 1
        with pytest.raises(RateLimited, match=r"/replies.*used up") as raised:
            read(forum(server, shared, budget=1), "replies")
    assert raised.value.retry_at == NOW + timedelta(days=1)
    assert "refresh" not in json.dumps(str(raised.value))
