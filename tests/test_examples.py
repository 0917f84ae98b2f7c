"""Every example runs as a user would run it: as a program of its own, offline, leaving nothing behind."""

from __future__ import annotations

import configparser
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"

# What each program must say; the invented people have two posts of a known customer, one in review.
SAYS = {
    "integration_script.py": ["Mara Quillfeather", "our reply", "4 new", "2 written, 1 accounts wait"],
    "scheduled_job.py": ['"exit_code": 0', '"written": 2', '"problems": []'],
    "airflow_dag.py": ["2 written"],
    "middleware_embedding.py": ["Mara Quillfeather writes as", "perhaps Odalys Brennick", "1 delivered after"],
    "webhooks_fastapi.py": ["200 {'facebook': {'kept': 1}}", "401 ", "the pushed post: "],
    "webhooks_flask.py": ["response_token", "pushed: 200", "pushed: 401", "stored: maraq"],
    "custom_adapter.py": ["where is my bag?", "thank you", "3 new, 2 written"],
}

# What only these examples need; it belongs to the extra dev.
NEEDS = {"webhooks_fastapi.py": ("fastapi", "httpx"), "webhooks_flask.py": ("flask",)}


def run(name: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    known = {key: value for key, value in os.environ.items() if not key.startswith("SOCIALCRM_")}
    python_path = f"{ROOT / 'src'}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    return subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLES / name), *arguments],
        cwd=folder,
        env={**known, "PYTHONPATH": python_path, "TMPDIR": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_program_is_run() -> None:
    programs = {path.name for path in EXAMPLES.glob("*.py") if "__main__" in path.read_text(encoding="utf-8")}
    assert programs == set(SAYS)


@pytest.mark.parametrize("name", SAYS)
def test_it_runs_and_leaves_nothing_behind(name: str, tmp_path: Path) -> None:
    for needed in NEEDS.get(name, ()):
        pytest.importorskip(needed)
    done = run(name, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    for words in SAYS[name]:
        assert words in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("scheduled_job.py", 2, "socialcrm init"),
        ("integration_script.py", 1, "socialcrm init"),
        ("airflow_dag.py", 1, "NeedsMending"),
    ],
)
def test_a_missing_settings_file_is_said(name: str, code: int, says: str, tmp_path: Path) -> None:
    done = run(name, tmp_path, "missing.toml")
    assert done.returncode == code
    assert says in done.stdout + done.stderr


def test_the_job_reports_one_line_of_json_per_run(tmp_path: Path) -> None:
    (line,) = run("scheduled_job.py", tmp_path).stdout.splitlines()
    assert set(json.loads(line)) == {"exit_code", "written", "waiting", "parked", "posts", "problems"}


def test_the_systemd_units_belong_together() -> None:
    service, timer = (configparser.ConfigParser(strict=False, interpolation=None) for _ in range(2))
    for parser in (service, timer):
        parser.optionxform = str  # type: ignore[assignment,method-assign]
    service.read(EXAMPLES / "socialcrm.service")
    timer.read(EXAMPLES / "socialcrm.timer")
    assert service["Service"]["Type"] == "oneshot"
    assert service["Service"]["SuccessExitStatus"].split() == ["1", "3"]
    assert service["Service"]["ReadWritePaths"] == service["Service"]["WorkingDirectory"]
    assert timer["Install"]["WantedBy"] == "timers.target"
