"""Signing in, and a session that keeps its bounds whatever the other side does."""

from __future__ import annotations

import logging
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from salesforce_world import SalesforceWorld

from socialcrm.config import from_mapping, section
from socialcrm.crm.salesforce.settings import SalesforceConfig, SignIn
from socialcrm.errors import AuthError, BadResponse, ConfigError, Transient
from socialcrm.model import Contact
from socialcrm.testing.crms import SECRET, entry
from socialcrm.testing.salesforce import Moment
from socialcrm.testing.salesforce.server import page, refusing
from socialcrm.testing.server import Asked, bomb, drip, login_page, redirect, reset, short


@pytest.fixture
def world() -> Iterator[SalesforceWorld]:
    with SalesforceWorld() as world:
        yield world


def ways(world: SalesforceWorld) -> dict[SignIn, dict[str, Any]]:
    server = world.server
    return {
        SignIn.CLIENT_CREDENTIALS: {},
        SignIn.JWT: {"username": server.username, "private_key_file": server.jwt_key, "client_secret": None},
        SignIn.REFRESH_TOKEN: {"refresh_token": SecretStr(server.refresh_token)},
        SignIn.SESSION: {"session_id": SecretStr(server.sessions.open()), "instance_url": server.url},
    }


@pytest.mark.parametrize("way", [way for way in SignIn if way is not SignIn.PASSWORD])
def test_every_way_of_signing_in_reaches_the_org(world: SalesforceWorld, way: SignIn) -> None:
    crm = world.backend(sign_in=way, **ways(world)[way])
    assert all(finding.ok for finding in crm.check())
    assert world.server.sessions.logins == (way is not SignIn.SESSION)


@pytest.mark.parametrize("way", [way for way in SignIn if way is not SignIn.PASSWORD])
def test_59_an_ended_session_is_begun_anew_where_that_is_possible(world: SalesforceWorld, way: SignIn) -> None:
    crm = world.backend(sign_in=way, **ways(world)[way])
    list(crm.contacts(None))
    world.server.sessions.expire()
    if way is SignIn.SESSION:
        with pytest.raises(AuthError, match="renew"):
            list(crm.contacts(None))
    else:
        list(crm.contacts(None))


def test_a_private_key_may_come_from_the_environment(world: SalesforceWorld) -> None:
    key = Path(world.server.jwt_key).read_text().replace("\n", "\\n")
    crm = world.backend(sign_in=SignIn.JWT, username=world.server.username, private_key=SecretStr(key))
    assert all(finding.ok for finding in crm.check())


@pytest.mark.parametrize(
    ("settings", "error", "says"),
    [
        ({"client_secret": SecretStr("wrong-secret-1234")}, AuthError, "invalid_client"),
        ({"client_id": "nobody"}, AuthError, "invalid_client_id"),
        ({"client_secret": None}, ConfigError, "client_secret is missing"),
        (
            {"sign_in": SignIn.JWT, "username": "eve@skylark.example", "private_key": SecretStr("junk")},
            ConfigError,
            "PEM",
        ),
        ({"sign_in": SignIn.SESSION}, ConfigError, "instance_url is missing"),
        ({"ca_bundle": None}, Transient, "ca_bundle"),
    ],
)
def test_a_refused_sign_in_says_what_to_mend_and_no_secret(
    world: SalesforceWorld, settings: dict[str, Any], error: type[Exception], says: str
) -> None:
    crm = world.backend(**settings)
    with pytest.raises(error, match=says) as caught:
        list(crm.contacts(None))
    assert "wrong-secret" not in str(caught.value)
    (finding,) = crm.check()
    assert not finding.ok
    assert says in finding.remedy


def test_a_certificate_file_that_is_not_there_is_a_setting_to_mend(world: SalesforceWorld, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="ca_bundle"):
        world.backend(ca_bundle=tmp_path / "absent.pem")


def test_a_sign_in_page_that_is_away_is_for_later(world: SalesforceWorld) -> None:
    world.server.plan(page(503), path="oauth2", times=99)
    with pytest.raises(Transient):
        list(world.crm.contacts(None))


def test_an_address_that_is_no_org_is_a_setting_to_mend(world: SalesforceWorld) -> None:
    world.server.plan(page(404), path="oauth2", times=99)
    with pytest.raises(ConfigError, match="My Domain"):
        list(world.crm.contacts(None))


def test_the_soap_login_is_warned_about(world: SalesforceWorld, caplog: pytest.LogCaptureFixture) -> None:
    crm = world.backend(sign_in=SignIn.PASSWORD, username="ann@skylark.example", password=SecretStr("hunter22"))
    (finding,) = crm.check()
    assert "June 2027" in finding.remedy
    assert "hunter22" not in finding.remedy
    assert "June 2027" in caplog.text


def test_the_instance_is_used_as_given_and_refreshed_at_a_new_sign_in(world: SalesforceWorld) -> None:
    port = world.server.url.rpartition(":")[2]
    seen: list[tuple[str, str]] = []

    def note(moment: Moment, asked: Asked) -> None:
        if moment is Moment.BEFORE and "/data/" in asked.path:
            headers = {name.lower(): value for name, value in asked.headers.items()}
            seen.append((headers["host"], headers["sforce-call-options"]))

    world.server.watch(note)
    world.server.sessions.instance_url = f"https://localhost:{port}"
    list(world.crm.contacts(None))
    assert {host for host, _ in seen} == {f"localhost:{port}"}
    world.server.sessions.instance_url = world.server.url
    world.server.sessions.expire()
    seen.clear()
    list(world.crm.contacts(None))
    assert seen[-1][0] == world.server.url.removeprefix("https://")
    assert {options for _, options in seen} == {"client=socialcrm"}


