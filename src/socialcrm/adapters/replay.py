"""What an adapter makes of one recorded exchange, as lines for `socialcrm replay`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from socialcrm.adapters.base import Adapter
from socialcrm.adapters.jsonl import to_json
from socialcrm.http.exchange import Exchange
from socialcrm.http.rules import Action

# What a line of type "error" says would be done; anything else is permanent.
ACTIONS = {Action.RETRY: "retry", Action.WAIT: "wait", Action.REAUTH: "reauth"}


def replayed(adapter: type[Adapter], exchange: Exchange) -> Iterator[dict[str, Any]]:
    """Yield what an adapter finds in an exchange: its items, or what it would do about the failure.

    Raises `BadResponse` where the body has another shape than documented.
    """
    rule = adapter.replay_rule(exchange)
    if rule is None:
        yield from (to_json(item) for item in adapter.replay_parse(exchange))
    else:
        yield {"type": "error", "platform": adapter.info.name, "action": ACTIONS.get(rule.action, "permanent")}
