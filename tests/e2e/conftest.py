"""A real AT Protocol network on loopback, fresh for each pace, with the story of Skylark Air on it."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SERVERS = Path(__file__).parents[1] / "servers" / "atproto"


def load_seed() -> ModuleType:
    """The seed is a program beside the server's scripts, not a package."""
    spec = importlib.util.spec_from_file_location("atproto_seed", SERVERS / "seed.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass
class Network:
    """The running network: its endpoints, and what a client should find on it."""

    ready: dict[str, Any]
    limited: bool
    seed: ModuleType = field(repr=False)
    expected: dict[str, Any] = field(repr=False)

    def advance(self) -> dict[str, Any]:
        """Let the second stage of the story happen."""
        self.expected = self.seed.seed_second(self.ready, self.expected)
        return self.expected


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "rate-limited"])
def network(request: pytest.FixtureRequest) -> Iterator[Network]:
    seed = load_seed()
    environment = {**os.environ, "AT_RATE_LIMITS": "1" if request.param else "0"}
    started = subprocess.run(
        [str(SERVERS / "start.sh")], capture_output=True, text=True, check=False, env=environment, timeout=180
    )
    assert started.returncode == 0, started.stderr[-2000:]
    try:
        ready = json.loads(Path(started.stdout.strip()).read_text(encoding="utf-8"))
        yield Network(ready=ready, limited=request.param, seed=seed, expected=seed.seed_first(ready))
    finally:
        subprocess.run([str(SERVERS / "stop.sh")], check=False, timeout=60)
