"""A HubSpot account seen from outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import SecretStr
from standin_world import JUNE, StandInWorld

from socialcrm.clock import ManualClock
from socialcrm.crm.hubspot.backend import HubSpot, HubSpotConfig
from socialcrm.testing.hubspot import TOKEN, HubSpotStandIn


class HubSpotWorld(StandInWorld):
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

    def lose_field(self) -> None:
        del self.standin.properties["socialcrm_digest"]


@contextmanager
def hubspot() -> Iterator[HubSpotWorld]:
    with HubSpotStandIn() as standin:
        world = HubSpotWorld(standin)
        yield world
        world.crm.close()
