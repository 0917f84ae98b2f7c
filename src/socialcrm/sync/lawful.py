"""What may be stored at all, whichever way it comes: fetched, pushed or streamed."""

from __future__ import annotations

from socialcrm.clock import Clock
from socialcrm.config import Retention
from socialcrm.model import Kind, Post, Skipped
from socialcrm.policy import terms
from socialcrm.store.base import Item

TOO_OLD = "older than [retention] keeps posts"
NO_MESSAGES = "the platform's terms keep messages out of a CRM"


def lawful(item: Item, retention: Retention, clock: Clock) -> Item:
    """Turn away what the rules of retention or the platform's terms would have us delete at once."""
    if not isinstance(item, Post):
        return item
    period = retention.period(item.platform, item.kind.value)
    reason = TOO_OLD if period is not None and item.created_at < clock.now() - period else ""
    if item.kind is Kind.MESSAGE and not terms(item.platform).messages:
        reason = NO_MESSAGES
    return Skipped(platform=item.platform, id=item.id, reason=reason) if reason else item
