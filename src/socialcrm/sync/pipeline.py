"""The sync: who takes part, and the order of the steps."""

from __future__ import annotations

import gc
import os
import socket
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from socialcrm.clock import Clock, SystemClock
from socialcrm.config import DEFAULT_PATH, Retention, Settings, SyncSettings, load
from socialcrm.matching.matcher import Matcher
from socialcrm.model import Finding
from socialcrm.policy import LinkPolicy
from socialcrm.sync import assembly, steps
from socialcrm.sync.report import SyncReport
from socialcrm.sync.run import Progress, Run, Step

if TYPE_CHECKING:
    from socialcrm.adapters.base import Adapter
    from socialcrm.crm.base import CRMBackend
    from socialcrm.matching.index import ContactIndex
    from socialcrm.relevance.judge import Judge
    from socialcrm.store.base import Store

STEPS: tuple[Step, ...] = (
    steps.note_policy,  # who works under which rules, when they changed
    steps.erase,  # take out of the CRM what was erased and could not be taken out then
    steps.deliver,  # finish what an earlier run left in the outbox, deletions first
    steps.mirror_contacts,  # read what changed in the CRM
    steps.fetch,  # record new pages, each with its cursor in one transaction
    steps.recheck,  # notice edits and deletions of posts that are already stored
    steps.judge,  # keep what concerns the brand, with language, sentiment and priority
    steps.match,  # propose contacts for accounts, and decide: link, review or nobody
    steps.settle,  # say where every post stands, and queue what the CRM must be told
    steps.deliver,  # tell it
)


@contextmanager
def _patient_collector() -> Iterator[None]:
    """Let Python look for cycles less often: a run makes millions of short-lived values and hardly a cycle."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


class Sync:
    """Brings a workspace up to date: fetch, judge, match, decide, deliver.

    Safe to kill at any moment and to start again; one process at a time holds the workspace's
    lease (`LeaseHeld` otherwise). ``steps`` may be replaced to insert or leave out a step.
    """

    def __init__(
        self,
        *,
        store: Store,
        crm: CRMBackend,
        sources: Mapping[str, Adapter],
        judge: Judge,
        matcher: Matcher,
        policy: LinkPolicy | None = None,
        settings: SyncSettings | None = None,
        retention: Retention | None = None,
        clock: Clock | None = None,
        steps: tuple[Step, ...] = STEPS,
    ) -> None:
        self.store = store
        self.crm = crm
        self.sources = sources
        self.judge = judge
        self.matcher = matcher
        self.policy = policy or LinkPolicy()
        self.settings = settings or SyncSettings()
        self.retention = retention or Retention()
        self.clock = clock or SystemClock()
        self.steps = steps
        self._index: ContactIndex | None = None
        self._generation = -1
        for adapter in sources.values():
            adapter.share(store.ledger)

    @classmethod
    def from_config(cls, path: str | Path | Settings = DEFAULT_PATH, *, clock: Clock | None = None) -> Sync:
        """Build a sync from ``socialcrm.toml`` and the environment; raises `ConfigError` naming what to mend."""
        settings = path if isinstance(path, Settings) else load(path)
        clock = clock or SystemClock()
        return cls(
            store=assembly.store_of(settings, clock=clock),
            crm=assembly.crm_of(settings),
            sources=assembly.sources_of(settings, clock=clock),
            judge=assembly.judge_of(settings),
            matcher=assembly.matcher_of(settings),
            policy=settings.policy,
            settings=settings.sync,
            retention=settings.retention,
            clock=clock,
        )

    def run(
        self, *, dry_run: bool = False, progress: Progress | None = None, stop: Callable[[], bool] | None = None
    ) -> SyncReport:
        """Run every step once and report.

        With ``dry_run`` everything happens on a scratch copy of the store and the CRM is only read.
        ``stop`` is asked between pages and batches; when it says so the run ends early and says that.
        """
        if dry_run:
            return self._rehearse(progress=progress, stop=stop)
        report = SyncReport(workspace=self.store.workspace, started_at=self.clock.now())
        return self._perform(self.store, self.steps, report, progress=progress, stop=stop)

    def _rehearse(self, *, progress: Progress | None, stop: Callable[[], bool] | None) -> SyncReport:
        """Run on a copy every step that does not write to the CRM; ``delivery.waiting`` then says what would be."""
        report = SyncReport(workspace=self.store.workspace, dry_run=True, started_at=self.clock.now())
        reading = tuple(step for step in self.steps if step not in (steps.deliver, steps.erase))
        with tempfile.TemporaryDirectory(prefix="socialcrm-") as folder:
            scratch = self.store.copy_to(f"sqlite:///{Path(folder) / 'scratch.db'}")
            try:
                self._perform(scratch, reading, report, progress=progress, stop=stop)
                steps.count_queue(scratch, report)
            finally:
                scratch.close()
        return report

    def _perform(
        self,
        store: Store,
        steps: tuple[Step, ...],
        report: SyncReport,
        *,
        progress: Progress | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> SyncReport:
        """Run the given steps on a store under its lease, filling the report."""
        holder = f"{socket.gethostname()}:{os.getpid()}"
        with store.lease(holder, ttl=self.settings.lease) as lease, _patient_collector():
            run = Run(
                store=store,
                crm=self.crm,
                sources=self.sources,
                judge=self.judge,
                matcher=self.matcher,
                policy=self.policy,
                settings=self.settings,
                retention=self.retention,
                clock=self.clock,
                report=report,
                lease=lease,
                index=lambda: self._contact_index(store),
            )
            if progress:
                run.progress = progress
            if stop:
                run.stop = stop
            for step in steps:
                if run.stop():
                    report.stopped = True
                    break
                lease.renew()
                step(run)
            report.posts = {account.value: count for account, count in store.posts.account().items()}
            report.finished_at = self.clock.now()
        return report

    def _contact_index(self, store: Store) -> ContactIndex:
        """The index of mirrored contacts, rebuilt only when one of them changed."""
        generation = store.contacts.generation()
        if self._index is None or generation != self._generation:
            self._index = self.matcher.index(store.contacts.all())
            self._generation = generation
        return self._index

    def check(self) -> Iterator[Finding]:
        """Prove store, CRM and every source before the first run; yields one finding per thing looked at."""
        yield from self.store.check()
        yield from self.crm.check()
        if not self.sources:
            yield Finding(ok=False, what="no source is configured", remedy="add a [sources.NAME] table")
        for adapter in self.sources.values():
            yield from adapter.check()

    def close(self) -> None:
        """Release the database, the CRM's connections and the sources'."""
        for adapter in self.sources.values():
            adapter.close()
        self.crm.close()
        self.store.close()

    def __enter__(self) -> Sync:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
