"""Bulk API 2.0 jobs: their states, and the steps by which a queued one is worked off.

Sources: Bulk API 2.0 guide, "How Requests Are Processed" (states), "Understanding Bulk API 2.0 Ingest" (10,000 records
a batch, 20 tries of a batch), "Create a Job" (fields of the answer).

A queued job advances by one step with each API call anybody makes, so a client that polls sees UploadComplete,
InProgress, JobComplete, and a job whose client has died is worked off all the same, later. Half of the rows are written
when it goes in progress, so that an aborted or failed job leaves rows behind.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from socialcrm.testing.salesforce.errors import ApiError
from socialcrm.testing.salesforce.ids import numbered
from socialcrm.testing.salesforce.values import shown

OPEN, QUEUED, RUNNING, DONE, FAILED, ABORTED = (
    "Open",
    "UploadComplete",
    "InProgress",
    "JobComplete",
    "Failed",
    "Aborted",
)
ENDED = frozenset({DONE, FAILED, ABORTED})


@dataclass
class Job:
    """A job; ``work`` is what each of its steps does, ``info`` what was asked for."""

    id: str
    kind: str
    info: dict[str, Any]
    created: datetime
    state: str
    work: list[Callable[[], None]] = field(default_factory=list)
    content: str | None = None
    columns: list[str] = field(default_factory=list)
    succeeded: list[dict[str, str]] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)
    unprocessed: list[dict[str, str]] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    error: str = ""

    def fail(self, why: str) -> None:
        """End the job; what it has not processed stays unprocessed."""
        self.state, self.error = FAILED, why
        self.work.clear()


@dataclass
class Jobs:
    """The jobs of an org; ``paused`` leaves them queued until a test lets them go on."""

    kept: dict[str, Job] = field(default_factory=dict)
    paused: bool = False
    seed: int = 0

    def add(self, kind: str, info: dict[str, Any], now: datetime, state: str) -> Job:
        """Register a job."""
        job = Job(numbered("750", len(self.kept) + 1), kind, info, now, state)
        self.kept[job.id] = job
        return job

    def find(self, kind: str, job_id: str) -> Job:
        """Look a job up; raises ``NOT_FOUND``."""
        job = self.kept.get(job_id)
        if job is None or job.kind != kind:
            raise ApiError("NOT_FOUND", "The requested resource does not exist")
        return job

    def tick(self) -> None:
        """Let each queued job advance by one step."""
        if not self.paused:
            for job in list(self.kept.values()):
                step(job)

    def run(self) -> None:
        """Work off all queued jobs, whether paused or not."""
        for job in list(self.kept.values()):
            while job.state in {QUEUED, RUNNING} and job.work:
                step(job)

    def shuffled(self, rows: list[Any]) -> list[Any]:
        """Rows in the order a job takes them, which is not theirs."""
        mixed = list(rows)
        random.Random(self.seed).shuffle(mixed)  # noqa: S311  not a secret
        return mixed


def step(job: Job) -> None:
    """Let one job advance by one step."""
    if job.state not in {QUEUED, RUNNING} or not job.work:
        return
    job.state = RUNNING
    job.work.pop(0)()
    if job.state == RUNNING and not job.work:
        job.state = DONE


def described(job: Job, version: str, user_id: str) -> dict[str, Any]:
    """A job as the API shows it."""
    body = {
        "id": job.id,
        **job.info,
        "createdById": user_id,
        "createdDate": shown(job.created),
        "systemModstamp": shown(job.created),
        "state": job.state,
        "concurrencyMode": "Parallel",
        "apiVersion": float(version),
    }
    return body | ({"errorMessage": job.error} if job.error else {})
