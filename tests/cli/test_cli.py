"""The command line as a user types it, in a real process: output, JSON, exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

POSTS = [
    {"id": "1", "author": {"id": "u1", "handle": "annlee", "display_name": "Ann Lee"}, "text": "@skylarkair my bag!"},
    {"id": "2", "author": {"id": "u2", "handle": "bo", "display_name": "Bo Okonjo-Fell"}, "text": "@skylarkair hi"},
    {"id": "3", "author": {"id": "u9", "handle": "stray", "display_name": "Nobody Known"}, "text": "@skylarkair ok"},
]
CONTACTS = """contact_id,full_name,email,extra
C1,Ann Lee,ann@example.com,handles=forum:annlee
C2,Bo Okonjo-Fell,bo@example.com,
,Nameless,no@example.com,
C3,Bad Mail,not-an-address,
"""
SETTINGS = """
workspace = "skylark"
[crm]
type = "sql"
[sources.export]
type = "jsonl"
path = "posts.jsonl"
platform = "forum"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "socialcrm.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "socialcrm.toml").chmod(0o600)
    (tmp_path / "contacts.csv").write_text(CONTACTS, encoding="utf-8")
    lines = (
        json.dumps({"type": "post", "kind": "mention", "created_at": f"2026-03-01T09:0{number}:00Z", **post})
        for number, post in enumerate(POSTS)
    )
    (tmp_path / "posts.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def cli(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from socialcrm.cli import main; main()", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


def ask(folder: Path, *arguments: str, code: int = 0) -> Any:
    done = cli(folder, *arguments, "--json")
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


def test_the_main_job_from_import_to_brief(folder: Path) -> None:
    imported = ask(folder, "contacts", "import", "contacts.csv", code=1)
    assert imported["imported"] == 2
    assert {(bad["row"], bad["column"]) for bad in imported["bad"]} == {(4, "contact_id"), (5, "email")}

    assert ask(folder, "check")["ok"]
    rehearsal = ask(folder, "sync", "--dry-run")
    assert (rehearsal["dry_run"], rehearsal["written"], rehearsal["delivery"]["waiting"]) == (True, 0, 1)
    first, second = ask(folder, "sync"), ask(folder, "sync")
    assert (first["written"], second["written"], second["exit_code"]) == (1, 0, 0)
    assert first["posts"]["held"] == first["posts"]["skipped"] == 1

    timeline = ask(folder, "timeline", "C1")
    assert [entry["body"] for entry in timeline["entries"]] == ["@skylarkair my bag!"]

    (item,) = ask(folder, "review", "list")["items"]
    assert (item["handle"], item["contact_id"], item["held_posts"]) == ("bo", "C2", 1)
    ask(folder, "review", "confirm", str(item["number"]), "--by", "ann")
    assert ask(folder, "sync")["written"] == 1
    ask(folder, "review", "undo", "forum:bo", "--by", "ann")
    assert ask(folder, "sync")["delivery"]["retracted"] == 1
    ask(folder, "review", "reject", "forum:bo", "--by", "ann")
    assert ask(folder, "review", "list")["items"] == []

    states = [decision["state"] for decision in ask(folder, "explain", "forum:bo")["decisions"]]
    assert states == ["review", "linked", "review", "rejected"]
    assert ask(folder, "explain", "1")["account"] == "delivered"
    (brief,) = ask(folder, "brief", "--email", "ann@example.com")["contacts"]
    assert (brief["contact_id"], brief["accounts"]) == ("C1", ["forum:@annlee"])


def test_people_can_read_it(folder: Path) -> None:
    cli(folder, "contacts", "import", "contacts.csv")
    said = [
        cli(folder, *words.split()).stdout
        for words in (
            "sync",
            "timeline C1",
            "timeline C2",
            "review list",
            "explain forum:annlee",
            "brief --contact C1",
            "check",
        )
    ]
    for text, part in zip(
        said,
        ["written", "my bag!", "Nothing from us", "Bo Okonjo-Fell (C2)?", "record holds", "Ann Lee (C1)", "ok"],
        strict=True,
    ):
        assert part in text


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("sync -c nowhere.toml", 2, "socialcrm init"),
        ("explain nothing-here", 1, "neither a post nor a profile"),
        ("brief --contact C99", 1, "nobody in the CRM"),
        ("review confirm 99", 1, "nothing was decided"),
        ("sync --every soon", 2, "30s, 5m or 6h"),
        ("init", 2, "--force"),
        ("contacts import nowhere.csv", 2, "nowhere.csv"),
        ("replay nowhere", 2, "nowhere"),
        ("listen", 2, "no stream"),
    ],
)
def test_errors_are_one_line_with_the_next_step(folder: Path, words: str, code: int, said: str) -> None:
    done = cli(folder, *words.split())
    assert done.returncode == code
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_init_writes_settings_that_load_and_nobody_else_reads(tmp_path: Path) -> None:
    assert cli(tmp_path, "init").returncode == 0
    path = tmp_path / "socialcrm.toml"
    assert path.stat().st_mode & 0o077 == 0
    assert cli(tmp_path, "check").returncode == 2  # no source yet
    assert "[sources." in cli(tmp_path, "check").stdout


