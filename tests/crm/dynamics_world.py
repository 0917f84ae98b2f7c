"""A Dataverse environment seen from outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from socialcrm.clock import ManualClock
from socialcrm.crm.dynamics.backend import Dynamics, DynamicsConfig
from socialcrm.model import Contact
from socialcrm.testing import dynamics as standin_of
from socialcrm.testing.dynamics import DynamicsStandIn

JUNE = datetime(2026, 6, 1, tzinfo=UTC)


class DynamicsWorld:
    """The stand-in behind the backend."""

    def __init__(self, standin: DynamicsStandIn) -> None:
        self.standin = standin
        self.clock = ManualClock(JUNE)
        self.crm = self.open()

    def open(self, **settings: Any) -> Dynamics:
        given = {
            "url": self.standin.url,
            "login_url": self.standin.url,
            "tenant": standin_of.TENANT,
            "client_id": standin_of.CLIENT_ID,
            "client_secret": SecretStr(standin_of.CLIENT_SECRET),
            "handles": {name: f"scrm_{name}" for name in ("bluesky", "instagram", "x")},
            "do_not_profile": "scrm_noprofiling",
        }
        return Dynamics(DynamicsConfig(**(given | settings)), clock=self.clock)

    def add(self, contact: Contact) -> str:
        return self.standin.add(contact)

    def remove(self, contact_id: str) -> None:
        self.standin.remove(contact_id)

    def merge(self, loser: str, winner: str) -> None:
        self.standin.merge(loser, winner)

    def holds(self, text: str) -> bool:
        return self.standin.holds(text)

    def lost_answer(self) -> AbstractContextManager[None]:
        return self.standin.lost_answer()

    def lose_field(self) -> None:
        del self.standin.columns["scrm_digest"]


@contextmanager
def dynamics() -> Iterator[DynamicsWorld]:
    with DynamicsStandIn() as standin:
        world = DynamicsWorld(standin)
        yield world
        world.crm.close()
