"""Keeping no longer than the rules allow."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel

from socialcrm.clock import Clock
from socialcrm.config import Retention
from socialcrm.crm.base import CRMBackend
from socialcrm.store.base import Store
from socialcrm.store.rights import Expiry
from socialcrm.sync.erase import remove_erased

_BATCH = 1000


class Expired(BaseModel):
    """How many posts of one platform and kind went."""

    platform: str
    kind: str
    posts: int


class RetainReport(BaseModel):
    """What was kept long enough and is gone. ``left`` entries still stand in the CRM for ``reason``."""

    workspace: str
    expired: list[Expired] = []
    removed: int = 0
    left: int = 0
    reason: str = ""


def retain(store: Store, crm: CRMBackend, rules: Retention, *, by: str, clock: Clock) -> RetainReport:
    """Erase from store and CRM what ``rules`` and the platforms' terms no longer allow to keep.

    Raises `LeaseHeld` while a sync is at work.
    """
    report = RetainReport(workspace=store.workspace)
    with store.lease("retention") as lease:
        for platform, kind in store.erasure.kinds():
            rule = _expiry(rules, platform, kind, clock)
            gone = 0
            while count := store.erasure.expire(platform, kind, rule, _BATCH):
                gone += count
                lease.renew()
            if gone:
                report.expired.append(Expired(platform=platform, kind=kind, posts=gone))
        removal = remove_erased(store, crm)
        report.removed, report.left, report.reason = removal.removed, removal.left, removal.reason
        if report.expired:
            posts = sum(one.posts for one in report.expired)
            store.audit.note("retained", by=by, rules=rules.describe(), posts=posts, removed=report.removed)
            store.erasure.scrub()
    return report


def _expiry(rules: Retention, platform: str, kind: str, clock: Clock) -> Expiry:
    now = clock.now()
    periods: tuple[timedelta | None, ...] = (
        rules.period(platform, kind),
        rules.refresh_within(platform),
        rules.unshown,
    )
    return Expiry(*(now - period if period is not None else None for period in periods))
