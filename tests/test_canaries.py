"""Twelve planted secrets and texts are found in nothing that is written for operators, even at DEBUG (I7)."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import pickle
import stat
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parent / "adapters"))

from scripts import account, notice, status

from socialcrm.cli.app import app
from socialcrm.clock import ManualClock
from socialcrm.errors import SocialCRMError
from socialcrm.sync.pipeline import Sync
from socialcrm.testing.server import Answer, Asked, FaultServer, failing, in_json, login_page, reset

SECRETS = {
    "SOCIALCRM_SOURCES__MASTODON__TOKEN": "canary-token-01",
    "SOCIALCRM_SOURCES__BLUESKY__APP_PASSWORD": "canary-password-02",
    "SOCIALCRM_SUPPRESSION_KEY": "canary-key-03",
}
SESSION = ("canary-access-04", "canary-refresh-05", "canary-cookie-06")
TEXTS = ("canary-text-07", "canary-deleted-08", "canary-bio-09", "canary-body-10", "canary-mail-11", "canary-edited-12")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
CANARIES = (*SECRETS.values(), *SESSION, *TEXTS)
SETTINGS = """
workspace = "skylark"
[sources.mastodon]
server = "{url}"
[sources.bluesky]
service = "{url}"
identifier = "skylark.example"
"""
CONTACTS = f"""contact_id,full_name,email,extra
C1,Ann Vale,{TEXTS[4]}@example.com,handles=mastodon:ann@social.example
C2,Bo Hart,bo@example.com,
"""


def said(number: int, text: str) -> dict[str, Any]:
    ann = account("ann", note=f"<p>{TEXTS[2]}</p>")
    return {
        **notice(number),
        "account": ann,
        "status": status(number, account=ann, content=f"<p>@skylarkair {text}</p>"),
    }


ANSWERS: dict[str, Any] = {
    "/api/v1/accounts/verify_credentials": account("skylarkair"),
    "/api/v1/notifications": [said(40, TEXTS[0]), said(39, TEXTS[1]), said(38, TEXTS[5])],
    "/xrpc/com.atproto.server.createSession": {
        "accessJwt": SESSION[0], "refreshJwt": SESSION[1], "did": "did:plc:me", "handle": "skylark.example",
    },
}  # fmt: skip


def world(asked: Asked) -> Answer:
    if asked.path not in ANSWERS:
        return in_json({"error": TEXTS[3]}, 404)
    later = asked.path.endswith("notifications") and dict(asked.params).get("min_id", "0") != "0"
    return in_json([] if later else ANSWERS[asked.path], **{"set-cookie": f"session={SESSION[2]}"})


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer(world) as server:
        yield server


@pytest.fixture
def folder(server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "socialcrm.toml").write_text(SETTINGS.format(url=server.url), encoding="utf-8")
    (tmp_path / "contacts.csv").write_text(CONTACTS, encoding="utf-8")
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def command(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments))
    shown = done.output
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        assert isinstance(done.exception, SocialCRMError)
        shown += told(done.exception)
    return shown


def told(error: BaseException) -> str:
    """Everything that a crash report would show of an error, the values of variables in every frame included."""
    return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format()) + repr(error.args)


def test_nothing_planted_is_ever_written_for_operators(folder: Path, server: FaultServer) -> None:
    """Faults 80, 82 and 83: third-party loggers at DEBUG, errors with their causes and locals, reprs and pickles."""
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        shown = [command("contacts", "import", "contacts.csv"), command("check"), command("sync", "--json")]
        with Sync.from_config() as sync:
            shown += [repr(part) for part in (sync, sync.store, sync.crm, *sync.sources.values(), *vars(sync).values())]
            for adapter in sync.sources.values():
                with contextlib.suppress(TypeError, AttributeError, pickle.PicklingError):
                    shown.append(repr(pickle.dumps(adapter)))
        assert TEXTS[0] in command("timeline", "C1")
        for fault in (failing(500, {"error": TEXTS[3]}), failing(401, {"error": TEXTS[3]}), login_page, reset):
            server.breaks(fault, times=40)
            with Sync.from_config(clock=ManualClock(NOW)) as sync:
                for adapter in sync.sources.values():
                    try:
                        for stream in adapter.streams():
                            list(adapter.fetch(stream, None))
                    except SocialCRMError as error:
                        shown.append(told(error))
                server.heal()
        shown += [command("audit", "--json"), command("explain", "nobody"), command("retain", "--json")]
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
    everything = log.getvalue() + "\n".join(shown)
    assert len(shown) > 12
    assert log.getvalue()
    for canary in CANARIES:
        place = everything.find(canary)
        assert place < 0, everything[max(0, place - 300) : place + 100]


def test_after_erasure_no_canary_is_in_any_file(folder: Path) -> None:
    """Fault 86 once more, through the command line: database, log, CRM, receipt."""
    command("contacts", "import", "contacts.csv")
    command("sync")
    assert TEXTS[0] in command("timeline", "C1")
    texts = (*TEXTS[:3], TEXTS[5])
    databases = [path for path in folder.iterdir() if ".db" in path.name]
    assert any(TEXTS[0].encode() in path.read_bytes() for path in databases)
    receipt = command("erase", "--contact", "C1", "--by", "officer", "--json")
    assert json.loads(receipt)["left"] == 0
    (folder / "receipt.json").write_text(receipt, encoding="utf-8")
    for path in folder.iterdir():
        if path.name not in {"contacts.csv", "socialcrm.toml"}:
            content = path.read_bytes()
            assert not [text for text in texts if text.encode() in content], path.name
    assert TEXTS[0] not in command("timeline", "C1")


def test_a_settings_error_repeats_no_value(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fault 81: also where a secret has the wrong type, and where it stands in the file."""
    settings = folder / "socialcrm.toml"
    for wrong in ('token = "canary-token-01"', "token = [1, 2]", 'tokn = "canary-token-01"'):
        settings.write_text(f'[sources.mastodon]\nserver = "https://a.example"\n{wrong}\n', encoding="utf-8")
        assert "canary" not in command("check")


def test_files_are_their_owners_alone(folder: Path) -> None:
    """Fault 90: a database made readable to others is narrowed, and settings open to others are reported."""
    command("contacts", "import", "contacts.csv")
    command("sync")
    for path in folder.glob("*.db"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
        path.chmod(0o644)
    command("sync")
    for path in folder.glob("*.db"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
    (folder / "socialcrm.toml").chmod(0o666)
    findings = json.loads(command("check", "--json"))["findings"]
    assert [one for one in findings if not one["ok"] and "chmod 600" in one["remedy"]]
    (folder / "socialcrm.toml").chmod(0o600)
    findings = json.loads(command("check", "--json"))["findings"]
    assert not [one for one in findings if not one["ok"] and "chmod 600" in one["remedy"]]
