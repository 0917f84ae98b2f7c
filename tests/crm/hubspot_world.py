"""A HubSpot account seen from outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from socialcrm.clock import ManualClock
from socialcrm.crm.hubspot.backend import HubSpot, HubSpotConfig
from socialcrm.model import Contact
from socialcrm.testing.hubspot import TOKEN, HubSpotStandIn

JUNE = datetime(2026, 6, 1, tzinfo=UTC)


class HubSpotWorld:
    """The stand-in behind the backend."""

    def __init__(self, standin: HubSpotStandIn) -> None:
        self.standin = standin
        self.clock = ManualClock(JUNE)
        self.crm = self.open()

    def open(self, **settings: Any) -> HubSpot:
        config = HubSpotConfig(
            url=self.standin.url,
            token=SecretStr(settings.pop("token", TOKEN)),
            handles={name: f"{name}_handle" for name in ("bluesky", "instagram", "x")},
            do_not_profile="no_profiling",
            **settings,
        )
        return HubSpot(config, clock=self.clock)

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
        del self.standin.properties["socialcrm_digest"]


@contextmanager
def hubspot() -> Iterator[HubSpotWorld]:
    with HubSpotStandIn() as standin:
        world = HubSpotWorld(standin)
        yield world
        world.crm.close()