@pytest.mark.parametrize("address", ["http://elsewhere.example", "https://me@elsewhere.example", 7, None])
def test_an_instance_that_is_no_safe_address_is_refused(world: SalesforceWorld, address: Any) -> None:
    import json

    from socialcrm.testing.server import of_bytes

    body = json.dumps({"access_token": "00Dx!token", "instance_url": address}).encode()
    world.server.plan(of_bytes(body), moment=Moment.APPLIED, path="oauth2", times=9)
    with pytest.raises(BadResponse) as caught:
        list(world.crm.contacts(None))
    assert "token" not in str(caught.value).replace("access_token", "")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (redirect("https://elsewhere.example/"), BadResponse),
        (bomb(140_000_000), BadResponse),
        (login_page, Transient),
        (short, Transient),
        (reset, Transient),
    ],
    ids=["redirect", "bomb", "login page", "cut off", "reset"],
)
def test_whatever_comes_back_is_bounded_and_named(world: SalesforceWorld, fault: Any, error: type[Exception]) -> None:
    world.server.plan(fault, moment=Moment.APPLIED, path="/data/", times=9)
    with pytest.raises(error):
        list(world.crm.contacts(None))


def test_an_answer_that_drips_ends_with_the_timeout(world: SalesforceWorld) -> None:
    world.server.plan(drip, moment=Moment.APPLIED, path="/data/", times=9)
    with pytest.raises(Transient):
        list(world.backend(timeout=timedelta(seconds=0.1)).contacts(None))


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"{}", b'{"compositeResponse": 1}', b"null", b"[" * 100_000])
def test_answers_of_the_wrong_shape_are_errors_of_ours(world: SalesforceWorld, body: bytes) -> None:
    from socialcrm.testing.server import of_bytes

    world.server.plan(of_bytes(body), moment=Moment.APPLIED, path="/data/", times=9)
    with pytest.raises((BadResponse, Transient, ConfigError)):
        world.crm.upsert([entry("003000000000001AAA", "1")])


def test_no_secret_and_no_text_is_logged_at_debug(world: SalesforceWorld, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ann = world.add(Contact(id="ann", last_name="Lee"))
    world.crm.upsert([entry(ann, "1", body=SECRET)])
    world.server.plan(refusing("INVALID_FIELD", f"No such column {SECRET}"), method="PATCH")
    with pytest.raises(ConfigError) as caught:
        world.crm.upsert([entry(ann, "2", body=SECRET)])
    config = world.config(password=SecretStr("hunter22"), private_key=SecretStr("-----BEGIN"))
    shown = f"{caplog.text} {config!r} {world.crm!r} {caught.value}"
    assert "urllib3" in caplog.text
    for hidden in (SECRET, world.server.client_secret, "00DSk", "hunter22", "BEGIN", world.server.client_id):
        assert hidden not in shown


@contextmanager
def connect_proxy() -> Iterator[tuple[str, list[str]]]:
    """A proxy on this machine that passes CONNECT on; yields its address and what it was asked."""
    asked: list[str] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=pass_on, args=(client,), daemon=True).start()

    def pass_on(client: socket.socket) -> None:
        head = client.recv(4096).decode()
        asked.append(head.split()[1])
        host, _, port = asked[-1].partition(":")
        with client, socket.create_connection((host, int(port))) as target:
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            ends = {client: target, target: client}
            while True:
                for end in select.select([*ends], [], [])[0]:
                    data = end.recv(65536)
                    if not data:
                        return
                    ends[end].sendall(data)

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
    listener.close()


def test_a_proxy_is_used_where_one_is_set_and_never_from_the_environment(
    world: SalesforceWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    list(world.crm.contacts(None))
    with connect_proxy() as (proxy, asked):
        crm = world.backend(proxy=proxy)
        list(crm.contacts(None))
        crm.close()
        assert set(asked) == {world.server.url.removeprefix("https://")}


def test_secrets_stand_in_the_environment_never_in_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("client_secret", "refresh_token", "session_id", "password", "security_token", "private_key"):
        settings = from_mapping({"crm": {"type": "salesforce", name: "hunter22"}})
        with pytest.raises(ConfigError, match=f"SOCIALCRM_CRM__{name.upper()}") as caught:
            section(settings, SalesforceConfig, "crm")
        assert "hunter22" not in str(caught.value)
    monkeypatch.setenv("SOCIALCRM_CRM__CLIENT_SECRET", "hunter22")
    config = section(from_mapping({"crm": {"type": "salesforce"}}), SalesforceConfig, "crm")
    assert config.client_secret is not None
    assert config.client_secret.get_secret_value() == "hunter22"


@pytest.mark.parametrize(
    "wrong",
    [
        {"handles": {"x": ["Name FROM User --"]}},
        {"object": "Task WHERE"},
        {"fields": {"key": "x; DROP"}},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
        {"login_url": "http://skylark.my.salesforce.com"},
        {"api_version": "v64"},
        {"leave_calls": 1.0},
    ],
)
def test_settings_that_could_reach_a_query_or_lead_elsewhere_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        section(from_mapping({"crm": {"type": "salesforce", **wrong}}), SalesforceConfig, "crm")
