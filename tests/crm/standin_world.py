"""A CRM seen from outside, where a stand-in is the CRM."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

from socialcrm.model import Contact

JUNE = datetime(2026, 6, 1, tzinfo=UTC)


class StandInWorld:
    """What the people of a CRM do, and what stands there: the stand-in is asked."""

    standin: Any

    def add(self, contact: Contact) -> str:
        identity: str = self.standin.add(contact)
        return identity

    def remove(self, contact_id: str) -> None:
        self.standin.remove(contact_id)

    def merge(self, loser: str, winner: str) -> None:
        self.standin.merge(loser, winner)

    def holds(self, text: str) -> bool:
        return bool(self.standin.holds(text))

    def lost_answer(self) -> AbstractContextManager[None]:
        lost: AbstractContextManager[None] = self.standin.lost_answer()
        return lost
