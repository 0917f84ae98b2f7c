"""Recording and replaying."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from socialcrm.clock import ManualClock
from socialcrm.errors import ConfigError
from socialcrm.http.auth import Session
from socialcrm.http.client import Client
from socialcrm.http.exchange import load_exchanges, transport_for
from socialcrm.testing.server import Answer, Asked, FaultServer, in_json

PASSWORD = SecretStr("p1anted-password")


def platform(asked: Asked) -> Answer:
    if asked.path == "/login":
        return in_json(
            {"access": "eyJhbGciOiJub25l.eyJzdWIiOiJkZXNrIn0.sig", "accessJwt": "p1anted-jwt", "email": "a@b.example"}
        )
    return in_json(
        {"page": dict(asked.params).get("cursor", "first"), "echo": PASSWORD.get_secret_value(), "odd": "\ud800"}
    )


def ask(url: str, *, record: Path | None = None, replay: Path | None = None) -> list[object]:
    session = Session("/login", "/refresh", {"password": PASSWORD}, "access", "renewal")
    transport = transport_for(record=record, replay=replay, secrets=[PASSWORD], volatile={"seenAt"})
    client = Client(url, label="forum", auth=session, transport=transport, clock=ManualClock(datetime.now(UTC)))
    params = [{"seenAt": str(id(transport))}, {"cursor": "2"}]
    found = [client.get("/list", some).json["page"] for some in params]
    client.close()
    return found


def test_a_recording_answers_like_the_network_and_holds_no_secret(tmp_path: Path) -> None:
    with FaultServer(platform) as server:
        live = ask(server.url, record=tmp_path)
    assert ask("https://gone.example", replay=tmp_path) == live == ["first", "2"]
    assert [file.name for file in sorted(tmp_path.iterdir())] == ["0001-login.json", "0002-list.json", "0003-list.json"]
    written = "".join(file.read_text() for file in tmp_path.iterdir())
    assert "p1anted" not in written
    assert "eyJhbGci" not in written
    assert "a@b.example" not in written


def test_a_recording_is_continued(tmp_path: Path) -> None:
    with FaultServer(platform) as server:
        ask(server.url, record=tmp_path)
        ask(server.url, record=tmp_path)
    assert len(list(tmp_path.iterdir())) == 6
    assert len(load_exchanges(tmp_path)) == 6


def write(folder: Path, number: int, body: object, path: str = "/list", **params: str) -> None:
    exchange = {
        "request": {"method": "GET", "path": path, "params": params},
        "response": {"status": None, "headers": {}, "body": body},
    }
    (folder / f"{number:04d}.json").write_text(json.dumps(exchange))


def test_answers_come_in_order_and_the_last_one_stays(tmp_path: Path) -> None:
    for number in (1, 2):
        write(tmp_path, number, {"n": number})
    client = Client("https://x.example", label="forum", transport=transport_for(replay=tmp_path))
    assert [client.get("/list").json["n"] for _ in range(4)] == [1, 2, 2, 2]


def test_stages_are_folders_of_their_own(tmp_path: Path) -> None:
    for stage in (1, 2):
        (tmp_path / f"{stage:02d}-stage").mkdir()
        write(tmp_path / f"{stage:02d}-stage", 1, {"n": stage})
    clients = [
        Client("https://x.example", label="forum", transport=transport_for(replay=folder))
        for folder in sorted(tmp_path.iterdir())
    ]
    assert [client.get("/list").json["n"] for client in clients] == [1, 2]


def test_a_request_that_was_never_recorded_is_named(tmp_path: Path) -> None:
    write(tmp_path, 1, {}, cursor="1")
    client = Client("https://x.example", label="forum", transport=transport_for(replay=tmp_path))
    with pytest.raises(ConfigError, match=r"no answer to GET /list\?cursor=2"):
        client.get("/list", {"cursor": "2"})


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"request": 1, "response": 2}', "[" * 9999])
def test_a_file_that_is_no_exchange_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "odd.json").write_text(text)
    with pytest.raises(ConfigError, match=r"odd\.json"):
        transport_for(replay=tmp_path)


def test_record_and_replay_exclude_each_other(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        transport_for(record=tmp_path, replay=tmp_path)
    with pytest.raises(ConfigError, match="no folder"):
        transport_for(replay=tmp_path / "nowhere")
