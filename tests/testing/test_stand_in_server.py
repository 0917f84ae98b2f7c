"""The stand-in's door: sign-in, sessions, limits, locks, and what breaks on demand."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
import threading
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
from salesforce_client import KEY, Client, running, task

from socialcrm.clock import ManualClock
from socialcrm.crm.salesforce.backend import SalesforceCRM
from socialcrm.crm.salesforce.settings import SalesforceConfig
from socialcrm.model import Contact
from socialcrm.testing.salesforce import Moment, Org, SalesforceServer
from socialcrm.testing.salesforce.server import hang_up, page, refusing, slow
from socialcrm.testing.salesforce.sessions import JWT_BEARER
from socialcrm.testing.server import Asked

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def token(client: Client, **form: str) -> requests.Response:
    return requests.Session.post(client.session, f"{client.server.url}/services/oauth2/token", data=form, timeout=10)


def by_secret(client: Client, **changed: str) -> requests.Response:
    server = client.server
    form = {"grant_type": "client_credentials", "client_id": server.client_id, "client_secret": server.client_secret}
    return token(client, **(form | changed))


def by_key(client: Client, **claims: Any) -> requests.Response:
    server = client.server
    now = server.org.clock.now()
    given = {"iss": server.client_id, "sub": server.username, "aud": server.url, "exp": now + timedelta(minutes=2)}
    signed = jwt.encode(given | claims, server.jwt_key.read_bytes(), "RS256")
    return token(client, grant_type=JWT_BEARER, assertion=signed)


def test_three_ways_to_sign_in(sf: Client) -> None:
    server = sf.server
    renewed = by_secret(sf, grant_type="refresh_token", refresh_token=server.refresh_token)
    for said in (by_secret(sf), by_key(sf), by_key(sf, aud="https://login.salesforce.com"), renewed):
        body = said.json()
        assert body["instance_url"] == server.url
        assert "expires_in" not in body
        assert "refresh_token" not in body
        sf.session.headers["Authorization"] = f"Bearer {body['access_token']}"
        assert sf.ask("GET", "/limits").status_code == 200
    assert server.sessions.logins == 4


def test_a_refused_sign_in_is_an_object_not_an_array(sf: Client) -> None:
    wrong = {
        "invalid_client": by_secret(sf, client_secret="wrong"),
        "invalid_client_id": by_secret(sf, client_id="wrong"),
        "unsupported_grant_type": by_secret(sf, grant_type="password"),
        "invalid_grant": by_secret(sf, grant_type="refresh_token", refresh_token="wrong"),
    }
    for error, said in wrong.items():
        assert (said.status_code, said.json()["error"]) == (400, error)
        assert said.json()["error_description"]


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "https://elsewhere.example"},
        {"sub": "stranger@skylark.example"},
        {"exp": datetime.now(UTC) - timedelta(minutes=1)},
        {"exp": datetime.now(UTC) + timedelta(minutes=10)},
        {"exp": "soon"},
    ],
)
def test_an_assertion_must_be_exact(sf: Client, claims: Any) -> None:
    if claims.get("exp") == "soon":
        claims = {"exp": None}
    assert by_key(sf, **claims).json()["error"] == "invalid_grant"


def test_an_assertion_needs_the_right_key(sf: Client) -> None:
    with running() as other:
        sf.server.jwt_key = other.server.jwt_key
        assert by_key(sf).json()["error"] == "invalid_grant"


def test_a_session_ends_after_two_idle_hours() -> None:
    """Fault 59."""
    clock = ManualClock(NOON)
    with running(Org(clock=clock)) as client:
        for hours, status in ((1.9, 200), (1.9, 200), (2, 401)):
            clock.advance(timedelta(hours=hours))
            assert client.ask("GET", "/limits").status_code == status
        said = client.ask("GET", "/limits")
        assert said.json() == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]


def test_the_door_is_tls_and_on_this_machine_only(sf: Client) -> None:
    sf.session.verify = True
    with pytest.raises(requests.exceptions.SSLError):
        sf.ask("GET", "/limits")
    assert sf.server.url.startswith("https://127.0.0.1:")
    assert stat.S_IMODE(sf.server.jwt_key.stat().st_mode) == 0o600


def test_versions_and_unknown_paths(sf: Client) -> None:
    asked = {"/services/data/v30.0/limits": 410, "/services/data/v99.0/limits": 404, "/nowhere": 404, "/nothing": 404}
    assert {path: sf.ask("GET", path).status_code for path in asked} == asked
    assert sf.ask("GET", "/services/data").json()[-1]["version"] == "67.0"
    assert sf.ask("POST", "/limits").status_code == 405
    assert sf.ask("POST", "/sobjects/Contact", data="x").status_code == 415


def test_the_days_calls_are_counted_and_end() -> None:
    """Fault 52: the daily limit, which clears within hours."""
    clock = ManualClock(NOON)
    with running(Org(clock=clock)) as client:
        client.org.limits.daily = 3
        used = [client.ask("GET", "/limits").headers["Sforce-Limit-Info"] for _ in range(3)]
        assert used == ["api-usage=1/3", "api-usage=2/3", "api-usage=3/3"]
        said = client.ask("GET", "/limits")
        assert (said.status_code, said.json()[0]["errorCode"]) == (403, "REQUEST_LIMIT_EXCEEDED")
        assert "TotalRequests" in said.json()[0]["message"]
        assert said.headers["Sforce-Limit-Info"] == "api-usage=3/3"
        clock.advance(timedelta(hours=24))
        client.session.headers["Authorization"] = f"Bearer {client.server.sessions.open()}"
        assert client.ask("GET", "/limits").json()["DailyApiRequests"] == {"Max": 3, "Remaining": 2}


def test_too_many_at_once_has_the_same_code_and_another_sentence(sf: Client) -> None:
    """Fault 52: it clears in seconds."""
    sf.org.limits.too_many_at_once = 1
    said = sf.ask("GET", "/limits")
    assert (said.status_code, said.json()[0]["errorCode"]) == (403, "REQUEST_LIMIT_EXCEEDED")
    assert "ConcurrentRequests" in said.json()[0]["message"]
    assert sf.ask("GET", "/limits").status_code == 200


def test_two_calls_at_once_for_one_contact_collide(sf: Client, ann: str, bob: str) -> None:
    """Fault 52: a row lock."""
    locked, on = threading.Event(), threading.Event()
    said: list[str] = []

    def hold(asked: Asked) -> None:
        if b"first" in asked.body:
            locked.set()
            on.wait(30)

    sf.server.while_locked = hold
    call = threading.Thread(target=lambda: said.extend(Client(sf.server).codes(task("first", ann))))
    call.start()
    assert locked.wait(30)
    assert sf.codes(task("second", ann), task("other", bob)) == ["UNABLE_TO_LOCK_ROW", "created"]
    on.set()
    call.join()
    assert said == ["created"]
    assert sf.org.locks.refusals == 1
    assert sf.codes(task("second", ann)) == ["created"]


def test_a_colleagues_lock_refuses_and_passes(sf: Client, ann: str, bob: str) -> None:
    """Fault 52."""
    with sf.org.locks.held(ann):
        assert sf.codes(task("a", ann), task("b", bob)) == ["UNABLE_TO_LOCK_ROW", "created"]
    assert sf.codes(task("a", ann), task("b", bob)) == ["created", "updated"]


@pytest.mark.parametrize(("where", "place"), [("first", 0), ("middle", 2), ("last", 3)])
def test_one_record_of_a_batch_fails_on_demand(sf: Client, ann: str, where: str, place: int) -> None:
    """Fault 51."""
    sf.org.spoilers.plan(where, "UNABLE_TO_LOCK_ROW", "try again")
    batch = [task(f"k{number}", ann) for number in range(4)]
    assert [code == "UNABLE_TO_LOCK_ROW" for code in sf.codes(*batch)] == [number == place for number in range(4)]
    assert "UNABLE_TO_LOCK_ROW" not in sf.codes(*batch)


@pytest.mark.parametrize(("moment", "written"), [(Moment.BEFORE, 0), (Moment.APPLIED, 1)])
def test_a_connection_is_lost_before_or_after_the_write(sf: Client, ann: str, moment: Moment, written: int) -> None:
    """Fault 50."""
    sf.server.plan(hang_up, moment=moment, path="/composite")
    with pytest.raises(requests.exceptions.ConnectionError):
        sf.upsert(task("a", ann))
    assert len(sf.org.rows("Task")) == written
    assert sf.codes(task("a", ann)) == [("created", "updated")[written]]


def test_errors_pages_and_waits_on_demand(sf: Client) -> None:
    sf.server.plan(refusing("SERVER_UNAVAILABLE", "later"), after=1)
    sf.server.plan(page(), method="GET", path="/limits", after=2)
    assert [sf.ask("GET", "/limits").status_code for _ in range(4)] == [200, 503, 503, 200]
    sf.server.plan(page(200))
    assert "html" in sf.ask("GET", "/limits").text
    sf.server.plan(slow(0.01), moment=Moment.APPLIED)
    assert sf.ask("GET", "/limits").status_code == 200


def test_a_watcher_is_told_each_moment_in_turn(sf: Client) -> None:
    told: list[tuple[Moment, str]] = []
    done = threading.Event()

    def watch(moment: Moment, asked: Asked) -> None:
        told.append((moment, asked.path.rsplit("/", 1)[-1]))
        if moment is Moment.ANSWERED:
            done.set()

    sf.server.watch(watch)
    sf.ask("GET", "/limits")
    assert done.wait(5)
    assert told == [(moment, "limits") for moment in Moment]
    sf.server.heal()
    sf.ask("GET", "/limits")
    assert len(told) == 3


def test_random_faults_come_in_their_share_and_repeatably() -> None:
    def broken() -> list[int]:
        with running() as client:
            client.server.flaky(0.3, seed=7)
            found = []
            for number in range(100):
                try:
                    if client.ask("GET", "/limits").status_code != 200:
                        found.append(number)
                except requests.exceptions.ConnectionError:
                    found.append(number)
            return found

    first = broken()
    assert 15 <= len(first) <= 45
    assert broken() == first


def test_the_log_tells_api_calls_from_sign_ins(sf: Client, ann: str) -> None:
    by_secret(sf)
    sf.upsert(task("a", ann))
    sf.ask("GET", f"/sobjects/Contact/{ann}")
    assert sf.server.calls == sf.org.limits.used == 2
    assert sf.server.tally() == {
        "POST oauth2/token": 1,
        f"PATCH composite/sobjects/Task/{KEY}": 1,
        "GET sobjects/Contact": 1,
    }


def test_it_breaks_and_counts_like_any_fault_server(sf: Client) -> None:
    sf.server.breaks(page(), path="/services/data/v62.0/limits")
    assert [sf.ask("GET", "/limits").status_code for _ in range(2)] == [503, 200]
    assert sf.server.count("/services/data/v62.0/limits") == 2


def test_it_runs_by_itself_until_it_is_interrupted(tmp_path: Path) -> None:
    contacts = tmp_path / "contacts.csv"
    contacts.write_text("contact_id,full_name,extra\nC1,Ann Lee,handles=bluesky:ann.test\n", encoding="utf-8")
    command = [sys.executable, "-m", "socialcrm.testing.salesforce", "--contacts", str(contacts)]
    job = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    assert job.stdout is not None
    assert "https://127.0.0.1:" in job.stdout.readline()
    assert "secret.env" in job.stdout.readline()
    folder = tmp_path / "salesforce-rehearsal"
    secret = (folder / "secret.env").read_text(encoding="utf-8").strip().rpartition("=")[2]
    table = tomllib.loads((folder / "salesforce.toml").read_text(encoding="utf-8"))["crm"]
    assert secret not in str(table)
    assert stat.S_IMODE((folder / "secret.env").stat().st_mode) == 0o600
    table |= {"client_secret": secret}
    crm = SalesforceCRM(SalesforceConfig(**{name: one for name, one in table.items() if name != "type"}))
    (found,) = [one for reading in crm.contacts(None) for one in reading.changes]
    assert isinstance(found, Contact)
    assert (found.full_name, found.handles) == ("Ann Lee", {"bluesky": ("ann.test",)})
    crm.close()
    job.send_signal(signal.SIGINT)
    assert job.wait(timeout=10) == 0
    job.stdout.close()


def test_an_instance_may_move() -> None:
    with running() as client, SalesforceServer(client.org) as elsewhere:
        client.server.sessions.instance_url = elsewhere.url
        assert by_secret(client).json()["instance_url"] == elsewhere.url
