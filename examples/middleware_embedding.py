"""Inside CRM middleware: a brief for an incoming call, and review decisions from your own screen.

python examples/middleware_embedding.py [socialcrm.toml]

One `Sync` lives as long as the process. Lookups read the local store, not a network, so they may run
while another process syncs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from invented import settings_file

from socialcrm import Sync, brief
from socialcrm.errors import NotFound
from socialcrm.sync import review

DECIDE = {"confirm": review.confirm, "reject": review.reject, "undo": review.undo}


class SocialHistory:
    """What the rest of the middleware calls."""

    def __init__(self, config: Path) -> None:
        self.sync = Sync.from_config(config)

    def on_incoming_call(self, phone: str) -> list[dict[str, Any]]:
        """Tell the agent's screen who may be calling; an empty list when nobody in the CRM has this number."""
        try:
            return [found.model_dump() for found in brief(self.sync.store, phone=phone)]
        except NotFound:
            return []

    def waiting(self) -> list[dict[str, Any]]:
        """List accounts that wait for a person."""
        return [
            {
                "account": f"{item.profile.platform}:{item.profile.handle}",
                "contact": item.contact.name if item.contact else None,
                "posts": item.held,
                "because": [evidence.sentence for evidence in item.link.evidence],
            }
            for item in self.sync.store.decisions.review(limit=50)
        ]

    def on_decision(self, account: str, decision: str, *, user: str) -> None:
        """Write a person's decision into the log; the next sync delivers or retracts."""
        DECIDE[decision](self.sync.store, account, by=user, clock=self.sync.clock)

    def close(self) -> None:
        self.sync.close()


def main(config: Path) -> None:
    history = SocialHistory(config)
    history.sync.run()  # a scheduled job does this elsewhere; see scheduled_job.py
    for found in history.on_incoming_call("+44 20 7946 0101"):
        print(*found["sentences"], sep="\n")
    for item in history.waiting():
        print(f"waits: {item['account']}, perhaps {item['contact']}, {item['posts']} posts held back")
        history.on_decision(item["account"], "confirm", user="ann")
    print(f"{history.sync.run().written} delivered after the review")
    history.close()


if __name__ == "__main__":
    with settings_file() as path:
        main(path)
