"""Matching files from the command line."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from socialcrm.cli.app import app
from socialcrm.errors import ConfigError

RUN = CliRunner()
CONTACTS = (
    "contact_id,first_name,last_name,email,extra\n"
    "c1,Marit,Oxenholme,sky84@post.example,handles=x:marit\nc2,Ada,Zell,,\n"
)
PROFILES = "profile_id,platform,handle,display_name\np1,x,marit,Marit Oxenholme\np2,x,adazell,Ada Zell\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "contacts.csv").write_text(CONTACTS, encoding="utf-8")
    (tmp_path / "profiles.csv").write_text(PROFILES, encoding="utf-8")
    (tmp_path / "truth.csv").write_text("profile_id,contact_id\np1,c1\np2,c2\n", encoding="utf-8")
    return tmp_path


def files(folder: Path) -> list[str]:
    return ["--contacts", str(folder / "contacts.csv"), "--profiles", str(folder / "profiles.csv")]


def run(folder: Path, *more: str) -> list[dict[str, str]]:
    out = folder / "out.csv"
    done = RUN.invoke(app, ["match", *files(folder), "--out", str(out), *more], catch_exceptions=False)
    assert done.exit_code == 0
    with out.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_a_known_handle_links_and_a_bare_name_waits(folder: Path) -> None:
    rows = {(row["profile_id"], row["contact_id"]): row["decision"] for row in run(folder, "--explain", "1")}
    assert rows["p1", "c1"] == "link"
    assert rows["p2", "c2"] == "review"


def test_bad_rows_are_named_and_counted_and_never_link(folder: Path) -> None:
    bad = "p1,x,again,\n,x,noid,\np3,,noplatform,\np4,x,,\np5,x,a\x00b,\n,,,\np6,x," + "z" * 20_000 + ",\n"
    (folder / "profiles.csv").write_text(PROFILES + bad, encoding="utf-8")
    rows = run(folder)
    assert {row["profile_id"] for row in rows if row["decision"] == "link"} == {"p1"}


def test_a_missing_column_is_named(folder: Path) -> None:
    (folder / "profiles.csv").write_text("id,name\n1,2\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="profile_id"):
        run(folder)


def test_evaluate_explain_and_fit(folder: Path) -> None:
    measured = RUN.invoke(app, ["match", "evaluate", "--data", str(folder), "--json"], catch_exceptions=False)
    assert json.loads(measured.stdout)["first"] == 1
    svg = folder / "why.svg"
    told = RUN.invoke(app, ["match", "explain", "p1", "c1", *files(folder), "--svg", str(svg)], catch_exceptions=False)
    assert "is the score in bits" in told.stdout
    assert svg.read_text(encoding="utf-8").startswith("<svg")
    labels, model = folder / "labels.csv", folder / "model.json"
    labels.write_text("profile_id,contact_id,label\np1,c1,1\np2,c2,confirmed\n", encoding="utf-8")
    done = RUN.invoke(
        app,
        ["match", "fit", *files(folder), "--labels", str(labels), "--out", str(model), "--name", "ours"],
        catch_exceptions=False,
    )
    assert done.exit_code == 0
    assert json.loads(model.read_text(encoding="utf-8"))["version"] == "ours"
    assert run(folder, "--model", str(model))
