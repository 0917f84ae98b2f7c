#!/usr/bin/env python3
"""Record the demo's input: what a fresh network answers to the library's own syncs.

    make record-demo

Starts the network, plays both stages of the story and writes the exchanges and the contacts into
src/socialcrm/demo. The network must be installed (install.sh).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DEMO = HERE.parents[2] / "src" / "socialcrm" / "demo"
sys.path.insert(0, str(HERE))

from seed import contacts_csv, seed_first, seed_second

from socialcrm.config import from_mapping
from socialcrm.crm.csv_import import import_contacts
from socialcrm.sync.pipeline import Sync


def settings(ready: dict[str, Any], folder: Path, stage: str) -> Any:
    """The demo's own settings, recording from the network instead of replaying."""
    raw = tomllib.loads((DEMO / "socialcrm.toml").read_text(encoding="utf-8"))
    source = raw["sources"]["bluesky"]
    del source["replay"]
    source |= {"service": ready["pds"], "record": str(DEMO / "exchanges" / stage)}
    return from_mapping(raw, folder=folder)


def run(ready: dict[str, Any], folder: Path, stage: str, times: int) -> None:
    """Sync a few times, so that every question of a later replay has its answer."""
    for _ in range(times):
        with Sync.from_config(settings(ready, folder, stage)) as sync:
            report = sync.run()
            print(stage, report.written, "written,", len(report.problems), "problems")
            if report.problems:
                raise SystemExit(report.problems[0].what)


def main() -> None:
    shutil.rmtree(DEMO / "exchanges", ignore_errors=True)
    (DEMO / "contacts.csv").write_text(contacts_csv(), encoding="utf-8")
    started = subprocess.run([str(HERE / "start.sh")], capture_output=True, text=True, check=True, timeout=180)
    try:
        ready = json.loads(Path(started.stdout.strip()).read_text(encoding="utf-8"))
        first = seed_first(ready)
        os.environ["SOCIALCRM_SOURCES__BLUESKY__APP_PASSWORD"] = first["brand"]["password"]
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with Sync.from_config(settings(ready, folder, "first")) as sync:
                import_contacts(DEMO / "contacts.csv", sync.crm)
            run(ready, folder, "first", 2)
            seed_second(ready, first)
            run(ready, folder, "second", 1)
    finally:
        subprocess.run([str(HERE / "stop.sh")], check=False, timeout=60)


if __name__ == "__main__":
    main()
