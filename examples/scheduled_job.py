"""A job for a scheduler: one line of JSON per run, an exit code that says what to do, an end on request.

python examples/scheduled_job.py [socialcrm.toml]

0 clean, 1 some deliveries are parked, 2 mend the configuration, 3 try later. ``socialcrm sync --json``
does the same without any Python; write your own job where you want to do more with the report.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from pathlib import Path

from invented import settings_file

from socialcrm import SocialCRMError, Sync
from socialcrm.errors import AuthError, ConfigError, LeaseHeld, Unsupported


def job(config: Path, *, stop: threading.Event) -> int:
    try:
        with Sync.from_config(config) as sync:
            report = sync.run(stop=stop.is_set)
    except LeaseHeld as error:
        # The run before this one is still at work; that is no reason to wake anybody.
        return log(0, error=str(error))
    except (ConfigError, AuthError, Unsupported) as error:
        return log(2, error=str(error))
    except SocialCRMError as error:
        return log(3, error=str(error))
    return log(
        report.exit_code,
        written=report.written,
        waiting=report.delivery.waiting,
        parked=report.delivery.parked,
        posts=report.posts,
        problems=[problem.model_dump(mode="json") for problem in report.problems],
    )


def log(exit_code: int, **fields: object) -> int:
    print(json.dumps({"exit_code": exit_code, **fields}), flush=True)
    return exit_code


if __name__ == "__main__":
    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.set())
    with settings_file() as path:
        sys.exit(job(path, stop=asked))