def test_a_job_that_repeats_ends_cleanly_when_asked_to(folder: Path) -> None:
    """Fault 5."""
    cli(folder, "contacts", "import", "contacts.csv")
    command = [sys.executable, "-c", "from socialcrm.cli import main; main()", "sync", "--every", "1h", "--json"]
    job = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True, env={**os.environ})
    assert job.stdout is not None
    while '"exit_code"' not in job.stdout.readline():
        pass
    asked = time.monotonic()
    job.send_signal(signal.SIGTERM)
    assert job.wait(timeout=10) == 0
    assert time.monotonic() - asked < 10
    job.stdout.close()


def test_the_demo_tells_the_whole_story(tmp_path: Path) -> None:
    story = ask(tmp_path, "demo", "--folder", "demo")
    first, second, confirmed, later = story["syncs"]
    assert first["written"] > 10
    assert second["written"] == 0
    assert confirmed["delivery"]["created"] > 1
    assert (later["delivery"]["created"], later["delivery"]["updated"], later["delivery"]["retracted"]) == (1, 1, 1)
    assert all(not sync["problems"] for sync in story["syncs"])
    assert cli(tmp_path, "demo", "--folder", "demo").returncode == 2
    assert cli(tmp_path, "demo", "--folder", "demo", "--force").returncode == 0


def test_replay_reads_an_export_wherever_it_lies(folder: Path) -> None:
    tweet = {"id_str": "1", "id": "1", "full_text": "late", "created_at": "Wed Mar 01 09:30:00 +0000 2023"}
    file = folder / "recorded" / "x" / "archive" / "ann" / "data" / "tweets.js"
    file.parent.mkdir(parents=True)
    file.write_text("window.YTD.tweets.part0 = " + json.dumps([{"tweet": tweet}]), encoding="utf-8")
    with zipfile.ZipFile(folder / "export.zip", "w") as archive:
        archive.write(file, "data/tweets.js")
    source = "x/archive/ann/data/tweets.js"
    for asked, expected in (
        (["recorded"], source),
        (["recorded/x", "--platform", "x"], source),
        (["recorded/x/archive", "--platform", "x"], source),
        (["recorded/x/archive/ann", "--platform", "x"], source),
        (["export.zip", "--platform", "x"], "export.zip/data/tweets.js"),
    ):
        done = cli(folder, "replay", *asked)
        assert done.returncode == 0, done.stderr
        (line,) = [json.loads(row) for row in done.stdout.splitlines()]
        assert (line["source"].removeprefix("recorded/"), line["id"], line["text"]) == (expected, "1", "late")


def test_an_export_is_a_source_of_a_sync(folder: Path) -> None:
    tweet = {"id_str": "1", "id": "1", "full_text": "@skylarkair late", "created_at": "Wed Mar 01 09:30:00 +0000 2023"}
    (folder / "exports").mkdir()
    with zipfile.ZipFile(folder / "exports" / "x.zip", "w") as archive:
        archive.writestr("data/tweets.js", "window.YTD.tweets.part0 = " + json.dumps([{"tweet": tweet}, {"tweet": {}}]))
    source = '[sources.old]\ntype = "x-archive"\npaths = ["exports/x.zip"]\n'
    with (folder / "socialcrm.toml").open("a", encoding="utf-8") as file:
        file.write(source)
    report = ask(folder, "sync")
    (old,) = [entry for entry in report["sources"] if entry["name"] == "old"]
    assert (old["new"], old["skipped"]) == (1, 1)
    (again,) = [entry for entry in ask(folder, "sync")["sources"] if entry["name"] == "old"] or [{"new": 0}]
    assert again["new"] == 0


def test_reviews_teach_a_model_that_the_sync_then_uses(folder: Path) -> None:
    cli(folder, "contacts", "import", "contacts.csv")
    assert cli(folder, "match", "fit", "--out", "ours.json").returncode == 2  # nobody has said anything yet
    ask(folder, "sync")
    ask(folder, "review", "confirm", "forum:bo", "--by", "ann")
    done = cli(folder, "match", "fit", "--out", "ours.json", "--name", "ours-1")
    assert done.returncode == 0, done.stderr
    assert json.loads((folder / "ours.json").read_text(encoding="utf-8"))["version"] == "ours-1"
    settings = folder / "socialcrm.toml"
    settings.write_text('model = "ours.json"\n' + SETTINGS, encoding="utf-8")
    ask(folder, "sync")
    events = [json.loads(line) for line in cli(folder, "audit", "--json").stdout.splitlines()]
    assert [event["detail"]["model"] for event in events if event["action"] == "policy"][-1].startswith("ours-1")


def test_the_demo_ends_with_the_same_timelines_in_every_crm(tmp_path: Path) -> None:
    sql, salesforce = (ask(tmp_path, "demo", "--folder", crm, "--crm", crm) for crm in ("sql", "salesforce"))
    assert salesforce["timelines"] == sql["timelines"]
    assert len(sql["timelines"]) >= 10
    assert all(not sync["problems"] for sync in salesforce["syncs"])
