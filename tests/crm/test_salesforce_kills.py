"""Killed at any request to Salesforce, with lost answers besides: nothing is lost and nothing is doubled."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HARNESS = Path(__file__).with_name("salesforce_kills.py")
MOMENTS = ("before", "applied", "answered")


def harness(folder: Path, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(HARNESS), str(folder), *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def struck(result: dict[str, Any], request: str) -> set[str]:
    """The moments at which a kill came during requests of a kind."""
    return {place.split(" ", 1)[0] for place in result["at"] if request in place}


def nothing_amiss(result: dict[str, Any]) -> bool:
    return (result["lost"], result["doubled"], result["examples"]) == (0, 0, [])


def test_kills_at_requests_lose_and_double_nothing(tmp_path: Path) -> None:
    """Faults 2, 50, 55."""
    result = harness(tmp_path, "--kills", "30")
    assert result["kills"] == 30
    assert struck(result, "") == set(MOMENTS)
    assert result["due"] > 20
    assert nothing_amiss(result), result["examples"]


def test_kills_with_lost_answers_besides(tmp_path: Path) -> None:
    """Faults 2, 50."""
    result = harness(tmp_path, "--kills", "18", "--faults", "0.05")
    assert result["flaws"]
    assert nothing_amiss(result), result["examples"]


def test_kills_around_bulk_jobs_that_are_worked_off_later(tmp_path: Path) -> None:
    """Faults 2, 50: a job of a run that died would write old revisions over new ones."""
    result = harness(tmp_path, "--kills", "21", "--bulk")
    assert struck(result, "jobs/ingest")
    assert nothing_amiss(result), result["examples"]


@pytest.mark.soak
@pytest.mark.parametrize("way", [(), ("--faults", "0.05"), ("--bulk",), ("--bulk", "--faults", "0.05")], ids=" ".join)
def test_five_hundred_kills_each(tmp_path: Path, way: tuple[str, ...]) -> None:
    result = harness(tmp_path, "--kills", "500", *way)
    assert result["kills"] >= 500
    requests = ("oauth2/token", "queryAll", "POST composite", "PATCH composite/sobjects", "DELETE composite/sobjects")
    for request in (*requests, *(("jobs/ingest",) if "--bulk" in way else ())):
        assert struck(result, request) == set(MOMENTS), request
    assert nothing_amiss(result), result["examples"]
