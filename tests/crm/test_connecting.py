"""The walk-through of docs/connecting_a_rest_crm.md, done: its files, its commands, an unknown CRM."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from rest_worlds import harbour_definition

from pages import BLOCKS, invented
from socialcrm.cli.app import app
from socialcrm.model import Contact
from socialcrm.testing.rest_crm import API_KEY, Harbour

MARA = Contact(id="m", first_name="Mara", last_name="Quillfeather", emails=("mara@quillfeather.example",))


@pytest.fixture
def crm() -> Iterator[Harbour]:
    with Harbour() as standin:
        standin.add(Contact(id="trial", first_name="Trial", last_name="Contact", emails=("t@skylark.example",)))
        standin.add(MARA.model_copy(update={"handles": {"forum": ("maraq",)}}))
        yield standin


@pytest.fixture
def folder(crm: Harbour, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of the page, with the address of the invented CRM."""
    monkeypatch.chdir(tmp_path)
    invented().write(tmp_path)
    harbour_definition(tmp_path)
    page = "docs/connecting_a_rest_crm.md"
    (settings,) = [one.body for one in BLOCKS if one.page == page and one.body.startswith("workspace =")]
    assert "https://harbour.example" in settings
    (tmp_path / "socialcrm.toml").write_text(settings.replace("https://harbour.example", crm.url), encoding="utf-8")
    monkeypatch.setenv("SOCIALCRM_CRM__TOKEN", API_KEY)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], call: str) -> tuple[int, Any]:
    command: Any = typer.main.get_command(app)
    with pytest.raises(SystemExit) as ended:
        command.main([*call.split(), "--json"], prog_name="socialcrm")
    return int(ended.value.code or 0), json.loads(capsys.readouterr().out)


def test_the_walk_through_leads_to_a_timeline(crm: Harbour, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, checked = run(capsys, "check")
    assert (code, checked["ok"]) == (0, True)
    assert crm.notes == {}, "the trial entry is gone again"
    assert run(capsys, "sync")[0] == 0
    _, shown = run(capsys, "timeline p1002")
    assert [one["body"] for one in shown["entries"]] == [
        "@skylarkair my bag is still in Lisbon. Who can help?",
        "Sorry, Mara! It flies tonight.",
    ]
    before = crm.writes()
    _, again = run(capsys, "sync")
    assert again["delivery"]["created"] == 0
    assert crm.writes() == before
    assert (folder / "socialcrm-ledger.db").exists()


def test_a_mistake_is_named_with_its_remedy(crm: Harbour, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "harbour.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"given_name"', '"givenname"'), encoding="utf-8")
    code, checked = run(capsys, "check")
    assert code == 2
    (wrong,) = [one for one in checked["findings"] if not one["ok"]]
    assert wrong["what"] == "[contacts.fields] first_name"
    assert "given_name" in wrong["remedy"]
