"""What the steps of one run share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from socialcrm.clock import Clock
from socialcrm.config import Retention, SyncSettings
from socialcrm.policy import LinkPolicy
from socialcrm.sync.report import SyncReport

if TYPE_CHECKING:
    from socialcrm.adapters.base import Adapter
    from socialcrm.crm.base import CRMBackend
    from socialcrm.matching.index import ContactIndex
    from socialcrm.matching.matcher import Matcher
    from socialcrm.relevance.judge import Judge
    from socialcrm.store.base import Lease, Store

Progress = Callable[[str, int], None]
Step = Callable[["Run"], None]


@dataclass(slots=True)
class Run:
    """One run's participants and what it has done so far; the steps share it."""

    store: Store
    crm: CRMBackend
    sources: Mapping[str, Adapter]
    judge: Judge
    matcher: Matcher
    policy: LinkPolicy
    settings: SyncSettings
    retention: Retention
    clock: Clock
    report: SyncReport
    lease: Lease
    index: Callable[[], ContactIndex]
    progress: Progress = lambda step, count: None
    stop: Callable[[], bool] = lambda: False
