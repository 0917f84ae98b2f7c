"""The client against a server that breaks: what is retried, waited for, renewed, refused."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from socialcrm.clock import ManualClock
from socialcrm.errors import AuthError, BadResponse, ConfigError, CursorExpired, RateLimited, Transient
from socialcrm.http.auth import ApiKey, Auth, Bearer, NoAuth, Session
from socialcrm.http.client import Client
from socialcrm.http.ratelimit import RateHeaders, Reset
from socialcrm.http.rules import Action, Rule
from socialcrm.http.transport import Limits, NetworkTransport, Request
from socialcrm.testing.server import Answer, Asked, FaultServer, bomb, drip, failing, in_json, redirect

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LIMITS = Limits(connect=2, read=0.3, call=0.5, wire=1 << 20, body=8 << 20)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer(lambda asked: in_json({"n": len(asked.params), "sent": asked.headers})) as server:
        yield server


def client(server: FaultServer, clock: ManualClock, auth: Auth | None = None, **more: object) -> Client:
    return Client(server.url, label="forum (desk)", auth=auth, limits=LIMITS, clock=clock, **more)  # type: ignore[arg-type]


def test_it_reads_json_with_lower_case_headers(server: FaultServer, clock: ManualClock) -> None:
    answer = client(server, clock).get("/x", {"tags": ["a", "b"], "none": None, "flag": True})
    assert (answer.status, answer.json["n"], answer.headers["content-type"]) == (200, 3, "application/json")
    assert server.asked[0].params == (("tags", "a"), ("tags", "b"), ("flag", "true"))


def test_five_tries_then_transient(server: FaultServer, clock: ManualClock) -> None:
    """Fault 20."""
    server.breaks(failing(503), times=99)
    with pytest.raises(Transient, match=r"^forum \(desk\): GET /x: .*status 503"):
        client(server, clock).get("/x")
    assert len(server.asked) == 5
    assert sum(clock.slept) <= 120


def test_the_total_time_bounds_tries_too(server: FaultServer, clock: ManualClock) -> None:
    """Fault 20."""
    server.breaks(failing(429, Retry_After="50"), times=99)
    with pytest.raises(RateLimited) as caught:
        client(server, clock).get("/x")
    assert clock.slept == [50, 50]
    assert caught.value.retry_at == clock.now() + timedelta(seconds=50)


def test_a_write_is_repeated_only_on_request(server: FaultServer, clock: ManualClock) -> None:
    server.breaks(failing(503), times=2)
    with pytest.raises(Transient):
        client(server, clock).post("/x", json={})
    assert len(server.asked) == 1
    assert client(server, clock).post("/x", json={}, repeat=True).status == 200
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("form", "value"),
    [
        (Reset.EPOCH, str(int(NOW.timestamp()) + 30)),
        (Reset.INSTANT, "2026-03-01T00:00:30.000Z"),
        (Reset.DELTA, "30"),
    ],
)
def test_a_used_up_allowance_is_waited_for(server: FaultServer, clock: ManualClock, form: Reset, value: str) -> None:
    rate = RateHeaders("X-Left", "X-Reset", form)
    asking = client(server, clock, rate=rate)
    server.breaks(lambda answer: in_json({}, X_Left="0", X_Reset=value))
    asking.get("/x")
    assert clock.slept == []
    asking.get("/x")
    assert clock.slept == [31]


def test_an_allowance_that_returns_too_late_is_reported(server: FaultServer, clock: ManualClock) -> None:
    """Faults 16 and 17."""
    asking = client(server, clock, rate=RateHeaders("X-Left", "X-Reset", Reset.DELTA))
    server.breaks(lambda answer: in_json({}, X_Left="0", X_Reset="600"))
    asking.get("/x")
    with pytest.raises(RateLimited) as caught:
        asking.get("/x")
    assert caught.value.retry_at == NOW + timedelta(seconds=601)
    assert len(server.asked) == 1


@pytest.mark.parametrize("junk", ["", "soon", "nan", "inf", "-1e400", "0x10"])
def test_junk_in_rate_headers_changes_nothing(server: FaultServer, clock: ManualClock, junk: str) -> None:
    for form in Reset:
        asking = client(server, clock, rate=RateHeaders("X-Left", "X-Reset", form))
        server.breaks(lambda answer: in_json({}, X_Left="0", X_Reset=junk))
        asking.get("/x")
        asking.get("/x")
    assert clock.slept == []


def session() -> Session:
    names = {"identifier": "desk", "password": SecretStr("p1anted")}
    return Session("/login", "/refresh", names, "access", "renewal")


def sessions(asked: Asked) -> Answer:
    """Accepts the token that was given last; each login or refresh gives the next."""
    given = {"/login": "first", "/refresh": "second"}
    if asked.path in given:
        return in_json({"access": given[asked.path], "renewal": "renewal"})
    return in_json({"as": asked.headers.get("Authorization")})


def test_a_session_logs_in_once_and_renews_after_a_refusal(clock: ManualClock) -> None:
    """Fault 24."""
    with FaultServer(sessions) as server:
        asking = client(server, clock, session())
        assert asking.get("/x").json["as"] == "Bearer first"
        server.breaks(failing(401), path="/x")
        assert asking.get("/x").json["as"] == "Bearer second"
        assert [asked.path for asked in server.asked] == ["/login", "/x", "/x", "/refresh", "/x"]


def test_a_session_whose_refresh_is_refused_logs_in_again(clock: ManualClock) -> None:
    with FaultServer(sessions) as server:
        server.breaks(failing(401), path="/refresh")
        server.breaks(failing(401), path="/x")
        assert client(server, clock, session()).get("/x").json["as"] == "Bearer first"
        assert server.count("/login") == 2


def test_a_fixed_token_is_not_renewed(server: FaultServer, clock: ManualClock) -> None:
    server.breaks(failing(401), times=99)
    with pytest.raises(AuthError, match="renew it"):
        client(server, clock, Bearer(SecretStr("p1anted"))).get("/x")
    assert len(server.asked) == 1


@pytest.mark.parametrize("bad", ["", "two words", "line\nbreak", "naïve"])
def test_a_malformed_credential_is_a_matter_of_configuration(server: FaultServer, clock: ManualClock, bad: str) -> None:
    with pytest.raises(ConfigError) as caught:
        client(server, clock, Bearer(SecretStr(bad))).get("/x")
    assert not bad or bad not in str(caught.value)


def test_platform_codes_outrank_the_status(server: FaultServer, clock: ManualClock) -> None:
    """Fault 18."""
    table = {"Expired": Rule(Action.RESTART, "the page token expired"), "Odd": Rule(Action.SKIP, "not for us")}
    asking = client(server, clock, errors=table, codes=lambda body: (body["code"],) if "code" in body else ())
    server.breaks(failing(200, {"code": "Expired"}))
    with pytest.raises(CursorExpired):
        asking.get("/x")
    server.breaks(failing(500, {"code": "Odd"}))
    skipped = asking.get("/x")
    assert skipped.rule is not None
    assert skipped.rule.sentence == "not for us"
    server.breaks(failing(200, {"code": "Never seen"}))
    with pytest.raises(BadResponse):
        asking.get("/x")


def test_a_bomb_costs_neither_time_nor_memory(server: FaultServer, clock: ManualClock) -> None:
    """Fault 21."""
    server.breaks(bomb())
    began = time.monotonic()
    with pytest.raises(BadResponse, match="larger than"):
        client(server, clock).get("/x")
    assert time.monotonic() - began < 2


def test_a_redirect_is_refused_without_reading_its_body(server: FaultServer, clock: ManualClock) -> None:
    """Fault 34."""
    server.breaks(lambda answer: replace(redirect("https://example.org/")(answer), send=drip(answer).send))
    with pytest.raises(ConfigError, match="never followed"):
        client(server, clock).get("/x")
    assert len(server.asked) == 1


def test_nothing_of_the_environment_is_trusted(
    server: FaultServer, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Fault 34: neither a netrc file nor a proxy of the environment."""
    home = tmp_path_factory.mktemp("home")
    (home / ".netrc").write_text("machine 127.0.0.1 login eve password netrc-secret\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    sent = client(server, clock, Bearer(SecretStr("mine"))).get("/x").json["sent"]
    assert sent["Authorization"] == "Bearer mine"


def test_cookies_are_not_kept(server: FaultServer, clock: ManualClock) -> None:
    asking = client(server, clock)
    server.breaks(lambda answer: in_json({}, Set_Cookie="id=1"))
    asking.get("/x")
    assert "Cookie" not in asking.get("/x").json["sent"]


@pytest.mark.parametrize(
    "address",
    ["http://example.org", "ftp://x", "https://", "https://a@b", "https://a\\@b", "https://a/?k=1", "https://a b", "x"],
)
def test_an_unsafe_address_is_refused(address: str) -> None:
    with pytest.raises(ConfigError):
        Client(address, label="forum")


@pytest.mark.parametrize("address", ["https://a.example/", "http://localhost:1", "http://[::1]:80", "http://127.0.0.9"])
def test_a_safe_address_is_taken(address: str) -> None:
    Client(address, label="forum").close()


def test_a_key_in_the_query_is_in_no_message_or_log(
    server: FaultServer, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    asking = client(server, clock, ApiKey("key", SecretStr("p1anted-key"), in_query=True))
    with caplog.at_level(logging.DEBUG):
        asking.get("/x", {"q": "bags"})
        nobody = Client(
            "http://127.0.0.1:9", label="x", auth=ApiKey("key", SecretStr("p1anted-key"), in_query=True), clock=clock
        )
        with pytest.raises(Transient) as caught:
            nobody.get("/x", {"q": "bags"})
    chain: list[BaseException | None] = [caught.value]
    while chain[-1] is not None:
        chain.append(chain[-1].__cause__ or chain[-1].__context__)
    assert "p1anted-key" not in f"{caplog.text} {chain!r} {asking!r}"
    assert "q=bags" in caplog.text  # urllib3 did log the address


def test_every_transport_failure_is_transient(clock: ManualClock) -> None:
    """Fault 20."""
    transport = NetworkTransport(LIMITS)
    with pytest.raises(Transient, match="ConnectionError"):
        transport.send(Request("GET", "http://127.0.0.1:9/", "/"))


def test_no_auth_adds_nothing(server: FaultServer, clock: ManualClock) -> None:
    assert "Authorization" not in client(server, clock, NoAuth()).get("/x").json["sent"]
