"""Killed anywhere, nothing is lost and nothing is doubled."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HARNESS = Path(__file__).with_name("crash_harness.py")


def harness(folder: Path, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(HARNESS), str(folder), *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_three_hundred_kills_over_two_thousand_posts(tmp_path: Path) -> None:
    """Faults 1 and 2."""
    result = harness(tmp_path, "--posts", "2000", "--kills", "300")
    assert result["kills"] == 300
    assert min(result["at"].values()) >= 50
    assert result["due"] > 500
    assert (result["lost"], result["doubled"]) == (0, 0)


def test_a_kill_at_every_single_point_of_a_run(tmp_path: Path) -> None:
    """Faults 1 to 3."""
    result = harness(tmp_path, "--exhaustive")
    assert result["points"] > 20
    assert (result["lost"], result["doubled"]) == (0, 0)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(5))
def test_a_thousand_kills_each(tmp_path: Path, seed: int) -> None:
    result = harness(tmp_path, "--posts", "5000", "--kills", "1000", "--seed", str(seed))
    assert (result["lost"], result["doubled"]) == (0, 0)
