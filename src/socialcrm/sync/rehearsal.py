"""A dry run: everything happens on a scratch copy of the store, and the CRM is only read."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from socialcrm.sync import steps
from socialcrm.sync.report import SyncReport

if TYPE_CHECKING:
    from socialcrm.sync.pipeline import Progress, Sync


def rehearse(sync: Sync, *, progress: Progress | None, stop: Callable[[], bool] | None) -> SyncReport:
    """Run every step but delivery on a copy; ``delivery.waiting`` then says what would be written."""
    report = SyncReport(workspace=sync.store.workspace, dry_run=True, started_at=sync.clock.now())
    with tempfile.TemporaryDirectory(prefix="socialcrm-") as folder:
        scratch = sync.store.copy_to(f"sqlite:///{Path(folder) / 'scratch.db'}")
        try:
            reading = tuple(step for step in sync.steps if step is not steps.deliver)
            sync.perform(scratch, reading, report, progress=progress, stop=stop)
            steps.count_queue(scratch, report)
        finally:
            scratch.close()
    return report
